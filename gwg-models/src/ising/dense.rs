mod parametric;
mod sweep;

use crate::ModelError;
use crate::number::{self, at, spin, symbol};
use crate::random::Draws;
use gwg_core::target::{Batch, Before, Row};
use gwg_core::{Binary, Delta, Gradient, Move, Multilinear, Real, Target};
use gwg_linalg::{Matrix, Scalar, axpy, first_asymmetry};

/// The Ising model with a full matrix of couplings.
///
/// `f(x) = s'Js + h's`, `s = 2x - 1`, `J` symmetric with zero diagonal: each pair counts twice.
///
/// # Memory and cost
/// One number per site, `u_i = 2 h_i + 4 sum_j J_ij s_j`, which is also `df/dx_i` on `[0, 1]^n`; `d_i` is `u_i` if
/// `x_i = 0` and `-u_i` if it is 1. A move adds one row of `J`: `O(n)`, in one pass with the differences.
#[derive(Clone, Debug)]
pub struct DenseIsing<R> {
    space: Binary,
    coupling: Vec<R>,
    field: Vec<R>,
}

impl<R: Scalar> DenseIsing<R> {
    /// Creates the model with couplings `J` of shape (n, n), row-major, and the field `h` of n numbers.
    ///
    /// # Errors
    /// [`ModelError::Length`] unless `J` has `n * n` numbers; [`ModelError::NotFinite`],
    /// [`ModelError::SelfCoupling`], [`ModelError::NotSymmetric`] with the first such entry;
    /// [`ModelError::Parameter`] unless there is at least one site.
    pub fn new(coupling: Vec<R>, field: Vec<R>) -> Result<Self, ModelError> {
        let n = number::sites("sites (the length of h)", field.len())?;
        number::has_shape("J", coupling.len(), &[n, n])?;
        number::all_finite("J", &coupling, &[n, n])?;
        number::all_finite("h", &field, &[n])?;
        if let Some(i) = (0..n).find(|&i| at(&coupling, i * n + i) != R::ZERO) {
            return Err(ModelError::SelfCoupling {
                name: "J",
                index: vec![i, i],
                found: at(&coupling, i * n + i).to_f64(),
            });
        }
        let asymmetry = Matrix::new(&coupling, n, n).ok().and_then(first_asymmetry);
        if let Some((i, j)) = asymmetry {
            return Err(ModelError::NotSymmetric {
                name: "J",
                index: vec![i, j],
                found: at(&coupling, i * n + j).to_f64(),
                mirror: vec![j, i],
                mirrored: at(&coupling, j * n + i).to_f64(),
            });
        }
        Ok(Self {
            space: Binary::new(n),
            coupling,
            field,
        })
    }

    /// Creates a model with couplings drawn from `N(0, scale^2)` and no field.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site, `sites * sites` numbers fit into memory and
    /// `scale` is finite; [`ModelError::NotFinite`] if it is too large for the precision.
    pub fn random(sites: usize, scale: f64, seed: u64) -> Result<Self, ModelError> {
        let n = number::sites("sites", sites)?;
        number::scalar::<R>("scale", scale)?;
        let mut draws = Draws::new("ising-dense", seed);
        let mut coupling = number::zeros("sites", &[n, n])?;
        for i in 0..n {
            for j in i + 1..n {
                let weight = R::from_f64(scale * draws.normal());
                coupling[i * n + j] = weight;
                coupling[j * n + i] = weight;
            }
        }
        Self::new(coupling, vec![R::ZERO; n])
    }

    /// The couplings, shape (n, n), row-major.
    #[must_use]
    pub fn coupling(&self) -> &[R] {
        &self.coupling
    }

    /// The field.
    #[must_use]
    pub fn field(&self) -> &[R] {
        &self.field
    }

    #[inline(always)]
    fn row(&self, site: usize) -> &[R] {
        let n = self.field.len();
        self.coupling
            .get(site.saturating_mul(n)..site.saturating_mul(n).saturating_add(n))
            .unwrap_or(&[])
    }

