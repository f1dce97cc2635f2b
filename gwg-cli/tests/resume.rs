//! Runs that were ended by a signal, or killed, go on to the bytes of the run that was not.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/files.rs"]
mod files;
#[path = "driver/machine.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod machine;

use command::{gwg, ok};
use files::files;
use machine::Machine;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    let names: Vec<_> = a.keys().chain(b.keys()).collect();
    for name in names {
        assert!(a.get(name) == b.get(name), "{name:?} differs");
    }
    assert!(a.contains_key(Path::new("checkpoint.gwg")));
}

fn start(folder: &Path, args: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gwg"))
        .current_dir(folder)
        .args(args.split_whitespace())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn run(folder: &Path, args: &str) -> String {
    ok(folder, &args.split_whitespace().collect::<Vec<_>>())
}

/// The code, after a signal once `ready` holds, or by itself.
fn signalled(folder: &Path, args: &str, name: &str, ready: impl Fn() -> bool) -> Option<i32> {
    let mut run = start(folder, args);
    let began = Instant::now();
    while !ready() {
        assert!(began.elapsed() < Duration::from_secs(120), "never: {args}");
        if let Some(code) = run.try_wait().unwrap() {
            return code.code();
        }
        sleep(Duration::from_millis(5));
    }
    let mut kill = Command::new("kill");
    let _ = kill.args([name, &run.id().to_string()]).status().unwrap();
    run.wait().unwrap().code()
}

const RUNS: [&str; 6] = [
    "ising-lattice:side=8,theta=0.2 --thin 400 --warmup 20000 --draws 3000",
    "ising-lattice:side=6,theta=0.3 --thin 100 --draws 3000 --replicas 3 --chains 3",
    "potts-lattice:side=5,states=3,theta=0.2 --sampler 3*gwg+gibbs --thin 60 --draws 3000",
    "rbm:visible=30,hidden=8 --sampler pas --float f64 --thin 30 --draws 3000 --warmup 5000",
    "ising-lattice:side=6,theta=0.2 --anneal 0.1 --thin 100 --draws 3000 --record overlap --clamp clamp.txt",
    "m.safetensors --sampler ptt:ladder=l.safetensors --thin 30 --warmup 5000 --draws 3000",
];

fn folder() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("clamp.txt"), "0 1\n7 0\n").unwrap();
    let machine = Machine::random(20, 6, 1.0);
    machine.write(&root.path().join("m.safetensors"));
    machine.write_ladder(&root.path().join("l.safetensors"), 4);
    root
}

/// Numbers of a test that depend on nothing but the test.
fn random(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    *seed >> 33
}

#[test]
fn an_interrupted_run_goes_on_by_its_trace_or_by_its_checkpoint() {
    for args in RUNS {
        let root = folder();
        let folder = root.path();
        run(
            folder,
            &format!("sample {args} --out whole --summary w.json --quiet"),
        );
        let line =
            format!("sample {args} --out t --every 100ms --threads 1 --summary s.json --quiet");
        let code = signalled(folder, &line, "-TERM", || folder.join("t").exists());
        assert!(code == Some(143) || code == Some(0), "{args}: {code:?}");
        run(folder, "resume t --quiet");
        assert_same(&folder.join("whole"), &folder.join("t"));

        let line =
            format!("sample {args} --out u --checkpoint c --every 100ms --summary s2.json --quiet");
        let code = signalled(folder, &line, "-INT", || folder.join("c").exists());
        assert!(code == Some(130) || code == Some(0), "{args}: {code:?}");
        run(folder, &format!("{line} --resume c"));
        assert_same(&folder.join("whole"), &folder.join("u"));
        let [whole, resumed] = ["w.json", "s2.json"].map(|name| {
            let text = fs::read(folder.join(name)).unwrap();
            serde_json::from_slice::<serde_json::Value>(&text).unwrap()
        });
        for key in [
            "statistics",
            "site_statistics",
            "means",
            "acceptance",
            "evaluations",
            "adapted",
            "warnings",
        ] {
            assert_eq!(whole[key], resumed[key], "{args}: {key}");
        }
    }
}

