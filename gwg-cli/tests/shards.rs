//! Shards of a run, merged, are the whole run.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/files.rs"]
mod files;
#[path = "driver/lines.rs"]
mod lines;

use files::files;
use lines::{refused, run};
use std::path::Path;

#[test]
fn merged_shards_are_the_trace_of_the_whole_run() {
    for (args, shards) in [
        (
            "ising-lattice:side=6,theta=0.2 --thin 20 --draws 300 --chains 5",
            3,
        ),
        (
            "potts-lattice:side=4,states=3,theta=0.2 --replicas 3 --thin 5 --draws 200",
            4,
        ),
        (
            "rbm:visible=30,hidden=8 --sampler pas --thin 3 --draws 100 --chains 7",
            2,
        ),
        (
            "categorical:sites=5,states=300,seed=1 --thin 2 --draws 50 --chains 2",
            1,
        ),
    ] {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path();
        run(folder, &format!("sample {args} --out whole --quiet"));
        let mut names = Vec::new();
        for shard in 1..=shards {
            run(
                folder,
                &format!("sample {args} --shard {shard}/{shards} --out s{shard} --quiet"),
            );
            names.insert(0, format!("s{shard}"));
        }
        run(folder, &format!("merge {} --out merged", names.join(" ")));
        let mut whole = files(&folder.join("whole"));
        whole.remove(Path::new("checkpoint.gwg")).unwrap();
        let merged = files(&folder.join("merged"));
        assert!(whole.keys().eq(merged.keys()), "{args}");
        for (name, bytes) in &whole {
            assert!(merged[name] == *bytes, "{args}: {name:?}");
        }
        let [a, b] = ["whole", "merged"].map(|name| run(folder, &format!("diagnose {name}")));
        assert_eq!(a.replace("whole", "merged"), b);
    }
}

#[test]
fn what_is_no_whole_run_is_not_merged() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let line = "sample bernoulli:sites=6 --thin 3 --draws 50 --quiet --chains 3";
    for shard in 1..=3 {
        run(folder, &format!("{line} --shard {shard}/3 --out s{shard}"));
    }
    run(folder, &format!("{line} --out whole"));
    run(folder, &format!("{line} --seed 2 --shard 3/3 --out other"));
    refused(folder, "merge s1 s3 --out t", &["missing: shard 2/3"]);
    refused(folder, "merge s1 s2 s2 s3 --out t", &["both are shard 2/3"]);
    refused(
        folder,
        "merge s1 s2 other --out t",
        &["other", "seed", "found 2, but 0 in s1"],
    );
    refused(
        folder,
        "merge s1 s2 whole --out t",
        &["whole", "not of a shard"],
    );
    refused(
        folder,
        "merge s1 s2 s3 --out whole",
        &["--out whole", "already exists"],
    );
    refused(folder, "merge s1 s2 nothing --out t", &["nothing"]);
    refused(
        folder,
        &format!("{line} --shard 4/3"),
        &["--shard", "shard I of N"],
    );
    refused(
        folder,
        &format!("{line} --shard 1/4"),
        &["--shard 1/4", "3 chains"],
    );
    refused(
        folder,
        &format!("{line} --shard 1/3 --record overlap"),
        &["--record overlap"],
    );
    assert!(!folder.join("t").exists());
    run(folder, "merge s3 s1 s2 --out t");
    refused(folder, "resume t", &["t", "no checkpoint"]);
}
