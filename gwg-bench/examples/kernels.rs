//! Prints the table of every kernel on every space, in Markdown; with a number, on other targets.

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok());
    let rows = gwg_bench::kernels::table(seed.unwrap_or(1));
    print!("{}", gwg_bench::kernels::markdown(&rows));
}
