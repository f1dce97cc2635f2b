//! A process that ends between any two operations on files.

use super::super::{Batch, TraceReader, TraceSpec, TraceWriter};
use std::fs;
use std::path::Path;
use std::process::Command;

const CHILD: &str = "GWG_TEST_CHILD";

fn write(path: &Path, draws: usize) {
    let spec = TraceSpec {
        force: true,
        ..TraceSpec::new(1, 2, 4)
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
                ..TraceSpec::new(1, 2, 4)
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
    let create = || TraceWriter::create(&path, TraceSpec::new(1, 2, 4)).unwrap();
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
    let mut writer = TraceWriter::create(&path, TraceSpec::new(1, 2, 1)).unwrap();
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
    assert!(error.contains("cannot create the folder"), "{error}");
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
        ..TraceSpec::new(1, 2, 4)
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
            ..TraceSpec::new(1, 2, 4)
        };
        let error = TraceWriter::create(&path, spec).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}
