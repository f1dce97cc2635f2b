//! Every model's `f` and gradient, compared with a definition written with plain loops.

use gwg_core::check::random_configuration;
use gwg_core::{Gradient, Space, SplitMix64, Symbol, Target};
use gwg_models::fhmm::{Fhmm, Law, QuadraticFhmm};
use gwg_models::{
    CategoricalRbm, DenseIsing, DensePotts, Factorized, FactorizedCategorical, LatticeIsing,
    LatticePotts, Rbm, SparseIsing,
};

/// `f` extended to real numbers: one per site of a binary model, one per site and state otherwise.
type Relaxed<'a> = Box<dyn Fn(&[f64]) -> f64 + 'a>;

/// Checks that `log_prob` is the definition on the configurations, and the gradient that of the extension, by central
/// differences.
fn agrees<T: Gradient<Real = f64>>(model: &T, f: Relaxed<'_>) {
    let space = model.space();
    let q = space.moves() / space.sites();
    let mut bits = SplitMix64::new(7);
    for _ in 0..5 {
        let x = random_configuration(space, &mut bits);
        let mut encoded = vec![0.0; space.moves()];
        for (i, &symbol) in x.iter().enumerate() {
            match q {
                1 => encoded[i] = f64::from(symbol.widen()),
                _ => encoded[i * q + symbol.index()] = 1.0,
            }
        }
        let mut gradient = vec![f64::NAN; space.moves()];
        let mut scratch = vec![f64::NAN; model.gradient_scratch_len(1)];
        let value = model.value_and_gradient(&x, &mut gradient, &mut scratch);
        let wanted = f(&encoded);
        assert!(
            (value - wanted).abs() < 1e-12 * (1.0 + wanted.abs()),
            "f: {value}, {wanted}"
        );
        let alone = model.log_prob(&x);
        assert!(
            (alone - wanted).abs() < 1e-12 * (1.0 + wanted.abs()),
            "log_prob: {alone}, {wanted}"
        );
        let h = 1e-4;
        for m in 0..space.moves() {
            let shifted = |h: f64| {
                let mut y = encoded.clone();
                y[m] += h;
                f(&y)
            };
            // Error of order h^4: about 1e-16, next to rounding of about 1e-11 f.
            let wide = (shifted(2.0 * h) - shifted(-2.0 * h)) / (4.0 * h);
            let narrow = (shifted(h) - shifted(-h)) / (2.0 * h);
            let slope = (4.0 * narrow - wide) / 3.0;
            assert!(
                (gradient[m] - slope).abs() < 1e-9 * (1.0 + wanted.abs()),
                "df/dx_{m}: {}, {slope}",
                gradient[m]
            );
        }
    }
}

/// True if two sites of a torus differ by one step along one coordinate.
fn adjacent(dims: usize, side: usize, i: usize, j: usize) -> bool {
    let coordinate = |site: usize, k: usize| site / side.pow(k as u32) % side;
    let steps: Vec<usize> = (0..dims)
        .map(|k| {
            let (a, b) = (coordinate(i, k), coordinate(j, k));
            let apart = a.abs_diff(b);
            apart.min(side - apart)
        })
        .collect();
    steps.iter().sum::<usize>() == 1
}

fn spins(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| 2.0 * x - 1.0).collect()
}

#[test]
fn lattice_ising() {
    for (dims, side, theta, bias) in [(1, 5, 0.4, 0.1), (2, 4, 0.2, -0.3), (3, 3, -0.1, 0.2)] {
        let model = LatticeIsing::<f64>::new(dims, side, theta, bias).unwrap();
        assert_eq!((model.dims(), model.side()), (dims, side));
        agrees(
            &model,
            Box::new(move |x| {
                let s = spins(x);
                let mut f = 0.0;
                for i in 0..s.len() {
                    f += bias * s[i];
                    for j in 0..s.len() {
                        if adjacent(dims, side, i, j) {
                            f += theta * s[i] * s[j];
                        }
                    }
                }
                f
            }),
        );
        for i in 0..model.space().sites() {
            let mut found = model.neighbors(i);
            found.sort_unstable();
            let wanted: Vec<usize> = (0..model.space().sites())
                .filter(|&j| adjacent(dims, side, i, j))
                .collect();
            assert_eq!(found, wanted);
        }
    }
}

