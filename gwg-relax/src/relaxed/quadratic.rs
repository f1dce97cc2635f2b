use super::Relaxed;
use crate::RelaxError;
use crate::error::all_finite;
use gwg_core::{Bits, Gradient, Multilinear, Real, Space, SplitMix64, Symbol, SymbolOf};

/// The number of random states at which the form is compared with the model.
const CHECKS: u64 = 4;

/// The multilinear extension of any model with terms of one and two sites, taken from the model's own gradients.
///
/// The gradient of such a model is an affine function of the state. Its value at the state of zeros and at every state with
/// one other symbol therefore determines it between the states: with `w_0` the one-hot (or binary) form of the state of zeros,
/// `g(w) = g(w_0) + sum_k w_k (g(e_k) - g(w_0))` and `f(w) = f(w_0) + (w - w_0).(g(w_0) + g(w)) / 2`.
/// On binary sites this is the mean of `f` over independent sites with means `w`, and for categorical sites with
/// probabilities `w`: the multilinear extension.
///
/// # Memory and cost
/// Construction takes one gradient of the model per site and symbol other than 0. Only nonzero couplings are stored: an evaluation
/// costs two operations for each, `2 degree` per site of a lattice.
#[derive(Clone, Debug)]
pub struct Quadratic<R> {
    /// The gradient at the state of zeros, and `f` there.
    base: Vec<R>,
    f0: f64,
    /// The weights that are 1 in the state of zeros.
    zeros: Vec<usize>,
    /// The nonzero changes of the gradient due to weight `k`: entries `starts[k]..starts[k + 1]`.
    starts: Vec<usize>,
    entries: Vec<(u32, R)>,
}

impl<R: Real> Quadratic<R> {
    /// Takes the quadratic form of a target from its gradients.
    ///
    /// # Errors
    /// [`RelaxError::NotQuadratic`] if the form and the model differ at one of four random states by more than rounding:
    /// the model has terms of three or more sites. [`RelaxError::NotFinite`] if a gradient or `f` is not finite.
    /// [`RelaxError::Ordinal`] if a site of more than two states has one weight.
    pub fn of<T: Gradient<Real = R> + Multilinear>(target: &T) -> Result<Self, RelaxError> {
        Self::of_declared(target)
    }

    /// The same of a target that is multilinear, although its type does not say so: one of an erased type. Of a target that is not, the form
    /// has other values between the states than the target's own extension.
    ///
    /// # Errors
    /// Those of [`of`](Self::of).
    pub fn of_declared<T: Gradient<Real = R>>(target: &T) -> Result<Self, RelaxError> {
        let space = target.space();
        let len = space.gradient_len();
        let one_hot = len > space.sites();
        let ordinal = |&site: &usize| !one_hot && space.states_at(site) > 2;
        if let Some(site) = (0..space.sites()).find(ordinal) {
            let states = space.states_at(site);
            return Err(RelaxError::Ordinal { site, states });
        }
        let mut scratch = vec![R::ZERO; target.gradient_scratch_len(1)];
        let mut x = vec![SymbolOf::<T>::default(); space.sites()];
        let mut base = vec![R::ZERO; len];
        let f0 = target.value_and_gradient(&x, &mut base, &mut scratch);
        all_finite("gradient at zeros", &base)?;
        all_finite("f at zeros", &[f0])?;
        let (mut starts, mut entries, mut zeros) = (vec![0], Vec::new(), Vec::new());
        let mut gradient = vec![R::ZERO; len];
        for site in 0..space.sites() {
            if one_hot {
                zeros.push(starts.len() - 1);
                starts.push(entries.len());
            }
            for symbol in 1..space.states_at(site) {
                set(&mut x, site, symbol);
                target.value_and_gradient(&x, &mut gradient, &mut scratch);
                all_finite("gradient", &gradient)?;
                for (k, (&g, &b)) in (0u32..).zip(gradient.iter().zip(&base)) {
                    if g != b {
                        entries.push((k, g - b));
                    }
                }
                starts.push(entries.len());
            }
            set(&mut x, site, 0);
        }
        let form = Self {
            base,
            f0,
            zeros,
            starts,
            entries,
        };
        form.compare(target, &mut scratch)?;
        Ok(form)
    }

