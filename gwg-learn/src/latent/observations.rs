//! What is observed.

use super::LatentError;
use crate::data::checked_weights;
use crate::saved::fnv;
use gwg_core::Space;

/// Rows of states of which some sites are observed, the same sites in every row, each with a weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Observations {
    observed: Vec<bool>,
    /// Row-major; 0 at sites that are not observed.
    symbols: Vec<u8>,
    weights: Vec<f64>,
    /// A checksum of what a model is given besides: a graph.
    about: u64,
}

impl Observations {
    /// Rows with one symbol per site, row-major, of which those at observed sites count. All weights are 1.
    ///
    /// # Errors
    /// [`LatentError::Length`] unless all rows are complete; [`LatentError::Empty`] without a row, or where all sites are observed.
    pub fn new(observed: Vec<bool>, mut symbols: Vec<u8>) -> Result<Self, LatentError> {
        let (sites, free) = (observed.len(), observed.iter().filter(|&&o| !o).count());
        let rows = symbols.len().checked_div(sites).unwrap_or(0);
        if symbols.len() != rows * sites {
            return Err(LatentError::Length {
                name: "symbols",
                found: symbols.len(),
                needed: (rows + 1) * sites,
            });
        }
        if rows == 0 || free == 0 {
            return Err(LatentError::Empty { rows, free });
        }
        for row in symbols.chunks_exact_mut(sites) {
            let free = row.iter_mut().zip(&observed).filter(|&(_, &o)| !o);
            free.for_each(|(symbol, _)| *symbol = 0);
        }
        Ok(Self {
            observed,
            symbols,
            weights: vec![1.0; rows],
            about: 0,
        })
    }

    /// The same rows with other weights.
    ///
    /// # Errors
    /// [`LatentError::Weight`] unless there is one finite weight above 0 for each row.
    pub fn with_weights(mut self, weights: Vec<f64>) -> Result<Self, LatentError> {
        let checked = checked_weights(weights, self.rows());
        self.weights = checked.map_err(|found| LatentError::Weight { found })?;
        Ok(self)
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// The number of sites of a row.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.observed.len()
    }

    /// Whether each site is observed.
    #[must_use]
    pub fn observed(&self) -> &[bool] {
        &self.observed
    }

    /// The weight of each row.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The observed symbols of a row, `None` at the other sites.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> Vec<Option<u8>> {
        let symbols = self.symbols(row).iter().zip(&self.observed);
        symbols.map(|(&s, &seen)| seen.then_some(s)).collect()
    }

    /// The symbols of a row, 0 at sites that are not observed.
    pub(super) fn symbols(&self, row: usize) -> &[u8] {
        let sites = self.observed.len();
        &self.symbols[row * sites..(row + 1) * sites]
    }

    /// The same, of what has this checksum.
    pub(super) fn of(self, about: u64) -> Self {
        Self { about, ..self }
    }

    /// Refuses rows that are not of this space.
    pub(super) fn check(&self, space: &impl Space) -> Result<(), LatentError> {
        let (found, needed) = (self.sites(), space.sites());
        if found != needed {
            let name = "observed";
            return Err(LatentError::Length {
                name,
                found,
                needed,
            });
        }
        let wrong = |k: &usize| usize::from(self.symbols[*k]) >= space.states_at(k % needed);
        match (0..self.symbols.len()).find(wrong) {
            Some(k) => Err(LatentError::Symbol {
                row: k / needed,
                site: k % needed,
                found: self.symbols[k],
                states: space.states_at(k % needed),
            }),
            None => Ok(()),
        }
    }

    pub(super) fn checksum(&self) -> u64 {
        let weights = self.weights.iter().flat_map(|w| w.to_bits().to_le_bytes());
        let observed = self.observed.iter().map(|&o| u8::from(o));
        let all = observed.chain(self.symbols.iter().copied()).chain(weights);
        fnv(all.chain(self.about.to_le_bytes()))
    }
}
