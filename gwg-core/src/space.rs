//! Spaces of configurations, and the single-site moves between them.
//!
//! | space | configurations | gradient |
//! |---|---|---|
//! | [`Binary`] | `{0, 1}^sites` | one number per site |
//! | [`Categorical`] | the same number of states at every site, unordered | one number per site and state |
//! | [`Ordinal`] | the integers `0..levels` at every site | one number per site |
//! | [`Mixed`] | a different number of states at each site, unordered | one number per site and state |
//! | [`AnySpace`] | one of the above, selected at run time | that of the space |
//! | [`Clamped`] | those of another space in which observed sites have their observed symbol | that of the other space |
//!
//! The trait is open: a custom space defines the number of symbols of each site and the encoding of gradients
//! (`examples/own_space.rs`). [`Symbol`] is sealed, and a site has either one move or one per symbol, by which rule kernels
//! compute the index of a move.

mod any;
mod binary;
mod categorical;
mod clamped;
mod distance;
mod mixed;
mod ordinal;
mod symbol;

pub use any::AnySpace;
pub use binary::Binary;
pub use categorical::Categorical;
pub use clamped::Clamped;
pub use distance::hamming;
pub use mixed::Mixed;
pub use ordinal::Ordinal;
pub use symbol::Symbol;

use crate::Real;

/// A change of the symbol of one site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// The site, from 0.
    pub site: usize,
    /// The symbol before the move.
    pub from: u16,
    /// The symbol after the move.
    pub to: u16,
}

impl Move {
    /// Makes the move in `x`.
    #[inline]
    pub fn apply<S: Symbol>(self, x: &mut [S]) {
        if let Some(symbol) = x.get_mut(self.site) {
            *symbol = S::narrow(self.to);
        }
    }

    /// The reverse move.
    #[inline]
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self {
            site: self.site,
            from: self.to,
            to: self.from,
        }
    }

    /// Reverts the move in `x`.
    #[inline]
    pub fn revert<S: Symbol>(self, x: &mut [S]) {
        if let Some(symbol) = x.get_mut(self.site) {
            *symbol = S::narrow(self.from);
        }
    }

    /// True if the move changes nothing.
    #[inline]
    #[must_use]
    pub const fn is_idle(self) -> bool {
        self.from == self.to
    }
}

/// The configurations of a model and their numbered moves.
///
/// Contract:
/// - symbols at `site` are `0..states_at(site)`;
/// - the moves of `site` are `first_move(site)..first_move(site + 1)`, and `first_move(sites()) == moves()`;
/// - `decode(x, m)` for `m < moves()` has `from == x[site]`; a move with `from == to` is *idle* and is never drawn by
///   a kernel;
/// - `undo(m, decode(x, m))` is the index, at the configuration after the move, of the reverse move;
/// - a site has either one move, or one move per symbol: `first_move(site) + a` sets it to symbol `a`;
/// - a site that is not [free](Self::is_free) has only idle moves.
pub trait Space: Clone {
    /// The type of the value of one site.
    type Symbol: Symbol;

    /// The number of sites.
    fn sites(&self) -> usize;
    /// The largest number of states of any site.
    fn states(&self) -> usize;
    /// The number of moves, which is also the length of `d(x)`.
    fn moves(&self) -> usize;
    /// The move with index `m` at `x`.
    fn decode(&self, x: &[Self::Symbol], m: usize) -> Move;
    /// The index of the reverse of `mv = decode(x, m)`.
    fn undo(&self, m: usize, mv: Move) -> usize;
    /// The index of the first move of `site`; `moves()` for `site = sites()`.
    fn first_move(&self, site: usize) -> usize;
    /// The index of the move that sets `mv.site` from `mv.from` to `mv.to`.
    #[inline]
    fn move_index(&self, mv: Move) -> usize {
        let first = self.first_move(mv.site);
        if self.moves() == self.sites() {
            first
        } else {
            first + usize::from(mv.to)
        }
    }

    /// Converts the gradient of the continuous extension to first-order differences, in place.
    ///
    /// The slice has [`moves`](Self::moves) numbers, of which the first [`gradient_len`](Self::gradient_len) are the
    /// gradient on entry. The difference of an idle move is 0. Cost: `O(moves)`.
    fn differences<R: Real>(&self, x: &[Self::Symbol], gradient: &mut [R]);
    /// Sets the weight of every idle move at `x` to 0.
    fn mask<R: Real>(&self, x: &[Self::Symbol], weight: &mut [R]);
    /// The squared length of a move in the encoding of the gradient, if it is the same for all moves; `None` if sites
    /// are integers and it is `(to - from)^2`.
    fn squared_length(&self) -> Option<f64> {
        None
    }

    /// Calls `visit` with `decode(x, m)` for every move index `m`, in order; faster than decoding each. Cost: `O(moves)`.
    #[inline(always)]
    fn each_move(&self, x: &[Self::Symbol], mut visit: impl FnMut(Move)) {
        for m in 0..self.moves() {
            visit(self.decode(x, m));
        }
    }

    /// The number of entries of a gradient, at most [`moves`](Self::moves).
    #[inline]
    fn gradient_len(&self) -> usize {
        self.moves()
    }

    /// The number of states of `site`, in constant time.
    #[inline]
    fn states_at(&self, site: usize) -> usize {
        let _ = site;
        self.states()
    }

    /// The site that move `m` changes, at the cost of [`decode`](Self::decode).
    #[inline]
    fn site_of(&self, m: usize) -> usize {
        self.decode(&[], m).site
    }

    /// The symbol at which `site` is held, in constant time; `None` if the site is free.
    #[inline]
    fn observed(&self, site: usize) -> Option<Self::Symbol> {
        let _ = site;
        None
    }

    /// True if `site` can change, in constant time.
    #[inline]
    fn is_free(&self, site: usize) -> bool {
        self.observed(site).is_none()
    }

    /// The number of free sites.
    #[inline]
    fn free(&self) -> usize {
        self.sites()
    }

    /// The `k`-th free site in ascending order, for `k < free()`, in constant time.
    #[inline]
    fn free_site(&self, k: usize) -> usize {
        k
    }

    /// True if `x` has the right length, every symbol is valid for its site, and observed sites have their observed symbol.
    fn contains(&self, x: &[Self::Symbol]) -> bool {
        x.len() == self.sites()
            && x.iter().enumerate().all(|(site, &s)| {
                s.index() < self.states_at(site) && self.observed(site).is_none_or(|held| held == s)
            })
    }
}

/// The moves of every site, one per state.
#[inline(always)]
fn each_state<S: Space>(space: &S, x: &[S::Symbol], mut visit: impl FnMut(Move)) {
    for (site, &from) in x.iter().enumerate().take(space.sites()) {
        let from = from.widen();
        for (to, _) in (0..=u16::MAX).zip(0..space.states_at(site)) {
            visit(Move { site, from, to });
        }
    }
}
