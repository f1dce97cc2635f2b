use super::QuantityDraws;
use crate::chains::full;
use crate::diagnostics::Moments;
use crate::plan::RunError;
use serde::{Deserialize, Serialize};

/// Collects the values of quantities as a run goes on, in bounded memory.
///
/// Once there are `most` draws of each chain, every second one is dropped, and of the draws that follow every second, then every fourth, .. is kept.
/// Which ones are kept depends on the number of draws alone; means and standard deviations are of all of them.
///
/// # Memory
/// 8 bytes for each value that is kept, of at most `most` draws, and 24 for each quantity and chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptDraws {
    names: Vec<String>,
    chains: usize,
    /// Even, at least 2.
    most: usize,
    every: usize,
    seen: usize,
    kept: usize,
    /// Draws that a row has room for.
    room: usize,
    /// (chain, draw) of each quantity.
    columns: Vec<Vec<f64>>,
    /// Of each quantity and chain.
    moments: Vec<Vec<Moments>>,
}

impl KeptDraws {
    /// For `draws` draws of `chains` chains, of which at most about `most` are kept; `None`: all.
    ///
    /// # Errors
    /// [`RunError::TooLarge`] where there is no memory.
    pub fn new<'n>(
        names: impl IntoIterator<Item = &'n str>,
        chains: usize,
        draws: usize,
        most: Option<usize>,
    ) -> Result<Self, RunError> {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        let most = most.unwrap_or(usize::MAX).max(2) & !1;
        let moments = names.iter().map(|_| full(Some(chains), Moments::new()));
        let moments = moments.collect::<Result<Vec<_>, _>>()?;
        let mut kept = Self {
            columns: vec![Vec::new(); names.len()],
            moments,
            names,
            chains,
            most,
            every: 1,
            seen: 0,
            kept: 0,
            room: 0,
        };
        kept.reserve(draws)?;
        Ok(kept)
    }

    /// Makes room for `draws` draws in all.
    pub(crate) fn reserve(&mut self, draws: usize) -> Result<(), RunError> {
        let room = draws.min(self.most);
        if room <= self.room {
            return Ok(());
        }
        for column in &mut self.columns {
            let mut wider = full(self.chains.checked_mul(room), 0.0)?;
            let rows = wider.chunks_exact_mut(room);
            for (to, from) in rows.zip(column.chunks_exact(self.room.max(1))) {
                to[..self.kept].copy_from_slice(&from[..self.kept]);
            }
            *column = wider;
        }
        self.room = room;
        Ok(())
    }

    /// Adds the next `draws` draws of all chains, a row-major (chain, draw) slice for each quantity.
    ///
    /// # Panics
    /// If there are more draws than there is room for, or other numbers of quantities or values.
    pub fn add<'v>(&mut self, values: impl IntoIterator<Item = &'v [f64]>, draws: usize) {
        let mut values = values.into_iter();
        let parts: Vec<&[f64]> = values.by_ref().take(self.columns.len()).collect();
        assert!(parts.len() == self.columns.len() && values.next().is_none());
        for draw in 0..draws {
            let keep = self.seen.is_multiple_of(self.every);
            if keep && self.kept == self.most {
                self.halve();
            }
            for ((part, column), moments) in
                parts.iter().zip(&mut self.columns).zip(&mut self.moments)
            {
                for (chain, moments) in moments.iter_mut().enumerate() {
                    let value = part[chain * draws + draw];
                    moments.push(value);
                    if keep {
                        column[chain * self.room + self.kept] = value;
                    }
                }
            }
            self.kept += usize::from(keep);
            self.seen += 1;
        }
    }

    fn halve(&mut self) {
        let kept = self.kept.div_ceil(2);
        for row in self
            .columns
            .iter_mut()
            .flat_map(|c| c.chunks_exact_mut(self.room))
        {
            for to in 1..kept {
                row[to] = row[2 * to];
            }
        }
        self.kept = kept;
        self.every *= 2;
    }

    /// The same without room for more.
    pub(crate) fn compact(&self) -> Self {
        let rows = |column: &Vec<f64>| -> Vec<f64> {
            let rows = column.chunks_exact(self.room.max(1));
            rows.flat_map(|row| &row[..self.kept]).copied().collect()
        };
        Self {
            names: self.names.clone(),
            room: self.kept,
            columns: self.columns.iter().map(rows).collect(),
            moments: self.moments.clone(),
            ..*self
        }
    }

    /// Draws that were added.
    #[must_use]
    pub fn draws(&self) -> usize {
        self.seen
    }

    /// The draws that were kept.
    #[must_use]
    pub fn finish(self) -> QuantityDraws {
        let Self {
            names,
            columns,
            room,
            kept,
            every,
            moments,
            ..
        } = self;
        let cut = |column: Vec<f64>| -> Vec<f64> {
            if kept == room {
                return column;
            }
            let rows = column.chunks_exact(room.max(1));
            rows.flat_map(|row| &row[..kept]).copied().collect()
        };
        let of_all = |chains: &Vec<Moments>| {
            let mut all = Moments::new();
            chains.iter().for_each(|chain| all.merge(chain));
            all
        };
        let moments = match every {
            1 => Vec::new(),
            _ => moments.iter().map(of_all).collect(),
        };
        let columns = names.into_iter().zip(columns.into_iter().map(cut));
        QuantityDraws::thinned(columns.collect(), every, moments)
    }

    /// Whether this can be what a run kept that has the names, chains and limit of `fresh`.
    pub(crate) fn fits(&self, fresh: &Self) -> bool {
        let rows = self.chains.checked_mul(self.room);
        (&self.names, self.chains, self.most) == (&fresh.names, fresh.chains, fresh.most)
            && self.every.is_power_of_two()
            && self.kept == self.seen.div_ceil(self.every)
            && self.kept <= self.room
            && self.room <= self.most
            && self.columns.len() == self.names.len()
            && self.columns.iter().all(|c| Some(c.len()) == rows)
            && self.moments.len() == self.names.len()
            && self.moments.iter().all(|m| m.len() == self.chains)
            && self
                .moments
                .iter()
                .flatten()
                .all(|m| m.count() == self.seen as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_kept_depends_on_the_number_of_draws_alone(
            draws in 1usize..200, most in 1usize..40, cuts in prop::collection::vec(1usize..50, 1..20), more in 0usize..50,
        ) {
            let value = |c: usize, t: usize| (c * 1000 + t) as f64;
            let mut all = KeptDraws::new(["a", "b"], 2, draws, Some(most)).unwrap();
            let (mut first, mut cuts) = (0, cuts.into_iter().cycle());
            while first < draws {
                let n = cuts.next().unwrap().min(draws - first);
                let part: Vec<f64> = (0..2).flat_map(|c| (first..first + n).map(move |t| value(c, t))).collect();
                all.add([&part[..], &part[..]], n);
                first += n;
            }
            let fresh = KeptDraws::new(["a", "b"], 2, draws, Some(most)).unwrap();
            prop_assert!(all.fits(&fresh));
            let mut grown = all.clone();
            grown.reserve(draws + more).unwrap();
            let compact = all.compact();
            prop_assert!(grown.fits(&fresh) && compact.fits(&fresh));
            for all in [all, grown, compact] {
                let found = all.finish();
                let every = found.every();
                let kept: Vec<f64> = (0..2).flat_map(|c| (0..draws).step_by(every).map(move |t| value(c, t))).collect();
                prop_assert_eq!(found.get("b").unwrap(), &kept[..]);
                prop_assert!(draws.div_ceil(every) <= most.max(2));
                prop_assert!(every == 1 || draws.div_ceil(every / 2) > (most & !1));
                if let Some(moments) = found.moments(0) {
                    let mean = 500.0 + (draws - 1) as f64 / 2.0;
                    prop_assert!((moments.mean().unwrap() - mean).abs() < 1e-9);
                }
            }
        }
    }
}
