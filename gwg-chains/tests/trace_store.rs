//! Traces written and read back: the same values, and the same bytes each time.

#[path = "support/traces.rs"]
mod traces;

use std::fs;

use gwg_chains::trace::{Compression, TraceReader, TraceSpec, TraceWriter};
use serde_json::json;

use traces::{SITES, assert_holds, files, spec, stat, write};

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    // Whole batches, a short last one, only a short one, one draw, several chunks of statistics.
    for (i, (chunk, draws)) in [(10, 40), (10, 37), (100, 37), (8, 1), (50, 8300)]
        .into_iter()
        .enumerate()
    {
        for compression in [
            Compression::None,
            Compression::Gzip(1),
            Compression::Gzip(9),
        ] {
            let path = folder.path().join(format!("{i} {compression:?}"));
            write(
                &path,
                TraceSpec {
                    compression,
                    ..spec(chunk)
                },
                draws,
            );
            assert_holds(&path, draws);
        }
    }
}

#[test]
fn no_draws_is_a_trace_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty");
    TraceWriter::create(&path, spec(10))
        .unwrap()
        .finish()
        .unwrap();
    assert_holds(&path, 0);
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let mut stores = Vec::new();
    for threads in [1, 2, 5] {
        let path = folder.path().join(threads.to_string());
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| write(&path, spec(16), 333));
        stores.push(files(&path));
    }
    assert!(stores[0].len() > 60);
    assert_eq!(stores[0], stores[1]);
    assert_eq!(stores[0], stores[2]);
}

#[test]
fn a_missing_chunk_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    write(&path, spec(10), 25);
    fs::remove_file(path.join("posterior/x/c/1/1/0")).unwrap();
    fs::remove_file(path.join("sample_stats/hops/c/0/0")).unwrap();
    let reader = TraceReader::open(&path).unwrap();
    assert_eq!(reader.x_chunk::<u8>(1, 2).unwrap().len(), 5 * SITES);
    for (error, named) in [
        (
            reader.x_chunk::<u8>(1, 1).unwrap_err(),
            "posterior/x/c/1/1/0",
        ),
        (reader.stat("hops").unwrap_err(), "sample_stats/hops/c/0/0"),
    ] {
        let error = error.to_string();
        assert!(error.contains(&format!("{named}: missing")), "{error}");
    }
}

#[test]
fn other_chunkings_of_statistics_are_read() {
    // As another library may store it: chunks of (2, 10) of a 3 x 25 array, keys with dots, fill value as bits.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    write(
        &path,
        TraceSpec {
            compression: Compression::None,
            ..spec(10)
        },
        25,
    );
    let array = path.join("sample_stats/hops");
    fs::remove_dir_all(array.join("c")).unwrap();
    let text = fs::read_to_string(array.join("zarr.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["chunk_grid"]["configuration"]["chunk_shape"] = json!([2, 10]);
    json["chunk_key_encoding"]["configuration"]["separator"] = json!(".");
    json["fill_value"] = json!("0x4000000000000000");
    fs::write(array.join("zarr.json"), json.to_string()).unwrap();
    // Metadata are not consolidated.
    let text = fs::read_to_string(path.join("zarr.json")).unwrap();
    let mut root: serde_json::Value = serde_json::from_str(&text).unwrap();
    root.as_object_mut()
        .unwrap()
        .remove("consolidated_metadata");
    fs::write(path.join("zarr.json"), root.to_string()).unwrap();
    for (i, j) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
        let values = (0..2).flat_map(|r| (0..10).map(move |c| stat(2, i * 2 + r, j * 10 + c)));
        let bytes: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
        fs::write(array.join(format!("c.{i}.{j}")), bytes).unwrap();
    }
    let reader = TraceReader::open(&path).unwrap();
    reader.check().unwrap();
    let found = reader.stat("hops").unwrap();
    // Windows of the other statistic's chunks.
    let visit = |first: usize, draws: usize, values: &[&[f64]]| {
        for (chain, draw) in (0..3).flat_map(|c| (0..draws).map(move |d| (c, d))) {
            let at = chain * draws + draw;
            assert_eq!(values[0][at], stat(0, chain, first + draw));
            assert_eq!(values[1][at], stat(2, chain, first + draw));
        }
    };
    reader.for_each_stats(&["log_prob", "hops"], visit).unwrap();
    for (at, value) in found.into_iter().enumerate() {
        let (chain, draw) = (at / 25, at % 25);
        assert_eq!(value, stat(2, chain, draw));
    }
}
