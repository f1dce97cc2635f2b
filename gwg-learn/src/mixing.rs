//! How far chains move between two updates, how far they are from the data, and what follows from it.

mod excess;

pub(crate) use excess::Excess;

use serde::{Deserialize, Serialize};

/// How far chains moved: the mean Hamming distance of each chain from its state before, relative to that of the chains from each other.
///
/// It is about 1 where every update has independent states, and near 0 where chains hardly move while the model is learned from them: learning then
/// follows states that are of no model. It does not see chains that move, but never to another mode.
///
/// Rows of `sites` symbols before and after; `NaN` with one chain, or where all chains have the same state.
#[must_use]
pub fn moved(before: &[u8], after: &[u8], sites: usize) -> f64 {
    let distance = |a: &[u8], b: &[u8]| a.iter().zip(b).filter(|(a, b)| a != b).count() as f64;
    let apart: f64 = match after.len() / sites.max(1) {
        0 | 1 => return f64::NAN,
        _ => {
            let next = after.chunks_exact(sites).cycle().skip(1);
            let pairs = after.chunks_exact(sites).zip(next);
            pairs.map(|(a, b)| distance(a, b)).sum()
        }
    };
    if apart == 0.0 {
        return f64::NAN;
    }
    distance(before, after) / apart
}

/// Adapts the sweeps of an update to how far chains [move](moved), and the learning rate to that and to how far they are from the data.
///
/// # Chains that move little
/// Where chains move less than `least` on average over about twenty updates, there are more sweeps, up to `most_sweeps`, and once there are as many, smaller
/// rates; where they move more than twice as far, larger rates again, up to the given one, and then fewer sweeps, down to the given number.
///
/// # Rates that are too large
/// Chains that move far, such as those that exchange states with a [ladder](crate::GrowingLadder), follow a rate that is too large from mode to mode, and chains that
/// seldom leave their modes let parameters change until the chains have the frequencies of the data, whatever those of the model are. Both are seen in the
/// mean square of the differences between the frequencies of single sites of chains and of data, divided by that of as many independent draws of the data's
/// distribution, `sum p (1 - p) / chains`: it is 1 for independent chains of the model that is to be learned, above 1 for parameters that overshoot, and below 1 for
/// parameters that follow the noise of slow chains. (For one parameter of curvature `h` and independent chains it is `2 / (2 - rate h)`.) Couplings that
/// grow and shrink together, whose sites keep their frequencies, are seen in the difference of the means of `f`: the mean of its square where it is below 0, or
/// where it is above, whichever is less, divided by that of independent draws. Where the average of the first over about a hundred updates is below `excess`, or that of one of
/// both above, the rate is made smaller by a fifth every fifty updates, down to a hundredth of the given one; else larger by a twentieth, up to the given one. Where one of them is more than
/// five times too large, the rate is halved after ten updates already, and averages begin anew. A
/// difference that lasts, such as that of a model which is still learned, is not above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptation {
    /// How far chains are to move.
    pub least: f64,
    /// Sweeps of an update at most.
    pub most_sweeps: usize,
    /// The least and the largest mean square difference of chains and data, relative to that of independent draws.
    pub excess: [f64; 2],
}

impl Default for Adaptation {
    fn default() -> Self {
        Self {
            least: 0.1,
            most_sweeps: 100,
            excess: [0.5, 2.0],
        }
    }
}

/// What an update shows of the chains.
pub(crate) struct Seen {
    pub(crate) moved: f64,
    /// NaN where all sites of the data have one symbol.
    pub(crate) excess: f64,
    chains: usize,
}

/// Where the adaptation stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Adapted {
    /// Sweeps of an update.
    pub(crate) sweeps: usize,
    /// The factor of the learning rate by how far chains move.
    slow: f64,
    /// How far chains moved, averaged.
    mean: f64,
    /// Updates since the last change.
    waited: u32,
    pub(crate) excess: Excess,
}

/// Updates that are averaged, and from one change to the next.
const UPDATES: u32 = 20;

