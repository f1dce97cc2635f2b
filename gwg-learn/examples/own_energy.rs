//! An energy of one's own, learned from data: `f(x) = sum_k theta_k sum_i s_i s_(i+1) s_(i+1+k)` of spins on a ring, with three numbers `theta`.
use gwg_chains::{Bound, Threads};
use gwg_core::target::{ParameterError, Tensor, check_batch, check_parameters};
use gwg_core::{Binary, Delta, Gibbs, Move, Parametric, Target};
use gwg_learn::{Data, Optimizer, Pcd, PcdOptions, Schedule};

const SITES: usize = 8;

#[derive(Clone)]
struct Triples(Binary, [f32; 3]);

/// The sums that the parameters multiply.
fn sums(x: &[u8]) -> [f32; 3] {
    let s = |i: usize| 2.0 * f32::from(x[i % SITES]) - 1.0;
    [1, 2, 3].map(|k| (0..SITES).map(|i| s(i) * s(i + 1) * s(i + 1 + k)).sum())
}

impl Target for Triples {
    type Real = f32;
    type Space = Binary;
    fn space(&self) -> &Binary {
        &self.0
    }
    fn log_prob(&self, x: &[u8]) -> f64 {
        let terms = sums(x).into_iter().zip(self.1);
        terms.map(|(sum, theta)| f64::from(sum * theta)).sum()
    }
}

impl Delta for Triples {
    fn delta(&self, x: &[u8], _: &[f32], change: Move) -> f32 {
        let mut other = x.to_vec();
        other[change.site] = change.to as u8;
        (self.log_prob(&other) - self.log_prob(x)) as f32
    }
}

impl Parametric for Triples {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        (k == 0).then(|| Tensor::new("theta", [3]))
    }
    fn read_parameters(&self, values: &mut [f32]) -> Result<(), ParameterError> {
        values.copy_from_slice(&self.1);
        Ok(())
    }
    fn write_parameters(&mut self, values: &[f32]) -> Result<(), ParameterError> {
        check_parameters(self, values)?;
        self.1.copy_from_slice(values);
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
        for (x, weight) in x.chunks_exact(SITES).zip(weights) {
            for (g, sum) in gradient.iter_mut().zip(sums(x)) {
                *g += weight * sum;
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let truth = Triples(Binary::new(SITES), [0.3, -0.2, 0.1]);
    let states = (0..256).flat_map(|k: u32| (0..8).map(move |i| (k >> i & 1) as u8));
    let states: Vec<u8> = states.collect();
    let weights = states.chunks_exact(SITES).map(|x| truth.log_prob(x).exp());
    let weights = weights.collect();
    let data = Data::new(states, SITES, 2)?.with_weights(weights)?;
    let options = PcdOptions {
        batch: 256,
        chains: 1000,
        steps: 16,
        optimizer: Optimizer::adam(),
        schedule: Schedule {
            rate: 0.02,
            warmup: 1,
            decay_after: 100,
        },
        average: 0.95,
        ..PcdOptions::default()
    };
    let start = Triples(Binary::new(SITES), [0.0; 3]);
    let (mut pcd, kernel) = (
        Pcd::new(start, &data, options, &Threads::one())?,
        Gibbs::default(),
    );
    for _ in 0..300 {
        let bind =
            |model: &Triples, with: &mut dyn FnMut(&dyn gwg_chains::Stepper<f32, u8>) -> _| {
                with(&Bound {
                    target: model,
                    kernel: &kernel,
                })
            };
        pcd.update(&bind)?;
    }
    println!("theta {:.3?}, learned {:.3?}", truth.1, pcd.parameters());
    let close = pcd.parameters().iter().zip(truth.1);
    assert!(
        close
            .into_iter()
            .all(|(found, truth)| (found - truth).abs() < 0.02)
    );
    Ok(())
}

#[test]
fn the_parameters_are_found() {
    main().unwrap();
}
