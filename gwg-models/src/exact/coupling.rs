//! Coupling from the past: exact draws of attractive Ising models of any size.

use super::ExactError;
use super::elimination::{LogFactor, LogFactors};
use gwg_core::{Bits, Real, SplitMix64, Symbol};

/// Sweeps of the first attempt; each further one has twice as many.
const FIRST: u64 = 8;

/// Exact draws of an Ising model without frustration, by coupling from the past (Propp and Wilson 1996).
///
/// `f(x) = sum_(i,j) K_ij s_i s_j + sum_i h_i s_i + constant`, `s = 2x - 1`, with any fields. If the product of the couplings around every cycle is positive, spins can be turned over so
/// that no coupling is negative: ferromagnets on any graph, antiferromagnets on bipartite ones. Heat-bath sweeps with common random numbers then keep the order of two configurations, and
/// where sweeps from a time in the past lead from all spins up and from all spins down to one configuration, it is a draw from the distribution. If they do
/// not, they begin twice as far in the past, with the same numbers for the same times.
///
/// # Cost
/// Sweeps of two configurations, of about 20 ns per site. Their number grows as the logarithm of the number of sites above the critical temperature and exponentially with
/// the number of sites of the smaller domain below it, where there is no field: there, the limit is an error.
#[derive(Clone, Debug)]
pub struct CouplingFromThePast {
    /// The sites that are drawn.
    sites: Vec<u32>,
    /// Whether a spin is turned over.
    turned: Vec<bool>,
    fields: Vec<f64>,
    starts: Vec<usize>,
    neighbors: Vec<(u32, f64)>,
    /// The symbols of sites that are not drawn.
    held: Vec<Option<bool>>,
}

/// Two configurations, the lower never above the upper, as spins of 1 and -1.
struct Pair {
    low: Vec<f64>,
    high: Vec<f64>,
}

impl CouplingFromThePast {
    /// Prepares a model of sites of two states, `observed` at some of them, whose terms are of one or two sites.
    ///
    /// # Errors
    /// [`ExactError::NotIsing`] for other models; [`ExactError::Frustrated`] with two neighbors on a cycle whose product of couplings is negative.
    ///
    /// # Cost
    /// `O(sites + terms)`.
    pub fn new(
        factors: &LogFactors,
        observed: impl Fn(usize) -> Option<usize>,
    ) -> Result<Self, ExactError> {
        let held: Vec<Option<bool>> = (0..factors.sites())
            .map(|site| observed(site).map(|symbol| symbol != 0))
            .collect();
        if let Some(site) = factors.states.iter().position(|&q| q != 2) {
            return Err(ExactError::NotIsing { site });
        }
        let mut variable = vec![u32::MAX; held.len()];
        let mut sites = Vec::new();
        for site in (0..held.len()).filter(|&site| held[site].is_none()) {
            variable[site] = sites.len() as u32;
            sites.push(site as u32);
        }
        let mut fields = vec![0.0; sites.len()];
        let mut bonds: Vec<(u32, u32, f64)> = Vec::new();
        for term in &factors.factors {
            let (h, k) = spins(term)?;
            let own: Vec<u32> = term
                .sites
                .iter()
                .map(|&site| variable[site as usize])
                .collect();
            let spin = |place: usize| match held.get(term.sites[place] as usize) {
                Some(Some(false)) => -1.0,
                _ => 1.0,
            };
            for (place, &v) in own.iter().enumerate() {
                if v != u32::MAX {
                    fields[v as usize] += h[place];
                }
            }
            match own[..] {
                [u32::MAX, u32::MAX] => {}
                [v, u32::MAX] => fields[v as usize] += k * spin(1),
                [u32::MAX, v] => fields[v as usize] += k * spin(0),
                [i, j] if k != 0.0 => bonds.extend([(i, j, k), (j, i, k)]),
                _ => {}
            }
        }
        bonds.sort_by_key(|&(i, j, _)| (i, j));
        // Terms of the same two sites are one coupling, whose sign counts.
        bonds.dedup_by(|next, sum| {
            let same = (next.0, next.1) == (sum.0, sum.1);
            sum.2 += if same { next.2 } else { 0.0 };
            same
        });
        bonds.retain(|&(_, _, k)| k != 0.0);
        let place = |v: usize| bonds.partition_point(|&(i, ..)| (i as usize) < v);
        let mut made = Self {
            starts: (0..=sites.len()).map(place).collect(),
            neighbors: bonds.iter().map(|&(_, j, k)| (j, k)).collect(),
            turned: vec![false; sites.len()],
            fields,
            sites,
            held,
        };
        made.turn()?;
        Ok(made)
    }

    fn of(&self, v: usize) -> &[(u32, f64)] {
        &self.neighbors[self.starts[v]..self.starts[v + 1]]
    }

    /// Turns spins over so that all couplings are positive.
    fn turn(&mut self) -> Result<(), ExactError> {
        let mut seen = vec![false; self.sites.len()];
        let mut open = Vec::new();
        for first in 0..self.sites.len() {
            if std::mem::replace(&mut seen[first], true) {
                continue;
            }
            open.push(first);
            while let Some(v) = open.pop() {
                for place in self.starts[v]..self.starts[v + 1] {
                    let (u, k) = self.neighbors[place];
                    let (u, wanted) = (u as usize, self.turned[v] != (k < 0.0));
                    if !std::mem::replace(&mut seen[u], true) {
                        self.turned[u] = wanted;
                        open.push(u);
                    } else if self.turned[u] != wanted {
                        let sites = [v, u].map(|v| self.sites[v] as usize);
                        return Err(ExactError::Frustrated { sites });
                    }
                }
            }
        }
        for (h, &turned) in self.fields.iter_mut().zip(&self.turned) {
            *h = if turned { -*h } else { *h };
        }
        self.neighbors.iter_mut().for_each(|(_, k)| *k = k.abs());
        Ok(())
    }

