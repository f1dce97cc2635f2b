//! Whole pages of good, bad and degenerate runs.

use super::{Picture, Report, Series, render};
use crate::clamp::ClampedSites;
use crate::flags::Float;
use crate::named::Named;
use crate::sample::{Evaluations, Origin, RunResult, Seconds, Settings, Spread};
use crate::session::{MoveHistory, fed_moves};
use crate::tempering::Swaps;
use gwg_chains::diagnostics::Summary;

/// Approximately normal noise: sums of a hashed counter.
fn noise(i: usize) -> f64 {
    let unit = |k: usize| {
        let x = (i * 4 + k) as u64;
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..4).map(unit).sum::<f64>() * 3.0_f64.sqrt() - 2.0 * 3.0_f64.sqrt()
}

/// AR(1) chains, (chain, draw) row-major.
fn chains(chains: usize, draws: usize, rho: f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(chains * draws);
    for chain in 0..chains {
        let mut x = 0.0;
        for draw in 0..draws {
            x = rho * x + noise(1000 + chain * draws + draw);
            values.push(x);
        }
    }
    values
}

/// A statistic without faults.
pub(super) fn statistic() -> Summary {
    Summary {
        mean: Some(-812.4321),
        sd: Some(21.3),
        mcse: Some(0.61),
        ess_bulk: Some(1219.4),
        ess_tail: Some(1503.0),
        rhat: Some(1.0031),
    }
}

/// A run without faults.
pub(crate) fn result() -> RunResult {
    RunResult {
        settings: Settings {
            version: "0.1.0".into(),
            model: "ising-lattice:side=40,theta=0.2".into(),
            kind: None,
            model_files: Vec::new(),
            sites: 1600,
            states: 2,
            sampler: "gwg".into(),
            turn: None,
            chains: 4,
            warmup: 1000,
            draws: 1000,
            shard: None,
            thin: 1,
            auto: Vec::new(),
            seed: 7,
            float: Float::F32,
            beta: 1.0,
            init: "random".into(),
            record: ["log_prob", "hamming"].map(String::from).to_vec(),
            clamp: None,
            ladder: None,
            anneal: None,
        },
        restored: 0,
        origin: Origin::default(),
        threads: 2,
        seconds: Seconds {
            warmup: 0.52,
            sampling: 0.49,
        },
        steps: 4000,
        steps_per_second: Some(8163.3),
        acceptance: Some(0.87),
        hops: None,
        evaluations: Evaluations {
            values: 4000,
            gradients: 4000,
        },
        adapted: Named::default(),
        statistics: [("log_prob", statistic()), ("hamming", statistic())]
            .into_iter()
            .collect(),
        every: 1,
        site_statistics: None,
        ess_of: Some("log_prob".into()),
        ess_per_second: Some(2488.6),
        ess_per_step: Some(0.3),
        means: None,
        warnings: Vec::new(),
        independent: false,
        tempering: None,
    }
}

fn sized(chains: usize, draws: usize) -> RunResult {
    let mut result = result();
    (result.settings.chains, result.settings.draws) = (chains, draws);
    result
}

fn page(chains: usize, draws: usize, values: &[f64]) -> String {
    let series = [Series {
        name: "hamming",
        description: "distance to a fixed state",
        values,
    }];
    let page = render(&Report {
        result: &sized(chains, draws),
        series: &series,
        moves: &MoveHistory::default(),
        grid: None,
        picture: None,
    });
    sound(&page);
    page
}

/// Checks that tags are closed, references resolve, and numbers are finite.
fn sound(page: &str) {
    for bad in [
        "NaN",
        ">inf",
        "\"inf",
        " inf",
        "-inf",
        "http-equiv",
        "<script",
        "src=",
    ] {
        assert!(!page.contains(bad), "{bad} in the page");
    }
    let mut open: Vec<&str> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name = tag.split([' ', '/']).next().unwrap_or("");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !["!DOCTYPE", "meta", "wbr"].contains(&name) {
            open.push(name);
        }
        let id = tag.split_once(" id=\"").and_then(|t| t.1.split_once('"'));
        ids.extend(id.map(|t| t.0));
    }
    assert!(open.is_empty(), "{open:?} left open");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id occurs twice");
    for labels in page.split("labelledby=\"").skip(1) {
        let (labels, _) = labels.split_once('"').expect("an attribute ends");
        for label in labels.split(' ') {
            assert!(ids.contains(&label), "{label} is not defined");
        }
    }
}

