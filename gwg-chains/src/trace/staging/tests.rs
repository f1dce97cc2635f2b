//! A process that ends between any two operations on files.

use super::super::{Batch, Chunks, TraceReader, TraceSpec, TraceWriter};
use std::fs;
use std::path::Path;
use std::process::Command;

const CHILD: &str = "GWG_TEST_CHILD";

fn write(path: &Path, draws: usize) {
    let spec = TraceSpec {
        force: true,
        ..TraceSpec::new(1, 2)
    };
    let mut writer = TraceWriter::create(path, spec).unwrap();
    let (x, stat) = (vec![0_u8; 2 * draws], vec![0.5; draws]);
    let stats: &[&[f64]] = &[&stat, &stat, &stat];
    writer
        .append(&Batch {
            draws,
            x: &x,
            stats,
        })
        .unwrap();
    writer.finish().unwrap();
}

/// Draws of a whole trace, `None` where there is nothing.
fn draws(path: &Path) -> Option<usize> {
    path.symlink_metadata().ok()?;
    let reader = TraceReader::open(path).unwrap();
    for name in ["log_prob", "accepted", "hops"] {
        assert_eq!(reader.stat(name).unwrap(), vec![0.5; reader.draws()]);
    }
    let mut states = 0;
    let count = |_: usize, _: usize, x: &[u8]| states += x.len() / 2;
    reader.for_each_x(count).unwrap();
    assert_eq!(states, reader.draws());
    Some(states)
}

/// The process that ends early: not a test of its own.
#[test]
fn child() {
    if let Some(path) = std::env::var_os(CHILD) {
        write(Path::new(&path), 2);
    }
}

const GROWING: &str = "GWG_TEST_GROWING";

fn chunked() -> TraceSpec {
    let chunks = Chunks {
        chains: 1,
        draws: 2,
        stat_draws: 3,
    };
    TraceSpec {
        chunks: Some(chunks),
        ..TraceSpec::new(2, 1)
    }
}

fn append(writer: &mut TraceWriter, to: usize) {
    let draws = to - writer.draws();
    let value = |k: usize| writer.draws() + k % draws;
    let x: Vec<u8> = (0..2 * draws).map(|k| value(k) as u8).collect();
    let stat: Vec<f64> = (0..2 * draws).map(|k| value(k) as f64 / 16.0).collect();
    let stats: &[&[f64]] = &[&stat, &stat, &stat];
    let x = &x[..];
    writer.append(&Batch { draws, x, stats }).unwrap();
}

/// Syncs at 3 and 5 draws, and finishes at 8.
fn grow(path: &Path) {
    let mut writer = TraceWriter::create(path, chunked()).unwrap();
    for draws in [3, 5] {
        append(&mut writer, draws);
        writer.sync().unwrap();
    }
    writer.put_file("state.gwg", b"state").unwrap();
    append(&mut writer, 8);
    writer.finish().unwrap();
}

/// Takes up a trace after 3 draws and finishes it at 6.
fn cut(path: &Path) {
    let mut writer = TraceWriter::resume(path, chunked(), 3).unwrap();
    append(&mut writer, 6);
    writer.finish().unwrap();
}

/// Draws of a trace that is whole; `None` where there is nothing.
fn grown(path: &Path) -> Option<usize> {
    path.symlink_metadata().ok()?;
    let reader = TraceReader::open(path).unwrap();
    reader.check().unwrap();
    let draws = reader.draws();
    let expected: Vec<f64> = (0..2)
        .flat_map(|_| (0..draws).map(|k| k as f64 / 16.0))
        .collect();
    assert_eq!(reader.stat("log_prob").unwrap(), expected);
    let visit = |_: usize, first: usize, x: &[u8]| {
        let expected = (first..).map(|k| k as u8).take(x.len());
        assert!(x.iter().copied().eq(expected));
    };
    reader.for_each_x(visit).unwrap();
    Some(draws)
}

/// The process that ends early: not a test of its own.
#[test]
fn growing_child() {
    if let Some(path) = std::env::var_os(GROWING) {
        grow(Path::new(&path));
    }
    if let Some(path) = std::env::var_os("GWG_TEST_CUT") {
        cut(Path::new(&path));
    }
}

