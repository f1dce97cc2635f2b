//! Runs that would take years end soon after a signal, in order.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;

use command::ok;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const AGES: &str = "100000000000000";
const LATTICE: &str = "ising-lattice:side=4,theta=0.1";

/// Starts the command by a line of the shell; `GWG` stands for it.
fn start(folder: &Path, line: &str) -> Child {
    Command::new("sh")
        .current_dir(folder)
        .args(["-c", &line.replace("GWG", env!("CARGO_BIN_EXE_gwg"))])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits for something, for longer than any machine takes.
fn until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(
            started.elapsed() < Duration::from_secs(120),
            "never: {what}"
        );
        sleep(Duration::from_millis(20));
    }
}

/// True once the run has started its trace, and so catches signals.
fn began(folder: &Path) -> bool {
    let names = fs::read_dir(folder).unwrap().flatten();
    let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.any(|name| name.starts_with(".t.partial-") && !name.ends_with(".partial"))
}

fn signal(run: &Child, name: &str) {
    let mut kill = Command::new("kill");
    let done = kill.args([name, &run.id().to_string()]).status();
    assert!(done.unwrap().success());
}

fn end(mut run: Child) -> Output {
    until("the run ends", || run.try_wait().unwrap().is_some());
    run.wait_with_output().unwrap()
}

fn stderr(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// Runs until it is in its steps, then sends a signal.
fn interrupted(folder: &Path, args: &str, name: &str) -> Output {
    let run = start(folder, &format!("exec GWG sample {args} --out t"));
    until("the trace begins", || began(folder));
    sleep(Duration::from_millis(200));
    signal(&run, name);
    end(run)
}

#[test]
fn steps_of_any_length_end() {
    for args in [
        format!("{LATTICE} --thin {AGES}"),
        format!("{LATTICE} --warmup {AGES} --threads 1"),
        format!("{LATTICE} --warmup {AGES} --anneal 0.1"),
        format!("{LATTICE} --thin {AGES} --replicas 3 --swap-every {AGES}"),
        format!("{LATTICE} --thin {AGES} --sampler '1000000*gwg+gibbs'"),
        format!("{LATTICE} --thin {AGES} --sampler 'gwg|gibbs'"),
        format!("{LATTICE} --sampler jump:interval=1e30"),
        format!("{LATTICE} --sampler 'gibbs+jump:interval=1e30' --warmup 0"),
        "rbm:visible=784,hidden=500 --chains 100 --thin 1000 --draws 2000 --warmup 10".to_owned(),
    ] {
        let root = tempfile::tempdir().unwrap();
        let out = interrupted(root.path(), &args, "-TERM");
        assert_eq!(out.status.code(), Some(143), "{args}: {}", stderr(&out));
        let info = ok(root.path(), &["info", "t"]);
        assert!(info.contains(" 0 draws"), "{info}");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }
}

/// True once the process catches SIGTERM.
fn catches(run: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> 14 & 1 == 1)
}

#[test]
#[cfg(target_os = "linux")]
fn one_long_update_or_level_ends() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let rows: String = (0..50).map(|k| format!("{:06b}\n", k * 37 % 64)).collect();
    fs::write(folder.join("rows.txt"), rows).unwrap();
    let steps = "--steps-per-update 1000000000 --quiet";
    let learn = "learn -o m.safetensors --checkpoint c";
    for args in [
        format!("{learn} ising rows.txt {steps}"),
        format!("{learn} rbm:hidden=3 rows.txt {steps}"),
        format!("{learn} ising rows.txt --sampler gwg {steps}"),
        format!("contacts rows.txt --separation 0 {steps}"),
        "evaluate potts-lattice:side=5 --steps 100000000 --quiet".to_owned(),
        "evaluate rbm:visible=30,hidden=25 --steps 100000000 --quiet".to_owned(),
        "evaluate potts-lattice:side=5 --method ti --steps 100000000 --quiet".to_owned(),
    ] {
        let run = start(folder, &format!("exec GWG {args}"));
        until("signals are caught", || catches(&run));
        sleep(Duration::from_millis(200));
        signal(&run, "-TERM");
        let out = end(run);
        assert_eq!(out.status.code(), Some(143), "{args}: {}", stderr(&out));
        // There is no update whose model could be written.
        assert!(!folder.join("m.safetensors").exists(), "{args}");
        let _ = fs::remove_file(folder.join("c"));
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "{args}");
    }
}

/// Rows of 400 sites with 21 states each: a matrix of 8000 rows is inverted for minutes.
#[test]
#[cfg(target_os = "linux")]
fn estimates_of_contacts_that_look_at_no_signals_end() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let letters = b"-ACDEFGHIKLMNPQRSTVWY";
    let row = |k: usize| {
        let letter = |i: usize| char::from(letters[(k * k * 7 + i * (k + 3)) % 21]);
        format!(">{k}\n{}\n", (0..400).map(letter).collect::<String>())
    };
    let rows: String = (0..300).map(row).collect();
    fs::write(folder.join("rows.fasta"), rows).unwrap();
    for method in ["mean-field", "plm --l2 1e-9"] {
        let run = start(
            folder,
            &format!("exec GWG contacts rows.fasta --method {method} --quiet"),
        );
        until("signals are caught", || catches(&run));
        sleep(Duration::from_millis(200));
        signal(&run, "-INT");
        let out = end(run);
        assert_eq!(out.status.code(), Some(130), "{method}: {}", stderr(&out));
        assert!(out.stdout.is_empty());
    }
}

