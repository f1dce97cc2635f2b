//! Any kernel on any small target: `log_prob` matches `x`, and the bits of a walker do not depend on its block.

use crate::proposals::{Visit, typical};
use crate::targets::{Encode, Ring, Soft};
use gwg_core::check::{Draws, OwnedMemory, random_configuration};
use gwg_core::kernel::informed::UnadjustedLangevin;
use gwg_core::kernel::informed::*;
use gwg_core::*;
use proptest::prelude::*;

struct Walk<'t, T> {
    target: &'t T,
    seed: u64,
    tolerance: f64,
}

/// The states and the `log_prob` bits of each step, after `warm_up` steps of warm-up.
pub(crate) fn walk<T: Differences, K: Kernel<T>>(
    target: &T,
    kernel: &K,
    start: &[Vec<SymbolOf<T>>],
    seeds: &[u64],
    (warm_up, steps): (usize, usize),
) -> Vec<(Vec<SymbolOf<T>>, f64)> {
    let mut owned = OwnedMemory::new(target, kernel, seeds.len());
    let (mut block, scratch) = owned.walkers(target, kernel, start, Real::from_f64(0.7));
    let mut bits: Vec<_> = seeds.iter().map(|&seed| SplitMix64::new(seed)).collect();
    let mut counts = vec![StepCounts::default(); seeds.len()];
    let mut seen = vec![];
    kernel.init(target, &mut block, scratch);
    for step in 0..warm_up + steps {
        kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
        if step < warm_up {
            kernel.adapt(target, &mut block);
        } else {
            seen.extend(block.iter().map(|w| (w.x.to_vec(), w.log_prob())));
        }
    }
    let all = (warm_up + steps) as u64;
    assert!(counts.iter().all(|t| t.steps == all && t.values == all));
    seen
}

impl<T: Differences> Visit for Walk<'_, T> {
    fn visit<P: Draws>(&mut self, name: &str, proposal: P) {
        let kernel = Informed::new(proposal);
        let seeds = [self.seed, self.seed ^ 1, self.seed ^ 2];
        let start =
            seeds.map(|s| random_configuration(self.target.space(), &mut SplitMix64::new(s)));
        let together = walk(self.target, &kernel, &start, &seeds, (10, 15));
        for (x, log_prob) in &together {
            assert!(self.target.space().contains(x), "{name}: {x:?}");
            let fresh = self.target.log_prob(x);
            let error = (log_prob - fresh).abs() / (1.0 + fresh.abs());
            assert!(
                error < self.tolerance,
                "{name}: {log_prob} at {x:?}, where f is {fresh}"
            );
        }
        for k in 0..3 {
            let alone = walk(self.target, &kernel, &start[k..=k], &seeds[k..=k], (10, 15));
            let own = together.iter().skip(k).step_by(seeds.len());
            let bits = |(x, log_prob): &(Vec<_>, f64)| (x.clone(), log_prob.to_bits());
            let same = own.map(bits).eq(alone.iter().map(bits));
            assert!(same, "{name}: walker {k} of a block");
        }
    }
}

fn on<S: Encode>(space: &S, scale: f64, seed: u64) {
    let soft = Soft::new(space.clone(), scale, seed);
    typical(&mut Walk {
        target: &Taylor(&soft),
        seed,
        tolerance: 1e-9,
    });
    if space.sites() == 1 {
        // A ring of one site would be coupled to itself.
        return;
    }
    let ring = Ring::<S, f32>::new(space.clone(), scale, seed);
    typical(&mut Walk {
        target: &Exact(&ring),
        seed,
        tolerance: 1e-4,
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn log_prob_matches_the_state(
        sites in 1usize..9, states in 2usize..5, scale in 0.0..40.0f64, seed in any::<u64>()
    ) {
        on(&Binary::new(sites), scale, seed);
        on(&Categorical::new(sites, states).unwrap(), scale, seed);
    }
}

#[test]
fn dula_log_prob_matches_the_state() {
    let soft = Soft::new(Binary::new(6), 1.0, 3);
    let kernel = UnadjustedLangevin::biased(DiscreteLangevin::dmala(0.3).unwrap());
    let seen = walk(&Taylor(&soft), &kernel, &[vec![0; 6]], &[9], (0, 40));
    for (x, log_prob) in &seen {
        assert!((log_prob - soft.log_prob(x)).abs() < 1e-9);
    }
    assert!(seen.windows(2).any(|two| two[0].0 != two[1].0));
}

#[test]
fn spaces_without_sites_and_with_one_site_are_supported() {
    for sites in [0, 1] {
        on(&Binary::new(sites), 1.0, 5);
        on(&Categorical::new(sites, 3).unwrap(), 1.0, 5);
    }
}

#[test]
fn invalid_tuning_is_rejected() {
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(MultiFlip::gwg(bad).is_err() && PathAuxiliary::pas(bad).is_err());
        assert!(DiscreteLangevin::dmala(bad).is_err() && Dlmc::forward(Sqrt, bad).is_err());
        assert!(HammingWindow2::gwg().with_temperature(bad).is_err());
        let phase = Phase {
            step: bad,
            balance: 0.5,
        };
        assert!(CyclicalLangevin::new(&[phase]).is_err());
    }
    assert!(CyclicalLangevin::new(&[] as &[Phase]).is_err());
    let text = Error::NotPositive { parameter: "alpha" }.to_string();
    assert_eq!(text, "alpha: must be positive and finite");
}
