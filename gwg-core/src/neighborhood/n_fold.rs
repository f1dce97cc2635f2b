use super::levels::Levels;
use super::units::Units;
use super::{Neighborhood, Temperature, WalkerOn};
use crate::kernel::StateVisitor;
use crate::leveled::{Leveled, MAX_LEVELS};
use crate::target::SymbolOf;
use crate::{
    Balance, Bits, Error, Memory, MemoryLayout, Move, MoveLog, Real, Space, Target, Walker, accept,
};

/// The per-walker state of an [`NFold`] neighborhood.
#[derive(Debug)]
pub struct NFoldState<'a> {
    classes: Levels<'a>,
    /// One bit per level: true if its weight has full precision.
    whole: u32,
    trial: Option<Trial>,
}

#[cfg(feature = "check")]
impl<'a> NFoldState<'a> {
    /// The levels, for comparison with those of the target.
    pub(crate) fn levels_mut(&mut self) -> &mut Levels<'a> {
        &mut self.classes
    }
}

/// A move made in `x`, and the level and total from before it.
#[derive(Clone, Copy, Debug)]
struct Trial {
    m: usize,
    mv: Move,
    level: usize,
    total: u64,
}

/// The neighborhood as classes of moves with equal weight, for [`Leveled`] targets: the *n-fold way* (Bortz, Kalos
/// and Lebowitz, J. Comput. Phys. 17 (1975) 10), used here with Metropolis-Hastings.
///
/// A move takes two uniform draws: a class with probability proportional to its weight times its size, then a member
/// of it. The total is the exact sum over the classes, in integers as in [`SumTree`](crate::SumTree); it does not
/// drift.
///
/// # Cost
/// `O(degree + levels)` per step, for any number of sites. No exponentials. Memory per walker: [`NFold::layout_for`],
/// 8 bytes per move and 512 for the levels.
#[derive(Clone, Copy, Debug)]
pub struct NFold<G> {
    pub(crate) balance: G,
    pub(crate) temperature: Temperature,
}

impl<G> NFold<G> {
    /// The largest number of moves that a target may have.
    pub const MAX_MOVES: usize = Levels::MAX_MOVES;

    /// The memory of one walker for `moves` moves.
    #[must_use]
    pub const fn layout_for(moves: usize) -> MemoryLayout {
        Levels::layout(moves)
    }
}

type On<'a, T> = Walker<'a, <T as Target>::Real, NFoldState<'a>, SymbolOf<T>>;

impl<G: Balance> NFold<G> {
    /// The integer weight of a move on a level.
    fn weight<R: Real>(&self, beta: R, units: Units<R>, difference: R) -> u64 {
        if difference > R::NEG_INFINITY {
            let scale = self.temperature.times(beta);
            units.of_in_place(exp(self.balance.log_weight(scale * difference)))
        } else {
            0
        }
    }

    #[inline(always)]
    fn ratio_of<T: Leveled>(&self, target: &T, walker: &On<'_, T>, trial: &Trial) -> T::Real {
        let totals = word::<T::Real>(trial.total) / word::<T::Real>(walker.state.classes.total());
        self.rate_ratio_of(target, walker, trial) * totals
    }

    #[inline(always)]
    fn rate_ratio_of<T: Leveled>(&self, target: &T, walker: &On<'_, T>, trial: &Trial) -> T::Real {
        let Trial { m, mv, level, .. } = *trial;
        let state = &walker.state;
        // As in the sum tree: at temperature 2 the balancing function cancels against the target, unless a weight
        // lost precision.
        let back = state.classes.level(target.space().undo(m, mv));
        if self.temperature.is_two() && (state.whole >> level & state.whole >> back & 1) == 1 {
            return T::Real::ONE;
        }
        let back = word::<T::Real>(state.classes.weight_of(back));
        let back = back / word::<T::Real>(state.classes.weight_of(level));
        exp(walker.beta * target.level_difference(level)) * back
    }
}

impl<T: Leveled, G: Balance> Neighborhood<T> for NFold<G> {
    type State<'a> = NFoldState<'a>;
    const LOCKSTEP: bool = false;
    const EVALUATIONS: (u64, u64) = (0, 0);
    const LOGS_MOVES: bool = MoveLog::ENABLED;

