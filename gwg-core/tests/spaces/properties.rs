//! Properties for any alphabet and any observations, after any sequence of moves.

use crate::targets::{Encode, Ring, Soft};
use gwg_core::check::{self, OwnedMemory};
use gwg_core::space::Clamped;
use gwg_core::*;
use proptest::prelude::*;
use std::convert::identity;

/// A space of every kind, observations, and a configuration that agrees with them.
#[derive(Clone, Debug)]
struct Case {
    states: Vec<u32>,
    levels: usize,
    /// True for each observed site; at least one is not observed.
    held: Vec<bool>,
    seed: u64,
}

fn cases(
    sites: std::ops::Range<usize>,
    states: std::ops::Range<u32>,
) -> impl Strategy<Value = Case> {
    let site = (states, any::<bool>());
    (prop::collection::vec(site, sites), any::<u64>()).prop_map(|(sites, seed)| {
        let (states, mut held): (Vec<_>, Vec<_>) = sites.into_iter().unzip();
        let free = seed as usize % held.len();
        held[free] = false;
        let levels = states[0] as usize;
        Case {
            states,
            levels,
            held,
            seed,
        }
    })
}

impl Case {
    /// The observations: the symbols of `x` at the observed sites.
    fn observed<S: Space<Symbol = u8>>(&self, space: &S) -> Vec<Option<u8>> {
        let x = check::random_configuration(space, &mut SplitMix64::new(!self.seed));
        let held = x.iter().zip(&self.held);
        held.map(|(&s, &held)| held.then_some(s)).collect()
    }
}

/// Runs a check on the four kinds of space that a case describes, each as `$as_` makes it.
macro_rules! on_spaces {
    ($case:expr, $job:ident, $as_:path) => {{
        let (case, sites) = (&$case, $case.states.len());
        $job(&$as_(Binary::new(sites)), case)?;
        let space = Categorical::new(sites, case.levels).unwrap();
        $job(&$as_(space), case)?;
        $job(&$as_(Ordinal::new(sites, case.levels).unwrap()), case)?;
        let mut offsets = vec![0; sites + 1];
        let space = Mixed::new(&case.states, &mut offsets).unwrap();
        $job(&$as_(space), case)?;
    }};
}

/// The contract of [`Space`], at one configuration.
fn contract<S: Space<Symbol = u8>>(space: &S, x: &[u8]) -> Result<(), TestCaseError> {
    prop_assert!(space.contains(x));
    prop_assert_eq!(space.first_move(0), 0);
    prop_assert_eq!(space.first_move(space.sites()), space.moves());
    prop_assert!(space.gradient_len() <= space.moves());
    let mut weight = vec![1.0f32; space.moves()];
    space.mask(x, &mut weight);
    let mut difference: Vec<f64> = (0..space.moves()).map(|m| 1.0 + m as f64).collect();
    space.differences(x, &mut difference);
    for m in 0..space.moves() {
        let mv = space.decode(x, m);
        let moves = space.first_move(mv.site)..space.first_move(mv.site + 1);
        prop_assert!(moves.contains(&m) && space.site_of(m) == mv.site);
        prop_assert_eq!(mv.from, x[mv.site].widen());
        prop_assert!(usize::from(mv.to) < space.states_at(mv.site));
        prop_assert_eq!(weight[m] == 0.0, mv.is_idle());
        prop_assert!(difference[m] == 0.0 || !mv.is_idle());
        prop_assert!(mv.is_idle() || space.is_free(mv.site));
        let mut y = x.to_vec();
        mv.apply(&mut y);
        prop_assert!(space.contains(&y));
        let back = space.decode(&y, space.undo(m, mv));
        let reverse = Move {
            site: mv.site,
            from: mv.to,
            to: mv.from,
        };
        prop_assert_eq!(back, reverse);
    }
    let mut walked = Vec::new();
    space.each_move(x, |mv| walked.push(mv));
    let decoded: Vec<_> = (0..space.moves()).map(|m| space.decode(x, m)).collect();
    prop_assert_eq!(walked, decoded);
    let free: Vec<_> = (0..space.sites()).filter(|&i| space.is_free(i)).collect();
    let listed: Vec<_> = (0..space.free()).map(|k| space.free_site(k)).collect();
    prop_assert_eq!(free, listed);
    Ok(())
}

fn contracts<S: Space<Symbol = u8>>(space: &S, case: &Case) -> Result<(), TestCaseError> {
    let mut bits = SplitMix64::new(case.seed);
    contract(space, &check::random_configuration(space, &mut bits))?;
    let observed = case.observed(space);
    let mut free = vec![0; space.sites()];
    let clamped = Clamped::new(space.clone(), &observed, &mut free).unwrap();
    contract(&clamped, &check::random_configuration(&clamped, &mut bits))
}

