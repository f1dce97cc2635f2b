//! A block of particles that share matrix products.

use super::units::{draw_visible, mixed_dot, scale};
use super::{Particles, RbmPath};
use crate::log_z::error::LogZError;
use crate::one_hot;
use gwg_chains::{Generator, Stop};
use gwg_core::math;
use gwg_linalg::{Matrix, Scalar, axpy, padded_rows, product, product_transposed};
use gwg_models::rbm::draw_units;
use pulp::{Arch, Simd, WithSimd};

pub(super) struct Block<'p, R> {
    path: &'p RbmPath<'p, R>,
    bits: Vec<Generator>,
    /// Shape (particles, visible): zeros and ones; of categorical sites, one-hot.
    visible: Vec<R>,
    /// Shape (particles, hidden): `c + v W`.
    activations: Vec<R>,
    /// Shape (particles, hidden): `sigmoid(t activations)` for the `t` of `level`.
    probabilities: Vec<R>,
    level: Option<R>,
    /// Shape (particles, hidden): zeros and ones.
    hidden: Vec<R>,
}

impl<'p, R: Scalar> Block<'p, R> {
    /// Particles in the given states, or in draws at `t = 0`.
    pub(super) fn new(
        path: &'p RbmPath<'p, R>,
        bits: Vec<Generator>,
        states: Option<&[u8]>,
    ) -> Result<Self, LogZError> {
        let rows = padded_rows(bits.len());
        let [visible, hidden] =
            [path.model.visible(), path.model.hidden()].map(|units| rows * units);
        let mut block = Self {
            path,
            bits,
            visible: vec![R::ZERO; visible],
            activations: vec![R::ZERO; hidden],
            probabilities: vec![R::ZERO; hidden],
            level: None,
            hidden: vec![R::ZERO; hidden],
        };
        match states {
            Some(states) => {
                one_hot::encode(states, path.units, &mut block.visible);
            }
            None => block.draw_base(),
        }
        Arch::new().dispatch(Activate(&mut block))?;
        Ok(block)
    }

    fn draw_base(&mut self) {
        if self.path.units > 1 {
            let rows = self.visible.chunks_exact_mut(self.path.base.len());
            for (v, bits) in rows.zip(&mut self.bits) {
                v.copy_from_slice(&self.path.base);
                one_hot::draw(self.path.units, v, bits);
            }
            return;
        }
        let mut probability = vec![R::ZERO; self.path.base.len()];
        math::sigmoid_slice(&self.path.base, &mut probability);
        let rows = self.visible.chunks_exact_mut(probability.len());
        for (v, bits) in rows.zip(&mut self.bits) {
            draw_units(&probability, v, bits);
        }
    }

    fn weights(&self) -> Result<Matrix<'p, R>, LogZError> {
        let model = self.path.model;
        Ok(Matrix::new(
            model.weights(),
            model.visible(),
            model.hidden(),
        )?)
    }

    /// `c + v W` of every particle.
    #[inline(always)]
    fn activate(&mut self) -> Result<(), LogZError> {
        let (weights, units) = (self.weights()?, self.path.units);
        if units == 1 {
            product(
                self.bits.len(),
                &mut self.visible,
                weights,
                &mut self.activations,
            )?;
        } else {
            let (visible, hidden) = (self.path.base.len(), self.path.model.hidden());
            let rows = self.visible.chunks_exact(visible).take(self.bits.len());
            for (v, a) in rows.zip(self.activations.chunks_exact_mut(hidden)) {
                one_hot::sum_rows(self.path.model.weights(), units, v, a);
            }
        }
        let biases = self.path.model.hidden_bias();
        for a in self.activations.chunks_exact_mut(biases.len()) {
            axpy(R::ONE, biases, a);
        }
        self.level = None;
        Ok(())
    }

    /// One step of two-block Gibbs sampling at `t`.
    #[inline(always)]
    fn step(&mut self, t: R) -> Result<(), LogZError> {
        let (model, weights) = (self.path.model, self.weights()?);
        let units = model.hidden();
        let known = self.level == Some(t);
        let layers = self
            .activations
            .chunks_exact(units)
            .zip(self.probabilities.chunks_exact_mut(units));
        for (((a, p), h), bits) in layers
            .zip(self.hidden.chunks_exact_mut(units))
            .zip(&mut self.bits)
        {
            if !known {
                scale(t, a, h);
                math::sigmoid_slice(h, p);
            }
            draw_units(p, h, bits);
        }
        product_transposed(
            self.bits.len(),
            &mut self.hidden,
            weights,
            &mut self.visible,
        )?;
        let rows = self.visible.chunks_exact_mut(model.visible());
        for (v, bits) in rows.zip(&mut self.bits) {
            draw_visible(
                t,
                (&self.path.base, model.visible_bias()),
                self.path.units,
                v,
                bits,
            );
        }
        self.activate()
    }

    /// Adds `f_to - f_from` of each particle; keeps the hidden probabilities at `to`, which the next step draws from.
    #[inline(always)]
    fn ratios(&mut self, from: R, to: R, sums: &mut [f64]) {
        let units = self.path.model.hidden();
        let difference = to.to_f64() - from.to_f64();
        let layers = self
            .activations
            .chunks_exact(units)
            .zip(self.probabilities.chunks_exact_mut(units));
        let rows = layers.zip(self.hidden.chunks_exact_mut(units));
        let visible = self.visible.chunks_exact(self.path.base.len());
        for (((((a, p), scaled), v), _), sum) in rows.zip(visible).zip(&self.bits).zip(sums) {
            scale(from, a, scaled);
            let before = math::softplus_sum(scaled);
            scale(to, a, scaled);
            let after = math::sigmoid_softplus(scaled, p);
            *sum += difference * mixed_dot(&self.path.visible_slope, v) + (after - before);
        }
        self.level = Some(to);
    }

    /// Adds `df_t/dt = (b - a).v + sum_j sigmoid(t a_j) a_j` of each particle.
    #[inline(always)]
    fn slopes(&mut self, t: R, sums: &mut [f64]) {
        let units = self.path.model.hidden();
        let layers = self
            .activations
            .chunks_exact(units)
            .zip(self.probabilities.chunks_exact_mut(units));
        let rows = layers.zip(self.hidden.chunks_exact_mut(units));
        let visible = self.visible.chunks_exact(self.path.base.len());
        for (((((a, p), scaled), v), _), sum) in rows.zip(visible).zip(&self.bits).zip(sums) {
            scale(t, a, scaled);
            math::sigmoid_slice(scaled, p);
            let hidden: f64 = a
                .iter()
                .zip(p.iter())
                .map(|(a, p)| a.to_f64() * p.to_f64())
                .sum();
            *sum += mixed_dot(&self.path.visible_slope, v) + hidden;
        }
        self.level = Some(t);
    }

    /// Writes `f_t` of each particle.
    #[inline(always)]
    fn write_values(&mut self, t: R, values: &mut [f64]) {
        let (units, wide) = (self.path.model.hidden(), t.to_f64());
        let rows = self
            .activations
            .chunks_exact(units)
            .zip(self.hidden.chunks_exact_mut(units));
        let visible = self.visible.chunks_exact(self.path.base.len());
        for ((((a, scaled), v), _), value) in rows.zip(visible).zip(&self.bits).zip(values) {
            scale(t, a, scaled);
            let ones = v
                .iter()
                .zip(&self.path.base)
                .filter(|(v, _)| **v != R::ZERO);
            let base: f64 = ones.map(|(_, a)| a.to_f64()).sum();
            let visible = base + wide * mixed_dot(&self.path.visible_slope, v);
            *value = visible + math::softplus_sum(scaled);
        }
    }
}

