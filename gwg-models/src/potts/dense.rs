mod parametric;
mod sweep;

use crate::ModelError;
use crate::number::{self, at, symbol};
use crate::random::Draws;
use gwg_core::target::{Batch, Before, Row};
use gwg_core::{Categorical, Delta, Gradient, Move, Multilinear, Real, Space, Target};
use gwg_linalg::{Scalar, axpy};

/// The Potts model with a (q, q) block of couplings for every pair of sites.
///
/// `f(x) = sum_{i != j} J[i, j, x_i, x_j] + sum_i h[i, x_i]` over ordered pairs, with `J[i, j, a, b] = J[j, i, b, a]`
/// and zero blocks `i = j`: each pair counts twice.
///
/// # Memory and cost
/// One number per site and state, `g_ia = h_ia + 2 sum_j J[i, j, a, x_j]`, which is `df/dx_ia` for one-hot `x`;
/// `d_ia = g_ia - g_i,x_i`. A move adds the difference of two rows: `O(sites * states)`. The couplings take
/// `(sites * states)^2` numbers.
#[derive(Clone, Debug)]
pub struct DensePotts<R> {
    space: Categorical,
    /// `J[j, i, c, a]` at `[j, c, i, a]`: the couplings of state `c` of site `j` to all others are one row.
    rows: Vec<R>,
    field: Vec<R>,
}

impl<R: Scalar> DensePotts<R> {
    /// Creates the model with couplings of shape (L, L, q, q) and a field of shape (L, q), row-major.
    ///
    /// # Errors
    /// [`ModelError::Space`] unless `2 <= states <= 256`; [`ModelError::Length`] if the numbers of entries do not
    /// match; [`ModelError::NotFinite`], [`ModelError::SelfCoupling`], [`ModelError::NotSymmetric`] with the first
    /// such entry; [`ModelError::Parameter`] unless there is at least one site.
    pub fn new(
        sites: usize,
        states: usize,
        coupling: &[R],
        field: Vec<R>,
    ) -> Result<Self, ModelError> {
        let n = number::sites("sites", sites)?;
        let space = Categorical::new(n, states)?;
        let shape = [n, n, states, states];
        number::has_shape("J", coupling.len(), &shape)?;
        number::has_shape("h", field.len(), &[n, states])?;
        number::all_finite("J", coupling, &shape)?;
        number::all_finite("h", &field, &[n, states])?;
        check_blocks(n, states, coupling)?;
        Ok(Self {
            space,
            rows: swap_middle(coupling, n, states),
            field,
        })
    }

    /// Creates a model with couplings drawn from `N(0, scale^2)` and no field.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is at least one site, the couplings fit into memory and `scale` is
    /// finite; [`ModelError::Space`] unless `2 <= states <= 256`; [`ModelError::NotFinite`] if `scale` is too large
    /// for the precision.
    pub fn random(sites: usize, states: usize, scale: f64, seed: u64) -> Result<Self, ModelError> {
        let n = number::sites("sites", sites)?;
        Categorical::new(n, states)?;
        number::scalar::<R>("scale", scale)?;
        let mut draws = Draws::new("potts-dense", seed);
        let mut coupling = number::zeros("sites", &[n, n, states, states])?;
        let index = |i, j, a, b| ((i * n + j) * states + a) * states + b;
        for i in 0..n {
            for j in i + 1..n {
                for a in 0..states {
                    for b in 0..states {
                        let weight = R::from_f64(scale * draws.normal());
                        coupling[index(i, j, a, b)] = weight;
                        coupling[index(j, i, b, a)] = weight;
                    }
                }
            }
        }
        Self::new(n, states, &coupling, vec![R::ZERO; n * states])
    }

    /// The couplings, shape (L, L, q, q), row-major; a copy.
    #[must_use]
    pub fn coupling(&self) -> Vec<R> {
        let (n, q) = (self.space.sites(), self.space.states());
        let mut coupling = Vec::with_capacity(self.rows.len());
        for i in 0..n {
            for j in 0..n {
                for a in 0..q {
                    let start = (i * q + a) * n * q + j * q;
                    coupling.extend_from_slice(&self.rows[start..start + q]);
                }
            }
        }
        coupling
    }

    /// `J[i, j, a, b]`; 0 if there is no such entry.
    #[must_use]
    pub fn coupling_at(&self, i: usize, j: usize, a: u8, b: u8) -> R {
        let (n, q) = (self.space.sites(), self.space.states());
        let (a, b) = (usize::from(a), usize::from(b));
        if i < n && j < n && a < q && b < q {
            at(&self.rows, (i * q + a) * n * q + j * q + b)
        } else {
            R::ZERO
        }
    }

    /// The field, shape (L, q), row-major.
    #[must_use]
    pub fn field(&self) -> &[R] {
        &self.field
    }

    /// The couplings of state `c` of site `j` to all others.
    #[inline(always)]
    fn row(&self, j: usize, c: u16) -> &[R] {
        let width = self.field.len();
        let start = self
            .space
            .first_move(j)
            .saturating_add(usize::from(c))
            .saturating_mul(width);
        self.rows
            .get(start..start.saturating_add(width))
            .unwrap_or(&[])
    }

