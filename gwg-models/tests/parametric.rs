//! Parameters of every model: the conformance checks, errors, and that a model with new parameters equals one created
//! with them.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::check::{self, OwnedMemory, random_configuration};
use gwg_core::kernel::BlockSweep;
use gwg_core::target::{Dims, Sweep, Symmetry, tensors};
use gwg_core::{
    Binary, Delta, Gradient, Kernel, ParameterError, Parametric, Real, Space, SplitMix64,
    StepCounts, Symbol, SymbolOf, Target,
};
use gwg_models::{
    CategoricalRbm, DenseIsing, DensePotts, Factorized, FactorizedCategorical, LatticeIsing,
    LatticeOrdinal, LatticePotts, ModelError, Rbm, Scalar, SparseIsing,
};

fn conforms<M: Parametric>(model: &mut M) {
    // The cube root of the precision, squared, is the error of a central difference.
    let tolerance = if M::Real::EPSILON.to_f64() < 1e-10 {
        1e-6
    } else {
        2e-4
    };
    for seed in 1..=3 {
        check::parametric(model, seed, tolerance);
    }
}

fn parameters<M: Parametric>(model: &M) -> Vec<M::Real> {
    let mut values = vec![M::Real::ZERO; model.parameter_count()];
    model.read_parameters(&mut values).unwrap();
    values
}

/// Other valid parameters of a model, with some zeros if `zeros`.
fn others<M: Parametric>(model: &M, zeros: bool) -> Vec<M::Real> {
    let mut values = parameters(model);
    for (tensor, range) in tensors(model) {
        for (k, place) in range.clone().enumerate() {
            let pair = tensor.mirror(k).map(|mirror| range.start + mirror);
            let number = if zeros && k % 3 == 1 {
                0.0
            } else {
                0.3 * ((k * k + 3 * k) % 7) as f64 - 0.8
            };
            if let Some(mirror) = pair.filter(|&mirror| mirror >= place) {
                values[place] = M::Real::from_f64(number);
                values[mirror] = values[place];
            }
        }
    }
    values
}

fn bits_of<R: Real>(numbers: &[R]) -> Vec<u64> {
    numbers.iter().map(|x| x.to_f64().to_bits()).collect()
}

/// Everything that a kernel reads from a model, at random configurations: values, gradients, exact differences, sweeps.
fn readings<M: Delta + Gradient + Sweep>(model: &M) -> Vec<u64> {
    let (space, mut bits) = (model.space(), SplitMix64::new(5));
    let mut seen = Vec::new();
    for _ in 0..4 {
        let mut x = random_configuration(space, &mut bits);
        let mut gradient = vec![M::Real::ZERO; space.gradient_len()];
        let mut cache = vec![M::Real::ZERO; model.cache_len()];
        let mut scratch = vec![M::Real::ZERO; model.gradient_scratch_len(1)];
        let f = model.value_and_gradient(&x, &mut gradient, &mut scratch);
        seen.extend([f, model.log_prob(&x), model.init_cache(&x, &mut cache)].map(f64::to_bits));
        let moves = (0..space.moves()).map(|m| space.decode(&x, m));
        let moves = moves.filter(|mv| mv.from != mv.to);
        let differences: Vec<_> = moves.map(|mv| model.delta(&x, &cache, mv)).collect();
        seen.extend([bits_of(&gradient), bits_of(&cache), bits_of(&differences)].concat());
        sweep(model, &mut x, &mut seen);
    }
    seen
}

fn sweep<M: Sweep>(model: &M, x: &mut [SymbolOf<M>], seen: &mut Vec<u64>) {
    let mut owned = OwnedMemory::new(model, &BlockSweep, 1);
    let start = [x.to_vec()];
    let (mut walkers, scratch) = owned.walkers(model, &BlockSweep, &start, M::Real::ONE);
    BlockSweep.init(model, &mut walkers, scratch);
    let (mut bits, mut counts) = ([SplitMix64::new(9)], [StepCounts::default()]);
    for _ in 0..3 {
        BlockSweep.step(model, &mut walkers, scratch, &mut bits, &mut counts);
    }
    seen.push(walkers[0].log_prob().to_bits());
    seen.extend(walkers[0].x.iter().map(|symbol| symbol.index() as u64));
}

