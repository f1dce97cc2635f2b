mod pairwise;
mod parametric;
mod spins;
mod sweep;
mod thresholds;

use crate::ModelError;
use crate::number::{self, add, at, scalar, spin_change, symbol, uphill};
use crate::torus::Torus;
use gwg_core::leveled::Levels;
use gwg_core::target::AffectedMoves;
use gwg_core::{Binary, Delta, Gradient, Leveled, Local, Move, Multilinear, Real, Target};

/// The Ising model on a hypercubic torus, with one coupling and one field for all sites.
///
/// `f(x) = theta s'As + bias sum_i s_i`, `s = 2x - 1`, where `A` is the 0/1 adjacency matrix of the torus: each bond
/// counts twice, so the coupling in physics is `K = 2 theta` (Grathwohl et al. 2021, section 5; the critical point in
/// two dimensions is `theta = ln(1 + sqrt 2) / 4`, Onsager 1944). Site `c_0 + side c_1 + ..` has coordinates `c`.
///
/// # Memory and cost
/// One number per site: the sum `n_i` of the neighboring spins, a small integer and therefore exact in every
/// precision. `d_i = -2 s_i (2 theta n_i + bias)`; a move changes `2 dims + 1` of them. Neighbors are computed, not
/// stored.
#[derive(Clone, Debug)]
pub struct LatticeIsing<R> {
    space: Binary,
    torus: Torus,
    theta: R,
    bias: R,
}

impl<R: Real> LatticeIsing<R> {
    /// Creates the model on `side^dims` sites.
    ///
    /// # Errors
    /// [`ModelError::Parameter`] unless `1 <= dims <= 4`, `side >= 3`, `side^dims` fits into 32 bits, and `theta` and
    /// `bias` are finite.
    pub fn new(dims: usize, side: usize, theta: f64, bias: f64) -> Result<Self, ModelError> {
        let torus = Torus::new(dims, side)?;
        Ok(Self {
            space: Binary::new(torus.sites()),
            torus,
            theta: scalar("theta", theta)?,
            bias: scalar("bias", bias)?,
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

    /// The field.
    #[must_use]
    pub const fn bias(&self) -> R {
        self.bias
    }

    /// The neighbors of `site`, each once; those of the last site if there is no such site.
    pub fn neighbors(&self, site: usize) -> Vec<usize> {
        let mut found = Vec::with_capacity(self.torus.degree());
        self.torus
            .neighbors(site.min(self.torus.sites() - 1), |j| found.push(j));
        found
    }

    /// `df/dx_i`, given the sum of the neighboring spins.
    #[inline(always)]
    fn slope(&self, sum: R) -> R {
        R::TWO * (R::TWO * self.theta * sum + self.bias)
    }

    /// The sum of the spins neighboring `site`.
    #[inline(always)]
    fn neighbor_sum(&self, x: &[u8], site: usize) -> i32 {
        let mut sum = 0;
        self.torus
            .neighbors(site, |j| sum += 2 * i32::from(symbol(x, j) != 0) - 1);
        sum
    }

    /// Calls `each` with every neighbor sum; returns `f(x)`, computed from exact integers.
    #[inline(always)]
    fn sums(&self, x: &[u8], mut each: impl FnMut(usize, R)) -> f64 {
        let (mut bonds, mut magnetization) = (0i64, 0i64);
        for (i, &symbol) in x.iter().enumerate().take(self.torus.sites()) {
            let sum = self.neighbor_sum(x, i);
            let s = 2 * i64::from(symbol != 0) - 1;
            bonds += s * i64::from(sum);
            magnetization += s;
            each(i, R::from_f64(f64::from(sum)));
        }
        self.of_sums(bonds, magnetization)
    }

    /// `f`, where the spins times the sums of their neighbors add up to `bonds`.
    fn of_sums(&self, bonds: i64, magnetization: i64) -> f64 {
        self.theta.to_f64() * bonds as f64 + self.bias.to_f64() * magnetization as f64
    }
}

impl<R: Real> Target for LatticeIsing<R> {
    type Real = R;
    type Space = Binary;

    #[inline]
    fn space(&self) -> &Binary {
        &self.space
    }

    /// The same number as by sums over neighbors, of the same integers.
    fn log_prob(&self, x: &[u8]) -> f64 {
        let Some(x) = x.get(..self.torus.sites()) else {
            return self.sums(x, |_, _| {});
        };
        let bonds = (self.torus.dims() * x.len()) as i64;
        let alike = bonds - 2 * self.torus.unlike(x) as i64;
        let magnetization = 2 * number::ones(x) as i64 - x.len() as i64;
        self.of_sums(2 * alike, magnetization)
    }
}

impl<R: Real> Gradient for LatticeIsing<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        self.sums(x, |i, sum| {
            if let Some(g) = gradient.get_mut(i) {
                *g = self.slope(sum);
            }
        })
    }
}

impl<R: Real> Delta for LatticeIsing<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        self.torus.sites()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        self.sums(x, |i, sum| {
            if let Some(n) = memory.get_mut(i) {
                *n = sum;
            }
        })
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], memory: &[R], mv: Move) -> R {
        spin_change::<R>(mv) * R::HALF * self.slope(at(memory, mv.site))
    }

    #[inline(always)]
    fn update(&self, _: &[u8], memory: &mut [R], mv: Move) {
        let change = spin_change::<R>(mv);
        self.torus.neighbors(mv.site, |j| add(memory, j, change));
    }
}

