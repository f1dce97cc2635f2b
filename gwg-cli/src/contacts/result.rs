//! The results of `gwg contacts`.

use super::model::{About, Estimate, Source};
use crate::failure::Failure;
use crate::flags::ContactsFlags;
use crate::named::Named;
use gwg_learn::{AverageProduct, Contacts, frobenius_apc, precision};
use gwg_models::io::visible_path;
use serde::Serialize;
use std::time::Instant;

/// The `--summary` object.
#[derive(Debug, Serialize)]
pub(super) struct ContactsResult {
    version: &'static str,
    pub(super) input: String,
    pub(super) sites: usize,
    pub(super) states: usize,
    #[serde(flatten)]
    pub(super) about: About,
    pub(super) separation: usize,
    /// Whether the couplings of the gap count; `None` without a gap.
    pub(super) gap_counts: Option<bool>,
    /// The number of pairs that are ranked.
    pub(super) pairs: usize,
    /// The number of known contacts among them.
    pub(super) contacts: Option<usize>,
    /// The fraction of contacts among the first pairs.
    pub(super) precision: Option<Named<Option<f64>>>,
    /// The first pairs, the best first, one per site.
    top: Vec<Ranked>,
    seed: u64,
    pub(super) seconds: f64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) interrupted: bool,
    #[serde(skip)]
    pub(super) ranked: Vec<Ranked>,
}

/// A pair of sites, from 0; from 1 where it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) pair: (usize, usize),
    pub(super) score: f64,
    /// Whether it is a known contact; `None` without a reference.
    pub(super) contact: Option<bool>,
}

impl Serialize for Ranked {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.pair.0 + 1, self.pair.1 + 1, self.score).serialize(serializer)
    }
}

impl ContactsResult {
    pub(super) fn of(
        flags: &ContactsFlags,
        source: Source,
        reference: Option<&Contacts>,
    ) -> Result<Self, Failure> {
        let began = Instant::now();
        let sites = source.sites();
        if sites <= flags.separation + 1 {
            return Err(Failure::usage(format!(
                "--separation: found {}, but of {sites} sites no two are farther apart; use a smaller one",
                flags.separation
            )));
        }
        let Estimate {
            model,
            gap,
            about,
            interrupted,
        } = source.estimate(flags)?;
        let counted = gap.filter(|_| !flags.count_gap);
        let scores = frobenius_apc(&model, counted, AverageProduct::Sums);
        if scores.iter().any(|(_, score)| !score.is_finite()) {
            return Err(Failure::run(format!(
                "{}: found couplings whose norms are above the largest number; divide them all by a number, which keeps the ranks",
                visible_path(&flags.what)
            )));
        }
        let ranked = rank(scores.iter(), flags.separation, reference);
        let order: Vec<_> = ranked.iter().map(|ranked| ranked.pair).collect();
        let precision = reference.map(|known| {
            let all = precision(&order, known, sites);
            let finite = |x: f64| Some(x).filter(|x| x.is_finite());
            all.iter().map(|p| (p.name, finite(p.precision))).collect()
        });
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            input: flags.what.to_string_lossy().into_owned(),
            sites,
            states: model.states(),
            about,
            separation: flags.separation,
            gap_counts: gap.map(|_| flags.count_gap),
            pairs: ranked.len(),
            contacts: reference.map(|_| ranked.iter().filter(|r| r.contact == Some(true)).count()),
            precision,
            top: ranked.iter().take(sites).copied().collect(),
            seed: flags.work.seed,
            seconds: began.elapsed().as_secs_f64(),
            interrupted,
            ranked,
        })
    }
}

/// The pairs that are far enough apart, the highest score first; equal scores in the order of the sites.
fn rank(
    scores: impl Iterator<Item = ((usize, usize), f64)>,
    separation: usize,
    reference: Option<&Contacts>,
) -> Vec<Ranked> {
    let far = scores.filter(|((i, j), _)| j - i > separation);
    let mut all: Vec<Ranked> = far
        .map(|(pair, score)| Ranked {
            pair,
            score,
            contact: reference.map(|known| known.contains(pair.0, pair.1)),
        })
        .collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_ranked_by_their_scores_and_written_from_1() {
        let scores = [((0, 1), 9.0), ((0, 2), 0.5), ((0, 3), 1.5), ((1, 3), 0.5)];
        let known = Contacts::new([(3, 1)]);
        let ranked = rank(scores.into_iter(), 1, Some(&known));
        let pairs: Vec<_> = ranked.iter().map(|r| (r.pair, r.contact)).collect();
        let wanted = [((0, 3), false), ((0, 2), false), ((1, 3), true)];
        assert_eq!(pairs, wanted.map(|(pair, is)| (pair, Some(is))));
        assert_eq!(serde_json::to_string(&ranked[0]).unwrap(), "[1,4,1.5]");
    }
}
