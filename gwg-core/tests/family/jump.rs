//! The jump process: its generator, its steps, and the weights of the states that it visits.

use super::*;
use gwg_core::check::{OwnedMemory, chi_square, configurations};

const BALANCES: [AnyBalance; 4] = [
    AnyBalance::Sqrt,
    AnyBalance::Barker,
    AnyBalance::Min,
    AnyBalance::Max,
];

/// `max |pi Q|` and `max |pi_x Q_xy - pi_y Q_yx|`, in units of the fastest rate.
fn generator<T: Target<Real = f64>, N: Neighborhood<T>>(
    target: &T,
    kernel: &Jump<N>,
    beta: f64,
) -> (f64, f64) {
    let pi = stationary(target, beta);
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let start = vec![vec![Symbol::from_index(0); target.space().sites()]];
    let (mut block, scratch) = owned.walkers(target, kernel, &start, beta);
    let q = kernel.generator(target, &mut block[0], scratch);
    let n = pi.len();
    let fastest = q.iter().fold(0.0, |most: f64, rate| most.max(rate.abs()));
    let (mut flow, mut balance) = (vec![0.0; n], 0.0f64);
    for x in 0..n {
        for y in 0..n {
            flow[y] += pi[x] * q[x * n + y];
            balance = balance.max((pi[x] * q[x * n + y] - pi[y] * q[y * n + x]).abs());
        }
    }
    let flow = flow.iter().fold(0.0, |most: f64, f| most.max(f.abs()));
    (flow / fastest, balance / fastest)
}

pub(crate) fn stationary<T: Target<Real = f64>>(target: &T, beta: f64) -> Vec<f64> {
    let all = configurations(target.space());
    let f: Vec<f64> = all.iter().map(|x| beta * target.log_prob(x)).collect();
    let log_z = math::logsumexp(&f);
    f.iter().map(|f| Real::exp(f - log_z)).collect()
}

fn generators_on<S: Encode>(space: &S) {
    on_both(space, |soft, ring| {
        for balance in BALANCES {
            for beta in [1.0, 0.35, 2.5] {
                for (flow, unbalanced) in [
                    generator(&Taylor(soft), &Jump::evaluated(balance), beta),
                    generator(&Exact(soft), &Jump::evaluated(balance), beta),
                    generator(&Exact(ring), &Jump::evaluated(balance), beta),
                    generator(&Taylor(ring), &Jump::evaluated(balance), beta),
                    generator(ring, &Jump::local(balance), beta),
                ] {
                    assert!(
                        flow < EXACT && unbalanced < EXACT,
                        "{balance:?} {beta}: |pi Q| = {flow:e}, detailed balance {unbalanced:e}"
                    );
                }
            }
        }
    });
}

#[test]
fn the_generator_leaves_the_target_invariant() {
    generators_on(&binary());
    generators_on(&categorical());
}

#[test]
fn a_step_is_exact() {
    let soft = Soft::new(binary(), 1.5, 11);
    let ring = Ring::<_>::new(AnySpace::from(Categorical::new(3, 3).unwrap()), 1.5, 12);
    let at = |beta, interval| {
        let evaluation = Jump::evaluated(Barker).with_interval(interval).unwrap();
        TransitionMatrix::new(&Exact(&soft), &evaluation, beta).assert_exact(true, EXACT);
        TransitionMatrix::new(&Taylor(&soft), &evaluation, beta).assert_exact(true, EXACT);
        let tree = Jump::local(Sqrt).with_interval(interval).unwrap();
        TransitionMatrix::new(&ring, &tree, beta).assert_exact(true, EXACT);
    };
    for (beta, interval) in [(1.0, 0.01), (1.0, 1.0), (0.35, 0.3), (2.5, 0.01)] {
        at(beta, interval);
    }
    exact(&ring, &Jump::local(Barker), true);
}

