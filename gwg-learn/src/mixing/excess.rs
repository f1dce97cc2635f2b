//! Whether the learning rate is too large for the chains.

use serde::{Deserialize, Serialize};

/// Updates that are averaged.
const WINDOW: f64 = 100.0;
/// Updates from one change of the rate to the next.
const UPDATES: u32 = 50;
/// The factors of a smaller and of a larger rate.
const CHANGES: [f64; 2] = [0.8, 1.05];
/// The multiple of the largest excess above which training would diverge within as many updates: the rate is halved after a tenth of the window.
const FAR: f64 = 5.0;
/// The rate is not made smaller than by this factor.
const SMALLEST: f64 = 0.01;

/// The mean square of the differences between the frequencies of single sites of chains and data, relative to that of as many independent draws, averaged
/// over about a hundred updates.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Excess {
    /// The factor of the learning rate.
    pub(crate) factor: f64,
    /// Averages that begin at 0, with the total weight of their terms: of the differences, and of the sum of their squares.
    mean: Vec<f64>,
    square: f64,
    weight: f64,
    /// Averages of the squares of the difference of the means of `f`, in standard errors, where it is below 0, and above.
    of_f: [f64; 2],
    weight_of_f: f64,
    /// Updates since the last change.
    waited: u32,
}

impl Excess {
    /// Of the frequencies of so many symbols of all sites.
    pub(crate) fn new(symbols: usize) -> Self {
        Self {
            factor: 1.0,
            mean: vec![0.0; symbols],
            square: 0.0,
            weight: 0.0,
            of_f: [0.0; 2],
            weight_of_f: 0.0,
            waited: 0,
        }
    }

    /// Takes in the states of the chains after an update; `target` are the frequencies of the data, shape (sites, states). The average.
    pub(crate) fn take(&mut self, target: &[f32], rows: &[u8], sites: usize) -> f64 {
        let (states, chains) = (target.len() / sites, rows.len() / sites);
        let mut counts = vec![0_u32; target.len()];
        for row in rows.chunks_exact(sites) {
            for (counts, &symbol) in counts.chunks_exact_mut(states).zip(row) {
                counts[usize::from(symbol)] += 1;
            }
        }
        let one = 1.0 / WINDOW;
        let mut square = 0.0;
        for ((mean, n), f) in self.mean.iter_mut().zip(counts).zip(target) {
            let difference = f64::from(n) / chains as f64 - f64::from(*f);
            square += difference * difference;
            *mean += one * (difference - *mean);
        }
        let noise = noise(target, chains);
        if noise > 0.0 {
            self.square += one * (square / noise - self.square);
            self.weight += one * (1.0 - self.weight);
        }
        self.waited += 1;
        self.square / self.weight
    }

    /// Takes in the difference of the means of `f` of data and chains, in standard errors of independent draws.
    pub(crate) fn take_f(&mut self, difference: f64) {
        if !difference.is_finite() {
            return;
        }
        let one = 1.0 / WINDOW;
        let sides = [difference.min(0.0), difference.max(0.0)];
        for (square, part) in self.of_f.iter_mut().zip(sides) {
            *square += one * (part * part - *square);
        }
        self.weight_of_f += one * (1.0 - self.weight_of_f);
    }

    /// The mean square of the differences of the means of `f`, by the smaller side of 0: 1 of independent draws, and 0 of a difference that keeps its sign.
    fn oscillation_of_f(&self) -> f64 {
        let [below, above] = self.of_f;
        2.0 * below.min(above) / self.weight_of_f.max(0.05)
    }

    /// Changes the factor of the rate, where it is due and the average is not in `range`; `target` is that of [`take`](Self::take).
    ///
    /// Above, the part of the average that is due to a lasting difference does not count: a model that is learned has one.
    pub(crate) fn follow(&mut self, range: [f64; 2], target: &[f32], chains: usize) {
        if self.waited < UPDATES / 5 || self.weight == 0.0 {
            return;
        }
        let lasting: f64 = self.mean.iter().map(|m| (m / self.weight).powi(2)).sum();
        let all = self.square / self.weight;
        let [least, most] = range;
        let above = (all - lasting / noise(target, chains)).max(self.oscillation_of_f());
        if above > FAR * most {
            let factor = (0.5 * self.factor).max(SMALLEST);
            // What is averaged is of the larger rate.
            *self = Self {
                factor,
                ..Self::new(self.mean.len())
            };
            return;
        }
        if self.waited < UPDATES || self.weight < 0.5 {
            return;
        }
        if all < least || above > most {
            self.factor = (self.factor * CHANGES[0]).max(SMALLEST);
        } else {
            self.factor = (self.factor * CHANGES[1]).min(1.0);
        }
        self.waited = 0;
    }
}

