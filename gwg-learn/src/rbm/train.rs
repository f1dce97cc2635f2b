//! Learning of restricted Boltzmann machines by persistent contrastive divergence.

use super::chains::{Block, RbmChains};
use super::layers::RbmLayers;
use crate::optimizer::{Optimizer, Penalty, Schedule};
use crate::saved::{ResumeError, SavedTraining, checksum};
use crate::{Data, DataError};
use gwg_chains::{Generator, Threads, generator};
use gwg_core::{Bits, math};
use gwg_linalg::{Matrix, add_transposed_left_product};

/// Visible units whose gradient one thread computes.
const UNITS: usize = 196;

/// Rows of data whose hidden layer one thread computes.
const ROWS: usize = 64;

/// How a restricted Boltzmann machine is learned.
#[derive(Clone, Debug, PartialEq)]
pub struct RbmOptions {
    /// Hidden units.
    pub hidden: usize,
    /// Persistent chains.
    pub chains: usize,
    /// Rows of data per update.
    pub batch: usize,
    /// Sweeps of every chain per update.
    pub sweeps: usize,
    /// The learning rate.
    pub schedule: Schedule,
    /// How parameters follow the gradient.
    pub optimizer: Optimizer,
    /// What is taken from the weights.
    pub penalty: Penalty,
    /// The gradient of centered units, whose steps do not depend on which state of a unit is called 1; else the plain one.
    pub centered: bool,
    /// The standard deviation of the weights at the start.
    pub scale: f64,
    /// Every update begins at the rows of the batch: contrastive divergence with as many sweeps, not persistent.
    pub from_data: bool,
    /// Of the chains, the batches and the weights at the start.
    pub seed: u64,
}

impl Default for RbmOptions {
    fn default() -> Self {
        Self {
            hidden: 100,
            chains: 100,
            batch: 100,
            sweeps: 1,
            schedule: Schedule::constant(0.01),
            optimizer: Optimizer::Sgd,
            penalty: Penalty::default(),
            centered: true,
            scale: 1e-2,
            from_data: false,
            seed: 0,
        }
    }
}

/// A restricted Boltzmann machine that is learned by persistent contrastive divergence.
///
/// It begins at the frequencies of the data, which are the biases, and small random weights.
///
/// # Cost
/// An update makes `2 sweeps + 1` products of the size of the chains, one of the size of the batch, and two for the gradient.
///
/// # Reproducibility
/// The same bits for any number of threads, on one kind of machine.
#[derive(Clone, Debug)]
pub struct RbmTrainer {
    options: RbmOptions,
    data: Data,
    layers: RbmLayers,
    chains: RbmChains,
    batch: Vec<Block>,
    /// The weight of each row of the batch, of mean 1.
    batch_weights: Vec<f32>,
    order: Vec<u32>,
    /// The place in `order`.
    next: usize,
    bits: Generator,
    memory: Vec<f32>,
    bias_memory: [Vec<f32>; 2],
    update: u64,
    checksum: u64,
    threads: Threads,
}

/// Figures of one update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RbmUpdate {
    /// Updates so far.
    pub update: u64,
    /// The learning rate.
    pub rate: f64,
    /// The root mean square of the gradient of the weights.
    pub gradient: f64,
}

/// Means of both layers among data and among chains.
struct Means {
    data: [Vec<f32>; 2],
    model: [Vec<f32>; 2],
}