/// Checks that a model with other parameters has the bits of one created with them.
fn renewed<M>(mut model: M, make: impl Fn(&M, &[M::Real]) -> Result<M, ModelError>)
where
    M: Parametric + Delta + Gradient + Sweep,
{
    conforms(&mut model);
    let before = readings(&model);
    let original = parameters(&model);
    for zeros in [false, true, false] {
        let values = others(&model, zeros);
        model.write_parameters(&values).unwrap();
        assert_eq!(bits_of(&parameters(&model)), bits_of(&values));
        let fresh = make(&model, &values).unwrap();
        assert!(
            readings(&model) == readings(&fresh),
            "differs from a new model"
        );
    }
    model.write_parameters(&original).unwrap();
    assert!(
        readings(&model) == before,
        "differs after the parameters were put back"
    );
    conforms(&mut model);
}

/// The dense models have no sweeps.
trait Dense: Parametric + Delta + Gradient {
    fn renewed(mut self, make: impl Fn(&[Self::Real]) -> Self)
    where
        Self: Sized,
    {
        conforms(&mut self);
        let values = others(&self, false);
        self.write_parameters(&values).unwrap();
        let fresh = make(&values);
        let (space, mut bits) = (self.space(), SplitMix64::new(5));
        let x = random_configuration(space, &mut bits);
        let seen = |model: &Self| {
            let mut gradient = vec![Self::Real::ZERO; space.gradient_len()];
            let mut cache = vec![Self::Real::ZERO; model.cache_len()];
            let mut scratch = vec![Self::Real::ZERO; model.gradient_scratch_len(1)];
            let f = model.value_and_gradient(&x, &mut gradient, &mut scratch);
            let again = model.init_cache(&x, &mut cache);
            let all = (0..space.moves()).map(|m| model.delta(&x, &cache, space.decode(&x, m)));
            let differences: Vec<_> = all.collect();
            let numbers = [bits_of(&gradient), bits_of(&cache), bits_of(&differences)];
            (f.to_bits(), again.to_bits(), numbers)
        };
        assert_eq!(seen(&self), seen(&fresh));
        assert_eq!(bits_of(&parameters(&fresh)), bits_of(&values));
    }
}

impl<R: Scalar> Dense for DenseIsing<R> {}
impl<R: Scalar> Dense for DensePotts<R> {}

macro_rules! in_both_precisions {
    ($($name:ident: $body:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn f32() {
                type R = f32;
                $body
            }

            #[test]
            fn f64() {
                type R = f64;
                $body
            }
        }
    )*};
}

fn lattice_ising<R: Real>(dims: usize, side: usize, theta: f64, bias: f64) {
    renewed(
        LatticeIsing::<R>::new(dims, side, theta, bias).unwrap(),
        |_, v| LatticeIsing::new(dims, side, v[0].to_f64(), v[1].to_f64()),
    );
}

fn sparse<R: Real>(model: SparseIsing<R>) {
    renewed(model, |model, values| {
        let edges = model.edges().zip(values);
        let edges: Vec<_> = edges.map(|((i, j, _), w)| (i, j, w.to_f64())).collect();
        let field: Vec<f64> = values[edges.len()..].iter().map(|h| h.to_f64()).collect();
        SparseIsing::new(model.field().len(), &edges, Some(&field))
    });
}

fn categorical_rbm<R: Scalar>(sites: usize, states: usize, hidden: usize) {
    renewed(
        CategoricalRbm::<R>::random(sites, states, hidden, 1).unwrap(),
        |_, v| {
            let (weights, biases) = v.split_at(sites * states * hidden);
            let (b, c) = biases.split_at(sites * states);
            CategoricalRbm::new(states, weights.to_vec(), b.to_vec(), c.to_vec())
        },
    );
}

