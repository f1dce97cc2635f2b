//! The largest tuning parameter of DLMC: the limit distribution of its proposal, and the end of warm-up if nothing is
//! rejected by its ratio.

use crate::proposals::BALANCES;
use crate::targets::{Encode, Ring};
use crate::{EXACT, binary, categorical};
use gwg_core::check::{OwnedMemory, TransitionMatrix, configurations};
use gwg_core::kernel::informed::Dlmc;
use gwg_core::*;

/// All sites drawn at once from the conditionals estimated from the differences at `x`, then Metropolis-Hastings.
fn limit<T: Delta<Real = f64>>(target: &T, beta: f64) -> Vec<f64> {
    let all = configurations(target.space());
    let site = |x: &[SymbolOf<T>], site: usize, to: u16| {
        let mv = |to| Move {
            site,
            from: x[site].widen(),
            to,
        };
        let weight = |to| match mv(to).is_idle() {
            true => 1.0,
            false => Real::exp(beta * target.delta(x, &[], mv(to))),
        };
        let states = target.space().states_at(site) as u16;
        weight(to) / (0..states).map(weight).sum::<f64>()
    };
    let law = |x: &[SymbolOf<T>], y: &[SymbolOf<T>]| {
        (0..x.len())
            .map(|i| site(x, i, y[i].widen()))
            .product::<f64>()
    };
    let mut p = vec![0.0; all.len() * all.len()];
    for (from, x) in all.iter().enumerate() {
        let row = &mut p[from * all.len()..][..all.len()];
        for (to, y) in all.iter().enumerate().filter(|(to, _)| *to != from) {
            let (forth, back) = (law(x, y), law(y, x));
            let gain = Real::exp(beta * (target.log_prob(y) - target.log_prob(x)));
            row[to] = forth * accept::lazy_probability(gain * back / forth);
        }
        row[from] = 1.0 - row.iter().sum::<f64>();
    }
    p
}

/// `8 moves / sum w`, the longest time, at each configuration.
fn times<T: Delta<Real = f64>>(target: &T, g: AnyBalance, moves: f64) -> Vec<f64> {
    let all = configurations(target.space());
    let rate = |x: &Vec<SymbolOf<T>>| {
        let mut rate = 0.0;
        target.space().each_move(x, |mv| {
            if !mv.is_idle() {
                rate += Real::exp(g.log_weight(target.delta(x, &[], mv)));
            }
        });
        rate
    };
    all.iter().map(|x| 8.0 * moves / rate(x)).collect()
}

/// The largest difference of two flows between states.
fn apart(p: &TransitionMatrix, limit: &[f64]) -> f64 {
    let mut largest = 0.0;
    for (k, (a, b)) in p.p.iter().zip(limit).enumerate() {
        largest = f64::max(largest, p.stationary[k / p.states] * (a - b).abs());
    }
    largest
}

fn on<S: Encode>(space: &S, moves: f64) {
    let ring = Ring::<S>::new(space.clone(), 0.7, 12);
    let limit = limit(&ring, 1.0);
    for g in BALANCES {
        let [dlmc, dlmcf] = [Dlmc::interpolated(g, 1.0), Dlmc::forward(g, 1.0)]
            .map(|dlmc| at(&Exact(&ring), dlmc.unwrap(), moves));
        let pi = &dlmc[0].stationary;
        // The worst remaining probability of a site that has not moved: a flow is the smaller of two, each with this
        // error per site.
        let least = match g {
            AnyBalance::Sqrt | AnyBalance::Max => 2.0,
            AnyBalance::Barker | AnyBalance::Min => 1.0,
        };
        let times = times(&ring, g, moves);
        let left = times.iter().map(|time| Real::exp(-least * time));
        let off = left
            .zip(pi)
            .map(|(left, pi)| pi * left * space.sites() as f64);
        let bound = off.fold(0.0, f64::max);
        let [error, half, short] = [0, 1, 2].map(|k| apart(&dlmc[k], &limit));
        println!(
            "{g:?}: off by {error:.1e} of {bound:.1e}; at half of it {half:.1e}, at a 32nd {short:.1e}"
        );
        assert!(
            error <= bound + 1e-15 && bound < 1e-3 && short > 1e-2,
            "{g:?}"
        );
        // An Euler step leaves nothing if the time is long enough, as it is here.
        assert!(times.iter().all(|time| least * time > 1.0));
        assert!(apart(&dlmcf[0], &limit) < 1e-15 && apart(&dlmcf[2], &limit) > 1e-3);
    }
}

/// A kernel at the largest `n`, at half of it and at a 32nd.
fn at<T: Differences<Real = f64>>(
    target: &T,
    dlmc: Dlmc<AnyBalance>,
    moves: f64,
) -> [TransitionMatrix; 3] {
    let kernel = Informed::new(dlmc);
    let matrix = |n: f64| {
        let matrix = TransitionMatrix::with(target, &kernel, 1.0, |w| {
            kernel.set_tuning(target, w, n);
        });
        matrix.assert_exact(true, EXACT);
        matrix
    };
    let largest = matrix(8.0 * moves);
    assert_eq!(largest.p, matrix(1e9).p, "there is no more");
    [largest, matrix(4.0 * moves), matrix(0.25 * moves)]
}

#[test]
fn the_largest_n_draws_all_sites_from_the_conditionals() {
    on(&binary(), 4.0);
    on(&categorical(), 6.0);
}

fn warmed_up<T: Target>(target: &T, space: usize, kernel: &impl Kernel<T>) -> f64 {
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let (mut block, scratch) = owned.walkers(
        target,
        kernel,
        &[vec![Symbol::from_index(0); space]],
        T::Real::ONE,
    );
    let (mut bits, mut counts) = ([SplitMix64::new(7)], [StepCounts::default()]);
    kernel.init(target, &mut block, scratch);
    kernel.warm_up(target, &mut block, scratch, &mut bits, &mut counts, 1500);
    kernel.tuning(target, &block[0].state, 0).unwrap()
}

#[test]
fn warm_up_reaches_the_largest_n_for_weak_couplings_only() {
    let (weak, strong) = (
        Ring::<_, f32>::new(Binary::new(50), 0.2, 3),
        Ring::<_, f32>::new(Binary::new(50), 1.5, 3),
    );
    for form in [Dlmc::interpolated, Dlmc::forward] {
        let kernel = Informed::new(form(Sqrt, 3.0).unwrap());
        assert_eq!(warmed_up(&Taylor(&weak), 50, &kernel), 400.0);
        let chosen = warmed_up(&Taylor(&strong), 50, &kernel);
        assert!((1.0..200.0).contains(&chosen), "{chosen}");
    }
}

#[test]
fn the_largest_n_counts_free_sites_only() {
    let ring = Ring::<_, f32>::new(Binary::new(50), 0.2, 3);
    let (observed, mut free) = ([Some(1), None].repeat(25), [0; 50]);
    let target = Taylor(Clamp::new(&ring, &observed, &mut free).unwrap());
    let far = Informed::new(Dlmc::interpolated(Sqrt, 1e9).unwrap());
    let mut owned = OwnedMemory::new(&target, &far, 1);
    let (block, _) = owned.walkers(&target, &far, &[[1, 0].repeat(25)], 1.0);
    assert_eq!(far.tuning(&target, &block[0].state, 0), Some(200.0));
}
