//! Stochastic block models: sums, differences, gradients and posteriors against enumeration, Monte Carlo EM against exact EM, planted classes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::{Bound, Threads};
use gwg_core::check::{self, TransitionMatrix, chi_square, configurations};
use gwg_core::{Bits, Clamp, Exact, Gibbs, LocallyBalanced, Parametric, Scan, SplitMix64, Sqrt};
use gwg_core::{Target, Taylor};
use gwg_learn::latent::{
    BindPosterior, BlockGraph, BlockModel, EmOptions, GraphError, LatentError, LogOdds, MISSING,
    MonteCarloEm, PosteriorAnnealing, annealed_log_likelihood, exact_log_likelihood,
};
use gwg_learn::{Schedule, log_z};
use gwg_nets::{Symbols, perceptron};
use proptest::prelude::*;
use std::num::NonZeroUsize;

fn threads(n: usize) -> Threads {
    Threads::new(NonZeroUsize::new(n).unwrap()).unwrap()
}

/// Each pair is an edge with probability `p`, and missing with probability `missing`.
fn graph(nodes: usize, p: f64, missing: f64, seed: u64) -> BlockGraph {
    let (mut bits, mut lists) = (SplitMix64::new(seed), [vec![], vec![]]);
    for i in 0..nodes {
        for j in i + 1..nodes {
            let u = bits.unit::<f64>();
            if u < p + missing {
                lists[usize::from(u >= p)].push((j, i));
            }
        }
    }
    BlockGraph::new(nodes, &lists[0], &lists[1]).unwrap()
}

fn prior(classes: usize) -> Vec<f64> {
    (0..classes).map(|k| 0.8 * (k as f64).cos()).collect()
}

/// With log-odds by a network whose weights are not small.
fn neural(graph: BlockGraph, classes: usize, seed: u64) -> BlockModel<f64> {
    let odds = LogOdds::random(classes, 2, &[4], seed).unwrap();
    let mut model = BlockModel::new(graph, odds, prior(classes)).unwrap();
    let mut parameters = read(&model);
    parameters.iter_mut().for_each(|p| *p *= 1.7);
    model.write_parameters(&parameters).unwrap();
    model
}

fn table(graph: BlockGraph, classes: usize) -> BlockModel<f64> {
    let count = classes * (classes + 1) / 2;
    let upper = (0..count).map(|k| 1.5 * (2.0 * k as f64 + 0.5).sin());
    let odds = LogOdds::table(classes, upper.collect()).unwrap();
    BlockModel::new(graph, odds, prior(classes)).unwrap()
}

fn read<M: Parametric<Real = f64>>(model: &M) -> Vec<f64> {
    let mut parameters = vec![0.0; model.parameter_count()];
    model.read_parameters(&mut parameters).unwrap();
    parameters
}

/// `f`, by the formula, pair by pair.
fn by_pairs(model: &BlockModel<f64>, z: &[u8]) -> f64 {
    let classes = model.classes();
    let mut f: f64 = z.iter().map(|&a| model.log_prior()[usize::from(a)]).sum();
    for i in 0..z.len() {
        for j in (0..i).filter(|&j| !model.graph().missing(i).any(|k| k == j)) {
            let eta = model.log_odds()[usize::from(z[i]) * classes + usize::from(z[j])];
            let edge = model.graph().neighbors(i).any(|k| k == j);
            f += f64::from(u8::from(edge)) * eta - eta.exp().ln_1p();
        }
    }
    f
}

