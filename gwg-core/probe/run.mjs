// Runs the probe in Node: node run.mjs probe.wasm. The stack lies first in the memory, painted here and looked at after.
import { readFileSync } from "node:fs";

const PAINT = 0xa5;
const text = [];
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {
  env: { put: (byte) => text.push(byte) },
});
const stack = new Uint8Array(instance.exports.memory.buffer, 0, 8192).fill(PAINT);
instance.exports.run();
process.stdout.write(Buffer.from(text));
const used = stack.length - stack.findIndex((byte) => byte !== PAINT);
console.log("stack " + used.toString(16).padStart(16, "0"));
