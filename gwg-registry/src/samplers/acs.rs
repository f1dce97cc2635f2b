use gwg_core::Symbol;
use super::keys::{AUTO, POSITIVE, SMALL, gradient, langevin_moves, tuned_moves};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use crate::stepper::Owned;
use gwg_core::Informed;
use gwg_core::kernel::informed::{CyclicalLangevin, Phase};
use gwg_models::Scalar;
use crate::grammar::{Allowed, Setting};

sampler! {
    /// Discrete Langevin with step sizes in a cycle.
    Acs "acs" {
        largest: f64 = ("1", POSITIVE, "step size alpha_0; alpha_k = largest (cos(pi k / period) + 1) / 2, at least smallest"),
        smallest: f64 = ("0.2", POSITIVE, "the least step size, at most largest"),
        period: usize = ("8", SMALL, "steps of a cycle"),
        scale: Option<f64> = ("auto", AUTO, "factor on all step sizes"),
    }
        meaning "cyclical dmala: large steps that find modes, small ones that characterize them (Pynadath et al. 2024)"
        cost "that of dmala, and one more pass over the moves"
        when "several modes, far apart"
}

impl Bind for Acs {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let scale = self.scale.unwrap_or(1.0);
        let (largest, smallest) = (scale * self.largest, scale * self.smallest);
        let phase = |k| Phase::cosine(largest, smallest, k, self.period);
        let schedule: Vec<Phase> = (0..self.period).map(phase).collect();
        let cycle = CyclicalLangevin::new(schedule)?;
        let cycle = if self.scale.is_none() {
            cycle.tuned()
        } else {
            cycle
        };
        let kernel = Informed::new(cycle);
        Ok(Owned::boxed(gradient("acs", model)?, kernel, label))
    }

    fn tuned(&self) -> Vec<&'static str> {
        self.scale.is_none().then_some("scale").into_iter().collect()
    }

    fn agrees(&self) -> Result<(), (&'static str, String, Allowed)> {
        if self.smallest > self.largest {
            let (min, max) = (f64::MIN_POSITIVE, self.largest);
            return Err((
                "smallest",
                self.smallest.write(),
                Allowed::Number { min, max },
            ));
        }
        Ok(())
    }

    fn sites_updated(&self, sites: usize, states: usize) -> f64 {
        let Some(scale) = self.scale else {
            return tuned_moves(sites) / 2.0;
        };
        let (largest, smallest) = (scale * self.largest, scale * self.smallest);
        let step = |k| Phase::cosine(largest, smallest, k, self.period).step;
        let moves = |k| langevin_moves(step(k), sites, states);
        (0..self.period).map(moves).sum::<f64>() / self.period as f64
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
