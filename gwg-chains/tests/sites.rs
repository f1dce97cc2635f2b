//! Diagnostics of every site: against those of the indicators as numbers, and on chains that stand in different modes.

use gwg_chains::diagnostics::{Draws, SiteDraws, summarize};
use gwg_chains::{Init, Plan, run};
use gwg_core::{Bits, Exact, LocallyBalanced, SplitMix64};
use gwg_models::LatticeIsing;
use proptest::prelude::*;

/// Chains that change each site with the given probability, (chain, draw, site).
fn chains(
    chains: usize,
    draws: usize,
    sites: usize,
    states: usize,
    change: f64,
    seed: u64,
) -> Vec<Vec<Vec<u8>>> {
    let mut bits = SplitMix64::new(seed);
    (0..chains)
        .map(|_| {
            let mut x = vec![0_u8; sites];
            (0..draws)
                .map(|_| {
                    for s in &mut x {
                        if bits.unit::<f64>() < change {
                            *s = bits.below(states) as u8;
                        }
                    }
                    x.clone()
                })
                .collect()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn figures_of_sites_are_those_of_their_indicators(
        count in 1usize..5, draws in 4usize..200, states in 2usize..5, change in 0.02f64..1.0, seed in any::<u64>(),
    ) {
        let sites = 3;
        let all = chains(count, draws, sites, states, change, seed);
        let mut kept = SiteDraws::new(sites, states, count, count);
        for t in 0..draws {
            for (c, chain) in all.iter().enumerate() {
                kept.add(c, &chain[t]);
            }
        }
        let found = kept.statistics();
        prop_assert_eq!((found.sites, found.of, found.every), (3, 3, 1));
        for figure in &found.worst {
            let symbol = figure.symbol.unwrap();
            let flat: Vec<f64> = all
                .iter()
                .flatten()
                .map(|x| f64::from(u8::from(usize::from(x[figure.site]) == symbol)))
                .collect();
            let s = summarize(&Draws::from_flat(&flat, count, draws).unwrap());
            let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => a == b || (a - b).abs() < 1e-9 * (1.0 + b.abs()),
                (a, b) => a == b,
            };
            prop_assert!(near(Some(figure.mean), s.mean));
            prop_assert!(near(figure.rhat, s.rhat), "{:?} {:?}", figure, s);
            prop_assert!(near(figure.ess, s.ess_bulk), "{:?} {:?}", figure, s);
            let share = figure.mean.min(1.0 - figure.mean);
            if share > 0.06 {
                // An indicator of the other tail may be constant, and then counts as that many draws.
                let tail = figure.ess.map(|ess| ess.min((2 * count * (draws / 2)) as f64));
                prop_assert!(near(tail, s.ess_tail) || near(figure.ess, s.ess_tail), "{:?} {:?}", figure, s);
            }
        }
    }
}

#[test]
fn chains_in_different_modes_disagree_at_every_site() {
    let model = LatticeIsing::<f64>::new(2, 6, 0.6, 0.0).unwrap();
    let kernel = LocallyBalanced::n_fold(gwg_core::Sqrt);
    let up = |chain: usize| vec![u16::from(chain % 2 == 1); 36];
    let mut plan = Plan {
        draws: 500,
        thin: 20,
        init: Init::States((0..4).flat_map(up).collect()),
        ..Plan::default()
    };
    let apart = run(&Exact(&model), &kernel, &plan, &mut ()).unwrap();
    let sites = apart.site_statistics().unwrap();
    assert_eq!((sites.judged, sites.disagree), (36, 36));
    assert!(sites.largest_rhat().unwrap() > 1.9, "{sites:?}");
    assert!(sites.least_ess.unwrap().ess.unwrap() < 10.0);

    plan.init = Init::States(vec![1; 144]);
    let together = run(&Exact(&model), &kernel, &plan, &mut ()).unwrap();
    let sites = together.site_statistics().unwrap();
    assert_eq!(sites.disagree, 0, "{sites:?}");

    plan.judge_sites = false;
    assert!(
        run(&Exact(&model), &kernel, &plan, &mut ())
            .unwrap()
            .sites
            .is_none()
    );
}

/// Of chains that agree, few are said to disagree, and that no less where draws are correlated.
#[test]
fn chains_that_agree_rarely_disagree_by_chance() {
    for (change, seed) in [(1.0, 1), (0.3, 2), (0.1, 3)] {
        let runs = 60;
        let disagree = (0..runs).filter(|run| {
            let (sites, draws) = (400, 400);
            let all = chains(4, draws, sites, 2, change, seed * 1000 + run);
            let mut kept = SiteDraws::new(sites, 2, 4, 4);
            for (c, chain) in all.iter().enumerate() {
                chain.iter().for_each(|x| kept.add(c, x));
            }
            kept.statistics().disagree > 0
        });
        // One in a hundred: more than 5 of 60 have a probability below 1e-4.
        let disagree = disagree.count();
        assert!(disagree <= 5, "{change}: {disagree} of {runs}");
    }
}

#[test]
fn long_runs_keep_a_part_of_their_draws_in_bounded_memory() {
    let (sites, draws) = (10_000, 40_000);
    let mut kept = SiteDraws::new(sites, 2, 1, 4);
    let mut bits = SplitMix64::new(3);
    let mut x = vec![0_u8; sites];
    for _ in 0..draws {
        for s in &mut x[..2] {
            *s = bits.below(2) as u8;
        }
        kept.add(0, &x);
    }
    let found = kept.statistics();
    assert_eq!((found.every, found.judged), (4, 2));
    assert!(found.worst.iter().all(|f| (f.mean - 0.5).abs() < 0.025));
}
