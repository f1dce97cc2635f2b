use super::Smooth;
use gwg_core::{Binary, Categorical, Delta, Gradient, Move, Real, Space, Target};
use gwg_linalg::{Error, Matrix, symmetric_eigenvalues};

/// The maximum `4 / (3 sqrt 3)` of `|tanh''|`, attained at `|a| = atanh(1 / sqrt 3)`.
const STEEPEST: f64 = 0.769_800_358_919_501;
/// See [`STEEPEST`].
const STEEPEST_AT: f64 = 0.658_478_948_462_408_4;

/// A space whose symbols are encoded as 0 or 1 in the coordinates of its gradient.
pub trait Encoded: Space<Symbol = u8> {
    /// The entry of the gradient that is 1 if `site` has `symbol`; `None` if the symbol is encoded by zeros only.
    fn entry(&self, site: usize, symbol: u16) -> Option<usize>;
}

impl Encoded for Binary {
    fn entry(&self, site: usize, symbol: u16) -> Option<usize> {
        (symbol != 0).then_some(site)
    }
}

impl Encoded for Categorical {
    fn entry(&self, site: usize, symbol: u16) -> Option<usize> {
        Some(self.first_move(site) + usize::from(symbol))
    }
}

/// `f(x) = sum_k v_k tanh(a_k)`, `a = c + U x` with x in its encoding: a network with one hidden layer.
///
/// Not multilinear, neither convex nor concave.
#[derive(Clone, Debug)]
pub struct TanhNetwork<S> {
    space: S,
    hidden: Vec<Unit>,
}

#[derive(Clone, Debug)]
struct Unit {
    weights: Vec<f64>,
    bias: f64,
    out: f64,
}

impl<S: Encoded> TanhNetwork<S> {
    /// Creates the network with U of shape (hidden, entries of the gradient), row-major, and c, v with one number per hidden
    /// unit; `None` unless the shapes agree and all numbers are finite.
    #[must_use]
    pub fn new(space: S, weights: &[f64], bias: &[f64], out: &[f64]) -> Option<Self> {
        let inputs = space.gradient_len();
        let shapes = weights.len() == bias.len() * inputs && bias.len() == out.len();
        let finite = |all: &[f64]| all.iter().all(|entry| entry.is_finite());
        if inputs == 0 || !shapes || ![weights, bias, out].into_iter().all(finite) {
            return None;
        }
        let parts = weights.chunks_exact(inputs).zip(bias).zip(out);
        let hidden = parts.map(|((weights, &bias), &out)| Unit {
            weights: weights.to_vec(),
            bias,
            out,
        });
        Some(Self {
            hidden: hidden.collect(),
            space,
        })
    }

    fn activation(&self, unit: &Unit, x: &[u8]) -> f64 {
        let parts = x.iter().enumerate();
        parts.fold(unit.bias, |a, (site, &symbol)| {
            a + self.weight(unit, site, symbol.into())
        })
    }

    fn weight(&self, unit: &Unit, site: usize, symbol: u16) -> f64 {
        let entry = self.space.entry(site, symbol);
        entry
            .and_then(|e| unit.weights.get(e))
            .copied()
            .unwrap_or(0.0)
    }

    fn weights_at<'a>(
        &'a self,
        unit: &'a Unit,
        site: usize,
    ) -> impl Iterator<Item = f64> + Clone + 'a {
        let states = self.space.states_at(site);
        (0..=u16::MAX)
            .take(states)
            .map(move |symbol| self.weight(unit, site, symbol))
    }

    /// Bounds of `v tanh''(a)` over the hull: a site's contribution to `a` is between its smallest and its largest weight.
    fn bend(&self, unit: &Unit) -> (f64, f64) {
        let (mut low, mut high) = (unit.bias, unit.bias);
        for site in 0..self.space.sites() {
            let weights = self.weights_at(unit, site);
            low += weights.clone().fold(f64::INFINITY, f64::min);
            high += weights.fold(f64::NEG_INFINITY, f64::max);
        }
        let (down, up) = second_derivative(low, high);
        let ends = (unit.out * down, unit.out * up);
        (ends.0.min(ends.1), ends.0.max(ends.1))
    }
}

