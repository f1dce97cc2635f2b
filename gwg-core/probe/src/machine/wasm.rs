//! WebAssembly: `run.mjs` prints, and paints the stack.

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    #[link_name = "put"]
    safe fn put_byte(byte: u32);
}

pub fn put(byte: u8) {
    put_byte(byte.into());
}

#[unsafe(no_mangle)]
pub extern "C" fn run() {
    crate::probe();
}
