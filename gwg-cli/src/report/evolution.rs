//! Effective sample size against the number of draws: it grows in proportion where the chains mix.

use super::axis::Axis;
use super::frame::{Frame, HEIGHT, WIDTH, line, percent};
use super::series::Plotted;
use super::text::{count, escape};
use crate::statistics::MIN_ESS_PER_CHAIN;
use gwg_chains::Summaries;
use gwg_chains::diagnostics::MIN_DRAWS;

/// Most numbers of draws at which the ESS is computed, and least where the draws are many.
const COUNTS: (usize, usize) = (10, 3);
/// The number times the draws of all chains is at most this, so that a page of a long run does not take longer than the run's statistics by far.
const WORK: usize = 1 << 22;

/// Bulk and tail ESS of the first `draws` draws of every chain.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    draws: usize,
    bulk: Option<f64>,
    tail: Option<f64>,
}

/// The plot with its caption, or the reason why there is none.
pub(super) fn figure(id: &str, of: &Plotted<'_>) -> String {
    let refuse = |why: &str| format!("<p><b>ESS against draws.</b> {why}</p>");
    let counts = counts(of.chains, of.draws);
    if counts.len() < 2 {
        return refuse("Requires at least 5 draws per chain.");
    }
    let points: Vec<Point> = counts.iter().map(|draws| point(of, *draws)).collect();
    plot(id, of, &points)
        .unwrap_or_else(|| refuse("The effective sample sizes are too large for an axis."))
}

/// Evenly spaced numbers of draws, up to all; without those for which ESS is undefined.
fn counts(chains: usize, draws: usize) -> Vec<usize> {
    let all = chains.saturating_mul(draws).max(1);
    let parts = (WORK / all).clamp(COUNTS.1, COUNTS.0);
    let at = |k: usize| draws / parts * k + draws % parts * k / parts;
    let mut counts: Vec<usize> = (1..=parts).map(at).filter(|n| *n >= MIN_DRAWS).collect();
    counts.dedup();
    counts
}

fn point(of: &Plotted<'_>, draws: usize) -> Point {
    let chains = (0..of.chains).flat_map(|c| &of.chain(c)[..draws]);
    // By name, because some quantities have ties up to rounding.
    let quantities = [(of.name.to_owned(), chains.copied().collect())];
    let summaries = Summaries::of(&quantities.into_iter().collect(), of.chains, draws);
    let found = summaries
        .iter()
        .next()
        .map(|(_, s)| (s.ess_bulk, s.ess_tail));
    let (bulk, tail) = found.unwrap_or_default();
    let finite = |ess: Option<f64>| ess.filter(|e| e.is_finite());
    Point {
        draws,
        bulk: finite(bulk),
        tail: finite(tail),
    }
}

fn plot(id: &str, of: &Plotted<'_>, points: &[Point]) -> Option<String> {
    let wanted = MIN_ESS_PER_CHAIN * of.chains as f64;
    let all = points.iter().flat_map(|p| [p.bulk, p.tail]).flatten();
    let y = Axis::new(0.0, 1.08 * all.fold(wanted, f64::max), 5)?;
    let x = Axis::whole(0.0, of.draws as f64, 6)?;
    let places = |ess: fn(&Point) -> Option<f64>| -> Vec<(f64, f64)> {
        let place = |p: &Point| Some((x.place(p.draws as f64), y.place(ess(p)?)));
        points.iter().filter_map(place).collect()
    };
    let (bulk, tail) = (places(|p| p.bulk), places(|p| p.tail));
    let level = 1.0 - y.place(wanted);
    let data = format!(
        "<path class=\"even\" d=\"M0 {:.0}h{WIDTH}\"/>\
         <path class=\"line c0 curve\" d=\"{}\"/><path class=\"line c1 curve dash5\" d=\"{}\"/>",
        level * HEIGHT,
        line(bulk.iter().copied()),
        line(tail.iter().copied())
    );
    let over = format!(
        "{}{}",
        marks(&bulk, "full c0", true),
        marks(&tail, "open c1", false)
    );
    let last = points.last()?;
    let said = |ess: Option<f64>| ess.map_or_else(|| "undefined".to_owned(), count);
    let describe = format!(
        "With all draws, bulk ESS is {} and tail ESS {}; wanted are {wanted}.",
        said(last.bulk),
        said(last.tail)
    );
    let svg = Frame {
        id,
        title: &format!("ESS of {} against draws", of.name),
        describe: &describe,
        x: &x,
        x_label: "draws per chain",
        y: &y,
        y_label: "effective sample size",
    }
    .svg_with(&data, &over);
    Some(format!(
        "<figure><figcaption><b>ESS against draws.</b> Of the first draws of every chain. If the chains mix, both grow in proportion; a curve that \
         levels off is a sign that they do not. Dashed line: {wanted} ({MIN_ESS_PER_CHAIN} per chain).</figcaption>{svg}{}</figure>",
        key()
    ))
}

