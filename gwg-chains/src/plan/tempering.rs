use super::{Plan, RunError};
use gwg_core::temper::{self, Anneal, Ladder};

/// The largest number of replicas of a chain.
const MOST_REPLICAS: usize = 4096;

/// Replicas of each chain on a ladder of inverse temperatures, which swap with their neighbors at intervals.
///
/// Swaps are deterministic, even and odd rounds in turn ([`temper::Exchange`]). A replica has a generator of its own
/// ([`replica_generator`](crate::replica_generator)), and so have the swaps of a chain: its path depends only on the seed,
/// its number and its start. With [`Init::Random`](super::Init::Random) every replica has a start of its own,
/// otherwise all replicas of a chain have the same.
///
/// The warm-up tunes per replica, not per temperature: the parameters of a replica move with it along the ladder, and suit
/// the temperatures that it has visited. They are fixed before the first draw, so that the draws are exact.
#[derive(Clone, Debug, PartialEq)]
pub struct Tempering {
    /// Fractions of the plan's `beta`, the target first: 1, then each below the one before it, none negative.
    pub ladder: Vec<f64>,
    /// Steps of every replica from one round of swaps to the next, warm-up and sampling alike. At least 1.
    pub swap_every: u64,
}

impl Tempering {
    /// `replicas` replicas at equal ratios of temperature, from the target's down to the fraction `hottest` of its `beta`,
    /// which swap every 10 steps. With one replica, a plain chain.
    ///
    /// # Errors
    /// [`RunError::Zero`], [`RunError::Replicas`], [`RunError::Hottest`] or [`RunError::Ladder`] (levels that
    /// coincide).
    pub fn geometric(replicas: usize, hottest: f64) -> Result<Self, RunError> {
        check_number(replicas)?;
        if !(hottest > 0.0 && hottest < 1.0) {
            return Err(RunError::Hottest { found: hottest });
        }
        let mut ladder = vec![1.0; replicas];
        if replicas > 1 {
            temper::geometric(1.0, hottest, &mut ladder)
                .map_err(|error| level_error(&error, hottest))?;
        }
        Ok(Self {
            ladder,
            swap_every: 10,
        })
    }
}

/// How a warm-up moves from one inverse temperature to the plan's `beta`: in up to fifty equal rounds, the last of
/// them at `beta`. With replicas the whole ladder is scaled, each level at its fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Annealing {
    /// In equal steps of the inverse temperature.
    Linear {
        /// The first inverse temperature. Finite and not negative.
        from: f64,
    },
    /// In equal ratios of the inverse temperature.
    Geometric {
        /// The first inverse temperature. Finite and positive, as is the plan's `beta`.
        from: f64,
    },
}

impl Annealing {
    fn schedule(self, beta: f64) -> Result<Anneal, RunError> {
        let (Self::Linear { from } | Self::Geometric { from }) = self;
        match self {
            Self::Linear { from } => Anneal::linear(from, beta),
            Self::Geometric { from } => Anneal::geometric(from, beta),
        }
        .map_err(|_| RunError::Anneal { found: from, beta })
    }
}

impl<S> Plan<S> {
    /// The fractions of `beta` at which a chain's replicas are.
    pub(crate) fn ladder(&self) -> &[f64] {
        self.tempering.as_ref().map_or(&[1.0], |t| &t.ladder)
    }

    pub(crate) fn replicas(&self) -> usize {
        self.ladder().len()
    }

    /// The inverse temperature in round `round` of `rounds` of the warm-up; `None` without annealing.
    pub(crate) fn warmup_beta(&self, round: u64, rounds: u64) -> Option<f64> {
        let schedule = self.anneal?.schedule(self.beta).ok()?;
        Some(schedule.beta(round, rounds))
    }

    pub(super) fn check_temperatures(&self) -> Result<(), RunError> {
        if let Some(anneal) = self.anneal {
            anneal.schedule(self.beta)?;
            if self.warmup == 0 {
                return Err(RunError::AnnealWithoutWarmup);
            }
        }
        let Some(tempering) = &self.tempering else {
            return Ok(());
        };
        tempering.check(self.beta)
    }
}

impl Tempering {
    /// Checks the ladder below an inverse temperature of `beta`.
    pub(crate) fn check(&self, beta: f64) -> Result<(), RunError> {
        if self.swap_every == 0 {
            return Err(RunError::Zero { name: "swap_every" });
        }
        let ladder = &self.ladder;
        check_number(ladder.len())?;
        if ladder[0] != 1.0 {
            return Err(RunError::Ladder {
                level: 0,
                found: ladder[0],
            });
        }
        if ladder.len() == 1 {
            return Ok(());
        }
        if beta == 0.0 {
            return Err(RunError::NothingHotter { beta });
        }
        let betas: Vec<f64> = ladder.iter().map(|l| l * beta).collect();
        for levels in [ladder, &betas] {
            Ladder::new(levels).map_err(|error| {
                let at = |level: usize| ladder.get(level).copied().unwrap_or(f64::NAN);
                match error {
                    gwg_core::Error::Ladder { level } => level_error(&error, at(level)),
                    other => other.into(),
                }
            })?;
        }
        Ok(())
    }
}

fn check_number(replicas: usize) -> Result<(), RunError> {
    match replicas {
        0 => Err(RunError::Zero { name: "replicas" }),
        1..=MOST_REPLICAS => Ok(()),
        found => Err(RunError::Replicas {
            found,
            allowed: MOST_REPLICAS,
        }),
    }
}

fn level_error(error: &gwg_core::Error, found: f64) -> RunError {
    match *error {
        gwg_core::Error::Ladder { level } => RunError::Ladder { level, found },
        other => other.into(),
    }
}