/// Runs a kernel and checks after every step that the walker's state is valid and its `log_prob` consistent.
fn keeps<T: Target<Real = f64>, K: Kernel<T>>(
    target: &T,
    kernel: &K,
    seed: u64,
) -> Result<(), TestCaseError> {
    let mut bits = [0, 1].map(|k| SplitMix64::new(SplitMix64::mix(seed + k)));
    let start = [0, 1].map(|_| check::random_configuration(target.space(), &mut bits[0]));
    let mut owned = OwnedMemory::new(target, kernel, 2);
    let (mut block, scratch) = owned.walkers(target, kernel, &start, 0.7);
    let mut counts = [StepCounts::default(); 2];
    kernel.init(target, &mut block, scratch);
    for _ in 0..60 {
        kernel.step(target, &mut block, scratch, &mut bits, &mut counts);
        for w in &block {
            // This includes observed symbols and the ends of ordinal sites.
            prop_assert!(target.space().contains(w.x), "{:?}", w.x);
            let fresh = target.log_prob(w.x);
            prop_assert!((w.log_prob() - fresh).abs() < 1e-10 * (1.0 + fresh.abs()));
        }
    }
    Ok(())
}

fn all_keep<T: Gradient<Real = f64> + Delta>(target: &T, seed: u64) -> Result<(), TestCaseError> {
    keeps(&Taylor(target), &LocallyBalanced::gwg(), seed)?;
    keeps(&Exact(target), &LocallyBalanced::evaluated(Barker), seed)?;
    keeps(target, &Gibbs { scan: Scan::Random }, seed)?;
    keeps(target, &Gibbs::default(), seed)
}

fn walkers<S: Encode>(space: &S, case: &Case) -> Result<(), TestCaseError> {
    let seed = case.seed >> 1;
    let soft = Soft::new(space.clone(), 1.0, seed);
    let ring = Ring::<S>::new(space.clone(), 1.0, seed);
    let observed = case.observed(space);
    let (mut a, mut b) = (vec![0; space.sites()], vec![0; space.sites()]);
    all_keep(&soft, seed)?;
    all_keep(&Clamp::new(&soft, &observed, &mut a).unwrap(), seed)?;
    keeps(&Taylor(&ring), &LocallyBalanced::local(Max), seed)?;
    let ring = Clamp::new(&ring, &observed, &mut b).unwrap();
    keeps(&Taylor(&ring), &LocallyBalanced::local(Max), seed)?;
    all_keep(&ring, seed)
}

/// The conformance checks: updated values against recomputed ones, after any moves.
fn updates<S: Encode>(space: &S, case: &Case) -> Result<(), TestCaseError> {
    let seed = case.seed >> 1;
    let (soft, ring) = (
        Soft::new(space.clone(), 1.0, seed),
        Ring::<S>::new(space.clone(), 1.0, seed),
    );
    check::local(&ring, 20, seed, 1e-11);
    check::multilinear(&ring, 5, seed, 1e-11);
    check::gradient(&soft, 3, 10, seed, 1e-11);
    let observed = case.observed(space);
    let (mut a, mut b) = (vec![0; space.sites()], vec![0; space.sites()]);
    let soft = Clamp::new(&soft, &observed, &mut a).unwrap();
    check::gradient(&soft, 3, 10, seed, 1e-11);
    check::delta(&soft, 20, seed, 1e-11);
    let ring = Clamp::new(&ring, &observed, &mut b).unwrap();
    check::local(&ring, 20, seed, 1e-11);
    check::multilinear(&ring, 5, seed, 1e-11);
    Ok(())
}

proptest! {
    #[test]
    fn spaces_satisfy_their_contract(case in cases(1..9, 2..257)) {
        on_spaces!(case, contracts, identity);
        on_spaces!(case, contracts, AnySpace::from);
    }
}

// At least two sites: a ring of one couples its site to itself.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn walkers_stay_in_their_space_with_a_consistent_log_prob(case in cases(2..8, 2..7)) {
        on_spaces!(case, walkers, AnySpace::from);
    }

    #[test]
    fn updated_values_equal_recomputed_ones(case in cases(2..8, 2..7)) {
        on_spaces!(case, updates, AnySpace::from);
    }
}

proptest! {
    #[test]
    fn distance_is_the_number_of_differing_sites(pairs in prop::collection::vec((0u8..3, 0u8..3), 0..700)) {
        let (a, b): (Vec<u8>, Vec<u8>) = pairs.iter().copied().unzip();
        let differ = pairs.iter().filter(|(a, b)| a != b).count();
        prop_assert_eq!(space::hamming(&a, &b), differ);
        let wide = |x: &[u8]| x.iter().map(|&s| u16::from(s) << 8).collect::<Vec<u16>>();
        prop_assert_eq!(space::hamming(&wide(&a), &wide(&b)), differ);
    }
}