/// Over all graphs of four nodes, and all classes of the nodes.
#[test]
fn the_joint_probabilities_have_the_sum_one() {
    let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
    for missing in [0, 2] {
        let known = &pairs[missing..];
        for (classes, is_neural) in [(2, false), (3, false), (3, true)] {
            let mut total = 0.0;
            for graph in 0..1_usize << known.len() {
                let edges = known.iter().enumerate();
                let edges = edges.filter(|(k, _)| graph >> k & 1 == 1);
                let edges: Vec<_> = edges.map(|(_, &pair)| pair).collect();
                let graph = BlockGraph::new(4, &edges, &pairs[..missing]).unwrap();
                let model = match is_neural {
                    true => neural(graph, classes, 3),
                    false => table(graph, classes),
                };
                let all = configurations(model.space());
                total += all.iter().map(|z| model.log_prob(z).exp()).sum::<f64>();
                // By exact differences.
                let log_likelihood = exact_log_likelihood(&model, &[None; 4]).unwrap();
                let sum: f64 = all.iter().map(|z| model.log_prob(z).exp()).sum();
                assert!((log_likelihood - sum.ln()).abs() < 1e-12);
            }
            assert!((total - 1.0).abs() < 1e-12, "{classes} {missing}: {total}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn differences_gradients_and_parameters_are_those_of_the_values(
        nodes in 2_usize..9,
        classes in 2_usize..5,
        p in 0.0_f64..1.0,
        missing in prop_oneof![Just(0.0), 0.0_f64..0.5],
        is_neural in any::<bool>(),
        seed in 0_u64..1000,
    ) {
        let graph = graph(nodes, p * (1.0 - missing), missing, seed);
        let mut model = match is_neural {
            true => neural(graph, classes, seed),
            false => table(graph, classes),
        };
        let mut bits = SplitMix64::new(seed);
        for _ in 0..5 {
            let z = check::random_configuration(model.space(), &mut bits);
            let (found, expected) = (model.log_prob(&z), by_pairs(&model, &z));
            prop_assert!((found - expected).abs() < 1e-11, "{found} {expected}");
        }
        check::delta(&model, 40, seed, 1e-11);
        check::local(&model, 20, seed, 1e-11);
        check::gradient(&model, 3, 20, seed, 1e-11);
        check::multilinear(&model, 5, seed, 1e-11);
        check::parametric(&mut model, seed, 1e-6);
    }
}

/// Central differences of `f` by the prior, the embeddings, the weights of the network, and the table.
#[test]
fn gradients_of_parameters_are_central_differences() {
    let known = || graph(7, 0.4, 0.2, 3);
    for mut model in [neural(known(), 3, 2), table(known(), 3)] {
        let (mut bits, mut x) = (SplitMix64::new(4), Vec::new());
        for _ in 0..3 {
            x.extend(check::random_configuration(model.space(), &mut bits));
        }
        let weights = [0.7, -1.2, 0.4];
        let mut gradient = vec![0.0; model.parameter_count()];
        let mut scratch = vec![f64::NAN; model.parameter_gradient_scratch_len(3)];
        model
            .parameter_gradient(&x, &weights, &mut gradient, &mut scratch)
            .unwrap();
        let parameters = read(&model);
        assert!(gradient.iter().filter(|g| g.abs() > 1e-3).count() > parameters.len() / 2);
        for (k, g) in gradient.iter().enumerate() {
            let mut at = |step: f64| -> f64 {
                let mut moved = parameters.clone();
                moved[k] += step;
                model.write_parameters(&moved).unwrap();
                let rows = x.chunks_exact(7).zip(weights);
                rows.map(|(x, w)| w * by_pairs(&model, x)).sum()
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((difference - g).abs() < 1e-6, "{k}: {difference} {g}");
        }
    }
}

#[test]
fn samplers_with_observed_classes_leave_the_posterior_invariant() {
    let observed = [None, Some(2), None, None, Some(0), None];
    let gibbs = Gibbs { scan: Scan::Random };
    for missing in [0.0, 0.3] {
        let model = neural(graph(6, 0.4, missing, 5), 3, 7);
        let mut free = [0; 6];
        let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
        for beta in [1.0, 0.4] {
            let gwg = LocallyBalanced::gwg();
            TransitionMatrix::new(&Taylor(&clamped), &gwg, beta).assert_exact(true, 1e-12);
            TransitionMatrix::new(&Exact(&clamped), &gwg, beta).assert_exact(true, 1e-12);
            let tree = LocallyBalanced::local(Sqrt);
            TransitionMatrix::new(&Exact(&clamped), &tree, beta).assert_exact(true, 1e-12);
            TransitionMatrix::new(&clamped, &gibbs, beta).assert_exact(true, 1e-12);
        }
        let matrix = TransitionMatrix::new(&clamped, &gibbs, 1.0);
        let log_likelihood = exact_log_likelihood(&model, &observed).unwrap();
        let states = configurations(clamped.space());
        for (z, p) in states.iter().zip(&matrix.stationary) {
            assert!(((by_pairs(&model, z) - log_likelihood).exp() - p).abs() < 1e-12);
        }
        let found = check::long_run(
            &Taylor(&clamped),
            &LocallyBalanced::gwg(),
            1.0,
            20,
            500,
            12,
            1,
        );
        assert!(found.z < 4.0, "{found:?}");
    }
}

fn narrow(wide: &BlockModel<f64>) -> BlockModel<f32> {
    let classes = wide.classes();
    let upper = (0..classes).flat_map(|a| (a..classes).map(move |b| a * classes + b));
    let upper = upper.map(|k| wide.log_odds()[k] as f32).collect();
    let prior = wide.log_prior().iter().map(|&p| p as f32).collect();
    let odds = LogOdds::table(classes, upper).unwrap();
    BlockModel::new(wide.graph().clone(), odds, prior).unwrap()
}

fn by_gibbs<T>(work: impl FnOnce(&BindPosterior<'_, BlockModel<f32>>) -> T) -> T {
    let kernel = Gibbs::default();
    work(&|target, with| {
        with(&Bound {
            target,
            kernel: &kernel,
        })
    })
}

fn by_gwg<T>(work: impl FnOnce(&BindPosterior<'_, BlockModel<f32>>) -> T) -> T {
    let kernel = LocallyBalanced::gwg();
    work(&|target, with| {
        with(&Bound {
            target: &Taylor(target),
            kernel: &kernel,
        })
    })
}

/// Ten nodes of two classes, four of which are observed; both kinds of pairs are in all blocks.
fn observed_classes() -> (BlockGraph, Vec<Option<u8>>) {
    let classes = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    let graph = BlockGraph::planted(&classes, |a, b| [0.7, 0.3][usize::from(a != b)], 11).unwrap();
    let mut observed = vec![None; 10];
    for (site, class) in [(0, 0), (1, 0), (5, 1), (6, 1)] {
        observed[site] = Some(class);
    }
    (graph, observed)
}

/// Exact EM with one step of gradient ascent per M step: the likelihood never falls.
fn exact_em(
    mut model: BlockModel<f64>,
    observed: &[Option<u8>],
    updates: usize,
) -> BlockModel<f64> {
    let mut last = f64::NEG_INFINITY;
    let mut scratch = vec![0.0; model.parameter_gradient_scratch_len(1)];
    for update in 0..updates {
        let mut gradient = vec![0.0; model.parameter_count()];
        let mut free = vec![0; observed.len()];
        let log_likelihood = exact_log_likelihood(&model, observed).unwrap();
        assert!(
            log_likelihood >= last - 1e-11,
            "{update}: {log_likelihood} after {last}"
        );
        last = log_likelihood;
        let clamped = Clamp::new(&model, observed, &mut free).unwrap();
        for z in configurations(clamped.space()) {
            let weight = (model.log_prob(&z) - log_likelihood).exp();
            model
                .parameter_gradient(&z, &[weight], &mut gradient, &mut scratch)
                .unwrap();
        }
        let moved = read(&model).into_iter().zip(gradient);
        let moved: Vec<f64> = moved.map(|(p, g)| p + 0.05 * g).collect();
        model.write_parameters(&moved).unwrap();
    }
    model
}

#[test]
fn monte_carlo_em_reaches_the_likelihood_of_exact_em() {
    let (graph, observed) = observed_classes();
    let odds = LogOdds::table(2, vec![0.3, -0.3, 0.2]).unwrap();
    let start = BlockModel::new(graph, odds, vec![0.0; 2]).unwrap();
    let first = exact_log_likelihood(&start, &observed).unwrap();
    let exact = exact_em(start.clone(), &observed, 600);
    let maximum = exact_log_likelihood(&exact, &observed).unwrap();
    let options = EmOptions {
        chains: 100,
        steps: 12,
        schedule: Schedule {
            rate: 0.05,
            warmup: 1,
            decay_after: 100,
        },
        average: 0.98,
        seed: 3,
        ..EmOptions::default()
    };
    let model = narrow(&start);
    let data = model.observe(&observed).unwrap();
    let mut em = MonteCarloEm::new(model, &data, options, &threads(2)).unwrap();
    let mut means = vec![first];
    for update in 1..=600 {
        by_gibbs(|bind| em.update(bind)).unwrap();
        if update % 100 == 0 {
            let mut learned = start.clone();
            let parameters: Vec<f64> = em.parameters().iter().map(|&p| f64::from(p)).collect();
            learned.write_parameters(&parameters).unwrap();
            means.push(exact_log_likelihood(&learned, &observed).unwrap());
        }
    }
    println!("exact EM {maximum}, Monte Carlo EM {means:?}");
    assert!(first < maximum - 1.0);
    let last = means[means.len() - 1];
    assert!((last - maximum).abs() < 0.01, "{last} {maximum}");
    assert!(means.windows(2).all(|m| m[1] > m[0] - 0.01), "{means:?}");
    let found = em.model().log_odds().iter().zip(exact.log_odds());
    for (found, expected) in found.clone() {
        assert!(
            (f64::from(*found) - expected).abs() < 0.1,
            "{found} {expected}"
        );
    }
}

/// Two chains in the E step with a systematic scan: their states are of the posterior.
#[test]
fn the_e_step_draws_from_the_posterior() {
    let (graph, observed) = observed_classes();
    let wide = table(graph, 2);
    let model = narrow(&wide);
    let data = model.observe(&observed).unwrap();
    let options = EmOptions {
        chains: 20_000,
        ..EmOptions::default()
    };
    let mut em = MonteCarloEm::new(model, &data, options, &threads(2)).unwrap();
    by_gibbs(|bind| em.advance(120, bind)).unwrap();
    let log_likelihood = exact_log_likelihood(&wide, &observed).unwrap();
    let mut free = [0; 10];
    let clamped = Clamp::new(&wide, &observed, &mut free).unwrap();
    let all = configurations(clamped.space());
    let expected: Vec<f64> = all
        .iter()
        .map(|z| (wide.log_prob(z) - log_likelihood).exp())
        .collect();
    let mut counts = vec![0; all.len()];
    for z in em.states().chunks_exact(10) {
        counts[check::index(clamped.space(), z)] += 1;
    }
    let found = chi_square(&counts, &expected);
    assert!(found.z < 4.0, "{found:?}");
}

#[test]
fn annealing_agrees_with_enumeration() {
    let model = neural(graph(7, 0.4, 0.1, 2), 3, 5);
    let mut observed = [None; 7];
    observed[3] = Some(1);
    let exact = exact_log_likelihood(&model, &observed).unwrap();
    let settings = PosteriorAnnealing {
        schedule: log_z::Schedule::linear(40).unwrap(),
        steps: 5,
        particles: 300,
        seed: 8,
    };
    let kernel = LocallyBalanced::gwg();
    let found = annealed_log_likelihood(
        &model,
        &observed,
        &settings,
        &|target, with| {
            with(&Bound {
                target: &Taylor(target),
                kernel: &kernel,
            })
        },
        &threads(1),
    )
    .unwrap();
    let error = found.standard_error;
    assert!(error > 0.0 && error < 0.1, "{found:?}");
    assert!(
        (found.value - exact).abs() < 4.0 * error,
        "{found:?} {exact}"
    );
}

/// Three planted classes of 20 nodes, the last of which is joined with the first and not within itself; five nodes of each are observed.
fn planted() -> (Vec<u8>, BlockGraph, Vec<Option<u8>>) {
    let classes: Vec<u8> = (0..60).map(|k| k / 20).collect();
    let probability = |a, b| match (a, b) {
        (0, 0) | (1, 1) => 0.5,
        (0, 2) => 0.6,
        _ => 0.1,
    };
    let graph = BlockGraph::planted(&classes, probability, 4).unwrap();
    let mut observed = vec![None; 60];
    for node in (0..60).filter(|node| node % 20 < 5) {
        observed[node] = Some(classes[node]);
    }
    (classes, graph, observed)
}

fn trainer(count: usize, seed: u64) -> MonteCarloEm<BlockModel<f32>> {
    let (_, graph, observed) = planted();
    let model = BlockModel::random(graph, 3, 2, &[8], 1).unwrap();
    let data = model.observe(&observed).unwrap();
    let options = EmOptions {
        chains: 5,
        steps: 100,
        schedule: Schedule::constant(0.03),
        anneal: 300,
        seed,
        ..EmOptions::default()
    };
    MonteCarloEm::new(model, &data, options, &threads(count)).unwrap()
}

#[test]
fn planted_classes_are_found_by_a_neural_model() {
    let (classes, _, observed) = planted();
    let mut em = trainer(2, 0);
    for _ in 0..500 {
        by_gwg(|bind| em.update(bind)).unwrap();
    }
    let (mut right, mut all) = (0, 0);
    for z in em.states().chunks_exact(60) {
        for ((found, class), seen) in z.iter().zip(&classes).zip(&observed) {
            if seen.is_none() {
                right += usize::from(found == class);
                all += 1;
            }
        }
    }
    let accuracy = right as f64 / all as f64;
    println!("{accuracy} {:?}", em.model().log_odds());
    assert!(accuracy > 0.95, "{accuracy}");
    // The log-odds of .5, .1, .6 and .1 are 0, -2.2, .4 and -2.2.
    let eta = em.model().log_odds();
    for (k, expected) in [
        (0, 0.0),
        (1, -2.2),
        (2, 0.4),
        (4, 0.0),
        (5, -2.2),
        (8, -2.2),
    ] {
        assert!((eta[k] - expected).abs() < 0.7, "{eta:?}");
    }
}

#[test]
fn training_has_the_same_bits_on_any_number_of_threads() {
    let run = |count| {
        let mut em = trainer(count, 0);
        let last = (0..6)
            .map(|_| by_gwg(|bind| em.update(bind)).unwrap())
            .last();
        (em.parameters().to_vec(), em.states().to_vec(), last)
    };
    assert_eq!(run(1), run(3));
}

/// With a systematic scan, whose place is part of the state.
#[test]
fn saved_training_goes_on_with_the_same_bits() {
    let mut whole = trainer(1, 0);
    for _ in 0..5 {
        by_gibbs(|bind| whole.update(bind)).unwrap();
    }
    let mut first = trainer(2, 0);
    for _ in 0..2 {
        by_gibbs(|bind| first.update(bind)).unwrap();
    }
    let saved = first.save().unwrap();
    let mut second = trainer(3, 0);
    by_gibbs(|bind| second.resume(&saved, bind)).unwrap();
    for _ in 2..5 {
        by_gibbs(|bind| second.update(bind)).unwrap();
    }
    assert_eq!(second.save().unwrap(), whole.save().unwrap());
    // The graph is data.
    let (_, _, observed) = planted();
    let model = BlockModel::random(graph(60, 0.3, 0.0, 1), 3, 2, &[8], 1).unwrap();
    let data = model.observe(&observed).unwrap();
    let mut other = MonteCarloEm::new(model, &data, first.options().clone(), &threads(1)).unwrap();
    let refused = by_gibbs(|bind| other.resume(&saved, bind)).unwrap_err();
    assert!(
        refused.to_string().contains("another data set"),
        "{refused}"
    );
}

#[test]
fn adjacency_matrices_and_lists_give_the_same_graph() {
    #[rustfmt::skip]
    let adjacency = [
        0, 1, MISSING,
        1, 0, 0,
        MISSING, 0, MISSING,
    ];
    let graph = BlockGraph::from_adjacency(3, &adjacency).unwrap();
    assert_eq!(graph, BlockGraph::new(3, &[(1, 0)], &[(2, 0)]).unwrap());
    assert_eq!((graph.edge_count(), graph.missing_count()), (1, 1));
    assert!(
        graph.neighbors(0).eq([1])
            && graph.missing(2).eq([0])
            && graph.neighbors(9).next().is_none()
    );
}

#[test]
fn refusals_name_what_is_wrong() {
    let of = |found: Result<BlockGraph, GraphError>| found.unwrap_err().to_string();
    let matrix = |entries: &[u8]| of(BlockGraph::from_adjacency(2, entries));
    let asymmetric = matrix(&[0, 1, 0, 0]);
    assert!(
        asymmetric.contains("adjacency[0, 1]: found 1, but the entry [1, 0] is 0"),
        "{asymmetric}"
    );
    assert!(matrix(&[0, 0, 1, 0]).contains("adjacency[0, 1]: found 0, but"));
    assert!(matrix(&[0, 1, 1, 1]).contains("a self-loop"));
    assert!(matrix(&[0, 3, 3, 0]).contains("found 3, allowed are 0, 1 and 2"));
    assert!(matrix(&[0, 1, 1]).contains("found 3 entries, needed 2 x 2"));
    let list = |edges: &[(usize, usize)], missing: &[(usize, usize)]| {
        of(BlockGraph::new(3, edges, missing))
    };
    assert_eq!(
        list(&[(0, 1), (2, 2)], &[]),
        "edge 1 (counted from 0), 2 - 2: a self-loop: remove it"
    );
    assert!(list(&[(0, 3)], &[]).contains("the graph has 3 nodes, allowed are 0 to 2"));
    assert!(
        list(&[(0, 1), (1, 0)], &[]).contains("edge 1 (counted from 0), 1 - 0: repeats edge 0")
    );
    assert!(
        list(&[(0, 1)], &[(1, 0)])
            .contains("missing pair 0 (counted from 0), 1 - 0: repeats edge 0")
    );
    assert!(of(BlockGraph::new(1, &[], &[])).contains("nodes: found 1"));

    let known = graph(4, 0.5, 0.0, 1);
    let odds = |found: Result<LogOdds<f32>, LatentError>| found.unwrap_err().to_string();
    assert!(odds(LogOdds::table(1, vec![0.0])).contains("classes: found 1, allowed are 2 to 256"));
    assert!(odds(LogOdds::table(3, vec![0.0; 5])).contains("`upper`: found 5 numbers, needed 6"));
    assert!(odds(LogOdds::random(2, 0, &[3], 1)).contains("shape"));
    assert!(odds(LogOdds::random(2, 1, &[0], 1)).contains("features"));
    let symbols = Symbols::Binary {
        low: 0.0,
        high: 1.0,
    };
    let three = || gwg_nets::random(perceptron(vec![3], symbols, &[2]), 1).unwrap();
    let refused = odds(LogOdds::network(2, vec![0.0; 4], three()));
    assert!(
        refused.contains("3 inputs and 1 outputs: needed are 4"),
        "{refused}"
    );
    let model = |upper: Vec<f32>, prior: Vec<f32>| {
        let odds = LogOdds::table(2, upper).unwrap();
        BlockModel::new(known.clone(), odds, prior)
    };
    let refused = model(vec![0.0; 3], vec![0.0; 3]).unwrap_err().to_string();
    assert!(
        refused.contains("`prior`: found 3 numbers, needed 2"),
        "{refused}"
    );
    let refused = model(vec![0.0, f32::NAN, 0.0], vec![0.0; 2])
        .unwrap_err()
        .to_string();
    assert!(refused.contains("`eta[1]`: found NaN"), "{refused}");
    let mut good = model(vec![0.0; 3], vec![0.0; 2]).unwrap();
    let before = good.log_odds().to_vec();
    let refused = good
        .write_parameters(&[0.0, 0.0, 1.0, f32::INFINITY, 0.0])
        .unwrap_err();
    assert!(
        refused.to_string().contains("`eta[1]`: found inf"),
        "{refused}"
    );
    assert_eq!(good.log_odds(), before);
    let labels = good
        .observe(&[None, Some(2), None, None])
        .unwrap_err()
        .to_string();
    assert!(
        labels.contains("site 1: found 2, allowed are 0 to 1"),
        "{labels}"
    );
    assert!(
        good.observe(&[None; 3])
            .unwrap_err()
            .to_string()
            .contains("needed 4")
    );
    let all = good.observe(&[Some(0); 4]).unwrap_err().to_string();
    assert!(all.contains("0 sites that are not observed"), "{all}");
    // Finite weights whose log-odds are not.
    let mut wide = BlockModel::<f32>::random(known, 2, 1, &[2], 1).unwrap();
    let mut values = vec![0.0; wide.parameter_count()];
    wide.read_parameters(&mut values).unwrap();
    values.iter_mut().skip(2).for_each(|p| *p = 1e30);
    let refused = wide.write_parameters(&values).unwrap_err().to_string();
    assert!(refused.contains("`eta[0, 0]`"), "{refused}");
}
