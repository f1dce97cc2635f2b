//! A target that counts its evaluations.

use gwg_core::leveled::{Leveled, Levels};
use gwg_core::*;
use std::cell::Cell;

/// Numbers of evaluations: of `f`, of its gradient, of the difference of one move, of a level.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    pub(crate) values: u64,
    pub(crate) gradients: u64,
    pub(crate) differences: u64,
    pub(crate) levels: u64,
}

pub(crate) struct Counted<T> {
    target: T,
    asked: Cell<Asked>,
}

impl<T> Counted<T> {
    pub(crate) fn new(target: T) -> Self {
        Self {
            target,
            asked: Cell::default(),
        }
    }

    /// The evaluations since the last call.
    pub(crate) fn take(&self) -> Asked {
        self.asked.take()
    }

    fn count(&self, one: impl Fn(&mut Asked)) {
        let mut asked = self.asked.get();
        one(&mut asked);
        self.asked.set(asked);
    }
}

impl<T: Target> Target for Counted<T> {
    type Real = T::Real;
    type Space = T::Space;

    fn space(&self) -> &T::Space {
        self.target.space()
    }

    fn log_prob(&self, x: &[SymbolOf<T>]) -> f64 {
        self.count(|asked| asked.values += 1);
        self.target.log_prob(x)
    }
}

impl<T: Gradient> Gradient for Counted<T> {
    fn value_and_gradient(
        &self,
        x: &[SymbolOf<T>],
        gradient: &mut [T::Real],
        scratch: &mut [T::Real],
    ) -> f64 {
        self.count(|asked| asked.gradients += 1);
        self.target.value_and_gradient(x, gradient, scratch)
    }

    fn gradient_scratch_len(&self, rows: usize) -> usize {
        self.target.gradient_scratch_len(rows)
    }
}

impl<T: Delta> Delta for Counted<T> {
    fn delta(&self, x: &[SymbolOf<T>], memory: &[T::Real], mv: Move) -> T::Real {
        self.count(|asked| asked.differences += 1);
        self.target.delta(x, memory, mv)
    }
}

impl<T: Local> Local for Counted<T> {
    fn max_affected(&self) -> usize {
        self.target.max_affected()
    }

    fn update_affected(
        &self,
        x: &[SymbolOf<T>],
        memory: &mut [T::Real],
        mv: Move,
        affected: &mut AffectedMoves<'_, T::Real>,
    ) {
        let before = affected.len();
        self.target.update_affected(x, memory, mv, affected);
        let pushed = (affected.len() - before) as u64;
        self.count(|asked| asked.differences += pushed);
    }
}

impl<T: Leveled> Leveled for Counted<T> {
    fn levels(&self) -> usize {
        self.target.levels()
    }

    fn level_difference(&self, level: usize) -> T::Real {
        self.target.level_difference(level)
    }

    fn level(&self, x: &[SymbolOf<T>], m: usize) -> usize {
        self.count(|asked| asked.levels += 1);
        self.target.level(x, m)
    }

    fn relevel(&self, x: &[SymbolOf<T>], levels: &mut Levels<'_>, mv: Move) {
        self.count(|asked| asked.levels += 1);
        self.target.relevel(x, levels, mv);
    }
}
