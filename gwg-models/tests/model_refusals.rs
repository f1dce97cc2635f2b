//! Each error names the parameter or the first invalid entry, what was found and what is allowed.

use gwg_models::fhmm::{Fhmm, Law};
use gwg_models::{
    CategoricalRbm, DenseIsing, DensePotts, Factorized, FactorizedCategorical, LatticeIsing,
    LatticePotts, ModelError, Rbm, SparseIsing,
};

fn says<T>(result: Result<T, ModelError>, parts: &[&str]) {
    let Err(error) = result else {
        panic!("not refused; expected {parts:?}");
    };
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "{message:?} lacks {part:?}");
    }
}

#[test]
fn lattices() {
    says(
        LatticeIsing::<f32>::new(0, 5, 0.1, 0.0),
        &["`dims`", "found 0", "1 to 4"],
    );
    says(
        LatticeIsing::<f32>::new(5, 5, 0.1, 0.0),
        &["`dims`", "found 5"],
    );
    says(
        LatticeIsing::<f32>::new(2, 2, 0.1, 0.0),
        &["`side`", "found 2", "3 or more", "doubles"],
    );
    says(
        LatticeIsing::<f32>::new(2, 1 << 16, 0.1, 0.0),
        &["`side`", "found 65536", "4294967295"],
    );
    says(
        LatticeIsing::<f32>::new(2, 5, f64::NAN, 0.0),
        &["`theta`", "NaN", "finite"],
    );
    says(
        LatticeIsing::<f32>::new(2, 5, 0.1, 1e300),
        &["`bias`", "found 1e300", "precision"],
    );
    says(
        LatticePotts::<f32>::new(2, 2, 3, 0.1),
        &["`side`", "found 2"],
    );
    says(
        LatticePotts::<f32>::new(2, 5, 1, 0.1),
        &["states", "found 1", "2 to 256"],
    );
    says(
        LatticePotts::<f32>::new(2, 60_000, 3, 0.1),
        &["4294967295 moves"],
    );
    says(
        LatticePotts::<f32>::new(2, 5, 3, f64::INFINITY),
        &["`theta`", "inf"],
    );
}

#[test]
fn graphs() {
    let new = |sites, edges: &[_]| SparseIsing::<f32>::new(sites, edges, None);
    says(new(0, &[]), &["`sites`", "found 0", "1 to"]);
    says(
        new(3, &[(0, 1, 1.0), (1, 3, 1.0)]),
        &["edge 1", "1 - 3", "3 sites", "0 to 2"],
    );
    says(new(3, &[(2, 2, 1.0)]), &["edge 0", "2 - 2", "itself"]);
    says(
        new(3, &[(0, 1, 1.0), (1, 2, 1.0), (2, 1, 1.0), (1, 0, 1.0)]),
        &["edge 2", "2 - 1", "repeats edge 1"],
    );
    says(
        new(3, &[(0, 1, f64::NAN)]),
        &["edge 0", "0 - 1", "NaN", "finite"],
    );
    says(
        new(3, &[(0, 1, 1e39)]),
        &["edge 0", "too large for the requested precision"],
    );
    assert!(SparseIsing::<f64>::new(3, &[(0, 1, 1e39)], None).is_ok());
    let with_field = |field: &[f64]| SparseIsing::<f32>::new(2, &[], Some(field));
    says(with_field(&[1.0]), &["`h`", "found 1", "needed 2"]);
    says(
        with_field(&[1.0, f64::INFINITY]),
        &["`h[1]`", "inf", "finite"],
    );
    for degree in [0.0, -1.0, f64::NAN, 5.5] {
        says(
            SparseIsing::<f32>::erdos_renyi(5, degree, 1),
            &["`degree`", &format!("found {degree:?}")],
        );
    }
}

#[test]
fn dense_ising() {
    let new = |j: &[f64], h: &[f64]| DenseIsing::new(j.to_vec(), h.to_vec());
    says(new(&[], &[]), &["sites", "found 0"]);
    says(
        new(&[0.0; 3], &[0.0; 2]),
        &["`J`", "found 3", "needed 4", "[2, 2]"],
    );
    says(
        new(&[0.0, 1.0, f64::NAN, 0.0], &[0.0; 2]),
        &["`J[1, 0]`", "NaN"],
    );
    says(
        new(&[0.0; 4], &[0.0, f64::NEG_INFINITY]),
        &["`h[1]`", "-inf"],
    );
    says(
        new(&[0.0, 1.0, 1.0, 0.5], &[0.0; 2]),
        &[
            "`J[1, 1]`",
            "found 0.5",
            "allowed is 0",
            "set it to 0: it adds the same constant",
        ],
    );
    let next = f64::from_bits(1.0f64.to_bits() + 1);
    says(
        new(&[0.0, 1.0, next, 0.0], &[0.0; 2]),
        &[
            "`J[0, 1]`",
            "found 1.0,",
            "[1, 0] is 1.0000000000000002",
            "equal",
        ],
    );
    says(
        DenseIsing::<f32>::random(4, f64::NAN, 1),
        &["`scale`", "NaN"],
    );
    says(
        DenseIsing::<f32>::random(0, 1.0, 1),
        &["`sites`", "found 0"],
    );
    says(
        DenseIsing::<f32>::random(u32::MAX as usize, 1.0, 1),
        &["`sites`", "memory"],
    );
}

