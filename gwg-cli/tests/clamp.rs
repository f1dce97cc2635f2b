//! `gwg sample --clamp`: observed sites keep their values, and the others follow the conditional distribution.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use gwg_chains::diagnostics::{Draws, mcse_mean, mean};
use gwg_chains::trace::TraceReader;
use gwg_registry::{Model, ModelSpec};
use serde_json::{Value, json};
use std::path::Path;

/// All samplers that leave the target invariant and can be clamped.
const SAMPLERS: [&str; 14] = [
    "gwg",
    "gwg:flips=2.5",
    "lb:balance=barker",
    "pas",
    "dmala",
    "acs",
    "dlmc",
    "window2",
    "gibbs",
    "gibbs:scan=random",
    "block-gibbs",
    "hamming-ball",
    "random-walk",
    "jump",
];

fn folder_with(observations: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("obs.txt"), observations).unwrap();
    folder
}

/// Writes rows of one-byte values in NumPy's format.
fn npy(path: &Path, descr: &str, shape: &str, body: &[u8]) {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(body);
    std::fs::write(path, bytes).unwrap();
}

/// Frequencies of every state of every site given the observations, by enumeration: `[site][state]`.
fn enumerated(model: &Model<f64>, observed: &[(usize, u8)]) -> Vec<Vec<f64>> {
    let (sites, states) = (model.sites(), model.states());
    let mut x = vec![0u8; sites];
    for &(site, value) in observed {
        x[site] = value;
    }
    let free: Vec<usize> = (0..sites)
        .filter(|i| observed.iter().all(|o| o.0 != *i))
        .collect();
    let (mut total, mut sums) = (0.0, vec![vec![0.0; states]; sites]);
    loop {
        let weight = model.log_prob(&x).exp();
        total += weight;
        for (sums, &s) in sums.iter_mut().zip(&x) {
            sums[usize::from(s)] += weight;
        }
        let Some(&next) = free.iter().find(|&&i| usize::from(x[i]) + 1 < states) else {
            break;
        };
        for &i in free.iter().take_while(|&&i| i != next) {
            x[i] = 0;
        }
        x[next] += 1;
    }
    for row in &mut sums {
        row.iter_mut().for_each(|sum| *sum /= total);
    }
    sums
}

/// Indicators of site `site` being in state `state`, one row per chain.
fn indicators(trace: &TraceReader, site: usize, state: u8) -> Vec<Vec<f64>> {
    let mut rows = vec![Vec::new(); trace.chains()];
    trace
        .for_each_x::<u8>(|chain, _, x| {
            let here = x.chunks(trace.sites());
            rows[chain].extend(here.map(|x| f64::from(u8::from(x[site] == state))));
        })
        .unwrap();
    rows
}

/// Compares the frequencies of a run with enumeration; returns the largest z-score.
fn compare(spec: &str, sampler: &str, observed: &[(usize, u8)]) -> f64 {
    let lines = observed
        .iter()
        .map(|(site, value)| format!("{site} {value}\n"));
    let folder = folder_with(&lines.collect::<String>());
    let args = [
        "sample",
        spec,
        "--sampler",
        sampler,
        "--clamp",
        "obs.txt",
        "--seed",
        "3",
        "--draws",
        "3000",
        "--thin",
        "5",
        "--float",
        "f64",
        "--out",
        "t",
        "--quiet",
    ];
    ok(folder.path(), &args);
    let model = ModelSpec::parse(spec).unwrap().build().unwrap();
    let truth = enumerated(&model, observed);
    let trace = TraceReader::open(&folder.path().join("t")).unwrap();
    let mut worst = 0.0f64;
    for (site, truth) in truth.iter().enumerate() {
        let held = observed.iter().find(|o| o.0 == site);
        for (state, &truth) in (0u8..).zip(truth) {
            let rows = indicators(&trace, site, state);
            if let Some(&(_, value)) = held {
                let constant = f64::from(u8::from(state == value));
                assert!(
                    rows.iter().flatten().all(|&hit| hit == constant),
                    "{spec} {sampler}: site {site} left {value}"
                );
                continue;
            }
            let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
            let draws = Draws::new(&rows).unwrap();
            let error = mcse_mean(&draws).unwrap();
            assert!(error < 0.03, "{spec} {sampler}: site {site}: mcse {error}");
            worst = worst.max(((mean(&draws).unwrap() - truth) / error).abs());
        }
    }
    worst
}

#[test]
fn every_sampler_follows_the_conditional_distribution() {
    for (spec, observed) in [
        (
            "ising-lattice:side=3,theta=0.1,bias=0.2",
            &[(0, 1), (4, 0), (7, 1)][..],
        ),
        ("potts-dense:sites=5,states=3,scale=0.4", &[(1, 2), (3, 0)]),
        (
            "ordinal-lattice:side=3,levels=3",
            &[(0, 2), (1, 0), (2, 1), (5, 2), (8, 0)],
        ),
    ] {
        for sampler in SAMPLERS {
            let z = compare(spec, sampler, observed);
            // 42 runs with at most 12 frequencies each: |z| > 5 occurs with probability 3e-4.
            assert!(z < 5.0, "{spec} {sampler}: {z}");
        }
    }
}

