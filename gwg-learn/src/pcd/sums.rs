//! The gradient of an update, and the means of `f`, summed over rows on all threads.

use gwg_chains::Threads;
use gwg_core::target::ParameterError;
use gwg_core::{Parametric, Space};

/// Rows that are summed together, by one thread: the sums do not depend on the number of threads.
const PART: usize = 25;

pub(crate) struct Sums {
    /// The mean of `df/dtheta` over the batch less that over the states.
    pub(crate) gradient: Vec<f32>,
    /// The weighted mean of `f` over the batch.
    pub(crate) data: f64,
    /// That over the states.
    pub(crate) model: f64,
}

/// Some rows, the weight of each, and what is computed of them.
struct Part<'p> {
    rows: &'p [u8],
    weights: Vec<f32>,
    gradient: Vec<f32>,
    value: f64,
    result: Result<(), ParameterError>,
}

/// Of the batch, with its weights, which sum to 1, and of the states of the model.
pub(crate) fn of<M>(
    model: &M,
    (batch, weights): (&[u8], &[f32]),
    states: &[u8],
    value_l2: f64,
    threads: &Threads,
) -> Result<Sums, ParameterError>
where
    M: Parametric<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    let sites = model.space().sites();
    let part = |rows, weights: Vec<f32>| Part {
        rows,
        weights,
        gradient: Vec::new(),
        value: 0.0,
        result: Ok(()),
    };
    let share = -1.0 / (states.len() / sites) as f32;
    let of_data = batch.chunks(PART * sites).zip(weights.chunks(PART));
    let of_model = states.chunks(PART * sites);
    let mut parts: Vec<Part<'_>> = of_data
        .map(|(rows, weights)| part(rows, weights.to_vec()))
        .collect();
    let count = parts.len();
    parts.extend(of_model.map(|rows| part(rows, vec![share; rows.len() / sites])));
    threads.each(&mut parts, |part| part.compute(model, sites, value_l2));
    let mut sums = Sums {
        gradient: vec![0.0; model.parameter_count()],
        data: 0.0,
        model: 0.0,
    };
    for (k, part) in parts.into_iter().enumerate() {
        part.result?;
        match k < count {
            true => sums.data += part.value,
            false => sums.model -= part.value,
        }
        let all = sums.gradient.iter_mut().zip(part.gradient);
        all.for_each(|(sum, g)| *sum += g);
    }
    Ok(sums)
}

impl Part<'_> {
    fn compute<M>(&mut self, model: &M, sites: usize, value_l2: f64)
    where
        M: Parametric<Real = f32, Space: Space<Symbol = u8>>,
    {
        for (x, weight) in self.rows.chunks_exact(sites).zip(&mut self.weights) {
            let (f, w) = (model.log_prob(x), f64::from(*weight));
            self.value += w * f;
            // The derivative of w f - |w| value_l2 f^2.
            *weight = (w - 2.0 * value_l2 * w.abs() * f) as f32;
        }
        self.gradient = vec![0.0; model.parameter_count()];
        let mut scratch = vec![0.0; model.parameter_gradient_scratch_len(self.weights.len())];
        self.result =
            model.parameter_gradient(self.rows, &self.weights, &mut self.gradient, &mut scratch);
    }
}