    fn layout(&self, target: &T) -> MemoryLayout {
        Self::layout_for(target.space().moves())
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
            classes: Levels::new(&mut memory, moves)?,
            whole: 0,
            trial: None,
        })
    }

    fn reevaluate<'a>(
        &self,
        target: &T,
        walkers: &mut [WalkerOn<'a, T, Self>],
        scratch: &mut [T::Real],
    ) {
        for w in walkers.iter_mut() {
            w.log_prob = target.log_prob(w.x).into();
        }
        self.reweight(target, walkers, scratch);
    }

    fn visit_state<'a, V: StateVisitor>(&self, state: &mut Self::State<'a>, visitor: &mut V) {
        let NFoldState {
            classes,
            whole,
            trial: _,
        } = state;
        classes.visit(visitor);
        visitor.count32(whole);
    }

    /// Sorts the moves of each class by index, as `reevaluate` does.
    fn reweight<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            let (beta, x) = (w.beta, &*w.x);
            let units = Units::new(target.space().moves());
            let (levels, mut whole) = (target.levels(), 0);
            let weight = |level| {
                let weight = self.weight(beta, units, target.level_difference(level));
                whole |= u32::from(units.whole(weight)) << level;
                weight
            };
            let classes = &mut w.state.classes;
            classes.fill((levels, target.frozen_level()), weight, |m| {
                target.level(x, m)
            });
            w.state.whole = whole;
            w.state.trial = None;
        }
    }

    #[inline(always)]
    fn log_total<'a>(&self, walker: &WalkerOn<'a, T, Self>) -> f64 {
        let classes = &walker.state.classes;
        let units = Units::<T::Real>::new(classes.moves());
        Real::ln(units.weight(classes.total()))
    }

    #[inline(always)]
    fn draw<'a, B: Bits + ?Sized>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        bits: &mut B,
    ) -> bool {
        let drawn = walker.state.classes.draw(target.levels(), bits);
        walker.state.trial = drawn.map(|m| make(target, walker, m));
        drawn.is_some()
    }

    fn select<'a>(&self, target: &T, walker: &mut WalkerOn<'a, T, Self>, m: usize) -> T::Real {
        let classes = &walker.state.classes;
        let probability = word::<T::Real>(classes.weight(m)) / word::<T::Real>(classes.total());
        walker.state.trial = Some(make(target, walker, m));
        probability
    }

    #[inline(always)]
    fn propose<'a>(&self, target: &T, walkers: &mut [WalkerOn<'a, T, Self>], _: &mut [T::Real]) {
        for w in walkers {
            if let Some(Trial { mv, .. }) = w.state.trial {
                relevel(target, w.x, &mut w.state.classes, mv);
            }
        }
    }

    #[inline(always)]
    fn ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        match &walker.state.trial {
            Some(trial) => self.ratio_of(target, walker, trial),
            None => T::Real::ZERO,
        }
    }

    #[inline(always)]
    fn rate_ratio<'a>(&self, target: &T, walker: &WalkerOn<'a, T, Self>) -> T::Real {
        match &walker.state.trial {
            Some(trial) => self.rate_ratio_of(target, walker, trial),
            None => T::Real::ZERO,
        }
    }

    #[inline(always)]
    fn commit_or_revert<'a>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        accepted: bool,
        _: &mut [T::Real],
    ) {
        if let Some(trial) = walker.state.trial {
            end(target, walker, &trial, accepted);
        }
    }

    /// Keeps the drawn move in registers.
    #[inline(always)]
    fn step<'a, B: Bits + ?Sized>(
        &self,
        target: &T,
        walker: &mut WalkerOn<'a, T, Self>,
        _: &mut [T::Real],
        bits: &mut B,
    ) -> bool {
        let Some(m) = walker.state.classes.draw(target.levels(), bits) else {
            return accept::lazy(T::Real::ZERO, bits);
        };
        let trial = make(target, walker, m);
        relevel(target, walker.x, &mut walker.state.classes, trial.mv);
        let accepted = accept::lazy(self.ratio_of(target, walker, &trial), bits);
        end(target, walker, &trial, accepted);
        accepted
    }
}

/// Applies a proposal or reverts it: one copy of the code for both on small machines.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn relevel<T: Leveled>(target: &T, x: &[SymbolOf<T>], classes: &mut Levels<'_>, mv: Move) {
    target.relevel(x, classes, mv);
    classes.changed(target.levels());
}

/// Rarely called: one copy of the code is enough.
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
fn make<T: Leveled>(target: &T, walker: &mut On<'_, T>, m: usize) -> Trial {
    let classes = &walker.state.classes;
    let trial = Trial {
        m,
        mv: target.space().decode(walker.x, m),
        level: classes.level(m),
        total: classes.total(),
    };
    trial.mv.apply(walker.x);
    trial
}

#[inline(always)]
fn end<T: Leveled>(target: &T, walker: &mut On<'_, T>, trial: &Trial, accepted: bool) {
    if accepted {
        walker.log_prob.add(target.level_difference(trial.level));
        walker.moves.add(trial.mv);
    } else {
        trial.mv.revert(walker.x);
        relevel(
            target,
            walker.x,
            &mut walker.state.classes,
            trial.mv.reversed(),
        );
    }
}
