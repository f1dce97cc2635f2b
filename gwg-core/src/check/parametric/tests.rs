use super::*;
use crate::Binary;
use crate::target::{ParameterError, Target, Tensor, check_batch, check_parameters};

/// The fault of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    Nothing,
    /// Counts each pair of couplings once.
    OneTriangle,
    Replaces,
    IgnoresWeights,
    Unchecked,
    /// Stores values before they are checked.
    ChecksLate,
    ReversesField,
}

/// `f(x) = s'Js + b.s` of three spins.
struct Model {
    space: Binary,
    values: [f64; 12],
    fault: Fault,
}

impl Model {
    fn new(fault: Fault) -> Self {
        let (a, b, c) = (0.3, -0.2, 0.5);
        Self {
            space: Binary::new(3),
            values: [0.0, a, b, a, 0.0, c, b, c, 0.0, 0.1, 0.2, 0.3],
            fault,
        }
    }
}

fn statistic(x: &[u8], k: usize) -> f64 {
    let spin = |i: usize| if x[i] == 0 { -1.0 } else { 1.0 };
    match k {
        0..9 if k / 3 == k % 3 => 0.0,
        0..9 => spin(k / 3) * spin(k % 3),
        _ => spin(k - 9),
    }
}

impl Target for Model {
    type Real = f64;
    type Space = Binary;

    fn space(&self) -> &Binary {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let terms = self.values.iter().enumerate();
        terms.map(|(k, value)| value * statistic(x, k)).sum()
    }
}

impl Parametric for Model {
    fn tensor(&self, k: usize) -> Option<Tensor> {
        [Tensor::pairs("J", [3, 3]), Tensor::new("b", [3])]
            .get(k)
            .copied()
    }

    fn read_parameters(&self, values: &mut [f64]) -> Result<(), ParameterError> {
        if values.len() != 12 {
            return check_parameters(self, values);
        }
        values.copy_from_slice(&self.values);
        Ok(())
    }

    fn write_parameters(&mut self, values: &[f64]) -> Result<(), ParameterError> {
        let checked = check_parameters(self, values);
        let store = match self.fault {
            Fault::ChecksLate => values.len() == 12,
            _ => checked.is_ok(),
        };
        if store {
            self.values.copy_from_slice(values);
        }
        if self.fault == Fault::Unchecked && values.len() == 12 {
            self.values.copy_from_slice(values);
            return Ok(());
        }
        checked
    }

    fn parameter_gradient(
        &self,
        x: &[u8],
        weights: &[f64],
        gradient: &mut [f64],
        scratch: &mut [f64],
    ) -> Result<(), ParameterError> {
        check_batch(self, x, weights, gradient, scratch)?;
        if self.fault == Fault::Replaces {
            gradient.fill(0.0);
        }
        for (row, &weight) in x.chunks(3).zip(weights) {
            for (k, g) in gradient.iter_mut().enumerate() {
                let lower = k < 9 && k / 3 > k % 3;
                *g += match self.fault {
                    Fault::OneTriangle if lower => 0.0,
                    Fault::ReversesField if k >= 9 => weight * statistic(row, 20 - k),
                    Fault::IgnoresWeights => statistic(row, k),
                    _ => weight * statistic(row, k),
                };
            }
        }
        Ok(())
    }
}

#[test]
fn a_correct_model_passes() {
    parametric(&mut Model::new(Fault::Nothing), 1, 1e-8);
}

#[test]
fn every_fault_is_found() {
    for fault in [
        Fault::OneTriangle,
        Fault::Replaces,
        Fault::IgnoresWeights,
        Fault::Unchecked,
        Fault::ChecksLate,
        Fault::ReversesField,
    ] {
        let found = std::panic::catch_unwind(|| parametric(&mut Model::new(fault), 1, 1e-8));
        assert!(found.is_err(), "{fault:?} passes");
    }
}