    /// Draws a configuration at the inverse temperature `beta`, a function of `key` alone: of independent keys, an independent one. Returns how many sweeps
    /// before the present it began.
    ///
    /// # Errors
    /// [`ExactError::InverseTemperature`] for a negative or infinite `beta`; [`ExactError::NotCoupled`] if `most` sweeps do not suffice; [`ExactError::Stopped`] once `stop` returns true. `x` is
    /// not changed then. A program that draws again with another key after an error prefers draws that couple fast, which is a bias.
    ///
    /// # Panics
    /// If `x` has fewer symbols than the model has sites.
    pub fn draw<S: Symbol>(
        &self,
        x: &mut [S],
        (beta, key): (f64, u64),
        most: u64,
        stop: &dyn Fn() -> bool,
    ) -> Result<u64, ExactError> {
        assert!(x.len() >= self.held.len(), "one symbol per site");
        if !(beta.is_finite() && beta >= 0.0) {
            return Err(ExactError::InverseTemperature { found: beta });
        }
        let mut pair = Pair {
            low: Vec::new(),
            high: Vec::new(),
        };
        let mut sweeps = FIRST.min(most);
        while !self.attempt(&mut pair, (beta, key), sweeps, stop)? {
            if sweeps >= most {
                return Err(ExactError::NotCoupled { sweeps });
            }
            sweeps = sweeps.saturating_mul(2).min(most);
        }
        for (symbol, held) in x.iter_mut().zip(&self.held) {
            if let Some(held) = held {
                *symbol = S::from_index(usize::from(*held));
            }
        }
        for ((&site, &turned), &s) in self.sites.iter().zip(&self.turned).zip(&pair.low) {
            x[site as usize] = S::from_index(usize::from((s > 0.0) != turned));
        }
        Ok(sweeps)
    }

    /// Sweeps from the past to the present, and whether both configurations are one.
    fn attempt(
        &self,
        pair: &mut Pair,
        (beta, key): (f64, u64),
        sweeps: u64,
        stop: &dyn Fn() -> bool,
    ) -> Result<bool, ExactError> {
        for (spins, start) in [(&mut pair.low, -1.0), (&mut pair.high, 1.0)] {
            spins.clear();
            spins.resize(self.sites.len(), start);
        }
        let mut apart = !self.sites.is_empty();
        for before in (1..=sweeps).rev() {
            if stop() {
                return Err(ExactError::Stopped);
            }
            // The numbers of a time, however far back an attempt begins.
            let mut bits = SplitMix64::new(SplitMix64::mix(key ^ SplitMix64::mix(before)));
            if apart {
                apart = self.sweep_both(pair, beta, &mut bits);
            } else {
                self.sweep_one(&mut pair.low, beta, &mut bits);
            }
        }
        Ok(!apart)
    }

    /// Returns whether the configurations differ.
    fn sweep_both(&self, pair: &mut Pair, beta: f64, bits: &mut SplitMix64) -> bool {
        let mut apart = false;
        for v in 0..self.sites.len() {
            let threshold = threshold(bits);
            let (mut low, mut high) = (self.fields[v], self.fields[v]);
            for &(u, k) in self.of(v) {
                low += k * pair.low[u as usize];
                high += k * pair.high[u as usize];
            }
            pair.low[v] = spin(2.0 * beta * low, threshold);
            pair.high[v] = spin(2.0 * beta * high, threshold);
            apart |= pair.low[v] < pair.high[v];
        }
        apart
    }

    fn sweep_one(&self, spins: &mut [f64], beta: f64, bits: &mut SplitMix64) {
        for v in 0..self.sites.len() {
            let threshold = threshold(bits);
            let mut pull = self.fields[v];
            for &(u, k) in self.of(v) {
                pull += k * spins[u as usize];
            }
            spins[v] = spin(2.0 * beta * pull, threshold);
        }
    }
}

/// The log-odds that a uniform number belongs to: below those of a spin with probability `p` in `p` of all cases. One logarithm for both configurations.
fn threshold(bits: &mut SplitMix64) -> f64 {
    let u = bits.unit::<f64>() + 0.5_f64.powi(54);
    Real::ln(u / (1.0 - u))
}

fn spin(logit: f64, threshold: f64) -> f64 {
    if threshold < logit { 1.0 } else { -1.0 }
}

/// A term as fields of its sites and a coupling.
fn spins(term: &LogFactor) -> Result<([f64; 2], f64), ExactError> {
    match (&term.sites[..], &term.table[..]) {
        ([], _) => Ok(([0.0; 2], 0.0)),
        ([_], &[a, b]) => Ok(([(b - a) / 2.0, 0.0], 0.0)),
        ([_, _], &[a, b, c, d]) => {
            let h = [(c + d - a - b) / 4.0, (b + d - a - c) / 4.0];
            Ok((h, (a + d - b - c) / 4.0))
        }
        (sites, _) => Err(ExactError::NotIsing {
            site: sites.first().copied().unwrap_or_default() as usize,
        }),
    }
}
