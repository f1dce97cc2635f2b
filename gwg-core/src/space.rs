//! Spaces of configurations, and the single-site moves that lead from one to the next.
//!
//! | space | configurations | gradient |
//! |---|---|---|
//! | [`Binary`] | `{0, 1}^sites` | one number a site |
//! | [`Categorical`] | the same number of states at every site, without order | one a site and state |
//! | [`Ordinal`] | the integers `0..levels` at every site | one a site |
//! | [`Mixed`] | a number of states of its own at every site, without order | one a site and state |
//! | [`AnySpace`] | one of the above, told apart at run time | that of the space |
//! | [`Clamped`] | those of another space in which observed sites have their observed symbol | that of the other space |
//!
//! The trait is open: a space of one's own chooses the number of symbols of each site and the encoding that gradients are taken in
//! (`examples/own_space.rs`). [`Symbol`] is sealed, and a site has either one move or one to each of its symbols: kernels find the number
//! of a move by that rule.

mod any;
mod binary;
mod categorical;
mod clamped;
mod mixed;
mod ordinal;
mod symbol;

pub use any::AnySpace;
pub use binary::Binary;
pub use categorical::Categorical;
pub use clamped::Clamped;
pub use mixed::Mixed;
pub use ordinal::Ordinal;
pub use symbol::Symbol;

use crate::Real;

/// One site takes another symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// The site, from 0.
    pub site: usize,
    /// The symbol that stands there before the move.
    pub from: u16,
    /// The symbol that stands there after it.
    pub to: u16,
}

impl Move {
    /// Carries the move out on `x`.
    #[inline]
    pub fn apply<S: Symbol>(self, x: &mut [S]) {
        if let Some(symbol) = x.get_mut(self.site) {
            *symbol = S::narrow(self.to);
        }
    }

    /// The move that leads back.
    #[inline]
    #[must_use]
    pub const fn reversed(self) -> Self {
        Self {
            site: self.site,
            from: self.to,
            to: self.from,
        }
    }

    /// Takes the move back on `x`.
    #[inline]
    pub fn revert<S: Symbol>(self, x: &mut [S]) {
        if let Some(symbol) = x.get_mut(self.site) {
            *symbol = S::narrow(self.from);
        }
    }

    /// True where the move changes nothing.
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
/// - `decode(x, m)` for `m < moves()` has `from == x[site]`; a move with `from == to` is *idle* and
///   never drawn by a kernel;
/// - `undo(m, decode(x, m))` is the index, at the configuration after the move, of the move that leads back;
/// - of a site with one move, that is its only one; of a site with several, the move to symbol `a` is `first_move(site) + a`;
/// - a site that is not [free](Self::is_free) has idle moves only.
pub trait Space: Clone {
    /// The value of one site.
    type Symbol: Symbol;

    /// The number of sites.
    fn sites(&self) -> usize;
    /// The largest number of states of a site.
    fn states(&self) -> usize;
    /// The number of move indices, which is also the length of `d(x)`.
    fn moves(&self) -> usize;
    /// The move with index `m` at `x`.
    fn decode(&self, x: &[Self::Symbol], m: usize) -> Move;
    /// The index of the move that takes `mv = decode(x, m)` back.
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

    /// Turns the gradient of the continuous extension into first-order differences, in place.
    ///
    /// The slice has [`moves`](Self::moves) numbers, of which the first
    /// [`gradient_len`](Self::gradient_len) are the gradient. Idle moves get 0. `O(moves)`.
    fn differences<R: Real>(&self, x: &[Self::Symbol], gradient: &mut [R]);
    /// Sets the weight of every idle move at `x` to 0.
    fn mask<R: Real>(&self, x: &[Self::Symbol], weight: &mut [R]);
    /// The squared length of a move in the encoding that the gradient is taken in, where all moves have the
    /// same; `None` where sites are integers and it is `(to - from)^2`.
    fn squared_length(&self) -> Option<f64> {
        None
    }

    /// Calls `visit` with `decode(x, m)` for every move index `m`, in order: cheaper than so many
    /// decodings. `O(moves)`.
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

    /// The site that move `m` changes; the cost of [`decode`](Self::decode).
    #[inline]
    fn site_of(&self, m: usize) -> usize {
        self.decode(&[], m).site
    }

    /// The symbol that `site` is held at, in constant time; `None` where it is free.
    #[inline]
    fn observed(&self, site: usize) -> Option<Self::Symbol> {
        let _ = site;
        None
    }

    /// True where `site` may change, in constant time.
    #[inline]
    fn is_free(&self, site: usize) -> bool {
        self.observed(site).is_none()
    }

    /// The number of sites that may change.
    #[inline]
    fn free(&self) -> usize {
        self.sites()
    }

    /// The `k`-th site that may change, in ascending order, for `k < free()`; in constant time.
    #[inline]
    fn free_site(&self, k: usize) -> usize {
        k
    }

    /// True where `x` has the right length, every symbol is one of its site's, and what is observed
    /// stands where it was observed.
    fn contains(&self, x: &[Self::Symbol]) -> bool {
        x.len() == self.sites()
            && x.iter().enumerate().all(|(site, &s)| {
                s.index() < self.states_at(site) && self.observed(site).is_none_or(|held| held == s)
            })
    }
}

/// The moves of every site, one to each of its states.
#[inline(always)]
fn each_state<S: Space>(space: &S, x: &[S::Symbol], mut visit: impl FnMut(Move)) {
    for (site, &from) in x.iter().enumerate().take(space.sites()) {
        let from = from.widen();
        for (to, _) in (0..=u16::MAX).zip(0..space.states_at(site)) {
            visit(Move { site, from, to });
        }
    }
}
