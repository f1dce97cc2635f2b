//! Wrong kernels, each of which the checks must reject. Run with `--nocapture` for the table.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod adaptation;
mod forever;
mod mutant;
#[path = "../exact/targets.rs"]
#[allow(dead_code, reason = "shared with the test of the other kernels")]
mod targets;

use gwg_core::check::{Draws, OwnedMemory, Stationary, TransitionMatrix, configurations};
use gwg_core::kernel::informed::*;
use gwg_core::*;
use mutant::{Mutant, Wrong};
use targets::{Encode, Soft};

const EXACT: f64 = 1e-12;

fn binary() -> Soft<Binary> {
    Soft::new(Binary::new(4), 1.5, 11)
}

fn categorical() -> Soft<Categorical> {
    Soft::new(Categorical::new(3, 3).unwrap(), 1.5, 11)
}

/// The measured deviations; those of the right kernel, in the same wrapper, must be below rounding error.
fn measured<S: Encode, P: Draws + Clone>(
    target: &Soft<S>,
    proposal: &P,
    wrong: Wrong,
) -> Stationary {
    let target = Taylor(target);
    let measure = |wrong| {
        let kernel = Informed::new(Mutant::new(proposal.clone(), wrong));
        TransitionMatrix::new(&target, &kernel, 1.0).measure()
    };
    let right = measure(Wrong::Nothing);
    assert!(right.invariance < EXACT && right.irreducible, "{right:?}");
    measure(wrong)
}

fn say(kernel: &str, m: &Stationary) {
    println!(
        "{kernel:45} invariance {:.1e}, detailed balance {:.1e}, irreducible {}",
        m.invariance, m.reversibility, m.irreducible
    );
}

fn rejected(kernel: &str, m: &Stationary) {
    say(kernel, m);
    assert!(m.stochastic < EXACT, "{kernel}: a law all the same, {m:?}");
    assert!(
        m.invariance > 1e-4 && m.reversibility > 1e-4,
        "{kernel}: {m:?}"
    );
}

#[test]
fn a_reverse_path_with_new_values_is_rejected() {
    for r in [1.0, 2.0] {
        let m = measured(
            &categorical(),
            &PathAuxiliary::pas(r).unwrap(),
            Wrong::NewValue,
        );
        rejected("PAS, reverse path with the new values", &m);
    }
    let n = measured(
        &categorical(),
        &MultiFlip::gwg(2.0).unwrap(),
        Wrong::NewValue,
    );
    rejected("GWG-2, reverse path with the new values", &n);
}

#[test]
fn a_deduplicated_reverse_path_is_rejected() {
    let gwg = MultiFlip::gwg(3.0).unwrap();
    let m = measured(&binary(), &gwg, Wrong::Deduplicated);
    rejected("GWG-3, deduplicated reverse path", &m);
    let m = measured(&categorical(), &gwg, Wrong::Deduplicated);
    rejected("GWG-3, categorical, deduplicated reverse path", &m);
}

#[test]
fn a_fixed_even_path_length_is_rejected() {
    let m = measured(
        &binary(),
        &PathAuxiliary::pas(2.0).unwrap(),
        Wrong::Length(2),
    );
    say("PAS, always a path of two sites", &m);
    assert!(m.invariance < EXACT && !m.irreducible, "{m:?}");
    let odd = measured(
        &binary(),
        &PathAuxiliary::pas(2.0).unwrap(),
        Wrong::Length(3),
    );
    assert!(odd.irreducible, "{odd:?}");
}

#[test]
fn a_missing_value_probability_is_rejected() {
    let path = PathAuxiliary::pas(2.0).unwrap();
    let m = measured(&categorical(), &path, Wrong::ValueLeftOut);
    rejected("PAS, forward value probability missing", &m);
}

#[test]
fn an_inverted_ratio_is_rejected() {
    let m = measured(
        &binary(),
        &PathAuxiliary::pas(1.0).unwrap(),
        Wrong::Inverted,
    );
    rejected("GWG, q(i|x) / q(i|x')", &m);
    let m = measured(
        &categorical(),
        &DiscreteLangevin::dmala(0.5).unwrap(),
        Wrong::Inverted,
    );
    rejected("DMALA, inverted ratio", &m);
}

#[test]
fn a_missing_proposal_ratio_is_rejected() {
    let m = measured(&binary(), &HammingWindow2::gwg(), Wrong::RatioLeftOut);
    rejected("window 2, accepted by the target alone", &m);
    let m = measured(
        &categorical(),
        &Dlmc::interpolated(Sqrt, 2.0).unwrap(),
        Wrong::RatioLeftOut,
    );
    rejected("DLMC, accepted by the target alone", &m);
}

