//! Tests of `gwg sample` with replicas and annealing.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::Value;
use std::process::Command;

fn gwg(args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_gwg"))
        .args(["sample", "--quiet"])
        .args(args)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{args:?}: {said}");
    String::from_utf8(out.stdout).unwrap()
}

fn summary(args: &[&str]) -> Value {
    serde_json::from_str(&gwg(&[args, &["--summary", "-"]].concat())).unwrap()
}

const COLD: &str = "ising-lattice:side=3,theta=0.5,bias=0.05";

#[test]
fn replicas_are_reported_and_cross_between_modes() {
    let args = [COLD, "--init", "zeros", "--thin", "5", "--draws", "2000"];
    let plain = summary(&args);
    assert!(plain.get("tempering").is_none() && plain.get("replicas").is_none());
    let s = summary(&[&args[..], &["--replicas", "6", "--anneal", "0.1"]].concat());
    assert!(s["replicas"] == 6 && s["anneal"] == 0.1);
    assert_eq!(s["steps"], plain["steps"]);
    let tempering = &s["tempering"];
    let betas = tempering["betas"].as_array().unwrap();
    assert!(betas.len() == 6 && betas[0] == 1.0 && betas[5] == 0.1);
    let swaps = tempering["swap_acceptance"].as_array().unwrap();
    assert!(
        swaps.len() == 5 && swaps.iter().all(|a| a.as_f64() > Some(0.1)),
        "{tempering}"
    );
    assert!(tempering["round_trips"].as_u64() > Some(10));
    // 0.711 by enumeration; the chains without replicas stay near the all-zeros state.
    let mean = |s: &Value| s["means"][0].as_f64().unwrap();
    assert!(
        mean(&plain) < 0.3 && mean(&s) > 0.5,
        "{} {}",
        mean(&plain),
        mean(&s)
    );
}

#[test]
fn a_ladder_with_a_gap_gives_a_warning() {
    let args = [
        "ising-lattice:side=20,theta=0.4",
        "--replicas",
        "2",
        "--hottest",
        "0.01",
    ];
    let s = summary(&args);
    let warned = |s: &Value| {
        let all = s["warnings"].as_array().unwrap();
        all.iter()
            .any(|w| w.as_str().unwrap().contains("raise --replicas"))
    };
    assert!(warned(&s), "{}", s["warnings"]);
    let table = gwg(&args);
    assert!(
        table.contains("replicas 2 per chain, beta down to 0.010000; minimum swap acceptance"),
        "{table}"
    );
    assert!(!warned(&summary(&[COLD, "--replicas", "6"])));
}

#[test]
fn a_ladder_without_round_trips_gives_a_warning() {
    // Five rounds of swaps are too few for a round trip over eight levels.
    let args = [
        "ising-lattice:side=3,theta=0.01",
        "--replicas",
        "8",
        "--thin",
        "1",
    ];
    let warned = |draws: &str| {
        let s = summary(&[&args[..], &["--draws", draws]].concat());
        let all = s["warnings"].as_array().unwrap().clone();
        let found = all
            .iter()
            .any(|w| w.as_str().unwrap().contains("no round trips"));
        assert_eq!(found, s["tempering"]["round_trips"] == 0, "{s}");
        found
    };
    assert!(warned("50") && !warned("20000"));
}

#[test]
fn every_sampler_runs_on_a_ladder() {
    for sampler in [
        "gwg",
        "gwg:flips=3",
        "gwg:flips=auto",
        "lb",
        "pas",
        "dmala",
        "dlmc",
        "window2",
        "gibbs",
        "block-gibbs",
        "hamming-ball",
        "random-walk",
        "jump",
        "sweep",
    ] {
        let s = summary(&[
            "ising-lattice:side=4",
            "--sampler",
            sampler,
            "--replicas",
            "3",
            "--hottest",
            "0.5",
            "--anneal",
            "0.2",
            "--draws",
            "50",
            "--thin",
            "1",
            "--warmup",
            "40",
        ]);
        assert_eq!(s["steps"], 200, "{sampler}");
        assert!(
            s["tempering"]["swap_acceptance"][1].is_number(),
            "{sampler}"
        );
    }
}
