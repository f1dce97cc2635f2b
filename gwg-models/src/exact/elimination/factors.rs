//! A model as a sum of log-factors of a few sites each.

use crate::number::spin;
use crate::{FactorGraph, LatticeIsing, LatticeOrdinal, LatticePotts, ModelError, SparseIsing};
use gwg_core::{Real, Space, Target};

/// One term of `f`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFactor {
    /// The sites, each once.
    pub(in crate::exact) sites: Vec<u32>,
    /// Row-major: one number for all combinations of symbols of the sites, the first slowest.
    pub(in crate::exact) table: Vec<f64>,
}

/// `f(x) = sum_k t_k(x_i, x_j, ..)`: a model as a sum of terms of a few sites each.
#[derive(Clone, Debug, PartialEq)]
pub struct LogFactors {
    pub(in crate::exact) states: Vec<u32>,
    pub(in crate::exact) factors: Vec<LogFactor>,
}

impl LogFactors {
    /// Sites with these numbers of states, and no terms: all configurations are equally probable.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] for a site of no states or of more than 65,536, and for more than `2^32 - 2` sites.
    pub fn new(states: Vec<u32>) -> Result<Self, ModelError> {
        if let Some(found) = states.iter().find(|&&q| !(1..=65_536).contains(&q)) {
            return Err(ModelError::Parameter {
                name: "states",
                found: found.to_string(),
                allowed: "1 to 65536",
            });
        }
        if states.len() >= u32::MAX as usize {
            return Err(ModelError::Parameter {
                name: "sites",
                found: states.len().to_string(),
                allowed: "fewer than 4294967295",
            });
        }
        Ok(Self {
            states,
            factors: Vec::new(),
        })
    }

    /// Adds a term: `table` is row-major with one axis per site.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] for a site that is out of range or named twice; [`ModelError::Length`] for a table of another length; [`ModelError::NotFinite`].
    pub fn add(&mut self, sites: &[usize], table: Vec<f64>) -> Result<(), ModelError> {
        let mut shape = Vec::with_capacity(sites.len());
        for (k, &site) in sites.iter().enumerate() {
            let states = self
                .states
                .get(site)
                .filter(|_| !sites[..k].contains(&site));
            let states = states.ok_or_else(|| ModelError::Parameter {
                name: "sites of a factor",
                found: format!("{sites:?}"),
                allowed: "sites of the model, each once",
            })?;
            shape.push(*states as usize);
        }
        crate::number::has_shape("t", table.len(), &shape)?;
        crate::number::all_finite("t", &table, &shape)?;
        self.push(sites, table);
        Ok(())
    }

    fn push(&mut self, sites: &[usize], table: Vec<f64>) {
        self.factors.push(LogFactor {
            sites: sites.iter().map(|&site| site as u32).collect(),
            table,
        });
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.states.len()
    }

    /// `f(x)`; 0 for terms of symbols that are out of range.
    #[must_use]
    pub fn log_prob(&self, x: &[usize]) -> f64 {
        let value = |factor: &LogFactor| {
            let mut index = 0;
            for &site in &factor.sites {
                index = index * self.states[site as usize] as usize + x.get(site as usize)?;
            }
            factor.table.get(index).copied()
        };
        self.factors.iter().filter_map(value).sum()
    }

    /// Spins: `h_i s_i` of every site and `K_ij s_i s_j` of each bond.
    fn of_spins(
        fields: impl ExactSizeIterator<Item = f64>,
        bonds: impl Iterator<Item = (usize, usize, f64)>,
    ) -> Self {
        let mut made = Self {
            states: vec![2; fields.len()],
            factors: Vec::new(),
        };
        for (site, h) in fields.enumerate().filter(|&(_, h)| h != 0.0) {
            made.push(&[site], [0_u16, 1].map(|a| h * spin::<f64>(a)).to_vec());
        }
        for (i, j, k) in bonds.filter(|&(_, _, k)| k != 0.0) {
            made.push(&[i, j], vec![k, -k, -k, k]);
        }
        made
    }
}

/// A model that is a sum of terms of a few sites each.
pub trait Factored {
    /// The terms, constants included. Cost and memory: `O(sites + terms_len)`.
    fn log_factors(&self) -> LogFactors;

    /// How many numbers the tables of the terms have, which may be many more than the model stores. `O(parameters)` at most.
    fn terms_len(&self) -> usize;
}

