use super::keys::{FROM_ZERO, SIZE, of_spins, pairs};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::range;
use crate::model::{Describe, Model, SaveError};
use gwg_chains::Quantity;
use gwg_core::{Real, Space, Target};
use gwg_models::io::Parameters;
use gwg_models::{DenseIsing, Scalar};
use std::borrow::Cow;

model! {
    /// The Ising model with a coupling between every two sites.
    IsingDense "ising-dense" {
        sites: usize = key("64", SIZE, "sites"),
        scale: f64 = key("0.1", FROM_ZERO, "standard deviation of a coupling"),
        seed: u64 = key("1", Allowed::Seed, "seed of the couplings"),
    }
        meaning "Ising model with a coupling N(0, scale) between every two sites"
        formula "f(x) = s'Js + h.s, s = 2x - 1, J symmetric with zero diagonal",
        sweeps false
}

impl Build for IsingDense {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        reserve::<R>(&[self.sites, self.sites])?;
        let model = DenseIsing::random(self.sites, self.scale, self.seed)?;
        Ok(model.into())
    }
}

/// With all capabilities and the description.
impl<R: Scalar> From<DenseIsing<R>> for Model<R> {
    fn from(model: DenseIsing<R>) -> Self {
        Self::described(model, |m, on| {
            m.gradient(on).delta(on).multilinear(on).trajectory(on);
        })
    }
}

impl<R: Scalar> Describe<R> for DenseIsing<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        let sites = self.space().sites();
        vec![
            range("couplings", off_diagonal(self.coupling(), sites)),
            range("field", self.field().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        let sites = self.space().sites();
        pairs(sites) + sites
    }

    fn stored_bytes(&self) -> usize {
        let sites = self.space().sites();
        (sites * sites + sites) * size_of::<R>()
    }

    fn parameters(&self) -> Result<Option<Parameters<'_, R>>, SaveError> {
        Ok(Some(Parameters::IsingDense {
            coupling: Cow::Borrowed(self.coupling()),
            field: Cow::Borrowed(self.field()),
        }))
    }

    fn quantities(&self) -> Vec<Quantity> {
        of_spins()
    }
}

fn off_diagonal<R: Real>(matrix: &[R], n: usize) -> impl Iterator<Item = R> + '_ {
    let place = move |&(at, _): &(usize, &R)| at / n != at % n;
    matrix.iter().enumerate().filter(place).map(|(_, &x)| x)
}
