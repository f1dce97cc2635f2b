//! Traces that grow, are read meanwhile, and are continued: the bytes are those of a trace written at once.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "support/traces.rs"]
mod traces;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use gwg_chains::trace::{Batch, Chunks, Compression, TraceReader, TraceSpec, TraceWriter};
use proptest::prelude::*;
use proptest::sample::Index;

use traces::{append, assert_holds, files, names, spec, write};

const DRAWS: usize = 23;

fn chunked(chains: usize, draws: usize, stat_draws: usize) -> TraceSpec {
    let chunks = Chunks {
        chains,
        draws,
        stat_draws,
    };
    TraceSpec {
        chunks: Some(chunks),
        ..spec(1)
    }
}

/// Appends draws up to `to`, in batches of the given sizes by turns.
fn go_on(writer: &mut TraceWriter, to: usize, batches: &[usize], sync: &[bool]) {
    let mut turns = (0..).map(|k| (batches[k % batches.len()], sync[k % sync.len()]));
    while writer.draws() < to {
        let (batch, sync) = turns.next().unwrap();
        let from = writer.draws();
        append(writer, from, to.min(from + batch)).unwrap();
        if sync {
            writer.sync().unwrap();
        }
    }
}

#[test]
fn bytes_depend_on_spec_and_draws_alone() {
    let folder = tempfile::tempdir().unwrap();
    let specs = [chunked(1, 4, 5), chunked(2, 3, 40), chunked(3, 1, 1)];
    let whole = specs.map(|spec| {
        let path = folder.path().join("whole");
        write(&path, spec.clone(), DRAWS);
        let expected = files(&path);
        fs::remove_dir_all(path).unwrap();
        (spec, expected)
    });
    let strategy = (
        0..3_usize,
        prop::collection::vec(1..10_usize, 1..5),
        prop::collection::vec(any::<bool>(), 1..4),
        prop::collection::vec((0..=DRAWS, any::<Index>()), 0..3),
    );
    let config = ProptestConfig {
        cases: 25,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |((kind, batches, sync, cuts) in strategy)| {
        let (spec, expected) = &whole[kind];
        let path = folder.path().join("t");
        let mut writer = TraceWriter::create(&path, spec.clone()).unwrap();
        for (end, cut) in cuts {
            let end = end.max(writer.draws()).max(1);
            go_on(&mut writer, end, &batches, &sync);
            writer.sync().unwrap();
            // Draws after the sync, of which the trace has full chunks but no index.
            go_on(&mut writer, DRAWS + 9, &batches, &[false]);
            drop(writer);
            assert_holds(&path, end);
            writer = TraceWriter::resume(&path, spec.clone(), cut.index(end + 1)).unwrap();
            assert_holds(&path, writer.draws());
        }
        go_on(&mut writer, DRAWS, &batches, &sync);
        writer.finish().unwrap();
        assert_holds(&path, DRAWS);
        prop_assert_eq!(&files(&path), expected);
        fs::remove_dir_all(path).unwrap();
    });
}

#[test]
fn a_trace_that_is_continued_without_draws_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let [whole, path] = ["whole", "t"].map(|name| folder.path().join(name));
    for draws in [0, 1, 4, 7, 8] {
        write(&path, chunked(1, 4, 4), 8);
        let writer = TraceWriter::resume(&path, chunked(1, 4, 4), draws).unwrap();
        writer.finish().unwrap();
        assert_holds(&path, draws);
        write(&whole, chunked(1, 4, 4), draws);
        assert_eq!(files(&path), files(&whole), "{draws}");
        fs::remove_dir_all(&path).unwrap();
        fs::remove_dir_all(&whole).unwrap();
    }
}

