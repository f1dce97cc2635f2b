//! Networks: values and gradients of some states at a time.

mod pass;

use crate::plan::{Plan, Weights};
use crate::{Description, NetError, Shape};
use gwg_linalg::Scalar;
pub(crate) use pass::Pass;

/// States that go through the layers together at most, and at least where there are so many.
pub(crate) const MOST: usize = 32;
const LEAST: usize = 8;

/// Numbers between the layers of a group: more of them leave the second-level cache.
const NUMBERS: usize = 1 << 17;

/// A network with its weights: a function of states, from one [`Description`].
///
/// # Memory
/// The weights; what lies between the layers is in scratch slices of the caller, for 8 states at a time, or up to 32 where they have few numbers.
#[derive(Clone, Debug)]
pub struct Network<R> {
    description: Description,
    pub(crate) plan: Plan,
    pub(crate) parameters: Vec<R>,
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
        let group = self.group(rows);
        let groups = input.chunks(group * numbers);
        for (input, output) in groups.zip(output.chunks_mut(group * outputs)) {
            let mut pass = self.checked_pass(input.len() / numbers, scratch)?;
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
        let group = self.group(rows);
        let groups = input.chunks(group * numbers);
        for (k, (input, slopes)) in groups.zip(slopes.chunks(group * outputs)).enumerate() {
            let mut pass = self.checked_pass(input.len() / numbers, scratch)?;
            pass.input().copy_from_slice(input);
            let done = pass.forward().map(drop);
            let done = done.and_then(|()| pass.back(slopes.iter().copied(), Some(gradient)));
            done?;
            let by_input = by_input.iter_mut().skip(k * group * numbers);
            by_input
                .zip(pass.input_gradient())
                .for_each(|(to, &g)| *to += g);
        }
        Ok(())
    }

    fn checked_pass<'s>(
        &self,
        rows: usize,
        scratch: &'s mut [R],
    ) -> Result<Pass<'_, 's, R>, NetError> {
        let (found, expected) = (scratch.len(), self.scratch_len(rows));
        let name = "scratch";
        let pass = self.pass(rows, scratch);
        pass.ok_or(NetError::Length {
            name,
            found,
            expected,
        })
    }

    /// Splits scratch for so many states, at most [`group`](Self::group) of them; `None` if it is too short.
    pub(crate) fn pass<'s>(&self, states: usize, scratch: &'s mut [R]) -> Option<Pass<'_, 's, R>> {
        Pass::new(
            &self.plan,
            &self.parameters,
            (states, self.tile_len()),
            scratch,
        )
    }

    /// States that go through the layers together, of `rows`.
    pub(crate) fn group(&self, rows: usize) -> usize {
        let group = NUMBERS / self.plan.numbers().max(1);
        rows.clamp(1, group.clamp(LEAST, MOST))
    }

    /// The length of the scratch for `rows` rows.
    #[must_use]
    pub fn scratch_len(&self, rows: usize) -> usize {
        let maps = self.plan.numbers().saturating_mul(2);
        maps.saturating_mul(self.group(rows))
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
