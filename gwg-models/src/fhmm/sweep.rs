//! Draws of whole paths of the hidden chains, one chain after the other.

use super::Fhmm;
use super::model::bit;
use super::path::Step;
use crate::conditional::bit as draw_bit;
use crate::number::at;
use gwg_core::target::{Held, Sweep, SweepBatch};
use gwg_core::{Bits, Real, StepCounts, Target};

/// The log-odds from an observed site, which outweigh all other evidence.
const CERTAIN: f64 = 1e30;

impl<R: Real> Fhmm<R> {
    /// The log-odds of chain `factor` being 1 from each time's own observation, given the other chains.
    #[inline(always)]
    fn evidence(
        &self,
        factor: usize,
        (x, held): (&[u8], Held<'_, u8>),
        beta: R,
        residuals: &[R],
        evidence: &mut [R],
    ) {
        let rows = x.chunks_exact(self.factors());
        for ((row, &r), e) in rows.zip(residuals).zip(evidence.iter_mut()) {
            let here = row.get(factor).copied().unwrap_or(0);
            *e = beta * self.push::<false>(factor, here.into(), r);
        }
        if let Some(first) = evidence.first_mut() {
            *first += beta * self.first;
        }
        if held.is_empty() {
            return;
        }
        for (time, e) in evidence.iter_mut().enumerate() {
            if let Some(symbol) = held.at(time * self.factors() + factor) {
                let certain = R::from_f64(CERTAIN);
                *e = if symbol == 0 { -certain } else { certain };
            }
        }
    }

    /// Draws chain `factor` backward through its filtered evidence; returns the number of sites changed.
    #[inline(always)]
    fn draw_path<B: Bits>(
        &self,
        factor: usize,
        (x, held): (&mut [u8], Held<'_, u8>),
        step: &Step<R>,
        residuals: &mut [R],
        filtered: &[R],
        bits: &mut B,
    ) -> u64 {
        let w = at(&self.weights, factor);
        let (mut hops, mut next) = (0, None);
        let rows = x.chunks_exact_mut(self.factors()).enumerate().rev();
        let times = residuals.iter_mut().zip(filtered).rev();
        for ((time, row), (r, &filtered)) in rows.zip(times) {
            let drawn = draw_bit(step.one(filtered, next), bits);
            let new = held.or(time * self.factors() + factor, drawn);
            next = Some(new);
            if let Some(old) = row.get_mut(factor) {
                *r += w * (bit::<R>(*old) - bit::<R>(new));
                hops += u64::from(core::mem::replace(old, new) != new);
            }
        }
        hops
    }

    /// Calls `visit` with every outcome of the chains from `factor` on, and its probability.
    fn outcomes(
        &self,
        factor: usize,
        x: &mut [u8],
        probability: f64,
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        if factor == self.factors() {
            return visit(x, probability);
        }
        let times = self.length();
        let residuals: Vec<R> = (0..times).map(|t| self.residual(x, t)).collect();
        let mut filtered = residuals.clone();
        self.evidence(factor, (x, held), beta, &residuals, &mut filtered);
        let step = Step::new(beta * self.stay);
        step.filter(&mut filtered);
        let before = x.to_vec();
        for path in 0..1u64 << times {
            let (mut p, mut next) = (probability, None);
            for (t, &filtered) in filtered.iter().enumerate().rev() {
                let (one, new) = (step.one(filtered, next), (path >> t & 1) as u8);
                let site = t * self.factors() + factor;
                p *= match held.at(site) {
                    Some(symbol) => f64::from(u8::from(symbol == new)),
                    None if new == 1 => one,
                    None => 1.0 - one,
                };
                next = Some(new);
                x[site] = new;
            }
            if p > 0.0 || held.is_empty() {
                self.outcomes(factor + 1, x, p, beta, held, visit);
            }
        }
        x.copy_from_slice(&before);
    }
}

/// Sweeps (Scott, "Bayesian methods for hidden Markov models", JASA 97 (2002)): chain by chain, draws the whole path
/// `x_1k .. x_Nk` from its exact conditional distribution given the other chains, by forward filtering and backward
/// sampling. At inverse temperatures other than 1, the recursion is the same with all logarithms scaled.
///
/// No proposal is rejected. In the fixed order of the chains the sweep is not reversible, except with one chain: then
/// sweeps are independent draws. Cost: `O(length)` per chain, one exponential and two divisions per site; two numbers
/// of scratch per time, for any number of walkers. A site is drawn with 53 random bits; its probability has the
/// precision of the model.
///
/// With too little scratch, `log_prob` is NaN and the walkers do not move.
impl<R: Real> Sweep for Fhmm<R> {
    fn holds_sites(&self) -> bool {
        true
    }

    fn sweep_scratch_len(&self, _: usize) -> usize {
        2 * self.length()
    }

    #[inline(always)]
    fn sweep<B: Bits>(
        &self,
        batch: &mut dyn SweepBatch<R, u8>,
        scratch: &mut [R],
        bits: &mut [B],
        counts: &mut [StepCounts],
    ) {
        let length = self.length();
        let Some((residuals, rest)) = scratch.split_at_mut_checked(length) else {
            return give_up(batch);
        };
        let Some(filtered) = rest.get_mut(..length) else {
            return give_up(batch);
        };
        for ((k, bits), counts) in (0..batch.rows()).zip(bits).zip(counts) {
            let mut w = batch.row(k);
            for (time, r) in residuals.iter_mut().enumerate() {
                *r = self.residual(w.x, time);
            }
            let step = Step::new(w.beta * self.stay);
            for factor in 0..self.factors() {
                self.evidence(factor, (w.x, w.held), w.beta, residuals, filtered);
                step.filter(filtered);
                counts.sites_changed +=
                    self.draw_path(factor, (w.x, w.held), &step, residuals, filtered, bits);
            }
            counts.accepted += 1;
            let log_prob = self.log_prob(w.x);
            w.set_log_prob(log_prob);
        }
    }

    fn sweep_probabilities(
        &self,
        x: &[u8],
        beta: R,
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
    ) {
        self.outcomes(0, &mut x.to_vec(), 1.0, beta, held, visit);
    }
}

fn give_up<R: Real>(batch: &mut dyn SweepBatch<R, u8>) {
    for k in 0..batch.rows() {
        batch.row(k).set_log_prob(f64::NAN);
    }
}
