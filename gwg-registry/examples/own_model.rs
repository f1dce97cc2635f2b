//! A model of one's own behind the registry: samplers chosen by a line of text run on it, alone and composed, and with observed sites.
//!
//! A model implements the traits of `gwg_core::target` that it can, and says so once; each sampler uses what is there.

use gwg_chains::{Plan, run_with};
use gwg_core::{Categorical, Delta, Gradient, Move, Multilinear, Target};
use gwg_registry::{Model, SamplerSpec};

/// Colors on a ring: neighbors are unlike each other, and color 0 is favored.
struct Necklace {
    space: Categorical,
    unlike: f64,
    favor: f64,
}

impl Necklace {
    /// What a color at a site contributes, given its neighbors.
    fn part(&self, x: &[u8], site: usize, color: u16) -> f64 {
        let n = x.len();
        let neighbors = [x[(site + n - 1) % n], x[(site + 1) % n]];
        let alike = neighbors
            .iter()
            .filter(|&&other| u16::from(other) == color)
            .count();
        let favor = if color == 0 { self.favor } else { 0.0 };
        favor - self.unlike * alike as f64
    }
}

impl Target for Necklace {
    type Real = f64;
    type Space = Categorical;
    fn space(&self) -> &Categorical {
        &self.space
    }
    fn log_prob(&self, x: &[u8]) -> f64 {
        let next = x.iter().cycle().skip(1);
        let alike = x.iter().zip(next).filter(|(a, b)| a == b).count();
        let zeros = x.iter().filter(|&&color| color == 0).count();
        self.favor * zeros as f64 - self.unlike * alike as f64
    }
}

/// One number for each site and color.
impl Gradient for Necklace {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        let colors = gradient.len() / x.len();
        for (m, g) in gradient.iter_mut().enumerate() {
            *g = self.part(x, m / colors, (m % colors) as u16);
        }
        self.log_prob(x)
    }
}

impl Delta for Necklace {
    fn delta(&self, x: &[u8], _: &[f64], mv: Move) -> f64 {
        self.part(x, mv.site, mv.to) - self.part(x, mv.site, mv.from)
    }
}

/// No term has the same site twice: first-order differences are the exact ones.
impl Multilinear for Necklace {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let necklace = Necklace {
        space: Categorical::new(12, 3)?,
        unlike: 1.0,
        favor: 0.5,
    };
    let model = Model::new(necklace, |model, on| {
        model.gradient(on).delta(on).multilinear(on);
    });
    let plan = Plan {
        chains: 8,
        draws: 20_000,
        ..Plan::default()
    };
    let mut means = Vec::new();
    for sampler in ["gwg", "gibbs", "20*gwg+gibbs", "pas"] {
        let stepper = sampler.parse::<SamplerSpec>()?.bind(&model)?;
        let run = run_with(&*stepper, &plan, &mut ())?;
        let log_prob = run
            .quantity("log_prob")
            .ok_or("log_prob is recorded by default")?;
        let mean = log_prob.iter().sum::<f64>() / log_prob.len() as f64;
        println!("{sampler:14} mean log_prob {mean:.3}");
        means.push(mean);
    }
    // Four samplers, one distribution.
    assert!(
        means.iter().all(|mean| (mean - means[0]).abs() < 0.03),
        "{means:?}"
    );

    let mut observed = vec![None; 12];
    observed[0] = Some(2);
    let stepper = "gwg"
        .parse::<SamplerSpec>()?
        .bind(&model.clamped(&observed)?)?;
    let run = run_with(&*stepper, &plan, &mut ())?;
    assert!(run.last.chunks(12).all(|x| x[0] == 2));
    // A sampler that requires what the model does not declare is refused with the reason.
    let refused = "structured".parse::<SamplerSpec>()?.bind(&model);
    println!(
        "structured: {}",
        refused
            .err()
            .ok_or("structured needs blocks of independent sites")?
    );
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn std::error::Error>> {
    main()
}
