//! What a writer refuses, what it replaces, and that it leaves nothing half done.

#[path = "support/traces.rs"]
mod traces;

use std::fs;
use std::path::Path;

use gwg_chains::trace::{Batch, Chunks, Compression, TraceError, TraceSpec, TraceWriter};

use traces::{CHAINS, SITES, append, assert_holds, names, spec, write};

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
    let mut writer = TraceWriter::create(&late, forced()).unwrap();
    append(&mut writer, 0, 3).unwrap();
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
fn wrong_batches_are_refused_and_leave_the_writer_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    let mut writer = TraceWriter::create(&path, spec(4)).unwrap();
    append(&mut writer, 0, 4).unwrap();
    let (x, s) = (vec![0_u8; CHAINS * 4 * SITES], vec![0.0; CHAINS * 4]);
    let good: [&[f64]; 3] = [&s, &s, &s];
    let short: [&[f64]; 3] = [&s, &s[1..], &s];
    for (draws, x, stats, field) in [
        (0, &x[..0], &good[..], "the number of draws"),
        (5, &x[..], &good[..], "the length of x"),
        (usize::MAX, &x[..], &good[..], "the number of draws"),
        (usize::MAX / 2, &x[..], &good[..], "the length of x"),
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
    append(&mut writer, 7, 20).unwrap();
    writer.finish().unwrap();
    assert_holds(&path, 20);
}

#[test]
fn wrong_specs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let named = |names: &[&str]| TraceSpec {
        stats: names.iter().map(|n| (*n).to_owned()).collect(),
        ..spec(4)
    };
    let chunks = |chains, draws, stat_draws| TraceSpec {
        chunks: Some(Chunks {
            chains,
            draws,
            stat_draws,
        }),
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
        (spec(0), "chunks.draws is 0"),
        (chunks(4, 1, 1), "chunks.chains is 4; it must be 1 to 3"),
        (chunks(1, 1, 0), "chunks.stat_draws is 0"),
        (
            chunks(1, 1 << 20, 1),
            "sites is 5; it makes a chunk of 1048576 draws of 5242880 bytes",
        ),
        (chunks(1, 1, usize::MAX), "chains is 3; it makes a chunk"),
        (
            TraceSpec {
                chains: usize::MAX,
                chunks: None,
                ..spec(1)
            },
            "chains is 18446744073709551615; it makes a chunk",
        ),
        (
            TraceSpec {
                sites: 1 << 31,
                chunks: None,
                ..spec(1)
            },
            "sites is 2147483648; it makes a chunk",
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
