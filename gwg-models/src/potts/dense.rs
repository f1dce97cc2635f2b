mod parametric;

use crate::ModelError;
use crate::number::{self, at, symbol};
use crate::random::Draws;
use gwg_core::neighborhood::Evaluations;
use gwg_core::{Categorical, Delta, Gradient, Move, Multilinear, Real, Space, Target, Walker};
use gwg_linalg::{Scalar, axpy};

/// The Potts model with a (q, q) block of couplings for every pair of sites.
///
/// `f(x) = sum_{i != j} J[i, j, x_i, x_j] + sum_i h[i, x_i]` over ordered pairs, `J[i, j, a, b] = J[j, i, b, a]`, zero
/// blocks `i = j`: each pair counts twice.
///
/// # Memory and cost
/// One number a site and state, `g_ia = h_ia + 2 sum_j J[i, j, a, x_j]`, which is `df/dx_ia` for one-hot `x`;
/// `d_ia = g_ia - g_i,x_i`. A move adds the difference of two rows: `O(sites * states)`. The couplings take
/// `(sites * states)^2` numbers.
#[derive(Clone, Debug)]
pub struct DensePotts<R> {
    space: Categorical,
    /// `J[j, i, c, a]` at `[j, c, i, a]`: what state `c` of site `j` does to all others stands in one row.
    rows: Vec<R>,
    field: Vec<R>,
}

impl<R: Scalar> DensePotts<R> {
    /// The model with couplings of shape (L, L, q, q) and a field of shape (L, q), row-major.
    ///
    /// # Errors
    /// [`ModelError::Space`] unless `2 <= states <= 256`; [`ModelError::Length`]; [`ModelError::NotFinite`],
    /// [`ModelError::SelfCoupling`], [`ModelError::NotSymmetric`] with the first such entry;
    /// [`ModelError::Parameter`] unless there is a site.
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

    /// Couplings drawn from `N(0, scale^2)`; no field.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless there is a site, the couplings fit into memory and `scale` is finite;
    /// [`ModelError::Space`] unless `2 <= states <= 256`; [`ModelError::NotFinite`] where `scale` is too large for the precision.
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

    /// `J[i, j, a, b]`; 0 where there is no such entry.
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

    /// What state `c` of site `j` couples to.
    #[inline(always)]
    fn row(&self, j: usize, c: u8) -> &[R] {
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
            axpy(R::TWO, self.row(j, symbol), out);
        }
    }

    /// The memory of the evaluation of `y` from that of `x`.
    #[inline(always)]
    fn add_changes(&self, walker: &mut Walker<'_, R, Evaluations<'_, R>>) {
        let count = walker.state.changes().len();
        for k in 0..count {
            let Some(&mv) = walker.state.changes().get(k) else {
                return;
            };
            let Evaluations {
                current, proposed, ..
            } = &mut walker.state;
            let (to, from) = (self.row(mv.site, mv.to), self.row(mv.site, mv.from));
            if k > 0 {
                exchange(to, from, proposed.memory);
                continue;
            }
            let pairs = to.iter().zip(from).zip(current.memory.iter());
            for (new, ((&to, &from), &old)) in proposed.memory.iter_mut().zip(pairs) {
                *new = old + R::TWO * (to - from);
            }
        }
        if count == 0 {
            let Evaluations {
                current, proposed, ..
            } = &mut walker.state;
            proposed.memory.copy_from_slice(current.memory);
        }
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

/// (L, L, q, q) to (L, q, L, q).
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

/// Refuses the first self-coupling, else the first entry unlike its mirror image.
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
            let row = self.row(i, a);
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
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R]) -> f64 {
        self.slopes(x, gradient);
        self.log_prob(x)
    }

    #[inline]
    fn gradient_cache_len(&self) -> usize {
        self.field.len()
    }

    fn evaluate_batch(&self, walkers: &mut [Walker<'_, R, Evaluations<'_, R>>], _: &mut [R]) {
        for w in walkers {
            let current = &mut w.state.current;
            self.slopes(w.x, current.memory);
            self.subtract_own(w.x, current.memory, current.difference);
            current.set_log_prob(self.log_prob(w.x));
        }
    }

    #[inline(always)]
    fn reevaluate(&self, walkers: &mut [Walker<'_, R, Evaluations<'_, R>>], _: &mut [R]) {
        for w in walkers {
            self.add_changes(w);
            let proposed = &mut w.state.proposed;
            self.subtract_own(w.x, proposed.memory, proposed.difference);
            // f is quadratic in x: the mean slope of the two ends is exact along the way between them.
            let mut gain = 0.0;
            for &mv in w.state.changes() {
                let slope = |memory: &[R]| self.delta(&[], memory, mv).to_f64();
                gain += 0.5 * (slope(w.state.current.memory) + slope(w.state.proposed.memory));
            }
            let log_prob = w.state.current.log_prob() + gain;
            w.state.proposed.set_log_prob(log_prob);
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
