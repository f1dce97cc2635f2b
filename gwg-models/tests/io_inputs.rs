//! Inputs as users have them: packed, from a pipe, from a process substitution.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use flate2::Compression;
use flate2::write::GzEncoder;
use gwg_core::Binary;
use gwg_models::io::tensors::to_bytes;
use gwg_models::io::{
    IoError, Parameters, read_edges, read_graph, read_model, read_numbers, read_observed,
    read_states, read_uai,
};
use std::fs;
use std::io::Write;
use std::path::Path;

/// What was read, or the message.
type Read = fn(&Path) -> Result<String, String>;

fn shown<T: std::fmt::Debug, E: ToString>(read: Result<T, E>) -> Result<String, String> {
    read.map(|read| format!("{read:?}"))
        .map_err(|e| e.to_string())
}

/// A valid content of each reader, and the reader.
fn readers() -> Vec<(Vec<u8>, Read)> {
    let model: Parameters<'_, f32> = Parameters::IsingDense {
        coupling: vec![0.0, 0.5, 0.5, 0.0].into(),
        field: vec![1.0, -1.0].into(),
    };
    let mut array = b"\x93NUMPY\x01\x00\x3a\x00".to_vec();
    array.extend(
        format!(
            "{:<58}",
            "{'descr': '|i1', 'fortran_order': False, 'shape': (3,)}"
        )
        .bytes(),
    );
    array.extend([0, 1, 1]);
    vec![
        (b"2 1\n1 2 0.5".to_vec(), |p| shown(read_edges(p))),
        (b"2 1\n1 2 0.5".to_vec(), |p| shown(read_graph(p))),
        (b"MARKOV\n1\n2\n1\n1 0\n2 1 3".to_vec(), |p| {
            shown(read_uai(p))
        }),
        (b"1 2.5 0".to_vec(), |p| {
            shown(read_numbers(p, 3, "one per site"))
        }),
        (array.clone(), |p| shown(read_numbers(p, 3, "one per site"))),
        (array.clone(), |p| shown(read_states(p, 3))),
        (b"0 1\n2 0".to_vec(), |p| {
            shown(read_observed(p, &Binary::new(3)))
        }),
        ([&array[..array.len() - 1], &[0xff]].concat(), |p| {
            shown(read_observed(p, &Binary::new(3)))
        }),
        (to_bytes(&model).unwrap(), |p| {
            shown(read_model::<f32>(p, None))
        }),
    ]
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_reader_unpacks_by_content() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for (content, read) in readers() {
        fs::write(file.path(), &content).unwrap();
        let plain = read(file.path()).unwrap();
        let packed = packed(&content);
        fs::write(file.path(), &packed).unwrap();
        assert_eq!(read(file.path()).unwrap(), plain);
        fs::write(file.path(), &packed[..packed.len() - 5]).unwrap();
        let message = read(file.path()).unwrap_err();
        assert!(message.contains("begins like a gzip file"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn every_reader_reads_pipes() {
    use std::os::fd::AsRawFd;
    let file = tempfile::NamedTempFile::new().unwrap();
    for (content, read) in readers() {
        fs::write(file.path(), &content).unwrap();
        let plain = read(file.path()).unwrap();
        for sent in [content.clone(), packed(&content)] {
            let (from, mut to) = std::io::pipe().unwrap();
            to.write_all(&sent).unwrap();
            drop(to);
            // As the shell passes <(...).
            let path = format!("/dev/fd/{}", from.as_raw_fd());
            assert_eq!(read(Path::new(&path)).unwrap(), plain);
            let again = read(Path::new(&path)).unwrap_err();
            assert!(
                again.contains("found nothing; a pipe can be read only once"),
                "{again}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn every_reader_stops_at_the_limit_of_a_device() {
    let (_, read) = &readers()[0];
    let message = read(Path::new("/dev/zero")).unwrap_err();
    assert!(
        message.starts_with("/dev/zero: more than 1 GiB"),
        "{message}"
    );
    let message = read(Path::new("/dev/null")).unwrap_err();
    assert!(message.contains("found nothing"), "{message}");
}

#[test]
fn a_bomb_is_refused_by_every_reader() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), packed(&vec![b' '; (64 << 20) + 1])).unwrap();
    for (_, read) in readers() {
        let message = read(file.path()).unwrap_err();
        assert!(message.contains("unpacks to more than 64 MiB"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn hostile_names_are_escaped_by_every_reader() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"\x1b[31m\nerror: \xff\xe2\x80\xae");
    let path = folder.path().join(name);
    let is_escaped = |message: &str| {
        assert!(
            !message.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{message:?}"
        );
        assert!(
            message.contains("\\u{1b}[31m\\nerror: \\xff\\u{202e}:"),
            "{message}"
        );
    };
    for (content, read) in readers() {
        is_escaped(&read(&path).unwrap_err());
        fs::write(&path, [&content[..content.len() / 2], b"\xff\xff"].concat()).unwrap();
        is_escaped(&read(&path).unwrap_err());
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_folder_is_no_input() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_edges(folder.path()).unwrap_err();
    assert!(matches!(error, IoError::NotAFile { .. }), "{error}");
    for (_, read) in readers() {
        let message = read(folder.path()).unwrap_err();
        assert!(
            message.contains("a folder, but a file is needed"),
            "{message}"
        );
    }
}
