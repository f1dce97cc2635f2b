//! Networks: values and gradients of some states at a time.

use crate::layer::{self, Norm, add, flatten, pool, scale};
use crate::plan::{Plan, Step, Weights, What};
use crate::{Description, NetError, Shape};
use gwg_linalg::{Error, Scalar};

/// States that go through the layers together.
pub(crate) const GROUP: usize = 8;

/// A network with its weights: a function of states, from one [`Description`].
///
/// # Memory
/// The weights; what lies between the layers is in scratch that callers lend, for at most 8 states at a time.
#[derive(Clone, Debug)]
pub struct Network<R> {
    description: Description,
    pub(crate) plan: Plan,
    pub(crate) parameters: Vec<R>,
}

/// Scratch of some states: what lies between the layers, its gradient, and a tile.
pub(crate) struct Pass<'n, 's, R> {
    plan: &'n Plan,
    parameters: &'n [R],
    states: usize,
    maps: &'s mut [R],
    slopes: &'s mut [R],
    tile: &'s mut [R],
}

impl<R: Scalar> Network<R> {
    /// The network with these weights, tensor by tensor in the order of the layers, as [`parameters`](Self::parameters) gives them.
    ///
    /// # Errors
    /// A description that is not one of a network; [`NetError::Parameters`], [`NetError::NotFinite`].
    pub fn new(description: Description, parameters: Vec<R>) -> Result<Self, NetError> {
        let plan = Plan::new(&description)?;
        check(&plan, &parameters)?;
        Ok(Self {
            description,
            plan,
            parameters,
        })
    }

    /// The description.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// All weights. A kernel lies in the order (channels, height, width, channels before), an embedding as (features, states), others
    /// as in [files](crate::write_network).
    #[must_use]
    pub fn parameters(&self) -> &[R] {
        &self.parameters
    }

    /// Replaces all weights.
    ///
    /// # Errors
    /// Those of [`new`](Self::new); the network is unchanged then.
    pub fn set_parameters(&mut self, parameters: &[R]) -> Result<(), NetError> {
        check(&self.plan, parameters)?;
        self.parameters.copy_from_slice(parameters);
        Ok(())
    }

    /// The shape of the output.
    #[must_use]
    pub fn output(&self) -> Shape {
        self.plan.output()
    }

    /// The outputs of some rows of numbers that the first layer receives, row-major.
    ///
    /// # Errors
    /// [`NetError::Length`] if a slice has another length; scratch may be longer.
    pub fn evaluate(
        &self,
        input: &[R],
        output: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), NetError> {
        let (numbers, outputs) = (self.plan.maps[0].count(), self.output().count());
        let rows = input.len() / numbers;
        length("input", input.len(), rows * numbers)?;
        length("output", output.len(), rows * outputs)?;
        let groups = input.chunks(GROUP * numbers);
        for (input, output) in groups.zip(output.chunks_mut(GROUP * outputs)) {
            let mut pass = self.lent(input.len() / numbers, scratch)?;
            pass.input().copy_from_slice(input);
            output.copy_from_slice(pass.forward().map_err(NetError::from)?);
        }
        Ok(())
    }

    /// Adds the gradient of a function of the outputs, whose slopes by the outputs are given: of the weights to `gradient`, and of the input to
    /// `by_input`, which may be empty.
    ///
    /// # Errors
    /// Those of [`evaluate`](Self::evaluate).
    pub fn learn(
        &self,
        input: &[R],
        slopes: &[R],
        gradient: &mut [R],
        by_input: &mut [R],
        scratch: &mut [R],
    ) -> Result<(), NetError> {
        let (numbers, outputs) = (self.plan.maps[0].count(), self.output().count());
        let rows = input.len() / numbers;
        length("input", input.len(), rows * numbers)?;
        length("slopes", slopes.len(), rows * outputs)?;
        length("gradient", gradient.len(), self.plan.parameters)?;
        if !by_input.is_empty() {
            length("by_input", by_input.len(), input.len())?;
        }
        let groups = input.chunks(GROUP * numbers);
        for (k, (input, slopes)) in groups.zip(slopes.chunks(GROUP * outputs)).enumerate() {
            let mut pass = self.lent(input.len() / numbers, scratch)?;
            pass.input().copy_from_slice(input);
            let done = pass.forward().map(drop);
            let done = done.and_then(|()| pass.back(slopes.iter().copied(), Some(gradient)));
            done?;
            let by_input = by_input.iter_mut().skip(k * GROUP * numbers);
            by_input
                .zip(pass.input_gradient())
                .for_each(|(to, &g)| *to += g);
        }
        Ok(())
    }

