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
    /// The level of the move drawn, and the total, before it.
    level: usize,
    before: u64,
    /// Of each level, whether its weight has the digits that it should.
    whole: u32,
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
    /// What a move on a level counts.
    fn weight<R: Real>(&self, beta: R, units: Units<R>, difference: R) -> u64 {
        if difference > R::NEG_INFINITY {
            let scale = beta * R::from_f64(2.0 / self.temperature);
            units.of(exp(self.balance.log_weight(scale * difference)))
        } else {
            0
        }
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
            level: 0,
            before: 0,
            whole: 0,
        })
    }

    fn init<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], scratch: &mut [T::Real]) {
        for w in walkers.iter_mut() {
            w.log_prob = target.log_prob(w.x).into();
        }
        self.retemper(target, walkers, scratch);
    }

    /// The moves of a class anew in the order of their index, as `init` leaves them.
    fn retemper<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            let (beta, units, x) = (w.beta, w.state.units, &*w.x);
            let (levels, mut whole) = (target.levels(), 0);
            let weight = |level| {
                let weight = self.weight(beta, units, target.level_difference(level));
                whole |= u32::from(units.whole(weight)) << level;
                weight
            };
            let classes = &mut w.state.classes;
            classes.fill(weight, levels, |m| target.level(x, m));
            w.state.whole = whole;
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
            if let Some((_, mv)) = state.drawn {
                state.before = state.classes.total();
                relevel(target, w.x, &mut state.classes, mv);
            }
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
    fn rate_ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        let state = &walker.state;
        let Some((m, mv)) = state.drawn else {
            return T::Real::ZERO;
        };
        // As in the sum tree: at temperature 2 the balancing function cancels against the target, unless the units show.
        let back = state.classes.level(target.space().undo(m, mv));
        if self.temperature == 2.0 && (state.whole >> state.level & state.whole >> back & 1) == 1 {
            return T::Real::ONE;
        }
        let back = word::<T::Real>(state.classes.weight_of(back));
        let back = back / word::<T::Real>(state.classes.weight_of(state.level));
        let delta = target.level_difference(state.level);
        exp(walker.beta * delta) * back
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
            let delta = target.level_difference(walker.state.level);
            walker.log_prob.add(delta);
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

/// Seldom needed: one copy of the code is enough.
#[cold]
#[inline(never)]
fn exp<R: Real>(x: R) -> R {
    x.exp()
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
        state.level = state.classes.level(m);
        mv.apply(walker.x);
    }
}