fn tanh(a: f64) -> f64 {
    2.0 * Real::sigmoid(2.0 * a) - 1.0
}

/// The range of `tanh'' = -2 tanh (1 - tanh^2)` over `low..=high`.
fn second_derivative(low: f64, high: f64) -> (f64, f64) {
    let at = |a: f64| {
        let t = tanh(a);
        -2.0 * t * (1.0 - t * t)
    };
    let (mut least, mut most) = (at(low).min(at(high)), at(low).max(at(high)));
    // Monotone except for one extremum on each side of 0.
    if low <= STEEPEST_AT && STEEPEST_AT <= high {
        least = -STEEPEST;
    }
    if low <= -STEEPEST_AT && -STEEPEST_AT <= high {
        most = STEEPEST;
    }
    (least, most)
}

impl<S: Encoded> Target for TanhNetwork<S> {
    type Real = f64;
    type Space = S;

    fn space(&self) -> &S {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let units = self.hidden.iter();
        units
            .map(|unit| unit.out * tanh(self.activation(unit, x)))
            .sum()
    }
}

impl<S: Encoded> Gradient for TanhNetwork<S> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        gradient.fill(0.0);
        let mut f = 0.0;
        for unit in &self.hidden {
            let t = tanh(self.activation(unit, x));
            f += unit.out * t;
            let slope = unit.out * (1.0 - t * t);
            for (g, w) in gradient.iter_mut().zip(&unit.weights) {
                *g += slope * w;
            }
        }
        f
    }
}

impl<S: Encoded> Delta for TanhNetwork<S> {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        let units = self.hidden.iter();
        units
            .map(|unit| {
                let here = self.activation(unit, x);
                let step = self.weight(unit, mv.site, mv.to) - self.weight(unit, mv.site, mv.from);
                unit.out * (tanh(here + step) - tanh(here))
            })
            .sum()
    }
}

impl<S: Encoded> Smooth for TanhNetwork<S> {
    /// The Hessian is `U' diag(v tanh''(a)) U`: its norm is at most that of `U' diag(m) U`, with m the maximum of `|v tanh''|` of each unit.
    fn lipschitz(&self) -> Result<f64, Error> {
        let n = self.space.gradient_len();
        let mut sum = vec![0.0; n * n];
        for unit in &self.hidden {
            let (low, high) = self.bend(unit);
            let most = low.abs().max(high.abs());
            for (row, &u) in sum.chunks_exact_mut(n).zip(&unit.weights) {
                for (entry, &w) in row.iter_mut().zip(&unit.weights) {
                    *entry += most * (u * w);
                }
            }
        }
        Matrix::new(&sum, n, n)?;
        Ok(symmetric_eigenvalues(&sum, n)?
            .last()
            .copied()
            .unwrap_or(0.0))
    }

