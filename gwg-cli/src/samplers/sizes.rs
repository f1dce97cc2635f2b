//! How large a block may be on a model.

use super::{Choice, Sampler};
use crate::failure::Failure;

/// The most joint states of a block that the kernels weigh.
const MOST: u64 = 65_536;

impl Choice {
    /// What a kernel's refusal of a block means here: the sampler, its key, and the largest block that is allowed.
    pub(crate) fn refused_block(&self, sites: usize, states: usize) -> Option<Failure> {
        match self {
            Self::One(sampler) => sampler.refused_block(sites, states),
            Self::Two(pair) => [pair.first, pair.second]
                .iter()
                .find_map(|sampler| sampler.refused_block(sites, states)),
        }
    }
}

impl Sampler {
    fn refused_block(&self, sites: usize, states: usize) -> Option<Failure> {
        let (block, radius) = match *self {
            Self::BlockGibbs { block, .. } => (block, block),
            Self::HammingBall { block, radius, .. } => (block, radius),
            _ => return None,
        };
        let fits = |block: usize| points(block.min(sites), radius, states).is_some();
        if fits(block) {
            return None;
        }
        let largest = (1..block).take_while(|&block| fits(block)).last()?;
        let weighed = if matches!(self, Self::BlockGibbs { .. }) {
            format!("{states}^block joint states")
        } else {
            format!("all joint states within radius {radius} of a block's")
        };
        Some(Failure::usage(format!(
            "--sampler {}: key `block`: found {block}, allowed with {states} states a site is 1 to {largest}: {weighed} are weighed, at most {MOST}",
            self.name()
        )))
    }
}

/// Joint states of a block within a radius of one of them, where so many are weighed.
fn points(block: usize, radius: usize, states: usize) -> Option<u64> {
    let (block, others) = (block as u64, states as u64 - 1);
    let (mut all, mut sphere) = (1u64, 1u64);
    for r in 0..block.min(radius as u64) {
        sphere = sphere.checked_mul(block - r)?.checked_mul(others)? / (r + 1);
        all = all.checked_add(sphere)?;
    }
    (all <= MOST).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::road;
    use gwg_chains::Plan;
    use gwg_models::{AnyModel, ModelSpec};

    #[test]
    fn points_are_counted() {
        assert_eq!(points(3, 3, 21), Some(21 * 21 * 21));
        assert_eq!(points(4, 4, 21), None);
        assert_eq!(points(10, 1, 2), Some(11));
        assert_eq!(points(10, 2, 4), Some(1 + 30 + 45 * 9));
        assert_eq!(points(16, 16, 2), Some(MOST));
        assert_eq!(points(usize::MAX, 3, 256), None);
    }

    /// What is said to be allowed runs, and one more does not.
    #[test]
    fn the_largest_block_is_the_kernels() {
        let spec = ModelSpec::parse("categorical:sites=400,states=21").unwrap();
        let model: AnyModel<f64> = AnyModel::build(&spec, None).unwrap();
        let plan = Plan {
            chains: 1,
            warmup: 0,
            draws: 1,
            ..Plan::default()
        };
        let run = |sampler: &str| {
            let choice = Choice::parse(sampler).unwrap();
            road::run(choice, &model, &plan, &mut ())
        };
        for (sampler, largest) in [
            ("block-gibbs:block=", 3),
            ("gwg+block-gibbs:block=", 3),
            ("hamming-ball:radius=2,block=", 18),
        ] {
            run(&format!("{sampler}{largest}")).unwrap();
            match run(&format!("{sampler}{}", largest + 1)) {
                Err(Failure::Usage(said)) => {
                    let allowed = format!("with 21 states a site is 1 to {largest}: ");
                    assert!(said.contains(&allowed), "{said}");
                }
                other => panic!("{sampler}: {other:?}"),
            }
        }
    }
}