#[test]
fn attributes_of_a_continued_trace_are_the_new_ones_from_its_first_sync_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    write(&path, spec(4), 6);
    let mut new = spec(4);
    new.attributes.insert("seed".into(), 8.into());
    let seed = || TraceReader::open(&path).unwrap().attributes()["seed"].clone();
    let mut writer = TraceWriter::resume(&path, new, 5).unwrap();
    assert_eq!(seed(), 7);
    writer.sync().unwrap();
    assert_eq!(seed(), 8);
    assert_holds(&path, 5);
}

#[test]
fn the_trace_of_the_last_sync_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TraceWriter::create(&path, spec(4)).unwrap();
    assert!(!writer.is_published() && !path.exists());
    // Without draws it takes a free path, and the place of no other trace.
    writer.sync().unwrap();
    assert!(writer.is_published());
    assert_holds(&path, 0);
    append(&mut writer, 0, 5).unwrap();
    writer.sync().unwrap();
    assert_eq!(names(folder.path()), ["t"]);
    let before = files(&path);
    writer.sync().unwrap();
    append(&mut writer, 5, 8).unwrap();
    drop(writer);
    assert_eq!(files(&path), before);
    assert_holds(&path, 5);
}

#[test]
fn a_sync_without_draws_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut old = TraceWriter::create(&path, spec(4)).unwrap();
    append(&mut old, 0, 5).unwrap();
    old.finish().unwrap();
    let mut writer = TraceWriter::create(
        &path,
        TraceSpec {
            force: true,
            ..spec(4)
        },
    )
    .unwrap();
    writer.sync().unwrap();
    assert!(!writer.is_published());
    assert_holds(&path, 5);
    append(&mut writer, 0, 3).unwrap();
    writer.sync().unwrap();
    assert!(writer.is_published());
    assert_holds(&path, 3);
}

#[test]
fn a_million_draws_are_some_dozens_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TraceWriter::create(&path, TraceSpec::new(4, 10)).unwrap();
    let batch = 10_000;
    let (x, stat) = (vec![1_u8; 4 * batch * 10], vec![0.5; 4 * batch]);
    for _ in 0..100 {
        let stats: &[&[f64]] = &[&stat, &stat, &stat];
        let (draws, x) = (batch, &x[..]);
        writer.append(&Batch { draws, x, stats }).unwrap();
    }
    writer.finish().unwrap();
    // 40 of states, 31 of each of 3 statistics, 8 of each of 2 coordinates of draws, 3 of other coordinates, 12 of metadata.
    let found = files(&path).len();
    assert_eq!(found, 164);
    let reader = TraceReader::open(&path).unwrap();
    reader.check().unwrap();
    let mut done = 0;
    let visit = |first: usize, draws: usize, values: &[&[f64]]| {
        assert_eq!(first, done);
        assert!(
            values
                .iter()
                .all(|v| v.len() == 4 * draws && v.iter().all(|&v| v == 0.5))
        );
        assert!(draws <= 32_768);
        done += draws;
    };
    reader.for_each_stats(&["hops", "log_prob"], visit).unwrap();
    assert_eq!(done, 1_000_000);
}

#[test]
fn what_cannot_be_continued_is_refused_and_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let error = |spec: TraceSpec, draws: usize| {
        TraceWriter::resume(&path, spec, draws)
            .unwrap_err()
            .to_string()
    };
    let said = error(spec(4), 0);
    assert!(said.contains("t is missing; a trace is a folder"), "{said}");
    fs::create_dir(&path).unwrap();
    let said = error(spec(4), 0);
    assert!(said.contains("t is a folder without zarr.json"), "{said}");
    fs::remove_dir(&path).unwrap();

    write(&path, spec(4), 9);
    let before = files(&path);
    let of = |change: fn(&mut TraceSpec)| {
        let mut spec = spec(4);
        change(&mut spec);
        spec
    };
    for (spec, draws, named) in [
        (spec(4), 10, "has no 10 draws to continue from; it has 9"),
        (
            of(|s| s.chains = 4),
            9,
            "the number of chains is 3 there and 4 in this run",
        ),
        (
            of(|s| s.sites = 6),
            9,
            "the number of sites is 5 there and 6 in this run",
        ),
        (
            of(|s| s.stats = vec!["hops".into()]),
            9,
            "the statistics is [accepted, hops, log_prob] there and [hops] in this run",
        ),
        (
            of(|s| s.symbols = gwg_chains::trace::SymbolType::U16),
            9,
            "the data_type of posterior/x is \"uint8\" there and \"uint16\" in this run",
        ),
        (
            of(|s| s.compression = Compression::Gzip(9)),
            9,
            "the codecs of ",
        ),
        (of(|s| s.chunks = None), 9, "the chunk_grid of "),
    ] {
        let said = error(spec, draws);
        assert!(said.contains(named), "{said}");
        assert_eq!(files(&path), before, "{named}");
    }
    fs::remove_file(path.join("posterior/x/c/1/0/0")).unwrap();
    let said = error(spec(4), 9);
    assert!(said.contains("posterior/x/c/1/0/0: missing"), "{said}");
}

