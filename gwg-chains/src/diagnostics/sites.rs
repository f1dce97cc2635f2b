//! Diagnostics of every site.
//!
//! Quantities of the whole state, such as `f` or a distance, are equal in states that are mirror images of each other, so that chains in different
//! modes may agree in all of them. The symbols of the sites differ.

mod bits;
mod cells;
mod figures;

use bits::Series;
use cells::Cells;
pub use figures::{SiteFigure, SiteStatistics};
use gwg_core::Symbol;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Memory for the symbols of all chains.
const BYTES: usize = 64 << 20;

/// The least number of bytes, of eight draws each, that an indicator has room for.
const ROWS: usize = 32;

/// The symbols of a run's draws, packed in bits, from which [`SiteStatistics`] are computed.
///
/// Of each site there is one bit a draw for its symbol 1 where there are two states, one for each symbol up to 32 states, and else one for each of
/// eight random halves of the alphabet; of more than 10,000 bits a draw, those of a random subset of the sites, the same for all runs of one shape.
///
/// # Memory
/// At most 64 MiB, for any number of draws: of long runs every second, fourth, .. draw is kept.
#[derive(Clone, Debug)]
pub struct SiteDraws {
    cells: Cells,
    /// Every draw with a number that this divides is kept.
    every: usize,
    chains: Vec<ChainBits>,
    sites: usize,
}

/// The indicators of one chain, (byte of eight draws, indicator).
#[derive(Clone, Debug)]
struct ChainBits {
    rows: Vec<u8>,
    /// The draws since the last whole byte.
    latest: Vec<u8>,
    kept: usize,
    seen: usize,
}

impl SiteDraws {
    /// For `chains` chains of about `draws` draws of a run of `all` chains.
    ///
    /// # Panics
    /// If `sites` is 0.
    #[must_use]
    pub fn new(sites: usize, states: usize, chains: usize, all: usize, draws: usize) -> Self {
        let cells = Cells::new(sites, states, BYTES / (ROWS * all.max(1)));
        let row = cells.len().saturating_mul(all);
        let mut every = 1;
        while draws.div_ceil(8 * every).saturating_mul(row) > BYTES && draws / every > 8 * ROWS {
            every *= 2;
        }
        let latest = vec![0; cells.len()];
        let chain = ChainBits {
            rows: Vec::new(),
            latest,
            kept: 0,
            seen: 0,
        };
        Self {
            chains: vec![chain; chains],
            cells,
            every,
            sites,
        }
    }

    /// Adds the next draw of a chain.
    ///
    /// # Panics
    /// If there is no such chain, or `x` has fewer sites.
    pub fn add<S: Symbol>(&mut self, chain: usize, x: &[S]) {
        let bits = &mut self.chains[chain];
        if bits.seen.is_multiple_of(self.every) {
            self.cells.append(x, &mut bits.latest);
            bits.kept += 1;
            if bits.kept.is_multiple_of(8) {
                bits.rows.extend_from_slice(&bits.latest);
            }
        }
        bits.seen += 1;
    }

    /// Appends the chains of another part of the run.
    pub(crate) fn append(&mut self, other: Self) {
        self.chains.extend(other.chains);
    }

    /// Cuts every chain to its first `draws` draws.
    pub(crate) fn cut(&mut self, draws: usize) {
        for chain in &mut self.chains {
            chain.cut(draws.div_ceil(self.every), self.cells.len());
        }
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
            self.every,
            exactly,
        )
    }
}

impl ChainBits {
    fn series(&self, cell: usize, cells: usize, len: usize) -> Series {
        let whole = self.rows.iter().skip(cell).step_by(cells).copied();
        let left = self.kept % 8;
        let rest = (left > 0).then(|| self.latest[cell] << (8 - left));
        Series::collect(whole.chain(rest).take(len.div_ceil(8)), len)
    }

    fn cut(&mut self, kept: usize, cells: usize) {
        if kept >= self.kept {
            return;
        }
        let start = kept / 8 * cells;
        let gone = if let Some(row) = self.rows.get(start..start + cells) {
            self.latest.copy_from_slice(row);
            self.rows.truncate(start);
            8 - kept % 8
        } else {
            self.kept - kept
        };
        for bits in &mut self.latest {
            *bits = bits.checked_shr(gone as u32).unwrap_or(0);
        }
        self.kept = kept;
    }
}
