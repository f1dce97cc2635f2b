use super::classes::Classes;
use super::units::Units;
use super::{Neighbourhood, WalkerOn};
use crate::leveled::{Leveled, Levels, MAX_LEVELS};
use crate::{Balance, Bits, Error, Lens, Memory, Move, Real, Space, Walker};

/// What a walker on an [`NFold`] neighbourhood keeps between steps.
#[derive(Debug)]
pub struct NFoldState<'a, R> {
    classes: Classes<'a>,
    units: Units<R>,
    drawn: Option<(usize, Move)>,
    /// The exact difference of the move drawn.
    delta: f64,
    /// The weight of the move drawn, and the total, before it.
    forward: u64,
    before: u64,
    /// The weight of the move that leads back, after it.
    backward: u64,
}

/// The neighbourhood as classes of moves with equal weight, for [`Leveled`] targets: the *n-fold way*
/// (Bortz, Kalos and Lebowitz, J. Comput. Phys. 17 (1975) 10), here under Metropolis-Hastings.
///
/// A move is drawn in two uniform draws: a class in proportion to its weight and size, then a member. The total is the
/// exact sum over the classes, in integers as in the [`SumTree`](crate::SumTree); nothing drifts.
///
/// # Cost
/// A step is `O(degree + levels)`, whatever the number of sites. No exponential. Memory per walker:
/// [`NFold::lens_for`], 8 bytes a move.
#[derive(Clone, Copy, Debug)]
pub struct NFold<G> {
    pub(crate) balance: G,
    pub(crate) temperature: f64,
}

impl<G> NFold<G> {
    /// The most moves a target may have.
    pub const MAX_MOVES: usize = Classes::MAX_MOVES;

    /// The memory of one walker over so many moves.
    #[must_use]
    pub const fn lens_for(moves: usize) -> Lens {
        Lens {
            reals: 0,
            words: 0,
            indices: 2 * moves,
            moves: 0,
        }
    }
}

impl<G: Balance> NFold<G> {
    /// What a move on each level counts.
    fn weights<T: Leveled>(
        &self,
        target: &T,
        beta: T::Real,
        units: Units<T::Real>,
    ) -> [u64; MAX_LEVELS] {
        let scale = beta * T::Real::from_f64(2.0 / self.temperature);
        let mut weights = [0; MAX_LEVELS];
        for (level, weight) in weights.iter_mut().enumerate().take(target.levels()) {
            let d = target.level_difference(level);
            if d > f64::NEG_INFINITY {
                let log_weight = self.balance.log_weight(scale * T::Real::from_f64(d));
                *weight = units.of(log_weight.exp());
            }
        }
        weights
    }
}

impl<T: Leveled, G: Balance> Neighbourhood<T> for NFold<G> {
    type State<'a> = NFoldState<'a, T::Real>;
    const LOCKSTEP: bool = false;
    const EVALUATIONS: (u64, u64) = (0, 0);

    fn lens(&self, target: &T) -> Lens {
        Self::lens_for(target.space().moves())
    }

    fn scratch_len(&self, _: &T, _: usize) -> usize {
        0
    }

    fn state<'a>(
        &self,
        target: &T,
        mut memory: Memory<'a, T::Real>,
    ) -> Result<Self::State<'a>, Error> {
        let moves = target.space().moves();
        if moves > Self::MAX_MOVES {
            return Err(Error::TooManyMoves);
        }
        let levels = target.levels();
        if levels > MAX_LEVELS {
            return Err(Error::TooManyLevels { found: levels });
        }
        Ok(NFoldState {
            classes: Classes::new(memory.indices(moves)?, memory.indices(moves)?),
            units: Units::new(moves),
            drawn: None,
            delta: 0.0,
            forward: 0,
            before: 0,
            backward: 0,
        })
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            w.log_prob = target.log_prob(w.x);
            let weights = self.weights(target, w.beta, w.state.units);
            let x = &*w.x;
            let levels = target.levels();
            w.state
                .classes
                .fill(weights, levels, |m| target.level(x, m));
            w.state.drawn = None;
        }
    }

    #[inline(always)]
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64 {
        Real::ln(walker.state.units.weight(walker.state.classes.total()))
    }

    #[inline(always)]
    fn draw<'a, B: Bits + ?Sized>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        bits: &mut B,
    ) -> bool {
        let drawn = walker.state.classes.draw(target.levels(), bits);
        make(target, walker, drawn);
        drawn.is_some()
    }

    fn select<'a>(&self, target: &T, walker: &mut WalkerOn<'a, T, Self>, m: usize) -> T::Real {
        let classes = &walker.state.classes;
        let probability = word::<T::Real>(classes.weight(m)) / word::<T::Real>(classes.total());
        make(target, walker, Some(m));
        probability
    }

    #[inline(always)]
    fn propose<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            let state = &mut w.state;
            let Some((drawn, mv)) = state.drawn else {
                continue;
            };
            state.before = state.classes.total();
            state.forward = state.classes.weight(drawn);
            relevel(target, w.x, &mut state.classes, mv);
            state.backward = state.classes.weight(target.space().undo(drawn, mv));
        }
    }

    #[inline(always)]
    fn ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let state = &walker.state;
        if state.drawn.is_none() {
            return T::Real::ZERO;
        }
        let totals = word::<T::Real>(state.before) / word::<T::Real>(state.classes.total());
        self.rate_ratio(target, walker) * totals
    }

    #[inline(always)]
    fn rate_ratio<'a>(&self, _: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let state = &walker.state;
        if state.drawn.is_none() {
            return T::Real::ZERO;
        }
        // As in the sum tree: at temperature 2 the balancing function cancels against the target, unless the units show.
        let whole = state.units.whole(state.forward) && state.units.whole(state.backward);
        if self.temperature == 2.0 && whole {
            return T::Real::ONE;
        }
        let back = word::<T::Real>(state.backward) / word::<T::Real>(state.forward);
        (walker.beta * T::Real::from_f64(state.delta)).exp() * back
    }

    #[inline(always)]
    fn settle<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        accepted: bool,
        _: &mut [T::Real],
    ) {
        let Some((_, mv)) = walker.state.drawn else {
            return;
        };
        if accepted {
            walker.log_prob += walker.state.delta;
        } else {
            mv.revert(walker.x);
            relevel(target, walker.x, &mut walker.state.classes, mv.reversed());
        }
    }
}

/// To a proposal and back again: one copy of the code for both on a small machine.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn relevel<T: Leveled>(target: &T, x: &[u8], classes: &mut Classes<'_>, mv: Move) {
    target.relevel(x, classes, mv);
}

#[inline(always)]
fn word<R: Real>(n: u64) -> R {
    R::from_word(n)
}

#[inline(always)]
fn make<T: Leveled>(
    target: &T,
    walker: &mut Walker<'_, T::Real, NFoldState<'_, T::Real>>,
    m: Option<usize>,
) {
    let state = &mut walker.state;
    state.drawn = m.map(|m| (m, target.space().decode(walker.x, m)));
    if let Some((m, mv)) = state.drawn {
        state.delta = target.level_difference(state.classes.level(m));
        mv.apply(walker.x);
    }
}
