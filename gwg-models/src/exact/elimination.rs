//! Bucket elimination on a tree decomposition: `log Z`, means, independent draws and ground states of sparse models.

mod algebra;
mod blocks;
mod draws;
mod factors;
mod forward;
mod kernel;
mod means;
mod order;
mod plan;
mod tables;

pub use factors::{Factored, LogFactor, LogFactors};

use super::ExactError;
use algebra::{Best, Linear, Log};
use blocks::{Block, Blocks, readings};
use draws::{Tables, first_of_best};
use forward::{Message, Terms, forward};
use gwg_core::Symbol;
use plan::Plan;
use std::sync::Arc;
pub use tables::ExactDraws;

/// Entries of tables, of 8 bytes each, that exist at once unless a program says otherwise: `2^27`, 1 GiB.
pub const MAX_ENTRIES: usize = 1 << 27;

/// A sparse model whose variables can be eliminated one by one, each summed over in a table over its neighbors at that time (Dechter 1999; Lauritzen and Spiegelhalter 1988).
///
/// The order is the cheapest of up to ten: that of the sites, by distance from an end, and by least degree and least fill with ties broken in several ways. It is the same
/// on every machine.
///
/// # Cost
/// With tables over `w` sites of `q` states, the [width](Self::width): `sites q^(w + 1)` products, and memory of a few tables of `q^w` numbers for [`log_z`](Self::log_z).
/// An open square lattice of side `L` has `w = L`, a torus `2 L`, a tree 1. Draws, means and ground states keep tables between blocks of variables; the blocks are
/// the smallest with which they fit.
///
/// # Accuracy
/// Weights are multiplied in f64, each table relative to its largest entry; where terms span so much that entries might underflow, logarithms are added
/// (ten times as slow).
///
/// ```
/// use gwg_models::SparseIsing;
/// use gwg_models::exact::{Elimination, Factored, MAX_ENTRIES};
///
/// let ring: Vec<_> = (0..50).map(|i| (i, (i + 1) % 50, 0.2)).collect();
/// let model = SparseIsing::<f64>::new(50, &ring, None)?;
/// let exact = Elimination::new(&model.log_factors(), |_| None, MAX_ENTRIES)?;
/// assert_eq!(exact.width(), 2);
/// // Two eigenvalues of the transfer matrix, of which the smaller hardly counts.
/// let wanted = 50.0 * (2.0 * 0.4_f64.cosh()).ln();
/// assert!((exact.log_z(1.0, &|| false)? - wanted).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Elimination {
    plan: Arc<Plan>,
    /// The symbol of sites that are not summed over.
    held: Vec<Option<usize>>,
    states: Vec<u32>,
    most: usize,
}

/// Exact means at some inverse temperature.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Marginals {
    /// `log sum exp(beta f)`.
    pub log_z: f64,
    /// The mean of `f` (not of `beta f`).
    pub mean_log_prob: f64,
    /// The probability of each symbol, by site.
    pub probabilities: Vec<Vec<f64>>,
}

impl Marginals {
    /// The same as cells: of a model of two states per site the probability of symbol 1, otherwise one per site and state.
    #[must_use]
    pub fn cells(&self) -> Vec<f64> {
        let all = self.probabilities.iter();
        if self.probabilities.iter().all(|p| p.len() == 2) {
            all.map(|p| p[1]).collect()
        } else {
            let most = self.probabilities.iter().map(Vec::len).max().unwrap_or(0);
            let padded = all.flat_map(|p| (0..most).map(|a| p.get(a).copied().unwrap_or(0.0)));
            padded.collect()
        }
    }
}

impl Elimination {
    /// Plans the elimination of all sites but those at which a symbol is `observed`. Tables may have `most` entries at a time ([`MAX_ENTRIES`]).
    ///
    /// # Errors
    /// [`ExactError::Width`], with the narrowest tables that were found.
    ///
    /// # Cost
    /// Some ten symbolic eliminations, of `sites width^2` each.
    pub fn new(
        factors: &LogFactors,
        observed: impl Fn(usize) -> Option<usize>,
        most: usize,
    ) -> Result<Self, ExactError> {
        let plan = Plan::new(factors, &observed, most)?;
        if plan.live() > most {
            let sizes = (0..plan.len()).map(|v| plan.size(v));
            return Err(ExactError::Width {
                width: plan.width,
                bits: (sizes.max().unwrap_or(1) as f64).log2(),
                allowed: most,
            });
        }
        let states = &factors.states;
        let held = (0..states.len()).map(|site| {
            let last = states[site] as usize - 1;
            observed(site)
                .map(|s| s.min(last))
                .or((last == 0).then_some(0))
        });
        Ok(Self {
            held: held.collect(),
            plan: Arc::new(plan),
            states: states.clone(),
            most,
        })
    }

    /// The number of sites that the largest table is over: an upper bound of the treewidth of the model's graph.
    #[must_use]
    pub fn width(&self) -> usize {
        self.plan.width
    }

    /// Entries of the largest table.
    #[must_use]
    pub fn largest_table(&self) -> usize {
        let sizes = (0..self.plan.len()).map(|v| self.plan.size(v));
        sizes.max().unwrap_or(1)
    }

    /// Products of a forward pass at an inverse temperature, which are about a nanosecond each; those of logarithms count 20 times.
    #[must_use]
    pub fn cost(&self, beta: f64) -> f64 {
        let each = if self.plan.spans_few(beta) { 1.0 } else { 20.0 };
        each * self.plan.cost
    }

