use super::ParameterError;
use crate::Real;

/// The largest number of dimensions of a [`Tensor`].
pub const MAX_DIMENSIONS: usize = 4;

/// Up to [`MAX_DIMENSIONS`] numbers, one per dimension: a shape or an index. Empty for a scalar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dims {
    numbers: [usize; MAX_DIMENSIONS],
    len: usize,
}

impl Dims {
    /// Creates a shape or an index from its numbers; more than [`MAX_DIMENSIONS`] of them do not compile.
    #[must_use]
    pub const fn new<const N: usize>(numbers: [usize; N]) -> Self {
        const { assert!(N <= MAX_DIMENSIONS, "a tensor has at most 4 dimensions") };
        let mut padded = [0; MAX_DIMENSIONS];
        let mut k = 0;
        while k < N {
            padded[k] = numbers[k];
            k += 1;
        }
        Self {
            numbers: padded,
            len: N,
        }
    }

    /// The numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[usize] {
        self.numbers.get(..self.len).unwrap_or(&[])
    }

    /// For a shape: the number of entries, 1 for a scalar.
    #[must_use]
    pub fn count(&self) -> usize {
        let product = |count: usize, &n: &usize| count.saturating_mul(n);
        self.as_slice().iter().fold(1, product)
    }

    /// For a shape: the index of the entry at position `place` in row-major order.
    #[must_use]
    pub fn index(&self, mut place: usize) -> Self {
        let mut index = *self;
        for n in index.numbers.iter_mut().take(self.len).rev() {
            let size = (*n).max(1);
            *n = place % size;
            place /= size;
        }
        index
    }

    /// For a shape: the position of the entry at `index` in row-major order.
    fn place(&self, index: Self) -> usize {
        let entries = self.as_slice().iter().zip(index.numbers);
        entries.fold(0, |place, (&n, k)| {
            place.saturating_mul(n).saturating_add(k)
        })
    }

    /// For an index of a coupling: that of the same coupling with its two sites exchanged.
    #[must_use]
    pub const fn mirrored(mut self) -> Self {
        let [i, j, a, b] = self.numbers;
        self.numbers = [j, i, b, a];
        self
    }
}

/// Formats as `[1, 2]`; as nothing for a scalar.
impl core::fmt::Display for Dims {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.as_slice() {
            [] => Ok(()),
            numbers => write!(f, "{numbers:?}"),
        }
    }
}

/// The allowed values of a [`Tensor`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Symmetry {
    /// Any finite numbers, independent of each other.
    #[default]
    None,
    /// Couplings of pairs of sites, shape (n, n) or (n, n, q, q): `J[i, j] = J[j, i]` and `J[i, i] = 0`, or
    /// `J[i, j, a, b] = J[j, i, b, a]` and `J[i, i, a, b] = 0`.
    Pairs,
}

/// The name, shape and symmetry of one group of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tensor {
    /// The name, such as `"W"`; layers of a network may have tensors of the same name.
    pub name: &'static str,
    /// The shape, such as (visible, hidden). Entries are stored in row-major order.
    pub shape: Dims,
    /// Which values are allowed.
    pub symmetry: Symmetry,
}

impl Tensor {
    /// Creates a tensor of independent numbers.
    #[must_use]
    pub const fn new<const N: usize>(name: &'static str, shape: [usize; N]) -> Self {
        Self {
            name,
            shape: Dims::new(shape),
            symmetry: Symmetry::None,
        }
    }

    /// Creates a tensor of couplings between pairs of sites: see [`Symmetry::Pairs`].
    #[must_use]
    pub const fn pairs<const N: usize>(name: &'static str, shape: [usize; N]) -> Self {
        Self {
            symmetry: Symmetry::Pairs,
            ..Self::new(name, shape)
        }
    }

