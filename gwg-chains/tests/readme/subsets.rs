use gwg_chains::trace::Recorder;
use gwg_core::{Binary, Gradient, LocallyBalanced, Target, Taylor};
use std::path::Path;

/// Subsets whose weights sum up to nearly `goal`: f(x) = -(w.x - goal)^2 / 2.
struct Subsets {
    space: Binary,
    weights: Vec<f64>,
    goal: f64,
}

impl Subsets {
    fn excess(&self, x: &[u8]) -> f64 {
        self.weights.iter().zip(x).map(|(w, &x)| w * f64::from(x)).sum::<f64>() - self.goal
    }
}

impl Target for Subsets {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        -0.5 * self.excess(x).powi(2)
    }
}

impl Gradient for Subsets {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        let excess = self.excess(x);
        for (g, w) in gradient.iter_mut().zip(&self.weights) {
            *g = -excess * w;
        }
        -0.5 * excess * excess
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let weights: Vec<f64> = (1..=30).map(|i| f64::from(i).sqrt()).collect();
    let model = Subsets { space: Binary::new(30), weights, goal: 40.0 };
    let plan = gwg_chains::Plan { draws: 2000, thin: 100, ..Default::default() };
    let mut trace = Recorder::create(Path::new("subsets.zarr"), model.space(), &plan)?;
    let run = gwg_chains::run(&Taylor(&model), &LocallyBalanced::gwg(), &plan, &mut trace)?;
    trace.finish()?;
    assert!(run.summary().largest_rhat().is_some_and(|r| r < 1.02));
    Ok(())
}
