//! Pairwise factor graphs: a different alphabet at each site, a factor per edge of a graph, a field.
//!
//! The sparse Potts model is a special case.

mod build;
mod pairwise;
mod parametric;
mod sweep;

use crate::number::{at, symbol};
use crate::{ModelError, OwnedSpace};
use gwg_core::target::AffectedMoves;
use gwg_core::{Delta, Gradient, Local, Move, Multilinear, Real, Space, Target};
use std::sync::OnceLock;
use sweep::Schedule;

/// The log-factor of a pair of sites.
#[derive(Clone, Debug, PartialEq)]
pub enum Coupling {
    /// This number if both sites have the same symbol, otherwise 0.
    Equal(f64),
    /// `t[a, b]` if the first site has symbol `a` and the second `b`: row-major, shape (states of the first, states
    /// of the second).
    Table(Vec<f64>),
}

/// Two sites, counted from 0, and their log-factor.
#[derive(Clone, Debug, PartialEq)]
pub struct PairFactor {
    /// The sites.
    pub sites: (usize, usize),
    /// Their log-factor.
    pub coupling: Coupling,
}

/// A pairwise factor graph, or sparse Potts model with a field.
///
/// `f(x) = sum_i h_i(x_i) + sum over edges of t_ij(x_i, x_j)`: each edge counts **once**. Each site has its own
/// number of states, 2 to 256; the space is [`Categorical`](gwg_core::Categorical) if all numbers are equal,
/// otherwise [`Mixed`](gwg_core::Mixed).
///
/// # Memory and cost
/// One number per site and state: the local field `g_i(a) = h_i(a) + sum_j t_ij(a, x_j)`. `d_ia = g_i(a) - g_i(x_i)`;
/// a move changes those of the neighbors. The graph takes 24 bytes per end of an edge, and stores the numbers of each
/// factor once.
#[derive(Clone, Debug)]
pub struct FactorGraph<R> {
    space: OwnedSpace,
    /// One number per site and state.
    field: Vec<R>,
    /// The numbers of all edges, one after the other.
    tables: Vec<R>,
    edges: Vec<Edge>,
    /// The ends at site `i` are `ends[starts[i]..starts[i + 1]]`, ascending by neighbor.
    starts: Vec<usize>,
    ends: Vec<End>,
    max_affected: usize,
    /// Created when the first sweep is prepared, so that other kernels do not pay for it.
    schedule: OnceLock<Schedule>,
}

/// An edge in the order of its definition.
#[derive(Clone, Copy, Debug)]
struct Edge {
    sites: (u32, u32),
    /// The index of its first number.
    start: usize,
    /// The number of states of the second site, which is the length of a row; 0 if the factor is one number, for
    /// equal symbols.
    row: usize,
}

impl Edge {
    /// The index of the number for this pair of symbols; `None` if it is 0 and not stored.
    #[inline(always)]
    fn place(&self, a: u16, b: u16) -> Option<usize> {
        if self.row > 0 {
            Some(self.start + usize::from(a) * self.row + usize::from(b))
        } else {
            (a == b).then_some(self.start)
        }
    }
}

/// An edge as seen from one of its sites.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    neighbor: u32,
    /// The distances in the table between two symbols of the site itself, and of the neighbor; both 0 if the factor
    /// is one number.
    own: u32,
    other: u32,
    start: usize,
}

impl End {
    /// True if the factor is one number, for equal symbols.
    #[inline(always)]
    const fn is_equal(&self) -> bool {
        self.own == 0
    }

    /// The log-factor if the site itself has symbol `a` and the neighbor `b`.
    #[inline(always)]
    fn value<R: Real>(&self, tables: &[R], a: u16, b: u16) -> R {
        if self.is_equal() && a != b {
            return R::ZERO;
        }
        let offset = usize::from(a) * self.own as usize + usize::from(b) * self.other as usize;
        at(tables, self.start + offset)
    }
}

impl<R: Real> FactorGraph<R> {
    /// Creates the model of `states.len()` sites, site `i` with `states[i]` states, with these factors and a field:
    /// `field` has one number per site and state, site by site; zeros if `None`. Cost:
    /// `O(sites + edges log(edges) + numbers of the factors)`.
    ///
    /// # Errors
    /// [`ModelError::Space`] unless all of `states` are 2 to 256; [`ModelError::Edge`] with the first edge that is
    /// out of range, joins a site with itself or repeats another; [`ModelError::Length`] for a table or a field of
    /// another length; [`ModelError::NotFinite`] for a number that is not finite in the precision of the model;
    /// [`ModelError::Parameter`] unless there is at least one site.
    pub fn new(
        states: &[u32],
        factors: &[PairFactor],
        field: Option<&[f64]>,
    ) -> Result<Self, ModelError> {
        build::build(states, factors, field)
    }

    /// The field: one number per site and state, site by site.
    #[must_use]
    pub fn field(&self) -> &[R] {
        &self.field
    }

