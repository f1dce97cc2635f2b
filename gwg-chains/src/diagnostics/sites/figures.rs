//! R-hat and ESS of one site, and of the worst of all.

use super::super::ess::{ess, rough_times};
use super::super::fft::Fft;
use super::super::moments::mean_and_squares;
use super::super::{MIN_DRAWS, RHAT, normal};
use super::bits::Series;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

/// Sites in the list of the worst.
const WORST: usize = 10;

/// The probability that of a run whose chains agree any site is above its limit.
const CHANCE: f64 = 0.01;

/// The indicator of a symbol at a site: how often it was there, and how well that is known.
///
/// The indicator takes two values, so that its rank-normalized R-hat is that of the indicator itself, and tail ESS is bulk ESS.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
pub struct SiteFigure {
    /// The site, from 0.
    pub site: usize,
    /// The symbol; `None` of a random half of a large alphabet.
    pub symbol: Option<usize>,
    /// Its place among all indicators.
    #[serde(skip)]
    pub(super) cell: usize,
    /// Share of the draws with this symbol.
    pub mean: f64,
    /// Bulk ESS, in draws.
    pub ess: Option<f64>,
    /// R-hat; infinite where each chain stands still and not all at the same symbol, `None` with one chain.
    pub rhat: Option<f64>,
    /// ESS of half chains that have a mean of their own each, roughly.
    #[serde(skip)]
    within: f64,
    /// Draws, and rows of half chains.
    #[serde(skip)]
    shape: (usize, usize),
}

/// The figures of all sites whose symbols changed.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct SiteStatistics {
    /// Sites that were looked at: all, or a random subset.
    pub sites: usize,
    /// Sites of the model.
    pub of: usize,
    /// Of how many draws one was looked at.
    pub every: usize,
    /// Indicators of symbols that changed, which the figures are of.
    pub judged: usize,
    /// The worst, by R-hat and then by ESS: at most ten.
    pub worst: Vec<SiteFigure>,
    /// The figure with the least ESS.
    pub least_ess: Option<SiteFigure>,
    /// How many have an R-hat above [`limit`](Self::limit).
    pub disagree: usize,
    /// The limit of R-hat of the first of [`worst`](Self::worst): 1.01, or more where many sites and few effective draws make more likely by
    /// chance: chains that agree exceed the limit at any site with a probability of 1 %.
    pub limit: f64,
}

impl SiteFigure {
    /// `None` of an indicator that is the same in all draws, and of too few draws.
    #[inline(always)]
    pub(super) fn of(
        (cell, (site, symbol)): (usize, (usize, Option<usize>)),
        chains: &[Series],
        draws: usize,
    ) -> Option<Self> {
        let half = draws / 2;
        let ones: f64 = chains.iter().map(Series::ones).sum();
        let all = (chains.len() * draws) as f64;
        if draws < MIN_DRAWS || ones == 0.0 || ones == all {
            return None;
        }
        let rows = halves(chains, draws);
        let (n, count) = (half as f64, rows.len() as f64);
        let (_, spread) = mean_and_squares(rows.iter().map(|row| row.ones() / n))?;
        let covariance = |lag: usize| {
            let all: f64 = rows.iter().map(|row| row.autocovariance(lag)).sum();
            all / count
        };
        let here = covariance(0);
        let total = here + spread / (count - 1.0);
        let within = here * n / (n - 1.0);
        let draws = n * count;
        let size = |time: f64| draws / time.max(1.0 / draws.log10());
        let ratio = n * spread / (count - 1.0) / within;
        let rhat = (chains.len() > 1 && !ratio.is_nan()).then(|| ((ratio + n - 1.0) / n).sqrt());
        let correlations = |lag: usize| {
            let lagged = covariance(lag);
            [1.0 - (within - lagged) / total, lagged / here]
        };
        let [time, time_within] = rough_times(correlations, half);
        Some(Self {
            cell,
            site,
            symbol,
            mean: ones / all,
            ess: Some(size(time)),
            rhat,
            within: size(time_within),
            shape: (half, rows.len()),
        })
    }

