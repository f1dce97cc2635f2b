//! Models between their states.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use gwg_core::{Bits, Gradient, Multilinear, Space, SplitMix64, Target};
use gwg_models::{DenseIsing, DensePotts, LatticeIsing, LatticePotts, Rbm};
use gwg_relax::{BinaryRelaxation, Extended, Quadratic, RelaxError, Relaxed, RelaxedRbm};

/// The one-hot or binary weights of a state.
fn encode<S: Space<Symbol = u8>>(space: &S, x: &[u8]) -> Vec<f64> {
    if space.gradient_len() == space.sites() {
        return x.iter().map(|&x| f64::from(x)).collect();
    }
    let mut w = vec![0.0; space.gradient_len()];
    for (site, &x) in x.iter().enumerate() {
        w[space.first_move(site) + usize::from(x)] = 1.0;
    }
    w
}

fn states(sites: usize, states: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..states.pow(sites as u32)).map(move |mut k| {
        let mut digit = || {
            let digit = k % states;
            k /= states;
            digit as u8
        };
        (0..sites).map(|_| digit()).collect()
    })
}

/// At all states the form is the model; between them it is the mean of `f` over independent sites, and its gradient is the slope.
fn is_multilinear<T>(target: &T)
where
    T: Gradient<Real = f64> + Multilinear,
    T::Space: Space<Symbol = u8>,
{
    let (form, space) = (Quadratic::of(target).unwrap(), target.space());
    let (n, q) = (space.sites(), space.states());
    let len = form.weights();
    assert_eq!(len, space.gradient_len());
    let (mut found, mut wanted) = (vec![0.0; len], vec![0.0; len]);
    let mut scratch = vec![0.0; target.gradient_scratch_len(1)];
    for x in states(n, q) {
        let f = form.value_and_gradient(&encode(space, &x), &mut found, &mut []);
        let f2 = target.value_and_gradient(&x, &mut wanted, &mut scratch);
        assert!((f - f2).abs() < 1e-10);
        assert!(
            found
                .iter()
                .zip(&wanted)
                .all(|(a, b)| (a - b).abs() < 1e-10)
        );
    }
    let mut bits = SplitMix64::new(4);
    let mut w: Vec<f64> = (0..len).map(|_| bits.unit()).collect();
    if len > n {
        for group in w.chunks_exact_mut(q) {
            let total: f64 = group.iter().sum();
            group.iter_mut().for_each(|w| *w /= total);
        }
    }
    let probability = |site: usize, x: u8| match (len > n, x) {
        (true, x) => w[site * q + usize::from(x)],
        (false, 0) => 1.0 - w[site],
        (false, _) => w[site],
    };
    let mut mean = 0.0;
    for x in states(n, q) {
        let sites = x.iter().enumerate().map(|(i, &x)| probability(i, x));
        mean += sites.product::<f64>() * target.log_prob(&x);
    }
    let f = form.value_and_gradient(&w, &mut found, &mut []);
    assert!((f - mean).abs() < 1e-10, "{f} {mean}");
    slopes_agree(&form, &w, len > n);
}

