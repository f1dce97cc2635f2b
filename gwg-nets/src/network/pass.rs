//! Some states through the layers, and gradients back.

use crate::layer::{self, Norm, add, flatten, pool, scale};
use crate::plan::{Plan, Step, What};
use gwg_linalg::{Error, Scalar};

/// Scratch of some states: what lies between the layers, its gradient, and a tile.
pub(crate) struct Pass<'n, 's, R> {
    plan: &'n Plan,
    parameters: &'n [R],
    states: usize,
    maps: &'s mut [R],
    slopes: &'s mut [R],
    tile: &'s mut [R],
}

impl<'n, 's, R: Scalar> Pass<'n, 's, R> {
    /// Of so many states, with a tile of such a length; `None` if the scratch is too short.
    pub(super) fn new(
        plan: &'n Plan,
        parameters: &'n [R],
        (states, tile): (usize, usize),
        scratch: &'s mut [R],
    ) -> Option<Self> {
        let numbers = plan.numbers() * states;
        let (maps, rest) = scratch.split_at_mut_checked(numbers)?;
        let (slopes, rest) = rest.split_at_mut_checked(numbers)?;
        let tile = rest.get_mut(..tile)?;
        Some(Self {
            plan,
            parameters,
            states,
            maps,
            slopes,
            tile,
        })
    }

    /// The numbers that the first layer receives, of all states.
    pub(crate) fn input(&mut self) -> &mut [R] {
        let end = self.plan.offsets[1] * self.states;
        &mut self.maps[..end]
    }

    /// How many states.
    pub(crate) fn states(&self) -> usize {
        self.states
    }

    /// The numbers that the first layer receives of one state.
    pub(crate) fn input_len(&self) -> usize {
        self.plan.offsets[1]
    }

    /// The gradient of the input, after [`back`](Self::back).
    pub(crate) fn input_gradient(&self) -> &[R] {
        &self.slopes[..self.plan.offsets[1] * self.states]
    }

    /// Computes the values from the input.
    pub(crate) fn forward(&mut self) -> Result<&[R], Error> {
        for step in &self.plan.steps {
            let (before, after) = self
                .maps
                .split_at_mut(self.plan.offsets[step.to] * self.states);
            let to = &mut after[..self.plan.maps[step.to].count() * self.states];
            let from = map(self.plan, self.states, step.from, before);
            let parameters = &self.parameters[step.parameters.clone()];
            let shape = self.plan.maps[step.from];
            let (positions, channels) = (shape.positions(), shape.channels);
            match &step.what {
                What::Conv(window) => layer::forward(window, parameters, from, to, self.tile)?,
                What::Activation(activation) => activation.forward(parameters, from, to),
                What::Scale => scale::forward(parameters, from, to),
                What::Norm { epsilon } => {
                    Norm::new(parameters, *epsilon).forward(from, to, self.tile);
                }
                What::Pool { factor } => {
                    pool::forward(positions, channels, R::from_f64(*factor), from, to);
                }
                What::Flatten => flatten::forward(positions, channels, from, to),
                What::Add { other } => {
                    add::forward(from, map(self.plan, self.states, *other, before), to);
                }
            }
        }
        let last = self.plan.maps.len() - 1;
        Ok(map(self.plan, self.states, last, self.maps))
    }

    /// Computes the gradient of the sum of `weight` times each value, after [`forward`](Self::forward): of the input, and added to that of the
    /// parameters where it is wanted.
    pub(crate) fn back(
        &mut self,
        weights: impl Iterator<Item = R>,
        mut gradient: Option<&mut [R]>,
    ) -> Result<(), Error> {
        self.slopes.fill(R::ZERO);
        let last = self.plan.maps.len() - 1;
        let seed = map_mut(self.plan, self.states, last, self.slopes);
        seed.iter_mut().zip(weights).for_each(|(s, w)| *s = w);
        for step in self.plan.steps.iter().rev() {
            if let Some(gradient) = &mut gradient {
                self.learn(step, &mut gradient[step.parameters.clone()])?;
            }
            self.back_through(step)?;
        }
        Ok(())
    }

    fn back_through(&mut self, step: &Step) -> Result<(), Error> {
        let (before, after) = self
            .slopes
            .split_at_mut(self.plan.offsets[step.to] * self.states);
        let after = &after[..self.plan.maps[step.to].count() * self.states];
        let from = map(self.plan, self.states, step.from, self.maps);
        let parameters = &self.parameters[step.parameters.clone()];
        let shape = self.plan.maps[step.from];
        let (positions, channels) = (shape.positions(), shape.channels);
        if let What::Add { other } = step.what {
            add::back(after, map_mut(self.plan, self.states, other, before));
        }
        let before = map_mut(self.plan, self.states, step.from, before);
        match &step.what {
            What::Conv(window) => layer::back(window, parameters, after, before, self.tile)?,
            What::Activation(activation) => activation.back(parameters, from, after, before),
            What::Scale => scale::back(parameters, after, before),
            What::Norm { epsilon } => {
                Norm::new(parameters, *epsilon).back(from, after, before, self.tile);
            }
            What::Pool { factor } => {
                pool::back(positions, channels, R::from_f64(*factor), after, before);
            }
            What::Flatten => flatten::back(positions, channels, after, before),
            What::Add { .. } => add::back(after, before),
        }
        Ok(())
    }

    /// Adds the gradient of the parameters of a step.
    fn learn(&mut self, step: &Step, gradient: &mut [R]) -> Result<(), Error> {
        let after = map(self.plan, self.states, step.to, self.slopes);
        let from = map(self.plan, self.states, step.from, self.maps);
        let parameters = &self.parameters[step.parameters.clone()];
        match &step.what {
            What::Conv(window) => layer::learn(window, from, after, gradient, self.tile)?,
            What::Activation(activation) => activation.learn(parameters, from, after, gradient),
            What::Scale => scale::learn(from, after, gradient),
            What::Norm { epsilon } => {
                Norm::new(parameters, *epsilon).learn(from, after, gradient, self.tile);
            }
            What::Pool { .. } | What::Flatten | What::Add { .. } => {}
        }
        Ok(())
    }
}

/// A map of all states.
fn map<'m, R>(plan: &Plan, states: usize, k: usize, maps: &'m [R]) -> &'m [R] {
    let (start, end) = (plan.offsets[k], plan.offsets[k + 1]);
    &maps[start * states..end * states]
}

fn map_mut<'m, R>(plan: &Plan, states: usize, k: usize, maps: &'m mut [R]) -> &'m mut [R] {
    let (start, end) = (plan.offsets[k], plan.offsets[k + 1]);
    &mut maps[start * states..end * states]
}
