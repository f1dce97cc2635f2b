//! Tests of `gwg compare` and its output folder.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::{gwg, ok};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Parses CSV with quotes as in RFC 4180.
fn csv(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(fields).collect()
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut inside = false;
    for c in line.chars() {
        match c {
            '"' => inside = !inside,
            ',' if !inside => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

/// The columns that do not depend on timings.
fn untimed(rows: &[Vec<String>]) -> Vec<Vec<&str>> {
    let timed = |c: usize| rows[0][c].contains("second");
    let keep = |row| {
        let row: &Vec<String> = row;
        let kept = row.iter().enumerate().filter(|(c, _)| !timed(*c));
        kept.map(|(_, field)| field.as_str()).collect()
    };
    rows.iter().map(keep).collect()
}

#[test]
fn the_folder_is_complete_and_only_timings_depend_on_threads() {
    let root = tempfile::tempdir().unwrap();
    let models = [
        "ising-lattice:side=3,theta=0.1",
        "ising-lattice:side=3,theta=0.2",
    ];
    let list = "gibbs,gwg:flips=3,balance=barker,pas,structured,dula";
    let run = |out: &str, threads: &str| {
        let mut args = vec!["compare", models[0], models[1], "--samplers", list];
        args.extend(["--chains", "8", "--steps", "400", "--quiet"]);
        args.extend(["--out", out, "--threads", threads]);
        ok(root.path(), &args)
    };
    let said = run("one", "1");
    run("two", "2");
    assert!(said.contains("most ESS/s by theta: 0.1 ") && said.contains("dula is biased"));

    let [one, two] = ["one", "two"].map(|name| root.path().join(name));
    for name in ["compare.csv", "curves.csv"] {
        let (a, b) = (csv(&one.join(name)), csv(&two.join(name)));
        assert!(a.iter().all(|row| row.len() == a[0].len()), "{name}");
        assert_eq!(untimed(&a), untimed(&b), "{name}");
    }
    let rows = csv(&one.join("compare.csv"));
    assert_eq!(rows.len(), 1 + 2 * 5);
    let column = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    for row in &rows[1..] {
        let number = |name: &str| row[column(name)].parse::<f64>().unwrap();
        assert!(number("acceptance") > 0.0 && number("rmse") > 0.0);
        assert_eq!(number("steps"), 400.0);
        assert!((number("log_prob") - number("log_prob_exact")).abs() < 2.0);
    }
    let dula = rows.iter().find(|row| row[1] == "dula").unwrap();
    assert_eq!(dula[column("fault")], "biased");

    let page = fs::read_to_string(one.join("index.html")).unwrap();
    let mut figures = 0;
    for entry in fs::read_dir(&one).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "svg") {
            let svg = fs::read_to_string(&path).unwrap();
            assert!(page.contains(&svg), "{path:?}");
            figures += 1;
        }
    }
    // Six per model, and those across models, as far as any sampler has converged.
    assert!((13..=14).contains(&figures), "{figures}");
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("http-equiv"));
}

#[test]
fn the_summary_has_discrepancies_of_rbms_and_omitted_samplers() {
    let root = tempfile::tempdir().unwrap();
    let summary = |args: &[&str]| -> Value {
        let fixed = ["--steps", "300", "--quiet", "--summary", "-"];
        let all: Vec<&str> = ["compare"]
            .iter()
            .chain(args)
            .chain(&fixed)
            .copied()
            .collect();
        serde_json::from_str(&ok(root.path(), &all)).unwrap()
    };
    let rbm = summary(&[
        "rbm:visible=20,hidden=5",
        "--samplers",
        "gwg,sweep",
        "--chains",
        "20",
    ]);
    let model = &rbm["models"][0];
    let floor = model["mmd_floor"]["v"].as_f64().unwrap();
    for sampler in model["samplers"].as_array().unwrap() {
        let mmd = sampler["mmd_v"].as_f64().unwrap();
        assert!(mmd < 3.0 * floor && mmd > 0.2 * floor, "{sampler}");
        assert!(sampler["ess"]["hamming"]["se"].is_number());
    }
    assert!(model["advice"].is_string());

    let dense = summary(&["ising-dense:sites=20", "--chains", "10"]);
    let model = &dense["models"][0];
    assert_eq!(model["left_out"][0]["sampler"], "sweep");
    assert_eq!(model["samplers"].as_array().unwrap().len(), 9);
    let source = model["truth"]["source"].as_str().unwrap();
    assert!(source.contains("symmetry"), "{source}");
}

