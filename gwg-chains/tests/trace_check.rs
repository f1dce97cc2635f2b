//! What no run has written is refused by name.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_chains::trace::{Batch, Chunks, Compression, TraceReader, TraceSpec, TraceWriter};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Two chains of five draws, in chunks of four, of three sites with three states; not compressed, so that a test can change bytes.
fn trace() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let attributes = json!({"chains": 2, "draws": 9, "sites": 3, "states": 3});
    let spec = TraceSpec {
        attributes: attributes.as_object().unwrap().clone(),
        compression: Compression::None,
        chunks: Some(Chunks {
            chains: 1,
            draws: 4,
            stat_draws: 4,
        }),
        ..TraceSpec::new(2, 3)
    };
    let mut writer = TraceWriter::create(&path, spec).unwrap();
    for draws in [4, 1] {
        let x: Vec<u8> = (0..2 * draws * 3).map(|i| (i % 3) as u8).collect();
        let stat = vec![0.5; 2 * draws];
        let stats: &[&[f64]] = &[&stat, &stat, &stat];
        let x = &x[..];
        writer.append(&Batch { draws, x, stats }).unwrap();
    }
    writer.finish().unwrap();
    (folder, path)
}

fn refused(path: &Path) -> String {
    let checked = TraceReader::open(path).and_then(|trace| trace.check());
    checked.unwrap_err().to_string()
}

fn overwrite(file: &Path, at: usize, bytes: &[u8]) {
    let mut all = fs::read(file).unwrap();
    all[at..at + bytes.len()].copy_from_slice(bytes);
    fs::write(file, all).unwrap();
}

#[test]
fn a_whole_trace_passes() {
    let (_folder, path) = trace();
    TraceReader::open(&path).unwrap().check().unwrap();
}

#[test]
fn numbers_that_no_run_records_are_named_with_their_place() {
    for (file, at, bytes, named) in [
        (
            "posterior/x/c/1/0/0",
            7,
            vec![3],
            "posterior/x: found symbol 3 in chain 1, draw 2, site 1; allowed are 0 to 2",
        ),
        (
            "posterior/x/c/0/1/0",
            0,
            vec![255],
            "posterior/x: found symbol 255 in chain 0, draw 4, site 0",
        ),
        (
            "sample_stats/accepted/c/0/0",
            8,
            2e297_f64.to_le_bytes().to_vec(),
            "sample_stats/accepted: found 2",
        ),
        (
            "sample_stats/accepted/c/0/0",
            0,
            f64::NAN.to_le_bytes().to_vec(),
            "sample_stats/accepted: found NaN in chain 0, draw 0; allowed are 0 to 1",
        ),
        (
            "sample_stats/hops/c/0/0",
            0,
            (-0.5_f64).to_le_bytes().to_vec(),
            "sample_stats/hops: found -0.5",
        ),
    ] {
        let (_folder, path) = trace();
        overwrite(&path.join(file), at, &bytes);
        let error = refused(&path);
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn attributes_that_contradict_the_arrays_are_named() {
    for (name, value) in [
        ("chains", json!(3)),
        ("sites", json!(2)),
        ("draws", json!(4)),
        ("draws", json!("many")),
    ] {
        let (_folder, path) = trace();
        let file = path.join("zarr.json");
        let mut json: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        json["attributes"][name] = value.clone();
        fs::write(&file, json.to_string()).unwrap();
        let error = refused(&path);
        let named = format!("attributes.{name} is {value}; posterior/x has");
        assert!(error.contains(&named), "{error}");
    }
}

#[test]
fn every_missing_chunk_is_named() {
    for file in [
        "posterior/x/c/0/0/0",
        "posterior/x/c/1/1/0",
        "sample_stats/log_prob/c/0/0",
        "sample_stats/accepted/c/0/1",
    ] {
        let (_folder, path) = trace();
        fs::remove_file(path.join(file)).unwrap();
        let error = refused(&path);
        assert!(error.contains(&format!("{file}: missing")), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn links_and_holes_are_named() {
    use std::os::unix::fs::symlink;
    for place in [
        "zarr.json",
        "posterior",
        "posterior/x",
        "posterior/x/zarr.json",
        "posterior/x/c",
        "posterior/x/c/1",
        "posterior/x/c/0/0/0",
        "sample_stats/log_prob/c/0/0",
    ] {
        let (folder, path) = trace();
        let moved = folder.path().join("moved");
        fs::rename(path.join(place), &moved).unwrap();
        symlink(&moved, path.join(place)).unwrap();
        let error = refused(&path);
        assert!(error.contains("a symbolic link"), "{place}: {error}");
        assert!(error.contains(place), "{place}: {error}");
    }
    // The trace itself may be found by a link.
    let (folder, path) = trace();
    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    TraceReader::open(&link).unwrap().check().unwrap();

    let hole = fs::File::create(path.join("posterior/x/c/0/0/0")).unwrap();
    hole.set_len(1 << 30).unwrap();
    let error = refused(&path);
    assert!(error.contains("c/0/0/0: a sparse file"), "{error}");
}
