//! Measurement of one kernel on one target.

use super::shared::Count;
use super::{Claim, Figures, Row, Run};
use crate::exact::gaps;
use gwg_core::check::{OwnedMemory, TransitionMatrix, Transitions, configurations};
use gwg_core::kernel::WalkerOf;
use gwg_core::{Bits, Kernel, Space, SplitMix64, StepCounts, Target};

/// Number of independent chains of a [`Run`].
pub const CHAINS: usize = 400;
/// Number of steps (rounds) of each chain.
pub const ROUNDS: usize = 10;

/// Returns `1 - lambda_2` of the additive reversibilization `(P + P*) / 2`, with `P*` the time reversal, for a row-major
/// matrix `p` that leaves `pi` invariant.
///
/// For a reversible kernel it is the spectral gap, with `lambda_2` the second *largest* eigenvalue. For any kernel it is
/// one minus the largest correlation between values of a function of the state at consecutive steps, and the asymptotic
/// variance of a mean is at most that of the reversible kernel with this gap. It is per step, and one step (a sweep) may
/// consist of several steps of another kernel: compare gaps at equal cost.
pub(super) fn gap(p: &[f64], pi: &[f64]) -> f64 {
    let matrix = TransitionMatrix {
        states: pi.len(),
        p: p.to_vec(),
        stationary: pi.to_vec(),
        log_z: 0.0,
    };
    gaps(&matrix).map_or(f64::NAN, |gaps| gaps.gap())
}

/// Returns the invariant distribution of any matrix, as a row of `P^(2^14)`.
fn invariant_distribution(p: &[f64], n: usize) -> Vec<f64> {
    let mut power = p.to_vec();
    for _ in 0..14 {
        power = product(&power, &power, n);
    }
    power.truncate(n);
    power
}

/// Returns the product of two matrices.
pub(super) fn product(a: &[f64], b: &[f64], n: usize) -> Vec<f64> {
    let mut c = vec![0.0; n * n];
    for (row, out) in a.chunks_exact(n).zip(c.chunks_exact_mut(n)) {
        for (x, b) in row.iter().zip(b.chunks_exact(n)) {
            for (out, y) in out.iter_mut().zip(b) {
                *out += x * y;
            }
        }
    }
    c
}

/// Returns the invariant distribution of a kernel: the target, or for a biased kernel the distribution that it has instead.
fn law(claim: Claim, matrix: &TransitionMatrix) -> Vec<f64> {
    match claim {
        Claim::Biased => invariant_distribution(&matrix.p, matrix.states),
        Claim::Reversible | Claim::Invariant => matrix.stationary.clone(),
    }
}

/// Computes the results for a matrix that leaves `law` invariant, with the statistics of its steps.
pub(super) fn figures(claim: Claim, matrix: &TransitionMatrix, law: &[f64], run: Run) -> Figures {
    let (n, found) = (matrix.states, matrix.measure());
    let differences = law.iter().zip(&matrix.stationary);
    let variation = differences.map(|(a, b)| 0.5 * (a - b).abs()).sum();
    let leaves = law.iter().enumerate();
    Figures {
        states: n,
        stochastic: found.stochastic,
        invariance: found.invariance,
        reversibility: found.reversibility,
        irreducible: found.irreducible,
        gap: gap(&matrix.p, law),
        mean_move: leaves.map(|(x, p)| p * (1.0 - matrix.p[x * n + x])).sum(),
        bias: (claim == Claim::Biased).then_some(variation),
        run,
    }
}

/// Draws an index with the given probabilities.
pub(super) fn draw(probability: &[f64], bits: &mut SplitMix64) -> usize {
    let mut left = bits.unit::<f64>();
    let last = probability.len().saturating_sub(1);
    let found = probability.iter().position(|p| {
        left -= p;
        left < 0.0
    });
    found.unwrap_or(last)
}

/// Counts over many steps.
pub(super) struct Counted<'c> {
    /// For each chain, the number of rounds that changed the state.
    pub(super) moved: Vec<f64>,
    pub(super) counts: Vec<StepCounts>,
    pub(super) count: Option<&'c Count>,
}

impl Counted<'_> {
    pub(super) fn run(&self) -> Run {
        let (chains, rounds) = (self.moved.len() as f64, ROUNDS as f64);
        let steps = chains * rounds;
        let sum = |of: fn(&StepCounts) -> u64| self.counts.iter().map(of).sum::<u64>() as f64;
        let mean = self.moved.iter().sum::<f64>() / chains;
        let spread = self.moved.iter().map(|m| (m - mean) * (m - mean));
        let variance = spread.sum::<f64>() / (chains - 1.0) / chains;
        Run {
            acceptance: sum(|t| t.accepted) / sum(|t| t.steps),
            sites_changed: sum(|t| t.sites_changed) / steps,
            values: sum(|t| t.values) / steps,
            gradients: sum(|t| t.gradients) / steps,
            asked: self.count.map(|count| count.per(steps)),
            moved: mean / rounds,
            moved_error: variance.sqrt() / rounds,
        }
    }
}

/// The targets of the table: in `f64`, with symbols of 8 bits.
pub(super) trait TableTarget: Target<Real = f64, Space: Space<Symbol = u8>> {}

impl<T: Target<Real = f64, Space: Space<Symbol = u8>>> TableTarget for T {}

/// Adds rows for one space to the table.
pub(super) struct TableBuilder<'b> {
    space: &'static str,
    count: Option<&'b Count>,
    rows: &'b mut Vec<Row>,
}

