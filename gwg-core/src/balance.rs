//! Balancing functions: `g` with `g(t) = t g(1/t)`, in the log domain.
//!
//! A proposal that draws a move with weight `g(p(y)/p(x))`, with the *exact* ratio, is accepted with probability
//! `min(1, Z(x)/Z(y))` for every balancing function `g` (Zanella 2020). `g = sqrt` is the softmax at temperature 2 of
//! Gibbs-With-Gradients; Barker's function mixes faster on cold targets.

use crate::{Real, math};

/// A balancing function.
pub trait Balance: Clone {
    /// `log g(exp(t))`.
    fn log_weight<R: Real>(&self, t: R) -> R;

    /// `out[m] = log g(exp(scale * difference[m]))`.
    #[inline(always)]
    fn log_weights<R: Real>(&self, scale: R, difference: &[R], out: &mut [R]) {
        for (w, &d) in out.iter_mut().zip(difference) {
            *w = self.log_weight(scale * d);
        }
    }

    /// `weight[m] = g(exp(scale * difference[m])) * exp(-shift)`. One exponential per element.
    #[inline(always)]
    fn weigh<R: Real>(&self, scale: R, shift: R, difference: &[R], weight: &mut [R]) {
        shifted(self, scale, shift, difference, weight);
        math::exp_in_place(weight);
    }
}

/// `g(t) = sqrt(t)`: softmax at temperature 2, the choice of Gibbs-With-Gradients.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sqrt;

/// `g(t) = t / (1 + t)` (Barker).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Barker;

/// `g(t) = min(1, t)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Min;

/// `g(t) = max(1, t)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Max;

/// A balancing function selected at run time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnyBalance {
    /// [`Sqrt`].
    #[default]
    Sqrt,
    /// [`Barker`].
    Barker,
    /// [`Min`].
    Min,
    /// [`Max`].
    Max,
}

impl Balance for Sqrt {
    #[inline(always)]
    fn log_weight<R: Real>(&self, t: R) -> R {
        t * R::HALF
    }
}

impl Balance for Barker {
    #[inline(always)]
    fn log_weight<R: Real>(&self, t: R) -> R {
        -(-t).softplus()
    }
}

impl Balance for Min {
    #[inline(always)]
    fn log_weight<R: Real>(&self, t: R) -> R {
        t.min(R::ZERO)
    }
}

impl Balance for Max {
    #[inline(always)]
    fn log_weight<R: Real>(&self, t: R) -> R {
        t.max(R::ZERO)
    }
}

impl Balance for AnyBalance {
    #[inline(always)]
    fn log_weight<R: Real>(&self, t: R) -> R {
        match self {
            Self::Sqrt => Sqrt.log_weight(t),
            Self::Barker => Barker.log_weight(t),
            Self::Min => Min.log_weight(t),
            Self::Max => Max.log_weight(t),
        }
    }

    #[inline(always)]
    fn log_weights<R: Real>(&self, scale: R, difference: &[R], out: &mut [R]) {
        match self {
            Self::Sqrt => Sqrt.log_weights(scale, difference, out),
            Self::Barker => Barker.log_weights(scale, difference, out),
            Self::Min => Min.log_weights(scale, difference, out),
            Self::Max => Max.log_weights(scale, difference, out),
        }
    }

    // One exponential for all functions: a program contains this wherever a kernel weighs moves.
    #[inline(always)]
    fn weigh<R: Real>(&self, scale: R, shift: R, difference: &[R], weight: &mut [R]) {
        match self {
            Self::Sqrt => shifted(&Sqrt, scale, shift, difference, weight),
            Self::Barker => shifted(&Barker, scale, shift, difference, weight),
            Self::Min => shifted(&Min, scale, shift, difference, weight),
            Self::Max => shifted(&Max, scale, shift, difference, weight),
        }
        math::exp_in_place(weight);
    }
}

/// `out[m] = log g(exp(scale * difference[m])) - shift`.
#[inline(always)]
fn shifted<R: Real>(g: &impl Balance, scale: R, shift: R, difference: &[R], out: &mut [R]) {
    for (w, &d) in out.iter_mut().zip(difference) {
        *w = g.log_weight(scale * d) - shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balanced(g: impl Balance) {
        for k in -80..=80 {
            let t = f64::from(k) * 0.37;
            let right = t + g.log_weight(-t);
            assert!(
                (g.log_weight(t) - right).abs() < 1e-13 * (1.0 + t.abs()),
                "t = {t}"
            );
        }
    }

    #[test]
    fn every_function_is_balanced() {
        balanced(Sqrt);
        balanced(Barker);
        balanced(Min);
        balanced(Max);
        for g in [
            AnyBalance::Sqrt,
            AnyBalance::Barker,
            AnyBalance::Min,
            AnyBalance::Max,
        ] {
            balanced(g);
        }
    }
}