#[test]
fn composite_samplers_are_compared_with_the_others() {
    let root = tempfile::tempdir().unwrap();
    let list =
        "pas,20*gwg+gibbs:scan=random,0.9*gwg|0.1*window2,gibbs+pas:balance=barker,temperature=1.5";
    let args = ["compare", "ising-lattice:side=3,theta=0.1"];
    let options = ["--steps", "400", "--chains", "8", "--quiet", "--out", "out"];
    let command = [&args[..], &["--samplers", list], &options].concat();
    let said = ok(root.path(), &command);
    assert!(said.contains("20*gwg+gibbs:scan=random ") && said.contains("second.path "));
    let rows = csv(&root.path().join("out/compare.csv"));
    let column = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let names: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
    let last = "gibbs+pas:balance=barker,temperature=1.5";
    assert_eq!(
        names,
        [
            "pas",
            "20*gwg+gibbs:scan=random",
            "0.9*gwg|0.1*window2",
            last
        ]
    );
    assert!(rows[4][column("adapted")].starts_with("second.path="));
    assert_eq!(rows[4][column("warmup")], "40");
    let window = "0.1*window2:balance=sqrt,temperature=2";
    assert!(rows[3][column("spec")].ends_with(window));
    for row in &rows[1..] {
        // Eight chains of nine sites: a root mean squared error of 0.25 is expected, twice as much is significant.
        assert!(row[column("rmse")].parse::<f64>().unwrap() < 0.5, "{row:?}");
    }
    // The reported budget is the one that was run.
    let page = fs::read_to_string(root.path().join("out/index.html")).unwrap();
    assert!(page.contains("0.9*gwg|0.1*window2,gibbs+pas:balance=barker,temperature=1.5&#39;"));
}

#[test]
fn the_ground_truth_of_an_rbm_is_reported() {
    let root = tempfile::tempdir().unwrap();
    let truth = |model: &str| {
        let args = ["compare", model, "--samplers", "gwg", "--chains", "4"];
        let options = ["--steps", "100", "--quiet", "--summary", "-"];
        let said = ok(root.path(), &[&args[..], &options].concat());
        let all: Value = serde_json::from_str(&said).unwrap();
        all["models"][0]["truth"].clone()
    };
    let small = truth("rbm:visible=30,hidden=8");
    let source = small["source"].as_str().unwrap();
    assert!(source.contains("exact, by the 2^8 states"), "{source}");
    assert_eq!(small["error"], 0.0);
    let sample = small["sample_source"].as_str().unwrap();
    assert!(sample.contains("two-block Gibbs"), "{sample}");

    let large = truth("rbm:visible=40,hidden=40");
    assert_eq!(large["source"], large["sample_source"]);
    let source = large["source"].as_str().unwrap();
    assert!(source.contains("largest R-hat of a unit 1.0"), "{source}");
    // At most half the standard deviation of a bit, over 500 x 500 weakly correlated states.
    let error = large["error"].as_f64().unwrap();
    assert!((2e-4..5e-3).contains(&error), "{error}");
}

#[test]
fn a_budget_in_seconds_is_accepted() {
    let root = tempfile::tempdir().unwrap();
    let args = [
        "compare",
        "bernoulli:sites=20",
        "--samplers",
        "gwg,sweep",
        "--seconds",
        "0.05",
    ];
    let said = ok(
        root.path(),
        &[&args[..], &["--quiet", "--chains", "4"]].concat(),
    );
    assert!(
        said.contains("the sites are independent") && said.contains("0.05 seconds"),
        "{said}"
    );
}

#[test]
fn an_existing_folder_is_kept() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("out")).unwrap();
    fs::write(root.path().join("out/mine.txt"), "mine").unwrap();
    let args = [
        "compare",
        "bernoulli:sites=4",
        "--steps",
        "20",
        "--out",
        "out",
        "--quiet",
    ];
    for more in [&[][..], &["--force"]] {
        let out = gwg(root.path(), &[&args[..], more].concat());
        assert_eq!(out.status.code(), Some(2));
        assert_eq!(
            fs::read_to_string(root.path().join("out/mine.txt")).unwrap(),
            "mine"
        );
    }
}

