//! Diagnostics of every site.
//!
//! Quantities of the whole state, such as `f` or a distance, are equal in states that are mirror images of each other, so that chains in different
//! modes may agree in all of them. The symbols of the sites differ.

mod bits;
mod cells;
mod chain;
mod figures;

use bits::Series;
use cells::Cells;
pub(crate) use chain::ChainBits;
pub use figures::{SiteFigure, SiteStatistics};
use gwg_core::Symbol;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Memory for the symbols of all chains.
const BYTES: usize = 64 << 20;

/// The least number of bytes, of eight draws each, that an indicator has room for.
const ROWS: usize = 32;

/// Draws of all chains together that are kept at most, if each chain keeps more than the least: effective sample sizes of single sites are computed from
/// numbers and not from bits.
const DRAWS: usize = 1 << 19;

/// The symbols of a run's draws, packed in bits, from which [`SiteStatistics`] are computed.
///
/// Of each site there is one bit a draw for its symbol 1 where there are two states, one for each symbol up to 32 states, and else one for each of
/// eight random halves of the alphabet; of more than 10,000 bits a draw, those of a random subset of the sites, the same for all runs of one shape.
///
/// # Memory
/// At most 64 MiB, for any number of draws: of long runs, and of more than about half a million draws of all chains, every second, fourth, .. draw is kept.
#[derive(Clone, Debug)]
pub struct SiteDraws {
    cells: Cells,
    /// Draws of a chain that are kept at most, a multiple of 16.
    most: usize,
    chains: Vec<ChainBits>,
    sites: usize,
}

/// Indicators that there is memory for.
fn room(chains: usize) -> usize {
    BYTES / (ROWS * chains.max(1))
}

impl SiteDraws {
    /// For `chains` chains of a run of `all` chains.
    ///
    /// # Panics
    /// If `sites` is 0.
    #[must_use]
    pub fn new(sites: usize, states: usize, chains: usize, all: usize) -> Self {
        let cells = Cells::new(sites, states, room(all));
        let row = cells.len().saturating_mul(all).max(1);
        Self {
            chains: vec![ChainBits::new(cells.len()); chains],
            most: (BYTES / row / 2 * 16)
                .min(DRAWS / all.max(1) / 16 * 16)
                .max(8 * ROWS),
            cells,
            sites,
        }
    }

    /// Whether all sites of a run of `all` chains are judged. Where it is a random subset of them, what the others have in common is seen in
    /// [projections](crate::Quantity::projections).
    #[must_use]
    pub fn judges_all(sites: usize, states: usize, all: usize) -> bool {
        Cells::of_all(sites, states, room(all))
    }

    /// Adds the next draw of a chain.
    ///
    /// # Panics
    /// If there is no such chain, or `x` has fewer sites.
    pub fn add<S: Symbol>(&mut self, chain: usize, x: &[S]) {
        self.chains[chain].add(x, &self.cells, self.most);
    }

    /// Appends the chains of another part of the run.
    pub(crate) fn append(&mut self, other: Self) {
        self.chains.extend(other.chains);
    }

    /// Cuts every chain to its first `draws` draws.
    pub(crate) fn cut(&mut self, draws: usize) {
        let cells = self.cells.len();
        for chain in &mut self.chains {
            chain.cut(draws, cells);
        }
        // A chain that was ahead may have been halved once more.
        let every = self.every();
        for chain in &mut self.chains {
            while chain.every < every {
                chain.halve(cells);
            }
        }
    }

    /// Every draw with a number that this divides is kept.
    fn every(&self) -> usize {
        self.chains.iter().map(|c| c.every).max().unwrap_or(1)
    }

    /// The bits of the chains, which [`with_bits`](Self::with_bits) takes.
    pub(crate) fn bits(&self) -> &[ChainBits] {
        &self.chains
    }

    /// With the bits of chains of a run of the same shape, as many as there are chains here; false where they are not of that shape.
    pub(crate) fn with_bits(&mut self, bits: Vec<ChainBits>, draws: usize) -> bool {
        let fits = |bits: &ChainBits| bits.fits(draws, self.cells.len(), self.most);
        let fits = bits.len() == self.chains.len() && bits.iter().all(fits);
        self.chains = bits;
        fits
    }

