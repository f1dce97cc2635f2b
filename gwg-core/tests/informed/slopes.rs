//! The tuning of a step size and a temperature for the largest mean squared distance of a step.

use crate::proposals::BALANCES;
use crate::targets::Soft;
use crate::{binary, categorical};
use gwg_core::check::{Draws, OwnedMemory, TransitionMatrix};
use gwg_core::kernel::informed::*;
use gwg_core::*;

type Proposed = DiscreteLangevin<AnyBalance>;

fn spaces() -> [AnySpace<'static>; 3] {
    let ordinal = Ordinal::new(2, 5).unwrap().into();
    [binary(), categorical(), ordinal]
}

fn squared_distance(space: &AnySpace<'_>, x: &[u8], y: &[u8]) -> f64 {
    let ordered = matches!(space, AnySpace::Ordinal(_));
    let of = |(&a, &b): (&u8, &u8)| match ordered {
        true => (f64::from(a) - f64::from(b)).powi(2),
        false => f64::from(u8::from(a != b)),
    };
    x.iter().zip(y).map(of).sum()
}

/// `log q` of every path, and the mean squared distance of a proposal.
fn paths(
    target: &Taylor<&Soft<AnySpace<'_>>>,
    proposal: &Proposed,
    x: &[u8],
    (tuning, exponent): (f64, f64),
) -> (Vec<f64>, f64, Vec<Slopes>) {
    let kernel = Informed::new(*proposal);
    let mut owned = OwnedMemory::new(target, &kernel, 1);
    let (mut block, scratch) = owned.walkers(target, &kernel, &[x.to_vec()], 0.8);
    kernel.init(target, &mut block, scratch);
    let space = target.space();
    let mut spare = vec![0.0; proposal_scratch_len(space.sites(), space.moves())];
    let at = ProposalContext {
        space,
        x,
        beta: 0.8,
        tuning,
        exponent,
        phase: 0,
    };
    let evaluation = &mut block[0].state.current;
    proposal.weigh(&at, evaluation, &mut spare);
    let (mut logs, mut mean, mut slopes) = (vec![], 0.0, vec![]);
    proposal.paths(&at, &mut |drawn| {
        let log = proposal.log_prob(&at, evaluation, &mut spare, drawn);
        let mut y = x.to_vec();
        for &m in drawn.path {
            space.decode(x, m as usize).apply(&mut y);
        }
        mean += log.exp() * squared_distance(space, x, &y);
        logs.push(log);
        slopes.push(proposal.slopes(&at, evaluation, drawn.path));
    });
    (logs, mean, slopes)
}

#[test]
fn slopes_are_those_of_log_probabilities_and_of_the_mean_distance() {
    const H: f64 = 1e-5;
    for (space, g) in spaces().into_iter().flat_map(|s| BALANCES.map(|g| (s, g))) {
        let soft = Soft::new(space, 1.5, 7);
        let target = Taylor(&soft);
        let proposal = DiscreteLangevin::new(g, 0.7).unwrap().tuned_temperature();
        let x = vec![1; soft.space.sites()];
        let (tuning, exponent) = (0.9, 0.7);
        let (_, _, slopes) = paths(&target, &proposal, &x, (tuning, exponent));
        let of = |by: f64, other: f64| {
            paths(
                &target,
                &proposal,
                &x,
                (tuning * by.exp(), exponent + other),
            )
        };
        for (k, (up, down)) in [(of(H, 0.0), of(-H, 0.0)), (of(0.0, H), of(0.0, -H))]
            .into_iter()
            .enumerate()
        {
            let rise = (up.1 - down.1) / (2.0 * H);
            for (n, found) in slopes.iter().enumerate() {
                let wanted = (up.0[n] - down.0[n]) / (2.0 * H);
                // The balancing functions are differentiated by differences themselves.
                let (log, distance) = (found.log_prob[k], found.distance[k]);
                assert!((log - wanted).abs() < 1e-4, "{g:?} {k}: {log} {wanted}");
                assert!(
                    (distance - rise).abs() < 1e-4,
                    "{g:?} {k}: {distance} {rise}"
                );
            }
        }
    }
}

