//! Linker arguments for a program without start files; set here and not in RUSTFLAGS, which would rebuild everything.

use std::env::var;

/// The start of the code and the end of the stack on the machines that QEMU emulates.
const CORTEX_M: [&str; 2] = ["--defsym=_origin=0", "--defsym=_stack_top=0x20004000"];
const RISCV_VIRT: [&str; 2] = [
    "--defsym=_origin=0x80000000",
    "--defsym=_stack_top=0x80040000",
];

fn main() {
    let script = format!("-T{}/bare.ld", var("CARGO_MANIFEST_DIR").unwrap());
    let arch = var("CARGO_CFG_TARGET_ARCH").unwrap();
    let args: &[&str] = match (&*arch, &*var("CARGO_CFG_TARGET_OS").unwrap()) {
        ("arm", "none") => &[&script, CORTEX_M[0], CORTEX_M[1], "--gc-sections"],
        ("riscv32", "none") => &[&script, RISCV_VIRT[0], RISCV_VIRT[1], "--gc-sections"],
        ("wasm32", _) => &["--export=run", "-zstack-size=8192", "--strip-all"],
        _ => &["-nostartfiles", "-nostdlib", "-static", "-no-pie"],
    };
    for arg in args {
        println!("cargo::rustc-link-arg-bins={arg}");
    }
    println!("cargo::rerun-if-changed=bare.ld");
    println!("cargo::rerun-if-changed=build.rs");
}