#[test]
fn sparse_ising() {
    let edges = [
        (0, 1, 0.5),
        (3, 1, -1.25),
        (4, 0, 2.0),
        (2, 4, 0.125),
        (3, 4, 0.75),
    ];
    let field = [0.1, -0.2, 0.3, 0.0, 1.5, -0.7];
    let model = SparseIsing::<f64>::new(6, &edges, Some(&field)).unwrap();
    assert_eq!(model.edge_count(), 5);
    let listed: Vec<_> = model.edges().collect();
    assert_eq!(
        listed,
        [
            (0, 1, 0.5),
            (0, 4, 2.0),
            (1, 3, -1.25),
            (2, 4, 0.125),
            (3, 4, 0.75)
        ]
    );
    agrees(
        &model,
        Box::new(move |x| {
            let s = spins(x);
            let bonds: f64 = edges.iter().map(|&(i, j, w)| 2.0 * w * s[i] * s[j]).sum();
            bonds + field.iter().zip(&s).map(|(h, s)| h * s).sum::<f64>()
        }),
    );
}

#[test]
fn dense_ising() {
    let n = 9;
    let coupling = DenseIsing::<f64>::random(n, 0.3, 4)
        .unwrap()
        .coupling()
        .to_vec();
    let field: Vec<f64> = (0..n).map(|i| 0.1 * i as f64 - 0.3).collect();
    let model = DenseIsing::new(coupling.clone(), field.clone()).unwrap();
    assert_eq!(model.field(), field);
    agrees(
        &model,
        Box::new(|x| {
            let s = spins(x);
            let mut f = 0.0;
            for i in 0..n {
                f += field[i] * s[i];
                for j in 0..n {
                    f += s[i] * coupling[i * n + j] * s[j];
                }
            }
            f
        }),
    );
}

#[test]
fn lattice_potts() {
    for (dims, side, q, theta) in [(1, 4, 3, 0.3), (2, 3, 4, 0.2)] {
        let model = LatticePotts::<f64>::new(dims, side, q, theta).unwrap();
        agrees(
            &model,
            Box::new(move |x| {
                let sites = x.len() / q;
                let mut f = 0.0;
                for i in 0..sites {
                    for j in (0..sites).filter(|&j| adjacent(dims, side, i, j)) {
                        for a in 0..q {
                            for b in 0..q {
                                let m = if a == b { theta } else { -theta };
                                f += x[i * q + a] * m * x[j * q + b];
                            }
                        }
                    }
                }
                f
            }),
        );
    }
}

#[test]
fn dense_potts() {
    let (n, q) = (4, 3);
    let coupling = DensePotts::<f64>::random(n, q, 0.5, 4).unwrap().coupling();
    let field: Vec<f64> = (0..n * q).map(|k| 0.1 * k as f64 - 0.5).collect();
    let model = DensePotts::new(n, q, &coupling, field.clone()).unwrap();
    assert_eq!(model.coupling(), coupling);
    assert_eq!(
        model.coupling_at(1, 3, 2, 0),
        coupling[((n + 3) * q + 2) * q]
    );
    assert_eq!(model.coupling_at(1, 4, 2, 0), 0.0);
    agrees(
        &model,
        Box::new(|x| {
            let mut f: f64 = field.iter().zip(x).map(|(h, x)| h * x).sum();
            for i in 0..n {
                for j in (0..n).filter(|&j| j != i) {
                    for a in 0..q {
                        for b in 0..q {
                            f += x[i * q + a]
                                * coupling[((i * n + j) * q + a) * q + b]
                                * x[j * q + b];
                        }
                    }
                }
            }
            f
        }),
    );
}

#[test]
fn rbm() {
    // 130 hidden units: more than two chunks.
    for hidden in [1, 5, 130] {
        let model = Rbm::<f64>::random(7, hidden, 4).unwrap();
        agrees(
            &model,
            Box::new(|v| {
                let (b, c, w) = (model.visible_bias(), model.hidden_bias(), model.weights());
                let mut f: f64 = b.iter().zip(v).map(|(b, v)| b * v).sum();
                for j in 0..hidden {
                    let a: f64 = c[j] + (0..7).map(|i| v[i] * w[i * hidden + j]).sum::<f64>();
                    f += (1.0 + a.exp()).ln();
                }
                f
            }),
        );
    }
}

