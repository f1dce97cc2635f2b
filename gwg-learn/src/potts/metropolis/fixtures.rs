//! Small models whose states are enumerated.

use crate::potts::pairs::PairPotts;

/// Symbol `i` of state `x`.
pub(super) fn symbol(x: usize, i: usize, q: usize) -> usize {
    x / q.pow(i as u32) % q
}

pub(super) fn model(sites: usize, q: usize) -> PairPotts<f32> {
    let mut model = PairPotts::zeros(sites, q).unwrap();
    let (h, j) = model.parts_mut();
    h.iter_mut()
        .zip(1..)
        .for_each(|(h, k)| *h = (2.3 * k as f32).cos());
    j.iter_mut()
        .zip(1..)
        .for_each(|(j, k)| *j = 1.5 * (1.7 * k as f32).sin());
    model
}

/// The probabilities of all states.
pub(super) fn law(model: &PairPotts<f32>) -> Vec<f64> {
    let (sites, q) = (model.sites(), model.states());
    let state = |x: usize| {
        (0..sites)
            .map(|i| symbol(x, i, q) as u8)
            .collect::<Vec<u8>>()
    };
    let states = 0..q.pow(sites as u32);
    let weights: Vec<f64> = states.map(|x| model.log_prob(&state(x)).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}