#[test]
fn dense_potts() {
    let (n, q) = (3, 2);
    let good = DensePotts::<f64>::random(n, q, 0.1, 1).unwrap().coupling();
    let new = |j: &[f64], h: usize| DensePotts::new(n, q, j, vec![0.0; h]);
    assert!(new(&good, 6).is_ok());
    says(
        new(&good[1..], 6),
        &["`J`", "found 35", "needed 36", "[3, 3, 2, 2]"],
    );
    says(new(&good, 5), &["`h`", "found 5", "needed 6", "[3, 2]"]);
    let with = |at: usize, value: f64| {
        let mut j = good.clone();
        j[at] = value;
        new(&j, 6)
    };
    // [1, 1, 0, 1] is at position ((1 * 3 + 1) * 2 + 0) * 2 + 1, [0, 2, 1, 0] at ((0 * 3 + 2) * 2 + 1) * 2.
    says(
        with(17, 0.5),
        &["`J[1, 1, 0, 1]`", "found 0.5", "allowed is 0"],
    );
    says(
        with(10, 7.0),
        &["`J[0, 2, 1, 0]`", "found 7.0", "[2, 0, 0, 1]"],
    );
    says(with(10, f64::NAN), &["`J[0, 2, 1, 0]`", "NaN"]);
    says(
        DensePotts::new(n, 1, &[0.0; 9], vec![0.0; 3]),
        &["states", "found 1"],
    );
    says(
        DensePotts::<f32>::new(0, 2, &[], vec![]),
        &["`sites`", "found 0"],
    );
    says(
        DensePotts::<f32>::random(3, 300, 0.1, 1),
        &["states", "found 300"],
    );
    says(
        DensePotts::<f32>::random(1 << 31, 2, 0.1, 1),
        &["4294967295 moves"],
    );
    says(
        DensePotts::<f32>::random(1 << 30, 2, 0.1, 1),
        &["`sites`", "memory"],
    );
    says(
        DensePotts::<f32>::random(3, 2, f64::INFINITY, 1),
        &["`scale`", "inf"],
    );
}

#[test]
fn rbm() {
    let new = |w: usize, b: usize, c: usize| Rbm::new(vec![0.0; w], vec![0.0; b], vec![0.0f32; c]);
    says(new(0, 0, 3), &["visible", "found 0"]);
    says(new(0, 3, 0), &["hidden", "found 0"]);
    says(new(5, 2, 3), &["`W`", "found 5", "needed 6", "[2, 3]"]);
    let bad = |w: f32, b: f32, c: f32| Rbm::new(vec![0.0, 0.0, 0.0, w], vec![0.0, b], vec![c, 0.0]);
    says(bad(f32::NAN, 0.0, 0.0), &["`W[1, 1]`", "NaN"]);
    says(bad(0.0, f32::INFINITY, 0.0), &["`b[1]`", "inf"]);
    says(bad(0.0, 0.0, f32::NAN), &["`c[0]`", "NaN"]);
    says(Rbm::<f32>::random(0, 3, 1), &["`visible`", "found 0"]);
    says(Rbm::<f32>::random(3, 0, 1), &["`hidden`", "found 0"]);
    says(
        Rbm::<f32>::random(u32::MAX as usize, u32::MAX as usize, 1),
        &["visible * hidden", "memory"],
    );
}