#[test]
fn rbm_categorical() {
    for (q, hidden) in [(3, 1), (4, 5), (2, 130)] {
        let model = CategoricalRbm::<f64>::random(5, q, hidden, 4).unwrap();
        agrees(
            &model,
            Box::new(|v| {
                let (b, c, w) = (model.visible_bias(), model.hidden_bias(), model.weights());
                let mut f: f64 = b.iter().zip(v).map(|(b, v)| b * v).sum();
                for j in 0..hidden {
                    let a = (0..5 * q).map(|i| v[i] * w[i * hidden + j]).sum::<f64>();
                    f += (1.0 + (c[j] + a).exp()).ln();
                }
                f
            }),
        );
    }
}

#[test]
fn factorized() {
    let model = Factorized::<f64>::random_bernoulli(8, 4).unwrap();
    agrees(
        &model,
        Box::new(|x| model.logits().iter().zip(x).map(|(l, x)| l * x).sum()),
    );
    let model = FactorizedCategorical::<f64>::random(5, 4, 4).unwrap();
    agrees(
        &model,
        Box::new(|x| model.logits().iter().zip(x).map(|(l, x)| l * x).sum()),
    );
}

/// The three Ising models agree for the same couplings.
#[test]
fn ising_models_agree_with_each_other() {
    let lattice = LatticeIsing::<f64>::new(2, 4, 0.3, 0.2).unwrap();
    let edges: Vec<(usize, usize, f64)> = (0..16)
        .flat_map(|i| {
            lattice
                .neighbors(i)
                .into_iter()
                .filter(move |&j| i < j)
                .map(move |j| (i, j, 0.3))
        })
        .collect();
    assert_eq!(edges.len(), 32);
    let sparse = SparseIsing::<f64>::new(16, &edges, Some(&[0.2; 16])).unwrap();
    let mut coupling = vec![0.0; 256];
    for &(i, j, w) in &edges {
        coupling[i * 16 + j] = w;
        coupling[j * 16 + i] = w;
    }
    let dense = DenseIsing::new(coupling, vec![0.2; 16]).unwrap();
    let mut bits = SplitMix64::new(1);
    for _ in 0..20 {
        let x = random_configuration(lattice.space(), &mut bits);
        let wanted = lattice.log_prob(&x);
        assert!((sparse.log_prob(&x) - wanted).abs() < 1e-12);
        assert!((dense.log_prob(&x) - wanted).abs() < 1e-12);
    }
}

/// The log-probability of the hidden chains, where a site between 0 and 1 is 1 with that probability, plus a term per
/// residual, computed from its square and the variance of the mean under these probabilities.
fn hidden(model: &Fhmm<f64>, x: &[f64], of_residual: impl Fn(f64, f64) -> f64) -> f64 {
    let (law, factors) = (model.law(), model.factors());
    let mut f = 0.0;
    for (site, &here) in x.iter().enumerate() {
        f += match site.checked_sub(factors) {
            None => here * law.start.ln() + (1.0 - here) * (1.0 - law.start).ln(),
            Some(before) => {
                let change = here * (1.0 - x[before]) + x[before] * (1.0 - here);
                change * (1.0 - law.keep).ln() + (1.0 - change) * law.keep.ln()
            }
        };
    }
    for (row, y) in x.chunks(factors).zip(model.observations()) {
        let (mut mean, mut variance) = (model.bias(), 0.0);
        for (w, x) in model.weights().iter().zip(row) {
            mean += w * x;
            variance += w * w * x * (1.0 - x);
        }
        f -= of_residual((y - mean).powi(2), variance) / (2.0 * law.sigma.powi(2));
        f -= (law.sigma * std::f64::consts::TAU.sqrt()).ln();
    }
    f
}

#[test]
fn hidden_markov_models() {
    let other = Law {
        sigma: 1.3,
        keep: 0.7,
        start: 0.6,
    };
    for (length, factors, law) in [(12, 4, Law::default()), (1, 6, other), (7, 1, other)] {
        let model = Fhmm::<f64>::random(length, factors, law, 1).unwrap();
        // The expectation of a function over independent bits is its multilinear extension.
        let linear = |x: &[f64]| hidden(&model, x, |square, variance| square + variance);
        agrees(&model, Box::new(linear));
        let quadratic = |x: &[f64]| hidden(&model, x, |square, _| square);
        agrees(&QuadraticFhmm(model.clone()), Box::new(quadratic));
    }
}