/// The proposal of the first state, kept for `inner` steps, accepted with `exp(f(y) - f(x))`.
fn frozen(inner: usize) -> TransitionMatrix {
    let soft = binary();
    let (target, gwg) = (Taylor(&soft), LocallyBalanced::gwg());
    let mut matrix = TransitionMatrix::new(&target, &gwg, 1.0);
    let all = configurations(soft.space());
    let f: Vec<f64> = all.iter().map(|x| soft.log_prob(x)).collect();
    for (start, x) in all.iter().enumerate() {
        let mut owned = OwnedMemory::new(&target, &gwg, 1);
        let (mut block, scratch) = owned.walkers(&target, &gwg, core::slice::from_ref(x), 1.0);
        gwg.init(&target, &mut block, scratch);
        let law = gwg.neighborhood();
        let q: Vec<f64> = (0..x.len())
            .map(|m| {
                let q = law.select(&target, &mut block[0], m);
                law.commit_or_revert(&target, &mut block[0], false, scratch);
                q
            })
            .collect();
        let mut row = vec![0.0; all.len()];
        row[start] = 1.0;
        for _ in 0..inner {
            let mut next = vec![0.0; all.len()];
            for (x, &p) in row.iter().enumerate() {
                for (m, q) in q.iter().enumerate() {
                    let y = x ^ (1 << m);
                    let accepted = f64::min(Real::exp(f[y] - f[x]), 1.0);
                    next[y] += p * q * accepted;
                    next[x] += p * q * (1.0 - accepted);
                }
            }
            row = next;
        }
        matrix.p[start * all.len()..(start + 1) * all.len()].copy_from_slice(&row);
    }
    matrix
}

#[test]
fn a_frozen_proposal_is_rejected() {
    for inner in [1, 2, 5] {
        let m = frozen(inner).measure();
        rejected(&format!("GWG, proposal frozen for {inner} steps"), &m);
    }
}

#[test]
fn a_missing_acceptance_step_is_rejected() {
    let mut before = f64::INFINITY;
    for alpha in [1.0, 0.3, 0.15] {
        let kernel = UnadjustedLangevin::biased(DiscreteLangevin::dmala(alpha).unwrap());
        let m = TransitionMatrix::new(&Exact(&binary()), &kernel, 1.0).measure();
        say(&format!("DULA, alpha {alpha}"), &m);
        assert!(m.invariance > 1e-6 && m.invariance < before, "{m:?}");
        before = m.invariance;
    }
    let kernel = UnadjustedLangevin::biased(DiscreteLangevin::dmala(1.0).unwrap());
    let m = TransitionMatrix::new(&Taylor(&categorical()), &kernel, 1.0).measure();
    rejected("DULA, categorical, alpha 1", &m);
}

/// `d = 2 (x - 1) df/dx`: a misprint that is 0 where `x = 1`.
struct Misprint<T>(T);

impl<T: Target> Target for Misprint<T> {
    type Real = T::Real;
    type Space = T::Space;

    fn space(&self) -> &T::Space {
        self.0.space()
    }

    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        self.0.log_prob(x)
    }
}

impl<T: Gradient> Gradient for Misprint<T> {
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<T>],
        gradient: &mut [T::Real],
        scratch: &mut [T::Real],
    ) -> f64 {
        let value = self.0.value_and_gradient(x, gradient, scratch);
        for (g, &s) in gradient.iter_mut().zip(x) {
            // Binary differences are then (1 - 2 x) of this: -2 g at 0, nothing at 1.
            *g = if s.index() == 0 { -*g - *g } else { Real::ZERO };
        }
        value
    }
}

/// 1 - the second largest eigenvalue, by power iteration on `(1 + P) / 2` in the space orthogonal to constants.
fn gap(matrix: &TransitionMatrix) -> f64 {
    let (n, pi) = (matrix.states, &matrix.stationary);
    let mut v: Vec<f64> = (0..n).map(|k| (k * 7 % 11) as f64 + 0.1).collect();
    let mut eigenvalue = 0.0;
    for _ in 0..20_000 {
        let mean: f64 = v.iter().zip(pi).map(|(v, p)| v * p).sum();
        let norm = v
            .iter()
            .zip(pi)
            .map(|(v, p)| (v - mean).powi(2) * p)
            .sum::<f64>();
        v.iter_mut().for_each(|v| *v = (*v - mean) / norm.sqrt());
        let next: Vec<f64> = (0..n)
            .map(|x| {
                let row = &matrix.p[x * n..(x + 1) * n];
                0.5 * (v[x] + row.iter().zip(&v).map(|(p, v)| p * v).sum::<f64>())
            })
            .collect();
        eigenvalue = v
            .iter()
            .zip(&next)
            .zip(pi)
            .map(|((a, b), p)| a * b * p)
            .sum();
        v = next;
    }
    2.0 * (1.0 - eigenvalue)
}

#[test]
fn misprinted_differences_leave_the_kernel_exact_but_slow() {
    let soft = Soft::new(Binary::new(5), 1.5, 11);
    let right = TransitionMatrix::new(&Taylor(&soft), &LocallyBalanced::gwg(), 1.0);
    let wrong = TransitionMatrix::new(&Taylor(Misprint(&soft)), &LocallyBalanced::gwg(), 1.0);
    wrong.assert_exact(true, EXACT);
    let (right, wrong) = (gap(&right), gap(&wrong));
    println!("d = 2 (x - 1) grad: exact, spectral gap {wrong:.4} instead of {right:.4}");
    assert!(wrong < 0.5 * right, "{wrong} {right}");
}
