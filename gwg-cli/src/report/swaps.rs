//! Swaps of replicas: acceptance by pair of temperatures, and round trips.

use super::axis::Axis;
use super::frame::{Frame, HEIGHT, WIDTH};
use super::text::{number, optional, plural};
use crate::tempering::{LOW, Swaps};

/// Most rows of the table.
const ROWS: usize = 40;

/// The section of a run with replicas.
pub(super) fn section(swaps: &Swaps) -> String {
    let body = format!(
        "<p>{}</p><div class=\"pair\">{}{}</div>",
        trips(swaps),
        figure(swaps),
        table(swaps)
    );
    super::section("swaps", "Swaps of replicas", &body)
}

fn trips(swaps: &Swaps) -> String {
    let hottest = swaps.betas.last().copied().unwrap_or(f64::NAN);
    let made = match swaps.round_trips {
        0 => "No replica went".to_owned(),
        1 => "1 round trip: a replica went".to_owned(),
        n => format!("{n} round trips: replicas went"),
    };
    format!(
        "{made} from the target's temperature to the hottest (beta {}) and back. Only round trips carry states from there to the target's; after warm-up, over all chains.",
        number(hottest, 4)
    )
}

fn figure(swaps: &Swaps) -> String {
    let shares = &swaps.swap_acceptance;
    let refuse = |why: &str| format!("<p><b>Swap acceptance.</b> {why}</p>");
    if shares.iter().all(Option::is_none) {
        return refuse("Undefined, because no swap was attempted.");
    }
    let pairs = shares.len();
    let axes = (
        Axis::whole(-0.5, pairs as f64 - 0.5, 6),
        Axis::new(0.0, 1.04, 5),
    );
    let (Some(x), Some(y)) = axes else {
        return refuse("There are too many pairs to show.");
    };
    let bar = |(pair, share): (usize, &Option<f64>)| {
        let share = (*share)?;
        let edge = |side: f64| WIDTH * x.place(pair as f64 + side);
        let (left, right) = (edge(-0.35), edge(0.35));
        let top = HEIGHT * (1.0 - y.place(share));
        Some(format!("M{left:.0} {HEIGHT}V{top:.0}H{right:.0}V{HEIGHT}z"))
    };
    let bars: String = shares.iter().enumerate().filter_map(bar).collect();
    let low = HEIGHT * (1.0 - y.place(LOW));
    let data = format!(
        "<path class=\"bar c0\" d=\"{bars}\"/><path class=\"even\" d=\"M0 {low:.0}h{WIDTH}\"/>"
    );
    let defined = shares.iter().flatten().copied();
    let describe = format!(
        "{}; swap acceptance from {} to {}.",
        plural(pairs, "pair"),
        number(defined.clone().fold(f64::INFINITY, f64::min), 3),
        number(defined.fold(0.0, f64::max), 3)
    );
    let svg = Frame {
        id: "swap-acceptance",
        title: "Swap acceptance",
        describe: &describe,
        x: &x,
        x_label: "pair of temperatures; 0: the target's",
        y: &y,
        y_label: "swap acceptance",
    }
    .svg(&data);
    format!(
        "<figure><figcaption><b>Swap acceptance.</b> Of replicas at neighboring temperatures. Below the dashed line at {LOW}, they rarely swap: raise --replicas or --hottest.</figcaption>{svg}</figure>"
    )
}

fn table(swaps: &Swaps) -> String {
    let shown = worst(&swaps.swap_acceptance);
    let row = |pair: &usize| {
        let beta = |k: usize| {
            swaps
                .betas
                .get(k)
                .map_or_else(String::new, |b| number(*b, 4))
        };
        let share = swaps.swap_acceptance[*pair];
        let class = match share {
            None => " class=\"none\"",
            Some(a) if a < LOW => " class=\"off\"",
            Some(_) => "",
        };
        format!(
            "<tr><th scope=\"row\">{pair}</th><td>{}</td><td>{}</td><td{class}>{}</td></tr>",
            beta(*pair),
            beta(pair + 1),
            optional(share)
        )
    };
    let rows: String = shown.iter().map(row).collect();
    let which = if shown.len() < swaps.swap_acceptance.len() {
        format!(
            " The {} of {} pairs that swap least.",
            shown.len(),
            swaps.swap_acceptance.len()
        )
    } else {
        String::new()
    };
    let head = ["pair", "beta", "next beta", "swap acceptance"];
    let caption = format!("Swaps between neighboring inverse temperatures.{which}");
    let table = super::table("swap", &caption, &head, &rows);
    format!("<div>{table}</div>")
}

/// The pairs that swap least, in their order; all of them if they are few.
fn worst(shares: &[Option<f64>]) -> Vec<usize> {
    let mut pairs: Vec<usize> = (0..shares.len()).collect();
    let key = |pair: &usize| shares[*pair].unwrap_or(-1.0);
    pairs.sort_by(|a, b| key(a).total_cmp(&key(b)).then(a.cmp(b)));
    pairs.truncate(ROWS);
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn swaps(shares: &[Option<f64>], round_trips: u64) -> Swaps {
        Swaps {
            betas: (0..=shares.len()).map(|k| 0.5_f64.powi(k as i32)).collect(),
            swap_acceptance: shares.to_vec(),
            round_trips,
        }
    }

    #[test]
    fn every_pair_has_a_bar_and_a_row() {
        let page = section(&swaps(&[Some(0.52), Some(0.05)], 12));
        // Half of 2000 units for each pair, and 1.04 at the top of 1000.
        assert!(page.contains("M150 1000V500H850V1000z"), "{page}");
        assert!(page.contains("M1150 1000V952H1850V1000z"), "{page}");
        let row =
            "<tr><th scope=\"row\">1</th><td>0.5</td><td>0.25</td><td class=\"off\">0.05</td></tr>";
        assert!(page.contains(row), "{page}");
        assert!(page.contains("12 round trips: replicas went") && page.contains("beta 0.25"));
    }

    #[test]
    fn undefined_acceptance_is_said() {
        let page = section(&swaps(&[None], 0));
        assert!(page.contains("no swap was attempted") && page.contains("No replica went"));
        assert!(page.contains("class=\"none\">undefined"));
        let page = section(&swaps(&[None, Some(1.0)], 1));
        assert!(
            page.contains("2 pairs; swap acceptance from 1 to 1."),
            "{page}"
        );
        assert!(page.contains("1 round trip: a replica went"));
    }

    #[test]
    fn of_many_pairs_those_that_swap_least_are_listed() {
        let mut shares = vec![Some(0.5); 100];
        shares[70] = Some(0.1);
        shares[80] = None;
        let shown = worst(&shares);
        assert_eq!(shown.len(), ROWS);
        assert!(shown.contains(&70) && shown.contains(&80) && shown.contains(&0));
        assert!(section(&swaps(&shares, 1)).contains("The 40 of 100 pairs that swap least."));
    }
}
