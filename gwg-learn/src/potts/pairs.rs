//! The parameters of a Potts model, each pair of sites once.

use gwg_core::Real;

/// The parameters of a Potts model: `f(x) = sum_i h[i, x_i] + sum_{i < j} J[i, j, x_i, x_j]`.
///
/// Each pair counts once, as in the files of adabmDCA, where the energy is `-f`. [`DensePotts`](gwg_models::DensePotts) counts both orders of a pair, so that its
/// couplings are half of these ([`to_dense`](Self::to_dense)).
///
/// # Memory
/// `L q + L (L - 1) / 2 q^2` numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct PairPotts<R> {
    sites: usize,
    states: usize,
    /// `h[i, a]`.
    field: Vec<R>,
    /// `J[i, j, a, b]` for `i < j`: the blocks of (0, 1), (0, 2), .., (1, 2), ..
    coupling: Vec<R>,
}

/// An error in the parameters. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PairPottsError {
    /// There is at least one site, there are 2 to 256 states, and all numbers fit into memory.
    #[error(
        "found {sites} sites with {states} states, allowed are at least one site and 2 to 256 states that fit into memory"
    )]
    Shape {
        /// The number of sites.
        sites: usize,
        /// The number of states.
        states: usize,
    },
    /// The gradient of a model has a number for each symbol of each site.
    #[error(
        "found a gradient of {found} numbers, needed {needed}, one for each symbol of each site: that of nominal symbols"
    )]
    Gradient {
        /// What was found.
        found: usize,
        /// Sites times symbols.
        needed: usize,
    },
    /// A tensor has as many numbers as its shape implies.
    #[error("`{name}`: found {found} numbers, needed {needed}")]
    Length {
        /// The tensor.
        name: &'static str,
        /// The number of entries.
        found: usize,
        /// The number needed.
        needed: usize,
    },
    /// All numbers are finite.
    #[error("`{name}`, entry {index}: found {found}, allowed are finite numbers")]
    NotFinite {
        /// The tensor.
        name: &'static str,
        /// The first such entry.
        index: usize,
        /// Its value.
        found: f64,
    },
}

impl<R: Real> PairPotts<R> {
    /// A model of independent uniform sites: all parameters are 0.
    ///
    /// # Errors
    /// [`PairPottsError::Shape`].
    pub fn zeros(sites: usize, states: usize) -> Result<Self, PairPottsError> {
        let wrong = PairPottsError::Shape { sites, states };
        if sites == 0 || !(2..=256).contains(&states) {
            return Err(wrong);
        }
        let pairs = sites.checked_mul(sites - 1).map(|n| n / 2);
        let len = pairs.and_then(|n| n.checked_mul(states * states));
        let fields = sites.checked_mul(states);
        let (Some(len), Some(fields)) = (len, fields) else {
            return Err(wrong);
        };
        let (mut coupling, mut field) = (Vec::new(), Vec::new());
        if coupling.try_reserve_exact(len).is_err() || field.try_reserve_exact(fields).is_err() {
            return Err(wrong);
        }
        coupling.resize(len, R::ZERO);
        field.resize(fields, R::ZERO);
        Ok(Self {
            sites,
            states,
            field,
            coupling,
        })
    }

    /// A model with the field `h`, shape (L, q), and the couplings of all pairs `i < j`, shape (L (L - 1) / 2, q, q), both row-major.
    ///
    /// # Errors
    /// [`PairPottsError`].
    pub fn new(
        sites: usize,
        states: usize,
        field: Vec<R>,
        coupling: Vec<R>,
    ) -> Result<Self, PairPottsError> {
        let shape = PairPottsError::Shape { sites, states };
        if sites == 0 || !(2..=256).contains(&states) {
            return Err(shape);
        }
        let pairs = sites.checked_mul(sites - 1).map(|n| n / 2);
        let needed = pairs.and_then(|n| n.checked_mul(states * states));
        let needed = [sites.checked_mul(states), needed];
        for (name, tensor, needed) in [("h", &field, needed[0]), ("J", &coupling, needed[1])] {
            let needed = needed.ok_or_else(|| shape.clone())?;
            let found = tensor.len();
            if found != needed {
                return Err(PairPottsError::Length {
                    name,
                    found,
                    needed,
                });
            }
            if let Some(index) = tensor.iter().position(|v| !v.to_f64().is_finite()) {
                let found = tensor[index].to_f64();
                return Err(PairPottsError::NotFinite { name, index, found });
            }
        }
        Ok(Self {
            sites,
            states,
            field,
            coupling,
        })
    }

    /// The number of sites, `L`.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// The number of states, `q`.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The field `h`, shape (L, q), row-major.
    #[must_use]
    pub fn field(&self) -> &[R] {
        &self.field
    }

