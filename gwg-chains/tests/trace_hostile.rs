//! Traces that are damaged or lie: always an error that names the file, never a panic, never memory for what is not there.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};

use gwg_chains::trace::{Batch, Chunks, TraceError, TraceReader, TraceSpec, TraceWriter};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

const X: &str = "posterior/x/zarr.json";
const LOG_PROB: &str = "sample_stats/log_prob/zarr.json";

/// Two chains, five draws in chunks of four, three sites.
fn small() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let chunks = Chunks {
        chains: 1,
        draws: 4,
        stat_draws: 4,
    };
    let spec = TraceSpec {
        chunks: Some(chunks),
        ..TraceSpec::new(2, 3)
    };
    let mut writer = TraceWriter::create(&path, spec).unwrap();
    for draws in [4, 1] {
        let x: Vec<u8> = (0..2 * draws * 3).map(|i| (i % 2) as u8).collect();
        let stat: Vec<f64> = (0..2 * draws).map(|i| i as f64 / 8.0).collect();
        writer
            .append(&Batch {
                draws,
                x: &x,
                stats: &[&stat, &stat, &stat],
            })
            .unwrap();
    }
    writer.finish().unwrap();
    (folder, path)
}

/// Reads everything there is.
fn read(path: &Path) -> Result<usize, TraceError> {
    let reader = TraceReader::open(path)?;
    let mut values = 0;
    for name in reader.stat_names()? {
        values += reader.stat(&name)?.len();
    }
    reader.for_each_x::<u16>(|_, _, states| values += states.len())?;
    reader.check()?;
    Ok(values)
}