    /// Interval arithmetic over the units, for each site and each pair of its symbols.
    fn curvature(&self) -> f64 {
        let bends: Vec<(f64, f64)> = self.hidden.iter().map(|unit| self.bend(unit)).collect();
        let mut most: f64 = 0.0;
        for site in 0..self.space.sites() {
            let states = self.space.states_at(site);
            for (from, to) in (0..states * states).map(|k| (k / states, k % states)) {
                let (mut low, mut high) = (0.0, 0.0);
                for (unit, bend) in self.hidden.iter().zip(&bends) {
                    let [a, b] = [from, to].map(|s| self.weight(unit, site, s as u16));
                    low += (b - a) * (b - a) * bend.0;
                    high += (b - a) * (b - a) * bend.1;
                }
                most = most.max(-low).max(high);
            }
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::super::draws::Draws;
    use super::*;
    use gwg_core::{Bits, SplitMix64, check};

    fn network<S: Encoded>(space: S, hidden: usize, scale: f64) -> TanhNetwork<S> {
        let mut draws = Draws::new(5, "test");
        let inputs = space.gradient_len();
        let weights = draws.normals(hidden * inputs, scale);
        let bias = draws.normals(hidden, scale);
        TanhNetwork::new(space, &weights, &bias, &draws.normals(hidden, scale)).unwrap()
    }

    #[test]
    fn differences_agree_with_f() {
        for scale in [0.5, 2.0] {
            let binary = network(Binary::new(6), 8, scale);
            check::delta(&binary, 200, 1, 1e-12);
            check::gradient(&binary, 3, 50, 1, 1e-12);
            let sites = network(Categorical::new(3, 3).unwrap(), 5, scale);
            check::delta(&sites, 200, 1, 1e-12);
            check::gradient(&sites, 3, 50, 1, 1e-12);
        }
    }

    #[test]
    fn the_second_derivative_of_tanh_is_within_its_bounds() {
        let mut bits = SplitMix64::new(1);
        let mut unit = || bits.unit::<f64>();
        for _ in 0..300 {
            let (a, b) = (6.0 * unit() - 3.0, 6.0 * unit() - 3.0);
            let (low, high) = (a.min(b), a.max(b));
            let (least, most) = second_derivative(low, high);
            let (mut reached_least, mut reached_most) = (f64::INFINITY, f64::NEG_INFINITY);
            for k in 0..=2000 {
                let t = f64::tanh(low + (high - low) * f64::from(k) / 2000.0);
                let value = -2.0 * t * (1.0 - t * t);
                reached_least = reached_least.min(value);
                reached_most = reached_most.max(value);
            }
            // Never outside, up to the rounding of two ways to compute tanh, and as close as a grid of 2000 points resolves.
            assert!(least <= reached_least + 4e-15 && most >= reached_most - 4e-15);
            assert!(reached_least - least < 1e-5 && most - reached_most < 1e-5);
        }
    }

    /// `v' H w` at a point of the hull, given by weights of the symbols at each site.
    fn bilinear<S: Encoded>(n: &TanhNetwork<S>, point: &[f64], v: &[f64]) -> f64 {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let units = n.hidden.iter();
        units
            .map(|unit| {
                let t = (unit.bias + dot(&unit.weights, point)).tanh();
                let along = dot(&unit.weights, v);
                unit.out * -2.0 * t * (1.0 - t * t) * along * along
            })
            .sum()
    }

    #[test]
    fn no_curvature_in_the_hull_exceeds_the_bounds() {
        let mut bits = SplitMix64::new(2);
        for scale in [0.5, 1.0, 1.5] {
            let n = network(Categorical::new(3, 3).unwrap(), 4, scale);
            let (lipschitz, curvature) = (n.lipschitz().unwrap(), n.curvature());
            let (mut worst, mut worst_edge) = (0.0f64, 0.0f64);
            for _ in 0..3000 {
                let mut point: Vec<f64> = (0..9)
                    .map(|_| -f64::ln(bits.unit::<f64>() + 1e-12))
                    .collect();
                for site in point.chunks_mut(3) {
                    let total: f64 = site.iter().sum();
                    site.iter_mut().for_each(|p| *p /= total);
                }
                let v: Vec<f64> = (0..9).map(|_| bits.unit::<f64>() - 0.5).collect();
                let norm: f64 = v.iter().map(|v| v * v).sum();
                worst = worst.max((bilinear(&n, &point, &v) / norm).abs());
                let mut edge = [0.0; 9];
                let (site, a, b) = (bits.below(3), bits.below(3), bits.below(3));
                edge[3 * site + a] += 1.0;
                edge[3 * site + b] -= 1.0;
                worst_edge = worst_edge.max(bilinear(&n, &point, &edge).abs());
            }
            assert!(
                worst <= lipschitz && worst > 0.1 * lipschitz,
                "{worst} {lipschitz}"
            );
            assert!(
                worst_edge <= curvature && worst_edge > 0.2 * curvature,
                "{worst_edge} {curvature}"
            );
            assert!(curvature <= 2.0 * lipschitz);
        }
    }

    #[test]
    fn wrong_shapes_are_rejected() {
        let new =
            |weights: &[f64], out: &[f64]| TanhNetwork::new(Binary::new(2), weights, &[0.0], out);
        assert!(new(&[1.0, 2.0], &[1.0]).is_some());
        assert!(new(&[1.0], &[1.0]).is_none() && new(&[1.0, 2.0], &[]).is_none());
        assert!(new(&[1.0, f64::NAN], &[1.0]).is_none());
    }
}