    /// The number of nonzero couplings, counting both orders of a pair.
    #[must_use]
    pub fn couplings(&self) -> usize {
        self.entries.len()
    }

    /// Compares the form with the model at random states.
    fn compare<T>(&self, target: &T, scratch: &mut [R]) -> Result<(), RelaxError>
    where
        T: Gradient<Real = R>,
    {
        let space = target.space();
        let len = self.base.len();
        let one_hot = len > space.sites();
        let mut bits = SplitMix64::new(0);
        let (mut wanted, mut found) = (vec![R::ZERO; len], vec![R::ZERO; len]);
        for _ in 0..CHECKS {
            let mut x = vec![SymbolOf::<T>::default(); space.sites()];
            let mut w = vec![R::ZERO; len];
            for site in 0..space.sites() {
                let symbol = bits.below(space.states_at(site));
                set(&mut x, site, symbol);
                let weight = if one_hot {
                    space.first_move(site) + symbol
                } else {
                    site
                };
                if let Some(w) = w.get_mut(weight) {
                    *w = if one_hot {
                        R::ONE
                    } else {
                        R::from_usize(symbol)
                    };
                }
            }
            let f = target.value_and_gradient(&x, &mut wanted, scratch);
            let own = self.value_and_gradient(&w, &mut found, &mut []);
            let size = found
                .iter()
                .chain(&self.base)
                .fold(R::ZERO, |m, g| m.max(g.abs()));
            let rounding = R::EPSILON.to_f64() * 16.0 * (len as f64 + 16.0);
            let scale = rounding * (1.0 + size.to_f64());
            for (index, (&m, &q)) in wanted.iter().zip(&found).enumerate() {
                check(index, m.to_f64(), q.to_f64(), scale)?;
            }
            check(len, f, own, scale * len as f64 + rounding * self.f0.abs())?;
        }
        Ok(())
    }
}

fn set<S: Symbol>(x: &mut [S], site: usize, symbol: usize) {
    if let (Some(x), Ok(symbol)) = (x.get_mut(site), u16::try_from(symbol)) {
        *x = S::narrow(symbol);
    }
}

fn check(index: usize, found: f64, expected: f64, tolerance: f64) -> Result<(), RelaxError> {
    if (found - expected).abs() <= tolerance {
        return Ok(());
    }
    Err(RelaxError::NotQuadratic {
        index,
        found,
        expected,
    })
}

impl<R: Real> Relaxed for Quadratic<R> {
    type Real = R;

    fn weights(&self) -> usize {
        self.base.len()
    }

    fn is_binary(&self) -> bool {
        self.zeros.is_empty()
    }

    fn value_and_gradient(&self, x: &[R], gradient: &mut [R], _: &mut [R]) -> f64 {
        for (g, &b) in gradient.iter_mut().zip(&self.base) {
            *g = b;
        }
        for (&x, range) in x.iter().zip(self.starts.windows(2)) {
            let range = range.first().zip(range.last());
            let row = range.and_then(|(&from, &to)| self.entries.get(from..to));
            for &(k, entry) in row.unwrap_or(&[]) {
                if let Some(g) = gradient.get_mut(k as usize) {
                    *g += x * entry;
                }
            }
        }
        let mut twice = 0.0;
        for ((&x, &g), &b) in x.iter().zip(&*gradient).zip(&self.base) {
            twice += x.to_f64() * (g.to_f64() + b.to_f64());
        }
        for &k in &self.zeros {
            if let (Some(g), Some(b)) = (gradient.get(k), self.base.get(k)) {
                twice -= g.to_f64() + b.to_f64();
            }
        }
        self.f0 + 0.5 * twice
    }
}
