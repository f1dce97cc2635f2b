//! Random parameters: the published distributions, and unchanged values for a seed.

use std::collections::BTreeMap;

use gwg_models::fhmm::Law;
use gwg_models::{
    CategoricalRbm, DenseIsing, DensePotts, Factorized, FactorizedCategorical, Fhmm, Rbm,
    SparseIsing,
};

/// Mean and variance.
fn moments(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = numbers.clone().count() as f64;
    let mean = numbers.clone().sum::<f64>() / n;
    (
        mean,
        numbers.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n,
    )
}

/// Five standard errors (6e-7) of the mean and of the variance of `n` normal numbers.
fn is_normal(numbers: impl Iterator<Item = f64> + Clone, sd: f64) {
    let n = numbers.clone().count() as f64;
    let (mean, variance) = moments(numbers);
    assert!(mean.abs() < 5.0 * sd / n.sqrt(), "mean {mean}");
    let relative = variance / (sd * sd) - 1.0;
    assert!(
        relative.abs() < 5.0 * (2.0 / n).sqrt(),
        "variance {variance}"
    );
}

#[test]
fn random_rbms_have_the_published_distribution() {
    let model = Rbm::<f64>::random(400, 300, 1).unwrap();
    is_normal(model.weights().iter().copied(), 0.05);
    is_normal(model.visible_bias().iter().copied(), 1.0);
    is_normal(model.hidden_bias().iter().copied(), 1.0);
}

#[test]
fn erdos_renyi_graphs_have_the_published_distribution() {
    let (sites, degree) = (2000, 4.0);
    let model = SparseIsing::<f64>::erdos_renyi(sites, degree, 1).unwrap();
    // Binomial(n (n - 1) / 2, degree / n): mean 3998, sd 63.
    let wanted = 0.5 * (sites - 1) as f64 * degree;
    let found = model.edge_count() as f64;
    assert!(
        (found - wanted).abs() < 5.0 * wanted.sqrt(),
        "{found} edges, expected {wanted}"
    );
    let edges: Vec<_> = model.edges().collect();
    is_normal(edges.iter().map(|&(_, _, w)| w), 1.0 / degree.sqrt());
    // Ends are uniform: the mean of all of them, whose sd is n / sqrt(12).
    let ends = edges.iter().flat_map(|&(i, j, _)| [i as f64, j as f64]);
    let (mean, _) = moments(ends);
    let error = sites as f64 / 12f64.sqrt() / (2.0 * found).sqrt();
    assert!(
        (mean - 0.5 * (sites - 1) as f64).abs() < 5.0 * error,
        "mean end {mean}"
    );
    assert!(model.field().iter().all(|&h| h == 0.0));
}

#[test]
fn degree_n_gives_the_complete_graph() {
    let model = SparseIsing::<f64>::erdos_renyi(20, 20.0, 1).unwrap();
    assert_eq!(model.edge_count(), 190);
}

#[test]
fn every_pair_is_equally_likely() {
    let mut counts = BTreeMap::new();
    for seed in 0..3000 {
        let model = SparseIsing::<f64>::erdos_renyi(6, 2.0, seed).unwrap();
        for (i, j, _) in model.edges() {
            *counts.entry((i, j)).or_insert(0u32) += 1;
        }
    }
    // Binomial(3000, 1/3): mean 1000, sd 25.8; all fifteen within five sd.
    assert_eq!(counts.len(), 15);
    for (pair, count) in counts {
        assert!(count.abs_diff(1000) < 130, "{pair:?}: {count}");
    }
}

