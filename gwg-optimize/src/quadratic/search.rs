//! Quadratic problems as the driver searches them.

use super::anneal::{Schedule, anneal};
use super::best::Best;
use super::model::{Core, SpinModel};
use super::population::{FEW_NEIGHBORS, populations};
use super::rejection_free::anneal_rejection_free;
use super::rlsa::langevin;
use super::state::State;
use super::tabu::tabu;
use super::tempering::tempering;
use super::terms::Terms;
use super::weight::Weight;
use crate::budget::Budget;
use crate::{Search, Sense};
use gwg_core::{Bits, SplitMix64};
use std::fmt;
use std::str::FromStr;

/// How a quadratic problem is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Several of them in turn, one per restart.
    #[default]
    Auto,
    /// A population of annealed states, recombined by the connected parts in which two differ and annealed again.
    Population,
    /// Simulated annealing by sweeps, again and again with more of them.
    Anneal,
    /// The same by the n-fold way.
    RejectionFree,
    /// Regularized Langevin annealing: all sites flip at once, each by itself.
    Rlsa,
    /// Tabu search that is restarted from perturbed best states.
    Tabu,
    /// Parallel tempering with the cluster moves of Houdayer.
    Tempering,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Population,
        Self::Anneal,
        Self::RejectionFree,
        Self::Rlsa,
        Self::Tabu,
        Self::Tempering,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Population => "population",
            Self::Anneal => "anneal",
            Self::RejectionFree => "rejection-free",
            Self::Rlsa => "rlsa",
            Self::Tabu => "tabu",
            Self::Tempering => "tempering",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Method {
    type Err = String;

    /// The names that are allowed.
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|m| m.name() == text);
        let names = || Self::ALL.map(Self::name).join(", ");
        found.ok_or_else(|| format!("allowed are {}", names()))
    }
}

/// A quadratic function of binary variables, to be made large or small.
#[derive(Debug)]
pub struct Quadratic {
    terms: Terms,
    sense: Sense,
    core: Core,
    method: Method,
}

impl Quadratic {
    /// A problem. Cost: `O(terms)`.
    #[must_use]
    pub fn new(terms: Terms, sense: Sense, method: Method) -> Self {
        let sign = match sense {
            Sense::Min => 1.0,
            Sense::Max => -1.0,
        };
        Self {
            core: Core::new(&terms, sign),
            terms,
            sense,
            method,
        }
    }

    /// The function.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    fn search<W: Weight>(
        &self,
        model: &SpinModel<W>,
        seed: u64,
        start: Option<&[u8]>,
        found: &mut dyn FnMut(f64, &[u8]),
        stop: &dyn Fn() -> bool,
    ) {
        let mut random = SplitMix64::new(SplitMix64::mix(seed));
        let mut budget = Budget::new(stop);
        let mut best = Best::new(&self.terms, found);
        let mut state = match start {
            Some(x) => State::of(model, x),
            None => State::random(model, &mut random),
        };
        state.settle();
        best.offer(&state);
        if model.sites() < 2 {
            return;
        }
        let (random, budget, best) = (&mut random, &mut budget, &mut best);
        match portfolio(self.method, model, seed) {
            Method::Anneal => repeat(model, state, random, budget, best, anneal),
            Method::RejectionFree => {
                repeat(model, state, random, budget, best, anneal_rejection_free);
            }
            Method::Rlsa => repeat(model, state, random, budget, best, langevin),
            Method::Tabu => tabu_passes(model, state, random, budget, best),
            Method::Tempering => tempering(model, state, random, budget, best),
            Method::Auto | Method::Population => populations(model, state, random, budget, best),
        }
    }
}

/// Of more sites, a sweep of all replicas takes too long.
const MOST_TEMPERED: usize = 50_000;

/// The method of a restart; seeds of a run are consecutive.
fn portfolio<W: Weight>(method: Method, model: &SpinModel<W>, seed: u64) -> Method {
    if method != Method::Auto {
        return method;
    }
    // Of 256 restarts from a multiple of 256 on, in turn.
    let turn = |methods: &[Method]| methods[(seed & 0xff) as usize % methods.len()];
    if model.sites() > MOST_TEMPERED {
        Method::Population
    } else if model.degree() <= FEW_NEIGHBORS {
        turn(&[Method::Tempering, Method::Population])
    } else {
        turn(&[
            Method::Population,
            Method::Population,
            Method::Tempering,
            Method::Tabu,
        ])
    }
}

/// One annealing of a state.
type Annealing<'m, W> = fn(&mut State<'m, W>, Schedule, &mut SplitMix64, &mut Budget<'_>);

/// Annealings from random states, from time to time with more sweeps.
fn repeat<'m, W: Weight>(
    model: &'m SpinModel<W>,
    mut state: State<'m, W>,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
    best: &mut Best<'_, '_, W>,
    anneal: Annealing<'m, W>,
) {
    let mut sweeps = 100;
    for round in 1_u64.. {
        let schedule = Schedule {
            hot: 0.5 * model.scale,
            cold: 0.02 * model.scale,
            sweeps,
        };
        anneal(&mut state, schedule, random, budget);
        best.offer(&state);
        if budget.ended() {
            return;
        }
        if round % 8 == 0 {
            sweeps += sweeps / 2;
        }
        state = State::random(model, random);
    }
}

/// Passes of tabu search, each from the best state of one before with some spins turned over; the more, the longer nothing was found.
fn tabu_passes<'m, W: Weight>(
    model: &'m SpinModel<W>,
    start: State<'m, W>,
    random: &mut SplitMix64,
    budget: &mut Budget<'_>,
    best: &mut Best<'_, '_, W>,
) {
    let sites = model.sites();
    let patience = (10 * sites as u64).clamp(1000, 1_000_000);
    let least = (sites / 100).clamp(2, 100).min(sites);
    let mut elite = tabu(start, patience, random, budget);
    best.offer(&elite);
    let mut strength = least;
    while !budget.ended() {
        let mut state = elite.clone();
        for _ in 0..strength {
            state.flip(random.below(sites));
        }
        let found = tabu(state, patience, random, budget);
        best.offer(&found);
        strength += (strength / 8).max(1);
        if found.energy < elite.energy {
            (elite, strength) = (found, least);
        } else if found.energy == elite.energy {
            elite = found;
        } else if strength > sites / 2 {
            (elite, strength) = (found, least);
        }
    }
}

impl Search for Quadratic {
    fn sites(&self) -> usize {
        self.terms.sites()
    }

    fn states(&self) -> usize {
        2
    }

    fn sense(&self) -> Sense {
        self.sense
    }

    fn value(&self, x: &[u8]) -> (f64, bool) {
        (self.terms.value(x), true)
    }

    /// What it would be if each coupling and each field of the spins were at its best.
    fn bound(&self) -> Option<f64> {
        Some(self.terms.bound(self.sense))
    }

    fn restart(
        &self,
        seed: u64,
        start: Option<&[u8]>,
        found: &mut dyn FnMut(f64, &[u8]),
        stop: &dyn Fn() -> bool,
    ) {
        match &self.core {
            Core::Integer(model) => self.search(model, seed, start, found, stop),
            Core::Real(model) => self.search(model, seed, start, found, stop),
        }
    }
}