    /// The number of edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// The two sites of every edge and the numbers of its factor, in the order of definition: one number, for equal
    /// symbols, or a row-major table.
    pub fn edges(&self) -> impl Iterator<Item = (usize, usize, &[R])> + '_ {
        let next = self.edges.iter().skip(1).map(|edge| edge.start);
        let stops = next.chain([self.tables.len()]);
        self.edges.iter().zip(stops).map(|(edge, stop)| {
            let (i, j) = edge.sites;
            let table = self.tables.get(edge.start..stop).unwrap_or(&[]);
            (i as usize, j as usize, table)
        })
    }

    /// The neighbors of a site, ascending.
    pub fn neighbors(&self, site: usize) -> impl Iterator<Item = usize> + '_ {
        self.ends(site).iter().map(|end| end.neighbor as usize)
    }

    #[inline(always)]
    fn ends(&self, site: usize) -> &[End] {
        match (self.starts.get(site), self.starts.get(site + 1)) {
            (Some(&start), Some(&stop)) => self.ends.get(start..stop).unwrap_or(&[]),
            _ => &[],
        }
    }

    #[inline(always)]
    fn index(&self, site: usize, state: u16) -> usize {
        self.space.first_move(site) + usize::from(state)
    }

    /// The symbols of a site.
    #[inline(always)]
    fn symbols(&self, site: usize) -> impl Iterator<Item = u16> + use<R> {
        0..self.space.states_at(site) as u16
    }

    /// `g_i(a)` at `x`, in f64.
    #[inline(always)]
    fn local_field(&self, x: &[u8], site: usize, a: u16) -> f64 {
        let pulls = self.ends(site).iter().map(|end| {
            let b = symbol(x, end.neighbor as usize);
            end.value(&self.tables, a, b).to_f64()
        });
        at(&self.field, self.index(site, a)).to_f64() + pulls.sum::<f64>()
    }

    fn local_fields(&self, x: &[u8], out: &mut [R]) {
        let sites = 0..self.space.sites();
        let cells = sites.flat_map(|i| self.symbols(i).map(move |a| (i, a)));
        for (g, (i, a)) in out.iter_mut().zip(cells) {
            *g = R::from_f64(self.local_field(x, i, a));
        }
    }
}

impl<R: Real> Target for FactorGraph<R> {
    type Real = R;
    type Space = OwnedSpace;

    #[inline]
    fn space(&self) -> &OwnedSpace {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let sites = 0..self.space.sites();
        let field: f64 = sites
            .map(|i| at(&self.field, self.index(i, symbol(x, i))).to_f64())
            .sum();
        let factor = |edge: &Edge| {
            let (i, j) = edge.sites;
            let place = edge.place(symbol(x, i as usize), symbol(x, j as usize));
            place.map_or(0.0, |place| at(&self.tables, place).to_f64())
        };
        field + self.edges.iter().map(factor).sum::<f64>()
    }
}

/// `f` is linear in the one-hot encoding of each site: the gradient is the local field.
impl<R: Real> Gradient for FactorGraph<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        self.local_fields(x, gradient);
        self.log_prob(x)
    }
}

impl<R: Real> Delta for FactorGraph<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.field.len()
    }

    fn init_cache(&self, x: &[u8], cache: &mut [R]) -> f64 {
        self.local_fields(x, cache);
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], cache: &[R], mv: Move) -> R {
        at(cache, self.index(mv.site, mv.to)) - at(cache, self.index(mv.site, mv.from))
    }

    #[inline(always)]
    fn update(&self, _: &[u8], cache: &mut [R], mv: Move) {
        for end in self.ends(mv.site) {
            let j = end.neighbor as usize;
            let first = self.space.first_move(j);
            let cells = cache.get_mut(first..first + self.space.states_at(j));
            for (b, g) in (0..).zip(cells.unwrap_or(&mut [])) {
                *g += self.change(end, mv, b);
            }
        }
    }
}

impl<R: Real> FactorGraph<R> {
    /// The change of the local field of the neighbor's symbol `b` due to a move at the end's own site.
    #[inline(always)]
    fn change(&self, end: &End, mv: Move, b: u16) -> R {
        end.value(&self.tables, mv.to, b) - end.value(&self.tables, mv.from, b)
    }

    /// Visits the changed differences of a neighbor: all, unless the factor is for equal symbols and the neighbor's
    /// own symbol neither gains nor loses an equal neighbor.
    #[inline(always)]
    fn touch(
        &self,
        x: &[u8],
        cache: &[R],
        mv: Move,
        end: &End,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        let j = end.neighbor as usize;
        let here = symbol(x, j);
        let now = |b: u16| at(cache, self.index(j, b)) + self.change(end, mv, b);
        let own = now(here);
        let all = !end.is_equal() || here == mv.from || here == mv.to;
        for b in self.symbols(j) {
            if b != here && (all || b == mv.from || b == mv.to) {
                affected.push(self.index(j, b), now(b) - own);
            }
        }
    }
}

impl<R: Real> Local for FactorGraph<R> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.max_affected
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        if mv.is_idle() {
            return;
        }
        let own = at(cache, self.index(mv.site, mv.to));
        for a in self.symbols(mv.site).filter(|&a| a != mv.to) {
            let m = self.index(mv.site, a);
            affected.push(m, at(cache, m) - own);
        }
        for end in self.ends(mv.site) {
            self.touch(x, cache, mv, end, affected);
        }
        self.update(x, cache, mv);
    }
}

impl<R: Real> Multilinear for FactorGraph<R> {}