    /// The position of the entry that must be equal to the one at `place`: `place` itself if the entry is
    /// independent, `None` if it must be 0.
    #[must_use]
    pub fn mirror(&self, place: usize) -> Option<usize> {
        if self.symmetry == Symmetry::None {
            return Some(place);
        }
        let index = self.shape.index(place);
        let sites = index.as_slice();
        (sites.first() != sites.get(1)).then(|| self.shape.place(index.mirrored()))
    }

    /// Checks the values of this tensor.
    ///
    /// # Errors
    /// [`ParameterError::Length`], [`ParameterError::NotFinite`], [`ParameterError::SelfCoupling`] or
    /// [`ParameterError::NotSymmetric`] with the first such entry.
    pub fn check<R: Real>(&self, values: &[R]) -> Result<(), ParameterError> {
        let needed = self.shape.count();
        if values.len() != needed {
            return Err(ParameterError::Length {
                slice: self.name,
                found: values.len(),
                needed,
            });
        }
        let (tensor, entry) = (self.name, |place| self.shape.index(place));
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(ParameterError::NotFinite {
                tensor,
                index: entry(place),
                found: value_at(values, place),
            });
        }
        if self.symmetry == Symmetry::None {
            return Ok(());
        }
        let nonzero =
            |&place: &usize| self.mirror(place).is_none() && value_at(values, place) != 0.0;
        if let Some(place) = (0..needed).find(nonzero) {
            return Err(ParameterError::SelfCoupling {
                tensor,
                index: entry(place),
                found: value_at(values, place),
            });
        }
        let unequal = |place: usize| {
            let mirror = self.mirror(place).filter(|&mirror| place < mirror)?;
            (value_at(values, place) != value_at(values, mirror)).then_some((place, mirror))
        };
        match (0..needed).find_map(unequal) {
            None => Ok(()),
            Some((place, mirror)) => Err(ParameterError::NotSymmetric {
                tensor,
                index: entry(place),
                found: value_at(values, place),
                mirrored: value_at(values, mirror),
            }),
        }
    }
}

fn value_at<R: Real>(values: &[R], place: usize) -> f64 {
    values.get(place).map_or(f64::NAN, |value| value.to_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrored_places_match_mirrored_indices() {
        let (n, q) = (3, 2);
        let tensor = Tensor::pairs("J", [n, n, q, q]);
        for place in 0..tensor.shape.count() {
            let index = tensor.shape.index(place);
            let &[i, j, a, b] = index.as_slice() else {
                panic!("{index}");
            };
            let wanted = (i != j).then_some(((j * n + i) * q + b) * q + a);
            assert_eq!(tensor.mirror(place), wanted, "{index}");
        }
        let matrix = Tensor::pairs("J", [3, 3]);
        assert_eq!((matrix.mirror(1), matrix.mirror(4)), (Some(3), None));
        assert_eq!(Tensor::new("h", [3]).mirror(2), Some(2));
        assert_eq!(Tensor::new("theta", []).shape.count(), 1);
    }

    #[test]
    fn check_reports_the_first_invalid_entry() {
        let tensor = Tensor::pairs("J", [2, 2]);
        assert_eq!(tensor.check(&[0.0, 1.0, 1.0, 0.0]), Ok(()));
        let asymmetric = tensor.check(&[0.0, 1.0, 2.0, 0.0]);
        assert!(matches!(
            asymmetric,
            Err(ParameterError::NotSymmetric { index, .. })
                if index == Dims::new([0, 1]) && index.mirrored() == Dims::new([1, 0])
        ));
        assert!(matches!(
            tensor.check(&[0.0, 1.0, 1.0, 3.0]),
            Err(ParameterError::SelfCoupling { index, found, .. })
                if index == Dims::new([1, 1]) && found == 3.0
        ));
        assert!(matches!(
            tensor.check(&[0.0f32, f32::INFINITY, 1.0, 3.0]),
            Err(ParameterError::NotFinite { index, .. }) if index == Dims::new([0, 1])
        ));
        assert!(matches!(
            tensor.check(&[0.0]),
            Err(ParameterError::Length {
                found: 1,
                needed: 4,
                ..
            })
        ));
    }
}