fn marks(places: &[(f64, f64)], class: &str, round: bool) -> String {
    let mark = |(x, y): &(f64, f64)| {
        let (x, y) = (percent(*x), percent(1.0 - y));
        if round {
            format!("<circle class=\"mark {class}\" cx=\"{x}\" cy=\"{y}\" r=\"3.5\"/>")
        } else {
            format!(
                "<rect class=\"mark {class}\" x=\"{x}\" y=\"{y}\" width=\"7\" height=\"7\" transform=\"translate(-3.5 -3.5)\"/>"
            )
        }
    };
    places.iter().map(mark).collect()
}

fn key() -> String {
    let item = |class: &str, mark: &str, name: &str| {
        format!(
            "<li><svg class=\"sample\" viewBox=\"0 0 30 12\" aria-hidden=\"true\"><path class=\"{class}\" d=\"M0 6h30\"/>{mark}</svg>{}</li>",
            escape(name)
        )
    };
    let round = "<circle class=\"mark full c0\" cx=\"15\" cy=\"6\" r=\"3.5\"/>";
    let square = "<rect class=\"mark open c1\" x=\"11.5\" y=\"2.5\" width=\"7\" height=\"7\"/>";
    format!(
        "<ul class=\"key\">{}{}</ul>",
        item("line c0 curve", round, "bulk ESS"),
        item("line c1 curve dash5", square, "tail ESS")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_chains::diagnostics::{Draws, ess_bulk, ess_tail};

    fn noise(n: u64) -> Vec<f64> {
        let unit = |i: u64| {
            let x = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            ((x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64
        };
        (0..n).map(unit).collect()
    }

    fn plotted(name: &'static str, values: &[f64], chains: usize) -> String {
        let pick = |f: fn(f64, f64) -> f64| values.iter().copied().reduce(f).unwrap();
        let plotted = Plotted {
            name,
            values,
            chains,
            draws: values.len() / chains,
            low: pick(f64::min),
            high: pick(f64::max),
        };
        figure("e", &plotted)
    }

    #[test]
    fn numbers_of_draws_are_even() {
        let tens: Vec<usize> = (1..=10).map(|k| 100 * k).collect();
        assert_eq!(counts(4, 1000), tens);
        assert_eq!(counts(4, 25), [5, 7, 10, 12, 15, 17, 20, 22, 25]);
        assert_eq!(counts(4, 5), [4, 5]);
        assert_eq!(counts(4, 4), [4]);
        assert_eq!(counts(100, 10_000), [2500, 5000, 7500, 10_000]);
        assert_eq!(counts(1000, usize::MAX).len(), 3);
        assert_eq!(counts(1, usize::MAX).last(), Some(&usize::MAX));
    }

    #[test]
    fn points_are_the_ess_of_prefixes() {
        let values = noise(400);
        let page = plotted("v", &values, 2);
        let rows = |n: usize| [&values[..n], &values[200..200 + n]];
        let all = Draws::new(&rows(200)).unwrap();
        let (bulk, tail) = (ess_bulk(&all).unwrap(), ess_tail(&all).unwrap());
        let said = format!("bulk ESS is {bulk:.0} and tail ESS {tail:.0}; wanted are 200.");
        assert!(page.contains(&said), "{page}");
        let parts = [20, 100].map(|n| ess_bulk(&Draws::new(&rows(n)).unwrap()).unwrap());
        let most = (1..=10)
            .map(|k| Draws::new(&rows(20 * k)).unwrap())
            .flat_map(|d| [ess_bulk(&d).unwrap(), ess_tail(&d).unwrap()])
            .fold(200.0, f64::max);
        for (x, ess) in [("10%", parts[0]), ("50%", parts[1])] {
            let y = percent(1.0 - ess / (1.08 * most));
            let mark = format!("cx=\"{x}\" cy=\"{y}\"");
            assert!(page.contains(&mark), "{mark} in {page}");
        }
        assert_eq!(page.matches("<circle").count(), 10 + 1);
    }

    #[test]
    fn undefined_ess_is_left_out() {
        assert!(plotted("v", &noise(8), 2).contains("Requires at least 5 draws"));
        // The first half does not move.
        let mut late = noise(200);
        late[..50].fill(0.0);
        late[100..150].fill(0.0);
        let page = plotted("v", &late, 2);
        assert_eq!(page.matches("<circle").count(), 5 + 1, "{page}");
    }
}