fn rbm<R: Scalar>(visible: usize, hidden: usize) {
    renewed(
        Rbm::<R>::random(visible, hidden, 1).unwrap(),
        |_, values| {
            let (weights, biases) = values.split_at(visible * hidden);
            let (b, c) = biases.split_at(visible);
            Rbm::new(weights.to_vec(), b.to_vec(), c.to_vec())
        },
    );
}

fn dense_ising<R: Scalar>(sites: usize) {
    DenseIsing::<R>::random(sites, 0.2, 1)
        .unwrap()
        .renewed(|values| {
            let (coupling, field) = values.split_at(sites * sites);
            DenseIsing::new(coupling.to_vec(), field.to_vec()).unwrap()
        });
}

fn dense_potts<R: Scalar>(sites: usize, states: usize) {
    let model = DensePotts::<R>::random(sites, states, 0.2, 1).unwrap();
    assert_eq!(
        parameters(&model)[..(sites * states).pow(2)],
        model.coupling()
    );
    model.renewed(|values| {
        let (coupling, field) = values.split_at((sites * states).pow(2));
        DensePotts::new(sites, states, coupling, field.to_vec()).unwrap()
    });
}

in_both_precisions! {
    ising_chain: lattice_ising::<R>(1, 5, 0.3, -0.2);
    ising_square: lattice_ising::<R>(2, 7, 0.25, 0.0);
    ising_cube: lattice_ising::<R>(3, 4, 0.1, 0.3);
    potts_square: renewed(LatticePotts::<R>::new(2, 5, 3, 0.25).unwrap(), |_, v| {
        LatticePotts::new(2, 5, 3, v[0].to_f64())
    });
    ordinal_square: renewed(LatticeOrdinal::<R>::new(2, 4, 5, 0.2, 0.1).unwrap(), |_, v| {
        LatticeOrdinal::new(2, 4, 5, v[0].to_f64(), v[1].to_f64())
    });
    graph: sparse(SparseIsing::<R>::erdos_renyi(40, 5.0, 1).unwrap());
    full_graph: sparse(SparseIsing::<R>::erdos_renyi(9, 9.0, 2).unwrap());
    lone_site: sparse(SparseIsing::<R>::new(1, &[], Some(&[0.7])).unwrap());
    dense: dense_ising::<R>(13);
    dense_large: dense_ising::<R>(90);
    dense_lone_site: dense_ising::<R>(1);
    potts: dense_potts::<R>(6, 4);
    potts_binary: dense_potts::<R>(9, 2);
    potts_lone_site: dense_potts::<R>(1, 3);
    machine: rbm::<R>(20, 11);
    machine_large: rbm::<R>(70, 65);
    machine_one_hidden: rbm::<R>(9, 1);
    machine_one_visible: rbm::<R>(1, 7);
    categorical_machine: categorical_rbm::<R>(6, 4, 5);
    categorical_machine_large: categorical_rbm::<R>(20, 21, 13);
    categorical_machine_lone_site: categorical_rbm::<R>(1, 3, 2);
    bernoulli: renewed(Factorized::<R>::random_bernoulli(12, 1).unwrap(), |_, v| {
        Factorized::bernoulli(v.iter().map(|l| l.to_f64()).collect())
    });
    categorical: renewed(FactorizedCategorical::<R>::random(7, 4, 1).unwrap(), |_, v| {
        FactorizedCategorical::new(7, 4, v.iter().map(|l| l.to_f64()).collect())
    });
}

#[test]
fn tensors_have_the_names_and_shapes_of_model_files() {
    let rbm = Rbm::<f64>::random(3, 2, 1).unwrap();
    let found: Vec<_> = tensors(&rbm).collect();
    let named = |k: usize| (found[k].0.name, found[k].0.shape, found[k].1.clone());
    assert_eq!(named(0), ("W", Dims::new([3, 2]), 0..6));
    assert_eq!(named(1), ("b", Dims::new([3]), 6..9));
    assert_eq!(named(2), ("c", Dims::new([2]), 9..11));
    let values = parameters(&rbm);
    assert_eq!(values[..6], *rbm.weights());
    assert_eq!(values[9..], *rbm.hidden_bias());
    let potts = DensePotts::<f32>::random(3, 4, 0.1, 1).unwrap();
    let coupling = potts.tensor(0).unwrap();
    assert_eq!(coupling.shape, Dims::new([3, 3, 4, 4]));
    assert_eq!(coupling.symmetry, Symmetry::Pairs);
}

