//! What is refused, interrupted, or left as it is.

use crate::command::gwg;
use crate::lines::{refused, run};
use crate::machine::Machine;
use crate::{evaluated, near};
use serde_json::Value;
use std::fs;

#[test]
fn wrong_inputs_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    Machine::random(6, 4, 0.5).write(&folder.join("m.safetensors"));
    Machine::random(30, 28, 0.5).write(&folder.join("large.safetensors"));
    for (name, text) in [
        ("short.txt", "01010\n11111\n"),
        ("one.txt", "010101\n"),
        ("two.txt", "010101\n010121\n"),
        ("ragged.txt", "010101\n01010\n"),
        ("good.txt", "010101\n110100\n"),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    for (args, said) in [
        (
            "m.safetensors short.txt",
            "short.txt: found rows of 5 sites, but the model has 6",
        ),
        (
            "m.safetensors one.txt",
            "found 1 row, allowed are at least 2",
        ),
        ("m.safetensors two.txt", "row 1, site 4: found symbol 2"),
        ("m.safetensors ragged.txt", "line 2"),
        ("m.safetensors none.txt", "none.txt"),
        ("none.safetensors", "none.safetensors"),
        (
            "m.safetensors --method ias",
            "--method: found `ias`; did you mean `ais`?",
        ),
        (
            "m.safetensors --temperatures 0",
            "--temperatures: found 0, allowed are at least 1",
        ),
        (
            "m.safetensors --particles 1",
            "--particles: found 1, allowed are at least 2",
        ),
        ("m.safetensors --steps 0", "--steps: found 0"),
        (
            "large.safetensors --method exact",
            "allowed is a smaller one of at most 25",
        ),
        (
            "ising-dense:sites=40 --method exact",
            "found a model without a closed form",
        ),
        ("ising-lattice:side=4 --sampler gwgg", "did you mean `gwg`"),
        (
            "ising-lattice:side=4 --sampler dula",
            "must leave each level invariant",
        ),
        ("categorical:sites=3,states=300", "more than 256 states"),
        (
            "m.safetensors good.txt --summary none/s.json",
            "the folder none does not exist",
        ),
    ] {
        refused(folder, &format!("evaluate {args} --quiet"), &[said]);
    }
}

#[test]
fn samplers_that_are_not_reversible_give_no_bar() {
    let root = tempfile::tempdir().unwrap();
    let args = "ising-lattice:side=4,theta=0.1 --temperatures 100 --particles 50 --method bar";
    for (sampler, there) in [
        ("gibbs", false),
        ("gibbs:scan=random", true),
        ("gwg+gibbs:scan=random", false),
        ("0.5*gwg|0.5*gibbs:scan=random", true),
    ] {
        let found = evaluated(root.path(), &format!("{args} --sampler {sampler}"));
        assert_eq!(found["log_z"]["bar"].is_object(), there, "{sampler}");
        assert_eq!(
            found["warnings"].to_string().contains("is not reversible"),
            !there
        );
        let wanted = gwg_models::exact::kaufman(4, 4, 0.2).unwrap().log_z;
        near(&found["log_z"]["forward"], wanted);
        near(&found["log_z"]["reverse"], wanted);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_command_in_order() {
    use std::process::{Command, Stdio};
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    Machine::random(40, 30, 0.5).write(&folder.join("m.safetensors"));
    for model in ["m.safetensors", "ising-er:sites=60"] {
        for method in ["bar", "ti"] {
            let args =
                format!("evaluate {model} --method {method} --temperatures 100000000 --json-lines");
            let mut child = Command::new(env!("CARGO_BIN_EXE_gwg"))
                .current_dir(folder)
                .args(args.split_whitespace())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            // The first line of progress: it has begun.
            let mut first = String::new();
            let mut lines = std::io::BufReader::new(child.stderr.take().unwrap());
            while !first.contains("\"progress\"") {
                first.clear();
                let read = std::io::BufRead::read_line(&mut lines, &mut first).unwrap();
                assert!(read > 0, "{args}: it ended without a line of progress");
            }
            let id = child.id().to_string();
            assert!(
                Command::new("kill")
                    .args(["-INT", &id])
                    .status()
                    .unwrap()
                    .success()
            );
            std::io::copy(&mut lines, &mut std::io::sink()).unwrap();
            let out = child.wait_with_output().unwrap();
            assert_eq!(out.status.code(), Some(130), "{args}");
            assert!(out.stdout.is_empty());
        }
    }
}

#[test]
fn existing_summaries_stay_without_force() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    fs::write(folder.join("s.json"), "theirs").unwrap();
    let args = [
        "evaluate",
        "bernoulli:sites=5",
        "--method",
        "exact",
        "--summary",
        "s.json",
    ];
    let out = gwg(folder, &args);
    assert_eq!(out.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.join("s.json")).unwrap(), "theirs");
    run(folder, &format!("{} --force", args.join(" ")));
    let found: Value = serde_json::from_slice(&fs::read(folder.join("s.json")).unwrap()).unwrap();
    assert_eq!(found["log_z"]["agree"], true);
}