#[test]
fn a_trace_that_is_being_written_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let forced = || TraceSpec {
        force: true,
        ..spec(4)
    };
    let mut late = TraceWriter::create(&path, forced()).unwrap();
    append(&mut late, 0, 3).unwrap();
    let mut writer = TraceWriter::create(&path, spec(4)).unwrap();
    append(&mut writer, 0, 5).unwrap();
    writer.sync().unwrap();
    for error in [
        TraceWriter::create(&path, forced()).unwrap_err(),
        TraceWriter::resume(&path, spec(4), 5).unwrap_err(),
        late.sync().unwrap_err(),
    ] {
        let said = error.to_string();
        assert!(said.contains("t is being written by another run"), "{said}");
    }
    let said = late.sync().unwrap_err().to_string();
    assert!(
        said.contains("not written any more after an earlier error"),
        "{said}"
    );
    drop(late);
    append(&mut writer, 5, 6).unwrap();
    writer.finish().unwrap();
    assert_holds(&path, 6);
    write(&path, forced(), 2);
    assert_holds(&path, 2);
    assert_eq!(names(folder.path()), ["t"]);
}

#[cfg(unix)]
#[test]
fn a_trace_that_is_moved_or_exchanged_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let [path, moved] = ["t", "moved"].map(|name| folder.path().join(name));
    for exchanged in [false, true] {
        let mut writer = TraceWriter::create(&path, spec(4)).unwrap();
        append(&mut writer, 0, 5).unwrap();
        writer.sync().unwrap();
        fs::rename(&path, &moved).unwrap();
        if exchanged {
            write(&path, spec(4), 2);
        }
        for error in [
            append(&mut writer, 5, 6).unwrap_err(),
            writer.sync().unwrap_err(),
            writer.put_file("state.gwg", b"").unwrap_err(),
            writer.finish().unwrap_err(),
        ] {
            let said = error.to_string();
            let named = ["was moved, replaced or removed", "not written any more"];
            assert!(named.iter().any(|named| said.contains(named)), "{said}");
        }
        assert_holds(&moved, 5);
        assert_eq!(path.exists(), exchanged);
        fs::remove_dir_all(&moved).unwrap();
        if exchanged {
            assert_holds(&path, 2);
        }
    }
}

