//! The gradient of the weights of a restricted Boltzmann machine.

use super::chains::Block;
use super::layers::subtract_site_means;
use super::options::RbmOptions;
use gwg_core::math;
use gwg_linalg::{Matrix, add_transposed_left_product, axpy};

/// The weighted means of the visible and of the hidden layers.
pub(super) fn shape_means(blocks: &[Block], weights: &[f32], shape: [usize; 2]) -> [Vec<f32>; 2] {
    let mut sums = shape.map(|units| vec![0.0_f32; units]);
    let mut weights_of = weights.iter();
    for block in blocks {
        let layers = block
            .v
            .chunks_exact(shape[0])
            .zip(block.h.chunks_exact(shape[1]));
        for ((v, h), &weight) in layers.take(block.rows()).zip(&mut weights_of) {
            axpy(weight, v, &mut sums[0]);
            axpy(weight, h, &mut sums[1]);
        }
    }
    let all = weights.len() as f32;
    sums.map(|sums| sums.into_iter().map(|sum| sum / all).collect())
}

/// What the parts of the weights share in an update.
pub(super) struct Shared<'s> {
    pub(super) data: Sample<'s>,
    pub(super) model: Sample<'s>,
    pub(super) biases: &'s [Vec<f32>; 2],
    pub(super) centers: &'s [Vec<f32>; 2],
    pub(super) options: &'s RbmOptions,
    pub(super) rate: f32,
    pub(super) update: u64,
    /// By which the gradient is scaled.
    pub(super) factor: f32,
    /// The visible units of a site.
    pub(super) units: usize,
    /// Whether steps, in place of gradients, are those of centered units.
    pub(super) by_steps: bool,
}

/// Rows of both layers.
pub(super) struct Sample<'s> {
    blocks: &'s [Block],
    rows: usize,
    /// Whether few of the visible units are on.
    one_hot: bool,
    /// The hidden layers of all blocks.
    h: Vec<f32>,
}

impl<'s> Sample<'s> {
    pub(super) fn new(blocks: &'s [Block], hidden: usize, one_hot: bool) -> Self {
        let h = blocks.iter().flat_map(|b| &b.h[..b.rows() * hidden]);
        Self {
            blocks,
            rows: blocks.iter().map(Block::rows).sum(),
            one_hot,
            h: h.copied().collect(),
        }
    }

    /// Adds `sign v' h / rows`, summed over the rows, of `units` visible units from `first` on.
    fn add_products(&self, sign: f32, (first, units): (usize, usize), gradient: &mut [f32]) {
        let (rows, hidden) = (self.rows, gradient.len() / units);
        let factor = sign / rows as f32;
        if self.one_hot {
            return self.add_rows(factor, (first, units), gradient);
        }
        let mut v = Vec::with_capacity(rows * units);
        for block in self.blocks {
            let visible = block.v.len() / (block.h.len() / hidden);
            for row in block.v.chunks_exact(visible).take(block.rows()) {
                v.extend(row[first..first + units].iter().map(|v| factor * v));
            }
        }
        // The shapes are those of the layers.
        let v = Matrix::new(&v, rows, units);
        if let (Ok(v), Ok(h)) = (v, Matrix::new(&self.h, rows, hidden)) {
            let _ = add_transposed_left_product(v, h, gradient);
        }
    }
}

impl Sample<'_> {
    /// The same of one-hot units: adds the hidden layer to the gradient of each unit that is on.
    fn add_rows(&self, factor: f32, (first, units): (usize, usize), gradient: &mut [f32]) {
        let hidden = gradient.len() / units;
        let visible = |block: &Block| block.v.len() / (block.h.len() / hidden);
        let rows = self
            .blocks
            .iter()
            .flat_map(|b| b.v.chunks_exact(visible(b)).take(b.rows()));
        for (v, h) in rows.zip(self.h.chunks_exact(hidden)) {
            let own = v[first..first + units].iter();
            for (v, gradient) in own.zip(gradient.chunks_exact_mut(hidden)) {
                if *v != 0.0 {
                    axpy(factor, h, gradient);
                }
            }
        }
    }
}

/// The weights of some visible units.
pub(super) struct Part<'p> {
    pub(super) first: usize,
    pub(super) weights: &'p mut [f32],
    pub(super) memory: &'p mut [f32],
    pub(super) gradient: Vec<f32>,
    /// What the centered weights take from the gradients of both biases, or from the biases themselves.
    pub(super) shifts: [Vec<f32>; 2],
    pub(super) squares: f64,
}

impl Part<'_> {
    /// Computes the gradient and its figures.
    pub(super) fn measure(&mut self, shared: &Shared<'_>) {
        let hidden = shared.biases[1].len();
        let units = self.weights.len() / hidden;
        let mut gradient = vec![0.0_f32; self.weights.len()];
        let here = (self.first, units);
        shared.data.add_products(1.0, here, &mut gradient);
        shared.model.add_products(-1.0, here, &mut gradient);
        if shared.options.centered {
            self.center(shared, &mut gradient);
        }
        let rows = gradient.chunks_exact(hidden);
        self.squares = rows.map(|row| f64::from(math::dot(row, row))).sum();
        self.gradient = gradient;
    }

    /// Follows the gradient.
    pub(super) fn ascend(&mut self, shared: &Shared<'_>) {
        if shared.factor < 1.0 {
            self.gradient.iter_mut().for_each(|g| *g *= shared.factor);
        }
        let (update, rate) = (shared.update, shared.rate);
        let optimizer = shared.options.optimizer;
        let before = shared.by_steps.then(|| self.weights.to_vec());
        optimizer.ascend(update, rate, self.weights, &self.gradient, self.memory);
        if let Some(before) = before {
            self.center_step(shared, &before);
        }
        shared.options.penalty.shrink(rate, self.weights);
    }

    /// Projects the step of the weights on the zero-sum gauge, and computes what the biases of centered units lose by it.
    fn center_step(&mut self, shared: &Shared<'_>, before: &[f32]) {
        let hidden = shared.biases[1].len();
        let pairs = self.weights.iter().zip(before);
        let mut step: Vec<f32> = pairs.map(|(now, before)| now - before).collect();
        if shared.units > 1 {
            subtract_site_means(&mut step, shared.units, hidden);
        }
        let (mut of_visible, mut of_hidden) = (Vec::new(), vec![0.0_f32; hidden]);
        for (k, row) in step.chunks_exact(hidden).enumerate() {
            axpy(shared.centers[0][self.first + k], row, &mut of_hidden);
            of_visible.push(math::dot(row, &shared.centers[1]));
        }
        for ((now, before), step) in self.weights.iter_mut().zip(before).zip(step) {
            *now = before + step;
        }
        self.shifts = [of_visible, of_hidden];
    }

    /// Makes the gradient that of centered units.
    fn center(&mut self, shared: &Shared<'_>, gradient: &mut [f32]) {
        let hidden = shared.biases[1].len();
        let (mut of_visible, mut of_hidden) = (Vec::new(), vec![0.0_f32; hidden]);
        for (k, row) in gradient.chunks_exact_mut(hidden).enumerate() {
            let (mu, db) = (
                shared.centers[0][self.first + k],
                shared.biases[0][self.first + k],
            );
            let others = shared.biases[1].iter().zip(&shared.centers[1]);
            for ((g, (dc, la)), shift) in row.iter_mut().zip(others).zip(&mut of_hidden) {
                *g -= mu * dc + db * la;
                *shift += *g * mu;
            }
            of_visible.push(math::dot(row, &shared.centers[1]));
        }
        self.shifts = [of_visible, of_hidden];
    }
}