fn parsed(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// Changes the metadata of a node where they are read: in the root, if it has them all.
fn edit(path: &Path, file: &str, pointer: &str, value: Value) {
    let (mut file, mut pointer) = (file, pointer.to_owned());
    let root = parsed(&path.join("zarr.json"));
    let node = file.strip_suffix("/zarr.json");
    if let Some(node) = node.filter(|_| root.get("consolidated_metadata").is_some()) {
        let node = node.replace('/', "~1");
        pointer = format!("/consolidated_metadata/metadata/{node}{pointer}");
        file = "zarr.json";
    }
    let file = path.join(file);
    let mut json = parsed(&file);
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    json.pointer_mut(parent).unwrap()[key] = value;
    fs::write(file, json.to_string()).unwrap();
}

#[test]
fn the_small_store_is_whole() {
    let (_folder, path) = small();
    assert_eq!(read(&path).unwrap(), 3 * 10 + 30);
}

#[test]
fn every_lie_in_metadata_is_named() {
    let (_folder, path) = small();
    every_lie_is_named(&path);
    // As another library may write it.
    let mut root = parsed(&path.join("zarr.json"));
    root.as_object_mut()
        .unwrap()
        .remove("consolidated_metadata");
    fs::write(path.join("zarr.json"), root.to_string()).unwrap();
    assert_eq!(read(&path).unwrap(), 60);
    every_lie_is_named(&path);
}

fn every_lie_is_named(path: &Path) {
    let huge = u64::MAX;
    let chunk = "/chunk_grid/configuration/chunk_shape";
    for (file, pointer, value, named) in [
        ("zarr.json", "/zarr_format", json!(2), "zarr_format is 2"),
        (
            "zarr.json",
            "/node_type",
            json!("array"),
            "node_type is \"array\"",
        ),
        ("zarr.json", "/attributes", json!([1]), "attributes is [1]"),
        (X, "/node_type", json!(null), "node_type is null"),
        (X, "/data_type", json!("int64"), "data_type is \"int64\""),
        (
            X,
            "/data_type",
            json!("uint16"),
            "posterior/x/c/0/0/0: only 12 bytes",
        ),
        (X, "/data_type", json!({"name": "uint8"}), "data_type is {"),
        (X, "/shape", json!([2, 5]), "shape is [2,5]"),
        (X, "/shape", json!([2, -5, 3]), "shape is [2,-5,3]"),
        (X, "/shape", json!([2.5, 5, 3]), "shape is [2.5,5,3]"),
        (X, "/shape", json!("many"), "shape is \"many\""),
        (X, "/shape", json!([0, 5, 3]), "shape is [0,5,3]"),
        (X, "/shape", json!([2, 5, 0]), "shape is [2,5,0]"),
        (X, "/shape", json!([2, 5, 4]), "chunk_shape is [1,4,3]"),
        (X, "/shape", json!([2, 5, huge]), "chunk_shape is [1,4,3]"),
        (X, "/shape", json!([2, huge, 3]), "shape is [2,5]"),
        (X, chunk, json!([1, 0, 3]), "chunk_shape is [1,0,3]"),
        (
            X,
            chunk,
            json!([2, 4, 3]),
            "posterior/x/c/0/0/0: only 12 bytes",
        ),
        (X, chunk, json!([1, 4, 2]), "chunk_shape is [1,4,2]"),
        (
            X,
            chunk,
            json!([1, huge, 3]),
            "chunk_shape is [1,18446744073709551615,3]",
        ),
        (
            X,
            chunk,
            json!([1, 1_u64 << 29, 3]),
            "at most 1073741824 bytes",
        ),
        (
            X,
            chunk,
            json!([1, 1_u64 << 28, 3]),
            "4194304 bytes may not be larger than the array, which is [2, 5, 3]",
        ),
        (
            X,
            chunk,
            json!([1, 5, 3]),
            "posterior/x/c/0/0/0: only 12 bytes",
        ),
        (
            X,
            chunk,
            json!([1, 3, 3]),
            "posterior/x/c/0/0/0: more than 9 bytes",
        ),
        (
            X,
            "/chunk_grid/name",
            json!("rectangular"),
            "chunk_grid.name is \"rectangular\"",
        ),
        (
            X,
            "/chunk_key_encoding/name",
            json!("v2"),
            "chunk_key_encoding.name is \"v2\"",
        ),
        (
            X,
            "/chunk_key_encoding/configuration/separator",
            json!("../"),
            "separator is \"../\"",
        ),
        (X, "/codecs", json!([]), "codecs is []"),
        (
            X,
            "/codecs",
            json!([{"name": "bytes"}, {"name": "zstd"}]),
            "codecs is [{",
        ),
        (
            X,
            "/codecs",
            json!([{"name": "transpose"}, {"name": "bytes"}]),
            "codecs is [{",
        ),
        (
            X,
            "/codecs",
            json!([{"name": "bytes"}]),
            "posterior/x/c/0/0/0: more than 12 bytes",
        ),
        (X, "/fill_value", json!(256), "fill_value is 256"),
        (
            X,
            "/storage_transformers",
            json!([{}]),
            "storage_transformers is [{}]",
        ),
        (
            LOG_PROB,
            "/data_type",
            json!("float32"),
            "data_type is \"float32\"",
        ),
        (LOG_PROB, "/shape", json!([2, 6]), "shape is [2,6]"),
        (
            LOG_PROB,
            "/codecs/0/configuration/endian",
            json!("big"),
            "codecs is [{",
        ),
        (
            LOG_PROB,
            "/fill_value",
            json!("0xzz"),
            "fill_value is \"0xzz\"",
        ),
        (
            LOG_PROB,
            chunk,
            json!([2, 1_u64 << 62]),
            "chunk_shape is [2,4611686018427387904]",
        ),
    ] {
        let whole = [file, "zarr.json"].map(|file| (file, fs::read(path.join(file)).unwrap()));
        edit(path, file, pointer, value.clone());
        let error = read(path).unwrap_err().to_string();
        mend(path, &whole);
        assert!(error.contains(named), "{file} {pointer} {value}: {error}");
        assert!(
            error.starts_with("trace: ") && error.contains(&*path.to_string_lossy()),
            "{error}"
        );
    }
}

#[test]
fn claims_beyond_all_files_end_soon() {
    // Draws for years, statistics that agree, chunks of one draw: nothing but missing files.
    let many = 1_u64 << 60;
    let (_folder, path) = small();
    edit(&path, X, "/shape", json!([2, many, 3]));
    edit(
        &path,
        X,
        "/chunk_grid/configuration/chunk_shape",
        json!([1, 1, 3]),
    );
    for name in ["log_prob", "accepted", "hops"] {
        let file = format!("sample_stats/{name}/zarr.json");
        edit(&path, &file, "/shape", json!([2, many]));
        edit(
            &path,
            &file,
            "/chunk_grid/configuration/chunk_shape",
            json!([2, 1 << 20]),
        );
    }
    fs::remove_dir_all(path.join("posterior/x/c")).unwrap();
    fs::remove_dir_all(path.join("sample_stats/log_prob/c")).unwrap();
    let reader = TraceReader::open(&path).unwrap();
    for error in [
        reader.stat("log_prob").unwrap_err(),
        reader.for_each_x::<u16>(|_, _, _| ()).unwrap_err(),
    ] {
        assert!(error.to_string().contains(": missing; "), "{error}");
    }
    // Chains without end but no draws.
    let (_folder, path) = small();
    edit(&path, X, "/shape", json!([many, 0, 3]));
    edit(&path, LOG_PROB, "/shape", json!([many, 0]));
    let reader = TraceReader::open(&path).unwrap();
    assert_eq!(reader.stat("log_prob").unwrap(), [0.0; 0]);
    reader
        .for_each_x::<u16>(|_, _, _| panic!("no draws"))
        .unwrap();
}

#[test]
fn missing_and_broken_files_are_named() {
    for file in ["zarr.json", X, LOG_PROB] {
        let (_folder, path) = small();
        fs::write(path.join(file), "{\"zarr_format\": 3, ").unwrap();
        let error = read(&path).unwrap_err();
        assert!(matches!(error, TraceError::Json { .. }), "{error}");
        assert!(error.to_string().contains(file), "{error}");
        fs::remove_file(path.join(file)).unwrap();
        let error = read(&path).unwrap_err().to_string();
        let said = if file == "zarr.json" {
            "is a folder without"
        } else {
            "cannot open"
        };
        assert!(error.contains(said) && error.contains(file), "{error}");
    }
    let (folder, path) = small();
    let error = read(&path.join("zarr.json")).unwrap_err().to_string();
    assert!(error.contains("is a file; a trace is a folder"), "{error}");
    let error = read(&folder.path().join("none")).unwrap_err().to_string();
    assert!(error.contains("cannot open"), "{error}");
    fs::write(path.join(X), "[".repeat(100_000)).unwrap();
    assert!(matches!(read(&path).unwrap_err(), TraceError::Json { .. }));
    let (_folder, path) = small();
    let mut root = parsed(&path.join("zarr.json"));
    root["consolidated_metadata"]["metadata"] = json!([]);
    fs::write(path.join("zarr.json"), root.to_string()).unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(
        error.contains("consolidated_metadata.metadata is []"),
        "{error}"
    );
    let (_folder, path) = small();
    edit(
        &path,
        "zarr.json",
        "/consolidated_metadata/metadata",
        json!({}),
    );
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("metadata.posterior/x is missing"), "{error}");
    let (_folder, path) = small();
    fs::remove_file(path.join("posterior/x/c/0/0/0")).unwrap();
    fs::create_dir(path.join("posterior/x/c/0/0/0")).unwrap();
    assert!(read(&path).unwrap_err().to_string().contains("not a file"));
}