/// The mean squared distance of a step in equilibrium.
fn distance(target: &Taylor<&Soft<AnySpace<'_>>>, (tuning, temperature): (f64, f64)) -> f64 {
    let proposal = DiscreteLangevin::dmala(0.2).unwrap().tuned_temperature();
    let kernel = Informed::new(proposal);
    let m = TransitionMatrix::with(target, &kernel, 1.0, |w| {
        kernel.set_tuning(target, w, tuning);
        kernel.set_temperature(target, w, temperature);
    });
    // Whatever the parameters are, the distribution is the target's.
    m.assert_exact(true, crate::EXACT);
    let states = check::configurations(target.space());
    let mut mean = 0.0;
    for (i, x) in states.iter().enumerate() {
        for (j, y) in states.iter().enumerate() {
            mean +=
                m.stationary[i] * m.p[i * m.states + j] * squared_distance(target.space(), x, y);
        }
    }
    mean
}

#[test]
fn warm_up_finds_the_largest_mean_distance() {
    let [binary, categorical, ordinal] = spaces();
    // Of stronger couplings between many levels the largest distance is at an acceptance rate below the least allowed.
    for (space, strength) in [
        (binary, 0.5),
        (binary, 1.2),
        (categorical, 0.5),
        (categorical, 1.2),
        (ordinal, 0.5),
    ] {
        let soft = Soft::new(space, strength, 3);
        let target = Taylor(&soft);
        let kernel = Informed::new(DiscreteLangevin::dmala(0.2).unwrap().tuned_temperature());
        let chains = 3;
        let start = vec![vec![0; soft.space.sites()]; chains];
        let mut owned = OwnedMemory::new(&target, &kernel, chains);
        let (mut block, scratch) = owned.walkers(&target, &kernel, &start, 1.0);
        let mut bits: Vec<_> = (0..chains as u64)
            .map(|k| SplitMix64::new(SplitMix64::mix(k)))
            .collect();
        let mut counts = vec![StepCounts::default(); chains];
        kernel.init(&target, &mut block, scratch);
        kernel.warm_up(&target, &mut block, scratch, &mut bits, &mut counts, 3000);
        let mut best: f64 = 0.0;
        for step in [0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 3.0, 10.0, 100.0] {
            for temperature in [1.0, 1.2, 1.5, 2.0, 3.0, 4.0] {
                best = best.max(distance(&target, (step, temperature)));
            }
        }
        let plain = [0.1, 0.2, 0.4, 0.7, 1.0, 2.0, 10.0].map(|step| distance(&target, (step, 2.0)));
        let plain = plain.into_iter().fold(0.0, f64::max);
        for w in &block {
            let tuned = [0, 1].map(|k| kernel.tuning(&target, &w.state, k).unwrap());
            let found = distance(&target, (tuned[0], tuned[1]));
            println!(
                "{strength}: {tuned:?} {found:.4}, best of the grid {best:.4}, of temperature 2 {plain:.4}"
            );
            assert!(found > 0.95 * best, "{tuned:?}: {found} of {best}");
        }
    }
}

#[test]
fn adaptation_leaves_states_alone_between_steps_of_another_kernel() {
    for space in spaces() {
        let soft = Soft::new(space, 0.8, 3);
        let target = Taylor(&soft);
        let tuned = Informed::new(DiscreteLangevin::dmala(0.2).unwrap().tuned_temperature());
        let kernel = Cycle::new(tuned, LocallyBalanced::gwg(), (1, 3)).unwrap();
        let mut owned = OwnedMemory::new(&target, &kernel, 1);
        let start = vec![0; soft.space.sites()];
        let (mut block, scratch) = owned.walkers(&target, &kernel, &[start], 1.0);
        let (mut bits, mut counts) = ([SplitMix64::new(9)], [StepCounts::default()]);
        kernel.init(&target, &mut block, scratch);
        for _ in 0..500 {
            kernel.warm_up(&target, &mut block, scratch, &mut bits, &mut counts, 1);
            let wanted = target.log_prob(block[0].x);
            assert!((block[0].log_prob() - wanted).abs() < 1e-9);
        }
        let temperature = kernel.tuning(&target, &block[0].state, 1).unwrap();
        assert!(temperature < 2.0, "{temperature}");
    }
}
