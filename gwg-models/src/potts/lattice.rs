mod pairwise;
mod parametric;
mod sweep;

use crate::ModelError;
use crate::number::{add, at, scalar, symbol};
use crate::torus::Torus;
use gwg_core::target::AffectedMoves;
use gwg_core::{Categorical, Delta, Gradient, Local, Move, Multilinear, Real, Space, Target};

/// The Potts model on a hypercubic torus, with one coupling for all bonds.
///
/// `f(x) = sum over ordered pairs of neighbors of x_i' M x_j` with one-hot `x_i` and `M = theta (2 I - 1)`: `theta`
/// for equal and `-theta` for different states, each bond twice (Grathwohl et al. 2021). This equals
/// `sum_<ij> (4 theta [x_i = x_j] - 2 theta)`, so the coupling in physics is `K = 4 theta`; the critical point in two
/// dimensions is `theta = ln(1 + sqrt q) / 4`.
///
/// # Memory and cost
/// One number per site and state: how many neighbors are in that state, exact in every precision.
/// `d_ia = 4 theta (n_ia - n_i,x_i)`; a move changes at most `(2 dims + 1) (states - 1)` of them.
#[derive(Clone, Debug)]
pub struct LatticePotts<R> {
    space: Categorical,
    torus: Torus,
    theta: R,
}

impl<R: Real> LatticePotts<R> {
    /// Creates the model on `side^dims` sites.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless `1 <= dims <= 4`, `side >= 3`, `side^dims` fits into 32 bits and `theta` is finite;
    /// [`ModelError::Space`] unless `2 <= states <= 256` and `sites * states` fits into 32 bits.
    pub fn new(dims: usize, side: usize, states: usize, theta: f64) -> Result<Self, ModelError> {
        let torus = Torus::new(dims, side)?;
        Ok(Self {
            space: Categorical::new(torus.sites(), states)?,
            torus,
            theta: scalar("theta", theta)?,
        })
    }

    /// The number of dimensions.
    #[must_use]
    pub const fn dims(&self) -> usize {
        self.torus.dims()
    }

    /// The number of sites along each dimension.
    #[must_use]
    pub const fn side(&self) -> usize {
        self.torus.side()
    }

    /// The coupling; each bond counts twice.
    #[must_use]
    pub const fn theta(&self) -> R {
        self.theta
    }

    /// The neighbors of `site`, each once; those of the last site if there is no such site.
    pub fn neighbors(&self, site: usize) -> Vec<usize> {
        let mut found = Vec::with_capacity(self.torus.degree());
        self.torus
            .neighbors(site.min(self.torus.sites() - 1), |j| found.push(j));
        found
    }

    #[inline(always)]
    fn index(&self, site: usize, state: u16) -> usize {
        self.space.first_move(site) + usize::from(state)
    }

    /// The change of `f` per additional equal neighbor, counting both orders of the pair.
    #[inline(always)]
    fn bond(&self) -> R {
        (R::TWO + R::TWO) * self.theta
    }

    /// The symbols other than `from`.
    #[inline(always)]
    fn others(&self, from: u16) -> impl Iterator<Item = u16> + use<R> {
        let last = (self.space.states() - 1) as u16;
        (0..=last).filter(move |&a| a != from)
    }
}

impl<R: Real> Target for LatticePotts<R> {
    type Real = R;
    type Space = Categorical;

    #[inline]
    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        // Each bond counts twice.
        let bonds = (self.torus.dims() * self.torus.sites()) as f64;
        let x = x.get(..self.torus.sites()).unwrap_or(x);
        let unlike = self.torus.unlike(x) as f64;
        self.theta.to_f64() * (2.0 * (bonds - 2.0 * unlike))
    }
}

impl<R: Real> Gradient for LatticePotts<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        let f = self.init_cache(x, gradient);
        let degree = R::from_usize(self.torus.degree());
        for g in gradient.iter_mut().take(self.space.moves()) {
            *g = R::TWO * self.theta * (R::TWO * *g - degree);
        }
        f
    }
}

impl<R: Real> Delta for LatticePotts<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.space.moves()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        memory.fill(R::ZERO);
        for (i, &here) in x.iter().enumerate().take(self.torus.sites()) {
            self.torus
                .neighbors(i, |j| add(memory, self.index(j, here.into()), R::ONE));
        }
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], memory: &[R], mv: Move) -> R {
        let (to, from) = (self.index(mv.site, mv.to), self.index(mv.site, mv.from));
        self.bond() * (at(memory, to) - at(memory, from))
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        self.torus.neighbors(mv.site, |j| {
            add(memory, self.index(j, mv.from), -R::ONE);
            add(memory, self.index(j, mv.to), R::ONE);
        });
    }
}

impl<R: Real> LatticePotts<R> {
    /// Visits the changed differences of a neighbor: all, if its own state gains or loses an equal neighbor,
    /// otherwise those to the two states that do.
    #[inline(always)]
    fn touch_neighbor(
        &self,
        x: &[u8],
        memory: &[R],
        mv: Move,
        j: usize,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        let count = |a: u16| {
            let before = at(memory, self.index(j, a));
            if a == mv.from {
                before - R::ONE
            } else if a == mv.to {
                before + R::ONE
            } else {
                before
            }
        };
        let here = symbol(x, j);
        let own = count(here);
        if here == mv.from || here == mv.to {
            for a in self.others(here) {
                affected.push(self.index(j, a), self.bond() * (count(a) - own));
            }
        } else {
            for a in [mv.from.min(mv.to), mv.from.max(mv.to)] {
                affected.push(self.index(j, a), self.bond() * (count(a) - own));
            }
        }
    }
}

impl<R: Real> Local for LatticePotts<R> {
    #[inline]
    fn max_affected(&self) -> usize {
        (self.torus.degree() + 1) * (self.space.states() - 1)
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        if mv.from == mv.to {
            return;
        }
        self.torus.around(mv.site, |down, up| {
            for &j in down {
                self.touch_neighbor(x, memory, mv, j as usize, affected);
            }
            let own = at(memory, self.index(mv.site, mv.to));
            for a in self.others(mv.to) {
                let m = self.index(mv.site, a);
                affected.push(m, self.bond() * (at(memory, m) - own));
            }
            for &j in up {
                self.touch_neighbor(x, memory, mv, j as usize, affected);
            }
        });
        self.update(x, memory, mv);
    }
}

impl<R: Real> Multilinear for LatticePotts<R> {}