#[test]
fn a_usual_run_has_every_section_and_plot() {
    let values = chains(4, 1000, 0.7);
    let page = page(4, 1000, &values);
    for part in [
        "<title>ising-lattice:side=40,theta=0.2, gwg - gwg sample</title>",
        "The chains agree",
        "No warnings.",
        "-812.43</td>",
        "<title id=\"series-0-trace-t\">Trace of hamming</title>",
        "Ranks of hamming",
        "<dt>hamming</dt><dd>Distance to a fixed state.</dd>",
        "Autocorrelation of hamming",
        "Density of hamming",
        "ESS of hamming against draws",
        "<dt>sites changed per step</dt><dd>undefined</dd>",
        "10.1214/20-BA1221",
        "gwg sample ising-lattice:side=40,theta=0.2 \\\n    --sampler gwg \\\n    --chains 4 \\\n",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    // Trace, density and autocorrelation, and one sample in the legend.
    assert_eq!(page.matches("class=\"line c3").count(), 4);
    assert_eq!(page.matches("class=\"bar c3").count(), 1);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let values = chains(12, 100, 0.5);
    assert_eq!(page(12, 100, &values), page(12, 100, &values));
}

#[test]
fn any_number_of_chains_and_draws() {
    for (m, n) in [
        (1, 1),
        (1, 4),
        (4, 1),
        (2, 2),
        (4, 4),
        (3, 9),
        (10, 50),
        (11, 50),
        (1, 5000),
        (1000, 20),
    ] {
        let page = page(m, n, &chains(m, n, 0.5));
        assert_eq!(page.contains("-trace-t"), n > 1, "{m} x {n}");
        assert_eq!(page.contains("-ranks-t"), m > 1 && n >= 10, "{m} x {n}");
        assert_eq!(page.contains("-lags-t"), n >= 8, "{m} x {n}");
        assert_eq!(page.contains("-density-t"), n >= 10, "{m} x {n}");
        assert_eq!(page.contains("-ess-t"), n >= 5, "{m} x {n}");
    }
}

#[test]
fn series_that_cannot_be_plotted_are_explained() {
    let broken = |values: &[f64]| {
        let page = page(2, 10, values);
        assert!(!page.contains("class=\"data\""));
        page
    };
    assert!(broken(&[3.5; 20]).contains("Constant: every draw is 3.5."));
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut values = chains(2, 10, 0.5);
        values[7] = odd;
        assert!(broken(&values).contains("1 of 20 values are not finite"));
    }
    assert!(
        broken(&[1.0; 19]).contains("found 19 values, which does not match 2 chains of 10 draws")
    );
    assert!(broken(&[]).contains("No draw was recorded"));
    let mut values = vec![f64::MIN; 20];
    values[3] = f64::MAX;
    assert!(broken(&values).contains("too small or too large"));
    page(0, 0, &[]);
    page(usize::MAX, usize::MAX, &[1.0, 2.0]);
}

#[test]
fn extreme_values_still_plot() {
    for (scale, shift) in [(1e-300, 0.0), (1e300, 0.0), (1e-3, 1e6), (1.0, -1e12)] {
        let values: Vec<f64> = chains(2, 50, 0.5)
            .iter()
            .map(|v| v * scale + shift)
            .collect();
        assert!(page(2, 50, &values).contains("-trace-t"), "{scale} {shift}");
    }
}

#[test]
fn constant_chains_are_reported() {
    let mut values = chains(3, 100, 0.5);
    values[..100].fill(0.25);
    assert!(page(3, 100, &values).contains("1 of 3 chains never move and are omitted"));
}

