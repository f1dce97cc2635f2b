//! Linker arguments for a program without start files; here and not in RUSTFLAGS, which would rebuild everything.

fn main() {
    for arg in ["-nostartfiles", "-nostdlib", "-static", "-no-pie"] {
        println!("cargo::rustc-link-arg-bins={arg}");
    }
}