impl RbmTrainer {
    /// A trainer before its first update.
    ///
    /// # Errors
    /// [`DataError::Shape`] unless data and options have at least one unit, chain and row, and two states.
    pub fn new(data: &Data, options: RbmOptions, threads: &Threads) -> Result<Self, DataError> {
        let (visible, hidden) = (data.sites(), options.hidden);
        let none = hidden == 0 || options.chains == 0 || options.batch == 0;
        if data.states() != 2 || none {
            return Err(DataError::Shape {
                rows: options.batch.min(options.chains),
                sites: hidden.min(visible),
                states: data.states(),
            });
        }
        // The second half is of data without a one or a zero in a column.
        let keep = 1.0 / (data.effective_rows() + 1.0);
        let ones = data.frequencies().into_iter().skip(1).step_by(2);
        let ones: Vec<f64> = ones.map(|p| (1.0 - keep) * p + keep * 0.5).collect();
        let mut bits = generator(options.seed, u64::MAX);
        let normal = |bits: &mut Generator| {
            let (u, v) = (1.0 - bits.unit::<f64>(), bits.unit::<f64>());
            (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
        };
        let scale = options.scale;
        let weights = (0..visible * hidden).map(|_| (scale * normal(&mut bits)) as f32);
        let layers = RbmLayers {
            weights: weights.collect(),
            visible_bias: ones.iter().map(|p| (p / (1.0 - p)).ln() as f32).collect(),
            hidden_bias: vec![0.0; hidden],
        };
        let batch = options.batch.min(data.rows());
        let kept = options.optimizer.memory();
        let share = |first| Block::of_data(ROWS.min(batch - first), visible, hidden);
        Ok(Self {
            chains: RbmChains::new(hidden, options.chains, options.seed, &ones, threads),
            batch: (0..batch).step_by(ROWS).map(share).collect(),
            batch_weights: vec![1.0; batch],
            order: (0..data.rows() as u32).collect(),
            next: data.rows(),
            bits,
            memory: vec![0.0; kept * visible * hidden],
            bias_memory: [vec![0.0; kept * visible], vec![0.0; kept * hidden]],
            update: 0,
            checksum: checksum(data),
            data: data.clone(),
            layers,
            options,
            threads: threads.clone(),
        })
    }

    /// Moves the chains, and the parameters once.
    pub fn update(&mut self) -> RbmUpdate {
        self.next_batch();
        let layers = &self.layers;
        self.threads
            .each(&mut self.batch, |block| block.means(layers));
        if self.options.from_data {
            let rows = self
                .batch
                .iter()
                .flat_map(|b| &b.v[..b.rows() * layers.visible()]);
            let rows: Vec<u8> = rows.map(|&v| u8::from(v != 0.0)).collect();
            let all = self.chains.len() * layers.visible();
            let rows: Vec<u8> = rows.iter().copied().cycle().take(all).collect();
            self.chains.set_rows(&rows);
        }
        self.chains.sweep(layers, self.options.sweeps);
        self.chains.hidden_means(layers);
        self.update += 1;
        let rate = self.options.schedule.at(self.update);
        let gradient = self.ascend(rate as f32);
        RbmUpdate {
            update: self.update,
            rate,
            gradient,
        }
    }

    /// The parameters so far.
    #[must_use]
    pub fn layers(&self) -> &RbmLayers {
        &self.layers
    }

    /// All that the rest of the training depends on, as bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.saved().bytes()
    }

    /// Goes on where a trainer of the same data and options was saved.
    ///
    /// # Errors
    /// [`ResumeError`]; the trainer is unchanged in that case.
    pub fn resume(&mut self, bytes: &[u8]) -> Result<(), ResumeError> {
        let mut saved = SavedTraining::read(bytes, &self.saved())?;
        let rows = self.order.len();
        let [weights, b, c, memory, of_b, of_c] = &mut saved.numbers[..] else {
            return Ok(());
        };
        self.layers = RbmLayers {
            weights: std::mem::take(weights),
            visible_bias: std::mem::take(b),
            hidden_bias: std::mem::take(c),
        };
        self.memory = std::mem::take(memory);
        self.bias_memory = [std::mem::take(of_b), std::mem::take(of_c)];
        self.chains.set_rows(&saved.states);
        let (own, chains) = saved.generators.split_at(1);
        self.bits = Generator::new(own[0]);
        self.chains.set_generators(chains);
        let next = saved.order.pop().unwrap_or(0) as usize;
        self.order = saved
            .order
            .into_iter()
            .map(|k| k.min(rows as u32 - 1))
            .collect();
        self.next = next.min(rows);
        self.update = saved.update;
        Ok(())
    }

