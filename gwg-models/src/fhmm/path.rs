//! One binary chain with evidence at every time: forward filtering, backward sampling.

use gwg_core::{Real, math};

/// The transition from one time to the next of a chain with log-odds `stay` of keeping its state.
///
/// Filtering with *odds* takes one division per time and no logarithm, but the products must not overflow. It is used
/// if this is proved: for `|stay| <= T`, where `3 T + 40` is just inside the range of the exponential, with evidence
/// limited to `2 T + 40` in magnitude. Limited evidence outweighs the most that both neighbors can contribute, `2 T`,
/// by a factor `e^40`, so the limit changes no probability by more than `e^-40`. Chains with larger `|stay|` are
/// filtered with *log-odds*.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<R> {
    stay: R,
    /// The probabilities of keeping and of changing the state.
    same: R,
    other: R,
    /// The limit of the evidence, if odds do not overflow.
    cut: Option<R>,
}

impl<R: Real> Step<R> {
    pub(super) fn new(stay: R) -> Self {
        // The logarithm of the largest number, less a margin for the last factor of two.
        let range = R::MAX.ln().to_f64() - 4.0;
        let stiffest = (range - 40.0) / 3.0;
        let fits = stay.abs().to_f64() <= stiffest;
        Self {
            stay,
            same: stay.sigmoid(),
            other: (-stay).sigmoid(),
            cut: fits.then(|| R::from_f64(2.0 * stiffest + 40.0)),
        }
    }

    /// The same transition, always filtered with log-odds.
    #[cfg(test)]
    fn in_logs(self) -> Self {
        Self { cut: None, ..self }
    }

    /// Replaces the log-odds from each time's own evidence by the odds (or log-odds) from all evidence up to that time.
    #[inline(always)]
    pub(super) fn filter(&self, evidence: &mut [R]) {
        let Some(cut) = self.cut else {
            return self.filter_logs(evidence);
        };
        for e in evidence.iter_mut() {
            *e = e.max(-cut).min(cut);
        }
        math::exp_in_place(evidence);
        let mut times = evidence.iter_mut();
        let Some(mut odds) = times.next().map(|e| *e) else {
            return;
        };
        for e in times {
            let one = odds * self.same + self.other;
            let zero = odds * self.other + self.same;
            odds = one / zero * *e;
            *e = odds;
        }
    }

    fn filter_logs(&self, evidence: &mut [R]) {
        let mut last: Option<R> = None;
        for e in evidence {
            *e += last.map_or(R::ZERO, |last| combine(last, self.stay));
            last = Some(*e);
        }
    }

    /// The probability of 1, given the filtered value and the state at the next time.
    #[inline(always)]
    pub(super) fn one(&self, filtered: R, next: Option<u8>) -> f64 {
        let to = |next: u8, same: R, other: R| if next & 1 == 1 { same } else { other };
        if self.cut.is_none() {
            let ahead = next.map_or(R::ZERO, |next| to(next, self.stay, -self.stay));
            return (filtered + ahead).to_f64().sigmoid();
        }
        let (one, zero) = match next {
            None => (filtered, R::ONE),
            Some(next) => {
                let one = to(next, self.same, self.other);
                let zero = to(next, self.other, self.same);
                (filtered * one, zero)
            }
        };
        one.to_f64() / (one.to_f64() + zero.to_f64())
    }
}