#[test]
fn every_model_can_be_clamped_in_both_precisions() {
    let folder = folder_with("# three\n0 1\n2 0\n\n8 1\n");
    for model in [
        "ising-lattice:side=3",
        "ising-er:sites=9",
        "ising-dense:sites=9",
        "potts-lattice:side=3",
        "potts-dense:sites=9,states=4",
        "ordinal-lattice:side=3",
        "rbm:visible=9,hidden=5",
        "bernoulli:sites=9",
        "categorical:sites=9",
    ] {
        for (sampler, float) in [
            ("gwg", "f32"),
            ("lb", "f64"),
            ("jump", "f32"),
            ("pas", "f32"),
        ] {
            let args = [
                "sample",
                model,
                "--sampler",
                sampler,
                "--float",
                float,
                "--clamp",
                "obs.txt",
                "--draws",
                "60",
                "--quiet",
                "--summary",
                "-",
            ];
            let s: Value = serde_json::from_str(&ok(folder.path(), &args)).unwrap();
            let share = |site: usize| match &s["means"][site] {
                Value::Array(row) => row[1].as_f64().unwrap(),
                share => share.as_f64().unwrap(),
            };
            assert_eq!((share(0), share(8)), (1.0, 1.0), "{model} {sampler}");
            assert_eq!(s["clamp"], json!({"path": "obs.txt", "observed": 3}));
            let moved = s["hops"].as_f64().unwrap();
            assert!(moved > 0.0, "{model} {sampler}: {moved}");
        }
    }
}

#[test]
fn one_free_site_is_enough() {
    let folder = folder_with("0 1\n2 0\n");
    for sampler in SAMPLERS {
        let args = [
            "sample",
            "bernoulli:sites=3",
            "--sampler",
            sampler,
            "--clamp",
            "obs.txt",
            "--draws",
            "100",
            "--quiet",
            "--summary",
            "-",
        ];
        let s: Value = serde_json::from_str(&ok(folder.path(), &args)).unwrap();
        let middle = s["means"][1].as_f64().unwrap();
        assert_eq!(
            (s["means"][0].as_f64(), s["means"][2].as_f64()),
            (Some(1.0), Some(0.0))
        );
        assert!(middle > 0.0 && middle < 1.0, "{sampler}: {middle}");
    }
}

#[test]
fn array_and_text_file_agree_and_replicas_are_clamped() {
    let folder = folder_with("0 1\n4 0\n");
    npy(
        &folder.path().join("obs.npy"),
        "|i1",
        "(9,)",
        &[1, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff],
    );
    let means = |clamp: &str, threads: &str| {
        let args = [
            "sample",
            "ising-lattice:side=3",
            "--replicas",
            "3",
            "--anneal",
            "0.1",
            "--clamp",
            clamp,
            "--threads",
            threads,
            "--chains",
            "5",
            "--quiet",
            "--summary",
            "-",
        ];
        let s: Value = serde_json::from_str(&ok(folder.path(), &args)).unwrap();
        s["means"].clone()
    };
    let lines = means("obs.txt", "1");
    assert_eq!((&lines[0], &lines[4]), (&json!(1.0), &json!(0.0)));
    assert_eq!(lines, means("obs.npy", "1"));
    assert_eq!(lines, means("obs.txt", "2"));
}

#[test]
fn observed_sites_are_reported_in_all_outputs() {
    let folder = folder_with("0 1\n");
    let args = [
        "sample",
        "ising-lattice:side=4",
        "--clamp",
        "obs.txt",
        "--draws",
        "50",
        "--quiet",
        "--out",
        "t",
        "--report",
        "page.html",
    ];
    let line = "clamp    obs.txt  (1 of 16 sites observed)\n";
    assert!(ok(folder.path(), &args).contains(line));
    assert!(ok(folder.path(), &["diagnose", "t"]).contains(line));
    let again = ok(folder.path(), &["diagnose", "t", "--summary", "-"]);
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!(again["clamp"], json!({"path": "obs.txt", "observed": 1}));
    let page = std::fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.contains("<dt>sites observed</dt><dd>1</dd>"));
    assert!(page.contains("--clamp obs.txt"));
    let plain = ok(
        folder.path(),
        &[
            "sample",
            "bernoulli",
            "--draws",
            "50",
            "--quiet",
            "--out",
            "u",
        ],
    );
    assert!(!plain.contains("clamp") && !ok(folder.path(), &["diagnose", "u"]).contains("clamp"));
}

#[test]
fn contradicting_initial_states_are_rejected_before_writing() {
    let folder = folder_with("0 1\n5 0\n");
    let mut start = [0u8; 9];
    start[0] = 1;
    npy(&folder.path().join("right.npy"), "|u1", "(9,)", &start);
    start[5] = 1;
    npy(&folder.path().join("wrong.npy"), "|u1", "(9,)", &start);
    let run = |init: &str| {
        let args = [
            "sample",
            "ising-lattice:side=3",
            "--clamp",
            "obs.txt",
            "--init",
            init,
            "--quiet",
            "--out",
            "t",
            "--force",
        ];
        gwg(folder.path(), &args)
    };
    let out = run("wrong.npy");
    assert_eq!(out.status.code(), Some(2));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let wanted = "error: --init: initial states: row 0, site 5: found symbol 1, but 0 is observed there; start there, or leave the site free\n";
    assert_eq!(said, wanted);
    assert!(!folder.path().join("t").exists());
    assert!(run("right.npy").status.success());
}