impl<R: Real> Factored for LatticeIsing<R> {
    fn log_factors(&self) -> LogFactors {
        let (sites, bias) = (self.space().sites(), self.bias().to_f64());
        let k = 2.0 * self.theta().to_f64();
        let bonds = (0..sites).flat_map(|i| {
            let above = self.neighbors(i).into_iter().filter(move |&j| j > i);
            above.map(move |j| (i, j, k))
        });
        LogFactors::of_spins((0..sites).map(|_| bias), bonds)
    }

    fn terms_len(&self) -> usize {
        self.space().sites().saturating_mul(2 + 4 * self.dims())
    }
}

impl<R: Real> Factored for SparseIsing<R> {
    fn log_factors(&self) -> LogFactors {
        let fields = self.field().iter().map(|h| h.to_f64());
        let bonds = self.edges().map(|(i, j, w)| (i, j, 2.0 * w.to_f64()));
        LogFactors::of_spins(fields, bonds)
    }

    fn terms_len(&self) -> usize {
        2 * self.space().sites() + 4 * self.edge_count()
    }
}

/// Terms of a lattice: one of each bond, and one of each site where there is a field.
fn of_lattice(
    sites: usize,
    (states, field): (usize, Option<&[f64]>),
    bond: &[f64],
    neighbors: impl Fn(usize) -> Vec<usize>,
) -> LogFactors {
    let mut made = LogFactors {
        states: vec![states as u32; sites],
        factors: Vec::new(),
    };
    for i in 0..sites {
        if let Some(field) = field {
            made.push(&[i], field.to_vec());
        }
        for j in neighbors(i).into_iter().filter(|&j| j > i) {
            made.push(&[i, j], bond.to_vec());
        }
    }
    made
}

/// The numbers of those.
fn lattice_len(sites: usize, dims: usize, states: usize) -> usize {
    let each = dims * states * states + states;
    sites.saturating_mul(each)
}

impl<R: Real> Factored for LatticePotts<R> {
    fn log_factors(&self) -> LogFactors {
        let q = self.space().states();
        let twice = 2.0 * self.theta().to_f64();
        let entry = |cell: usize| if cell / q == cell % q { twice } else { -twice };
        let table: Vec<f64> = (0..q * q).map(entry).collect();
        of_lattice(self.space().sites(), (q, None), &table, |i| {
            self.neighbors(i)
        })
    }

    fn terms_len(&self) -> usize {
        lattice_len(self.space().sites(), self.dims(), self.space().states())
    }
}

impl<R: Real> Factored for LatticeOrdinal<R> {
    fn log_factors(&self) -> LogFactors {
        let q = self.space().states();
        let (coupling, field) = (self.coupling().to_f64(), self.field().to_f64());
        let step = |cell: usize| (cell / q) as f64 - (cell % q) as f64;
        let table: Vec<f64> = (0..q * q)
            .map(|cell| -coupling * step(cell).powi(2))
            .collect();
        let middle = (q - 1) as f64 / 2.0;
        let field: Vec<f64> = (0..q)
            .map(|a| -field * (a as f64 - middle).powi(2))
            .collect();
        of_lattice(self.space().sites(), (q, Some(&field)), &table, |i| {
            self.neighbors(i)
        })
    }

    fn terms_len(&self) -> usize {
        lattice_len(self.space().sites(), self.dims(), self.space().states())
    }
}

impl<R: Real> Factored for FactorGraph<R> {
    fn log_factors(&self) -> LogFactors {
        let space = self.space();
        let states: Vec<u32> = (0..space.sites())
            .map(|i| space.states_at(i) as u32)
            .collect();
        let mut field = self.field().iter().map(|h| h.to_f64());
        let unary: Vec<Vec<f64>> = states
            .iter()
            .map(|&q| field.by_ref().take(q as usize).collect())
            .collect();
        let mut made = LogFactors {
            states,
            factors: Vec::new(),
        };
        for (site, table) in unary.into_iter().enumerate() {
            made.push(&[site], table);
        }
        for (i, j, table) in self.edges() {
            let (a, b) = (made.states[i] as usize, made.states[j] as usize);
            let table: Vec<f64> = table.iter().map(|t| t.to_f64()).collect();
            let equal = |cell: usize| if cell / b == cell % b { table[0] } else { 0.0 };
            let table = if table.len() == a * b {
                table
            } else {
                (0..a * b).map(equal).collect()
            };
            made.push(&[i, j], table);
        }
        made
    }
    fn terms_len(&self) -> usize {
        let states = |site: usize| self.space().states_at(site);
        let pairs = self.edges().map(|(i, j, _)| states(i) * states(j));
        self.field().len() + pairs.fold(0, usize::saturating_add)
    }
}
