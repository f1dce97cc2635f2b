//! Prints the table of every kernel on every space, in Markdown.

fn main() {
    let rows = gwg_bench::kernels::table(1);
    println!("{}", gwg_bench::kernels::markdown(&rows));
}
