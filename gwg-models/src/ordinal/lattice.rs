mod parametric;
mod sweep;

use crate::ModelError;
use crate::number::{add, at, scalar, symbol};
use crate::torus::Torus;
use gwg_core::target::AffectedMoves;
use gwg_core::{Delta, Gradient, Local, Move, Ordinal, Real, Space, Target};

/// The discrete Gaussian model on a hypercubic torus: heights `0..levels`, with energies that favor heights equal to
/// the neighbors' and near the middle.
///
/// `f(x) = -coupling sum_<ij> (x_i - x_j)^2 - field sum_i (x_i - c)^2`, `c = (levels - 1) / 2`, each bond **once**:
/// the solid-on-solid model with squared height differences (Chui and Weeks 1976), in a quadratic potential, with
/// finitely many heights. With two levels it is the Ising model with `theta = coupling / 4` and no field, up to a
/// constant.
///
/// # First-order differences
/// The gradient is with respect to the integers. `f` is quadratic in each of them, so a first-order difference omits
/// `-(2 dims coupling + field) (a - x_i)^2` and the model is **not** [`Multilinear`](gwg_core::Multilinear):
/// [`Taylor`](gwg_core::Taylor) proposes moves that are too large, of which many are rejected;
/// [`Exact`](gwg_core::Exact) differences have the same cost here. (In the one-hot encoding, whose gradient has an
/// entry per level, the two would be equal.)
///
/// # Memory and cost
/// One number per site: the sum `n_i` of the neighboring heights, a small integer and therefore exact in every
/// precision. A move changes at most `(2 dims + 1) (levels - 1)` differences.
#[derive(Clone, Debug)]
pub struct LatticeOrdinal<R> {
    space: Ordinal,
    torus: Torus,
    coupling: R,
    field: R,
}

impl<R: Real> LatticeOrdinal<R> {
    /// Creates the model on `side^dims` sites.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless `1 <= dims <= 4`, `side >= 3`, `side^dims` fits into 32 bits, and `coupling` and
    /// `field` are finite; [`ModelError::Space`] unless `2 <= levels <= 256` and `sites * levels` fits into 32 bits.
    pub fn new(
        dims: usize,
        side: usize,
        levels: usize,
        coupling: f64,
        field: f64,
    ) -> Result<Self, ModelError> {
        let torus = Torus::new(dims, side)?;
        Ok(Self {
            space: Ordinal::new(torus.sites(), levels)?,
            torus,
            coupling: scalar("coupling", coupling)?,
            field: scalar("field", field)?,
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

    /// The energy of a squared height difference of one; each bond counts once.
    #[must_use]
    pub const fn coupling(&self) -> R {
        self.coupling
    }

    /// The energy of a squared distance of one from the middle.
    #[must_use]
    pub const fn field(&self) -> R {
        self.field
    }

    /// The neighbors of `site`, each once; those of the last site if there is no such site.
    pub fn neighbors(&self, site: usize) -> Vec<usize> {
        let mut found = Vec::with_capacity(self.torus.degree());
        self.torus
            .neighbors(site.min(self.torus.sites() - 1), |j| found.push(j));
        found
    }

    /// The slope of the chord of `f` from height `from` to height `to` of a site whose neighbors' heights sum to
    /// `sum`; for `from == to` it is `df/dx_i`.
    #[inline(always)]
    fn slope(&self, sum: R, from: u16, to: u16) -> R {
        let ends = f64::from(from) + f64::from(to);
        let span = (self.space.states() - 1) as f64;
        let degree = self.torus.degree() as f64;
        let bonds = R::TWO * sum - R::from_f64(degree * ends);
        self.coupling * bonds - self.field * R::from_f64(ends - span)
    }

    /// `f` after a change of one site's height, minus `f` before it.
    #[inline(always)]
    fn change(&self, sum: R, from: u16, to: u16) -> R {
        R::from_f64(f64::from(to) - f64::from(from)) * self.slope(sum, from, to)
    }

    /// Appends the differences of `site`, whose neighbors' heights sum to `sum`.
    #[inline(always)]
    fn touch(&self, x: &[u8], site: usize, sum: R, affected: &mut AffectedMoves<'_, R>) {
        let (first, here) = (self.space.first_move(site), symbol(x, site));
        let last = (self.space.states() - 1) as u16;
        for to in (0..=last).filter(|&to| to != here) {
            affected.push(first + usize::from(to), self.change(sum, here, to));
        }
    }
}

impl<R: Real> Target for LatticeOrdinal<R> {
    type Real = R;
    type Space = Ordinal;

    #[inline]
    fn space(&self) -> &Ordinal {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let span = self.space.states() as i64 - 1;
        // Integers: each bond from both of its ends, and twice the distances from the middle.
        let (mut steps, mut distances) = (0i64, 0i64);
        for (i, &here) in x.iter().enumerate().take(self.torus.sites()) {
            let here = i64::from(here);
            self.torus.neighbors(i, |j| {
                let step = here - i64::from(symbol(x, j));
                steps += step * step;
            });
            distances += (2 * here - span) * (2 * here - span);
        }
        -self.coupling.to_f64() * (0.5 * steps as f64)
            - self.field.to_f64() * (0.25 * distances as f64)
    }
}

impl<R: Real> Gradient for LatticeOrdinal<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        let f = self.init_cache(x, gradient);
        for (g, &here) in gradient.iter_mut().zip(x) {
            *g = self.slope(*g, here.into(), here.into());
        }
        f
    }
}

impl<R: Real> Delta for LatticeOrdinal<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.torus.sites()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        for (i, sum) in memory.iter_mut().enumerate().take(self.torus.sites()) {
            let mut heights = 0u32;
            self.torus
                .neighbors(i, |j| heights += u32::from(symbol(x, j)));
            *sum = R::from_f64(f64::from(heights));
        }
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], memory: &[R], mv: Move) -> R {
        self.change(at(memory, mv.site), mv.from, mv.to)
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        let step = R::from_f64(f64::from(mv.to) - f64::from(mv.from));
        self.torus.neighbors(mv.site, |j| add(memory, j, step));
    }
}

impl<R: Real> Local for LatticeOrdinal<R> {
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
        let step = R::from_f64(f64::from(mv.to) - f64::from(mv.from));
        self.torus.around(mv.site, |down, up| {
            for &j in down {
                let j = j as usize;
                self.touch(x, j, at(memory, j) + step, affected);
            }
            self.touch(x, mv.site, at(memory, mv.site), affected);
            for &j in up {
                let j = j as usize;
                self.touch(x, j, at(memory, j) + step, affected);
            }
        });
        self.update(x, memory, mv);
    }
}