#[test]
fn rbm_categorical() {
    let new = |q: usize, w: usize, b: usize, c: usize| {
        CategoricalRbm::new(q, vec![0.0; w], vec![0.0; b], vec![0.0f32; c])
    };
    says(new(3, 0, 0, 3), &["sites", "found 0"]);
    says(new(3, 0, 6, 0), &["hidden", "found 0"]);
    says(new(1, 8, 4, 2), &["states", "1"]);
    says(new(0, 8, 4, 2), &["states", "0"]);
    says(new(257, 514, 257, 2), &["states", "257"]);
    says(new(3, 14, 7, 2), &["`b`", "found 7", "[2, 3]"]);
    says(
        new(3, 11, 6, 2),
        &["`W`", "found 11", "needed 12", "[2, 3, 2]"],
    );
    let bad = |w: f32, b: f32, c: f32| {
        let weights = [vec![0.0; 7], vec![w]].concat();
        CategoricalRbm::new(2, weights, vec![0.0, 0.0, 0.0, b], vec![c, 0.0])
    };
    says(bad(f32::NAN, 0.0, 0.0), &["`W[1, 1, 1]`", "NaN"]);
    says(bad(0.0, f32::INFINITY, 0.0), &["`b[1, 1]`", "inf"]);
    says(bad(0.0, 0.0, f32::NAN), &["`c[0]`", "NaN"]);
    says(
        CategoricalRbm::<f32>::random(0, 3, 3, 1),
        &["`sites`", "found 0"],
    );
    says(
        CategoricalRbm::<f32>::random(3, 3, 0, 1),
        &["`hidden`", "found 0"],
    );
    says(
        CategoricalRbm::<f32>::random(1 << 20, 256, 1 << 30, 1),
        &["sites * states * hidden", "memory"],
    );
}

#[test]
fn factorized() {
    says(Factorized::<f32>::bernoulli(vec![]), &["sites", "found 0"]);
    says(
        Factorized::<f32>::bernoulli(vec![0.0, f64::NAN]),
        &["`logits[1]`", "NaN"],
    );
    says(
        Factorized::<f32>::random_bernoulli(0, 1),
        &["`sites`", "found 0"],
    );
    let new = |n, q, len| FactorizedCategorical::<f64>::new(n, q, vec![0.0; len]);
    says(new(2, 3, 5), &["`logits`", "found 5", "needed 6"]);
    says(new(0, 3, 0), &["`sites`", "found 0"]);
    says(new(2, 257, 514), &["states", "found 257"]);
    says(
        FactorizedCategorical::<f32>::new(2, 2, vec![0.0, 0.0, 1e39, 0.0]),
        &["`logits[1, 0]`", "inf"],
    );
    says(
        FactorizedCategorical::<f32>::random(2, 1, 1),
        &["states", "found 1"],
    );
}

#[test]
fn hidden_markov_models() {
    let with = |law| Fhmm::<f32>::random(5, 2, law, 1);
    let default = Law::default();
    for sigma in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let found = format!("found {sigma:?}");
        says(
            with(Law { sigma, ..default }),
            &["`sigma`", &found, "above 0"],
        );
    }
    for p in [0.0, 1.0, -0.1, 1.5, f64::NAN] {
        let found = format!("found {p:?}");
        says(
            with(Law { keep: p, ..default }),
            &["`keep`", &found, "less than 1"],
        );
        says(
            with(Law {
                start: p,
                ..default
            }),
            &["`start`", &found, "less than 1"],
        );
    }
    // The residuals are representable, their squares over the variance are not.
    let sharp = Law {
        sigma: 1e-30,
        ..default
    };
    says(with(sharp), &["`sigma`", "found 1e-30", "f is finite"]);
    assert!(Fhmm::<f64>::random(5, 2, sharp, 1).is_ok());
    says(
        Fhmm::<f64>::random(0, 2, default, 1),
        &["`length`", "found 0"],
    );
    says(
        Fhmm::<f64>::random(2, 0, default, 1),
        &["`factors`", "found 0"],
    );
    says(
        Fhmm::<f64>::random(1 << 20, 1 << 20, default, 1),
        &["`length * factors`", "found 1099511627776", "4294967295"],
    );
    let new = |w: &[f64], b, y: &[f64]| Fhmm::new(w.to_vec(), b, y.to_vec(), default);
    says(new(&[1.0, f64::NAN], 0.0, &[1.0]), &["`w[1]`", "NaN"]);
    says(new(&[1.0], 0.0, &[1.0, f64::INFINITY]), &["`y[1]`", "inf"]);
    says(new(&[1.0], f64::NAN, &[1.0]), &["`b`", "NaN"]);
    says(new(&[], 0.0, &[1.0]), &["`factors`", "found 0"]);
    says(new(&[1.0], 0.0, &[]), &["`length`", "found 0"]);
    says(new(&[1e200], 0.0, &[0.0]), &["`sigma`", "found 0.5"]);
}

#[test]
fn posteriors() {
    let of = |length, factors, law| Fhmm::<f64>::random(length, factors, law, 1)?.posterior();
    let default = Law::default();
    says(of(2, 21, default), &["`factors`", "found 21", "at most 20"]);
    let still = Law {
        keep: 1.0 - 1e-16,
        ..default
    };
    assert!(of(3, 10, still).is_ok());
    says(of(3, 20, still), &["`keep`", "found 0.9999999999999999"]);
    let quiet = Law {
        start: 1e-200,
        ..default
    };
    says(of(3, 2, quiet), &["`start`", "found 1e-200", "1e-260"]);
}