/// What is compiled for the vector extensions of the machine.
struct Activate<'b, 'p, R>(&'b mut Block<'p, R>);

impl<R: Scalar> WithSimd for Activate<'_, '_, R> {
    type Output = Result<(), LogZError>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        self.0.activate()
    }
}

struct Advance<'b, 'p, R> {
    block: &'b mut Block<'p, R>,
    t: R,
    steps: u64,
    stop: Stop<'b>,
}

impl<R: Scalar> WithSimd for Advance<'_, '_, R> {
    type Output = Result<(), LogZError>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Self::Output {
        // A loop, because a closure would not be compiled for the vector extensions.
        for _ in 0..self.steps {
            if self.stop.is_due() {
                break;
            }
            self.block.step(self.t)?;
        }
        Ok(())
    }
}

/// The sums over units, by what they are sums of.
enum Sum<R> {
    Ratios { from: R, to: R },
    Slopes { t: R },
    Values { t: R },
}

struct Sums<'b, 'p, R>(&'b mut Block<'p, R>, Sum<R>, &'b mut [f64]);

impl<R: Scalar> WithSimd for Sums<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        match self.1 {
            Sum::Ratios { from, to } => self.0.ratios(from, to, self.2),
            Sum::Slopes { t } => self.0.slopes(t, self.2),
            Sum::Values { t } => self.0.write_values(t, self.2),
        }
    }
}

impl<R: Scalar> Particles for Block<'_, R> {
    fn count(&self) -> usize {
        self.bits.len()
    }

    fn advance(&mut self, t: f64, steps: u64, stop: Stop<'_>) -> Result<(), LogZError> {
        let t = R::from_f64(t);
        Arch::new().dispatch(Advance {
            block: self,
            t,
            steps,
            stop,
        })
    }

    fn add_log_ratios(&mut self, from: f64, to: f64, sums: &mut [f64]) -> Result<(), LogZError> {
        let [from, to] = [from, to].map(R::from_f64);
        Arch::new().dispatch(Sums(self, Sum::Ratios { from, to }, sums));
        Ok(())
    }

    fn add_slopes(&mut self, t: f64, sums: &mut [f64]) -> Result<(), LogZError> {
        let t = R::from_f64(t);
        Arch::new().dispatch(Sums(self, Sum::Slopes { t }, sums));
        Ok(())
    }

    fn values(&mut self, t: f64, values: &mut [f64]) -> Result<(), LogZError> {
        let t = R::from_f64(t);
        Arch::new().dispatch(Sums(self, Sum::Values { t }, values));
        Ok(())
    }

    fn states(&self, all: &mut Vec<u8>) {
        let units = self.path.base.len();
        let rows = self.visible.chunks_exact(units).take(self.bits.len());
        all.extend(rows.flat_map(|v| one_hot::decode(v, self.path.units)));
    }
}
