use super::keys::{FROM_ZERO, SIZE, STATES, of_states, pairs};
use crate::grammar::Allowed;
use crate::model::builder::{Build, key, model};
use crate::model::error::{Fault, reserve};
use crate::model::facts::range;
use crate::model::{Describe, Model, SaveError};
use gwg_chains::Quantity;
use gwg_core::{Space, Target};
use gwg_models::io::Parameters;
use gwg_models::{DensePotts, Scalar};
use std::borrow::Cow;

model! {
    /// The Potts model with a coupling for every two sites and states.
    PottsDense "potts-dense" {
        sites: usize = key("100", SIZE, "sites"),
        states: usize = key("21", STATES, "states of a site"),
        scale: f64 = key("0.01", FROM_ZERO, "standard deviation of a coupling"),
        seed: u64 = key("1", Allowed::Seed, "seed of the couplings"),
    }
        meaning "Potts model with a coupling N(0, scale) for every two sites and states"
        formula "f(x) = sum over ordered pairs i != j of J_ij(x_i, x_j) + sum_i h_i(x_i)",
        sweeps false
}

impl Build for PottsDense {
    fn build<R: Scalar>(&self) -> Result<Model<R>, Fault> {
        // The couplings and, while it is made, their rearranged copy.
        reserve::<R>(&[self.sites, self.sites, self.states, self.states, 2])?;
        let model = DensePotts::random(self.sites, self.states, self.scale, self.seed)?;
        Ok(model.into())
    }
}

/// With all capabilities and the description.
impl<R: Scalar> From<DensePotts<R>> for Model<R> {
    fn from(model: DensePotts<R>) -> Self {
        Self::described(model, |m, on| {
            m.gradient(on).delta(on).multilinear(on).trajectory(on);
        })
    }
}

impl<R: Scalar> Describe<R> for DensePotts<R> {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn formula(&self) -> &'static str {
        ENTRY.formula
    }

    fn facts(&self) -> Vec<(String, String)> {
        vec![
            range("couplings", between_sites(self)),
            range("field", self.field().iter().copied()),
        ]
    }

    fn parameter_count(&self) -> usize {
        let (sites, states) = (self.space().sites(), self.space().states());
        pairs(sites) * states * states + sites * states
    }

    fn stored_bytes(&self) -> usize {
        let cells = self.space().moves();
        (cells.pow(2) + cells) * size_of::<R>()
    }

    fn parameters(&self) -> Result<Option<Parameters<'_, R>>, SaveError> {
        Ok(Some(Parameters::PottsDense {
            sites: self.space().sites(),
            states: self.space().states(),
            coupling: Cow::Owned(self.coupling()),
            field: Cow::Borrowed(self.field()),
        }))
    }

    fn quantities(&self) -> Vec<Quantity> {
        of_states()
    }
}

fn between_sites<R: Scalar>(model: &DensePotts<R>) -> impl Iterator<Item = R> + '_ {
    let (n, q) = (model.space().sites(), model.space().states());
    let pairs = (0..n).flat_map(move |i| (i + 1..n).map(move |j| (i, j)));
    let states = move || (0..q * q).map(move |ab| ((ab / q) as u8, (ab % q) as u8));
    pairs.flat_map(move |(i, j)| states().map(move |(a, b)| model.coupling_at(i, j, a, b)))
}
