//! The random laws: what the literature says they are, and the same numbers tomorrow.

use gwg_models::{DenseIsing, DensePotts, Factorised, FactorisedCategorical, Rbm, SparseIsing};

/// Mean and variance.
fn moments(numbers: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = numbers.clone().count() as f64;
    let mean = numbers.clone().sum::<f64>() / n;
    (mean, numbers.map(|x| (x - mean) * (x - mean)).sum::<f64>() / n)
}

/// Five standard errors (6e-7) of the mean and of the variance of `n` normal numbers.
fn is_normal(numbers: impl Iterator<Item = f64> + Clone, sd: f64) {
    let n = numbers.clone().count() as f64;
    let (mean, variance) = moments(numbers);
    assert!(mean.abs() < 5.0 * sd / n.sqrt(), "mean {mean}");
    let relative = variance / (sd * sd) - 1.0;
    assert!(relative.abs() < 5.0 * (2.0 / n).sqrt(), "variance {variance}");
}

#[test]
fn rbm_is_the_papers() {
    let model = Rbm::<f64>::random(400, 300, 1).unwrap();
    is_normal(model.weights().iter().copied(), 0.05);
    is_normal(model.visible_bias().iter().copied(), 1.0);
    is_normal(model.hidden_bias().iter().copied(), 1.0);
}

#[test]
fn erdos_renyi_is_the_papers() {
    let (sites, degree) = (2000, 4.0);
    let model = SparseIsing::<f64>::erdos_renyi(sites, degree, 1).unwrap();
    // Binomial(n (n - 1) / 2, degree / n): mean 3998, sd 63.
    let wanted = 0.5 * (sites - 1) as f64 * degree;
    let found = model.edge_count() as f64;
    assert!((found - wanted).abs() < 5.0 * wanted.sqrt(), "{found} edges, expected {wanted}");
    let edges: Vec<_> = model.edges().collect();
    is_normal(edges.iter().map(|&(_, _, w)| w), 1.0 / degree.sqrt());
    // Ends are uniform: the mean of all of them, whose sd is n / sqrt(12).
    let ends = edges.iter().flat_map(|&(i, j, _)| [i as f64, j as f64]);
    let (mean, _) = moments(ends);
    let error = sites as f64 / 12f64.sqrt() / (2.0 * found).sqrt();
    assert!((mean - 0.5 * (sites - 1) as f64).abs() < 5.0 * error, "mean end {mean}");
    assert!(model.field().iter().all(|&h| h == 0.0));
}

#[test]
fn degree_n_makes_every_edge() {
    let model = SparseIsing::<f64>::erdos_renyi(20, 20.0, 1).unwrap();
    assert_eq!(model.edge_count(), 190);
}

#[test]
fn every_pair_is_equally_likely() {
    let (sites, graphs) = (6, 3000);
    let mut counts = [[0u32; 6]; 6];
    for seed in 0..graphs {
        let model = SparseIsing::<f64>::erdos_renyi(sites, 2.0, seed).unwrap();
        for (i, j, _) in model.edges() {
            counts[i][j] += 1;
        }
    }
    // Binomial(3000, 1/3): mean 1000, sd 25.8; fifteen of them within five sd.
    for i in 0..sites {
        for j in i + 1..sites {
            assert!(counts[i][j].abs_diff(1000) < 130, "{i} - {j}: {}", counts[i][j]);
        }
    }
}

#[test]
fn dense_laws() {
    let ising = DenseIsing::<f64>::random(200, 0.1, 1).unwrap();
    let upper = |(k, w): (usize, &f64)| (k / 200 < k % 200).then_some(*w);
    is_normal(ising.coupling().iter().enumerate().filter_map(upper), 0.1);
    let potts = DensePotts::<f64>::random(30, 5, 0.01, 1).unwrap().coupling();
    let upper = |(k, w): (usize, &f64)| (k / 750 < k / 25 % 30).then_some(*w);
    is_normal(potts.iter().enumerate().filter_map(upper), 0.01);
    is_normal(Factorised::<f64>::random_bernoulli(5000, 1).unwrap().logits().iter().copied(), 1.0);
    let categorical = FactorisedCategorical::<f64>::random(1000, 5, 1).unwrap();
    is_normal(categorical.logits().iter().copied(), 1.0);
}

/// An f32 model is the f64 model rounded.
#[test]
fn precisions_share_their_numbers() {
    let (wide, narrow) = (Rbm::<f64>::random(5, 4, 9).unwrap(), Rbm::<f32>::random(5, 4, 9).unwrap());
    for (wide, narrow) in wide.weights().iter().zip(narrow.weights()) {
        assert_eq!(*wide as f32, *narrow);
    }
}
