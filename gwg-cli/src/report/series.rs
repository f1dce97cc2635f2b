//! The section of one recorded quantity: its plots, or the reason why they are missing.

use super::text::{escape, number, plural};
use super::{Series, density, evolution, lags, ranks, trace};

/// A series that can be plotted: finite, not constant, and of the expected length.
#[derive(Debug)]
pub(super) struct Plotted<'a> {
    pub(super) name: &'a str,
    pub(super) values: &'a [f64],
    pub(super) chains: usize,
    /// Draws of each chain, at least 1.
    pub(super) draws: usize,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl<'a> Plotted<'a> {
    /// The draws of one chain.
    pub(super) fn chain(&self, chain: usize) -> &'a [f64] {
        &self.values[chain * self.draws..(chain + 1) * self.draws]
    }

    /// Checks a series; the error is a sentence for the reader.
    fn new(series: &Series<'a>, chains: usize, draws: usize) -> Result<Self, String> {
        let values = series.values;
        if chains == 0 || draws == 0 || values.is_empty() {
            return Err("No draw was recorded, so there is nothing to plot.".to_owned());
        }
        if chains.checked_mul(draws) != Some(values.len()) {
            return Err(format!(
                "Not plotted: found {}, which does not match {} of {}.",
                plural(values.len(), "value"),
                plural(chains, "chain"),
                plural(draws, "draw")
            ));
        }
        let odd = values.iter().filter(|v| !v.is_finite()).count();
        if odd > 0 {
            return Err(format!(
                "Not plotted: {odd} of {} values are not finite.",
                values.len()
            ));
        }
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if low == high {
            return Err(format!(
                "Constant: every draw is {}. There is no plot, and R-hat, ESS and autocorrelation are undefined.",
                number(low, 8)
            ));
        }
        Ok(Self {
            name: series.name,
            values,
            chains,
            draws,
            low,
            high,
        })
    }
}

/// The section of series number `index`.
pub(super) fn section(index: usize, series: &Series<'_>, chains: usize, draws: usize) -> String {
    let heading = format!("series-{index}");
    let body = Plotted::new(series, chains, draws)
        .and_then(|plotted| plots(&heading, &plotted))
        .unwrap_or_else(|why| format!("<p>{why}</p>"));
    format!(
        "<section aria-labelledby=\"{heading}\"><h2 id=\"{heading}\">{}</h2>{body}</section>",
        escape(series.name)
    )
}

fn plots(id: &str, of: &Plotted<'_>) -> Result<String, String> {
    let trace = trace::figure(&format!("{id}-trace"), of).ok_or_else(|| {
        format!(
            "Not plotted: the values, from {} to {}, span a range that is too small or too large for an axis.",
            number(of.low, 17),
            number(of.high, 17)
        )
    })?;
    let ranks = ranks::figure(&format!("{id}-ranks"), of);
    let lags = lags::figure(&format!("{id}-lags"), of);
    let density = density::figure(&format!("{id}-density"), of);
    let evolution = evolution::figure(&format!("{id}-ess"), of);
    Ok(format!(
        "{trace}<div class=\"pair\">{density}{ranks}{lags}{evolution}</div>"
    ))
}
