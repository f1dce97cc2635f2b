//! The objective as the optimizer sees it.

use std::sync::{Mutex, PoisonError};

use argmin::core::{CostFunction, Gradient};

use gwg_chains::Stop;

use super::SiteFitProgress;
use crate::pseudo::objective::{Parameters, SiteObjective};

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
    objective: SiteObjective<'a>,
    stop: Stop<'a>,
    memory: Mutex<Memory<'a>>,
}

struct Memory<'a> {
    show: &'a mut (dyn FnMut(&SiteFitProgress) + Send),
    last: Option<Evaluation>,
    best: Option<Evaluation>,
    evaluations: u64,
}

impl<'a> Problem<'a> {
    pub(super) fn new(
        objective: SiteObjective<'a>,
        stop: Stop<'a>,
        show: &'a mut (dyn FnMut(&SiteFitProgress) + Send),
    ) -> Self {
        let memory = Memory {
            show,
            last: None,
            best: None,
            evaluations: 0,
        };
        Self {
            objective,
            stop,
            memory: Mutex::new(memory),
        }
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
        if !self.stop.is_due() {
            let progress = SiteFitProgress {
                evaluations: memory.evaluations,
                objective: last.value,
                gradient_norm: last.norm(),
            };
            (memory.show)(&progress);
        }
        if memory
            .best
            .as_ref()
            .is_none_or(|best| last.value < best.value)
            && last.value.is_finite()
        {
            memory.best = Some(last.clone());
        }
        take(memory.last.insert(last))
    }

    /// An error once the estimate is ended from outside: the only way to end the optimizer.
    fn go_on(&self) -> Result<(), argmin::core::Error> {
        match self.stop.is_due() {
            true => Err(argmin::core::Error::msg("stopped")),
            false => Ok(()),
        }
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
            .evaluate_parts(at, field_gradient, coupling_gradient, self.stop);
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
        self.go_on()?;
        Ok(self.at(parameters, |found| found.value))
    }
}

impl Gradient for &Problem<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, parameters: &Self::Param) -> Result<Self::Gradient, argmin::core::Error> {
        self.go_on()?;
        Ok(self.at(parameters, |found| found.gradient.clone()))
    }
}