    /// Whether the tables that draws need fit.
    ///
    /// # Errors
    /// [`ExactError::TooLarge`].
    pub fn can_draw(&self) -> Result<(), ExactError> {
        self.blocks(false).map(|_| ())
    }

    /// `log sum exp(beta f)`, over all configurations of the sites that are not observed.
    ///
    /// # Errors
    /// [`ExactError::NotFinite`] if `beta` is not; [`ExactError::Stopped`] once `stop` returns true.
    pub fn log_z(&self, beta: f64, stop: &dyn Fn() -> bool) -> Result<f64, ExactError> {
        let none = |_| false;
        if self.is_linear(beta)? {
            let terms = Terms::new::<Linear>(&self.plan, beta);
            Ok(forward(Linear, &self.plan, &terms, &none, stop)?.log_total)
        } else {
            let terms = Terms::new::<Log>(&self.plan, beta);
            Ok(forward(Log, &self.plan, &terms, &none, stop)?.log_total)
        }
    }

    /// The probabilities of all symbols, and the mean of `f`.
    ///
    /// # Errors
    /// As [`log_z`](Self::log_z); [`ExactError::TooLarge`] if the tables that are kept do not fit.
    ///
    /// # Cost
    /// Some five times that of `log_z`.
    pub fn marginals(&self, beta: f64, stop: &dyn Fn() -> bool) -> Result<Marginals, ExactError> {
        let blocks = self.blocks(true)?;
        let found = if self.is_linear(beta)? {
            let terms = Terms::new::<Linear>(&self.plan, beta);
            means::beliefs(Linear, &self.plan, (&terms, &blocks), stop)?
        } else {
            let terms = Terms::new::<Log>(&self.plan, beta);
            means::beliefs(Log, &self.plan, (&terms, &blocks), stop)?
        };
        let one = |site: usize| {
            let only = self.held[site];
            let symbols = 0..self.states[site] as usize;
            symbols
                .map(|s| f64::from(u8::from(only == Some(s))))
                .collect()
        };
        let mut probabilities: Vec<Vec<f64>> = (0..self.states.len()).map(one).collect();
        for (&site, p) in self.plan.sites.iter().zip(found.of_variable) {
            probabilities[site as usize] = p;
        }
        Ok(Marginals {
            log_z: found.log_total,
            mean_log_prob: found.mean_log_prob,
            probabilities,
        })
    }

    /// Makes the tables from which independent configurations are drawn.
    ///
    /// # Errors
    /// As [`marginals`](Self::marginals).
    pub fn tables(&self, beta: f64, stop: &dyn Fn() -> bool) -> Result<ExactDraws, ExactError> {
        let blocks = self.blocks(false)?;
        let keep = |v: usize| blocks.kept[v];
        let linear = self.is_linear(beta)?;
        let (terms, pass) = if linear {
            let terms = Terms::new::<Linear>(&self.plan, beta);
            let pass = forward(Linear, &self.plan, &terms, &keep, stop)?;
            (terms, pass)
        } else {
            let terms = Terms::new::<Log>(&self.plan, beta);
            let pass = forward(Log, &self.plan, &terms, &keep, stop)?;
            (terms, pass)
        };
        Ok(ExactDraws {
            of: self.clone(),
            blocks: readings(&self.plan, &blocks),
            terms,
            messages: pass.messages,
            log_z: pass.log_total,
            linear,
        })
    }

    /// A configuration of the largest `f`, and that value, from the sums of the terms: by the last bits, it may differ from `f` of the model.
    ///
    /// # Errors
    /// As [`marginals`](Self::marginals).
    pub fn ground_state<S: Symbol>(
        &self,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Vec<S>, f64), ExactError> {
        let blocks = self.blocks(false)?;
        let terms = Terms::new::<Best>(&self.plan, 1.0);
        let pass = forward(Best, &self.plan, &terms, &|v| blocks.kept[v], stop)?;
        let readings = readings(&self.plan, &blocks);
        let tables = self.on(&readings, &terms, &pass.messages);
        let mut x = vec![S::default(); self.held.len()];
        self.hold(&mut x);
        tables.choose::<Best, S>(&mut x, first_of_best);
        Ok((x, pass.log_total))
    }

    fn blocks(&self, within: bool) -> Result<Blocks, ExactError> {
        Blocks::new(&self.plan, self.most, within).map_err(|found| ExactError::TooLarge {
            what: "entries of the tables that are kept",
            found,
            allowed: self.most,
        })
    }

    fn is_linear(&self, beta: f64) -> Result<bool, ExactError> {
        if !beta.is_finite() {
            return Err(ExactError::NotFinite { found: beta });
        }
        Ok(self.plan.spans_few(beta))
    }

    fn on<'t>(
        &'t self,
        blocks: &'t [Block],
        terms: &'t Terms,
        messages: &'t [Option<Message>],
    ) -> Tables<'t> {
        Tables {
            plan: &self.plan,
            blocks,
            terms,
            messages,
        }
    }

    /// Writes the symbols that are not drawn.
    fn hold<S: Symbol>(&self, x: &mut [S]) {
        for (symbol, held) in x.iter_mut().zip(&self.held) {
            if let Some(held) = held {
                *symbol = S::from_index(*held);
            }
        }
    }
}
