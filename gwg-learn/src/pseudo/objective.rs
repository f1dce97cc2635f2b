//! Sums of terms of single sites over rows, with a penalty, and their gradient.

use gwg_chains::{Stop, Threads};

use super::loss::SiteLoss;
use super::site::{SiteTerm, width};
use crate::potts::split_pairs;
use crate::{Data, PairPotts};

/// The parameters as slices.
#[derive(Clone, Copy)]
pub(super) struct Parameters<'a> {
    pub(super) sites: usize,
    pub(super) states: usize,
    pub(super) field: &'a [f64],
    pub(super) coupling: &'a [f64],
}

impl Parameters<'_> {
    pub(super) fn block(&self, i: usize, j: usize) -> &[f64] {
        let len = self.states * self.states;
        &self.later(i)[(j - i - 1) * len..(j - i) * len]
    }

    /// The couplings `J[i, j]` of all `j > i`.
    fn later(&self, i: usize) -> &[f64] {
        let len = self.states * self.states;
        let begin = i * (2 * self.sites - i - 1) / 2 * len;
        &self.coupling[begin..begin + (self.sites - i - 1) * len]
    }
}

/// The objective of an estimate of a Potts model by single sites, per unit of weight:
/// `1/W sum_n w_n sum_i t(x_n, i) + l_h |h|^2 + l_J sum_{i < j} |J[i, j]|^2`, `W = sum_n w_n`, with the terms `t` of a [`SiteLoss`].
///
/// Terms are functions of `h[i, a] + sum_j J[i, j, a, x_j]`, the logits of a site given all others. Those of the pseudo-likelihood and of the
/// probability flow are convex. Without penalties the objective is smallest at the true parameters if the weights are the true probabilities of all
/// states. For two states it is that of an Ising model.
#[derive(Clone, Debug)]
pub struct SiteObjective<'a> {
    /// The terms.
    pub loss: SiteLoss,
    /// The rows and their weights.
    pub data: &'a Data,
    /// `l_h`, the penalty of the field.
    pub field_penalty: f64,
    /// `l_J`, the penalty of the couplings.
    pub coupling_penalty: f64,
    /// The threads, over which sites are spread; the result has the same bits for any number of them.
    pub threads: Threads,
}

impl SiteObjective<'_> {
    /// The objective at a model; its gradient is written to `gradient`.
    ///
    /// # Cost
    /// `O(rows L^2 q)` operations; memory of `L^2 q` times the number of states, rounded up to a multiple of 8.
    ///
    /// # Panics
    /// If the models do not have the sites and states of the data.
    pub fn evaluate(&self, model: &PairPotts<f64>, gradient: &mut PairPotts<f64>) -> f64 {
        let shape = (self.data.sites(), self.data.states());
        assert_eq!(
            (model.sites(), model.states()),
            shape,
            "the shape of the data"
        );
        assert_eq!(
            (gradient.sites(), gradient.states()),
            shape,
            "the shape of the data"
        );
        let parameters = Parameters {
            sites: shape.0,
            states: shape.1,
            field: model.field(),
            coupling: model.coupling(),
        };
        let (field, coupling) = gradient.parts_mut();
        self.evaluate_parts(parameters, field, coupling, Stop::never())
    }

    /// The same; meaningless once `stop` is due.
    pub(super) fn evaluate_parts(
        &self,
        parameters: Parameters<'_>,
        field: &mut [f64],
        coupling: &mut [f64],
        stop: Stop<'_>,
    ) -> f64 {
        let (sites, q) = (parameters.sites, parameters.states);
        let mut terms: Vec<SiteTerm> = (0..sites).map(SiteTerm::new).collect();
        self.threads.each(&mut terms, |term| {
            if !stop.is_due() {
                term.evaluate(self.loss, &parameters, self.data);
            }
        });
        if stop.is_due() {
            return f64::NAN;
        }
        let scale = 1.0 / self.data.effective_rows();
        let mut value = scale * terms.iter().map(|term| term.value).sum::<f64>();

        for (to, term) in field.chunks_exact_mut(q).zip(&terms) {
            to.fill(0.0);
            let own = term.site * q * width(q)..(term.site + 1) * q * width(q);
            for part in term.gradient[own].chunks_exact(width(q)) {
                let parts = to.iter_mut().zip(part);
                parts.for_each(|(to, part)| *to += scale * part);
            }
        }
        value += penalize(parameters.field, field, self.field_penalty);

        let gradients = split_pairs(coupling, sites, q * q);
        let mut parts: Vec<Part<'_>> = gradients.into_iter().enumerate().map(Part::new).collect();
        self.threads.each(&mut parts, |part| {
            for (other, to) in (part.site + 1..sites).zip(part.gradient.chunks_exact_mut(q * q)) {
                combine(&terms, (part.site, other), scale, to, q);
            }
            let values = parameters.later(part.site);
            part.penalty = penalize(values, part.gradient, self.coupling_penalty);
        });
        value + parts.iter().map(|part| part.penalty).sum::<f64>()
    }
}

