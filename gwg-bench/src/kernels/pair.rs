//! Parallel tempering of two walkers as one kernel on pairs of states.

use super::measure::{CHAINS, Counted, ROUNDS, TableBuilder, TableTarget, draw, figures, product};
use super::{Claim, Run};
use gwg_core::check::{OwnedMemory, TransitionMatrix, configurations};
use gwg_core::temper::{Exchange, Ladder, Pair, swap_ratio};
use gwg_core::{
    Differences, Evaluated, Kernel, LocallyBalanced, SplitMix64, Sqrt, StepCounts, Target, accept,
};

const BETAS: [f64; 2] = [1.0, 0.4];
/// Maximum number of pairs of states for a dense matrix.
const LARGEST: usize = 1000;

type Gwg = LocallyBalanced<Evaluated<Sqrt>>;

/// Adds the kernel in which both walkers step, a swap is proposed, and both step again: two rounds of an exchange between
/// two temperatures, since every other round has no pair to swap.
pub(super) fn row<T: TableTarget + Differences>(table: &mut TableBuilder<'_>, target: &T) {
    let name = "tempered pair of GWG";
    let states = configurations(target.space()).len();
    if states * states > LARGEST {
        return table.dash(name, "more than 1000 pairs of states");
    }
    let kernel = LocallyBalanced::gwg();
    let levels = BETAS.map(|beta| TransitionMatrix::new(target, &kernel, beta));
    let matrix = round(target, &levels);
    let run = walk(table, target, &kernel, &levels);
    let found = figures(Claim::Reversible, &matrix, &matrix.stationary, run);
    table.push(name, Claim::Reversible, Ok(found));
}

/// The matrix of steps, swap, steps on pairs `cold * n + hot`.
fn round<T: Target>(target: &T, levels: &[TransitionMatrix; 2]) -> TransitionMatrix {
    let [cold, hot] = levels;
    let n = cold.states;
    let f: Vec<f64> = configurations(target.space())
        .iter()
        .map(|x| target.log_prob(x))
        .collect();
    let mut step = vec![0.0; n.pow(4)];
    let mut swap = vec![0.0; n.pow(4)];
    for a in 0..n {
        for b in 0..n {
            let from = (a * n + b) * n * n;
            for (y, p) in cold.p[a * n..(a + 1) * n].iter().enumerate() {
                for (z, q) in hot.p[b * n..(b + 1) * n].iter().enumerate() {
                    step[from + y * n + z] = p * q;
                }
            }
            let swapped = accept::probability(swap_ratio((BETAS[0], BETAS[1]), (f[a], f[b])));
            swap[from + b * n + a] += swapped;
            swap[from + a * n + b] += 1.0 - swapped;
        }
    }
    let stationary = cold
        .stationary
        .iter()
        .flat_map(|p| hot.stationary.iter().map(move |q| p * q));
    TransitionMatrix {
        states: n * n,
        p: product(&product(&step, &swap, n * n), &step, n * n),
        stationary: stationary.collect(),
        log_z: cold.log_z + hot.log_z,
    }
}

/// Simulates the same kernel with [`Exchange`].
fn walk<T: TableTarget + Differences>(
    table: &TableBuilder<'_>,
    target: &T,
    kernel: &Gwg,
    levels: &[TransitionMatrix; 2],
) -> Run {
    let all = configurations(target.space());
    let (mut moved, mut counts) = (vec![0.0; CHAINS], vec![StepCounts::default(); 2 * CHAINS]);
    if let Some(count) = table.count() {
        count.clear();
    }
    let rounds = moved.iter_mut().zip(counts.chunks_mut(2)).zip(0..);
    for ((moved, counts), seed) in rounds {
        let seed = SplitMix64::mix(seed);
        let mut bits = [0, 1, 2].map(|k| SplitMix64::new(SplitMix64::mix(seed + k)));
        let start: Vec<_> = levels
            .iter()
            .map(|level| all[draw(&level.stationary, &mut bits[2])].clone())
            .collect();
        let mut owned = OwnedMemory::new(target, kernel, 2);
        let (mut block, scratch) = owned.walkers(target, kernel, &start, 1.0);
        let (mut at, mut pairs) = ([0; 2], [Pair::default()]);
        let ladder = Ladder::new(&BETAS).expect("falling");
        let mut exchange = Exchange::new(ladder, &mut at, &mut pairs).expect("two levels");
        exchange.assign(&mut block);
        match table.count() {
            Some(count) => count.aside(|| kernel.init(target, &mut block, scratch)),
            None => kernel.init(target, &mut block, scratch),
        }
        let mut before = start;
        let [a, b, swaps] = &mut bits;
        let mut own = [a.clone(), b.clone()];
        for _ in 0..ROUNDS {
            for _ in 0..2 {
                kernel.step(target, &mut block, scratch, &mut own, counts);
                exchange.round(target, kernel, &mut block, scratch, swaps);
            }
            let after: Vec<_> = exchange
                .walker_at()
                .iter()
                .map(|&k| block[k as usize].x.to_vec())
                .collect();
            *moved += f64::from(u8::from(after != before));
            before = after;
        }
    }
    let count = table.count();
    Counted {
        moved,
        counts,
        count,
    }
    .run()
}