/// Compares the end states of `draws` steps from one state with the row of `exp(interval Q)`.
fn ends<T: Target<Real = f64>, N: Neighborhood<T>>(target: &T, kernel: &Jump<N>, seed: u64) {
    let matrix = TransitionMatrix::new(target, kernel, 0.9);
    let all = configurations(target.space());
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let (mut block, scratch) = owned.walkers(target, kernel, &all[..1], 0.9);
    let mut bits = [SplitMix64::new(seed)];
    for start in [0, 5, all.len() - 1] {
        let mut counts = vec![0; all.len()];
        for _ in 0..20_000 {
            block[0].x.copy_from_slice(&all[start]);
            kernel.init(target, &mut block, scratch);
            kernel.step(
                target,
                &mut block,
                scratch,
                &mut bits,
                &mut [StepCounts::default()],
            );
            counts[all.iter().position(|x| x == block[0].x).unwrap()] += 1;
        }
        let row = &matrix.p[start * all.len()..(start + 1) * all.len()];
        let found = chi_square(&counts, row);
        assert!(found.z.abs() < 4.5, "from {start}: {found:?}");
    }
}

#[test]
fn steps_end_where_the_matrix_exponential_says() {
    let soft = Soft::new(binary(), 1.5, 11);
    let ring = Ring::<_>::new(AnySpace::from(Categorical::new(3, 3).unwrap()), 1.5, 12);
    for interval in [0.1, 1.0] {
        let evaluation = Jump::evaluated(Barker).with_interval(interval).unwrap();
        ends(&Exact(&soft), &evaluation, 1);
        ends(&Taylor(&soft), &evaluation, 4);
        ends(
            &ring,
            &Jump::local(Sqrt).with_interval(interval).unwrap(),
            2,
        );
        ends(
            &ring,
            &Jump::local(AnyBalance::Max)
                .with_interval(interval)
                .unwrap(),
            3,
        );
    }
}

#[test]
fn long_runs_match_enumeration() {
    let soft = Soft::new(AnySpace::from(Binary::new(5)), 1.0, 7);
    visits(&Exact(&soft), &Jump::evaluated(Sqrt), 60, 1);
    visits(&Taylor(&soft), &Jump::evaluated(Sqrt), 60, 4);
    let space = AnySpace::from(Categorical::new(3, 4).unwrap());
    let long = Jump::local(Sqrt).with_interval(1.0).unwrap();
    visits(&Ring::<_>::new(space, 0.8, 8), &long, 10, 2);
    visits(
        &Ring::<_, f32>::new(space, 0.8, 8),
        &Jump::local(Barker),
        60,
        3,
    );
}

/// The occupation of the states visited from jump to jump, weighted or not, with errors from batch means.
fn occupation(weighted: bool) -> (Vec<f64>, Vec<(f64, f64)>) {
    let ring = Ring::<_>::new(AnySpace::from(Binary::new(4)), 1.2, 12);
    let kernel = Jump::local(Sqrt);
    let all = configurations(ring.space());
    let mut owned = OwnedMemory::new(&ring, &kernel, 1);
    let (mut block, scratch) = owned.walkers(&ring, &kernel, &all[..1], 1.0);
    kernel.init(&ring, &mut block, scratch);
    let mut bits = SplitMix64::new(4);
    let (batches, jumps) = (100, 5_000);
    let mut shares = vec![Vec::new(); all.len()];
    for _ in 0..batches {
        let mut time = vec![0.0; all.len()];
        for _ in 0..jumps {
            let here = all.iter().position(|x| x == block[0].x).unwrap();
            let stay = kernel.next_jump(&ring, &mut block[0], scratch, &mut bits);
            time[here] += if weighted { stay } else { 1.0 };
        }
        let total: f64 = time.iter().sum();
        for (share, time) in shares.iter_mut().zip(time) {
            share.push(time / total);
        }
    }
    let estimate = |share: Vec<f64>| {
        let n = share.len() as f64;
        let mean = share.iter().sum::<f64>() / n;
        let variance = share.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / (n - 1.0);
        (mean, (variance / n).sqrt())
    };
    let pi = stationary(&ring, 1.0);
    (pi, shares.into_iter().map(estimate).collect())
}

#[test]
fn holding_time_weights_give_the_target_distribution() {
    let (pi, found) = occupation(true);
    for (p, (mean, error)) in pi.iter().zip(found) {
        // Sixteen states, two sides: 5 standard errors have probability 9e-6.
        assert!((p - mean).abs() < 5.0 * error, "{p} {mean} +- {error}");
    }
}

