//! The uniform distribution of the sites that are not observed.

use crate::log_z::Base;
use gwg_chains::Generator;
use gwg_core::target::AffectedMoves;
use gwg_core::{Bits, Delta, Gradient, Local, Move, Multilinear, Real, Space, Target};
use std::marker::PhantomData;

/// The uniform distribution of the sites that are not observed, `f(x) = 0`, from which annealing to a posterior begins.
#[derive(Clone, Debug)]
pub struct Uniform<S, R> {
    space: S,
    observed: Vec<Option<u8>>,
    real: PhantomData<R>,
}

impl<S, R> Uniform<S, R> {
    pub(super) fn new(space: S, observed: &[Option<u8>]) -> Self {
        Self {
            space,
            observed: observed.to_vec(),
            real: PhantomData,
        }
    }
}

impl<S: Space<Symbol = u8>, R: Real> Target for Uniform<S, R> {
    type Real = R;
    type Space = S;

    #[inline]
    fn space(&self) -> &S {
        &self.space
    }

    fn log_prob(&self, _: &[u8]) -> f64 {
        0.0
    }
}

impl<S: Space<Symbol = u8>, R: Real> Gradient for Uniform<S, R> {
    fn value_and_gradient(&self, _: &[u8], gradient: &mut [R], _: &mut [R]) -> f64 {
        gradient.fill(R::ZERO);
        0.0
    }
}

impl<S: Space<Symbol = u8>, R: Real> Delta for Uniform<S, R> {
    fn delta(&self, _: &[u8], _: &[R], _: Move) -> R {
        R::ZERO
    }
}

impl<S: Space<Symbol = u8>, R: Real> Local for Uniform<S, R> {
    fn max_affected(&self) -> usize {
        0
    }

    fn update_affected(&self, _: &[u8], _: &mut [R], _: Move, _: &mut AffectedMoves<'_, R>) {}
}

impl<S: Space<Symbol = u8>, R: Real> Multilinear for Uniform<S, R> {}

impl<S: Space<Symbol = u8> + Sync, R: Real> Base for Uniform<S, R> {
    fn sites(&self) -> usize {
        self.space.sites()
    }

    fn states_at(&self, site: usize) -> usize {
        self.space.states_at(site)
    }

    fn log_prob(&self, _: &[u8]) -> f64 {
        0.0
    }

    fn log_z(&self) -> f64 {
        let free = (0..).zip(&self.observed).filter(|(_, held)| held.is_none());
        let states = free.map(|(site, _)| self.space.states_at(site) as f64);
        states.map(Real::ln).sum()
    }

    fn draw(&self, x: &mut [u8], bits: &mut Generator) {
        for (site, (x, held)) in x.iter_mut().zip(&self.observed).enumerate() {
            *x = held.unwrap_or_else(|| bits.below(self.space.states_at(site)) as u8);
        }
    }
}
