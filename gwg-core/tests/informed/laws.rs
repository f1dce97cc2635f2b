//! Draw frequencies match the probabilities that the proposal computes; long runs match enumeration.

use crate::proposals::{Visit, typical};
use crate::targets::{Encode, Ring, Soft};
use crate::{binary, categorical};
use gwg_core::check::{ChiSquare, Draws, OwnedMemory, chi_square, long_run};
use gwg_core::kernel::informed::*;
use gwg_core::*;
use std::collections::BTreeMap;

/// Compares paths drawn from one configuration with their computed probabilities.
fn drawn<T: Differences, P: Draws>(
    target: &T,
    proposal: &P,
    x: &[SymbolOf<T>],
    seed: u64,
) -> ChiSquare {
    const DRAWS: usize = 40_000;
    let kernel = Informed::new(Plain(proposal));
    let mut owned = OwnedMemory::new(target, &kernel, 1);
    let (mut block, scratch) = owned.walkers(target, &kernel, &[x.to_vec()], Real::ONE);
    kernel.init(target, &mut block, scratch);
    let space = target.space();
    let mut spare = vec![T::Real::ZERO; proposal_scratch_len(space.sites(), space.moves())];
    let at = ProposalContext {
        space,
        x,
        beta: Real::ONE,
        tuning: kernel.tuning(target, &block[0].state, 0).unwrap_or(1.0),
        exponent: 0.5,
        phase: 0,
    };
    let evaluation = &mut block[0].state.current;
    let (mut place, mut probability) = (BTreeMap::new(), vec![]);
    proposal.paths(&at, &mut |drawn| {
        place.insert((drawn.path.to_vec(), drawn.intended), probability.len());
        let told = proposal.log_prob(&at, evaluation, &mut spare, drawn);
        probability.push(proposal.share(&at, drawn.intended) * Real::exp(told));
    });
    let total: f64 = probability.iter().sum();
    assert!((total - 1.0).abs() < 1e-5, "all paths together: {total}");
    let mut bits = SplitMix64::new(seed);
    let mut counts = vec![0; probability.len()];
    let mut path = vec![0; space.sites()];
    for _ in 0..DRAWS {
        let (length, intended) = proposal.draw(&at, evaluation, &mut spare, &mut path, &mut bits);
        counts[place[&(path[..length].to_vec(), intended)]] += 1;
    }
    chi_square(&counts, &probability)
}

/// A borrowed proposal.
struct Plain<'p, P>(&'p P);

impl<P: Proposal> Proposal for Plain<'_, P> {
    const REPEATS: bool = P::REPEATS;
    fn start(&self) -> Option<f64> {
        self.0.start()
    }
    fn range<S: Space>(&self, space: &S) -> (f64, f64) {
        self.0.range(space)
    }
    fn weigh<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut neighborhood::Evaluation<'_, R>,
        spare: &mut [R],
    ) {
        self.0.weigh(at, evaluation, spare);
    }
    fn draw<S: Space, R: Real, B: Bits + ?Sized>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut neighborhood::Evaluation<'_, R>,
        spare: &mut [R],
        path: &mut [u32],
        bits: &mut B,
    ) -> (usize, usize) {
        self.0.draw(at, evaluation, spare, path, bits)
    }
    fn log_prob<S: Space, R: Real>(
        &self,
        at: &ProposalContext<'_, S, R>,
        evaluation: &mut neighborhood::Evaluation<'_, R>,
        spare: &mut [R],
        drawn: Drawn<'_>,
    ) -> f64 {
        self.0.log_prob(at, evaluation, spare, drawn)
    }
}

struct Draw<'t, T>(&'t T);

impl<T: Differences> Visit for Draw<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        let states = self.0.space().states();
        for seed in 0..3u64 {
            let x: Vec<SymbolOf<T>> = (0..self.0.space().sites())
                .map(|i| Symbol::from_index((seed as usize * (i + 1) / 2) % states))
                .collect();
            let found = drawn(self.0, &proposal, &x, seed);
            // The quantile 4.5 has probability 3.4e-6.
            assert!(found.z < 4.5, "{name}, seed {seed}: {found:?}");
        }
    }
}

fn draws_on<S: Encode>(space: &S) {
    typical(&mut Draw(&Taylor(&Soft::new(space.clone(), 1.5, 21))));
    typical(&mut Draw(&Exact(&Ring::<S, f32>::new(
        space.clone(),
        1.5,
        22,
    ))));
}

#[test]
fn draw_frequencies_match_log_prob() {
    draws_on(&binary());
    draws_on(&categorical());
}

struct Run<'t, T>(&'t T, u64);

impl<T: Differences> Visit for Run<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        self.1 += 1;
        // Draws 30 steps apart; the quantile 4.5 has probability 3.4e-6.
        let kernel = Informed::new(proposal);
        let found = long_run(self.0, &kernel, Real::from_f64(0.8), 5, 2_000, 30, self.1);
        assert!(found.z.abs() < 4.5, "{name}: {found:?}");
    }
}

fn runs_on<S: Encode>(space: &S) {
    let soft = Soft::new(space.clone(), 1.0, 7);
    typical(&mut Run(&Taylor(&soft), 100));
    let ring = Ring::<S, f32>::new(space.clone(), 0.8, 8);
    typical(&mut Run(&Exact(&ring), 200));
}

#[test]
fn long_runs_match_enumeration() {
    runs_on(&AnySpace::from(Binary::new(5)));
    runs_on(&AnySpace::from(Categorical::new(3, 4).unwrap()));
}