/// The derivatives by the couplings `J[site, j]`, `j > site`, and their penalty.
struct Part<'a> {
    site: usize,
    gradient: &'a mut [f64],
    penalty: f64,
}

impl<'a> Part<'a> {
    fn new((site, gradient): (usize, &'a mut [f64])) -> Self {
        Self {
            site,
            gradient,
            penalty: 0.0,
        }
    }
}

/// Writes the sum of the derivatives of the terms of two sites by their coupling.
fn combine(terms: &[SiteTerm], (i, j): (usize, usize), scale: f64, to: &mut [f64], q: usize) {
    let width = width(q);
    let table = |site: usize, other: usize| {
        &terms[site].gradient[other * q * width..(other + 1) * q * width]
    };
    let (of_i, of_j) = (table(i, j), table(j, i));
    for ((a, row), from_j) in to
        .chunks_exact_mut(q)
        .enumerate()
        .zip(of_j.chunks_exact(width))
    {
        let from_i = of_i.iter().skip(a).step_by(width);
        for ((to, from_i), from_j) in row.iter_mut().zip(from_i).zip(from_j) {
            *to = scale * (from_i + from_j);
        }
    }
}

/// Adds the gradient of a penalty, and returns the penalty.
fn penalize(values: &[f64], gradient: &mut [f64], penalty: f64) -> f64 {
    let mut sum = 0.0;
    for (to, value) in gradient.iter_mut().zip(values) {
        *to += 2.0 * penalty * value;
        sum += value * value;
    }
    penalty * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroUsize;

    fn number(k: usize) -> f64 {
        (1.0 + 3.7 * k as f64).sin()
    }

    fn model(sites: usize, q: usize) -> PairPotts<f64> {
        let mut model = PairPotts::zeros(sites, q).unwrap();
        let (field, coupling) = model.parts_mut();
        for (k, v) in field.iter_mut().chain(coupling).enumerate() {
            *v = number(k);
        }
        model
    }

    fn data(rows: usize, sites: usize, q: usize) -> Data {
        let symbols = (0..rows * sites)
            .map(|k| ((k * k + k / 7) % 97 % q) as u8)
            .collect();
        let weights = (0..rows).map(|k| 0.5 + (k % 3) as f64).collect();
        Data::new(symbols, sites, q)
            .unwrap()
            .with_weights(weights)
            .unwrap()
    }

    fn objective(data: &Data, threads: usize) -> SiteObjective<'_> {
        SiteObjective {
            loss: SiteLoss::PseudoLikelihood,
            data,
            field_penalty: 0.03,
            coupling_penalty: 0.02,
            threads: Threads::new(NonZeroUsize::new(threads).unwrap()).unwrap(),
        }
    }

    /// The definition.
    fn value(objective: &SiteObjective<'_>, model: &PairPotts<f64>) -> f64 {
        let data = objective.data;
        let mut sum = 0.0;
        for row in 0..data.rows() {
            for site in 0..data.sites() {
                let mut x = data.row(row).to_vec();
                let (own, before) = (x[site], model.log_prob(&x));
                let mut changes = Vec::new();
                for a in (0..data.states()).filter(|&a| a != usize::from(own)) {
                    x[site] = a as u8;
                    changes.push(model.log_prob(&x) - before);
                }
                let over = |of: fn(&f64) -> f64| changes.iter().map(of).sum::<f64>();
                sum += data.weights()[row]
                    * match objective.loss {
                        SiteLoss::PseudoLikelihood => (1.0 + over(|d| d.exp())).ln(),
                        SiteLoss::ProbabilityFlow => over(|d| (d / 2.0).exp()),
                        SiteLoss::RatioMatching => over(|d| (1.0 + (-d).exp()).powi(-2)),
                    };
            }
        }
        let squares = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>();
        sum / data.effective_rows()
            + objective.field_penalty * squares(model.field())
            + objective.coupling_penalty * squares(model.coupling())
    }