/// The log-odds of a bit with log-odds `a` after a change of it with log-odds `-b`:
/// `ln((e^(a + b) + 1) / (e^a + e^b))`, without cancellation.
#[inline(always)]
fn combine<R: Real>(a: R, b: R) -> R {
    let least = a.abs().min(b.abs());
    let bound = if (a < R::ZERO) == (b < R::ZERO) {
        least
    } else {
        -least
    };
    let tail = |x: R| (-x.abs()).exp().log1p();
    bound + tail(a + b) - tail(a - b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities of 1 at every time, given all evidence up to it and the next state, summed over all paths.
    fn by_enumeration(stay: f64, evidence: &[f64]) -> Vec<[f64; 2]> {
        let law = |t: usize, next: usize| {
            let mut mass = [0.0; 2];
            for path in 0..2usize << t {
                let at = |u: usize| if u > t { next } else { path >> u & 1 };
                let seen: f64 = (0..=t).map(|u| at(u) as f64 * evidence[u]).sum();
                let stays = (0..=t).filter(|&u| at(u) == at(u + 1)).count();
                mass[at(t)] += (seen + stay * stays as f64).exp();
            }
            mass[1] / (mass[0] + mass[1])
        };
        (0..evidence.len())
            .map(|t| [law(t, 0), law(t, 1)])
            .collect()
    }

    fn laws(step: Step<f64>, evidence: &[f64]) -> Vec<[f64; 2]> {
        let mut filtered = evidence.to_vec();
        step.filter(&mut filtered);
        let given = |&f: &f64| [step.one(f, Some(0)), step.one(f, Some(1))];
        filtered.iter().map(given).collect()
    }

    #[test]
    fn both_filters_match_the_sum_over_all_paths() {
        let evidence = [0.3, -2.0, 5.0, -0.1, 1.7, -4.0];
        for stay in [2.9, 0.0, -1.3, 20.0] {
            let step = Step::new(stay);
            assert!(step.cut.is_some());
            let wanted = by_enumeration(stay, &evidence);
            for step in [step, step.in_logs()] {
                for (f, w) in laws(step, &evidence)
                    .iter()
                    .flatten()
                    .zip(wanted.iter().flatten())
                {
                    assert!((f - w).abs() < 1e-13, "stay {stay}: {f}, {w}");
                }
            }
        }
    }

    /// Covers the limit of the evidence and of the range of odds.
    fn agree<R: Real>(stay: f64, evidence: &[f64], tolerance: f64) {
        let step = Step::new(R::from_f64(stay));
        assert!(step.cut.is_some());
        let (mut odds, mut logs): (Vec<R>, Vec<R>) = evidence
            .iter()
            .map(|&e| (R::from_f64(e), R::from_f64(e)))
            .unzip();
        step.filter(&mut odds);
        step.in_logs().filter(&mut logs);
        for (&odds, &logs) in odds.iter().zip(&logs) {
            for next in [None, Some(0), Some(1)] {
                let (a, b) = (step.one(odds, next), step.in_logs().one(logs, next));
                assert!((a - b).abs() <= tolerance, "{stay} {next:?}: {a}, {b}");
            }
        }
    }

    #[test]
    fn limited_evidence_changes_no_probability() {
        let evidence = [
            1e4, -3.0, 500.0, -500.0, 0.0, 90.0, -90.0, 1e30, -1e5, -1e5, 60.0, 3.0,
        ];
        for stay in [0.0, 2.9, 10.0, -10.0, 14.8] {
            agree::<f64>(stay, &evidence, 1e-13);
            agree::<f32>(stay, &evidence, 2e-5);
        }
        for stay in [200.0, -221.0] {
            agree::<f64>(stay, &evidence, 1e-13);
        }
    }

    #[test]
    fn stiff_chains_have_exact_probabilities() {
        let step = Step::new(500.0);
        assert!(step.cut.is_none());
        // Two against one: the evidence of the first time is outweighed by that of the two others.
        let mut filtered = [300.0, -200.0, -200.0];
        step.filter(&mut filtered);
        assert_eq!(step.one(filtered[2], None), 1.0 / (1.0 + 100f64.exp()));
        assert!(step.one(filtered[1], Some(0)) < 1e-170);
        let step = Step::new(1e30);
        let mut filtered = [1e30, -3e30];
        step.filter(&mut filtered);
        assert_eq!(step.one(filtered[1], None), 0.0);
    }
}
