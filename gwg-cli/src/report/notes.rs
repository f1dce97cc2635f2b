//! Definitions of the quantities on the page.

use super::text::escape;
use super::{Report, facts};
use crate::sample::Settings;

const DEFINITIONS: [(&str, &str); 12] = [
    (
        "mean, sd",
        "Over all draws of all chains after warm-up; sd has divisor N &minus; 1.",
    ),
    (
        "R-hat",
        "The larger of split R-hat on rank-normalized draws and on their rank-normalized distances from the median [1]. It compares the spread between half chains with the spread within them, and tends to 1; above 1.01 the chains have not converged.",
    ),
    (
        "bulk ESS",
        "Effective sample size of the rank-normalized split chains [1], by Geyer's initial monotone sequence [2]: the number of independent draws that would estimate the center of the distribution equally well.",
    ),
    (
        "tail ESS",
        "The smaller effective sample size of the indicators of the 5% and 95% quantiles [1].",
    ),
    (
        "MCSE",
        "Monte Carlo standard error of the mean: sd / &radic;ESS, with the ESS of the draws without rank normalization.",
    ),
    (
        "rank plot",
        "All draws of all chains are ranked together; each chain's ranks are counted in bins of equal width [1]. Ties are broken by a fixed hash.",
    ),
    (
        "density",
        "Of a quantity with at most 40 different values, the share of draws of each. Of others, a Gaussian kernel density estimate with the bandwidth 0.9 min(sd, IQR / 1.34) n<sup>&minus;1/5</sup> [3] of each chain, at least the smallest distance between two values.",
    ),
    (
        "ESS against draws",
        "Bulk and tail ESS of the first draws of every chain, at up to ten numbers of draws.",
    ),
    (
        "autocorrelation",
        "Correlation of a chain with itself at a lag of a number of draws, with divisor n; gray band: &plusmn;1.96 / &radic;n.",
    ),
    (
        "acceptance, sites changed",
        "Share of proposals accepted, and mean number of sites changed per step, after warm-up. Metropolis-Hastings accepts no more than 31/32 of them, or a chain that flips one binary site per step would alternate between states of even and odd sums.",
    ),
    (
        "ESS per second, per step",
        "Bulk ESS of the quantity in which it is least, over the seconds of sampling, and over the steps of all chains after warm-up.",
    ),
    (
        "undefined",
        "Not computable: the quantity is constant, there are fewer than 4 draws per chain, or, for R-hat, there is a single chain.",
    ),
];

const SOURCES: &str = "<ol class=\"sources\">\
<li>A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. B&uuml;rkner (2021). Rank-normalization, folding, and localization: an improved R&#770; for assessing convergence of MCMC. <cite>Bayesian Analysis</cite> 16(2), 667&ndash;718. <a href=\"https://doi.org/10.1214/20-BA1221\">doi:10.1214/20-BA1221</a></li>\
<li>C. J. Geyer (1992). Practical Markov chain Monte Carlo. <cite>Statistical Science</cite> 7(4), 473&ndash;483. <a href=\"https://doi.org/10.1214/ss/1177011137\">doi:10.1214/ss/1177011137</a></li>\
<li>B. W. Silverman (1986). <cite>Density Estimation for Statistics and Data Analysis</cite>, section 3.4. Chapman and Hall.</li>\
</ol>";

/// The closing sections: definitions with sources, and the command that reproduces the run.
pub(super) fn sections(report: &Report<'_>) -> String {
    let quantities = report.series.iter();
    let quantities = quantities.map(|s| (escape(s.name), sentence(s.description)));
    let figures = DEFINITIONS.map(|(term, meaning)| (term.to_owned(), meaning.to_owned()));
    let terms: String = quantities
        .chain(figures)
        .map(|(term, meaning)| format!("<dt>{term}</dt><dd>{meaning}</dd>"))
        .collect();
    format!(
        "<section aria-labelledby=\"definitions\"><h2 id=\"definitions\">Definitions</h2><dl class=\"terms\">{terms}</dl>{SOURCES}</section>{}",
        again(&report.result.settings)
    )
}

/// A clause as a sentence, escaped.
fn sentence(clause: &str) -> String {
    let mut rest = clause.chars();
    let first: String = rest
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    // A clause may end with an ellipsis.
    let end = if clause.ends_with('.') { "" } else { "." };
    escape(&(first + rest.as_str())) + end
}

fn again(settings: &Settings) -> String {
    let body = match facts::command(settings) {
        Some(line) => format!(
            "<p>With gwg {}, this command gives the same draws, for any number of threads:</p><pre><code>{line}</code></pre>",
            escape(&settings.version)
        ),
        None => "<p>A name in the command has control characters, which a page cannot show.</p>"
            .to_owned(),
    };
    format!("<section aria-labelledby=\"again\"><h2 id=\"again\">Reproduce</h2>{body}</section>")
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn clauses_become_sentences() {
        assert_eq!(sentence("mean of <x>"), "Mean of &lt;x&gt;.");
        assert_eq!(sentence("of symbols 0, 1, ..."), "Of symbols 0, 1, ...");
        assert_eq!(sentence(""), ".");
    }
}
