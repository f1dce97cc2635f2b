//! Stochastic block models: sums, differences, gradients and posteriors against enumeration, graphs, refusals.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/latent.rs"]
mod support;

use gwg_chains::Bound;
use gwg_core::check::{self, TransitionMatrix, configurations};
use gwg_core::{Clamp, Gibbs, LocallyBalanced, Parametric, Scan, SplitMix64, Target, Taylor};
use gwg_learn::latent::{
    BlockGraph, BlockModel, GraphError, LatentError, LogOdds, MISSING, PosteriorAnnealing,
    annealed_log_likelihood, exact_log_likelihood,
};
use gwg_learn::log_z;
use gwg_nets::{Symbols, perceptron};
use proptest::prelude::*;
use support::{assert_invariant, graph, neural, read, table, threads};

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
        assert_invariant(&clamped);
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
