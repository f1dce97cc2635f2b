//! Exchanges of states between neighboring models.

use super::{Level, SweptModel};

/// Counts of the exchanges of one pair of neighbors, and the differences of `f` between them.
#[derive(Debug, Default)]
pub(super) struct Pair {
    proposed: u64,
    /// The sum of acceptance probabilities.
    probability: f64,
    pub(super) arrivals: u64,
    /// `f_u(x) - f_t(x)` at the states of the lower model `t`.
    pub(super) lower: Vec<f64>,
    /// The same at those of the upper model `u`.
    pub(super) upper: Vec<f64>,
}

impl Pair {
    /// Without differences of `f`: the proposals, and the sum of acceptance probabilities.
    pub(super) fn of_counts((proposed, probability): (u64, f64), arrivals: u64) -> Self {
        Self {
            proposed,
            probability,
            arrivals,
            ..Self::default()
        }
    }

    pub(super) fn counts(&self) -> (u64, f64) {
        (self.proposed, self.probability)
    }

    /// Forgets all but the last differences of `f`, so many in each direction.
    pub(super) fn keep(&mut self, most: usize) {
        for differences in [&mut self.lower, &mut self.upper] {
            let surplus = differences.len().saturating_sub(most);
            differences.drain(..surplus);
        }
    }

    pub(super) fn acceptance(&self) -> f64 {
        self.probability / self.proposed as f64
    }
}

/// Proposes that each chain of the lower model exchanges its state with that of the upper one.
pub(super) fn exchange<M: SweptModel>(
    lower: &mut Level<M>,
    upper: &mut Level<M>,
    pair: &mut Pair,
    units: &[f64],
    record: bool,
) {
    let rows = [
        lower.model.rows(&lower.chains),
        upper.model.rows(&upper.chains),
    ];
    let [below, above] = rows
        .each_ref()
        .map(|rows| differences(&lower.model, &upper.model, rows));
    let accepted = decide(&below, &above, units, |p| {
        pair.proposed += 1;
        pair.probability += p;
    });
    let (mine, other) = swapped(rows, &accepted);
    lower.model.set_rows(&mut lower.chains, &mine);
    upper.model.set_rows(&mut upper.chains, &other);
    for (k, accepted) in accepted.iter().enumerate() {
        if *accepted {
            std::mem::swap(&mut lower.fresh[k], &mut upper.fresh[k]);
        }
    }
    if record {
        pair.lower.extend(below);
        pair.upper.extend(above);
    }
}

/// The same with rows of chains outside of the ladder: the mean acceptance probability, and how many of these rows are then states that were drawn independently.
pub(super) fn with_top<M: SweptModel>(
    level: &mut Level<M>,
    top: &M,
    rows: &mut [u8],
    units: &[f64],
) -> (f64, usize) {
    let both = [level.model.rows(&level.chains), rows.to_vec()];
    let [below, above] = both
        .each_ref()
        .map(|rows| differences(&level.model, top, rows));
    let accepted = decide(&below, &above, units, |_| ());
    let (mine, other) = swapped(both, &accepted);
    level.model.set_rows(&mut level.chains, &mine);
    rows.copy_from_slice(&other);
    let mut arrivals = 0;
    for (fresh, _) in level.fresh.iter_mut().zip(accepted).filter(|(_, a)| *a) {
        // What comes back from above is a state of the chains there.
        arrivals += usize::from(std::mem::take(fresh));
    }
    (acceptance(&below, &above), arrivals)
}

/// The mean acceptance probability of exchanges.
pub(super) fn acceptance(below: &[f64], above: &[f64]) -> f64 {
    let pairs = below.iter().zip(above);
    let sum: f64 = pairs.map(|(l, u)| (l - u).exp().min(1.0)).sum();
    sum / below.len() as f64
}

/// `f_u(x) - f_t(x)` of rows.
pub(super) fn differences<M: SweptModel>(lower: &M, upper: &M, rows: &[u8]) -> Vec<f64> {
    let (t, u) = (lower.log_prob(rows), upper.log_prob(rows));
    u.into_iter().zip(t).map(|(u, t)| u - t).collect()
}

/// The acceptance probability of each exchange is `min(1, exp(below - above))`.
fn decide(below: &[f64], above: &[f64], units: &[f64], mut count: impl FnMut(f64)) -> Vec<bool> {
    let pairs = below.iter().zip(above).zip(units);
    pairs
        .map(|((below, above), unit)| {
            let p = (below - above).exp().min(1.0);
            count(p);
            *unit < p
        })
        .collect()
}

/// Both sets of rows after the accepted exchanges.
fn swapped([mut mine, mut other]: [Vec<u8>; 2], accepted: &[bool]) -> (Vec<u8>, Vec<u8>) {
    let sites = mine.len() / accepted.len().max(1);
    let rows = mine
        .chunks_exact_mut(sites)
        .zip(other.chunks_exact_mut(sites));
    for ((mine, other), _) in rows.zip(accepted).filter(|(_, accepted)| **accepted) {
        mine.swap_with_slice(other);
    }
    (mine, other)
}