    /// The figures of all sites.
    ///
    /// # Cost
    /// Some counts of bits for each of about a hundred lags at most, shared by rayon's threads; exact sizes are computed for the sites in the result
    /// only.
    #[must_use]
    pub fn statistics(&self) -> SiteStatistics {
        let kept = self.chains.iter().map(|chain| chain.kept).min();
        let kept = kept.unwrap_or(0);
        let cells = self.cells.len();
        let series = |cell: usize| -> Vec<Series> {
            let chains = self.chains.iter();
            chains
                .map(|chain| chain.series(cell, cells, kept))
                .collect()
        };
        let arch = pulp::Arch::new();
        let figures = (0..cells).into_par_iter().map(|cell| {
            let place = (cell, self.cells.place(cell));
            let series = series(cell);
            arch.dispatch(|| SiteFigure::of(place, &series, kept))
        });
        let all: Vec<Option<SiteFigure>> = figures.collect();
        let asked = (self.cells.sites(), self.sites);
        let exactly = |figure: &SiteFigure| figure.exactly(&series(figure.cell), kept);
        SiteStatistics::of(
            all.into_iter().flatten().collect(),
            asked,
            self.every(),
            exactly,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Draws, RHAT, rhat};
    use crate::quantity::Quantity;
    use gwg_core::{Bits, SplitMix64};

    /// Two pairs of chains: the largest R-hat of projections, that of the mean symbol, and how many of the judged sites disagree. At every other one of the
    /// sites that are not judged the probability of symbol 1 is `p` percent in the first pair and `100 - p` in the second, at the rest the other way
    /// round, and 50 at those that are judged.
    fn apart(p: u64) -> (f64, f64, usize) {
        let (sites, draws) = (20_000, 400);
        let mut all = SiteDraws::new(sites, 2, 4, 4);
        assert!(!SiteDraws::judges_all(sites, 2, 4) && SiteDraws::judges_all(10_000, 2, 4));
        // Every other one of those that are not judged.
        let mut others = vec![Some(false); sites];
        (0..all.cells.len()).for_each(|cell| others[all.cells.place(cell).0] = None);
        let not_judged = others.iter_mut().flatten();
        not_judged.step_by(2).for_each(|other| *other = true);
        let mut projections = Quantity::<u8>::projections(sites, 2);
        projections.push(Quantity::mean_symbol());
        let mut values = vec![Vec::new(); projections.len()];
        let mut bits = SplitMix64::new(7);
        for chain in 0..4 {
            for _ in 0..draws {
                let mut symbol = |other: &Option<bool>| {
                    let percent = match other.map(|other| other == (chain < 2)) {
                        None => 50,
                        Some(true) => p,
                        Some(false) => 100 - p,
                    };
                    u8::from(bits.next_u64() % 100 < percent)
                };
                let x: Vec<u8> = others.iter().map(&mut symbol).collect();
                all.add(chain, &x);
                for (values, projection) in values.iter_mut().zip(&projections) {
                    values.extend(projection.of_state(&x));
                }
            }
        }
        let of = |values: &Vec<f64>| rhat(&Draws::from_flat(values, 4, draws).unwrap()).unwrap();
        let mut rhats: Vec<f64> = values.iter().map(of).collect();
        let mean = rhats.pop().unwrap();
        let largest = rhats.into_iter().fold(0.0, f64::max);
        (largest, mean, all.statistics().disagree)
    }

    #[test]
    fn projections_see_the_sites_that_are_not_judged() {
        let (rhat, mean, disagree) = apart(20);
        assert!(
            rhat > 1.1 && mean < RHAT && disagree == 0,
            "{rhat}, {mean}, {disagree}"
        );
        let (rhat, _, disagree) = apart(50);
        assert!(rhat < RHAT && disagree == 0, "{rhat}, {disagree}");
    }
}