impl Adapted {
    /// With the given sweeps, of so many symbols of all sites.
    pub(crate) fn new(sweeps: usize, symbols: usize) -> Self {
        Self {
            sweeps,
            slow: 1.0,
            mean: f64::NAN,
            waited: 0,
            excess: Excess::new(symbols),
        }
    }

    /// The factor of the learning rate.
    pub(crate) fn factor(&self) -> f64 {
        self.slow * self.excess.factor
    }

    /// How far chains moved from `before` to `after`, and how far they are from the data, whose frequencies of shape (sites, states) are `target`.
    pub(crate) fn see(
        &mut self,
        [before, after]: [&[u8]; 2],
        target: &[f32],
        sites: usize,
    ) -> Seen {
        Seen {
            moved: moved(before, after, sites),
            excess: self.excess.take(target, after, sites),
            chains: after.len() / sites,
        }
    }

    /// Changes sweeps and rates by what was seen; `sweeps` are those that were given, and `of_f` is the difference of the means of `f` of data and chains, in
    /// standard errors of independent draws.
    pub(crate) fn adapt(
        &mut self,
        adaptation: &Adaptation,
        sweeps: usize,
        seen: &Seen,
        target: &[f32],
        of_f: f64,
    ) {
        self.excess.take_f(of_f);
        self.follow(adaptation, sweeps, seen.moved);
        self.excess.follow(adaptation.excess, target, seen.chains);
    }

    /// Takes in how far chains moved in an update; `sweeps` are those that were given.
    pub(crate) fn follow(&mut self, adaptation: &Adaptation, sweeps: usize, moved: f64) {
        if !moved.is_finite() {
            return;
        }
        let keep = 1.0 - 1.0 / f64::from(UPDATES);
        self.mean = if self.mean.is_finite() {
            keep * self.mean + (1.0 - keep) * moved
        } else {
            moved
        };
        self.waited += 1;
        if self.waited < UPDATES {
            return;
        }
        let most = adaptation.most_sweeps.max(sweeps);
        if self.mean < adaptation.least {
            if self.sweeps < most {
                self.sweeps = (self.sweeps + self.sweeps.div_ceil(4)).min(most);
            } else {
                self.slow *= 0.8;
            }
            self.waited = 0;
        } else if self.mean > 2.0 * adaptation.least {
            if self.slow < 1.0 {
                self.slow = (self.slow * 1.25).min(1.0);
            } else {
                self.sweeps = (self.sweeps - self.sweeps / 5).max(sweeps);
            }
            self.waited = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independent_states_have_moved_by_one() {
        // Two chains: 1 of 4 symbols moved, and they differ in 2 of 4, twice.
        let before = [0, 0, 0, 0, 1, 1, 1, 1];
        let after = [0, 0, 0, 1, 1, 1, 1, 1];
        assert_eq!(moved(&before, &after, 4), 1.0 / 6.0);
        assert_eq!(moved(&after, &after, 4), 0.0);
        assert!(moved(&[0; 8], &[0; 8], 4).is_nan());
        assert!(moved(&[0; 4], &[1; 4], 4).is_nan());
    }

    #[test]
    fn slow_chains_get_more_sweeps_and_then_smaller_rates() {
        let adaptation = Adaptation {
            least: 0.2,
            most_sweeps: 12,
            ..Adaptation::default()
        };
        let mut adapted = Adapted::new(5, 2);
        let mut follow = |moved: f64, updates: usize| {
            for _ in 0..updates {
                adapted.follow(&adaptation, 5, moved);
            }
            adapted.clone()
        };
        assert_eq!(follow(0.1, 19).sweeps, 5);
        assert_eq!(follow(0.1, 1).sweeps, 7);
        assert_eq!(follow(0.1, 60).sweeps, 12);
        let slow = follow(0.1, 40);
        assert!(slow.slow < 0.7 && slow.sweeps == 12, "{slow:?}");
        // In between, nothing changes.
        assert_eq!(follow(0.3, 200).slow, slow.slow);
        let fast = follow(1.0, 600);
        assert_eq!((fast.sweeps, fast.slow), (5, 1.0));
    }
}