#[test]
fn files_of_the_program_are_kept_with_the_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TraceWriter::create(&path, spec(4)).unwrap();
    append(&mut writer, 0, 5).unwrap();
    let said = writer.put_file("state.gwg", b"early").unwrap_err();
    assert!(said.to_string().contains("t is not there yet"), "{said}");
    writer.sync().unwrap();
    for name in [
        "",
        ".gwg",
        "zarr.json",
        "../state.gwg",
        "a/b.gwg",
        ".x.gwg",
        "state.txt",
    ] {
        let said = writer.put_file(name, b"").unwrap_err().to_string();
        assert!(said.contains("the name of a file is"), "{said}");
        assert!(TraceReader::open(&path).unwrap().file(name).is_err());
    }
    for bytes in [&b"one"[..], b"another"] {
        writer.put_file("state.gwg", bytes).unwrap();
        let reader = TraceReader::open(&path).unwrap();
        assert_eq!(reader.file("state.gwg").unwrap().unwrap(), bytes);
        assert_eq!(reader.file("other.gwg").unwrap(), None);
    }
    append(&mut writer, 5, 6).unwrap();
    drop(writer);
    assert_holds(&path, 5);
    TraceWriter::resume(&path, spec(4), 2)
        .unwrap()
        .finish()
        .unwrap();
    let reader = TraceReader::open(&path).unwrap();
    assert_eq!(reader.file("state.gwg").unwrap().unwrap(), b"another");
    // It does not keep the trace from being replaced, and goes with it.
    let force = TraceSpec {
        force: true,
        ..spec(4)
    };
    write(&path, force, 3);
    assert_eq!(
        TraceReader::open(&path).unwrap().file("state.gwg").unwrap(),
        None
    );
    fs::create_dir(path.join("state.gwg")).unwrap();
    assert!(TraceReader::open(&path).unwrap().file("state.gwg").is_err());
}

/// Draws that a reader finds, all of them right.
fn read(path: &Path) -> usize {
    let draws = TraceReader::open(path).unwrap().draws();
    // It may have grown between the two.
    let reader = TraceReader::open(path).unwrap();
    reader.check().unwrap();
    assert!(reader.draws() >= draws);
    draws
}

#[test]
fn a_reader_finds_whole_traces_while_one_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TraceWriter::create(&path, chunked(2, 3, 5)).unwrap();
    append(&mut writer, 0, 1).unwrap();
    writer.sync().unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let (mut last, mut reads) = (0, 0);
            while !done.load(Ordering::SeqCst) {
                let draws = read(&path);
                assert!(draws >= last, "{draws} after {last}");
                (last, reads) = (draws, reads + 1);
            }
            reads
        });
        for draw in 1..60 {
            append(&mut writer, draw, draw + 1).unwrap();
            writer.sync().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        assert!(reading.join().unwrap() > 5);
    });
    writer.finish().unwrap();
    assert_holds(&path, 60);
}

/// A trace as this library wrote it before traces grew: chunks of 100 draws, and coordinates and statistics in one chunk.
#[test]
fn traces_of_the_first_format_are_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/trace-in-batches");
    let reader = TraceReader::open(&path).unwrap();
    reader.check().unwrap();
    let shape = (reader.chains(), reader.draws(), reader.sites());
    assert_eq!((shape, reader.draws_per_chunk()), ((2, 201, 5), 100));
    let mut means = vec![0.0; 2 * 201];
    let mut visits = Vec::new();
    let visit = |chain: usize, first: usize, states: &[u8]| {
        visits.push((chain, first));
        for (draw, state) in states.chunks(5).enumerate() {
            let ones: u8 = state.iter().sum();
            means[chain * 201 + first + draw] = f64::from(ones) / 5.0;
        }
    };
    reader.for_each_x(visit).unwrap();
    let order = [(0, 0), (0, 100), (0, 200), (1, 0), (1, 100), (1, 200)];
    assert_eq!(visits, order);
    assert_eq!(reader.stat("mean_symbol").unwrap(), means);
    let visit = |first: usize, draws: usize, values: &[&[f64]]| {
        assert_eq!((first, draws), (0, 201));
        assert_eq!(values[0], means);
    };
    reader.for_each_stats(&["mean_symbol"], visit).unwrap();
    let spec = TraceSpec {
        stats: reader.stat_names().unwrap(),
        ..TraceSpec::new(2, 5)
    };
    let said = TraceWriter::resume(&path, spec, 201)
        .unwrap_err()
        .to_string();
    assert!(said.contains("the chunk_grid of posterior/x"), "{said}");
}