/// As many kills as the variable `GWG_KILLS` says.
#[test]
fn killed_runs_lose_nothing_but_the_last_interval() {
    let kills = std::env::var("GWG_KILLS").ok().and_then(|n| n.parse().ok());
    let kills: usize = kills.unwrap_or(6);
    let (mut seed, mut done) = (7, 0);
    while done < kills {
        let args = RUNS[random(&mut seed) as usize % RUNS.len()];
        let root = folder();
        let folder = root.path();
        let inputs = fs::read_dir(folder).unwrap().count();
        run(folder, &format!("sample {args} --out whole --quiet"));
        let line = format!("sample {args} --out t --checkpoint c --every 100ms --quiet");
        for attempt in 0.. {
            let go_on = folder.join("c").exists();
            let more = if go_on { " --resume c" } else { " --force" };
            let wait = Duration::from_millis(20 + random(&mut seed) % 400);
            let began = Instant::now();
            let args = format!("{line}{more} --threads {}", 1 + random(&mut seed) % 2);
            let code = signalled(folder, &args, "-KILL", || began.elapsed() > wait);
            let trace = folder.join("t");
            if trace.exists() {
                let said = run(folder, "info t");
                assert!(said.contains("draws"), "{said}");
            }
            match code {
                Some(0) => break,
                Some(code) => panic!("{args}: exit {code} in attempt {attempt}"),
                None => done += 1,
            }
        }
        assert_same(&folder.join("whole"), &folder.join("t"));
        let left: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        // Two traces and the checkpoint.
        assert_eq!(left.len(), inputs + 3, "{left:?}");
    }
}

#[test]
fn a_finished_run_is_extended() {
    let root = folder();
    let folder = root.path();
    let args = "sample ising-lattice:side=6,theta=0.2 --thin 20 --quiet";
    run(folder, &format!("{args} --draws 700 --out t"));
    run(folder, &format!("{args} --draws 1500 --out whole"));
    let said = run(folder, "resume t --draws 1500 --quiet");
    assert!(said.contains("1500"), "{said}");
    assert_same(&folder.join("whole"), &folder.join("t"));
    // Nothing is left to do, and nothing changes.
    run(folder, "resume t --quiet");
    assert_same(&folder.join("whole"), &folder.join("t"));
}

#[test]
fn other_runs_are_not_gone_on_with() {
    let root = folder();
    let folder = root.path();
    let line = "sample bernoulli:sites=6 --thin 3 --draws 50 --quiet --checkpoint c";
    run(folder, &format!("{line} --out t"));
    let refused = |args: &str, said: &[&str]| {
        let out = gwg(folder, &args.split_whitespace().collect::<Vec<_>>());
        let error = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{args}: {error}");
        assert!(
            said.iter().all(|part| error.contains(part)),
            "{args}: {error}"
        );
    };
    let resumed = format!("{line} --resume c");
    refused(
        &resumed.replace("--thin 3", "--thin 4"),
        &["thin", "saved with 3", "here it is 4"],
    );
    refused(&resumed.replace("sites=6", "sites=7"), &["model"]);
    refused(&format!("{resumed} --seed 1"), &["seed"]);
    refused(&format!("{resumed} --sampler gibbs"), &["sampler"]);
    refused(&format!("{resumed} --float f64"), &["float"]);
    refused(
        &resumed.replace("--draws 50", "--draws 40"),
        &["draws", "saved is 50"],
    );
    refused(&format!("{resumed} --out other"), &["other"]);
    refused(
        &format!("{line} --force --resume nothing"),
        &["--resume nothing", "start without"],
    );
    refused("resume t --draws 10", &["draws"]);
    refused("resume nothing", &["nothing"]);
    refused("resume c", &["c"]);
    fs::write(folder.join("c"), "no checkpoint").unwrap();
    refused(&resumed, &["--resume c", "not those of a saved run"]);
    let inside = folder.join("t/checkpoint.gwg");
    let bytes = fs::read(&inside).unwrap();
    fs::write(&inside, &bytes[..bytes.len() / 2]).unwrap();
    refused("resume t", &["t", "damaged"]);
    fs::remove_file(&inside).unwrap();
    refused("resume t", &["t", "no checkpoint"]);
}