/// Four by three spins: what the relaxations are biased by is visible, and weights remove it from adjusted samplers.
#[test]
fn relaxations_stand_beside_samplers_with_their_errors() {
    let root = tempfile::tempdir().unwrap();
    let run = |threads: &str, out: &str| {
        let args = ["compare", "ising-lattice:side=3,theta=0.15,bias=0.2"];
        let options = [
            "--relaxations",
            "--temperatures",
            "0.5",
            "--samplers",
            "gwg",
        ];
        let budget = ["--chains", "20", "--steps", "20000", "--float", "f64"];
        let rest = [
            "--quiet",
            "--summary",
            "-",
            "--threads",
            threads,
            "--out",
            out,
        ];
        let all = [&args[..], &options, &budget, &rest].concat();
        serde_json::from_str::<Value>(&ok(root.path(), &all)).unwrap()
    };
    let found = run("1", "one");
    let rows = found["models"][0]["samplers"].as_array().unwrap();
    let names: Vec<&str> = rows.iter().map(|r| r["name"].as_str().unwrap()).collect();
    let all = [
        "gwg",
        "ula T=0.5",
        "ula T=0.5 weighted",
        "mala T=0.5",
        "mala T=0.5 weighted",
        "hmc T=0.5",
        "hmc T=0.5 weighted",
        "svgd T=0.5",
        "discrete-svgd T=0.5",
    ];
    assert_eq!(names, all);
    let row = |name: &str| rows.iter().find(|r| r["name"] == name).unwrap();
    let error = |name: &str, key: &str| row(name)["errors"][key].as_f64().unwrap();
    for name in ["gwg", "mala T=0.5 weighted", "hmc T=0.5 weighted"] {
        let z = error(name, "f") / error(name, "f_se");
        assert!(z.abs() < 5.0, "{name} {z}");
        assert!(error(name, "sites") < 0.01, "{name}");
    }
    for name in ["ula T=0.5", "mala T=0.5", "hmc T=0.5"] {
        let z = error(name, "f") / error(name, "f_se");
        assert!(z < -10.0 && error(name, "sites") > 0.03, "{name} {z}");
        assert_eq!(row(name)["fault"], "biased");
        let with = row(&format!("{name} weighted"));
        let share = with["effective_share"].as_f64().unwrap();
        assert!((0.1..0.95).contains(&share), "{name} {share}");
        assert_eq!(with["fault"], "weighted");
    }
    // 20 chains of 20000 gradients each: 2000 steps of HMC, a tenth of them warm-up; a draw has a weight.
    assert_eq!(row("hmc T=0.5")["gradients"], 400_000.0);
    assert_eq!(row("hmc T=0.5 weighted")["gradients"], 436_000.0);
    assert_eq!(row("svgd T=0.5")["gradients"], 20_000.0);
    assert_eq!(row("discrete-svgd T=0.5")["gradients"], 40_000.0);
    assert!(row("svgd T=0.5")["rhat"]["hamming"].is_null());
    run("2", "two");
    let [one, two] = ["one", "two"].map(|out| csv(&root.path().join(out).join("compare.csv")));
    assert_eq!(untimed(&one), untimed(&two));
    let head = &one[0];
    for column in [
        "rmse_of_all",
        "log_prob_error_per_site",
        "effective_share",
        "gradients",
    ] {
        assert!(head.iter().any(|name| name == column), "{column}");
    }
    let page = fs::read_to_string(root.path().join("one/index.html")).unwrap();
    assert!(page.contains("<dt>weighted</dt>") && page.contains("--relaxations"));
}

#[test]
fn relaxations_of_machines_are_resumed_and_grouped_by_error() {
    let root = tempfile::tempdir().unwrap();
    let args = [
        "compare",
        "rbm:visible=12,hidden=4",
        "ising-lattice:side=4,theta=0.1,bias=0.1",
    ];
    let options = [
        "--relaxations",
        "--temperatures",
        "0.5",
        "--chains",
        "4",
        "--steps",
        "400",
    ];
    let first = [&args[..], &options, &["--quiet", "--checkpoint", "c"]].concat();
    let said = ok(root.path(), &first);
    assert!(
        said.contains("rmse of all") && said.contains("f/site off"),
        "{said}"
    );
    assert!(said.contains("error, the larger of"), "{said}");
    assert!(
        said.contains("by number of sites") && said.contains("rbm 12"),
        "{said}"
    );
    let again = [&args[..], &options, &["--quiet", "--resume", "c"]].concat();
    // Seconds are kept as well: what was measured is not measured again.
    assert_eq!(ok(root.path(), &again), said);
}
