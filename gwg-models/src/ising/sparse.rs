mod pairwise;
mod parametric;
mod schedule;
mod spins;
mod sweep;

use crate::number::{self, add, at, spin, spin_change, symbol, uphill};
use crate::random::Draws;
use crate::{EdgeFault, ModelError};
use gwg_core::target::AffectedMoves;
use gwg_core::{Binary, Delta, Gradient, Local, Move, Multilinear, Real, Target};
use schedule::Schedule;
use std::sync::OnceLock;

/// The Ising model on a weighted graph.
///
/// `f(x) = s'Js + h's`, `s = 2x - 1`, with `J_ij = J_ji` the weight of the edge between `i` and `j`: each edge counts twice.
///
/// # Memory and cost
/// One number per site: the local field `g_i = h_i + 2 sum_j J_ij s_j`. `d_i = -2 s_i g_i`; a move changes those of
/// the site and its neighbors. The graph takes one index and one number per end of an edge, twice that once it is
/// swept.
#[derive(Clone, Debug)]
pub struct SparseIsing<R> {
    space: Binary,
    field: Vec<R>,
    /// The neighbors of site `i` are `entries[starts[i]..starts[i + 1]]`, ascending. They include `i` itself with
    /// weight 0: a move then treats its own site like a neighbor.
    starts: Vec<usize>,
    entries: Vec<(u32, R)>,
    max_row: usize,
    /// Created when the first sweep is prepared, so that other kernels do not pay for it.
    schedule: OnceLock<Schedule<R>>,
}

impl<R: Real> SparseIsing<R> {
    /// Creates the model with the edges `(i, j, J_ij)`, with sites numbered from 0 and each edge listed once, in
    /// either direction, and the field `h` (one number per site; zero if `None`).
    ///
    /// # Errors
    /// [`ModelError::Edge`] with the first edge that is out of range, joins a site with itself or has a weight that
    /// is not finite, else the first one that repeats another; [`ModelError::Length`] and [`ModelError::NotFinite`]
    /// for the field; [`ModelError::Parameter`] unless there is at least one site.
    pub fn new(
        sites: usize,
        edges: &[(usize, usize, f64)],
        field: Option<&[f64]>,
    ) -> Result<Self, ModelError> {
        let sites = number::sites("sites", sites)?;
        let field = match field {
            None => vec![R::ZERO; sites],
            Some(field) => {
                number::has_shape("h", field.len(), &[sites])?;
                let rounded: Vec<R> = field.iter().map(|&h| R::from_f64(h)).collect();
                number::all_finite("h", &rounded, &[sites])?;
                rounded
            }
        };
        check_edges::<R>(sites, edges)?;
        let (starts, entries) = rows(sites, edges);
        let max_row = starts
            .iter()
            .zip(starts.iter().skip(1))
            .map(|(start, end)| end - start)
            .max()
            .unwrap_or(1);
        Ok(Self {
            space: Binary::new(sites),
            field,
            starts,
            entries,
            max_row,
            schedule: OnceLock::new(),
        })
    }

    /// Creates a random graph as in the paper: each pair is an edge with probability `degree / sites`, with a weight
    /// drawn from `N(0, 1) / sqrt(degree)`; no field.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site and `0 < degree <= sites`.
    pub fn erdos_renyi(sites: usize, degree: f64, seed: u64) -> Result<Self, ModelError> {
        let sites = number::sites("sites", sites)?;
        if !(degree > 0.0 && degree <= sites as f64) {
            return Err(ModelError::Parameter {
                name: "degree",
                found: format!("{degree:?}"),
                allowed: "more than 0, at most the number of sites",
            });
        }
        let mut draws = Draws::new("ising-er", seed);
        let mut edges = Vec::new();
        random_pairs(sites, degree / sites as f64, &mut draws, |i, j, draws| {
            edges.push((i, j, draws.normal() / degree.sqrt()));
        });
        Self::new(sites, &edges, None)
    }

    /// The field, one number per site.
    #[must_use]
    pub fn field(&self) -> &[R] {
        &self.field
    }