#[test]
fn unweighted_jump_states_have_another_distribution() {
    // The jumps alone are stationary for p(x) Z(x).
    let (pi, found) = occupation(false);
    let far = pi
        .iter()
        .zip(found)
        .fold(0.0, |most: f64, (p, (mean, error))| {
            most.max((p - mean).abs() / error)
        });
    assert!(far > 20.0, "{far} standard errors");
}

#[test]
fn an_interval_adapts_to_about_one_jump_a_step() {
    let ring = Ring::<_>::new(AnySpace::from(Binary::new(30)), 3.0, 3);
    let kernel = Jump::local(Sqrt);
    let mut owned = OwnedMemory::new(&ring, &kernel, 1);
    let (mut block, scratch) = owned.walkers(&ring, &kernel, &[vec![0; 30]], 1.0);
    kernel.init(&ring, &mut block, scratch);
    let mut bits = [SplitMix64::new(4)];
    let mut counts = [StepCounts::default()];
    kernel.warm_up(&ring, &mut block, scratch, &mut bits, &mut counts, 3_000);
    let interval = kernel.tuning(&ring, &block[0].state, 0).unwrap();
    assert!(interval > 1.5 / 30.0, "{interval}");
    counts = [StepCounts::default()];
    kernel.advance(&ring, &mut block, scratch, &mut bits, &mut counts, 30_000);
    let jumps = counts[0].sites_changed as f64 / counts[0].steps as f64;
    assert!((0.7..1.8).contains(&jumps), "{jumps}");
    assert_eq!(
        kernel.tuning(&ring, &block[0].state, 0),
        Some(interval),
        "frozen"
    );
}

#[test]
fn adapted_intervals_are_bounded_and_given_ones_are_fixed() {
    let ring = Ring::<_>::new(AnySpace::from(Binary::new(30)), 1.0, 3);
    let (free, given) = (
        Jump::local(Sqrt),
        Jump::local(Sqrt).with_interval(0.5).unwrap(),
    );
    for kernel in [free, given] {
        let mut owned = OwnedMemory::new(&ring, &kernel, 1);
        let (mut block, scratch) = owned.walkers(&ring, &kernel, &[vec![0; 30]], 1.0);
        kernel.init(&ring, &mut block, scratch);
        for _ in 0..100_000 {
            // As if no step ever had a jump.
            kernel.adapt(&ring, &mut block);
        }
        let interval = block[0].state.interval();
        match kernel.tuning(&ring, &block[0].state, 0) {
            Some(tuned) => assert!(tuned == interval && interval <= 1e4 / 30.0 * (1.0 + 1e-12)),
            None => assert_eq!(interval, 0.5),
        }
    }
}

#[test]
fn jumps_with_exact_differences_are_never_rejected() {
    let ring = Ring::<_, f32>::new(AnySpace::from(Categorical::new(9, 3).unwrap()), 0.8, 3);
    let soft = Soft::new(AnySpace::from(Binary::new(9)), 1.5, 3);
    let (all, some) = (
        rejected(&ring, &Jump::local(Sqrt)),
        rejected(&Taylor(&soft), &Jump::evaluated(Sqrt)),
    );
    assert_eq!(all, 0);
    assert!(some > 0);
}

/// Of 2000 jumps that come up, those that do not go ahead.
fn rejected<T: Target, N: Neighborhood<T>>(target: &T, kernel: &Jump<N>) -> usize {
    let mut owned = OwnedMemory::new(target, kernel, 1);
    let start = vec![vec![Symbol::from_index(0); target.space().sites()]];
    let (mut block, scratch) = owned.walkers(target, kernel, &start, T::Real::ONE);
    kernel.init(target, &mut block, scratch);
    let mut bits = SplitMix64::new(4);
    let mut stays = || {
        let before = block[0].x.to_vec();
        kernel.next_jump(target, &mut block[0], scratch, &mut bits);
        before == block[0].x
    };
    (0..2_000).filter(|_| stays()).count()
}

#[test]
fn invalid_intervals_are_rejected() {
    for interval in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Jump::local(Sqrt).with_interval(interval).is_err());
    }
}
