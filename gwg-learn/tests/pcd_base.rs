//! A model that is trained on top of a base distribution of independent sites, which is not.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Bound, Threads, generator};
use gwg_core::check::configurations;
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{
    Bits, Bridge, Categorical, Delta, Gibbs, Move, Parametric, Space, Target, check, math,
};
use gwg_learn::log_z::categorical_base;
use gwg_learn::{Data, Optimizer, Pcd, PcdOptions, Schedule};
use gwg_models::{DensePotts, FactorizedCategorical};
use std::num::NonZeroUsize;

/// `theta` times the number of neighbors with the same symbol: a model without fields.
#[derive(Clone, Debug)]
struct Same(Categorical, f32);

fn same(x: &[u8]) -> f32 {
    x.windows(2).filter(|pair| pair[0] == pair[1]).count() as f32
}

impl Target for Same {
    type Real = f32;
    type Space = Categorical;

    fn space(&self) -> &Categorical {
        &self.0
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        f64::from(self.1 * same(x))
    }
}

impl Delta for Same {
    fn delta(&self, x: &[u8], _: &[f32], change: Move) -> f32 {
        let mut other = x.to_vec();
        change.apply(&mut other);
        self.1 * (same(&other) - same(x))
    }
}

impl Parametric for Same {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        (k == 0).then(|| Tensor::new("theta", [1]))
    }

    fn read_parameters(&self, values: &mut [f32]) -> Result<(), ParameterError> {
        match values {
            [value] => *value = self.1,
            _ => check_parameters(self, values)?,
        }
        Ok(())
    }

    fn write_parameters(&mut self, values: &[f32]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        self.1 = values[0];
        Ok(())
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[f32],
        gradient: &mut [f32],
        scratch: &mut [f32],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        for (x, weight) in x.chunks_exact(self.0.sites()).zip(weights) {
            gradient[0] += weight * same(x);
        }
        Ok(())
    }
}

/// Draws of a target, by enumeration.
fn draws(target: &impl Target<Real = f32, Space = Categorical>, rows: usize) -> Data {
    let states = configurations(target.space());
    let f: Vec<f64> = states.iter().map(|x| target.log_prob(x)).collect();
    let log_z = math::logsumexp(&f);
    let mut sums = vec![0.0];
    for f in &f {
        sums.push(sums[sums.len() - 1] + (f - log_z).exp());
    }
    let mut bits = generator(5, 5);
    let drawn = (0..rows).flat_map(|_| {
        let u = bits.unit::<f64>();
        let at = sums.partition_point(|&sum| sum <= u) - 1;
        states[at.min(states.len() - 1)].clone()
    });
    let (sites, q) = (target.space().sites(), target.space().states());
    Data::new(drawn.collect(), sites, q).unwrap()
}

#[test]
fn the_parameters_of_a_bridge_are_those_of_its_second_target() {
    let base = FactorizedCategorical::<f64>::random(4, 3, 1).unwrap();
    let model = DensePotts::<f64>::random(4, 3, 0.3, 2).unwrap();
    for weights in [[1.0, 1.0], [0.5, -2.0], [0.0, 1.0]] {
        let mut bridge = Bridge::weighted(&base, model.clone(), weights).unwrap();
        check::parametric(&mut bridge, 3, 1e-6);
        assert_eq!(bridge.parameter_count(), model.parameter_count());
    }
}

#[test]
fn what_independent_sites_do_not_express_is_learned_on_top_of_them() {
    let space = Categorical::new(5, 3).unwrap();
    let logits: Vec<f64> = (0..15).map(|k| 1.5 * f64::from(k * k % 7).sin()).collect();
    let fields = FactorizedCategorical::<f32>::new(5, 3, logits).unwrap();
    let truth = Bridge::sum(fields.clone(), Same(space, 0.8)).unwrap();
    let data = draws(&truth, 20_000);
    let learned = |base: FactorizedCategorical<f32>, threads: usize| {
        let options = PcdOptions {
            buffer: 1000,
            chains: 1000,
            batch: usize::MAX,
            steps: 5,
            optimizer: Optimizer::adam(),
            schedule: Schedule {
                rate: 0.02,
                warmup: 1,
                decay_after: 100,
            },
            average: 0.95,
            ..PcdOptions::default()
        };
        let threads = Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap();
        let start = Bridge::sum(base.clone(), Same(space, 0.0)).unwrap();
        let mut pcd = Pcd::new(start, &data, options, &threads).unwrap();
        let kernel = Gibbs::default();
        for _ in 0..300 {
            pcd.update(&|target: &Bridge<FactorizedCategorical<f32>, Same>, with| {
                with(&Bound {
                    target,
                    kernel: &kernel,
                })
            })
            .unwrap();
        }
        // The base is what it was.
        assert_eq!(pcd.model().first().logits(), base.logits());
        pcd.parameters()[0]
    };
    // With the fields of the truth, the coupling is found.
    let found = learned(fields, 1);
    assert!((found - 0.8).abs() < 0.03, "{found}");
    // With those of the data, the moment of the coupling is, by a coupling that solves it exactly.
    let base = categorical_base::<f32>(&data, 1.0).unwrap();
    let found = learned(base.clone(), 1);
    assert_eq!(found, learned(base.clone(), 3));
    let moment = |x: &[u8]| f64::from(same(x));
    let rows = data.symbols().chunks_exact(5);
    let wanted = rows.map(moment).sum::<f64>() / 20e3;
    let of_model = |theta: f32| {
        let target = Bridge::sum(&base, Same(space, theta)).unwrap();
        let states = configurations(&space);
        let f: Vec<f64> = states.iter().map(|x| target.log_prob(x)).collect();
        let log_z = math::logsumexp(&f);
        let terms = states.iter().zip(&f);
        terms
            .map(|(x, f)| moment(x) * (f - log_z).exp())
            .sum::<f64>()
    };
    let (mut low, mut high) = (-2.0, 4.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if of_model(middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    assert!((found - low).abs() < 0.03, "{found} {low}");
}
