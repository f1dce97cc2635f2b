//! Rows of symbols with weights.

/// Rows of symbols, each with a weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    sites: usize,
    states: usize,
    symbols: Vec<u8>,
    weights: Vec<f64>,
}

/// An error in data. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// There is at least one row of at least one site, and 2 to 256 states.
    #[error(
        "data: found {rows} rows of {sites} sites with {states} states, allowed are at least one row and one site, and 2 to 256 states"
    )]
    Shape {
        /// The number of rows.
        rows: usize,
        /// The number of sites.
        sites: usize,
        /// The number of states.
        states: usize,
    },
    /// A model has as many states as its kind demands.
    #[error("data: found {found} states, allowed are {allowed}")]
    States {
        /// The number of states.
        found: usize,
        /// The number allowed.
        allowed: usize,
    },
    /// What learns from data has at least one of each of its parts.
    #[error("`{name}`: found 0, allowed is at least 1")]
    Option {
        /// The option.
        name: &'static str,
    },
    /// All rows are complete.
    #[error("data: found {found} symbols, needed a multiple of {sites}, the number of sites")]
    Length {
        /// The number of symbols.
        found: usize,
        /// The number of sites.
        sites: usize,
    },
    /// Symbols are below the number of states.
    #[error("data: row {row}, site {site}: found symbol {found}, allowed are 0 to {}", states - 1)]
    Symbol {
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
        /// The symbol.
        found: u8,
        /// The number of states.
        states: usize,
    },
    /// There is one finite weight above 0 for each row.
    #[error("data: {found}, allowed is one finite weight above 0 for each row")]
    Weight {
        /// What was found.
        found: String,
    },
}

impl Data {
    /// Rows of `sites` symbols below `states`, row-major, with equal weights of 1.
    ///
    /// # Errors
    /// [`DataError`].
    pub fn new(symbols: Vec<u8>, sites: usize, states: usize) -> Result<Self, DataError> {
        let rows = symbols.len().checked_div(sites).unwrap_or(0);
        if rows == 0 || !(2..=256).contains(&states) {
            return Err(DataError::Shape {
                rows,
                sites,
                states,
            });
        }
        if rows * sites != symbols.len() {
            let found = symbols.len();
            return Err(DataError::Length { found, sites });
        }
        if let Some(k) = symbols.iter().position(|&s| usize::from(s) >= states) {
            return Err(DataError::Symbol {
                row: k / sites,
                site: k % sites,
                found: symbols[k],
                states,
            });
        }
        let weights = vec![1.0; rows];
        Ok(Self {
            sites,
            states,
            symbols,
            weights,
        })
    }

    /// The same rows with other weights.
    ///
    /// # Errors
    /// [`DataError::Weight`].
    pub fn with_weights(mut self, weights: Vec<f64>) -> Result<Self, DataError> {
        let checked = checked_weights(weights, self.rows());
        self.weights = checked.map_err(|found| DataError::Weight { found })?;
        Ok(self)
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// The number of states of a site.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// A row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[u8] {
        &self.symbols[row * self.sites..(row + 1) * self.sites]
    }

    /// All symbols, row-major.
    #[must_use]
    pub fn symbols(&self) -> &[u8] {
        &self.symbols
    }

    /// The weight of each row.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The sum of the weights: the effective number of rows.
    #[must_use]
    pub fn effective_rows(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The weighted frequencies of the symbols, shape (sites, states), row-major.
    ///
    /// # Cost
    /// One pass over the rows.
    #[must_use]
    pub fn frequencies(&self) -> Vec<f64> {
        let mut frequencies = vec![0.0; self.sites * self.states];
        for (row, &weight) in self.symbols.chunks_exact(self.sites).zip(&self.weights) {
            for (site, &symbol) in row.iter().enumerate() {
                frequencies[site * self.states + usize::from(symbol)] += weight;
            }
        }
        let total = self.effective_rows();
        frequencies.iter_mut().for_each(|f| *f /= total);
        frequencies
    }
}

/// One finite weight above 0 for each row, or what was found.
pub(crate) fn checked_weights(weights: Vec<f64>, rows: usize) -> Result<Vec<f64>, String> {
    let wrong = |w: &f64| !(w.is_finite() && *w > 0.0);
    if weights.len() != rows {
        return Err(format!("found {} weights for {rows} rows", weights.len()));
    }
    match weights.iter().position(wrong) {
        Some(row) => Err(format!("row {row}: found weight {}", weights[row])),
        None => Ok(weights),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_are_weighted() {
        let data = Data::new(vec![0, 1, 2, 1], 2, 3).unwrap();
        let data = data.with_weights(vec![3.0, 1.0]).unwrap();
        assert_eq!(data.frequencies(), [0.75, 0.0, 0.25, 0.0, 1.0, 0.0]);
        assert_eq!(data.row(1), [2, 1]);
        assert_eq!(data.effective_rows(), 4.0);
    }

    #[test]
    fn errors_name_the_place() {
        let message = |data: Result<Data, DataError>| data.unwrap_err().to_string();
        assert!(message(Data::new(vec![], 2, 3)).contains("0 rows"));
        assert!(message(Data::new(vec![0; 3], 2, 3)).contains("found 3 symbols"));
        assert!(
            message(Data::new(vec![0, 0, 0, 3], 2, 3)).contains("row 1, site 1: found symbol 3")
        );
        let data = Data::new(vec![0; 4], 2, 3).unwrap();
        assert!(message(data.clone().with_weights(vec![1.0])).contains("1 weights for 2 rows"));
        assert!(message(data.with_weights(vec![1.0, f64::NAN])).contains("row 1"));
    }
}
