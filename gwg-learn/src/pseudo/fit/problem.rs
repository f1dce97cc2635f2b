//! The objective as the optimizer sees it.

use std::sync::{Mutex, PoisonError};

use argmin::core::{CostFunction, Gradient};

use crate::pseudo::objective::{Parameters, PseudoLikelihood};

/// The objective at a point: field, then couplings.
#[derive(Clone, Debug)]
pub(super) struct Evaluation {
    pub(super) parameters: Vec<f64>,
    pub(super) value: f64,
    gradient: Vec<f64>,
}

impl Evaluation {
    pub(super) fn norm(&self) -> f64 {
        self.gradient.iter().map(|g| g * g).sum::<f64>().sqrt()
    }
}

/// The objective with its last and its best evaluation: the optimizer evaluates value and gradient of one point separately, and drops its
/// point where a line search fails.
pub(super) struct Problem<'a> {
    objective: PseudoLikelihood<'a>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    last: Option<Evaluation>,
    best: Option<Evaluation>,
    evaluations: u64,
}

impl<'a> Problem<'a> {
    pub(super) fn new(objective: PseudoLikelihood<'a>) -> Self {
        let memory = Mutex::default();
        Self { objective, memory }
    }

    pub(super) fn at<T>(&self, parameters: &[f64], take: impl FnOnce(&Evaluation) -> T) -> T {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = memory
            .last
            .as_ref()
            .filter(|last| last.parameters == parameters)
        {
            return take(last);
        }
        let last = self.evaluate(parameters);
        memory.evaluations += 1;
        if memory
            .best
            .as_ref()
            .is_none_or(|best| last.value < best.value)
        {
            memory.best = Some(last.clone());
        }
        take(memory.last.insert(last))
    }

    fn evaluate(&self, parameters: &[f64]) -> Evaluation {
        let (sites, states) = self.shape();
        let mut gradient = vec![0.0; parameters.len()];
        let (field, coupling) = parameters.split_at(sites * states);
        let (field_gradient, coupling_gradient) = gradient.split_at_mut(sites * states);
        let at = Parameters {
            sites,
            states,
            field,
            coupling,
        };
        let value = self
            .objective
            .evaluate_parts(at, field_gradient, coupling_gradient);
        Evaluation {
            parameters: parameters.to_vec(),
            value,
            gradient,
        }
    }

    /// The number of sites and of states.
    pub(super) fn shape(&self) -> (usize, usize) {
        let data = self.objective.data;
        (data.sites(), data.states())
    }

    /// The evaluation with the smallest value, if there is one, and the number of evaluations.
    pub(super) fn into_best(self) -> (Option<Evaluation>, u64) {
        let memory = self.memory.into_inner();
        let memory = memory.unwrap_or_else(PoisonError::into_inner);
        (memory.best, memory.evaluations)
    }
}

impl CostFunction for &Problem<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, parameters: &Self::Param) -> Result<f64, argmin::core::Error> {
        Ok(self.at(parameters, |found| found.value))
    }
}

impl Gradient for &Problem<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Self::Param) -> Result<Self::Gradient, argmin::core::Error> {
        Ok(self.at(parameters, |found| found.gradient.clone()))
    }
}