#[test]
fn what_a_trace_has_not() {
    let (_folder, path) = small();
    let reader = TraceReader::open(&path).unwrap();
    for name in ["energy", "", "../posterior/x", "chain"] {
        let error = reader.stat(name).unwrap_err().to_string();
        assert!(error.contains("accepted, hops, log_prob"), "{error}");
    }
    for (chain, chunk) in [(2, 0), (0, 2), (usize::MAX, usize::MAX)] {
        assert!(matches!(
            reader.x_chunk::<u16>(chain, chunk),
            Err(TraceError::Missing { .. })
        ));
    }
}

/// Cases share one store: what each damages, it mends.
fn mend(path: &Path, files: &[(&str, Vec<u8>)]) {
    for (file, bytes) in files {
        fs::write(path.join(file), bytes).unwrap();
    }
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn no_damage_panics() {
    let (_folder, path) = small();
    let targets = [
        "zarr.json",
        X,
        LOG_PROB,
        "posterior/x/c/0/0/0",
        "posterior/x/c/1/1/0",
        "sample_stats/log_prob/c/0/0",
    ];
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    let keep = prop::option::of(any::<prop::sample::Index>());
    let strategy = (
        prop::sample::select(targets.to_vec()),
        damage,
        keep,
        any::<bool>(),
    );
    proptest!(config(), |((target, damage, keep, digits) in strategy)| {
        let whole = fs::read(path.join(target)).unwrap();
        let mut bytes = whole.clone();
        for (at, byte) in damage {
            // Digits keep JSON whole, so that the lie reaches the arithmetic behind it.
            let places: Vec<usize> =
                (0..bytes.len()).filter(|&i| !digits || bytes[i].is_ascii_digit()).collect();
            if !places.is_empty() {
                bytes[*at.get(&places)] = if digits { b'0' + byte % 10 } else { byte };
            }
        }
        if let Some(keep) = keep {
            bytes.truncate(keep.index(bytes.len() + 1));
        }
        mend(&path, &[(target, bytes)]);
        let result = read(&path);
        mend(&path, &[(target, whole)]);
        if let Err(error) = result {
            prop_assert!(error.to_string().starts_with("trace: "));
        }
    });
    assert_eq!(read(&path).unwrap(), 60);
}

#[test]
fn no_shape_panics() {
    let (_folder, path) = small();
    let whole = ["zarr.json"].map(|file| (file, fs::read(path.join(file)).unwrap()));
    let length = prop_oneof![0_u64..9, any::<u64>(), (0_u32..64).prop_map(|b| 1 << b)];
    let lengths = prop::collection::vec(length, 6);
    proptest!(config(), |(lengths in lengths, file in 0_usize..3)| {
        let chunk = "/chunk_grid/configuration/chunk_shape";
        // A third of the shapes agree with each other, and so pass the first checks.
        if file == 2 {
            edit(&path, X, "/shape", json!(lengths[..3]));
            edit(&path, X, chunk, json!([1, lengths[4], lengths[2]]));
            edit(&path, LOG_PROB, "/shape", json!(lengths[..2]));
            edit(&path, LOG_PROB, chunk, json!([lengths[3], lengths[5]]));
        } else {
            let (file, rank) = [(X, 3), (LOG_PROB, 2)][file];
            edit(&path, file, "/shape", json!(lengths[..rank]));
            edit(&path, file, chunk, json!(lengths[3..3 + rank]));
        }
        if let Ok(reader) = TraceReader::open(&path) {
            let _ = reader.stat("log_prob");
            let _ = reader.for_each_x::<u16>(|_, _, _| ());
        }
        mend(&path, &whole);
    });
    assert_eq!(read(&path).unwrap(), 60);
}
