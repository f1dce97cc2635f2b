//! The common target, which counts its evaluations.

use gwg_core::{
    AffectedMoves, Bits, Delta, Gradient, Local, Move, Real, Space, SplitMix64, Target,
};
use std::cell::Cell;

/// Numbers of evaluations of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asked {
    /// Values of `f` alone.
    pub values: f64,
    /// Gradients, each with its value.
    pub gradients: f64,
    /// Differences of one move.
    pub differences: f64,
}

/// The evaluations of a target so far.
#[derive(Debug, Default)]
pub(super) struct Count(Cell<Asked>);

impl Count {
    pub(super) fn clear(&self) {
        self.0.set(Asked::default());
    }

    /// Evaluations per step, after `steps` steps.
    pub(super) fn per(&self, steps: f64) -> Asked {
        let counts = self.0.get();
        Asked {
            values: counts.values / steps,
            gradients: counts.gradients / steps,
            differences: counts.differences / steps,
        }
    }

    /// Runs `work` without counting its evaluations.
    pub(super) fn aside(&self, work: impl FnOnce()) {
        let counts = self.0.get();
        work();
        self.0.set(counts);
    }

    fn add(&self, change: impl Fn(&mut Asked)) {
        let mut counts = self.0.get();
        change(&mut counts);
        self.0.set(counts);
    }
}

/// The target `f = b.z + sum_(i<j) z_i J_ij z_j + sum_h softplus(c_h + W_h.z)` with an encoding `z` of all sites: the integer
/// itself if the space's gradient has one number per site, otherwise one-hot. All parameters are uniform in
/// `(-scale, scale)`, those of the softplus in twice that range. The softplus term is not linear in a site, so f is not multilinear.
pub(super) struct Shared<S> {
    space: S,
    bias: Vec<f64>,
    /// Shape (entries, entries), symmetric, 0 within a site.
    coupling: Vec<f64>,
    hidden: Vec<(f64, Vec<f64>)>,
    count: Count,
}

const HIDDEN: usize = 3;

impl<S: Space<Symbol = u8>> Shared<S> {
    pub(super) fn new(space: S, scale: f64, seed: u64) -> Self {
        let mut bits = SplitMix64::new(SplitMix64::mix(seed));
        let mut uniform = |scale: f64| scale * (2.0 * bits.unit::<f64>() - 1.0);
        let entries = space.gradient_len();
        let bias = (0..entries).map(|_| uniform(scale)).collect();
        let mut coupling = vec![0.0; entries * entries];
        for k in 0..entries {
            for l in 0..k {
                let number = uniform(scale);
                if owner(&space, k) != owner(&space, l) {
                    (coupling[k * entries + l], coupling[l * entries + k]) = (number, number);
                }
            }
        }
        let hidden = (0..HIDDEN)
            .map(|_| {
                let row = (0..entries).map(|_| uniform(2.0 * scale)).collect();
                (uniform(2.0 * scale), row)
            })
            .collect();
        Self {
            space,
            bias,
            coupling,
            hidden,
            count: Count::default(),
        }
    }

    pub(super) const fn count(&self) -> &Count {
        &self.count
    }

    pub(super) fn sites(&self) -> usize {
        self.space.sites()
    }

    /// The entry of the encoding for a symbol at a site, and its value.
    fn entry(&self, site: usize, symbol: u8) -> (usize, f64) {
        if one_number(&self.space) {
            (site, f64::from(symbol))
        } else {
            (self.space.first_move(site) + usize::from(symbol), 1.0)
        }
    }

    /// The field that the couplings produce at an entry.
    fn field(&self, x: &[u8], entry: usize) -> f64 {
        let row = &self.coupling[entry * self.bias.len()..];
        let of = |(site, &symbol)| {
            let (at, number) = self.entry(site, symbol);
            row[at] * number
        };
        x.iter().enumerate().map(of).sum()
    }

    /// `c + W.z` for every hidden unit.
    fn activations(&self, x: &[u8]) -> [f64; HIDDEN] {
        let mut found = [0.0; HIDDEN];
        for (found, (offset, row)) in found.iter_mut().zip(&self.hidden) {
            let of = |(site, &symbol)| {
                let (at, number) = self.entry(site, symbol);
                row[at] * number
            };
            *found = offset + x.iter().enumerate().map(of).sum::<f64>();
        }
        found
    }