#[test]
fn random_dense_models_have_their_distribution() {
    let ising = DenseIsing::<f64>::random(200, 0.1, 1).unwrap();
    let upper = |(k, w): (usize, &f64)| (k / 200 < k % 200).then_some(*w);
    is_normal(ising.coupling().iter().enumerate().filter_map(upper), 0.1);
    let potts = DensePotts::<f64>::random(30, 5, 0.01, 1)
        .unwrap()
        .coupling();
    let upper = |(k, w): (usize, &f64)| (k / 750 < k / 25 % 30).then_some(*w);
    is_normal(potts.iter().enumerate().filter_map(upper), 0.01);
    is_normal(
        Factorized::<f64>::random_bernoulli(5000, 1)
            .unwrap()
            .logits()
            .iter()
            .copied(),
        1.0,
    );
    let categorical = FactorizedCategorical::<f64>::random(1000, 5, 1).unwrap();
    is_normal(categorical.logits().iter().copied(), 1.0);
}

/// An f32 model is the rounded f64 model.
#[test]
fn f32_models_are_rounded_f64_models() {
    let (wide, narrow) = (
        Rbm::<f64>::random(5, 4, 9).unwrap(),
        Rbm::<f32>::random(5, 4, 9).unwrap(),
    );
    for (wide, narrow) in wide.weights().iter().zip(narrow.weights()) {
        assert_eq!(*wide as f32, *narrow);
    }
}

/// The parameters of a seed are fixed: a change of these numbers is a value-breaking change.
#[test]
fn seeded_parameters_are_unchanged() {
    // Up to the last digits: another library's logarithm may round differently.
    let same = |found: &[f64], wanted: &[f64]| {
        let pairs = found.iter().zip(wanted);
        assert!(
            pairs.clone().all(|(a, b)| (a - b).abs() < 1e-12),
            "{found:?}, wanted {wanted:?}"
        );
        assert_eq!(found.len(), wanted.len());
    };
    let rbm = Rbm::<f64>::random(2, 1, 1).unwrap();
    same(rbm.weights(), &[0.07781624034527213, -0.01679110194352496]);
    let machine = CategoricalRbm::<f64>::random(1, 2, 1, 1).unwrap();
    same(
        machine.weights(),
        &[-0.010031326762480294, -0.0002406534794358844],
    );
    let ising = DenseIsing::<f64>::random(3, 1.0, 1).unwrap();
    same(
        &ising.coupling()[1..3],
        &[1.540951131336442, -0.168527831379734],
    );
    let potts = DensePotts::<f64>::random(2, 2, 1.0, 1).unwrap().coupling();
    same(&potts[4..6], &[-1.554263722741052, -0.13226917429805019]);
    same(&potts[6..8], &[-0.5206403139622953, -0.7843239267168682]);
    let bits = Factorized::<f64>::random_bernoulli(2, 1).unwrap();
    same(bits.logits(), &[-0.9865866548723508, 0.6274088237637958]);
    let symbols = FactorizedCategorical::<f64>::random(1, 2, 1).unwrap();
    same(symbols.logits(), &[-0.9128685906105762, -1.41035953299661]);
    let law = Law {
        sigma: 0.5,
        keep: 0.6,
        start: 0.5,
    };
    let hidden = Fhmm::<f64>::random(2, 2, law, 1).unwrap();
    same(hidden.weights(), &[-0.500296120792352, -1.1387908798531015]);
    same(&[hidden.bias()], &[0.2255340808879361]);
    same(
        hidden.observations(),
        &[-0.6800542256316374, -0.8039052390377475],
    );
    assert_eq!(hidden.truth(), Some(&[0, 1, 0, 1][..]));
    let graph = SparseIsing::<f64>::erdos_renyi(5, 2.0, 1).unwrap();
    let ends: Vec<_> = graph.edges().map(|(i, j, _)| (i, j)).collect();
    assert_eq!(ends, [(0, 1), (1, 2), (2, 3), (3, 4)]);
    let weights: Vec<_> = graph.edges().map(|(_, _, w)| w).collect();
    same(&weights[..2], &[0.060941175601974304, -0.3830866543595079]);
    same(&weights[2..], &[-0.8297167992875589, 0.7278061907603314]);
}