/// The gradient is the derivative of the value (of one-hot weights: along exchanges of weight between states of a site).
fn slopes_agree<M: Relaxed<Real = f64>>(model: &M, w: &[f64], one_hot: bool) {
    let len = model.weights();
    let (mut gradient, mut other) = (vec![0.0; len], vec![0.0; len]);
    let mut scratch = vec![0.0; model.scratch_len()];
    model.value_and_gradient(w, &mut gradient, &mut scratch);
    for k in 0..len {
        let partner = if one_hot && k % 2 == 0 { k + 1 } else { k };
        if one_hot && partner == k {
            continue;
        }
        let mut at = |by: f64| {
            let mut v = w.to_vec();
            v[k] += by;
            if partner != k {
                v[partner] -= by;
            }
            model.value_and_gradient(&v, &mut other, &mut scratch)
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        let own = gradient[k] - if partner == k { 0.0 } else { gradient[partner] };
        assert!((slope - own).abs() < 1e-7, "{k}: {slope} {own}");
    }
}

#[test]
fn ising_and_potts_models_are_multilinear() {
    is_multilinear(&DenseIsing::random(6, 0.7, 1).unwrap());
    is_multilinear(&LatticeIsing::new(2, 3, 0.3, -0.2).unwrap());
    is_multilinear(&DensePotts::random(3, 4, 0.5, 2).unwrap());
    is_multilinear(&LatticePotts::new(1, 4, 4, 0.3).unwrap());
}

#[test]
fn couplings_of_a_lattice_are_sparse() {
    let form = Quadratic::of(&LatticeIsing::<f32>::new(2, 20, 0.1, 0.0).unwrap()).unwrap();
    assert_eq!(form.couplings(), 4 * 400);
}

#[test]
fn an_rbm_has_the_values_and_gradients_of_its_model() {
    let rbm = Rbm::<f64>::random(7, 5, 3).unwrap();
    let relaxed = RelaxedRbm::new(rbm.weights(), rbm.visible_bias(), rbm.hidden_bias()).unwrap();
    let (mut found, mut wanted) = ([0.0; 7], [0.0; 7]);
    let mut scratch = vec![0.0; rbm.gradient_scratch_len(1)];
    for x in states(7, 2) {
        let w: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
        let f = relaxed.value_and_gradient(&w, &mut found, &mut [0.0; 5]);
        let f2 = rbm.value_and_gradient(&x, &mut wanted, &mut scratch);
        assert!((f - f2).abs() < 1e-12);
        assert!(
            found
                .iter()
                .zip(&wanted)
                .all(|(a, b)| (a - b).abs() < 1e-12)
        );
    }
    slopes_agree(&relaxed, &[0.1, 0.9, 0.4, 0.5, 0.3, 0.7, 0.2], false);
    slopes_agree(&Extended::new(&relaxed, -2.0).unwrap(), &[0.25; 7], false);
    let message = RelaxedRbm::new(&[0.0; 5], &[0.0; 2], &[0.0; 3]).unwrap_err();
    assert_eq!(message.to_string(), "`W`: found 5 numbers, needed 6");
}

/// `f = x_0 x_1 x_2`: multilinear, but not quadratic.
struct Cubic(gwg_core::Binary);

impl Target for Cubic {
    type Real = f64;
    type Space = gwg_core::Binary;
    fn space(&self) -> &gwg_core::Binary {
        &self.0
    }
    fn log_prob(&self, x: &[u8]) -> f64 {
        f64::from(x[0] * x[1] * x[2])
    }
}

impl Gradient for Cubic {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        let pair = |i: usize, j: usize| f64::from(x[i] * x[j]);
        gradient.copy_from_slice(&[pair(1, 2), pair(0, 2), pair(0, 1)]);
        self.log_prob(x)
    }
}

impl Multilinear for Cubic {}

#[test]
fn terms_of_three_sites_are_refused() {
    let error = Quadratic::of(&Cubic(gwg_core::Binary::new(3))).unwrap_err();
    assert!(matches!(error, RelaxError::NotQuadratic { .. }), "{error}");
    assert!(
        error.to_string().starts_with("the model is not quadratic"),
        "{error}"
    );
}

/// `f = x_0 x_1` on integers.
struct Integers(gwg_core::Ordinal);

impl Target for Integers {
    type Real = f64;
    type Space = gwg_core::Ordinal;
    fn space(&self) -> &gwg_core::Ordinal {
        &self.0
    }
    fn log_prob(&self, x: &[u8]) -> f64 {
        f64::from(x[0]) * f64::from(x[1])
    }
}

impl Gradient for Integers {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [f64], _: &mut [f64]) -> f64 {
        gradient.copy_from_slice(&[f64::from(x[1]), f64::from(x[0])]);
        self.log_prob(x)
    }
}

impl Multilinear for Integers {}

#[test]
fn weights_that_are_not_binary_are_refused_where_they_must_be() {
    let integers = Integers(gwg_core::Ordinal::new(2, 5).unwrap());
    let found = Quadratic::of(&integers).unwrap_err();
    assert_eq!(found, RelaxError::Ordinal { site: 0, states: 5 });
    let potts = Quadratic::of(&LatticePotts::<f64>::new(1, 3, 2, 0.1).unwrap()).unwrap();
    let found = BinaryRelaxation::new(&potts, 1.0).unwrap_err();
    assert_eq!(found, RelaxError::NotBinary);
}

#[test]
fn models_of_single_precision_pass_the_check() {
    Quadratic::of(&DenseIsing::<f32>::random(100, 1.0, 1).unwrap()).unwrap();
    Quadratic::of(&DensePotts::<f32>::random(10, 5, 1.0, 1).unwrap()).unwrap();
    Quadratic::of(&LatticeIsing::<f32>::new(2, 30, 0.3, 0.5).unwrap()).unwrap();
}