    /// The number of edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        (self.entries.len() - self.field.len()) / 2
    }

    /// The edges `(i, j, J_ij)` with `i < j`, in ascending order.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize, R)> + '_ {
        (0..self.field.len()).flat_map(|i| {
            self.neighbors(i)
                .filter(move |&(j, _)| i < j)
                .map(move |(j, w)| (i, j, w))
        })
    }

    /// The neighbors of a site and the weights of their edges, ascending.
    pub fn neighbors(&self, site: usize) -> impl Iterator<Item = (usize, R)> + '_ {
        let row = self
            .row(site)
            .iter()
            .map(|&(j, weight)| (j as usize, weight));
        row.filter(move |&(j, _)| j != site)
    }

    /// The neighbors of a site, including itself with weight 0.
    #[inline(always)]
    fn row(&self, site: usize) -> &[(u32, R)] {
        match (self.starts.get(site), self.starts.get(site + 1)) {
            (Some(&start), Some(&end)) => self.entries.get(start..end).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// Calls `each` with every local field; returns `f(x)`.
    fn fields(&self, x: &[u8], mut each: impl FnMut(usize, f64)) -> f64 {
        let mut f = 0.0;
        for (i, h) in self.field.iter().enumerate() {
            let mut pull = 0.0;
            for &(j, weight) in self.row(i) {
                pull += weight.to_f64() * spin::<f64>(symbol(x, j as usize));
            }
            f += spin::<f64>(symbol(x, i)) * (h.to_f64() + pull);
            each(i, h.to_f64() + 2.0 * pull);
        }
        f
    }
}

/// Rejects the first edge that is invalid in itself, else the first that repeats another.
fn check_edges<R: Real>(sites: usize, edges: &[(usize, usize, f64)]) -> Result<(), ModelError> {
    let refuse = |edge: usize, fault| {
        let (i, j, _) = edges.get(edge).copied().unwrap_or_default();
        ModelError::Edge { edge, i, j, fault }
    };
    for (k, &(i, j, weight)) in edges.iter().enumerate() {
        if i >= sites || j >= sites {
            return Err(refuse(k, EdgeFault::OutOfRange { sites }));
        }
        if i == j {
            return Err(refuse(k, EdgeFault::SelfEdge));
        }
        if !R::from_f64(weight).is_finite() {
            return Err(refuse(k, EdgeFault::Weight { found: weight }));
        }
    }
    let mut order: Vec<(usize, usize, usize)> = edges
        .iter()
        .enumerate()
        .map(|(k, &(i, j, _))| (i.min(j), i.max(j), k))
        .collect();
    order.sort_unstable();
    let repeated = order
        .iter()
        .zip(order.iter().skip(1))
        .filter(|(a, b)| (a.0, a.1) == (b.0, b.1))
        .map(|(a, b)| (b.2, a.2))
        .min();
    match repeated {
        None => Ok(()),
        Some((edge, first)) => Err(refuse(edge, EdgeFault::Repeated { first })),
    }
}

/// Compressed rows of both triangles, with a zero on the diagonal.
fn rows<R: Real>(sites: usize, edges: &[(usize, usize, f64)]) -> (Vec<usize>, Vec<(u32, R)>) {
    let mut starts = vec![0; sites + 1];
    for i in 0..sites {
        starts[i + 1] += 1;
    }
    for &(i, j, _) in edges {
        starts[i + 1] += 1;
        starts[j + 1] += 1;
    }
    for i in 0..sites {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut entries = vec![(0, R::ZERO); starts[sites]];
    let mut put = |i: usize, j: usize, weight: R| {
        entries[next[i]] = (j as u32, weight);
        next[i] += 1;
    };
    for i in 0..sites {
        put(i, i, R::ZERO);
    }
    for &(i, j, weight) in edges {
        put(i, j, R::from_f64(weight));
        put(j, i, R::from_f64(weight));
    }
    for i in 0..sites {
        entries[starts[i]..starts[i + 1]].sort_unstable_by_key(|&(j, _)| j);
    }
    (starts, entries)
}

/// Calls `each` with each pair of sites, independently with the same probability, in `O(sites + selected pairs)`: the
/// gaps between them are geometric (Batagelj and Brandes, Phys. Rev. E 71 (2005) 036113).
fn random_pairs(
    sites: usize,
    probability: f64,
    draws: &mut Draws,
    mut each: impl FnMut(usize, usize, &mut Draws),
) {
    let log_miss = Real::log1p(-probability);
    // Pairs (i, j), j < i, in the order (1, 0), (2, 0), (2, 1), ..
    let (mut i, mut j) = (1, 0);
    loop {
        // -0 / -inf is 0: with probability 1 no pair is skipped.
        let gap = (Real::ln(1.0 - draws.uniform()) / log_miss).floor();
        j += gap as usize;
        while i < sites && j >= i {
            j -= i;
            i += 1;
        }
        if i >= sites {
            return;
        }
        each(j, i, draws);
        j += 1;
    }
}

impl<R: Real> Target for SparseIsing<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.fields(x, |_, _| {})
    }
}

impl<R: Real> Gradient for SparseIsing<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        self.fields(x, |i, field| {
            if let Some(g) = gradient.get_mut(i) {
                *g = R::from_f64(2.0 * field);
            }
        })
    }
}

impl<R: Real> Delta for SparseIsing<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.field.len()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        self.fields(x, |i, field| {
            if let Some(g) = memory.get_mut(i) {
                *g = R::from_f64(field);
            }
        })
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], memory: &[R], mv: Move) -> R {
        spin_change::<R>(mv) * at(memory, mv.site)
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        let twice = R::TWO * spin_change::<R>(mv);
        for &(j, weight) in self.row(mv.site) {
            add(memory, j as usize, twice * weight);
        }
    }
}

impl<R: Real> Local for SparseIsing<R> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.max_row
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        let twice = R::TWO * spin_change::<R>(mv);
        for &(j, weight) in self.row(mv.site) {
            let j = j as usize;
            if let Some(field) = memory.get_mut(j) {
                *field += twice * weight;
                affected.push(j, uphill(symbol(x, j), R::TWO * *field));
            }
        }
    }
}

impl<R: Real> Multilinear for SparseIsing<R> {}