    fn lent<'s>(&self, rows: usize, scratch: &'s mut [R]) -> Result<Pass<'_, 's, R>, NetError> {
        let (found, expected) = (scratch.len(), self.scratch_len(rows));
        let name = "scratch";
        let pass = self.pass(rows, scratch);
        pass.ok_or(NetError::Length {
            name,
            found,
            expected,
        })
    }

    /// Splits lent scratch for so many states, at most [`group`](Self::group) of them; `None` if it is too short.
    pub(crate) fn pass<'s>(&self, states: usize, scratch: &'s mut [R]) -> Option<Pass<'_, 's, R>> {
        let numbers = self.plan.numbers() * states;
        let (maps, rest) = scratch.split_at_mut_checked(numbers)?;
        let (slopes, rest) = rest.split_at_mut_checked(numbers)?;
        let tile = rest.get_mut(..self.tile_len())?;
        Some(Pass {
            plan: &self.plan,
            parameters: &self.parameters,
            states,
            maps,
            slopes,
            tile,
        })
    }

    /// States that go through the layers together, of `rows`.
    pub(crate) fn group(rows: usize) -> usize {
        rows.clamp(1, GROUP)
    }

    /// The length of the scratch for `rows` rows.
    #[must_use]
    pub fn scratch_len(&self, rows: usize) -> usize {
        let maps = self.plan.numbers().saturating_mul(2);
        maps.saturating_mul(Self::group(rows))
            .saturating_add(self.tile_len())
    }

    fn tile_len(&self) -> usize {
        let widest = self.plan.maps.iter().map(|map| map.channels).max();
        self.plan.tile_len().max(widest.unwrap_or(0))
    }
}

/// As many weights as a plan has, all finite.
fn check<R: Scalar>(plan: &Plan, parameters: &[R]) -> Result<(), NetError> {
    let (found, expected) = (parameters.len(), plan.parameters);
    if found != expected {
        return Err(NetError::Parameters { found, expected });
    }
    for Weights {
        name,
        range,
        layout,
    } in &plan.tensors
    {
        let values = &parameters[range.clone()];
        if let Some(k) = values.iter().position(|x| !x.is_finite()) {
            let shape = layout.shape(values.len());
            return Err(NetError::NotFinite {
                tensor: name.clone(),
                index: index(layout.place(k), &shape),
                found: values[k].to_f64(),
            });
        }
    }
    Ok(())
}

fn length(name: &'static str, found: usize, expected: usize) -> Result<(), NetError> {
    if found == expected {
        return Ok(());
    }
    Err(NetError::Length {
        name,
        found,
        expected,
    })
}

/// The index of the entry at a place of a tensor of this shape.
fn index(mut place: usize, shape: &[usize]) -> Vec<usize> {
    let mut index: Vec<usize> = shape
        .iter()
        .rev()
        .map(|&n| {
            let at = place % n.max(1);
            place /= n.max(1);
            at
        })
        .collect();
    index.reverse();
    index
}

impl<R: Scalar> Pass<'_, '_, R> {
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
                    Norm::new(parameters, *epsilon).forward(from, to, self.tile)
                }
                What::Pool { factor } => {
                    pool::forward(positions, channels, R::from_f64(*factor), from, to)
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
                pool::back(positions, channels, R::from_f64(*factor), after, before)
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
