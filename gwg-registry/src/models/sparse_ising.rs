//! What the models with Ising couplings on a graph have in common.

use super::elimination;
use super::keys::of_spins;
use crate::model::facts::{fact, range};
use crate::model::{Describe, ExactMeans, Model, SaveError};
use gwg_chains::Quantity;
use gwg_core::{Space, Target};
use gwg_models::io::Parameters;
use gwg_models::{Scalar, SparseIsing};

/// `f(x)` without a field, and with one.
pub(super) const FORMULA: &str = "f(x) = s'Js, s = 2x - 1, J symmetric with zero diagonal";
const WITH_FIELD: &str = "f(x) = s'Js + h.s, s = 2x - 1, J symmetric with zero diagonal";

pub(super) fn erased<R: Scalar>(model: SparseIsing<R>) -> Model<R> {
    Model::described(model, |m, on| {
        m.gradient(on).delta(on).local(on).multilinear(on).sweep(on);
        m.spins(on).pairwise(on).factors(on);
    })
}

impl<R: Scalar> Describe<R> for SparseIsing<R> {
    fn name(&self) -> &'static str {
        "ising-sparse"
    }

    fn formula(&self) -> &'static str {
        if self.field().iter().any(|&h| h != R::ZERO) {
            WITH_FIELD
        } else {
            FORMULA
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let degree = 2.0 * self.edge_count() as f64 / self.space().sites() as f64;
        vec![
            fact("edges", self.edge_count()),
            fact("mean degree", format!("{degree:.2}")),
            range("couplings", self.edges().map(|(_, _, weight)| weight)),
            range("field", self.field().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        self.edge_count() + self.space().sites()
    }

    fn stored_bytes(&self) -> usize {
        let sites = self.space().sites();
        let entries = 2 * self.edge_count() + sites;
        entries * size_of::<(u32, R)>() + sites * (size_of::<R>() + size_of::<usize>())
    }

    /// Expands the couplings into a dense matrix, which other programs can read.
    fn parameters(&self) -> Result<Option<Parameters<'_, R>>, SaveError> {
        let sites = self.space().sites();
        let mut coupling = Vec::new();
        let room = sites
            .checked_mul(sites)
            .and_then(|len| coupling.try_reserve_exact(len).ok().map(|()| len));
        let len = room.ok_or(SaveError::Memory { sites })?;
        coupling.resize(len, R::ZERO);
        for (i, j, weight) in self.edges() {
            coupling[i * sites + j] = weight;
            coupling[j * sites + i] = weight;
        }
        Ok(Some(Parameters::IsingDense {
            coupling: coupling.into(),
            field: self.field().into(),
        }))
    }

    fn exact(&self, beta: f64, stop: &(dyn Fn() -> bool + Sync)) -> Option<ExactMeans> {
        elimination::means(self, self.space().sites(), beta, stop)
    }

    fn exact_log_prob(&self, beta: f64) -> Option<(f64, &'static str)> {
        elimination::mean_log_prob(self, self.space().sites(), beta)
    }

    fn exact_log_z(&self) -> Option<(f64, &'static str)> {
        elimination::log_z(self, self.space().sites())
    }

    fn quantities(&self) -> Vec<Quantity> {
        of_spins()
    }
}
