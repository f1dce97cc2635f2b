//! A network as a model.

mod base;
mod gradient;
mod parametric;
mod relaxed;

pub use base::Base;
pub(crate) use base::Terms;
pub use relaxed::RelaxedEnergy;

use crate::{NetError, Network, Shape, Symbols};
use gwg_core::space::{Binary, Categorical, Ordinal};
use gwg_core::{Delta, Move, Real, Target};
use gwg_linalg::Scalar;
use gwg_models::OwnedSpace;
use std::sync::Mutex;

/// A network as a model: `f(x)` is the value of the network, plus that of a [`Base`] distribution if there is one.
///
/// Not multilinear: first-order differences are not exact. The gradient is that of the numbers that the first layer receives.
///
/// # Cost
/// One evaluation of a batch is one pass through the layers and back. An exact difference of one move is a pass through the layers. Nothing is
/// allocated by evaluations, whose scratch is the caller's; [`log_prob`](Target::log_prob) and differences allocate scratch once per thread that computes them at the same time.
///
/// The results for a state have the same bits in a batch of any size.
#[derive(Debug)]
pub struct NeuralEnergy<R> {
    network: Network<R>,
    space: OwnedSpace,
    base: Option<Base<R>>,
    /// Scratch of one state, not in use.
    spare: Mutex<Vec<Vec<R>>>,
}

impl<R: Clone> Clone for NeuralEnergy<R> {
    fn clone(&self) -> Self {
        Self {
            network: self.network.clone(),
            space: self.space.clone(),
            base: self.base.clone(),
            spare: Mutex::default(),
        }
    }
}

impl<R: Scalar> NeuralEnergy<R> {
    /// The model of a network with one output.
    ///
    /// # Errors
    /// [`NetError::Output`] if there are more outputs; [`NetError::Sites`] if there are more moves than numbers of 32 bits.
    pub fn new(network: Network<R>) -> Result<Self, NetError> {
        let found = network.plan.output();
        if found != Shape::vector(1) || network.plan.steps.is_empty() {
            return Err(NetError::Output { found });
        }
        let description = network.description();
        let too_many = |_| NetError::Sites {
            found: description.shape.clone(),
        };
        let sites = description.sites();
        let space = match description.symbols {
            Symbols::Binary { .. } => OwnedSpace::Binary(Binary::new(sites)),
            Symbols::Categorical { states } => {
                OwnedSpace::Categorical(Categorical::new(sites, states).map_err(too_many)?)
            }
            Symbols::Ordinal { states, .. } => {
                OwnedSpace::Ordinal(Ordinal::new(sites, states).map_err(too_many)?)
            }
        };
        Ok(Self {
            network,
            space,
            base: None,
            spare: Mutex::default(),
        })
    }

    /// The same with a base distribution, which is not trained.
    ///
    /// # Errors
    /// [`NetError::Base`] if it is of other sites or symbols.
    pub fn with_base(mut self, base: Base<R>) -> Result<Self, NetError> {
        base.fits(&self.space)?;
        self.base = Some(base);
        Ok(self)
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network<R> {
        &self.network
    }

    /// The base distribution.
    #[must_use]
    pub fn base(&self) -> Option<&Base<R>> {
        self.base.as_ref()
    }

    /// Does `work` with scratch of one state.
    fn with_scratch<T>(&self, work: impl FnOnce(&mut [R]) -> T) -> T {
        let kept = self.spare.lock().ok().and_then(|mut spare| spare.pop());
        let mut scratch = kept.unwrap_or_else(|| vec![R::ZERO; self.network.scratch_len(1)]);
        let done = work(&mut scratch);
        if let Ok(mut spare) = self.spare.lock() {
            spare.push(scratch);
        }
        done
    }

    /// `f` of the state that has symbol `x(i)` at site `i`.
    fn value(&self, x: impl Fn(usize) -> u8 + Copy) -> f64 {
        let network = self.with_scratch(|scratch| {
            let Some(mut pass) = self.network.pass(1, scratch) else {
                return f64::NAN;
            };
            gradient::encode(&self.network.description().symbols, x, pass.input());
            match pass.forward() {
                Ok([f]) => f.to_f64(),
                _ => f64::NAN,
            }
        });
        network + self.base.as_ref().map_or(0.0, |base| base.log_prob(x))
    }
}

/// The symbol of a state at a site; 0 past its end.
fn symbol(x: &[u8], site: usize) -> u8 {
    x.get(site).copied().unwrap_or(0)
}

impl<R: Scalar> Target for NeuralEnergy<R> {
    type Real = R;
    type Space = OwnedSpace;

    fn space(&self) -> &OwnedSpace {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        self.value(|site| symbol(x, site))
    }
}

/// Exact differences, by evaluating the network at the state after the move; the cache has `f` of the one before, in two numbers.
impl<R: Scalar> Delta for NeuralEnergy<R> {
    fn cache_len(&self) -> usize {
        2
    }

    fn init_cache(&self, x: &[u8], cache: &mut [R]) -> f64 {
        let f = self.log_prob(x);
        keep(f, cache);
        f
    }

    fn delta(&self, x: &[u8], cache: &[R], mv: Move) -> R {
        let after = |site| {
            if site == mv.site {
                mv.to as u8
            } else {
                symbol(x, site)
            }
        };
        R::from_f64(self.value(after) - kept(cache))
    }

    fn update(&self, x: &[u8], cache: &mut [R], _: Move) {
        keep(self.log_prob(x), cache);
    }
}

/// Writes `f` as two numbers, whose sum it is to the precision of f64.
fn keep<R: Real>(f: f64, cache: &mut [R]) {
    let high = R::from_f64(f);
    if let [first, second] = cache {
        (*first, *second) = (high, R::from_f64(f - high.to_f64()));
    }
}

fn kept<R: Real>(cache: &[R]) -> f64 {
    cache.iter().map(|x| x.to_f64()).sum()
}