#[test]
fn a_kill_at_any_moment_leaves_the_trace_of_a_sync() {
    for (work, syncs, end) in [
        (GROWING, &[3, 5, 8][..], 8),
        ("GWG_TEST_CUT", &[3, 6, 8], 6),
    ] {
        let mut found = Vec::new();
        // Every third operation, as there are many.
        for point in (0..).step_by(3) {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join("t");
            if work != GROWING {
                grow(&path);
            }
            let mut child = Command::new(std::env::current_exe().unwrap());
            child
                .args(["--exact", "trace::staging::tests::growing_child"])
                .env(work, &path)
                .env("GWG_TEST_ABORT_AT", point.to_string());
            let done = child.output().unwrap().status.success();
            let draws = grown(&path);
            found.push(draws.unwrap_or(0));
            if let Some(draws) = draws {
                assert!(syncs.contains(&draws), "point {point}: {draws}");
                let mut writer = TraceWriter::resume(&path, chunked(), draws.min(5)).unwrap();
                append(&mut writer, 9);
                writer.finish().unwrap();
                assert_eq!(grown(&path), Some(9));
                let partial = path.join(crate::trace::ours::TEMPORARY);
                assert!(!partial.exists(), "point {point}");
            } else {
                assert_eq!(work, GROWING);
            }
            if done {
                assert_eq!(draws, Some(end));
                break;
            }
        }
        let every = syncs.iter().all(|draws| found.contains(draws));
        assert!(every, "{found:?}");
    }
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_trace_or_the_new_one() {
    for (old, exchange) in [(true, true), (true, false), (false, true)] {
        let mut gone = 0;
        for point in 0.. {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join("t");
            if old {
                write(&path, 1);
            }
            let mut child = Command::new(std::env::current_exe().unwrap());
            child
                .args(["--exact", "trace::staging::tests::child"])
                .env(CHILD, &path)
                .env("GWG_TEST_ABORT_AT", point.to_string());
            if !exchange {
                child.env("GWG_TEST_NO_EXCHANGE", "1");
            }
            let done = child.output().unwrap().status.success();
            let found = draws(&path);
            let names = fs::read_dir(root.path()).unwrap().count();
            gone += usize::from(old && found.is_none());
            assert!(found.is_some() || !old || !exchange, "point {point}");
            // What the next run on the path finds.
            let spec = TraceSpec {
                force: true,
                ..TraceSpec::new(1, 2)
            };
            let writer = TraceWriter::create(&path, spec).unwrap();
            let cleaned = writer.cleaned().len();
            drop(writer);
            assert_eq!(
                cleaned,
                names - usize::from(found.is_some()),
                "point {point}"
            );
            let after = draws(&path);
            assert!(after.is_some() || !old);
            assert_eq!(after.or(found), if old { found.or(Some(1)) } else { found });
            let left = fs::read_dir(root.path()).unwrap().count();
            assert_eq!(left, usize::from(after.is_some()));
            if done {
                assert_eq!((after, cleaned), (Some(2), 0));
                assert!(point >= 4, "{point} operations");
                break;
            }
        }
        // Between two renamings there is nothing at the path.
        assert_eq!(gone > 0, !exchange, "{gone}");
    }
}

#[test]
fn what_a_running_process_writes_is_no_leftover() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("t");
    let create = || TraceWriter::create(&path, TraceSpec::new(1, 2)).unwrap();
    let first = create();
    let second = create();
    assert!(first.cleaned().is_empty() && second.cleaned().is_empty());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    // Of another trace, and not written by this library: both stay.
    for other in [".tt.partial-1-0", ".t.partial-x-0", ".t.partial-1-0"] {
        fs::create_dir(root.path().join(other)).unwrap();
        fs::write(root.path().join(other).join("notes.txt"), "dear").unwrap();
    }
    fs::create_dir_all(root.path().join(".t.partial-1-1/posterior/x/c/0")).unwrap();
    let third = create();
    assert_eq!(third.cleaned().len(), 1, "{:?}", third.cleaned());
    assert!(third.cleaned()[0].contains(".t.partial-1-1 was removed"));
    drop((first, second, third));
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 3);
}

#[test]
fn a_folder_that_vanishes_is_not_made_again() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("t");
    let mut writer = TraceWriter::create(&path, TraceSpec::new(1, 2)).unwrap();
    let stats: &[&[f64]] = &[&[0.5], &[0.5], &[0.5]];
    let batch = Batch {
        draws: 1,
        x: &[0_u8, 1],
        stats,
    };
    writer.append(&batch).unwrap();
    let hidden = fs::read_dir(root.path()).unwrap().next().unwrap().unwrap();
    fs::remove_dir_all(hidden.path()).unwrap();
    let error = writer.append(&batch).unwrap_err().to_string();
    assert!(error.contains("was moved, replaced or removed"), "{error}");
    assert!(writer.finish().is_err());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
}

#[test]
fn nothing_drawn_replaces_nothing() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("t");
    write(&path, 1);
    let spec = TraceSpec {
        force: true,
        ..TraceSpec::new(1, 2)
    };
    let writer = TraceWriter::create(&path, spec).unwrap();
    let error = writer.finish().unwrap_err().to_string();
    assert!(error.contains("stays as it was"), "{error}");
    assert_eq!(draws(&path), Some(1));
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn a_trace_with_anything_else_in_it_is_not_replaced() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("t");
    for (place, named) in [
        ("notes.txt", "a trace and notes.txt"),
        ("posterior/x/notes.txt", "a trace and posterior/x/notes.txt"),
        ("posterior/x/c/0/a", "a trace and posterior/x/c/0/a"),
        ("posterior/zarr.json", "no trace of gwg"),
    ] {
        let _ = fs::remove_dir_all(&path);
        write(&path, 1);
        fs::write(path.join(place), "dear").unwrap();
        let spec = TraceSpec {
            force: true,
            ..TraceSpec::new(1, 2)
        };
        let error = TraceWriter::create(&path, spec).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}
