//! Traces written and read back: what is there, what is replaced, and that the bytes are the same each time.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gwg_chains::trace::{Batch, Compression, TraceError, TraceReader, TraceSpec, TraceWriter};
use serde_json::json;

const CHAINS: usize = 3;
const SITES: usize = 5;

fn symbol(chain: usize, draw: usize, site: usize) -> u8 {
    ((chain * 7 + draw * draw * 3 + site * 5) % 4) as u8
}

fn stat(k: usize, chain: usize, draw: usize) -> f64 {
    (k * 1000 + chain * 100) as f64 - draw as f64 / 8.0
}

fn spec(draws_per_chunk: usize) -> TraceSpec {
    let attributes = json!({"seed": 7, "model": "ising", "nested": {"beta": 0.5}});
    TraceSpec {
        attributes: attributes.as_object().unwrap().clone(),
        ..TraceSpec::new(CHAINS, SITES, draws_per_chunk)
    }
}

/// Appends draws `from .. to` as one batch.
fn append(writer: &mut TraceWriter, from: usize, to: usize) -> Result<(), TraceError> {
    let chains = || (0..CHAINS).flat_map(move |c| (from..to).map(move |d| (c, d)));
    let x: Vec<u8> = chains()
        .flat_map(|(c, d)| (0..SITES).map(move |s| symbol(c, d, s)))
        .collect();
    let stats: Vec<Vec<f64>> = (0..3)
        .map(|k| chains().map(|(c, d)| stat(k, c, d)).collect())
        .collect();
    let stats: Vec<&[f64]> = stats.iter().map(Vec::as_slice).collect();
    writer.append(&Batch {
        draws: to - from,
        x: &x,
        stats: &stats,
    })
}

fn write(path: &Path, spec: TraceSpec, draws: usize) {
    let step = spec.draws_per_chunk;
    let mut writer = TraceWriter::create(path, spec).unwrap();
    for from in (0..draws).step_by(step) {
        append(&mut writer, from, draws.min(from + step)).unwrap();
    }
    assert_eq!(writer.draws(), draws);
    writer.finish().unwrap();
}

fn assert_holds(path: &Path, draws: usize) {
    let reader = TraceReader::open(path).unwrap();
    assert_eq!(
        (reader.chains(), reader.draws(), reader.sites()),
        (CHAINS, draws, SITES)
    );
    assert_eq!(reader.attributes()["nested"]["beta"], 0.5);
    assert_eq!(
        reader.stat_names().unwrap(),
        ["accepted", "hops", "log_prob"]
    );
    for (k, name) in ["log_prob", "accepted", "hops"].iter().enumerate() {
        let found = reader.stat(name).unwrap();
        let expected = (0..CHAINS).flat_map(|c| (0..draws).map(move |d| stat(k, c, d)));
        assert!(found.into_iter().eq(expected), "{name}");
    }
    let mut seen = 0;
    let visit = |chain: usize, first: usize, states: &[u8]| {
        for (d, state) in states.chunks_exact(SITES).enumerate() {
            let expected = (0..SITES).map(|s| symbol(chain, first + d, s));
            assert!(
                state.iter().copied().eq(expected),
                "chain {chain}, draw {}",
                first + d
            );
            seen += 1;
        }
        assert_eq!(
            reader
                .x_chunk(chain, first / reader.draws_per_chunk())
                .unwrap(),
            states
        );
    };
    reader.for_each_x(visit).unwrap();
    assert_eq!(seen, CHAINS * draws);
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn names(folder: &Path) -> Vec<String> {
    let name = |e: std::io::Result<fs::DirEntry>| e.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

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
fn all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TraceWriter::create(&path, spec(4)).unwrap();
    append(&mut writer, 0, 4).unwrap();
    assert!(!path.exists());
    assert_eq!(names(folder.path()).len(), 1);
    assert!(names(folder.path())[0].starts_with(".t.partial-"));
    drop(writer);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn two_writers_of_one_path_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut first = TraceWriter::create(&path, spec(4)).unwrap();
    let second = TraceWriter::create(&path, spec(4)).unwrap();
    append(&mut first, 0, 4).unwrap();
    first.finish().unwrap();
    assert!(matches!(second.finish(), Err(TraceError::Exists { .. })));
    assert_eq!(names(folder.path()), ["t"]);
    assert_holds(&path, 4);
}

#[test]
fn force_replaces_traces_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    write(&path, spec(4), 8);
    assert!(matches!(
        TraceWriter::create(&path, spec(4)),
        Err(TraceError::Exists { .. })
    ));
    let forced = || TraceSpec {
        force: true,
        ..spec(4)
    };
    // The old one stays until the new one is whole.
    let mut writer = TraceWriter::create(&path, forced()).unwrap();
    append(&mut writer, 0, 3).unwrap();
    assert_holds(&path, 8);
    writer.finish().unwrap();
    assert_holds(&path, 3);
    assert_eq!(names(folder.path()), ["t"]);

    let other = folder.path().join("thesis");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("chapter1.tex"), "years of work").unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "work").unwrap();
    for kept in [&other, &file] {
        let error = TraceWriter::create(kept, forced()).unwrap_err();
        assert!(matches!(error, TraceError::NotATrace { .. }), "{error}");
    }
    // Even if it appears while sampling.
    let late = folder.path().join("late");
    let writer = TraceWriter::create(&late, forced()).unwrap();
    fs::create_dir(&late).unwrap();
    assert!(matches!(writer.finish(), Err(TraceError::NotATrace { .. })));
    assert_eq!(
        fs::read(other.join("chapter1.tex")).unwrap(),
        b"years of work"
    );
    assert_eq!(names(folder.path()), ["file", "late", "t", "thesis"]);
}

