//! A trace whose every value is a formula of its place, for the tests that write and replace traces.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses some of these helpers"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gwg_chains::trace::{Batch, Chunks, TraceError, TraceReader, TraceSpec, TraceWriter};
use serde_json::json;

pub(crate) const CHAINS: usize = 3;
pub(crate) const SITES: usize = 5;

pub(crate) fn symbol(chain: usize, draw: usize, site: usize) -> u8 {
    ((chain * 7 + draw * draw * 3 + site * 5) % 4) as u8
}

pub(crate) fn stat(k: usize, chain: usize, draw: usize) -> f64 {
    1.0 / (1 + 7 * k + 3 * chain + draw) as f64
}

/// In chunks of so many draws of one chain, and of so many of a statistic.
pub(crate) fn spec(draws: usize) -> TraceSpec {
    let attributes = json!({"seed": 7, "model": "ising", "nested": {"beta": 0.5}});
    TraceSpec {
        attributes: attributes.as_object().unwrap().clone(),
        chunks: Some(Chunks {
            chains: 1,
            draws,
            stat_draws: draws,
        }),
        ..TraceSpec::new(CHAINS, SITES)
    }
}

/// Appends draws `from .. to` as one batch.
pub(crate) fn append(writer: &mut TraceWriter, from: usize, to: usize) -> Result<(), TraceError> {
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

pub(crate) fn write(path: &Path, spec: TraceSpec, draws: usize) {
    let step = spec.chunks.unwrap().draws;
    let mut writer = TraceWriter::create(path, spec).unwrap();
    for from in (0..draws).step_by(step) {
        append(&mut writer, from, draws.min(from + step)).unwrap();
    }
    assert_eq!(writer.draws(), draws);
    writer.finish().unwrap();
}

pub(crate) fn assert_holds(path: &Path, draws: usize) {
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
                .x_chunk::<u8>(chain, first / reader.draws_per_chunk())
                .unwrap(),
            states
        );
    };
    reader.for_each_x(visit).unwrap();
    assert_eq!(seen, CHAINS * draws);
}

/// Every file below a folder with its bytes.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
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

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let name = |e: std::io::Result<fs::DirEntry>| e.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}