    /// Writes `df/dx` from `x` alone, the rows in ascending order.
    fn slopes(&self, x: &[u8], out: &mut [R]) {
        for (g, &h) in out.iter_mut().zip(&self.field) {
            *g = h;
        }
        for (j, &symbol) in x.iter().enumerate() {
            axpy(R::TWO, self.row(j, u16::from(symbol)), out);
        }
    }

    /// The evaluation of a state from that of the state before its changes.
    #[inline(always)]
    fn follow(&self, row: &mut Row<'_, R, u8>, before: Before<'_, R>) {
        match row.changes.split_first() {
            None => row.cache.copy_from_slice(before.cache),
            Some((mv, rest)) => {
                let (to, from) = (self.row(mv.site, mv.to), self.row(mv.site, mv.from));
                let pairs = to.iter().zip(from).zip(before.cache);
                for (new, ((&to, &from), &old)) in row.cache.iter_mut().zip(pairs) {
                    *new = old + R::TWO * (to - from);
                }
                for mv in rest {
                    let (to, from) = (self.row(mv.site, mv.to), self.row(mv.site, mv.from));
                    exchange(to, from, row.cache);
                }
            }
        }
        self.subtract_own(row.x, row.cache, row.differences);
        // f is quadratic in x: the mean of the slopes at the two ends gives the exact difference.
        let mut gain = 0.0;
        for &mv in row.changes {
            let slope = |cache: &[R]| self.delta(&[], cache, mv).to_f64();
            gain += 0.5 * (slope(before.cache) + slope(row.cache));
        }
        row.set_log_prob(before.log_prob() + gain);
    }

    /// `d_ia = g_ia - g_i,x_i`.
    #[inline(always)]
    fn subtract_own(&self, x: &[u8], slopes: &[R], difference: &mut [R]) {
        let q = self.space.states();
        let rows = slopes.chunks_exact(q).zip(difference.chunks_exact_mut(q));
        for (&symbol, (slopes, row)) in x.iter().zip(rows) {
            let own = at(slopes, usize::from(symbol));
            for (d, &g) in row.iter_mut().zip(slopes) {
                *d = g - own;
            }
        }
    }
}

/// `slopes += 2 (to - from)`.
#[inline(always)]
fn exchange<R: Real>(to: &[R], from: &[R], slopes: &mut [R]) {
    for (g, (&to, &from)) in slopes.iter_mut().zip(to.iter().zip(from)) {
        *g += R::TWO * (to - from);
    }
}

/// Transposes (L, L, q, q) to (L, q, L, q).
fn swap_middle<R: Real>(coupling: &[R], n: usize, q: usize) -> Vec<R> {
    let mut rows = Vec::with_capacity(coupling.len());
    for j in 0..n {
        for c in 0..q {
            for i in 0..n {
                let start = ((j * n + i) * q + c) * q;
                rows.extend_from_slice(&coupling[start..start + q]);
            }
        }
    }
    rows
}

/// Rejects the first self-coupling, else the first entry that differs from its mirror image.
fn check_blocks<R: Real>(n: usize, q: usize, coupling: &[R]) -> Result<(), ModelError> {
    let entry = |i, j, a, b| at(coupling, ((i * n + j) * q + a) * q + b);
    for i in 0..n {
        for a in 0..q {
            for b in 0..q {
                if entry(i, i, a, b) != R::ZERO {
                    return Err(ModelError::SelfCoupling {
                        name: "J",
                        index: vec![i, i, a, b],
                        found: entry(i, i, a, b).to_f64(),
                    });
                }
            }
        }
    }
    for i in 0..n {
        for j in i + 1..n {
            for a in 0..q {
                for b in 0..q {
                    if entry(i, j, a, b) != entry(j, i, b, a) {
                        return Err(ModelError::NotSymmetric {
                            name: "J",
                            index: vec![i, j, a, b],
                            found: entry(i, j, a, b).to_f64(),
                            mirror: vec![j, i, b, a],
                            mirrored: entry(j, i, b, a).to_f64(),
                        });
                    }
                }
            }
        }
    }
    Ok(())
}

impl<R: Scalar> Target for DensePotts<R> {
    type Real = R;
    type Space = Categorical;

    #[inline]
    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let mut f = 0.0;
        for (i, &a) in x.iter().enumerate() {
            let row = self.row(i, a.into());
            let mut site = at(&self.field, self.space.first_move(i) + usize::from(a)).to_f64();
            for j in 0..self.space.sites() {
                site += at(row, self.space.first_move(j) + usize::from(symbol(x, j))).to_f64();
            }
            f += site;
        }
        f
    }
}

impl<R: Scalar> Gradient for DensePotts<R> {
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
            self.subtract_own(row.x, row.cache, row.differences);
            let f = self.log_prob(row.x);
            row.set_log_prob(f);
        }
    }
}

impl<R: Scalar> Delta for DensePotts<R> {
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
        let first = self.space.first_move(mv.site);
        at(memory, first + usize::from(mv.to)) - at(memory, first + usize::from(mv.from))
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        exchange(self.row(mv.site, mv.to), self.row(mv.site, mv.from), memory);
    }
}

impl<R: Scalar> Multilinear for DensePotts<R> {}
