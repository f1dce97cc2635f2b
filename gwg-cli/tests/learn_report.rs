//! `gwg learn --report`: the page while it runs, at the end, and after an interrupt.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use lines::{refused, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const REFRESH: &str = "http-equiv=\"refresh\"";

/// 300 rows of 9 sites, of which the first three are equal.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut state = 7_u32;
    let mut bit = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 31
    };
    let mut text = String::new();
    for _ in 0..300 {
        let first = bit();
        let rest: String = (0..6).map(|_| bit().to_string()).collect();
        text.push_str(&format!("{first}{first}{first}{rest}\n"));
    }
    fs::write(folder.path().join("rows.txt"), text).unwrap();
    folder
}

fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("r.html")).unwrap()
}

fn json(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

/// The figures of the table of the page, as they are written in the summary.
fn figures(page: &str) -> Vec<(String, String)> {
    let rows = page.split("<tr><th scope=\"row\">").skip(1);
    rows.filter_map(|row| {
        let (name, rest) = row.split_once("</th>")?;
        let value = rest.strip_prefix("<td><data value=\"")?;
        let (value, _) = value.split_once('"')?;
        Some((name.to_owned(), value.to_owned()))
    })
    .collect()
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_summary() {
    let root = folder();
    let folder = root.path();
    for (kind, names, ids) in [
        (
            "ising",
            &[
                "pearson",
                "slope",
                "data",
                "model",
                "gradient",
                "rate",
                "pearson_of_halves",
            ][..],
            &[
                "curve-pearson-t",
                "curve-data-t",
                "curve-gradient-t",
                "image-chains-t",
            ][..],
        ),
        (
            "rbm:hidden=4",
            &["data", "model", "gradient", "rate"],
            &["curve-data-t", "image-data-t", "image-filters-t"],
        ),
        (
            "rbm:hidden=4 --sampler gwg",
            &["data", "model", "gradient", "rate"],
            &["image-filters-t"],
        ),
        (
            "ising-lattice:side=3 --decay-after 10",
            &["theta", "bias"],
            &["curve-rate-t", "image-data-t"],
        ),
    ] {
        let (kind, more) = kind.split_once(' ').unwrap_or((kind, ""));
        let out = if kind.starts_with("ising-lattice") {
            "m.txt"
        } else {
            "m.safetensors"
        };
        let args = format!(
            "learn {kind} rows.txt -o {out} --updates 40 -q --force {more} --report r.html --summary s.json"
        );
        run(folder, &args);
        let page = page(folder);
        let summary = fs::read_to_string(folder.join("s.json")).unwrap();
        assert!(!page.contains(REFRESH) && page.contains("\"verdict good\">40 updates in "));
        let found = figures(&page);
        for name in names {
            let value = found.iter().find(|(known, _)| known == name);
            let (_, value) = value.unwrap();
            let line = format!("\n  \"{name}\": {value},\n");
            assert!(summary.contains(&line), "{kind}: {line}");
        }
        for id in ids {
            assert!(page.contains(&format!("id=\"{id}\"")), "{kind}: {id}");
        }
        assert!(page.contains("<dt>rows</dt><dd>300</dd>"));
        // The command on the page makes the same model.
        let before = fs::read(folder.join(out)).unwrap();
        fs::remove_file(folder.join(out)).unwrap();
        let command = page.split("<code>gwg ").last().unwrap();
        let (command, _) = command.split_once("</code>").unwrap();
        run(folder, &command.replace(" \\\n", " "));
        assert!(before == fs::read(folder.join(out)).unwrap(), "{kind}");
        let quoted = ["src=", "<link", "<script", "@import", "url("];
        assert!(quoted.iter().all(|part| !page.contains(part)));
    }
}

/// Mean log-probabilities up to the constant, of a model whose `f` is known: at the first update all parameters but the fields are 0.
#[test]
fn means_of_f_are_those_of_the_model() {
    let root = folder();
    let folder = root.path();
    let args =
        "learn ising rows.txt --updates 1 -q --chains 5000 --summary s.json -o one.safetensors";
    run(folder, args);
    let first = json(folder, "s.json");
    let text = fs::read_to_string(folder.join("rows.txt")).unwrap();
    let rows: Vec<Vec<f64>> = text
        .lines()
        .map(|l| l.bytes().map(|b| f64::from(b - b'0')).collect())
        .collect();
    // f of independent sites is the sum of the logarithms of their frequencies, with a pseudocount of one row.
    let keep = 1.0 - 1.0 / 300.0;
    let entropy: f64 = (0..9)
        .map(|site| {
            let ones = rows.iter().map(|row| row[site]).sum::<f64>() / 300.0;
            let smooth = |f: f64| keep * f + (1.0 - keep) * 0.5;
            ones * smooth(ones).ln() + (1.0 - ones) * smooth(1.0 - ones).ln()
        })
        .sum();
    let found = first["data"].as_f64().unwrap();
    assert!((found - entropy).abs() < 1e-5, "{found} {entropy}");
    // The fields are nearly 0, so that f hardly varies among chains.
    let model = first["model"].as_f64().unwrap();
    assert!((model - entropy).abs() < 0.05, "{model} {entropy}");
}

#[test]
fn outputs_are_checked_before_the_run() {
    let root = folder();
    let folder = root.path();
    let args = "learn ising rows.txt -o m.safetensors --updates 3 -q";
    run(folder, &format!("{args} --report r.html"));
    let before = page(folder);
    fs::remove_file(folder.join("m.safetensors")).unwrap();
    for (more, said) in [
        (
            "--report r.html",
            &["--report r.html", "already exists", "--force"][..],
        ),
        ("--report -", &["--report -", "name a file"]),
        (
            "--report /dev/null",
            &["--report /dev/null", "a device or a pipe"],
        ),
        (
            "--report m.safetensors",
            &["--report m.safetensors", "--out"],
        ),
        ("--report rows.txt --force", &["--report rows.txt", "DATA"]),
        (
            "--report new.html --image 2x4",
            &["--image: found 2x4", "8 sites", "9"],
        ),
        ("--report new.html --image 9", &["--image", "as in 28x28"]),
        ("--image 3x3", &["--report"]),
    ] {
        refused(folder, &format!("{args} {more}"), said);
        assert!(!folder.join("m.safetensors").exists(), "{more}");
    }
    assert!(page(folder) == before);
    run(
        folder,
        &format!("{args} --report r.html --force --image 1x9"),
    );
    assert!(page(folder).contains("Images of 1 row and 9 columns"));
    run(
        folder,
        &format!("{args} --force --report other.html --seed 4 --rate 0.1"),
    );
    assert_eq!(
        fs::read_dir(folder).unwrap().count(),
        4,
        "no other file is left"
    );
}

#[test]
fn a_run_that_fails_says_so_on_its_page() {
    let root = folder();
    let folder = root.path();
    let args = "learn rbm:hidden=3 rows.txt -o m.safetensors --rate 1e38 --report r.html -q";
    let words: Vec<&str> = args.split_whitespace().collect();
    let out = command::gwg(folder, &words);
    assert_eq!(out.status.code(), Some(1));
    let page = page(folder);
    assert!(page.contains("Failed after update") && page.contains("m.safetensors is not written"));
    assert!(!page.contains(REFRESH) && !folder.join("m.safetensors").exists());
}

fn start(folder: &Path, args: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder)
        .args(args.split_whitespace())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// The page, read again and again until it is as it should be: it is whole at every moment.
fn until(folder: &Path, done: impl Fn(&str) -> bool) -> String {
    let started = Instant::now();
    loop {
        if let Ok(page) = fs::read_to_string(folder.join("r.html")) {
            assert!(page.ends_with("</html>\n"), "a part of a page");
            if done(&page) {
                return page;
            }
        }
        assert!(started.elapsed() < Duration::from_secs(120), "never");
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_page_is_live_and_an_interrupt_is_on_it() {
    let root = folder();
    let folder = root.path();
    let args = "learn ising rows.txt -o m.safetensors --updates 1000000000 --chains 10 -q --report r.html --checkpoint c --summary s.json";
    let mut child = start(folder, args);
    let first = until(folder, |_| true);
    assert!(first.contains(REFRESH) && first.contains("Running: update 0 of 1000000000"));
    assert!(first.contains("There are no updates yet."));
    let next = until(folder, |page| page != first);
    assert!(next.contains(REFRESH) && next.contains("id=\"curve-pearson-t\""));
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let (last, summary) = (page(folder), json(folder, "s.json"));
    let updates = summary["updates"].as_u64().unwrap();
    assert!(last.contains(&format!("Interrupted after update {updates} of 1000000000")));
    assert!(last.contains("the same command with --resume c --force goes on"));
    assert!(!last.contains(REFRESH) && summary["interrupted"] == true);
    // 1000 points of each figure, and the updates at which newly started chains are checked.
    assert!(summary["history"].as_array().unwrap().len() <= 1000 + 40);
}

#[test]
fn a_resumed_run_has_the_history_of_the_whole_one() {
    let root = folder();
    let folder = root.path();
    for kind in ["ising", "rbm:hidden=3", "ising --sampler gwg"] {
        let args = format!("learn {kind} rows.txt -q --force --report r.html");
        let args = args.replacen(" --sampler gwg rows.txt", " rows.txt --sampler gwg", 1);
        run(
            folder,
            &format!(
                "{args} --updates 1300 --chains 5 --steps-per-update 1 -o whole.safetensors --summary whole.json"
            ),
        );
        let whole = page(folder);
        let part = format!(
            "{args} --chains 5 --steps-per-update 1 -o part.safetensors --summary part.json --checkpoint c"
        );
        run(folder, &format!("{part} --updates 700"));
        run(folder, &format!("{part} --updates 1300 --resume c"));
        let [a, b] = ["whole.json", "part.json"].map(|name| json(folder, name));
        assert_eq!(a["history"], b["history"], "{kind}");
        // Every second update, and one at which newly started chains are checked: 675.
        let looked = usize::from(!kind.contains("--sampler"));
        assert_eq!(a["history"].as_array().unwrap().len(), 650 + looked);
        let bytes = |name: &str| fs::read(folder.join(name)).unwrap();
        assert!(
            bytes("whole.safetensors") == bytes("part.safetensors"),
            "{kind}"
        );
        let resumed = page(folder);
        let curves = |page: &str| {
            page.split("id=\"curves\"")
                .nth(1)
                .unwrap()
                .split("</section>")
                .next()
                .unwrap()
                .to_owned()
        };
        assert!(curves(&whole) == curves(&resumed), "{kind}");
        assert!(resumed.contains("<dt>this part began after update</dt><dd>700</dd>"));
        // A run with nothing left to do has the figures of the last update.
        run(folder, &format!("{part} --updates 1300 --resume c"));
        let again = json(folder, "part.json");
        assert_eq!(again["gradient"], a["gradient"], "{kind}");
        fs::remove_file(folder.join("c")).unwrap();
    }
}
