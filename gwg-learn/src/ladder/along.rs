//! The partition function of a model that is being learned.

use super::swap::differences;
use super::{GrowingLadder, SweptModel};
use crate::log_z::{Estimate, LogZError, Method, bar};

/// Groups of chains whose estimates are compared for the standard error, at most.
const GROUPS: usize = 10;

/// Rounds of exchanges from which a pair of models is estimated, at least; else from the present states of its chains.
const FEWEST: usize = 10;

/// Differences of `f` between a model and the next one, at states of the first and of the second.
type Differences = [Vec<f64>; 2];

impl<M: SweptModel + Clone> GrowingLadder<M> {
    /// The logarithm of the partition function of the model that is learned: that of the first model of the ladder, and the Bennett acceptance ratio of each pair
    /// of neighbors along it, the present model being the last.
    ///
    /// Between models of the ladder, the states of the last hundred rounds of exchanges of the pair are used, whose values of `f` were computed for the exchanges; between
    /// the last of them and the present model, the present states of both. States of the two are of equilibrium as far as the chains are.
    ///
    /// The standard error is that of ten groups of chains of each model. Chains of one group exchange states with those of other groups only through the
    /// chains of the present model.
    ///
    /// # Cost
    /// Two evaluations of `f` of every chain of the present and of the last model, about 600 evaluations of sums over the states of each pair, once
    /// more for the groups.
    ///
    /// # Errors
    /// [`LogZError::TooFew`] with fewer than two chains of each model; [`LogZError::NotFinite`] if learning diverged.
    pub fn log_z(&self, present: &M, chains: &M::Chains) -> Result<Estimate, LogZError> {
        let (levels, own) = (&self.ladder.levels, self.options().chains);
        let groups = GROUPS.min(own);
        let first = levels.first().and_then(|l| l.model.independent_log_z());
        let Some(first) = first.filter(|_| groups > 1) else {
            return Err(LogZError::TooFew {
                what: "chains of each model of the ladder",
                found: own,
                allowed: 2,
            });
        };
        let (mut value, mut parts) = (first, vec![first; groups]);
        let mut add = |[lower, upper]: &Differences, sizes: [usize; 2]| -> Result<(), LogZError> {
            value += bar(lower, upper, None)?.value;
            for (k, part) in parts.iter_mut().enumerate() {
                let of = |all: &[f64], chains| group(all, chains, k, groups);
                *part += bar(&of(lower, sizes[0]), &of(upper, sizes[1]), None)?.value;
            }
            Ok(())
        };
        for (neighbors, pair) in levels.windows(2).zip(&self.ladder.pairs) {
            let recorded = [pair.lower.clone(), pair.upper.clone()];
            if pair.lower.len() >= FEWEST * own {
                add(&recorded, [own, own])?;
            } else {
                let [lower, upper] = [0, 1].map(|k| &neighbors[k]);
                let rows = [lower, upper].map(|level| level.model.rows(&level.chains));
                let both = rows.map(|rows| differences(&lower.model, &upper.model, &rows));
                add(&both, [own, own])?;
            }
        }
        if let Some(last) = levels.last() {
            let rows = [last.model.rows(&last.chains), present.rows(chains)];
            let all = rows[1].len() / present.sites().max(1);
            let both = rows.map(|rows| differences(&last.model, present, &rows));
            add(&both, [own, all])?;
        }
        let mean = parts.iter().sum::<f64>() / groups as f64;
        let squares = parts.iter().map(|part| (part - mean).powi(2)).sum::<f64>();
        let error = (squares / (groups * (groups - 1)) as f64).sqrt();
        Ok(Estimate::new(Method::Bar, value, error))
    }
}

/// The numbers of the chains of group `k`, of rounds of one number for each chain.
fn group(all: &[f64], chains: usize, k: usize, groups: usize) -> Vec<f64> {
    let own = k * chains / groups..(k + 1) * chains / groups;
    let rounds = all.chunks_exact(chains);
    rounds
        .flat_map(|round| &round[own.clone()])
        .copied()
        .collect()
}
