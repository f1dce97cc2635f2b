//! Stein operators and their kernels, compared with the definition by enumeration.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_bench::discrepancy::{AverageHamming, DiscrepancyError, Operator, Stein, WildBootstrap};
use gwg_core::check::configurations;
use gwg_core::{Binary, Bits, Clamp, Delta, Move, Space, SplitMix64, Target};
use gwg_models::{DensePotts, LatticeOrdinal, Rbm};

struct Law {
    all: Vec<Vec<u8>>,
    p: Vec<f64>,
}

fn law<T: Target<Space: Space<Symbol = u8>>>(target: &T, beta: f64) -> Law {
    let all = configurations(target.space());
    let weights: Vec<f64> = all
        .iter()
        .map(|x| (beta * target.log_prob(x)).exp())
        .collect();
    let z: f64 = weights.iter().sum();
    Law {
        all,
        p: weights.iter().map(|w| w / z).collect(),
    }
}

/// `A_i g(x)`, from log-probabilities.
fn apply<T: Target<Space: Space<Symbol = u8>>>(
    target: &T,
    beta: f64,
    operator: Operator,
    x: &[u8],
    site: usize,
    g: &dyn Fn(&[u8]) -> f64,
) -> f64 {
    let states = target.space().states_at(site);
    let with = |symbol: usize| {
        let mut y = x.to_vec();
        y[site] = symbol as u8;
        y
    };
    let ratio = |y: &[u8]| (beta * (target.log_prob(y) - target.log_prob(x))).exp();
    let here = usize::from(x[site]);
    match operator {
        Operator::Barker => (0..states)
            .map(with)
            .map(|y| ratio(&y) / (1.0 + ratio(&y)) * (g(&y) - g(x)))
            .sum(),
        Operator::Ratio => {
            g(&with((here + states - 1) % states)) - ratio(&with((here + 1) % states)) * g(x)
        }
    }
}

/// Checks kappa against its definition, and that it and every operator have expectation 0 in each argument.
fn check<T: Delta<Space: Space<Symbol = u8>>>(name: &str, target: &T, beta: f64, scale: f64) {
    let Law { all, p } = law(target, beta);
    let sites = target.space().sites();
    let kernel = AverageHamming::new(scale).unwrap();
    let k = |x: &[u8], y: &[u8]| kernel.value(gwg_chains::hamming(x, y), sites);
    for operator in [Operator::Barker, Operator::Ratio] {
        let stein = Stein::new(target, beta, &all.concat(), kernel, operator).unwrap();
        let mut total = 0.0;
        for (i, x) in all.iter().enumerate() {
            let (mut mean, mut size) = (0.0, 0.0);
            for (j, y) in all.iter().enumerate() {
                let defined: f64 = (0..sites)
                    .filter(|&site| target.space().is_free(site))
                    .map(|site| {
                        let inner = |x: &[u8]| apply(target, beta, operator, y, site, &|y| k(x, y));
                        apply(target, beta, operator, x, site, &inner)
                    })
                    .sum();
                let kappa = stein.kappa(i, j);
                assert!(
                    (kappa - defined).abs() < 1e-12 * (1.0 + defined.abs()),
                    "{name}: {kappa} {defined}"
                );
                assert!((kappa - stein.kappa(j, i)).abs() <= 1e-14 * (1.0 + kappa.abs()));
                mean += p[j] * kappa;
                size += p[j] * kappa.abs();
            }
            assert!(
                mean.abs() < 1e-12 * (1.0 + size),
                "{name} {operator:?}: E kappa(x, .) = {mean:e} of {size}"
            );
            total += p[i] * mean;
        }
        assert!(total.abs() < 1e-12, "{name} {operator:?}: {total:e}");
        // For a different distribution, the discrepancy is positive.
        let uniform = 1.0 / (all.len() * all.len()) as f64;
        let pairs = (0..all.len()).flat_map(|i| (0..all.len()).map(move |j| (i, j)));
        let other: f64 = pairs.map(|(i, j)| uniform * stein.kappa(i, j)).sum();
        assert!(other > 1e-4, "{name} {operator:?}: uniform {other}");
    }
}

fn potts() -> DensePotts<f64> {
    let (n, q) = (3, 3);
    let mut bits = SplitMix64::new(5);
    let mut coupling = vec![0.0; n * n * q * q];
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        for (a, b) in (0..q).flat_map(|a| (0..q).map(move |b| (a, b))) {
            let value = bits.unit::<f64>() - 0.5;
            coupling[((i * n + j) * q + a) * q + b] = value;
            coupling[((j * n + i) * q + b) * q + a] = value;
        }
    }
    let field = (0..n * q).map(|_| 2.0 * bits.unit::<f64>()).collect();
    DensePotts::new(n, q, &coupling, field).unwrap()
}

fn machine(visible: usize, hidden: usize, scale: f64) -> Rbm<f64> {
    let mut bits = SplitMix64::new(6);
    let mut draw = |n: usize| {
        (0..n)
            .map(|_| scale * (2.0 * bits.unit::<f64>() - 1.0))
            .collect()
    };
    Rbm::new(draw(visible * hidden), draw(visible), draw(hidden)).unwrap()
}

