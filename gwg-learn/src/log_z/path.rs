//! Paths of distributions from one whose partition function is known to a model.

mod geometric;
mod rbm;

pub use geometric::{GeometricPath, With};
pub use rbm::RbmPath;

use super::error::{LogZError, at_least};
use gwg_chains::{Stop, Threads};

/// Where the particles of a path start.
#[derive(Clone, Copy, Debug)]
pub enum Start<'s> {
    /// So many exact draws at `t = 0`.
    Base(usize),
    /// Given states, row-major: one particle per row.
    States(&'s [u8]),
}

/// Distributions `p_t(x) = exp(f_t(x)) / Z_t`, `t` in `[0, 1]`, with `Z_0` known, and kernels that leave each invariant.
pub trait Path: Sync {
    /// The number of sites of a state.
    fn sites(&self) -> usize;

    /// `log Z_0`.
    fn log_z0(&self) -> f64;

    /// The threads that particles are advanced on.
    fn threads(&self) -> &Threads;

    /// Creates particles at level `t`, in blocks that can be advanced independently. Particle `k` has the same random numbers whatever
    /// the blocks and threads.
    ///
    /// # Errors
    /// [`LogZError`]: no particle, states of another shape, a kernel that refuses the target.
    fn particles<'p>(
        &'p self,
        start: Start<'_>,
        t: f64,
        seed: u64,
    ) -> Result<Vec<Box<dyn Particles + Send + 'p>>, LogZError>;
}

/// A block of particles on a path.
pub trait Particles {
    /// The number of particles.
    fn count(&self) -> usize;

    /// Moves every particle by so many steps of a kernel that leaves `p_t` invariant; by fewer once `stop` is due, after which the
    /// particles are not used.
    ///
    /// # Errors
    /// [`LogZError`]: a kernel that refuses the target, a value of the model that is not a number.
    fn advance(&mut self, t: f64, steps: u64, stop: Stop<'_>) -> Result<(), LogZError>;

    /// Adds `f_to(x) - f_from(x)` of each particle to `sums`.
    ///
    /// # Errors
    /// [`LogZError`]: an evaluation that failed.
    fn add_log_ratios(&mut self, from: f64, to: f64, sums: &mut [f64]) -> Result<(), LogZError>;

    /// Adds `df_t/dt (x)` of each particle to `sums`.
    ///
    /// # Errors
    /// [`LogZError`]: an evaluation that failed.
    fn add_slopes(&mut self, t: f64, sums: &mut [f64]) -> Result<(), LogZError>;

    /// Writes `f_t(x)` of each particle to `values`.
    ///
    /// # Errors
    /// [`LogZError`]: an evaluation that failed.
    fn values(&mut self, t: f64, values: &mut [f64]) -> Result<(), LogZError>;

    /// Appends the states, row-major.
    fn states(&self, all: &mut Vec<u8>);
}

/// The number of particles, after a check of given states.
fn count(
    start: Start<'_>,
    sites: usize,
    states_at: impl Fn(usize) -> usize,
) -> Result<usize, LogZError> {
    let states = match start {
        Start::Base(particles) => {
            at_least("particles", particles, 1)?;
            return Ok(particles);
        }
        Start::States(states) => states,
    };
    at_least("particles", states.len() / sites, 1)?;
    super::error::has_length("states", states.len(), states.len() / sites * sites)?;
    for (row, x) in states.chunks_exact(sites).enumerate() {
        let wrong =
            |(site, &s): (usize, &u8)| (usize::from(s) >= states_at(site)).then_some((site, s));
        if let Some((site, found)) = x.iter().enumerate().find_map(wrong) {
            return Err(LogZError::Symbol {
                row,
                site,
                found,
                allowed: states_at(site),
            });
        }
    }
    Ok(states.len() / sites)
}
