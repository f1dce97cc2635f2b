//! Prints the table of every kernel on every space as Markdown. An optional argument is the seed of the targets.

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok());
    let rows = gwg_bench::kernels::table(seed.unwrap_or(1));
    print!("{}", gwg_bench::kernels::markdown(&rows));
}
