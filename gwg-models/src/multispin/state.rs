//! Configurations in the bits of words: in, on, and out.

use super::counter::ones;
use super::sweep::{Sweeps, run};
use super::table::Table;
use super::words::Plain;
use super::{LANES, MultiSpin, lanes, seen};
use gwg_core::Symbol;
use std::ops::Range;

/// 64 configurations of a [`MultiSpin`], or one of [blocks](super::Spins::spin_blocks): a word for each site, or for 64 of them.
#[derive(Clone, Debug)]
pub struct SpinWords {
    /// Those of the sites; then one that is 0, for neighbors that a site does not have, and one for what is drawn for no site.
    pub(super) words: Vec<u64>,
    /// The probabilities of each class, at the last inverse temperature.
    pub(super) tables: Vec<Table>,
    beta: f64,
}

impl SpinWords {
    /// The words of the sites.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words[..self.words.len() - 2]
    }

    /// The words of the sites, to be changed.
    pub fn words_mut(&mut self) -> &mut [u64] {
        let sites = self.words.len() - 2;
        &mut self.words[..sites]
    }
}

/// # Panics
/// [`SpinWords`] are to be those that [`state`](Self::state) made.
impl MultiSpin {
    /// Configurations of zeros.
    #[must_use]
    pub fn state(&self) -> SpinWords {
        SpinWords {
            words: vec![0; self.sites + 2],
            tables: self.tables(1.0).collect(),
            beta: 1.0,
        }
    }

    /// The probabilities of each class.
    pub(super) fn tables(&self, beta: f64) -> impl Iterator<Item = Table> {
        let classes = self.classes.iter();
        classes.map(move |class| Table::new(class, self.coupling, self.degree, beta))
    }

    /// Writes, to bit `lane` of each site's word, the configuration that `row(lane)` returns; other bits become 0.
    pub fn gather<'x, S: Symbol>(
        &self,
        state: &mut SpinWords,
        row: impl Fn(usize) -> Option<&'x [S]>,
    ) {
        lanes::gather(state.words_mut(), row);
    }

    /// Writes bit `lane` of each site's word to a configuration.
    pub fn scatter<S: Symbol>(&self, state: &SpinWords, lane: usize, x: &mut [S]) {
        lanes::scatter(state.words(), lane, x);
    }

    /// Writes one configuration to the bits of all words, where these are of [blocks](super::Spins::spin_blocks).
    ///
    /// # Panics
    /// If there are fewer symbols than sites.
    pub fn gather_one<S: Symbol>(&self, state: &mut SpinWords, x: &[S]) {
        let places = self.places.as_chunks::<LANES>().0;
        for (word, places) in state.words_mut().iter_mut().zip(places) {
            let bit = |site: u32| u64::from(x[site as usize] != S::default());
            let bits = (0..).zip(places).map(|(lane, &site)| bit(site) << lane);
            *word = bits.fold(0, |word, bit| word | bit);
        }
    }

    /// The way back.
    ///
    /// # Panics
    /// If there are fewer symbols than sites.
    pub fn scatter_one<S: Symbol>(&self, state: &SpinWords, x: &mut [S]) {
        let places = self.places.as_chunks::<LANES>().0;
        for (word, places) in state.words().iter().zip(places) {
            for (lane, &site) in (0..LANES).zip(places) {
                x[site as usize] = S::from_index((word >> lane & 1) as usize);
            }
        }
    }

    /// Makes the sweeps of these numbers of all lanes at the inverse temperature `beta`, with the random words of `key`, until `stop` says so; returns the number of
    /// sweeps made, and how many sites each lane has changed.
    ///
    /// # Cost
    /// Allocates nothing.
    pub fn sweep(
        &self,
        state: &mut SpinWords,
        beta: f64,
        key: u64,
        sweeps: Range<u64>,
        stop: impl Fn() -> bool,
    ) -> (u64, [u64; LANES]) {
        if beta != state.beta {
            let tables = state.tables.iter_mut().zip(self.tables(beta));
            tables.for_each(|(table, new)| *table = new);
            state.beta = beta;
        }
        run(Sweeps {
            model: self,
            words: &mut state.words,
            tables: &state.tables,
            key,
            sweeps,
            stop,
        })
    }

    /// `f` of each lane, from counts of bonds and of spins.
    #[must_use]
    pub fn log_prob(&self, state: &SpinWords) -> [f64; LANES] {
        let words = &state.words[..];
        let unlike = self.bonds.iter();
        let unlike = unlike.map(|&[a, b]| words[a as usize] ^ seen(words, &self.turns, b));
        let bonds = self.bonds.len() as f64;
        let mut f = ones(Plain, unlike).map(|n| self.coupling * (bonds - 2.0 * n as f64));
        for (field, sites) in &self.fields {
            let up = ones(Plain, sites.iter().map(|&site| words[site as usize]));
            for (f, up) in f.iter_mut().zip(up) {
                *f += field * (2.0 * up as f64 - sites.len() as f64);
            }
        }
        f
    }

    /// `f` of the one configuration whose spins are all bits.
    #[must_use]
    pub fn log_prob_of_one(&self, state: &SpinWords) -> f64 {
        let words = &state.words[..];
        let count = |words: &mut dyn Iterator<Item = u64>| -> f64 {
            words.map(|word| u64::from(word.count_ones())).sum::<u64>() as f64
        };
        let unlike = self.bonds.iter();
        let unlike = unlike.map(|&[a, b]| words[a as usize] ^ seen(words, &self.turns, b));
        let bonds = (self.bonds.len() * LANES) as f64;
        let mut f = self.coupling * (bonds - 2.0 * count(&mut { unlike }));
        for (field, sites) in &self.fields {
            let up = count(&mut sites.iter().map(|&site| words[site as usize]));
            f += field * (2.0 * up - (sites.len() * LANES) as f64);
        }
        f
    }
}