    /// With the ESS by all lags in place of a rough one.
    pub(super) fn exactly(self, chains: &[Series], draws: usize) -> Self {
        let half = draws / 2;
        let rows = halves(chains, draws);
        let mut values: Vec<f64> = rows.iter().flat_map(Series::numbers).collect();
        Self {
            ess: ess(&mut values, half, &Fft::new(2 * half)),
            ..self
        }
    }

    /// The R-hat that one of `among` figures of chains that agree exceeds with the probability [`CHANCE`], but at least 1.01.
    ///
    /// The half chains' means then have the variance of a mean of so many effective draws: `ratio` times `within / draws` is a sum of squares of
    /// normal variables over its degrees of freedom.
    fn limit(&self, among: usize) -> f64 {
        let (half, rows) = (self.shape.0 as f64, self.shape.1 as f64);
        let z = normal::quantile(1.0 - CHANCE / among.max(1) as f64);
        let freedom = rows - 1.0;
        // Wilson and Hilferty (1931).
        let share = 2.0 / (9.0 * freedom);
        let mean_square = (1.0 - share + z * share.sqrt()).powi(3);
        // The correlation time is an estimate: as long as it may be, three of its standard errors longer (Madras and Sokal 1988, with a window of
        // three times).
        let longer = 1.0 + 3.0 * (12.0 / self.within).sqrt();
        let ratio = mean_square * half * rows / self.within * longer;
        ((ratio + half - 1.0) / half).sqrt().max(RHAT)
    }

    /// True where chance does not explain the R-hat.
    fn disagrees(&self, among: usize) -> bool {
        let limit = self.limit(among);
        self.rhat
            .is_some_and(|rhat| rhat > RHAT && (rhat > limit || limit.is_nan()))
    }
}

/// The first and the second half of each chain.
fn halves(chains: &[Series], draws: usize) -> Vec<Series> {
    let half = draws / 2;
    let of = |chain: &Series| [0, draws - half].map(|from| chain.part(from, half));
    chains.iter().flat_map(of).collect()
}

impl SiteStatistics {
    /// `all` have rough sizes, which `exactly` replaces.
    pub(super) fn of(
        mut all: Vec<SiteFigure>,
        (sites, of): (usize, usize),
        every: usize,
        exactly: impl Fn(&SiteFigure) -> SiteFigure + Sync,
    ) -> Self {
        let judged = all.len();
        let disagree = all.iter().filter(|f| f.disagrees(judged)).count();
        let ess = |f: &SiteFigure| f.ess.unwrap_or(0.0);
        let by_ess = |a: &SiteFigure, b: &SiteFigure| ess(a).total_cmp(&ess(b));
        all.sort_by(by_ess);
        let least: Vec<_> = all[..judged.min(WORST)].par_iter().map(&exactly).collect();
        let least_ess = least.into_iter().min_by(by_ess);
        let rhat = |f: &SiteFigure| f.rhat.unwrap_or(0.0);
        all.sort_by(|a, b| {
            let own = (b.disagrees(judged), a.disagrees(judged));
            let first = own.0.cmp(&own.1);
            let next = rhat(b).total_cmp(&rhat(a));
            first.then(next).then(ess(a).total_cmp(&ess(b)))
        });
        let limit = all.first().map_or(RHAT, |worst| worst.limit(judged));
        all.truncate(WORST);
        let all = all.par_iter().map(&exactly).collect();
        Self {
            sites,
            of,
            every,
            judged,
            worst: all,
            least_ess,
            disagree,
            limit,
        }
    }

    /// The largest R-hat, that of the first of [`worst`](Self::worst).
    #[must_use]
    pub fn largest_rhat(&self) -> Option<f64> {
        self.worst.first()?.rhat
    }
}
