use super::Quantity;
use crate::chains::full;
use crate::diagnostics::Moments;
use crate::plan::RunError;

/// The values of some quantities at the draws of a run or of a part of it, by the name of each.
///
/// The values of a quantity are chain-major, (chain, draw).
#[derive(Clone, Debug, PartialEq)]
pub struct QuantityDraws {
    columns: Vec<(String, Vec<f64>)>,
    every: usize,
    /// Of all draws, for each quantity; empty where all are here.
    moments: Vec<Moments>,
}

impl Default for QuantityDraws {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            every: 1,
            moments: Vec::new(),
        }
    }
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
            .collect::<Result<Vec<_>, RunError>>()?;
        Ok(columns.into_iter().collect())
    }

    /// Every `every`-th draw of a run, with the moments of all of its draws.
    pub(super) fn thinned(
        columns: Vec<(String, Vec<f64>)>,
        every: usize,
        moments: Vec<Moments>,
    ) -> Self {
        Self {
            columns,
            every,
            moments,
        }
    }

    /// The values are those of every draw with a number, from 0, that this divides: 1 but for long runs with a
    /// [limit](crate::Plan::keep).
    #[must_use]
    pub fn every(&self) -> usize {
        self.every
    }

    /// Mean and standard deviation of all draws of the quantity at a place of the list, where there are fewer here.
    pub(crate) fn moments(&self, quantity: usize) -> Option<&Moments> {
        self.moments.get(quantity)
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

    pub(crate) fn columns_mut(&mut self) -> impl Iterator<Item = &mut Vec<f64>> {
        self.columns.iter_mut().map(|(_, values)| values)
    }
}

/// Names and values, chain-major; of a name that occurs twice the first is found.
impl FromIterator<(String, Vec<f64>)> for QuantityDraws {
    fn from_iter<I: IntoIterator<Item = (String, Vec<f64>)>>(columns: I) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            ..Self::default()
        }
    }
}
