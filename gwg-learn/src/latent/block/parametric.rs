//! The prior, embeddings and weights as parameters.

use super::{BlockModel, Tables};
use crate::latent::{LatentError, symbol};
use gwg_core::Parametric;
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_linalg::Scalar;

/// `prior` (classes), `log pi` up to a constant; then `eta`, the table with `a <= b`, or `embedding` (classes, features) and all weights of the `network`.
///
/// # Cost
/// Of a gradient: `O(nodes + edges + missing pairs)` per row, and one pass through the network and back on `classes^2` pairs.
impl<R: Scalar> Parametric for BlockModel<R> {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        match k.checked_sub(1) {
            None => Some(Tensor::new("prior", [self.classes()])),
            Some(k) => self.odds.tensor(k),
        }
    }

    fn read_parameters(&self, values: &mut [R]) -> Result<(), ParameterError> {
        let mut all = self.prior.clone();
        self.odds.read(&mut all);
        let (found, needed) = (values.len(), all.len());
        if found != needed {
            let slice = "values";
            return Err(ParameterError::Length {
                slice,
                found,
                needed,
            });
        }
        values.copy_from_slice(&all);
        Ok(())
    }

    fn write_parameters(&mut self, values: &[R]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        let (prior, others) = values.split_at(self.classes());
        let odds = self.odds.with(others).map_err(|_| self.too_short(0))?;
        let tables = Tables::new(&odds, prior).map_err(|error| match error {
            LatentError::Parameters(error) => error,
            _ => self.too_short(0),
        })?;
        self.prior.copy_from_slice(prior);
        (self.odds, self.tables) = (odds, tables);
        Ok(())
    }

    fn parameter_gradient_scratch_len(&self, _: usize) -> usize {
        let classes = self.classes();
        classes * classes + 2 * classes + self.odds.scratch_len()
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[R],
        gradient: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        let classes = self.classes();
        let (slopes, rest) = scratch.split_at_mut(classes * classes);
        let (all, rest) = rest.split_at_mut(classes);
        let (sums, rest) = rest.split_at_mut(classes);
        slopes.fill(R::ZERO);
        sums.fill(R::ZERO);
        let mut total = R::ZERO;
        for (x, &weight) in x.chunks_exact(self.nodes()).zip(weights) {
            self.add_row(x, weight, slopes, all);
            sums.iter_mut()
                .zip(&*all)
                .for_each(|(s, &n)| *s += weight * n);
            total += weight * R::from_usize(x.len());
        }
        let (of_prior, of_odds) = gradient.split_at_mut(classes);
        let prior = sums.iter().zip(&self.tables.log_prior);
        for (g, (&sum, log_prior)) in of_prior.iter_mut().zip(prior) {
            *g += sum - total * log_prior.exp();
        }
        let learned = self.odds.learn(slopes, of_odds, rest);
        learned.map_err(|_| self.too_short(0))
    }
}

impl<R: Scalar> BlockModel<R> {
    /// Adds `weight df/deta` of a row, half of it for each order of two classes; `all` becomes the number of nodes of each class.
    fn add_row(&self, x: &[u8], weight: R, slopes: &mut [R], all: &mut [R]) {
        let (classes, half) = (self.classes(), R::HALF * weight);
        all.fill(R::ZERO);
        let mut add = |a: usize, b: usize, change: R| {
            if let Some(slope) = slopes.get_mut(a * classes + b) {
                *slope += change;
            }
        };
        // The probability of an edge.
        let edge =
            |a: usize, b: usize| crate::latent::at(&self.tables.eta, a * classes + b).sigmoid();
        for (i, &class) in x.iter().enumerate() {
            let a = usize::from(class);
            if let Some(n) = all.get_mut(a) {
                *n += R::ONE;
            }
            self.graph
                .neighbors(i)
                .for_each(|j| add(a, symbol(x, j), half));
            for j in self.graph.missing(i) {
                let b = symbol(x, j);
                add(a, b, half * edge(a, b));
            }
        }
        for (a, &n) in all.iter().enumerate() {
            for (b, &m) in all.iter().enumerate() {
                let pairs = if a == b { n * (n - R::ONE) } else { n * m };
                add(a, b, -(half * pairs * edge(a, b)));
            }
        }
    }

    /// The error of lengths that do not fit, where they have been checked before.
    fn too_short(&self, found: usize) -> ParameterError {
        ParameterError::Length {
            slice: "scratch",
            found,
            needed: self.parameter_gradient_scratch_len(1),
        }
    }
}