    fn saved(&self) -> SavedTraining {
        let [of_b, of_c] = &self.bias_memory;
        let layers = [
            &self.layers.weights,
            &self.layers.visible_bias,
            &self.layers.hidden_bias,
        ];
        let numbers = layers.into_iter().chain([&self.memory, of_b, of_c]);
        let order = self.order.iter().copied().chain([self.next as u32]);
        SavedTraining {
            what: format!("restricted Boltzmann machine, {:?}", self.options),
            checksum: self.checksum,
            update: self.update,
            numbers: numbers.cloned().collect(),
            states: self.chains.rows(),
            generators: [self.bits.state()]
                .into_iter()
                .chain(self.chains.generators())
                .collect(),
            order: order.collect(),
            chains: Vec::new(),
        }
    }

    /// Replaces the parameters, for example by those of a model that is to be learned further.
    ///
    /// # Panics
    /// If the layers have other sizes.
    pub fn set_layers(&mut self, layers: RbmLayers) {
        let shape = |layers: &RbmLayers| (layers.weights.len(), layers.visible(), layers.hidden());
        assert_eq!(shape(&layers), shape(&self.layers), "layers of one shape");
        self.layers = layers;
    }

    /// The chains.
    #[must_use]
    pub fn chains(&self) -> &RbmChains {
        &self.chains
    }

    /// The chains, to be moved between updates.
    #[must_use]
    pub fn chains_mut(&mut self) -> &mut RbmChains {
        &mut self.chains
    }

    /// The next rows of the data, in an order that is drawn anew when all rows were used.
    fn next_batch(&mut self) {
        let visible = self.layers.visible();
        let mut weights = self.batch_weights.iter_mut();
        for block in &mut self.batch {
            let rows = block.rows();
            for v in block.v.chunks_exact_mut(visible).take(rows) {
                if self.next == self.order.len() {
                    for last in (1..self.order.len()).rev() {
                        self.order.swap(last, self.bits.below(last + 1));
                    }
                    self.next = 0;
                }
                let row = self.order[self.next] as usize;
                self.next += 1;
                for (v, &symbol) in v.iter_mut().zip(self.data.row(row)) {
                    *v = f32::from(symbol);
                }
                if let Some(weight) = weights.next() {
                    *weight = self.data.weights()[row] as f32;
                }
            }
        }
        let mean = self.batch_weights.iter().sum::<f32>() / self.batch_weights.len() as f32;
        self.batch_weights.iter_mut().for_each(|w| *w /= mean);
    }

    /// Means of both layers; scales the hidden layers by the weight of each row.
    fn means(&mut self) -> Means {
        let shape = [self.layers.visible(), self.layers.hidden()];
        let ones = vec![1.0; self.chains.len()];
        let model = shape_means(self.chains.blocks(), &ones, shape);
        let data = shape_means(&self.batch, &self.batch_weights, shape);
        let mut weights = self.batch_weights.iter();
        for block in &mut self.batch {
            let rows = block.rows();
            for (h, &weight) in block
                .h
                .chunks_exact_mut(shape[1])
                .take(rows)
                .zip(&mut weights)
            {
                h.iter_mut().for_each(|h| *h *= weight);
            }
        }
        Means { data, model }
    }