#[test]
fn user_input_is_escaped() {
    let evil = "<img src=x onerror=alert(1)>\"'&\u{0}";
    let mut result = sized(2, 50);
    let settings = &mut result.settings;
    for text in [
        &mut settings.model,
        &mut settings.sampler,
        &mut settings.init,
    ] {
        *text = evil.into();
    }
    settings.clamp = Some(ClampedSites {
        path: evil.into(),
        observed: 1,
    });
    result.warnings = vec![evil.into()];
    let spread = Spread {
        mean: 1.0,
        min: 0.0,
        max: 2.0,
    };
    result.adapted = [(evil, spread)].into_iter().collect();
    result.statistics = [(evil, statistic())].into_iter().collect();
    let values = chains(2, 50, 0.1);
    let series = [Series {
        name: evil,
        description: evil,
        values: &values,
    }];
    let page = render(&Report {
        result: &result,
        series: &series,
        moves: &MoveHistory::default(),
        grid: None,
        picture: None,
    });
    assert!(!page.contains("<img") && !page.contains('\u{0}'));
    sound(&page.replace("src=x", ""));
}

#[test]
fn a_run_without_draws_and_figures_renders() {
    let mut result = sized(4, 0);
    result.statistics = [("log_prob", Summary::default())].into_iter().collect();
    result.ess_of = None;
    (result.steps, result.steps_per_second) = (0, None);
    (
        result.acceptance,
        result.ess_per_second,
        result.ess_per_step,
    ) = (None, None, None);
    let page = render(&Report {
        result: &result,
        series: &[],
        moves: &MoveHistory::default(),
        grid: None,
        picture: None,
    });
    sound(&page);
    assert!(page.contains("<dt>steps per second</dt><dd>undefined</dd>"));
}

/// Checks the documented size of the page on the largest supported run, and on larger ones.
#[test]
fn the_page_stays_small() {
    for (m, n) in [(100, 10_000), (10, 100_000), (1000, 100)] {
        let values = chains(m, n, 0.9);
        let names = ["log_prob", "hamming"];
        let series = names.map(|name| Series {
            name,
            description: "of the state",
            values: &values,
        });
        let states: Vec<u16> = (0..250 * 250)
            .map(|i| (noise(i).abs() * 8.0) as u16 % 8)
            .collect();
        let last = [&states[..]; 100];
        let page = render(&Report {
            result: &sized(m, n),
            series: &series,
            moves: &fed_moves(m, 0..n, 100),
            grid: Some(&[250, 250]),
            picture: Some(Picture {
                states: 8,
                rows: 250,
                columns: 250,
                chains: &last,
                means: None,
            }),
        });
        sound(&page);
        assert!(page.len() < 1_500_000, "{m} x {n}: {} bytes", page.len());
    }
}

#[test]
fn pictures_of_states_and_means() {
    let binary: Vec<u16> = (0..1600).map(|i| u16::from(noise(i) > 0.0)).collect();
    let means: Vec<f64> = (0..1600).map(|i| (i % 41) as f64 / 40.0).collect();
    let mut result = sized(1, 0);
    result.settings.model = "rbm:visible=1600".into();
    let page = render(&Report {
        result: &result,
        series: &[],
        moves: &MoveHistory::default(),
        grid: Some(&[40, 40]),
        picture: Some(Picture {
            states: 2,
            rows: 40,
            columns: 40,
            chains: &[&binary],
            means: Some(&means),
        }),
    });
    sound(&page);
    assert!(page.contains("Last state of chain 0") && page.contains("Mean over all draws"));
    assert!(page.contains("run from 0.000 to 1.000"));
    // Sites in rows and columns are no lattice.
    assert!(!page.contains("lattice"));
}

#[test]
fn a_tempered_run_has_its_swaps_and_steps() {
    let mut result = sized(2, 60);
    result.tempering = Some(Swaps {
        betas: vec![1.0, 0.5, 0.25],
        swap_acceptance: vec![Some(0.4), None],
        round_trips: 3,
    });
    let page = render(&Report {
        result: &result,
        series: &[],
        moves: &fed_moves(2, 0..60, 10),
        grid: None,
        picture: None,
    });
    sound(&page);
    for part in [
        "<h2 id=\"swaps\">Swaps of replicas</h2>",
        "3 round trips: replicas went",
        "<td>0.5</td><td>0.25</td><td class=\"none\">undefined</td>",
        "<h2 id=\"moves\">Steps over the run</h2>",
        "<title id=\"accepted-t\">Acceptance</title>",
        "<title id=\"changed-t\">Sites changed</title>",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
}