#[test]
fn kernels_are_as_defined_and_zero_on_average() {
    check("rbm", &machine(5, 3, 1.5), 1.0, 1.0);
    check("rbm, beta", &machine(5, 3, 1.5), 0.6, 3.0);
    check("one site", &machine(1, 2, 1.0), 1.0, 1.0);
    check("potts", &potts(), 1.0, 1.0);
    check("potts, beta", &potts(), 1.4, 0.3);
    let rbm = machine(5, 3, 1.5);
    let (observed, mut free) = ([None, Some(1), None, Some(0), None], [0; 5]);
    check(
        "clamped",
        &Clamp::new(&rbm, &observed, &mut free).unwrap(),
        1.0,
        1.0,
    );
    check(
        "ordinal",
        &LatticeOrdinal::<f64>::new(1, 3, 4, 0.3, 0.4).unwrap(),
        1.0,
        1.0,
    );
}

/// Two sites, with an arbitrarily improbable state of the second.
struct Steep {
    space: Binary,
    field: f64,
}

impl Target for Steep {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.field * f64::from(x[1])
    }
}

impl Delta for Steep {
    fn delta(&self, _: &[u8], _: &[f64], mv: Move) -> f64 {
        let change = f64::from(mv.to) - f64::from(mv.from);
        if mv.site == 1 {
            self.field * change
        } else {
            0.0
        }
    }
}

#[test]
fn ratios_overflow_but_barker_rates_do_not() {
    let rows = [0, 0, 1, 1, 0, 0, 1, 0];
    let steep = |field| Steep {
        space: Binary::new(2),
        field,
    };
    let kernel = AverageHamming::paper();
    for field in [-800.0, f64::NEG_INFINITY] {
        let bounded = Stein::new(&steep(field), 1.0, &rows, kernel, Operator::Barker).unwrap();
        let found = bounded.ksd2();
        assert!(found.v.is_finite() && found.v < 4.0, "{found:?}");
        let ratio = Stein::new(&steep(field), 1.0, &rows, kernel, Operator::Ratio);
        assert!(
            matches!(
                ratio,
                Err(DiscrepancyError::NotFinite {
                    row: 1,
                    entry: 1,
                    ..
                })
            ),
            "{ratio:?}"
        );
    }
    assert!(Stein::new(&steep(f64::NAN), 1.0, &rows, kernel, Operator::Barker).is_err());
}

#[test]
fn invalid_arguments_are_rejected() {
    let (model, kernel) = (machine(5, 3, 1.0), AverageHamming::paper());
    let new = |rows: &[u8]| Stein::new(&model, 1.0, rows, kernel, Operator::Barker);
    assert!(
        new(&[]).is_err()
            && new(&[0; 5]).is_err()
            && new(&[0; 11]).is_err()
            && new(&[2; 10]).is_err()
    );
    let stein = new(&[0, 1, 0, 1, 1, 0, 0, 1, 0, 1]).unwrap();
    assert!(stein.rows() == 2 && stein.ksd2().standard_error.is_none());
    assert!(stein.kappa(0, 2) == 0.0);
    let test = |rounds, renew| {
        stein.p_value(&WildBootstrap {
            rounds,
            renew,
            seed: 1,
        })
    };
    assert!(
        test(0, 1.0).is_err()
            && test(9, 0.0).is_err()
            && test(9, 1.1).is_err()
            && test(9, f64::NAN).is_err()
    );
    assert!((0.0..=1.0).contains(&test(9, 0.5).unwrap()));
    let (observed, mut free) = ([None, Some(1), None, None, None], [0; 5]);
    let clamped = Clamp::new(&model, &observed, &mut free).unwrap();
    let other = Stein::new(&clamped, 1.0, &[0; 10], kernel, Operator::Barker);
    assert_eq!(other.err(), Some(DiscrepancyError::NotContained { row: 0 }));
}

/// Prints the time for 1000 rows of a machine with 784 visible units, and of a Potts model.
#[test]
#[ignore = "a measurement"]
fn time_of_a_thousand_rows() {
    fn measure<T: Delta<Space: Space<Symbol = u8>>>(name: &str, target: &T) {
        let mut bits = SplitMix64::new(1);
        let draw = |_| gwg_core::check::random_configuration(target.space(), &mut bits);
        let rows: Vec<u8> = (0..1000).flat_map(draw).collect();
        let start = std::time::Instant::now();
        let kernel = AverageHamming::paper();
        let stein = Stein::new(target, 1.0, &rows, kernel, Operator::Barker).unwrap();
        let made = start.elapsed();
        let start = std::time::Instant::now();
        let found = stein.ksd2();
        let summed = start.elapsed();
        let start = std::time::Instant::now();
        let p = stein.p_value(&WildBootstrap::default()).unwrap();
        println!(
            "{name}: operators {made:?}, pairs {summed:?}, p-value {:?}: {} {p}",
            start.elapsed(),
            found.u
        );
    }
    measure("rbm 784/500", &Rbm::<f64>::random(784, 500, 1).unwrap());
    let lattice = gwg_models::LatticePotts::<f64>::new(2, 28, 4, 0.1).unwrap();
    measure("potts 28x28, q = 4", &lattice);
}
