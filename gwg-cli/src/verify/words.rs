//! The conclusions, in sentences.

use super::Results;
use super::tables::ratio;
use crate::report::text::number;
use gwg_bench::theory::{Row, Sweep};

/// Width of a line of standard output.
const WIDTH: usize = 110;

/// All conclusions, one line each: first whether the inequalities hold.
pub(super) fn conclusions(results: &Results) -> Vec<String> {
    let two: Vec<&Row> = results
        .found
        .rows
        .iter()
        .filter(|r| r.temperature == 2.0)
        .collect();
    let approximate: Vec<&Row> = two
        .iter()
        .copied()
        .filter(|r| r.constants.range < 1.0 - 1e-9)
        .collect();
    let mut lines = vec![held(results)];
    lines.extend(exact(&two, &approximate));
    lines.extend(tightest(&approximate));
    lines.extend(temperature(&results.found.sweeps));
    lines
}

fn held(results: &Results) -> String {
    let (checked, broken) = (results.judgment.checked, results.judgment.violations.len());
    if broken == 0 {
        return format!("All {checked} inequalities hold.");
    }
    let first = results.judgment.violations.first();
    let first = first
        .map(|v| format!(", the first: {v}"))
        .unwrap_or_default();
    format!("{broken} of {checked} inequalities FAIL{first}.")
}

/// The statement about targets on which first-order differences are exact.
fn exact(all: &[&Row], approximate: &[&Row]) -> Option<String> {
    let count = all.len() - approximate.len();
    let exact = all.iter().filter(|r| r.constants.range >= 1.0 - 1e-9);
    let smallest = exact.map(|r| r.constants.theorem).reduce(f64::min)?;
    Some(format!(
        "First-order differences are exact on {count} of {} targets: there is no loss on these, although the theorem's c is as small as {}.",
        all.len(),
        ratio(smallest)
    ))
}

/// Compares the bounds on targets with a loss.
fn tightest(rows: &[&Row]) -> Vec<String> {
    let short =
        |of: &dyn Fn(&Row) -> f64| median(rows.iter().map(|r| r.extremal / of(r)).collect());
    let Some(theorem) = short(&|r| r.constants.theorem) else {
        return vec![];
    };
    let text = |x: Option<f64>| x.map_or_else(|| "undefined".into(), |x| number(x, 3));
    let worst = rows
        .iter()
        .map(|r| r.extremal / r.constants.theorem)
        .fold(0.0, f64::max);
    let bounds = format!(
        "The minimum ratio of variances exceeds the bounds by these factors (median of {} targets): c {} (at worst {}), c_diag {}, \
         c_range {}, c_edge {}. c_edge is the tightest; c_diag is the tightest that is available for every target without enumeration.",
        rows.len(),
        text(Some(theorem)),
        number(worst, 3),
        text(short(&|r| r.constants.diagonal)),
        text(short(&|r| r.constants.range)),
        text(short(&|r| r.constants.edge)),
    );
    let gaps = median(
        rows.iter()
            .map(|r| r.gap_ratio() / r.constants.edge)
            .collect(),
    );
    let random = median(rows.iter().map(|r| r.random / r.constants.edge).collect());
    let better = rows.iter().filter(|r| r.gap_ratio() > 1.0).count();
    let inequalities = format!(
        "The inequality of variances is tighter than that of gaps: c_edge is exceeded at the extremal h by a factor of {}, at the worst of 200 \
         random h by {}, the ratio of gaps by {} (Q~ has the larger gap on {better} of {}).",
        text(short(&|r| r.constants.edge)),
        text(random),
        text(gaps),
        rows.len()
    );
    vec![bounds, inequalities]
}

/// Compares temperature 2 with the best one.
fn temperature(sweeps: &[Sweep]) -> Vec<String> {
    let first = |s: &Sweep, t: f64| share(s, &s.first_order, t);
    let exact = |s: &Sweep| share(s, &s.exact, 2.0);
    let at = |t: f64| median(sweeps.iter().map(|s| first(s, t)).collect()).unwrap_or(f64::NAN);
    let worst = |of: &dyn Fn(&Sweep) -> f64| sweeps.iter().min_by(|a, b| of(a).total_cmp(&of(b)));
    let (Some(worst_first), Some(worst_exact)) = (worst(&|s| first(s, 2.0)), worst(&exact)) else {
        return vec![];
    };
    let best: Vec<f64> = sweeps.iter().map(|s| s.best().0).collect();
    let low = best.iter().copied().fold(f64::INFINITY, f64::min);
    let high = best.iter().copied().fold(0.0, f64::max);
    let two = format!(
        "Temperature 2 has {} of the best gap (median of {} targets; 1 has {}, 4 has {}), at worst {} ({}, best at {}); \
         the best temperatures are between {} and {}, with median {}.",
        percent(at(2.0)),
        sweeps.len(),
        percent(at(1.0)),
        percent(at(4.0)),
        percent(first(worst_first, 2.0)),
        worst_first.model,
        number(worst_first.best().0, 3),
        number(low, 3),
        number(high, 3),
        number(median(best).unwrap_or(f64::NAN), 3)
    );
    let middle = median(sweeps.iter().map(exact).collect()).unwrap_or(f64::NAN);
    let with_exact = format!(
        "With exact differences (Q) it has {} of the best gap, at worst {} ({}).",
        percent(middle),
        percent(exact(worst_exact)),
        worst_exact.model
    );
    vec![two, with_exact]
}

/// Ratio of the gap at a temperature to the largest gap.
fn share(sweep: &Sweep, gaps: &[f64], temperature: f64) -> f64 {
    let best = gaps.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut points = sweep.temperatures.iter().zip(gaps);
    let here = points.find(|(t, _)| **t == temperature);
    here.map_or(f64::NAN, |(_, gap)| gap / best)
}

fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// The median; of an even number of values, the mean of the middle two.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    let (low, high) = (values.get(n.checked_sub(1)? / 2)?, values.get(n / 2)?);
    Some(0.5 * (low + high))
}

/// Wraps a paragraph to the line width.
pub(super) fn wrapped(text: &str) -> String {
    let (mut out, mut width) = (String::new(), 0);
    for word in text.split_whitespace() {
        let len = word.chars().count();
        if width > 0 && width + 1 + len > WIDTH {
            out.push('\n');
            width = 0;
        }
        if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += len;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_the_mean_of_the_middle_two() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn wrapped_lines_fit_the_width() {
        let text = "word ".repeat(60);
        let lines = wrapped(&text);
        assert!(lines.lines().all(|l| l.len() <= WIDTH) && lines.lines().count() == 3);
        assert_eq!(lines.split_whitespace().count(), 60);
    }
}