impl<'b> TableBuilder<'b> {
    pub(super) fn new(
        space: &'static str,
        count: Option<&'b Count>,
        rows: &'b mut Vec<Row>,
    ) -> Self {
        Self { space, count, rows }
    }

    pub(super) const fn count(&self) -> Option<&'b Count> {
        self.count
    }

    pub(super) fn push(
        &mut self,
        kernel: &'static str,
        claim: Claim,
        found: Result<Figures, &'static str>,
    ) {
        let space = self.space;
        self.rows.push(Row {
            kernel,
            space,
            claim,
            found,
        });
    }

    /// Adds a row for a kernel that does not exist on this space.
    pub(super) fn dash(&mut self, kernel: &'static str, reason: &'static str) {
        self.push(kernel, Claim::Reversible, Err(reason));
    }

    /// Adds a kernel without rounds.
    pub(super) fn kernel<T: TableTarget, K: Transitions<T>>(
        &mut self,
        name: &'static str,
        claim: Claim,
        target: &T,
        kernel: &K,
    ) {
        let matrix = TransitionMatrix::new(target, kernel, 1.0);
        self.round(name, claim, target, kernel, &matrix, 1);
    }

    /// Adds a kernel whose round has the matrix `matrix` and consists of `steps` steps.
    pub(super) fn round<T: TableTarget, K: Kernel<T>>(
        &mut self,
        name: &'static str,
        claim: Claim,
        target: &T,
        kernel: &K,
        matrix: &TransitionMatrix,
        steps: u64,
    ) {
        let law = law(claim, matrix);
        let (start, mut bits) = starts(&configurations(target.space()), &law);
        let mut owned = OwnedMemory::new(target, kernel, CHAINS);
        let (mut walkers, scratch) = owned.walkers(target, kernel, &start, 1.0);
        kernel.init(target, &mut walkers, scratch);
        let mut walking = Walking {
            target,
            kernel,
            walkers,
            scratch,
        };
        let run = self.walk(start, &mut bits, steps, &mut walking);
        self.push(name, claim, Ok(figures(claim, matrix, &law, run)));
    }

    /// Runs the steps. Not generic, so that it is compiled only once.
    fn walk(
        &self,
        start: Vec<Vec<u8>>,
        bits: &mut [SplitMix64],
        steps: u64,
        walking: &mut dyn Walk,
    ) -> Run {
        let mut counts = vec![StepCounts::default(); CHAINS];
        let (mut before, mut moved) = (start, vec![0.0; CHAINS]);
        if let Some(count) = self.count {
            count.clear();
        }
        for _ in 0..ROUNDS {
            walking.advance(bits, &mut counts, steps);
            for (k, (before, moved)) in before.iter_mut().zip(&mut moved).enumerate() {
                let x = walking.x(k);
                *moved += f64::from(u8::from(x != before));
                before.copy_from_slice(x);
            }
        }
        let count = self.count;
        Counted {
            moved,
            counts,
            count,
        }
        .run()
    }
}

/// Draws the initial states of the chains from `law`; also returns their random number generators.
fn starts(all: &[Vec<u8>], law: &[f64]) -> (Vec<Vec<u8>>, Vec<SplitMix64>) {
    let mut bits: Vec<_> = (0..CHAINS as u64)
        .map(|k| SplitMix64::new(SplitMix64::mix(k)))
        .collect();
    let start = bits.iter_mut().map(|bits| all[draw(law, bits)].clone());
    (start.collect(), bits)
}

/// A block of walkers of any kernel.
trait Walk {
    fn advance(&mut self, bits: &mut [SplitMix64], counts: &mut [StepCounts], steps: u64);

    fn x(&self, k: usize) -> &[u8];
}

struct Walking<'w, 'a, T: Target, K: Kernel<T>> {
    target: &'w T,
    kernel: &'w K,
    walkers: Vec<WalkerOf<'a, T, K>>,
    scratch: &'w mut [T::Real],
}

impl<T: TableTarget, K: Kernel<T>> Walk for Walking<'_, '_, T, K> {
    fn advance(&mut self, bits: &mut [SplitMix64], counts: &mut [StepCounts], steps: u64) {
        self.kernel.advance(
            self.target,
            &mut self.walkers,
            self.scratch,
            bits,
            counts,
            steps,
        );
    }

    fn x(&self, k: usize) -> &[u8] {
        self.walkers[k].x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_of_two_states_is_the_sum_of_the_transition_probabilities() {
        let (a, b) = (0.3, 0.1);
        let found = gap(&[1.0 - a, a, b, 1.0 - b], &[b / (a + b), a / (a + b)]);
        assert!((found - (a + b)).abs() < 1e-14, "{found}");
    }

    #[test]
    fn the_gap_of_a_rotation_is_that_of_its_reversibilization() {
        // A rotation of three states: (P + P*) / 2 has the eigenvalues 1, -1/2, -1/2.
        let p = [0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        assert!((gap(&p, &[1.0 / 3.0; 3]) - 1.5).abs() < 1e-14);
    }

    #[test]
    fn a_reducible_matrix_has_no_gap() {
        assert!(gap(&[1.0, 0.0, 0.0, 1.0], &[0.4, 0.6]).abs() < 1e-14);
        assert!(gap(&[f64::NAN; 4], &[0.4, 0.6]).is_nan());
    }

    #[test]
    fn powers_of_a_matrix_converge_to_the_invariant_distribution() {
        let found = invariant_distribution(&[0.7, 0.3, 0.1, 0.9], 2);
        assert!((found[0] - 0.25).abs() < 1e-12 && (found[1] - 0.75).abs() < 1e-12);
    }
}