    #[test]
    fn the_value_is_that_of_the_definition_and_the_gradient_that_of_its_differences() {
        let sizes = [2, 4, 5, 21, 33, 70].into_iter();
        for (q, loss) in sizes.flat_map(|q| SiteLoss::ALL.map(|loss| (q, loss))) {
            let (sites, data) = (4, data(30, 4, q));
            let objective = SiteObjective {
                loss,
                ..objective(&data, 1)
            };
            let model = model(sites, q);
            let mut gradient = PairPotts::zeros(sites, q).unwrap();
            let found = objective.evaluate(&model, &mut gradient);
            assert!(
                (found - value(&objective, &model)).abs() < 1e-10 * found,
                "{q}: {found}"
            );
            let step = 1e-5;
            for k in (0..model.field().len()).step_by(q / 2) {
                let mut moved = model.clone();
                moved.field_mut()[k] += step;
                let up = value(&objective, &moved);
                moved.field_mut()[k] -= 2.0 * step;
                let slope = (up - value(&objective, &moved)) / (2.0 * step);
                assert!(
                    (gradient.field()[k] - slope).abs() < 1e-7 * found,
                    "{q} h {k} {slope}"
                );
            }
            for k in (0..model.coupling().len()).step_by(1 + q * q / 5) {
                let mut moved = model.clone();
                moved.coupling_mut()[k] += step;
                let up = value(&objective, &moved);
                moved.coupling_mut()[k] -= 2.0 * step;
                let slope = (up - value(&objective, &moved)) / (2.0 * step);
                assert!(
                    (gradient.coupling()[k] - slope).abs() < 1e-7 * found,
                    "{q} J {k} {slope}"
                );
            }
        }
    }

    #[test]
    fn the_gradient_is_zero_at_the_model_that_made_all_states() {
        for (sites, q) in [(4, 3), (6, 2)] {
            let model = model(sites, q);
            let all = q.pow(sites as u32);
            let state = |k: usize| (0..sites).map(move |i| (k / q.pow(i as u32) % q) as u8);
            let symbols: Vec<u8> = (0..all).flat_map(state).collect();
            let weights = symbols
                .chunks(sites)
                .map(|x| model.log_prob(x).exp())
                .collect();
            let data = Data::new(symbols, sites, q)
                .unwrap()
                .with_weights(weights)
                .unwrap();
            for loss in SiteLoss::ALL {
                let objective = SiteObjective {
                    loss,
                    data: &data,
                    field_penalty: 0.0,
                    coupling_penalty: 0.0,
                    threads: Threads::one(),
                };
                let mut gradient = PairPotts::zeros(sites, q).unwrap();
                objective.evaluate(&model, &mut gradient);
                let all = gradient.field().iter().chain(gradient.coupling());
                let largest = all.fold(0.0_f64, |most, g| most.max(g.abs()));
                assert!(largest < 1e-14, "{loss:?} {largest}");
                let mut other = model.clone();
                other.coupling_mut()[0] += 0.1;
                objective.evaluate(&other, &mut gradient);
                assert!(gradient.coupling()[0] > 1e-5, "{loss:?}");
            }
        }
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let data = data(50, 7, 5);
        let model = model(7, 5);
        let mut gradients = [1, 2, 3].map(|_| PairPotts::zeros(7, 5).unwrap());
        let values = [1, 2, 3].map(|n| objective(&data, n).evaluate(&model, &mut gradients[n - 1]));
        assert_eq!(values[0].to_bits(), values[1].to_bits());
        assert_eq!(values[0].to_bits(), values[2].to_bits());
        assert!(gradients[0] == gradients[1] && gradients[0] == gradients[2]);
    }
}
