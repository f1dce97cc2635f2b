//! One step along the gradient of the log-likelihood of a restricted Boltzmann machine.

use super::chains::Block;
use super::gradient::{Part, Samples, Shared, shape_means};
use super::train::RbmTrainer;
use crate::optimizer::move_average;
use gwg_core::math;

/// Visible units whose gradient one thread computes.
const UNITS: usize = 196;

/// Means of both layers among data and among chains.
pub(super) struct Means {
    pub(super) data: [Vec<f32>; 2],
    pub(super) model: [Vec<f32>; 2],
}

impl RbmTrainer {
    /// Means of both layers; scales the hidden layers by the weight of each row.
    pub(super) fn means(&mut self) -> Means {
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

    /// The mean of `f` of the batch and of the chains, from both layers' means and softplus.
    pub(super) fn mean_f(&self, means: &Means) -> (f64, f64) {
        let visible = |means: &[f32]| -> f64 {
            let units = self.layers.visible_bias.iter().zip(means);
            units.map(|(&b, &v)| f64::from(b) * f64::from(v)).sum()
        };
        let softplus = |blocks: &[Block], weights: &mut dyn Iterator<Item = f64>, rows: usize| {
            let sums = blocks.iter().flat_map(|b| &b.softplus);
            sums.zip(weights).map(|(sum, w)| w * sum).sum::<f64>() / rows as f64
        };
        let mut weights = self.batch_weights.iter().map(|&w| f64::from(w));
        let data = softplus(&self.batch, &mut weights, self.batch_weights.len());
        let mut equal = std::iter::repeat(1.0);
        let model = softplus(self.chains.blocks(), &mut equal, self.chains.len());
        (
            visible(&means.data[0]) + data,
            visible(&means.model[0]) + model,
        )
    }

    /// The standard error of the difference of both means, of independent rows.
    pub(super) fn error_of_f(&self) -> f64 {
        let visible = self.layers.visible();
        let variance_of_mean = |blocks: &[Block]| {
            let each = blocks.iter().flat_map(|block| {
                let rows = block.v.chunks_exact(visible).zip(&block.softplus);
                rows.map(|(v, sum)| f64::from(math::dot(v, &self.layers.visible_bias)) + sum)
            });
            let f: Vec<f64> = each.collect();
            let (n, mean) = (f.len() as f64, f.iter().sum::<f64>() / f.len() as f64);
            f.iter().map(|f| (f - mean).powi(2)).sum::<f64>() / (n * n)
        };
        (variance_of_mean(self.chains.blocks()) + variance_of_mean(&self.batch)).sqrt()
    }

    /// Follows the gradient; its root mean square.
    pub(super) fn ascend(&mut self, rate: f32, means: &Means) -> f64 {
        let (hidden, units) = (self.layers.hidden(), self.layers.units);
        let one_hot = units > 1;
        let by_steps = self.options.centered && !self.options.optimizer.is_linear();
        let difference = |k: usize| -> Vec<f32> {
            let pairs = means.data[k].iter().zip(&means.model[k]);
            pairs.map(|(d, m)| d - m).collect()
        };
        let center = |k: usize| -> Vec<f32> {
            let pairs = means.data[k].iter().zip(&means.model[k]);
            pairs.map(|(d, m)| 0.5 * (d + m)).collect()
        };
        let (biases, centers) = ([difference(0), difference(1)], [center(0), center(1)]);
        let kept = self.options.optimizer.memory();
        let mut shared = Shared {
            samples: Samples::new([&self.batch, self.chains.blocks()], hidden, one_hot),
            biases: &biases,
            centers: &centers,
            options: &self.options,
            rate,
            update: self.update,
            factor: 1.0,
            units,
            by_steps,
        };
        let mut memory = &mut self.memory[..];
        let mut parts = Vec::new();
        // Whole sites.
        let together = UNITS.next_multiple_of(units);
        for (k, weights) in self
            .layers
            .weights
            .chunks_mut(together * hidden)
            .enumerate()
        {
            let own;
            (own, memory) = memory.split_at_mut(kept * weights.len());
            parts.push(Part {
                first: k * together,
                weights,
                memory: own,
                gradient: Vec::new(),
                shifts: [Vec::new(), Vec::new()],
                squares: 0.0,
            });
        }
        self.threads.each(&mut parts, |part| part.measure(&shared));
        let (mut squares, mut shifted) = (0.0, biases.clone());
        for part in &parts {
            squares += part.squares;
            let [of_visible, of_hidden] = &part.shifts;
            for (g, shift) in shifted[0][part.first..].iter_mut().zip(of_visible) {
                *g -= shift;
            }
            for (g, shift) in shifted[1].iter_mut().zip(of_hidden) {
                *g -= shift;
            }
        }
        if self.options.clip > 0.0 {
            let of_biases = shifted.iter().flatten().map(|&g| f64::from(g).powi(2));
            let norm = (squares + of_biases.sum::<f64>()).sqrt();
            shared.factor = (self.options.clip / norm).min(1.0) as f32;
            shifted
                .iter_mut()
                .flatten()
                .for_each(|g| *g *= shared.factor);
        }
        self.threads.each(&mut parts, |part| part.ascend(&shared));
        let mut lost = [vec![0.0; self.layers.visible_bias.len()], vec![0.0; hidden]];
        if by_steps {
            let factor = shared.factor;
            shifted = biases
                .clone()
                .map(|all| all.iter().map(|g| factor * g).collect());
            for part in &parts {
                let [of_visible, of_hidden] = &part.shifts;
                lost[0][part.first..][..of_visible.len()].copy_from_slice(of_visible);
                lost[1].iter_mut().zip(of_hidden).for_each(|(l, s)| *l += s);
            }
        }
        drop(parts);
        let optimizer = self.options.optimizer;
        let [of_visible, of_hidden] = &mut self.bias_memory;
        let (b, c) = (&mut self.layers.visible_bias, &mut self.layers.hidden_bias);
        optimizer.ascend(self.update, rate, b, &shifted[0], of_visible);
        optimizer.ascend(self.update, rate, c, &shifted[1], of_hidden);
        for (bias, lost) in [(b, &lost[0]), (c, &lost[1])] {
            bias.iter_mut().zip(lost).for_each(|(b, l)| *b -= l);
        }
        (squares / self.layers.weights.len() as f64).sqrt()
    }

    pub(super) fn follow_average(&mut self) {
        let (keep, threads) = (self.options.average as f32, &self.threads);
        if let Some(average) = &mut self.average {
            let now = &self.layers;
            for (average, now) in [
                (&mut average.weights, &now.weights),
                (&mut average.visible_bias, &now.visible_bias),
                (&mut average.hidden_bias, &now.hidden_bias),
            ] {
                move_average(average, now, keep, threads);
            }
        }
    }
}
