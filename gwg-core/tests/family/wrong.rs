//! Wrong kernels, each with a published or an easily made mistake. The checks must reject them. Run with
//! `--nocapture` for the table.

use super::*;
use gwg_core::check::{OwnedMemory, chi_square, configurations};

/// A matrix from the transition probabilities of each configuration; the remaining probability is that of staying.
fn matrix<T: Target<Real = f64>>(
    target: &T,
    beta: f64,
    law: impl Fn(&[SymbolOf<T>]) -> Vec<(Vec<SymbolOf<T>>, f64)>,
) -> TransitionMatrix {
    let all = configurations(target.space());
    let mut p = vec![0.0; all.len() * all.len()];
    for (from, x) in all.iter().enumerate() {
        let mut stays = 1.0;
        for (y, share) in law(x) {
            let to = all.iter().position(|x| *x == y).unwrap();
            p[from * all.len() + to] += share;
            stays -= share;
        }
        p[from * all.len() + from] += stays;
    }
    TransitionMatrix {
        states: all.len(),
        p,
        stationary: jump::stationary(target, beta),
        log_z: 0.0,
    }
}

fn say(kernel: &str, m: &check::Stationary) {
    println!(
        "{kernel:45} invariance {:.1e}, detailed balance {:.1e}, irreducible {}",
        m.invariance, m.reversibility, m.irreducible
    );
}

fn distance(x: &[u8], y: &[u8]) -> usize {
    x.iter().zip(y).filter(|(a, b)| a != b).count()
}

/// A Hamming ball over all sites whose auxiliary state is at distance `r` with probability `spheres(counts)[r]`.
fn ball(spheres: impl Fn(&[f64]) -> Vec<f64>) -> TransitionMatrix {
    let (ring, beta, radius) = (Ring::<_>::new(binary(), 1.5, 12), 1.0, 2);
    let all = configurations(ring.space());
    let mut counts = vec![0.0; radius + 1];
    for x in &all {
        if let Some(count) = counts.get_mut(distance(&all[0], x)) {
            *count += 1.0;
        }
    }
    let share = spheres(&counts);
    matrix(&ring, beta, |x| {
        let mut law = Vec::new();
        for u in all.iter().filter(|u| distance(x, u) <= radius) {
            let r = distance(x, u);
            let weigh = |y: &[u8]| Real::exp(beta * ring.log_prob(y));
            let near: Vec<_> = all.iter().filter(|y| distance(u, y) <= radius).collect();
            let total: f64 = near.iter().map(|y| weigh(y)).sum();
            for y in near {
                law.push((y.clone(), share[r] / counts[r] * weigh(y) / total));
            }
        }
        law
    })
}

#[test]
fn a_hamming_ball_with_counts_as_logits_is_rejected() {
    let right = ball(|counts| {
        let total: f64 = counts.iter().sum();
        counts.iter().map(|c| c / total).collect()
    });
    right.assert_exact(true, EXACT);
    let kernel = HammingBall::new(5, 2).unwrap();
    let own = TransitionMatrix::new(&Ring::<_>::new(binary(), 1.5, 12), &kernel, 1.0);
    let same = own
        .p
        .iter()
        .zip(&right.p)
        .all(|(a, b)| (a - b).abs() < EXACT);
    assert!(same, "the kernel is the definition, written out");
    let wrong = ball(|counts| {
        let log_z = math::logsumexp(counts);
        counts.iter().map(|c| Real::exp(c - log_z)).collect()
    });
    let m = wrong.measure();
    say("Hamming ball, counts as logits", &m);
    assert!(m.stochastic < EXACT && m.invariance > 1e-3, "{m:?}");
}

#[test]
fn an_unweighted_jump_chain_is_rejected() {
    let ring = Ring::<_>::new(binary(), 1.5, 12);
    let kernel = Jump::local(Sqrt);
    let wrong = matrix(&ring, 1.0, |x| {
        let mut owned = OwnedMemory::new(&ring, &kernel, 1);
        let (mut block, scratch) = owned.walkers(&ring, &kernel, &[x.to_vec()], 1.0);
        kernel.init(&ring, &mut block, scratch);
        let mut rates = Vec::new();
        kernel.rates(&ring, &mut block[0], scratch, &mut |y, rate| {
            rates.push((y.to_vec(), rate));
        });
        let total: f64 = rates.iter().map(|r| r.1).sum();
        rates.into_iter().map(|(y, r)| (y, r / total)).collect()
    });
    let m = wrong.measure();
    say("jump chain, states not weighted", &m);
    assert!(m.stochastic < EXACT && m.invariance > 1e-3, "{m:?}");
}

