use super::Quantity;
use crate::chains::full;
use crate::plan::RunError;

/// The values of some quantities at the draws of a run or of a part of it, by the name of each.
///
/// The values of a quantity are chain-major, (chain, draw).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuantityDraws {
    columns: Vec<(String, Vec<f64>)>,
}

impl QuantityDraws {
    /// `len` zeros for each quantity.
    pub(crate) fn zeros<S>(
        quantities: &[Quantity<S>],
        len: Option<usize>,
    ) -> Result<Self, RunError> {
        let column = |q: &Quantity<S>| Ok((q.name.to_string(), full(len, 0.0)?));
        let columns = quantities
            .iter()
            .map(column)
            .collect::<Result<_, RunError>>()?;
        Ok(Self { columns })
    }

    /// The values of the quantity with this name; `None` where it was not recorded.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, values)| values)
    }

    /// Names and values, in the order of the list that was recorded.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.columns
            .iter()
            .map(|(name, values)| (&**name, &**values))
    }

    /// The names, in the order of the list that was recorded.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// How many quantities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// True where nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Copies `part`, of `drawn` draws per chain, to the draws from `first` on; rows here have `planned` draws.
    pub(crate) fn copy(&mut self, planned: usize, first: usize, part: &Self, drawn: usize) {
        for ((_, all), (_, new)) in self.columns.iter_mut().zip(&part.columns) {
            for (row, new) in all.chunks_exact_mut(planned).zip(new.chunks_exact(drawn)) {
                row[first..first + drawn].copy_from_slice(new);
            }
        }
    }

    /// Cuts rows of `planned` draws to their first `drawn`.
    pub(crate) fn cut(&mut self, planned: usize, drawn: usize) {
        if drawn == planned {
            return;
        }
        for values in self.columns_mut() {
            let rows = values.chunks_exact(planned);
            *values = rows.flat_map(|row| &row[..drawn]).copied().collect();
        }
    }

    pub(crate) fn columns_mut(&mut self) -> impl Iterator<Item = &mut Vec<f64>> {
        self.columns.iter_mut().map(|(_, values)| values)
    }
}

/// Names and values, chain-major; of a name that occurs twice the first is found.
impl FromIterator<(String, Vec<f64>)> for QuantityDraws {
    fn from_iter<I: IntoIterator<Item = (String, Vec<f64>)>>(columns: I) -> Self {
        let columns = columns.into_iter().collect();
        Self { columns }
    }
}