    fn value(&self, x: &[u8]) -> f64 {
        let of = |(site, &symbol)| {
            let (at, number) = self.entry(site, symbol);
            number * (self.bias[at] + 0.5 * self.field(x, at))
        };
        let linear: f64 = x.iter().enumerate().map(of).sum();
        linear + self.activations(x).map(Real::softplus).iter().sum::<f64>()
    }

    fn difference(&self, x: &[u8], mv: Move) -> f64 {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        self.value(&y) - self.value(x)
    }
}

fn one_number<S: Space<Symbol = u8>>(space: &S) -> bool {
    space.gradient_len() == space.sites()
}

/// The site of an entry.
fn owner<S: Space<Symbol = u8>>(space: &S, entry: usize) -> usize {
    if one_number(space) {
        entry
    } else {
        space.site_of(entry)
    }
}

impl<S: Space<Symbol = u8>> Target for Shared<S> {
    type Real = f64;
    type Space = S;

    fn space(&self) -> &S {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.count.add(|counts| counts.values += 1.0);
        self.value(x)
    }
}

impl<S: Space<Symbol = u8>> Gradient for Shared<S> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        self.count.add(|counts| counts.gradients += 1.0);
        let slope = self.activations(x).map(Real::sigmoid);
        for (k, g) in gradient.iter_mut().enumerate() {
            *g = self.bias[k] + self.field(x, k);
            for (slope, (_, row)) in slope.iter().zip(&self.hidden) {
                *g += slope * row[k];
            }
        }
        self.value(x)
    }
}

impl<S: Space<Symbol = u8>> Delta for Shared<S> {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        self.count.add(|counts| counts.differences += 1.0);
        self.difference(x, mv)
    }
}

/// Every move affects every difference.
impl<S: Space<Symbol = u8>> Local for Shared<S> {
    fn max_affected(&self) -> usize {
        self.space.moves()
    }

    fn update_affected(
        &self,
        x: &[u8],
        _: &mut [f64],
        _: Move,
        affected: &mut AffectedMoves<'_, f64>,
    ) {
        for m in 0..self.space.moves() {
            let mv = self.space.decode(x, m);
            if !mv.is_idle() {
                self.count.add(|counts| counts.differences += 1.0);
                affected.push(m, self.difference(x, mv));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::AnySpace;
    use gwg_core::{Binary, Categorical, Mixed, Ordinal, check};

    fn passes_conformance(space: AnySpace<'_>) {
        let target = Shared::new(space, 1.0, 3);
        check::delta(&target, 100, 1, 1e-11);
        check::local(&target, 50, 2, 1e-11);
        check::gradient(&target, 2, 20, 3, 1e-11);
    }

    #[test]
    fn the_common_target_passes_conformance() {
        passes_conformance(AnySpace::Binary(Binary::new(6)));
        passes_conformance(AnySpace::Categorical(Categorical::new(5, 3).unwrap()));
        passes_conformance(AnySpace::Ordinal(Ordinal::new(5, 3).unwrap()));
        passes_conformance(AnySpace::Mixed(Mixed::from_offsets(&[0, 3, 5, 9]).unwrap()));
    }

    #[test]
    fn the_gradient_of_a_linear_target_is_its_difference() {
        let mut target = Shared::new(Ordinal::new(4, 3).unwrap(), 1.0, 5);
        for (_, row) in &mut target.hidden {
            row.fill(0.0);
        }
        let (x, mut gradient) = ([1, 0, 2, 1], [0.0; 4]);
        target.value_and_gradient(&x, &mut gradient, &mut []);
        for (site, g) in gradient.iter().enumerate() {
            let from = u16::from(x[site]);
            let to = (from + 1) % 3;
            let d = target.difference(&x, Move { site, from, to });
            assert!((g * (f64::from(to) - f64::from(from)) - d).abs() < 1e-12);
        }
    }

    #[test]
    fn first_order_differences_are_not_exact() {
        let target = Shared::new(Binary::new(6), 1.2, 1);
        let (x, mut d) = ([0, 1, 1, 0, 0, 1], [0.0; 6]);
        target.value_and_gradient(&x, &mut d, &mut []);
        target.space.differences(&x, &mut d);
        let exact = |m: usize| target.difference(&x, target.space.decode(&x, m));
        assert!((0..6).any(|m| (d[m] - exact(m)).abs() > 0.1));
    }
}
