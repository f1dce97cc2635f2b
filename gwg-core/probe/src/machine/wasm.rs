//! WebAssembly: `run.mjs` prints, and paints the stack.

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    #[link_name = "print"]
    fn print_text(text: *const u8, len: usize);
}

pub fn print(text: &[u8]) {
    // SAFETY: the other side reads so many bytes.
    unsafe { print_text(text.as_ptr(), text.len().saturating_sub(1)) }
}

#[unsafe(no_mangle)]
pub extern "C" fn run() {
    crate::probe();
}