    /// The field, to be changed.
    #[must_use]
    pub fn field_mut(&mut self) -> &mut [R] {
        &mut self.field
    }

    /// The couplings of all pairs `i < j`, shape (L (L - 1) / 2, q, q), row-major.
    #[must_use]
    pub fn coupling(&self) -> &[R] {
        &self.coupling
    }

    /// The couplings of all pairs, to be changed.
    #[must_use]
    pub fn coupling_mut(&mut self) -> &mut [R] {
        &mut self.coupling
    }

    /// Field and couplings, to be changed.
    pub(crate) fn parts_mut(&mut self) -> (&mut [R], &mut [R]) {
        (&mut self.field, &mut self.coupling)
    }

    /// The number of the pair `i < j`, from 0.
    #[must_use]
    pub fn pair(&self, i: usize, j: usize) -> usize {
        i * (2 * self.sites - i - 1) / 2 + j - i - 1
    }

    /// The couplings `J[i, j, a, b]` of a pair `i < j`, shape (q, q), row-major.
    ///
    /// # Panics
    /// Unless `i < j < L`.
    #[must_use]
    pub fn block(&self, i: usize, j: usize) -> &[R] {
        assert!(i < j && j < self.sites, "a pair i < j < L");
        let len = self.states * self.states;
        let start = self.pair(i, j) * len;
        &self.coupling[start..start + len]
    }

    /// The couplings of a pair `i < j`, to be changed.
    ///
    /// # Panics
    /// Unless `i < j < L`.
    #[must_use]
    pub fn block_mut(&mut self, i: usize, j: usize) -> &mut [R] {
        assert!(i < j && j < self.sites, "a pair i < j < L");
        let len = self.states * self.states;
        let start = self.pair(i, j) * len;
        &mut self.coupling[start..start + len]
    }

    /// All pairs `i < j`, in the order of the couplings.
    pub fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<R> {
        let sites = self.sites;
        (0..sites).flat_map(move |i| (i + 1..sites).map(move |j| (i, j)))
    }

    /// `f(x)`, summed in f64.
    ///
    /// # Panics
    /// If `x` has fewer than `L` symbols, or one that is not below `q`.
    #[must_use]
    pub fn log_prob(&self, x: &[u8]) -> f64 {
        let (q, len) = (self.states, self.states * self.states);
        let x = &x[..self.sites];
        let mut sum = 0.0;
        for (h, &a) in self.field.chunks_exact(q).zip(x) {
            sum += h[usize::from(a)].to_f64();
        }
        let mut blocks = self.coupling.chunks_exact(len);
        for (i, &a) in x.iter().enumerate() {
            let row = usize::from(a) * q;
            for (&b, block) in x[i + 1..].iter().zip(&mut blocks) {
                sum += block[row + usize::from(b)].to_f64();
            }
        }
        sum
    }
}

/// The parts of numbers, `block` for each pair, that belong to the pairs `(i, i + 1), .., (i, L - 1)`, for each site `i`.
pub(crate) fn split_pairs<R>(mut coupling: &mut [R], sites: usize, block: usize) -> Vec<&mut [R]> {
    let mut parts = Vec::with_capacity(sites);
    for later in (0..sites).rev() {
        let rest = std::mem::take(&mut coupling);
        let (part, after) = rest.split_at_mut(later * block);
        parts.push(part);
        coupling = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::Target;

    #[test]
    fn the_dense_model_has_the_same_f() {
        let mut model = PairPotts::<f64>::zeros(4, 3).unwrap();
        for (k, value) in model.coupling_mut().iter_mut().enumerate() {
            *value = (k as f64).sin();
        }
        for (k, value) in model.field_mut().iter_mut().enumerate() {
            *value = (k as f64).cos();
        }
        let dense = model.to_dense().unwrap();
        for k in 0..81_u8 {
            let x = [k % 3, k / 3 % 3, k / 9 % 3, k / 27];
            assert!((model.log_prob(&x) - dense.log_prob(&x)).abs() < 1e-12);
        }
        assert_eq!(model.block(2, 3)[0], model.coupling()[5 * 9]);
    }

    #[test]
    fn shapes_are_checked() {
        assert!(PairPotts::<f32>::zeros(0, 2).is_err());
        assert!(PairPotts::<f32>::zeros(usize::MAX / 2, 2).is_err());
        let message = PairPotts::new(2, 2, vec![0.0; 4], vec![0.0; 3]).unwrap_err();
        assert_eq!(message.to_string(), "`J`: found 3 numbers, needed 4");
        let nan = PairPotts::new(2, 2, vec![0.0, f32::NAN, 0.0, 0.0], vec![0.0; 4]);
        assert!(nan.unwrap_err().to_string().contains("`h`, entry 1"));
    }
}