    /// Writes `df/dx` from `x` alone, the rows in ascending order.
    fn slopes(&self, x: &[u8], out: &mut [R]) {
        for (u, &h) in out.iter_mut().zip(&self.field) {
            *u = R::TWO * h;
        }
        for (i, &symbol) in x.iter().enumerate() {
            axpy(four::<R>() * spin(symbol), self.row(i), out);
        }
    }

    /// The evaluation of a state from that of the state before its changes; each change takes one pass.
    #[inline(always)]
    fn follow(&self, row: &mut Row<'_, R, u8>, before: Before<'_, R>) {
        if let [mv] = row.changes {
            let (step, coupling) = (self.step(mv), self.row(mv.site));
            let (new, differences) = (&mut *row.cache, &mut *row.differences);
            pass(step, coupling, before.cache, row.x, new, differences);
        } else {
            row.cache.copy_from_slice(before.cache);
            for mv in row.changes {
                axpy(self.step(mv), self.row(mv.site), row.cache);
            }
            signed(row.x, row.cache, row.differences);
        }
        // f is quadratic in x: the mean of the slopes at the two ends gives the exact difference.
        let mut gain = 0.0;
        for mv in row.changes {
            let step = 0.5 * (spin::<f64>(mv.to) - spin::<f64>(mv.from));
            let (old, new) = (before.cache, &*row.cache);
            gain += step * 0.5 * (at(old, mv.site).to_f64() + at(new, mv.site).to_f64());
        }
        row.set_log_prob(before.log_prob() + gain);
    }

    /// The change of the slopes due to a move, as a multiple of a row of the couplings.
    #[inline(always)]
    fn step(&self, mv: &Move) -> R {
        four::<R>() * (spin::<R>(mv.to) - spin(mv.from))
    }
}

#[inline(always)]
fn four<R: Real>() -> R {
    R::TWO + R::TWO
}

/// Computes `new = old + step row` and its differences in one pass.
#[inline(always)]
fn pass<R: Real>(step: R, row: &[R], old: &[R], x: &[u8], new: &mut [R], difference: &mut [R]) {
    let from = row.iter().zip(old).zip(x);
    let to = new.iter_mut().zip(difference);
    for (((&entry, &old), &symbol), (new, d)) in from.zip(to) {
        let u = old + step * entry;
        *new = u;
        *d = if symbol == 0 { u } else { -u };
    }
}

/// Computes differences from slopes.
#[inline(always)]
fn signed<R: Real>(x: &[u8], slopes: &[R], difference: &mut [R]) {
    for ((d, &u), &symbol) in difference.iter_mut().zip(slopes).zip(x) {
        *d = if symbol == 0 { u } else { -u };
    }
}

impl<R: Scalar> Target for DenseIsing<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let mut f = 0.0;
        for (i, h) in self.field.iter().enumerate() {
            let pull = number::dot_spins(self.row(i), x);
            f += spin::<f64>(symbol(x, i)) * (h.to_f64() + pull);
        }
        f
    }
}

impl<R: Scalar> Gradient for DenseIsing<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        self.slopes(x, gradient);
        self.log_prob(x)
    }

    #[inline]
    fn gradient_cache_len(&self) -> usize {
        self.field.len()
    }

    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, _: &mut [R]) {
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            if let Some(before) = row.before {
                self.follow(&mut row, before);
                continue;
            }
            self.slopes(row.x, row.cache);
            signed(row.x, row.cache, row.differences);
            let f = self.log_prob(row.x);
            row.set_log_prob(f);
        }
    }
}

impl<R: Scalar> Delta for DenseIsing<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.field.len()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        self.slopes(x, memory);
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], memory: &[R], mv: Move) -> R {
        R::HALF * (spin::<R>(mv.to) - spin(mv.from)) * at(memory, mv.site)
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        axpy(self.step(&mv), self.row(mv.site), memory);
    }
}

impl<R: Scalar> Multilinear for DenseIsing<R> {}
