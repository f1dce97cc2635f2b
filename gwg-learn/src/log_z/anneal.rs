//! Annealed importance sampling, in both directions.

use super::bar::bar;
use super::error::LogZError;
use super::estimate::{Estimate, Method};
use super::path::{Particles, Path, Start};
use super::schedule::Schedule;
use super::weights::log_mean;
use gwg_chains::Stop;
use gwg_core::SplitMix64;

/// Annealed importance sampling (Neal 2001) along a path.
///
/// Forward: a particle starts with an exact draw at `t_0 = 0`; at each level, its log weight increases by
/// `f_(t_k)(x) - f_(t_(k-1))(x)`, and it then moves by steps that leave level `t_k` invariant. The mean weight is `Z_1 / Z_0` for any number of
/// levels and any invariant kernels. Reverse: the same from `t = 1` down to 0.
#[derive(Clone, Copy)]
pub struct Annealing<'p> {
    /// The path.
    pub path: &'p dyn Path,
    /// Its levels.
    pub schedule: &'p Schedule,
    /// Steps per level.
    pub steps: u64,
    /// Seed of every generator. Forward and reverse runs use different random numbers.
    pub seed: u64,
    /// Ends a run early, with [`LogZError::Stopped`]: before the next step once it is due.
    pub stop: Stop<'p>,
}

impl std::fmt::Debug for Annealing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Annealing")
            .field("levels", &self.schedule.levels().len())
            .field("steps", &self.steps)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// What the states are that reverse paths start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Exact draws of the model.
    Exact,
    /// States of chains, which may not have converged: the estimate is then no bound.
    Chains,
}

/// The log weights of paths in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct PathWeights {
    method: Method,
    log_weights: Vec<f64>,
}

impl PathWeights {
    /// In which direction the paths went, and from which states.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// For each path, `log Z_0` plus its log weight, in forward sign whatever its direction: the mean of `exp(l)` of forward paths is
    /// `Z_1`, and that of `exp(-l)` of reverse paths `1 / Z_1`.
    #[must_use]
    pub fn log_weights(&self) -> &[f64] {
        &self.log_weights
    }

    /// The estimate of `log Z_1` by these paths alone.
    ///
    /// # Errors
    /// Those of [`log_mean`].
    pub fn estimate(&self) -> Result<Estimate, LogZError> {
        if self.method == Method::Forward {
            let mean = log_mean(&self.log_weights)?;
            return Ok(Estimate::of_weights(self.method, mean.value, &mean));
        }
        let inverse: Vec<f64> = self.log_weights.iter().map(|l| -l).collect();
        let mean = log_mean(&inverse)?;
        Ok(Estimate::of_weights(self.method, -mean.value, &mean))
    }

    /// The estimate of `log Z_1` by these forward paths and reverse paths along the same levels.
    ///
    /// # Errors
    /// Those of [`bar`](super::bar()).
    pub fn bar(&self, reverse: &Self) -> Result<Estimate, LogZError> {
        bar(&self.log_weights, &reverse.log_weights, None)
    }
}

impl<'p> Annealing<'p> {
    /// One step per level, seed 0, not stopped early.
    #[must_use]
    pub fn new(path: &'p dyn Path, schedule: &'p Schedule) -> Self {
        Self {
            path,
            schedule,
            steps: 1,
            seed: 0,
            stop: Stop::never(),
        }
    }

    /// Runs forward paths.
    ///
    /// # Errors
    /// [`LogZError`]: those of [`Path::particles`] and [`Particles`].
    pub fn forward(&self, particles: usize) -> Result<PathWeights, LogZError> {
        let levels = self.schedule.levels();
        let mut log_weights = self.run(Start::Base(particles), levels, 0, self.seed)?;
        let log_z0 = self.path.log_z0();
        log_weights.iter_mut().for_each(|l| *l += log_z0);
        Ok(PathWeights {
            method: Method::Forward,
            log_weights,
        })
    }

    /// Runs reverse paths from the given states of the model, one per row.
    ///
    /// # Errors
    /// Those of [`forward`](Self::forward); [`LogZError::Length`] and [`LogZError::Symbol`] for states of another space.
    pub fn reverse(&self, states: &[u8], origin: Origin) -> Result<PathWeights, LogZError> {
        let seed = SplitMix64::mix(self.seed ^ 0x9b05_688c_2b3e_6c1f);
        let mut log_weights = self.run(Start::States(states), &self.descending(), 0, seed)?;
        let log_z0 = self.path.log_z0();
        log_weights.iter_mut().for_each(|l| *l = log_z0 - *l);
        Ok(PathWeights {
            method: match origin {
                Origin::Exact => Method::Reverse,
                Origin::Chains => Method::ReverseFromChains,
            },
            log_weights,
        })
    }

    pub(super) fn descending(&self) -> Vec<f64> {
        self.schedule.levels().iter().rev().copied().collect()
    }

    /// The log weights of paths along `levels`, before which they make `lead` steps at the first.
    pub(super) fn run(
        &self,
        start: Start<'_>,
        levels: &[f64],
        lead: u64,
        seed: u64,
    ) -> Result<Vec<f64>, LogZError> {
        let first = levels.first().copied().unwrap_or(0.0);
        let blocks = self.path.particles(start, first, seed)?;
        let parts = on_blocks(self.path, blocks, |block| {
            if lead > 0 {
                block.advance(first, lead, self.stop)?;
            }
            self.anneal(block, levels)
        })?;
        Ok(parts.concat())
    }

    /// The log weights of a block of particles along `levels`.
    fn anneal(&self, block: &mut dyn Particles, levels: &[f64]) -> Result<Vec<f64>, LogZError> {
        let mut log_weights = vec![0.0; block.count()];
        let intervals = levels.len().saturating_sub(1);
        for (k, ends) in levels.windows(2).enumerate() {
            self.check_stop()?;
            if let &[from, to] = ends {
                block.add_log_ratios(from, to, &mut log_weights)?;
                // The state after the last weight is not used.
                if k + 1 < intervals {
                    block.advance(to, self.steps, self.stop)?;
                }
            }
        }
        self.check_stop()?;
        Ok(log_weights)
    }

    pub(super) fn check_stop(&self) -> Result<(), LogZError> {
        if self.stop.is_due() {
            return Err(LogZError::Stopped);
        }
        Ok(())
    }
}

/// Does `work` on every block of particles, and returns its results in the order of the particles.
pub(super) fn on_blocks<'p, T: Send>(
    path: &dyn Path,
    blocks: Vec<Box<dyn Particles + Send + 'p>>,
    work: impl Fn(&mut (dyn Particles + 'p)) -> Result<T, LogZError> + Sync + Send,
) -> Result<Vec<T>, LogZError> {
    let mut all: Vec<_> = blocks.into_iter().map(|block| (block, None)).collect();
    path.threads().each(&mut all, |(block, result)| {
        *result = Some(work(&mut **block));
    });
    all.into_iter().filter_map(|(_, result)| result).collect()
}