/// A checkpoint that was saved before the first draw, and what is at the path of the trace.
#[test]
fn a_run_without_draws_takes_no_place_of_another_trace() {
    let root = folder();
    let folder = root.path();
    let line = "sample ising-lattice:side=6,theta=0.2 --seed 5 --thin 20 --draws 300 --warmup 300000000 --quiet --every 100ms";
    run(
        folder,
        "sample ising-lattice:side=6,theta=0.2 --thin 20 --draws 300 --quiet --out t",
    );
    let before = files(&folder.join("t"));
    let saved = || folder.join("c").exists();
    signalled(folder, &format!("{line} --checkpoint c"), "-TERM", saved);
    let resumed = format!("{line} --resume c --out t");
    let out = gwg(folder, &resumed.split_whitespace().collect::<Vec<_>>());
    assert_eq!(out.status.code(), Some(2));
    let began = Instant::now();
    let moment = || began.elapsed() > Duration::from_millis(700);
    let code = signalled(folder, &format!("{resumed} --force"), "-KILL", moment);
    assert_eq!(code, None);
    assert!(files(&folder.join("t")) == before);
}

#[test]
fn draws_of_two_runs_are_not_mixed() {
    let root = folder();
    let folder = root.path();
    let of = |theta: &str| {
        format!("sample ising-lattice:side=6,theta={theta} --thin 20 --draws 300 --quiet")
    };
    run(folder, &format!("{} --out t", of("0.1")));
    run(folder, &format!("{} --checkpoint c", of("0.3")));
    let line = format!("{} --resume c --out t", of("0.3").replace("300", "400"));
    let out = gwg(folder, &line.split_whitespace().collect::<Vec<_>>());
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("the trace of another run: model"), "{said}");
    let inside = format!("{} --out u --summary u/s.json", of("0.1"));
    fs::create_dir(folder.join("u")).unwrap();
    let out = gwg(folder, &inside.split_whitespace().collect::<Vec<_>>());
    assert_eq!(out.status.code(), Some(2));
    // A later checkpoint in the trace is taken in place of an earlier file.
    fs::copy(folder.join("t/checkpoint.gwg"), folder.join("early")).unwrap();
    run(folder, "resume t --draws 500 --quiet");
    let end = files(&folder.join("t"));
    let line = format!("{} --resume early --out t", of("0.1").replace("300", "500"));
    run(folder, &line);
    assert!(files(&folder.join("t")) == end);
}

/// What `timeout` and schedulers send: the same signal to a process and to its group.
#[test]
fn signals_that_come_together_are_one() {
    let root = folder();
    let folder = root.path();
    let line = "sample ising-lattice:side=6,theta=0.2 --thin 20 --draws 100000000 --out t --quiet";
    let run = start(folder, line);
    sleep(Duration::from_millis(600));
    let pid = run.id().to_string();
    let twice = format!("kill -TERM {pid}; kill -TERM {pid}");
    Command::new("sh").args(["-c", &twice]).status().unwrap();
    let out = run.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(143));
    assert!(folder.join("t/checkpoint.gwg").exists());
}

#[test]
fn a_changed_file_of_the_model_or_the_sampler_is_refused() {
    let root = folder();
    let folder = root.path();
    let graph = |weight: u8| {
        let text = format!("3 2\n1 2 1\n2 3 {weight}\n");
        fs::write(folder.join("g.txt"), text).unwrap();
    };
    graph(1);
    refuses_another(folder, "ising-file:path=g.txt", "g.txt", || graph(2));
    let line = "m.safetensors --sampler ptt:ladder=l.safetensors";
    refuses_another(folder, line, "l.safetensors", || {
        Machine::random(20, 6, 1.0).write_ladder(&folder.join("l.safetensors"), 5);
    });
}

fn refuses_another(folder: &Path, model: &str, name: &str, change: impl Fn()) {
    let line = format!("sample {model} --draws 20 --quiet");
    run(folder, &format!("{line} --out t --checkpoint c --force"));
    run(folder, "resume t --draws 30 --quiet");
    change();
    for again in ["resume t --draws 40 --quiet", &format!("{line} --resume c")] {
        let out = gwg(folder, &again.split(' ').collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{said}");
        let wanted = format!("{name}: a file of the model or the sampler has changed");
        assert!(said.contains(&wanted), "{said}");
    }
}
