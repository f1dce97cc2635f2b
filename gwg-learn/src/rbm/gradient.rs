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
    pub(super) samples: Samples<'s>,
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

/// Rows of both layers of the data and of the chains, one after the other.
pub(super) struct Samples<'s> {
    blocks: [&'s [Block]; 2],
    /// By which the rows of data, and of chains, count: `1 / rows` and `-1 / rows`.
    factors: [f32; 2],
    rows: usize,
    /// Whether few of the visible units are on.
    one_hot: bool,
    /// The hidden layers of all blocks.
    h: Vec<f32>,
}

impl<'s> Samples<'s> {
    pub(super) fn new(blocks: [&'s [Block]; 2], hidden: usize, one_hot: bool) -> Self {
        let rows = blocks.map(|blocks| blocks.iter().map(Block::rows).sum::<usize>());
        let all = rows[0] + rows[1];
        let mut h = Vec::with_capacity(all * hidden);
        for block in blocks.into_iter().flatten() {
            h.extend_from_slice(&block.h[..block.rows() * hidden]);
        }
        Self {
            blocks,
            factors: [1.0 / rows[0] as f32, -1.0 / rows[1] as f32],
            rows: all,
            one_hot,
            h,
        }
    }

    /// The visible layer of each row, and by what the row counts.
    fn visible(&self, hidden: usize) -> impl Iterator<Item = (&'s [f32], f32)> {
        let all = self.blocks.into_iter().zip(self.factors);
        all.flat_map(move |(blocks, factor)| {
            blocks.iter().flat_map(move |block| {
                let visible = block.v.len() / (block.h.len() / hidden);
                let rows = block.v.chunks_exact(visible).take(block.rows());
                rows.map(move |row| (row, factor))
            })
        })
    }

    /// Adds the mean of `v' h` of the data less that of the chains, of `units` visible units from `first` on.
    fn add_products(&self, (first, units): (usize, usize), gradient: &mut [f32]) {
        let hidden = gradient.len() / units;
        if self.one_hot {
            return self.add_rows((first, units), gradient);
        }
        let mut v = Vec::with_capacity(self.rows * units);
        for (row, factor) in self.visible(hidden) {
            v.extend(row[first..first + units].iter().map(|v| factor * v));
        }
        // The shapes are those of the layers.
        let v = Matrix::new(&v, self.rows, units);
        if let (Ok(v), Ok(h)) = (v, Matrix::new(&self.h, self.rows, hidden)) {
            let _ = add_transposed_left_product(v, h, gradient);
        }
    }

    /// The same of one-hot units: adds the hidden layer to the gradient of each unit that is on.
    fn add_rows(&self, (first, units): (usize, usize), gradient: &mut [f32]) {
        let hidden = gradient.len() / units;
        let rows = self.visible(hidden).zip(self.h.chunks_exact(hidden));
        for ((v, factor), h) in rows {
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
        shared
            .samples
            .add_products((self.first, units), &mut gradient);
        self.shifts = [vec![0.0; units], vec![0.0; hidden]];
        let [of_visible, of_hidden] = &mut self.shifts;
        let here = self.first..self.first + units;
        self.squares = pulp::Arch::new().dispatch(Center {
            gradient: &mut gradient,
            biases: [&shared.biases[0][here.clone()], &shared.biases[1]],
            centers: [&shared.centers[0][here], &shared.centers[1]],
            shifts: [of_visible, of_hidden],
            centered: shared.options.centered,
        });
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
}

/// The gradients of some weights, to be made those of centered units.
struct Center<'c> {
    /// Shape (visible, hidden).
    gradient: &'c mut [f32],
    /// Of both layers.
    biases: [&'c [f32]; 2],
    centers: [&'c [f32]; 2],
    /// What the gradients of both biases lose by it.
    shifts: [&'c mut [f32]; 2],
    /// Else the gradient stays.
    centered: bool,
}

impl pulp::WithSimd for Center<'_> {
    /// The sum of the squares of the gradient.
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> f64 {
        let hidden = self.centers[1].len();
        let [of_visible, of_hidden] = self.shifts;
        let of_visible = of_visible.iter_mut();
        let visible = self.biases[0].iter().zip(self.centers[0]).zip(of_visible);
        let mut squares = 0.0;
        for (row, ((db, mu), of_visible)) in self.gradient.chunks_exact_mut(hidden).zip(visible) {
            if self.centered {
                let others = self.biases[1].iter().zip(self.centers[1]);
                for ((g, (dc, la)), shift) in row.iter_mut().zip(others).zip(&mut *of_hidden) {
                    *g -= mu * dc + db * la;
                    *shift += *g * mu;
                }
                *of_visible = math::dot(row, self.centers[1]);
            }
            squares += f64::from(math::dot(row, row));
        }
        squares
    }
}