#[cfg(unix)]
#[test]
fn force_follows_no_link() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("t"), folder.path().join("link"));
    write(&path, spec(4), 8);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let error = TraceWriter::create(
        &link,
        TraceSpec {
            force: true,
            ..spec(4)
        },
    )
    .unwrap_err();
    assert!(error.to_string().contains("a symbolic link"), "{error}");
    assert_holds(&link, 8);
}

#[test]
fn a_missing_chunk_is_fill_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    write(&path, spec(10), 25);
    fs::remove_file(path.join("posterior/x/c/1/1/0")).unwrap();
    fs::remove_file(path.join("sample_stats/hops/c/0/0")).unwrap();
    let reader = TraceReader::open(&path).unwrap();
    assert_eq!(reader.x_chunk(1, 1).unwrap(), [0; 10 * SITES]);
    assert_eq!(reader.x_chunk(1, 2).unwrap().len(), 5 * SITES);
    let hops = reader.stat("hops").unwrap();
    assert!(hops.len() == CHAINS * 25 && hops.iter().all(|x| x.is_nan()));
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
    for (i, j) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2)] {
        let values = (0..2).flat_map(|r| (0..10).map(move |c| stat(2, i * 2 + r, j * 10 + c)));
        let bytes: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
        fs::write(array.join(format!("c.{i}.{j}")), bytes).unwrap();
    }
    let found = TraceReader::open(&path).unwrap().stat("hops").unwrap();
    for (at, value) in found.into_iter().enumerate() {
        let (chain, draw) = (at / 25, at % 25);
        let absent = chain == 2 && (10..20).contains(&draw);
        assert_eq!(value, if absent { 2.0 } else { stat(2, chain, draw) });
    }
}

#[test]
fn wrong_batches_are_refused_and_leave_the_writer_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TraceWriter::create(&path, spec(4)).unwrap();
    append(&mut writer, 0, 4).unwrap();
    let (x, s) = (vec![0; CHAINS * 4 * SITES], vec![0.0; CHAINS * 4]);
    let good: [&[f64]; 3] = [&s, &s, &s];
    let short: [&[f64]; 3] = [&s, &s[1..], &s];
    for (draws, x, stats, field) in [
        (0, &x[..0], &good[..], "the number of draws"),
        (5, &x[..], &good[..], "the number of draws"),
        (4, &x[1..], &good[..], "the length of x"),
        (4, &x[..], &good[..2], "the number of statistics"),
        (4, &x[..], &short[..], "the length of a statistic"),
    ] {
        let error = writer
            .append(&Batch { draws, x, stats })
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(field) && error.contains("after draw 4"),
            "{error}"
        );
    }
    append(&mut writer, 4, 7).unwrap();
    let error = append(&mut writer, 7, 11).unwrap_err().to_string();
    assert!(error.contains("only in the last batch"), "{error}");
    writer.finish().unwrap();
    assert_holds(&path, 7);
}

#[test]
fn wrong_specs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let named = |names: &[&str]| TraceSpec {
        stats: names.iter().map(|n| (*n).to_owned()).collect(),
        ..spec(4)
    };
    for (spec, field) in [
        (
            TraceSpec {
                chains: 0,
                ..spec(4)
            },
            "chains is 0",
        ),
        (
            TraceSpec {
                sites: 0,
                ..spec(4)
            },
            "sites is 0",
        ),
        (spec(0), "draws_per_chunk is 0"),
        (spec(usize::MAX), "draws_per_chunk"),
        (
            TraceSpec {
                chains: usize::MAX,
                ..spec(1)
            },
            "draws_per_chunk",
        ),
        (
            TraceSpec {
                sites: 1 << 31,
                ..spec(1)
            },
            "draws_per_chunk",
        ),
        (named(&["a", "a"]), "stats is a"),
        (named(&["../escape"]), "stats is ../escape"),
        (named(&["draw"]), "stats is draw"),
        (named(&[""]), "stats is "),
        (
            TraceSpec {
                compression: Compression::Gzip(10),
                ..spec(4)
            },
            "compression is 10",
        ),
    ] {
        let error = TraceWriter::create(&folder.path().join("t"), spec)
            .unwrap_err()
            .to_string();
        assert!(error.contains(field), "{error}");
    }
    let nowhere = folder.path().join("no/such/t");
    let error = TraceWriter::create(&nowhere, spec(4))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("cannot create the folder") && error.contains("no"),
        "{error}"
    );
    assert!(
        TraceWriter::create(
            Path::new("/"),
            TraceSpec {
                force: true,
                ..spec(4)
            }
        )
        .is_err()
    );
    assert!(names(folder.path()).is_empty());
}