#[test]
fn derivatives_of_couplings_count_both_triangles() {
    let model = DenseIsing::<f64>::random(3, 0.1, 1).unwrap();
    let mut gradient = vec![0.0; 12];
    let mut scratch = vec![0.0; model.parameter_gradient_scratch_len(1)];
    let (x, weight) = ([1, 0, 1], [2.0]);
    let done = model.parameter_gradient(&x, &weight, &mut gradient, &mut scratch);
    done.unwrap();
    let wanted = [
        0.0, -2.0, 2.0, -2.0, 0.0, -2.0, 2.0, -2.0, 0.0, 2.0, -2.0, 2.0,
    ];
    assert_eq!(gradient, wanted);
    let sparse = SparseIsing::<f64>::new(3, &[(2, 0, 0.5)], None).unwrap();
    let mut gradient = vec![0.0; 4];
    sparse
        .parameter_gradient(&x, &weight, &mut gradient, &mut [0.0; 6])
        .unwrap();
    assert_eq!(gradient, [4.0, 2.0, -2.0, 2.0]);
}

#[test]
fn gradients_are_the_same_bits_wherever_scratch_is() {
    let model = Rbm::<f32>::random(80, 70, 1).unwrap();
    let mut bits = SplitMix64::new(1);
    let rows: Vec<Vec<u8>> = (0..33)
        .map(|_| random_configuration(model.space(), &mut bits))
        .collect();
    let (x, weights) = (rows.concat(), [0.25f32; 33]);
    let run = |offset: usize| {
        let len = model.parameter_gradient_scratch_len(33);
        let mut scratch = vec![f32::NAN; len + offset];
        let mut gradient = vec![0.0; model.parameter_count() + offset];
        let (scratch, gradient) = (&mut scratch[offset..], &mut gradient[offset..]);
        model
            .parameter_gradient(&x, &weights, gradient, scratch)
            .unwrap();
        bits_of(gradient)
    };
    assert!(run(0) == run(1) && run(0) == run(3));
}

#[test]
fn one_reference_serves_models_of_one_space() {
    let mut ising = DenseIsing::<f32>::random(6, 0.2, 1).unwrap();
    let mut bernoulli = Factorized::<f32>::random_bernoulli(6, 1).unwrap();
    let models: [&mut dyn Parametric<Real = f32, Space = Binary>; 2] = [&mut ising, &mut bernoulli];
    for model in models {
        check::parametric(model, 1, 2e-4);
    }
}

#[test]
fn errors_contain_the_entry() {
    let mut ising = DenseIsing::<f64>::random(3, 0.1, 1).unwrap();
    let before = parameters(&ising);
    let mut refused = |k: usize, number: f64| {
        let mut values = before.clone();
        values[k] = number;
        ising.write_parameters(&values).unwrap_err()
    };
    assert!(matches!(
        refused(10, f64::NAN),
        ParameterError::NotFinite { tensor: "h", index, .. } if index == Dims::new([1])
    ));
    assert!(matches!(
        refused(8, 0.5),
        ParameterError::SelfCoupling { tensor: "J", index, found: 0.5 } if index == Dims::new([2, 2])
    ));
    let asymmetric = refused(5, 0.5);
    assert!(matches!(
        asymmetric,
        ParameterError::NotSymmetric { index, .. }
            if index == Dims::new([1, 2])
    ));
    let message = ModelError::from(asymmetric).to_string();
    assert!(
        message.starts_with("`J[1, 2]`: found 0.5, but the same coupling at [2, 1] is"),
        "{message}"
    );
    let mut lattice = LatticeIsing::<f32>::new(2, 3, 0.1, 0.0).unwrap();
    let message = lattice
        .write_parameters(&[f32::NAN, 0.0])
        .unwrap_err()
        .to_string();
    assert_eq!(message, "`theta`: found NaN, allowed are finite numbers");
}
