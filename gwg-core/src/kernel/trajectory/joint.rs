//! The distribution of a step on the states of all models.

use super::{TrajectoryTempering, exchange_ratio};
use crate::accept;
use crate::target::{Held, Sweep, SymbolOf};

impl<L> TrajectoryTempering<L> {
    /// The distribution of one step from the states of all models and of the target, row-major, that exchanges pairs beginning with an even model (`parity` 0)
    /// or an odd one (1): calls `visit(states, probability)` for its outcomes, possibly several times for the same one.
    ///
    /// From the probabilities with which [`step`](crate::Kernel::step) draws and decides. For tests on models of a few sites: the cost is exponential in the
    /// number of sites of all models.
    pub fn joint_transitions<T: Sweep>(
        &self,
        target: &T,
        states: &[SymbolOf<T>],
        beta: T::Real,
        parity: usize,
        visit: &mut dyn FnMut(&[SymbolOf<T>], f64),
    ) where
        L: AsRef<[T]>,
    {
        let models: std::vec::Vec<&T> = self.models.as_ref().iter().chain([target]).collect();
        let mut swept = states.to_vec();
        sweep(&models, 0, beta, &mut swept, 1.0, &mut |states, p| {
            let mut states = states.to_vec();
            exchange(&models, parity, beta, &mut states, p, visit);
        });
    }
}

type Visit<'v, Y> = &'v mut dyn FnMut(&[Y], f64);

fn sweep<T: Sweep>(
    models: &[&T],
    k: usize,
    beta: T::Real,
    states: &mut [SymbolOf<T>],
    p: f64,
    visit: Visit<'_, SymbolOf<T>>,
) {
    let Some(model) = models.get(k) else {
        return visit(states, p);
    };
    let sites = states.len() / models.len();
    let before = states[k * sites..(k + 1) * sites].to_vec();
    // Each outcome once: their product is long enough.
    let mut outcomes = std::vec![(before.clone(), 1.0)];
    model.sweep_probabilities(&before, beta, Held::default(), &mut |y, q| {
        outcomes[0].1 -= q;
        match outcomes.iter_mut().find(|(known, _)| known[..] == *y) {
            Some((_, p)) => *p += q,
            None => outcomes.push((y.to_vec(), q)),
        }
    });
    for (y, q) in outcomes {
        states[k * sites..(k + 1) * sites].copy_from_slice(&y);
        sweep(models, k + 1, beta, states, p * q, visit);
    }
    states[k * sites..(k + 1) * sites].copy_from_slice(&before);
}

fn exchange<T: Sweep>(
    models: &[&T],
    k: usize,
    beta: T::Real,
    states: &mut [SymbolOf<T>],
    p: f64,
    visit: Visit<'_, SymbolOf<T>>,
) {
    let Some([model, next]) = models.get(k..k + 2) else {
        return visit(states, p);
    };
    let sites = states.len() / models.len();
    let [x, y] = [k, k + 1].map(|k| states[k * sites..(k + 1) * sites].to_vec());
    let (after, before) = (
        [model.log_prob(&y), next.log_prob(&x)],
        [model.log_prob(&x), next.log_prob(&y)],
    );
    let q = accept::probability(exchange_ratio(beta, after, before));
    exchange(models, k + 2, beta, states, p * (1.0 - q), visit);
    states[k * sites..(k + 1) * sites].copy_from_slice(&y);
    states[(k + 1) * sites..(k + 2) * sites].copy_from_slice(&x);
    exchange(models, k + 2, beta, states, p * q, visit);
    states[k * sites..(k + 1) * sites].copy_from_slice(&x);
    states[(k + 1) * sites..(k + 2) * sites].copy_from_slice(&y);
}
