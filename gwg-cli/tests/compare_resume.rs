//! A comparison that is saved goes on with the samplers that are left.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;

use lines::{refused, run};
use std::fs;

const LINE: &str = "compare ising-lattice:side=6,theta=0.1 rbm:visible=20,hidden=4 --steps 2000 --chains 6 --quiet";

#[test]
fn finished_samplers_are_not_run_again() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(folder.join(name)).unwrap()).unwrap()
    };
    run(
        folder,
        &format!("{LINE} --samplers gwg --checkpoint c --summary first.json"),
    );
    let more = format!("{LINE} --samplers gwg,gibbs --checkpoint c --resume c");
    run(folder, &format!("{more} --summary more.json"));
    let (first, both) = (json("first.json"), json("more.json"));
    for model in 0..2 {
        let rows =
            |of: &serde_json::Value| of["models"][model]["samplers"].as_array().unwrap().clone();
        let (first, both) = (rows(&first), rows(&both));
        assert_eq!((first.len(), both.len()), (1, 2));
        // Measured once: the seconds, too.
        assert_eq!(first[0]["seconds"], both[0]["seconds"]);
        assert_eq!(first[0]["ess_per_second"], both[0]["ess_per_second"]);
    }
    // Nothing is left to run.
    run(folder, &format!("{more} --summary again.json --out d"));
    assert_eq!(json("more.json")["models"], json("again.json")["models"]);

    refused(
        folder,
        &more.replace("2000", "3000"),
        &["--resume", "--steps 2000", "--steps 3000"],
    );
    refused(folder, &format!("{more} --seed 4"), &["--seed 0"]);
    refused(
        folder,
        &format!("{LINE} --samplers gwg --checkpoint c"),
        &["--checkpoint c", "already exists"],
    );
    refused(
        folder,
        &format!("{LINE} --resume nothing"),
        &["--resume nothing"],
    );
    let bytes = fs::read(folder.join("c")).unwrap();
    fs::write(folder.join("c"), &bytes[..bytes.len() - 9]).unwrap();
    refused(folder, &more, &["--resume c", "damaged"]);
    fs::write(folder.join("c"), "what").unwrap();
    refused(folder, &more, &["--resume c", "not the checkpoint"]);
}
