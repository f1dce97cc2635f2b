//! Graphs of spins whose couplings differ in sign only.

use std::fmt;

/// Spins on a graph with couplings of one magnitude: `f(x) = K sum_(i,j) sigma_ij s_i s_j + sum_i h_i s_i`, `s = 2x - 1`, each bond counted once, with
/// `sigma_ij` 1 or -1.
#[derive(Clone, Debug, PartialEq)]
pub struct SpinGraph {
    /// `K`, at least 0.
    pub(super) coupling: f64,
    /// `h`.
    pub(super) fields: Vec<f64>,
    /// The neighbors of site `i` are `neighbors[starts[i]..starts[i + 1]]`.
    pub(super) starts: Vec<usize>,
    /// Sites, and whether `sigma` is -1.
    pub(super) neighbors: Vec<(u32, bool)>,
}

/// Why a model has no [`SpinGraph`], or none that can be swept.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SpinGraphError {
    /// Couplings differ in magnitude.
    Magnitudes {
        /// The first two that do.
        found: [f64; 2],
    },
    /// A site has too many neighbors.
    Degree {
        /// The site.
        site: usize,
        /// Its neighbors.
        found: usize,
    },
    /// Too many fields differ.
    Fields {
        /// Their number.
        found: usize,
    },
    /// Too many sites.
    Sites {
        /// Their number.
        found: usize,
    },
}

/// Neighbors of a site at most.
pub(super) const MOST_NEIGHBORS: usize = 8;
/// Kinds of sites, by field and number of neighbors, at most.
pub(super) const MOST_CLASSES: usize = 256;
/// Sites at most.
pub(super) const MOST_SITES: usize = 1 << 31;

impl fmt::Display for SpinGraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magnitudes { found: [a, b] } => {
                write!(f, "couplings must have one magnitude; found {a} and {b}")
            }
            Self::Degree { site, found } => write!(
                f,
                "site {site} has {found} neighbors; allowed are up to {MOST_NEIGHBORS}"
            ),
            Self::Fields { found } => write!(
                f,
                "found {found} different pairs of field and number of neighbors; allowed are up to {MOST_CLASSES}"
            ),
            Self::Sites { found } => write!(
                f,
                "found {found} sites; allowed are fewer than {MOST_SITES}"
            ),
        }
    }
}

impl std::error::Error for SpinGraphError {}

impl SpinGraph {
    /// A graph from the neighbors of each site, with the couplings of their bonds, and the fields. Each bond is listed at both ends.
    ///
    /// # Errors
    /// [`SpinGraphError::Magnitudes`].
    pub(crate) fn new<I: Iterator<Item = (usize, f64)>>(
        fields: Vec<f64>,
        neighbors: impl Fn(usize) -> I,
    ) -> Result<Self, SpinGraphError> {
        let (mut starts, mut all, mut magnitude) = (vec![0], Vec::new(), None);
        for site in 0..fields.len() {
            for (other, coupling) in neighbors(site).filter(|&(_, coupling)| coupling != 0.0) {
                let own = coupling.abs();
                let first = *magnitude.get_or_insert(own);
                if own != first {
                    let found = [first, own];
                    return Err(SpinGraphError::Magnitudes { found });
                }
                all.push((other as u32, coupling < 0.0));
            }
            starts.push(all.len());
        }
        Ok(Self {
            coupling: magnitude.unwrap_or(0.0),
            fields,
            starts,
            neighbors: all,
        })
    }

    pub(super) fn sites(&self) -> usize {
        self.fields.len()
    }

    pub(super) fn of(&self, site: usize) -> &[(u32, bool)] {
        &self.neighbors[self.starts[site]..self.starts[site + 1]]
    }
}

/// A model of two states per site that is an Ising model on a graph with couplings of one magnitude.
pub trait Spins {
    /// The graph, where the model is such a model.
    ///
    /// # Errors
    /// [`SpinGraphError`]: why it is not.
    fn spin_graph(&self) -> Result<SpinGraph, SpinGraphError>;
}
