//! Draws in equilibrium at every level of a path.

use super::anneal::{Annealing, on_blocks};
use super::error::LogZError;
use super::estimate::Estimate;
use super::integrate::integrate;
use super::mbar::{Mbar, mbar};
use super::path::{Particles, Start};
use super::schedule::Schedule;

/// How long particles stay at each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dwell {
    /// Steps at each level before its first draw.
    pub warm_up: u64,
    /// Draws per particle and level. At least 1.
    pub draws: usize,
    /// Steps between draws.
    pub thin: u64,
}

/// Draws of independent particles that pass slowly through all levels.
#[derive(Clone, Debug)]
pub struct LevelDraws {
    levels: Schedule,
    log_z0: f64,
    particles: usize,
    draws: usize,
    /// Shape (particles, levels).
    slopes: Vec<f64>,
    /// The mean square of single draws' slopes at each level.
    squares: Vec<f64>,
    /// Shape (levels, draws), the draws of a level after another; empty if it was not requested.
    values: Vec<f64>,
}

/// What a block of particles has drawn.
struct Part {
    count: usize,
    /// Shape (levels, particles).
    slopes: Vec<f64>,
    /// Sums of squares, shape (levels, particles).
    squares: Vec<f64>,
    /// Shape (levels, draws, at levels, particles).
    values: Vec<f64>,
}

impl Annealing<'_> {
    /// Runs `particles` particles from draws at `t = 0` slowly through all levels of the schedule. With `cross_values`, `f` of every draw is
    /// evaluated at every level, for [`LevelDraws::mbar`].
    ///
    /// That particles are in equilibrium at each level is not certain: it takes a warm-up of several relaxation times. A result that
    /// changes with [`Dwell::warm_up`] is not one.
    ///
    /// # Cost
    /// `warm_up + (draws - 1) thin` steps per particle and level; with `cross_values`, an evaluation per draw and level.
    ///
    /// # Errors
    /// [`LogZError`]: those of [`Path::particles`](super::Path::particles) and [`Particles`]; [`LogZError::Stopped`].
    pub fn level_draws(
        &self,
        particles: usize,
        dwell: Dwell,
        cross_values: bool,
    ) -> Result<LevelDraws, LogZError> {
        let (draws, levels) = (dwell.draws.max(1), self.schedule);
        let blocks = self
            .path
            .particles(Start::Base(particles), 0.0, self.seed)?;
        let parts = on_blocks(self.path, blocks, |block| {
            self.visit(block, dwell, cross_values)
        })?;
        let (width, mut slopes) = (levels.levels().len(), Vec::new());
        for part in &parts {
            for k in 0..part.count {
                let own = part.slopes.iter().skip(k).step_by(part.count);
                slopes.extend(own.take(width).map(|s| s / draws as f64));
            }
        }
        // In the order of the particles, whatever the blocks.
        let squares = |k: usize| {
            let own = |part: &Part| k * part.count..(k + 1) * part.count;
            let own = parts.iter().filter_map(|part| part.squares.get(own(part)));
            own.flatten().sum::<f64>() / (particles * draws) as f64
        };
        let squares = (0..width).map(squares).collect();
        let mut values = Vec::new();
        if cross_values {
            for at in 0..width {
                for of in 0..width * draws {
                    for part in &parts {
                        let from = (of * width + at) * part.count;
                        values.extend(part.values.iter().skip(from).take(part.count));
                    }
                }
            }
        }
        Ok(LevelDraws {
            levels: levels.clone(),
            log_z0: self.path.log_z0(),
            particles,
            draws,
            slopes,
            squares,
            values,
        })
    }

    fn visit(
        &self,
        block: &mut dyn Particles,
        dwell: Dwell,
        cross_values: bool,
    ) -> Result<Part, LogZError> {
        let (levels, count) = (self.schedule.levels(), block.count());
        let mut part = Part {
            count,
            slopes: vec![0.0; levels.len() * count],
            squares: vec![0.0; levels.len() * count],
            values: Vec::new(),
        };
        let mut values = vec![0.0; count];
        let sums = part
            .slopes
            .chunks_exact_mut(count)
            .zip(part.squares.chunks_exact_mut(count));
        for (k, (&t, (slopes, squares))) in levels.iter().zip(sums).enumerate() {
            self.check_stop()?;
            // The first states are exact draws.
            if k > 0 {
                block.advance(t, dwell.warm_up, self.stop)?;
            }
            for draw in 0..dwell.draws.max(1) {
                if draw > 0 {
                    block.advance(t, dwell.thin, self.stop)?;
                }
                self.check_stop()?;
                values.fill(0.0);
                block.add_slopes(t, &mut values)?;
                for ((slope, square), value) in
                    slopes.iter_mut().zip(squares.iter_mut()).zip(&values)
                {
                    *slope += value;
                    *square += value * value;
                }
                for &at in levels.iter().filter(|_| cross_values) {
                    block.values(at, &mut values)?;
                    part.values.extend(&values);
                }
            }
        }
        Ok(part)
    }
}

impl LevelDraws {
    /// The mean of `df_t/dt` of each particle at each level, shape (particles, levels).
    #[must_use]
    pub fn slopes(&self) -> &[f64] {
        &self.slopes
    }

    /// Thermodynamic integration.
    ///
    /// # Errors
    /// Those of [`integrate`].
    pub fn integrate(&self) -> Result<Estimate, LogZError> {
        integrate(&self.levels, &self.slopes, self.log_z0)
    }

    /// The number of independent draws at each level that the draws amount to: from the variance of the particles' means relative to
    /// that of single draws, at least the number of particles and at most that of draws.
    #[must_use]
    pub fn effective_draws(&self) -> Vec<f64> {
        let (width, n) = (self.levels.levels().len(), self.particles as f64);
        let of_level = |(k, square): (usize, &f64)| {
            let means = || self.slopes.iter().skip(k).step_by(width);
            let mean = means().sum::<f64>() / n;
            let between = means().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0);
            let ratio = (square - mean * mean) / between;
            // NaN where no draw differs from another.
            n * ratio.max(1.0).min(self.draws as f64)
        };
        self.squares.iter().enumerate().map(of_level).collect()
    }

    /// The multistate Bennett acceptance ratio, with [`effective_draws`](Self::effective_draws). The correlation of a particle's draws at
    /// different levels is not part of its error.
    ///
    /// # Errors
    /// Those of [`mbar`]; [`LogZError::Length`] without `cross_values`.
    pub fn mbar(&self) -> Result<Mbar, LogZError> {
        let counts = vec![self.particles * self.draws; self.levels.levels().len()];
        mbar(&self.values, &counts, Some(&self.effective_draws()))
    }

    /// The last level of [`mbar`](Self::mbar), as an estimate of `log Z_1`.
    ///
    /// # Errors
    /// Those of [`mbar`](Self::mbar).
    pub fn mbar_estimate(&self) -> Result<Estimate, LogZError> {
        Ok(self.mbar()?.last(self.log_z0))
    }
}
