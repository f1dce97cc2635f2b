//! The diagnostics against ArviZ, on the series of `data/make_diagnostics_golden.py`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use gwg_chains::diagnostics::{Draws, ess_mean, ess_quantile, mean, sd, summarize};
use gwg_chains::diagnostics::{ess_bulk, ess_tail, mcse_mean, rhat};
use serde_json::Value;

const GOLDEN: &str = include_str!("data/diagnostics_golden.json");

/// Relative disagreement allowed: rounding in sums and in two different Fourier transforms.
const TOLERANCE: f64 = 1e-9;

/// SplitMix64, as in the script: a uniform number in [0, 1).
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 * 2.0_f64.powi(-53)
}

fn series(case: &Value) -> Vec<f64> {
    let number = |key: &str| case[key].as_f64().unwrap();
    let (phi, shift, spread) = (number("phi"), number("shift"), number("spread"));
    let (transform, argument) = (case["transform"].as_str().unwrap(), number("argument"));
    let mut state = case["seed"].as_u64().unwrap();
    let mut out = Vec::new();
    for chain in 0..case["chains"].as_u64().unwrap() {
        let mut x = 0.0;
        for draw in 0..case["draws"].as_u64().unwrap() {
            x = phi * x + (uniform(&mut state) - 0.5);
            let y = x * (1.0 + spread * chain as f64) + shift * chain as f64;
            out.push(match transform {
                "none" => y,
                "offset" => y + argument,
                "trend" => y + argument * draw as f64,
                "reciprocal" => 1.0 / y,
                "above" => f64::from(u8::from(y > argument)),
                "floor" => (y * argument).floor(),
                "parity" => draw as f64 % argument,
                "first stuck" if chain == 0 => argument,
                "first stuck" => y,
                "all stuck" => argument * chain as f64,
                other => panic!("unknown transform {other}"),
            });
        }
    }
    out
}

/// Relative disagreement; 0 for undefined on both sides, infinite for undefined on one.
fn disagreement(found: Option<f64>, expected: &Value) -> f64 {
    match (found, expected.as_f64(), expected.as_str()) {
        (None, _, Some("nan")) => 0.0,
        (Some(f), _, Some("inf")) if f == f64::INFINITY => 0.0,
        (Some(f), Some(0.0), _) => f.abs(),
        (Some(f), Some(e), _) => (f / e - 1.0).abs(),
        _ => f64::INFINITY,
    }
}

#[test]
fn every_figure_agrees_with_arviz() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() >= 12);
    let mut worst = 0.0_f64;
    for case in cases {
        let flat = series(case);
        let chains = case["chains"].as_u64().unwrap() as usize;
        let draws = Draws::from_flat(&flat, chains, flat.len() / chains).unwrap();
        let summary = summarize(&draws);
        let figures = [
            ("mean", mean(&draws)),
            ("sd", sd(&draws)),
            ("mcse", mcse_mean(&draws)),
            ("ess_bulk", ess_bulk(&draws)),
            ("ess_tail", ess_tail(&draws)),
            ("ess_mean", ess_mean(&draws)),
            ("ess_median", ess_quantile(&draws, 0.5)),
            ("rhat", rhat(&draws)),
            ("mean", summary.mean),
            ("sd", summary.sd),
            ("mcse", summary.mcse),
            ("ess_bulk", summary.ess_bulk),
            ("ess_tail", summary.ess_tail),
            ("rhat", summary.rhat),
        ];
        for (key, found) in figures {
            let off = disagreement(found, &case["expected"][key]);
            let (name, expected) = (&case["name"], &case["expected"][key]);
            // The mean may be zero but for rounding: there the unit is the standard deviation.
            let off = if key == "mean" {
                off.min(absolute(found, expected, summary.sd))
            } else {
                off
            };
            worst = worst.max(off);
            assert!(
                off <= TOLERANCE,
                "{name} {key}: {found:?}, ArviZ {expected}, off {off:e}"
            );
        }
    }
    println!(
        "{} cases, largest relative disagreement {worst:.1e}",
        cases.len()
    );
}

fn absolute(found: Option<f64>, expected: &Value, unit: Option<f64>) -> f64 {
    match (found, expected.as_f64(), unit) {
        (Some(f), Some(e), Some(u)) => (f - e).abs() / u,
        _ => f64::INFINITY,
    }
}