impl<R: Real> Local for LatticeIsing<R> {
    #[inline]
    fn max_affected(&self) -> usize {
        self.torus.degree() + 1
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        let change = spin_change::<R>(mv);
        let difference = |i: usize, change: R| {
            let slope = self.slope(at(memory, i) + change);
            uphill(symbol(x, i), slope)
        };
        self.torus.around(mv.site, |down, up| {
            for &j in down {
                affected.push(j as usize, difference(j as usize, change));
            }
            affected.push(mv.site, difference(mv.site, R::ZERO));
            for &j in up {
                affected.push(j as usize, difference(j as usize, change));
            }
        });
        self.update(x, memory, mv);
    }
}

/// Without a field, the levels are the values of `s_i n_i`, ascending; with a field, those of `n_i` for `s_i = -1`,
/// then those for `s_i = 1`, descending. A move changes the level of a neighbor by one, and mirrors its own.
impl<R: Real> Leveled for LatticeIsing<R> {
    #[inline]
    fn levels(&self) -> usize {
        let sums = self.torus.degree() + 1;
        if self.bias == R::ZERO { sums } else { 2 * sums }
    }

    #[inline]
    fn level_difference(&self, level: usize) -> R {
        let degree = self.torus.degree() as f64;
        let (theta, bias) = (self.theta.to_f64(), self.bias.to_f64());
        let sum = 2.0 * level as f64 - degree;
        R::from_f64(if self.bias == R::ZERO {
            -4.0 * theta * sum
        } else if level <= self.torus.degree() {
            2.0 * (2.0 * theta * sum + bias)
        } else {
            -2.0 * (2.0 * theta * (2.0 * degree + 2.0 - sum) + bias)
        })
    }

    fn level(&self, x: &[u8], m: usize) -> usize {
        let sum = self.neighbor_sum(x, m);
        let down = symbol(x, m) == 0;
        let (s, degree) = (if down { -1 } else { 1 }, self.torus.degree() as i32);
        let level = if self.bias == R::ZERO {
            (s * sum + degree) / 2
        } else if down {
            (sum + degree) / 2
        } else {
            degree + 1 + (degree - sum) / 2
        };
        level as usize
    }

    #[inline(always)]
    fn relevel(&self, x: &[u8], levels: &mut Levels<'_>, mv: Move) {
        let aligned_goes_up = self.bias == R::ZERO;
        self.torus.neighbors(mv.site, |j| {
            let up = (symbol(x, j) == mv.to) == aligned_goes_up;
            let level = levels.level(j);
            levels.set_level(j, if up { level + 1 } else { level.wrapping_sub(1) });
        });
        let own = levels.level(mv.site);
        levels.set_level(mv.site, self.levels() - 1 - own);
    }
}

impl<R: Real> Multilinear for LatticeIsing<R> {}