#[test]
fn a_jump_process_with_uncorrected_gradient_rates_is_rejected() {
    let soft = Soft::new(binary(), 1.5, 11);
    let space = *soft.space();
    let wrong = matrix(&soft, 1.0, |x| {
        let mut d = vec![0.0; 5];
        soft.value_and_gradient(x, &mut d, &mut []);
        space.differences(x, &mut d);
        let to = |m: usize| {
            let mut y = x.to_vec();
            space.decode(x, m).apply(&mut y);
            y
        };
        // A short time of the process, to first order.
        let rate = |m: usize| 1e-3 * Real::exp(0.5 * d[m]);
        (0..5).map(|m| (to(m), rate(m))).collect()
    });
    let m = wrong.measure();
    say("jump process, gradient rates, time 1e-3", &m);
    assert!(m.stochastic < EXACT && m.invariance > 1e-6, "{m:?}");
}

#[test]
fn an_interval_that_depends_on_the_state_is_rejected() {
    // The interval is the mean holding time of the current state, so that every step has one jump on average. It is biased.
    let ring = Ring::<_>::new(binary(), 1.5, 12);
    let kernel = Jump::local(Sqrt);
    let followed = TransitionMatrix::with(
        &ring,
        &kernel,
        1.0,
        |w: &mut kernel::WalkerOf<'_, Ring<Binary>, Jump<SumTree<Sqrt>>>| {
            let rates: f64 = (0..5)
                .map(|m| Real::exp(0.5 * ring.delta(w.x, &[], ring.space().decode(w.x, m))))
                .sum();
            w.state.set_interval(1.0 / rates);
        },
    );
    let m = followed.measure();
    say("jump process, interval follows the walker", &m);
    assert!(m.stochastic < EXACT && m.invariance > 1e-3, "{m:?}");
}

#[test]
fn a_fixed_even_number_of_flips_is_rejected() {
    let ring = Ring::<_>::new(binary(), 1.5, 12);
    let all = configurations(ring.space());
    let walk = |flips: usize| {
        matrix(&ring, 1.0, |x| {
            let there: Vec<_> = all.iter().filter(|y| distance(x, y) == flips).collect();
            let accept = |y: &[u8]| {
                let ratio = Real::exp(ring.log_prob(y) - ring.log_prob(x));
                accept::probability(ratio) / there.len() as f64
            };
            there.iter().map(|y| (y.to_vec(), accept(y))).collect()
        })
    };
    let even = walk(2).measure();
    say("random walk, two flips always", &even);
    assert!(even.invariance < EXACT && even.reversibility < EXACT);
    assert!(!even.irreducible, "parity is kept for ever");
    let caught = std::panic::catch_unwind(|| walk(2).assert_exact(true, EXACT));
    assert!(caught.is_err(), "the kit says so");
    walk(1).assert_exact(true, EXACT);
}

/// Two kernels on one `x`: each has stale differences, unless it is initialized.
fn shared(init: bool) -> f64 {
    let ring = Ring::<_>::new(Binary::new(4), 1.2, 12);
    let informed = LocallyBalanced::local(Sqrt);
    let gibbs = Gibbs { scan: Scan::Random };
    let all = configurations(ring.space());
    let (mut one, mut two) = (
        OwnedMemory::new(&ring, &informed, 1),
        OwnedMemory::new(&ring, &gibbs, 1),
    );
    let (mut a, scratch) = one.walkers(&ring, &informed, &all[..1], 1.0);
    let (mut b, _) = two.walkers(&ring, &gibbs, &all[..1], 1.0);
    informed.init(&ring, &mut a, scratch);
    gibbs.init(&ring, &mut b, &mut []);
    let (mut bits, mut counts) = ([SplitMix64::new(5)], [StepCounts::default()]);
    let mut reached = vec![0; all.len()];
    for round in 0..400_000 {
        informed.step(&ring, &mut a, scratch, &mut bits, &mut counts);
        b[0].x.copy_from_slice(a[0].x);
        gibbs.step(&ring, &mut b, &mut [], &mut bits, &mut counts);
        a[0].x.copy_from_slice(b[0].x);
        if init {
            informed.init(&ring, &mut a, scratch);
        }
        if round % 20 == 0 {
            reached[all.iter().position(|x| x == a[0].x).unwrap()] += 1;
        }
    }
    chi_square(&reached, &jump::stationary(&ring, 1.0)).z
}

#[test]
fn a_kernel_with_stale_differences_is_rejected() {
    assert!(shared(true).abs() < 4.5);
    let z = shared(false);
    println!("a kernel not initialized after another: long run z = {z:.1}");
    assert!(z > 4.5, "{z}");
}