#[test]
fn a_hangup_ends_a_run_unless_it_is_ignored() {
    let root = tempfile::tempdir().unwrap();
    let args = format!("{LATTICE} --thin {AGES}");
    let out = interrupted(root.path(), &args, "-HUP");
    assert_eq!(out.status.code(), Some(129), "{}", stderr(&out));

    let root = tempfile::tempdir().unwrap();
    let line = format!("trap '' HUP; exec GWG sample {args} --out t");
    let mut run = start(root.path(), &line);
    until("the trace begins", || began(root.path()));
    signal(&run, "-HUP");
    sleep(Duration::from_millis(500));
    assert!(run.try_wait().unwrap().is_none(), "nohup protects it");
    signal(&run, "-TERM");
    assert_eq!(end(run).status.code(), Some(143));
}

#[test]
fn a_file_larger_than_allowed_is_an_error_of_the_trace() {
    let root = tempfile::tempdir().unwrap();
    let line = "ulimit -f 1; exec GWG sample ising-lattice:side=40 --draws 300 --quiet --out t --report r.html";
    let out = end(start(root.path(), line));
    let said = stderr(&out);
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(
        said.contains("cannot write") && said.contains("File too large"),
        "{said}"
    );
    assert!(
        said.contains("--report r.html: not written, as there is no trace"),
        "{said}"
    );
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn a_run_without_draws_keeps_what_is_there() {
    let root = tempfile::tempdir().unwrap();
    let outputs = ["--out", "t", "--report", "r.html", "--summary", "s.json"];
    let args = [&["sample", "bernoulli:sites=30", "--quiet"][..], &outputs].concat();
    ok(root.path(), &args);
    let before = ["r.html", "s.json"].map(|name| fs::read(root.path().join(name)).unwrap());
    let args = format!("{LATTICE} --warmup {AGES} --force --report r.html --summary s.json");
    let out = interrupted(root.path(), &args, "-INT");
    let said = stderr(&out);
    assert_eq!(out.status.code(), Some(130), "{said}");
    assert!(said.contains("t stays as it was"), "{said}");
    assert!(
        said.contains("s.json: not replaced, as nothing was drawn"),
        "{said}"
    );
    assert!(ok(root.path(), &["info", "t"]).contains("1000 draws"));
    let after = ["r.html", "s.json"].map(|name| fs::read(root.path().join(name)).unwrap());
    assert_eq!(before, after);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 3);
}

#[test]
fn the_next_run_on_the_path_cleans_up_after_a_kill() {
    let root = tempfile::tempdir().unwrap();
    let line = format!("exec GWG sample {LATTICE} --thin {AGES} --out t");
    let [killed, living] = [0, 1].map(|_| start(root.path(), &line));
    let folders = || {
        let entries = fs::read_dir(root.path()).unwrap().flatten();
        entries.filter(|entry| entry.path().is_dir()).count()
    };
    until("both traces begin", || folders() == 2);
    signal(&killed, "-KILL");
    end(killed);
    let draw = ["sample", LATTICE, "--draws", "10", "--out", "t"];
    let out = command::gwg(root.path(), &draw);
    let said = stderr(&out);
    assert!(out.status.success(), "{said}");
    let notes = said
        .lines()
        .filter(|line| line.starts_with("note: --out: "));
    assert_eq!(notes.count(), 1, "{said}");
    assert!(
        said.contains("was removed: a run that was killed had left it"),
        "{said}"
    );
    assert_eq!(
        folders(),
        2,
        "the finished trace, and the one of the living run"
    );
    signal(&living, "-TERM");
    // The path was free when it began.
    let out = end(living);
    assert!(stderr(&out).contains("t exists"), "{}", stderr(&out));
    assert_eq!(folders(), 1);
}

#[test]
fn closed_and_full_streams_end_no_run() {
    for redirected in ["2>&-", "2>/dev/full", ">&-", ">/dev/null 2>&1", "2>&- >&-"] {
        if redirected.contains("full") && !Path::new("/dev/full").exists() {
            continue;
        }
        let root = tempfile::tempdir().unwrap();
        // A hidden folder that is cleaned makes it say something.
        fs::create_dir(root.path().join(".t.partial-1-0")).unwrap();
        let line = format!("exec GWG sample {LATTICE} --draws 30 --out t {redirected}");
        let out = end(start(root.path(), &line));
        assert_eq!(out.status.code(), Some(0), "{redirected}: {}", stderr(&out));
        assert!(ok(root.path(), &["info", "t"]).contains(" 30 draws"));
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }
    // Readers that leave: of errors, help and long lists.
    for line in [
        "exec GWG samplers | head -n 1",
        "exec GWG sample --help | head -n 1",
        "exec GWG sample nonsense 2>&1 | head -n 0",
    ] {
        let root = tempfile::tempdir().unwrap();
        let out = end(start(root.path(), line));
        assert!(
            !stderr(&out).contains("panicked"),
            "{line}: {}",
            stderr(&out)
        );
    }
    let root = tempfile::tempdir().unwrap();
    let out = end(start(root.path(), "exec GWG sample nonsense 2>&-"));
    assert_eq!(out.status.code(), Some(2));
}
