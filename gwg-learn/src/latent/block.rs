//! Stochastic block models.

mod parametric;
mod target;

use super::{BlockGraph, GraphError, LatentError, LogOdds, Observations};
use gwg_core::target::{Dims, ParameterError, check_parameters};
use gwg_core::{Categorical, Real, Space, math};
use gwg_linalg::Scalar;
use std::sync::Arc;

/// A stochastic block model of a graph (Holland et al. 1983; Nowicki and Snijders 2001): nodes have classes `z_i` with probabilities `pi`, and nodes of classes `a`
/// and `b` are joined with log-odds `eta(a, b)`, which are a table or a neural network of learned embeddings of the classes ([`LogOdds`]).
///
/// `f(z) = sum_i log pi(z_i) + sum_(i<j) [A_ij eta(z_i, z_j) - softplus(eta(z_i, z_j))]`, without the pairs that are missing: the logarithm of the joint
/// probability of classes and graph. `sum_z exp f(z)` is the likelihood of the graph. Multilinear in the one-hot encoding: first-order differences are exact.
///
/// # Memory and cost
/// The cache has the number of nodes of each class, and of neighbors (and of missing pairs) of each node in each class: integers, which are exact. With `K` classes, an
/// exact difference costs `O(K)`, all of them `O(nodes K^2)`, and a move `O(degree)`.
///
/// ```
/// use gwg_learn::latent::{BlockGraph, BlockModel, LogOdds};
/// use gwg_core::Target;
///
/// let graph = BlockGraph::new(3, &[(0, 1)], &[])?;
/// // Nodes of the same class are joined with probability 3/4, others with probability 1/4.
/// let odds = LogOdds::table(2, vec![3.0_f64.ln(), -3.0_f64.ln(), 3.0_f64.ln()])?;
/// let model = BlockModel::new(graph, odds, vec![0.0, 0.0])?;
/// let p: f64 = 0.125 * 0.75 * 0.75 * 0.75;
/// assert!((model.log_prob(&[0, 0, 1]) - p.ln()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct BlockModel<R> {
    space: Categorical,
    graph: Arc<BlockGraph>,
    odds: LogOdds<R>,
    /// `log pi` up to a constant.
    prior: Vec<R>,
    tables: Tables<R>,
}

/// What follows from the parameters.
#[derive(Clone, Debug)]
struct Tables<R> {
    log_prior: Vec<R>,
    /// (classes, classes), symmetric.
    eta: Vec<R>,
    softplus: Vec<R>,
}

impl<R: Scalar> Tables<R> {
    fn new(odds: &LogOdds<R>, prior: &[R]) -> Result<Self, LatentError> {
        let eta = odds.all()?;
        let classes = prior.len();
        if let Some(k) = eta.iter().position(|eta| !eta.is_finite()) {
            return Err(LatentError::Parameters(ParameterError::NotFinite {
                tensor: "eta",
                index: Dims::new([k / classes, k % classes]),
                found: eta[k].to_f64(),
            }));
        }
        let log_sum = math::logsumexp(prior);
        Ok(Self {
            log_prior: prior.iter().map(|&p| p - log_sum).collect(),
            softplus: eta.iter().map(|eta| eta.softplus()).collect(),
            eta,
        })
    }
}

impl<R: Scalar> BlockModel<R> {
    /// The model of a graph with these log-odds, and `log pi` up to a constant for each class.
    ///
    /// # Errors
    /// [`LatentError::Length`] unless `prior` has one number per class; [`LatentError::Parameters`] if a number is not finite; [`LatentError::Space`] for more
    /// nodes and classes than numbers of 32 bits.
    pub fn new(graph: BlockGraph, odds: LogOdds<R>, prior: Vec<R>) -> Result<Self, LatentError> {
        let (found, needed) = (prior.len(), odds.classes());
        if found != needed {
            let name = "prior";
            return Err(LatentError::Length {
                name,
                found,
                needed,
            });
        }
        let mut values = prior.clone();
        odds.read(&mut values);
        let model = Self {
            space: Categorical::new(graph.nodes(), needed)?,
            graph: Arc::new(graph),
            tables: Tables {
                log_prior: Vec::new(),
                eta: Vec::new(),
                softplus: Vec::new(),
            },
            odds,
            prior,
        };
        check_parameters(&model, &values)?;
        let tables = Tables::new(&model.odds, &model.prior)?;
        Ok(Self { tables, ..model })
    }

    /// With a random network, [`LogOdds::random`], and equal probabilities of classes.
    ///
    /// # Errors
    /// Those of [`new`](Self::new) and of [`LogOdds::random`].
    pub fn random(
        graph: BlockGraph,
        classes: usize,
        features: usize,
        hidden: &[usize],
        seed: u64,
    ) -> Result<Self, LatentError> {
        let odds = LogOdds::random(classes, features, hidden, seed)?;
        Self::new(graph, odds, vec![R::ZERO; classes])
    }

    /// The same parameters for another graph.
    ///
    /// # Errors
    /// [`LatentError::Space`] for more nodes and classes than numbers of 32 bits.
    pub fn with_graph(&self, graph: BlockGraph) -> Result<Self, LatentError> {
        Self::new(graph, self.odds.clone(), self.prior.clone())
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &BlockGraph {
        &self.graph
    }

    /// The number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.prior.len()
    }

    /// The log-odds of edges, shape (classes, classes), row-major.
    #[must_use]
    pub fn log_odds(&self) -> &[R] {
        &self.tables.eta
    }

    /// `log pi` of each class, normalized.
    #[must_use]
    pub fn log_prior(&self) -> &[R] {
        &self.tables.log_prior
    }

    /// The graph as one row, with the classes of some nodes observed.
    ///
    /// # Errors
    /// [`LatentError::Length`] unless there is an entry for each node; [`LatentError::Symbol`] for a class that does not exist; [`LatentError::Empty`] if all are observed.
    pub fn observe(&self, classes: &[Option<u8>]) -> Result<Observations, LatentError> {
        let (found, needed) = (classes.len(), self.graph.nodes());
        if found != needed {
            let name = "classes";
            return Err(LatentError::Length {
                name,
                found,
                needed,
            });
        }
        let observed = classes.iter().map(Option::is_some).collect();
        let symbols = classes.iter().map(|class| class.unwrap_or(0)).collect();
        let all = Observations::new(observed, symbols)?.of(self.graph.checksum());
        all.check(&self.space)?;
        Ok(all)
    }

    /// The graph as one row, with no class observed.
    ///
    /// # Errors
    /// Never for a graph of this library.
    pub fn observe_nothing(&self) -> Result<Observations, LatentError> {
        self.observe(&vec![None; self.graph.nodes()])
    }

    /// A random graph of nodes of these classes, by the probabilities of this model.
    ///
    /// # Errors
    /// [`GraphError::Nodes`]. A class that does not exist has the log-odds 0.
    pub fn draw_graph(&self, classes: &[u8], seed: u64) -> Result<BlockGraph, GraphError> {
        let probability = |a, b| {
            let (a, b) = (usize::from(a), usize::from(b));
            super::at(&self.tables.eta, a * self.classes() + b)
                .to_f64()
                .sigmoid()
        };
        BlockGraph::planted(classes, probability, seed)
    }

    /// The row of a table that belongs to a class.
    #[inline(always)]
    fn row<'t>(&self, table: &'t [R], class: usize) -> &'t [R] {
        let classes = self.prior.len();
        let start = class * classes;
        table.get(start..start + classes).unwrap_or(&[])
    }

    fn nodes(&self) -> usize {
        self.space.sites()
    }
}
