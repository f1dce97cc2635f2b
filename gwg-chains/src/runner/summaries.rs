use crate::diagnostics::{Draws, Summary, summarize};
use crate::quantity::QuantityDraws;

/// Quantities that are `f` or a multiple of it: sums with rounding errors.
const SUMS: [&str; 2] = ["log_prob", "energy_per_site"];

/// Mean, MCSE, ESS and R-hat of each quantity that was recorded.
///
/// Undefined figures are `None`: of a quantity with a value that is not finite, all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summaries {
    all: Vec<(String, Summary)>,
}

impl Summaries {
    /// Of the quantities of a run or of its trace, `draws` values of each chain, (chain, draw); `log_prob` and `energy_per_site` as
    /// [sums](Draws::of_sum). Where the values are those of every second, fourth, .. draw, mean and standard deviation are of all draws.
    #[must_use]
    pub fn of(quantities: &QuantityDraws, chains: usize, draws: usize) -> Self {
        let of = |name: &str, values: &[f64]| match Draws::from_flat(values, chains, draws) {
            Ok(draws) if SUMS.contains(&name) => summarize(&draws.of_sum()),
            Ok(draws) => summarize(&draws),
            Err(_) => Summary::default(),
        };
        let all = quantities.iter().enumerate().map(|(k, (name, values))| {
            let mut summary = of(name, values);
            if let Some(moments) = quantities.moments(k) {
                let finite = |value: Option<f64>| value.filter(|v| v.is_finite());
                summary.mean = finite(moments.mean());
                summary.sd = finite(moments.variance().map(f64::sqrt));
            }
            (name.to_owned(), summary)
        });
        Self { all: all.collect() }
    }

    /// The summary of the quantity with this name; `None` where it was not recorded.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Summary> {
        self.iter().find(|(own, _)| *own == name).map(|(_, s)| s)
    }

    /// Names and summaries, in the order in which the quantities were recorded.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Summary)> {
        self.all.iter().map(|(name, summary)| (&**name, summary))
    }

    /// The largest R-hat; `None` where that of any quantity is undefined, or none was recorded.
    #[must_use]
    pub fn largest_rhat(&self) -> Option<f64> {
        let mut all = self.all.iter().map(|(_, summary)| summary.rhat);
        let first = all.next()??;
        all.try_fold(first, |largest, rhat| Some(largest.max(rhat?)))
    }
}