    /// Follows the gradient; its root mean square.
    fn ascend(&mut self, rate: f32) -> f64 {
        let means = self.means();
        let hidden = self.layers.hidden();
        let difference = |k: usize| -> Vec<f32> {
            let pairs = means.data[k].iter().zip(&means.model[k]);
            pairs.map(|(d, m)| d - m).collect()
        };
        let center = |k: usize| -> Vec<f32> {
            let pairs = means.data[k].iter().zip(&means.model[k]);
            pairs.map(|(d, m)| 0.5 * (d + m)).collect()
        };
        let (mut biases, centers) = ([difference(0), difference(1)], [center(0), center(1)]);
        let kept = self.options.optimizer.memory();
        let shared = Shared {
            data: Sample::new(&self.batch, hidden),
            model: Sample::new(self.chains.blocks(), hidden),
            biases: &biases,
            centers: &centers,
            options: &self.options,
            rate,
            update: self.update,
        };
        let mut memory = &mut self.memory[..];
        let mut parts = Vec::new();
        for (k, weights) in self.layers.weights.chunks_mut(UNITS * hidden).enumerate() {
            let own;
            (own, memory) = memory.split_at_mut(kept * weights.len());
            parts.push(Part {
                first: k * UNITS,
                weights,
                memory: own,
                shifts: [Vec::new(), Vec::new()],
                squares: 0.0,
            });
        }
        self.threads.each(&mut parts, |part| part.ascend(&shared));
        let mut squares = 0.0;
        let parts: Vec<_> = parts
            .into_iter()
            .map(|p| (p.first, p.shifts, p.squares))
            .collect();
        for (first, [of_visible, of_hidden], sum) in parts {
            squares += sum;
            for (g, shift) in biases[0][first..].iter_mut().zip(of_visible) {
                *g -= shift;
            }
            for (g, shift) in biases[1].iter_mut().zip(of_hidden) {
                *g -= shift;
            }
        }
        let optimizer = self.options.optimizer;
        let [of_visible, of_hidden] = &mut self.bias_memory;
        let (b, c) = (&mut self.layers.visible_bias, &mut self.layers.hidden_bias);
        optimizer.ascend(self.update, rate, b, &biases[0], of_visible);
        optimizer.ascend(self.update, rate, c, &biases[1], of_hidden);
        (squares / self.layers.weights.len() as f64).sqrt()
    }
}

/// The weighted means of the visible and of the hidden layers.
fn shape_means(blocks: &[Block], weights: &[f32], shape: [usize; 2]) -> [Vec<f32>; 2] {
    let mut sums = shape.map(|units| vec![0.0_f32; units]);
    let mut weights_of = weights.iter();
    for block in blocks {
        let layers = block
            .v
            .chunks_exact(shape[0])
            .zip(block.h.chunks_exact(shape[1]));
        for ((v, h), &weight) in layers.take(block.rows()).zip(&mut weights_of) {
            gwg_linalg::axpy(weight, v, &mut sums[0]);
            gwg_linalg::axpy(weight, h, &mut sums[1]);
        }
    }
    let all = weights.len() as f32;
    sums.map(|sums| sums.into_iter().map(|sum| sum / all).collect())
}

/// What the parts of the weights share in an update.
struct Shared<'s> {
    data: Sample<'s>,
    model: Sample<'s>,
    biases: &'s [Vec<f32>; 2],
    centers: &'s [Vec<f32>; 2],
    options: &'s RbmOptions,
    rate: f32,
    update: u64,
}

/// Rows of both layers.
struct Sample<'s> {
    blocks: &'s [Block],
    rows: usize,
    /// The hidden layers of all blocks.
    h: Vec<f32>,
}

impl<'s> Sample<'s> {
    fn new(blocks: &'s [Block], hidden: usize) -> Self {
        let h = blocks.iter().flat_map(|b| &b.h[..b.rows() * hidden]);
        Self {
            blocks,
            rows: blocks.iter().map(Block::rows).sum(),
            h: h.copied().collect(),
        }
    }

    /// Adds `sign v' h / rows`, summed over the rows, of `units` visible units from `first` on.
    fn add_products(&self, sign: f32, (first, units): (usize, usize), gradient: &mut [f32]) {
        let (rows, hidden) = (self.rows, gradient.len() / units);
        let factor = sign / rows as f32;
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

/// The weights of some visible units.
struct Part<'p> {
    first: usize,
    weights: &'p mut [f32],
    memory: &'p mut [f32],
    /// What the centered weights take from the gradients of both biases.
    shifts: [Vec<f32>; 2],
    squares: f64,
}

impl Part<'_> {
    fn ascend(&mut self, shared: &Shared<'_>) {
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
        let optimizer = shared.options.optimizer;
        optimizer.ascend(
            shared.update,
            shared.rate,
            self.weights,
            &gradient,
            self.memory,
        );
        shared.options.penalty.shrink(shared.rate, self.weights);
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