/// The expected sum of the squares of the differences, of independent draws.
fn noise(target: &[f32], chains: usize) -> f64 {
    let variances = target.iter().map(|&f| f64::from(f) * (1.0 - f64::from(f)));
    variances.sum::<f64>() / chains as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_chains::generator;
    use gwg_core::Bits;

    const SITES: usize = 4;
    const CHAINS: usize = 50;
    const TARGET: [f32; 2 * SITES] = [0.5; 2 * SITES];

    /// The average, and the factor after 1000 updates with these probabilities of ones.
    fn after(probability: impl Fn(u32, f64) -> f64) -> (f64, f64) {
        let (mut excess, mut bits) = (Excess::new(TARGET.len()), generator(3, 0));
        let (mut found, mut last) = (0.0, 0.5);
        for update in 0..1000 {
            let p = probability(update, last);
            let rows = (0..SITES * CHAINS).map(|_| u8::from(bits.unit::<f64>() < p));
            let rows: Vec<u8> = rows.collect();
            last = rows.iter().map(|&x| f64::from(x)).sum::<f64>() / rows.len() as f64;
            found = excess.take(&TARGET, &rows, SITES);
            excess.follow([0.5, 2.0], &TARGET, CHAINS);
        }
        (found, excess.factor)
    }

    #[test]
    fn independent_draws_have_an_excess_of_one() {
        let (found, factor) = after(|_, _| 0.5);
        // 400 squares of the last hundred updates: a standard deviation of about .05 with exponential weights.
        assert!((found - 1.0).abs() < 0.25, "{found}");
        assert_eq!(factor, 1.0);
    }

    #[test]
    fn chains_that_oscillate_make_the_rate_smaller() {
        let (found, factor) = after(|update, _| if update % 20 < 10 { 0.8 } else { 0.2 });
        // p (1 - p) of .8 and the squares of .3, relative to 1/4 / 50: .64 + 18.
        assert!((found - 18.64).abs() < 2.0, "{found}");
        assert!(factor < 0.02, "{factor}");
    }

    #[test]
    fn means_of_f_that_oscillate_make_it_smaller() {
        let factor = |difference: fn(u32) -> f64| {
            let (mut excess, mut bits) = (Excess::new(TARGET.len()), generator(3, 0));
            for update in 0..1000 {
                let rows = (0..SITES * CHAINS).map(|_| bits.below(2) as u8);
                excess.take(&TARGET, &rows.collect::<Vec<u8>>(), SITES);
                excess.take_f(difference(update));
                excess.follow([0.5, 2.0], &TARGET, CHAINS);
            }
            excess.factor
        };
        assert!(factor(|update| if update % 20 < 10 { 2.0 } else { -2.0 }) < 0.02);
        assert_eq!(
            factor(|update| if update % 2 == 0 { 1.0 } else { -1.0 }),
            1.0
        );
        assert_eq!(factor(|_| 7.0), 1.0);
        assert_eq!(factor(|_| f64::NAN), 1.0);
    }

    #[test]
    fn a_lasting_difference_does_not() {
        let (found, factor) = after(|_, _| 0.8);
        assert!(found > 15.0, "{found}");
        assert_eq!(factor, 1.0);
    }

    #[test]
    fn chains_that_have_the_frequencies_of_the_data_make_it_smaller() {
        let mut excess = Excess::new(TARGET.len());
        let rows: Vec<u8> = (0..SITES * CHAINS)
            .map(|k| u8::from((k / SITES).is_multiple_of(2)))
            .collect();
        for _ in 0..1000 {
            assert_eq!(excess.take(&TARGET, &rows, SITES), 0.0);
            excess.follow([0.5, 2.0], &TARGET, CHAINS);
        }
        assert!(excess.factor < 0.02, "{excess:?}");
    }

    #[test]
    fn sites_of_one_symbol_have_none() {
        let mut excess = Excess::new(2);
        for _ in 0..200 {
            assert!(excess.take(&[1.0, 0.0], &[0; 10], 1).is_nan());
            excess.follow([0.5, 2.0], &[1.0, 0.0], 10);
        }
        assert_eq!(excess.factor, 1.0);
    }
}
