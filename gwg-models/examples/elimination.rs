//! Width, seconds and memory of eliminations: open and periodic square lattices, glasses and random graphs.
//!
//! `cargo run --release -p gwg-models --example elimination [LARGEST_SIDE]`

use gwg_core::{Bits, SplitMix64};
use gwg_models::SparseIsing;
use gwg_models::exact::{Elimination, ExactError, Factored, MAX_ENTRIES};
use std::time::Instant;

type Edges = Vec<(usize, usize, f64)>;

/// `rows` x `columns`, with couplings of one magnitude and, for a glass, random signs.
fn lattice(rows: usize, columns: usize, periodic: bool, glass: bool) -> Edges {
    let mut bits = SplitMix64::new(1);
    let mut edges = Vec::new();
    for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
        let mut weight = || {
            if glass && bits.below(2) == 0 {
                -0.2
            } else {
                0.2
            }
        };
        if periodic || j + 1 < columns {
            edges.push((i * columns + j, i * columns + (j + 1) % columns, weight()));
        }
        if periodic || i + 1 < rows {
            edges.push((i * columns + j, (i + 1) % rows * columns + j, weight()));
        }
    }
    edges
}

fn random(sites: usize, degree: f64, seed: u64) -> Edges {
    let mut bits = SplitMix64::new(seed);
    let pairs = (0..sites).flat_map(|i| (0..i).map(move |j| (j, i)));
    let chosen = pairs.filter(|_| bits.unit::<f64>() < degree / (sites - 1) as f64);
    chosen.map(|(i, j)| (i, j, 0.2)).collect()
}

fn show(name: &str, sites: usize, edges: &Edges) -> Result<(), Box<dyn std::error::Error>> {
    let model = SparseIsing::<f64>::new(sites, edges, None)?;
    let start = Instant::now();
    let found = match Elimination::new(&model.log_factors(), |_| None, 2 * MAX_ENTRIES) {
        Ok(found) => found,
        Err(error) => {
            println!("{name:26} {error}");
            return Ok(());
        }
    };
    let planned = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let log_z = found.log_z(1.0, &|| false)?;
    let seconds = start.elapsed().as_secs_f64();
    let largest = 8.0 * found.largest_table() as f64 / f64::from(1 << 20);
    print!(
        "{name:26} width {:3}  plan {planned:6.3} s  log Z {log_z:12.6} in {seconds:8.4} s, largest table {largest:8.3} MiB",
        found.width()
    );
    let start = Instant::now();
    match found.tables(1.0, &|| false) {
        Ok(tables) => {
            let made = start.elapsed().as_secs_f64();
            let (mut x, mut bits) = (vec![0_u8; sites], SplitMix64::new(7));
            let (start, mut draws) = (Instant::now(), 0);
            while start.elapsed().as_secs_f64() < 0.5 {
                tables.draw(&mut x, &mut bits);
                draws += 1;
            }
            let rate = f64::from(draws) / start.elapsed().as_secs_f64();
            let mib = tables.bytes() as f64 / f64::from(1 << 20);
            println!(", tables {made:8.4} s, {mib:7.1} MiB, {rate:8.0} draws/s");
        }
        Err(ExactError::TooLarge { .. }) => println!(", no tables for draws"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let most = std::env::args()
        .nth(1)
        .map_or(Ok(24), |side| side.parse())?;
    for side in [10, 12, 14, 16, 18, 20, 22, 24]
        .into_iter()
        .filter(|&side| side <= most)
    {
        show(
            &format!("open {side} x {side}"),
            side * side,
            &lattice(side, side, false, false),
        )?;
    }
    show("open 20 x 100", 2000, &lattice(100, 20, false, false))?;
    for side in [6, 8, 10, 11, 12, 16]
        .into_iter()
        .filter(|&side| side <= most)
    {
        show(
            &format!("torus {side} x {side}"),
            side * side,
            &lattice(side, side, true, false),
        )?;
        show(
            &format!("torus {side} x {side}, +-J"),
            side * side,
            &lattice(side, side, true, true),
        )?;
    }
    for degree in [2.0, 2.5, 3.0] {
        show(
            &format!("random, 200, degree {degree}"),
            200,
            &random(200, degree, 1),
        )?;
    }
    Ok(())
}
