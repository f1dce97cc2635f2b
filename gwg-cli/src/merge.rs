//! `gwg merge`: the traces of all shards of a run as the trace of the whole run.

use crate::failure::Failure;
use crate::flags::MergeFlags;
use crate::outputs;
use crate::sample::Settings;
use crate::shard::Shard;
use gwg_chains::trace::{STEP_STATISTICS, TraceReader, TraceWriter};
use gwg_models::io::{visible, visible_path};
use serde_json::{Map, Value};
use std::path::Path;

/// Settings in which shards differ.
const OWN: [&str; 4] = ["shard", "chains", "command", "config"];

/// The trace of a shard.
struct Part<'p> {
    path: &'p Path,
    trace: TraceReader,
    settings: Settings,
    shard: Shard,
}

pub(crate) fn run(flags: &MergeFlags) -> Result<(), Failure> {
    let why = "a trace is a folder and cannot be standard output; name a folder";
    outputs::refuse_stdout("--out", &flags.out, why)?;
    outputs::check("--out", &flags.out, flags.force)?;
    let parts = flags.traces.iter().map(|path| Part::open(path));
    let mut parts = parts.collect::<Result<Vec<_>, _>>()?;
    parts.sort_by_key(|part| part.shard.number);
    let Some((first, rest)) = parts.split_first() else {
        return Err(Failure::usage("name the traces of all shards"));
    };
    for part in rest {
        part.agrees(first)?;
    }
    complete(&parts)?;
    let refused = |error| Failure::usage(format!("--out: {error}"));
    let settings = Settings {
        chains: first.shard.chains,
        shard: None,
        ..first.settings.clone()
    };
    let names = settings.record.iter().map(String::as_str);
    let names = names.chain(STEP_STATISTICS).map(str::to_owned).collect();
    let mut spec = first.trace.spec(names).map_err(Failure::usage)?;
    spec.chains = settings.chains;
    spec.attributes = settings.attributes()?;
    spec.version.clone_from(&settings.version);
    spec.force = flags.force;
    let mut writer = TraceWriter::create(&flags.out, spec).map_err(refused)?;
    let (shards, draws) = (parts.len(), settings.draws);
    let traces: Vec<TraceReader> = parts.into_iter().map(|part| part.trace).collect();
    writer.append_joined(&traces).map_err(Failure::run)?;
    writer.finish().map_err(Failure::run)?;
    outputs::print(&format!(
        "{}: {} chains of {draws} draws, from {shards} shards\n",
        visible_path(&flags.out),
        settings.chains
    ))
}

impl<'p> Part<'p> {
    fn open(path: &'p Path) -> Result<Self, Failure> {
        let shown = visible_path(path);
        let trace = TraceReader::open(path).map_err(Failure::usage)?;
        let settings = Value::Object(trace.attributes().clone());
        let settings: Settings = serde_json::from_value(settings).map_err(|error| {
            Failure::usage(format!(
                "{shown}: attributes in zarr.json: {error}; only traces written by `gwg sample --shard` can be merged"
            ))
        })?;
        let shard = settings.shard.ok_or_else(|| {
            Failure::usage(format!(
                "{shown}: it is the trace of a whole run, not of a shard; merge traces written by `gwg sample --shard I/N`"
            ))
        })?;
        let own = shard.part().shard(shard.chains)?;
        if own != shard || trace.chains() != shard.len() {
            return Err(Failure::usage(format!(
                "{shown}: attribute `shard`: shard {} of {} chains has not {} chains; the trace is damaged",
                shard.part(),
                shard.chains,
                trace.chains()
            )));
        }
        if trace.draws() < settings.draws {
            return Err(Failure::usage(format!(
                "{shown}: shard {} has {} of {} draws; end its run first: gwg resume {shown}",
                shard.part(),
                trace.draws(),
                settings.draws
            )));
        }
        Ok(Self {
            path,
            trace,
            settings,
            shard,
        })
    }

    /// Refuses a shard of another run.
    fn agrees(&self, first: &Self) -> Result<(), Failure> {
        let of = |part: &Self| -> Map<String, Value> {
            let mut all = part.trace.attributes().clone();
            all.retain(|key, _| !OWN.contains(&key.as_str()));
            let shard = &part.shard;
            all.insert("number of shards".into(), shard.of.into());
            all.insert("chains of all shards".into(), shard.chains.into());
            all
        };
        let (here, there) = (of(self), of(first));
        let mut keys = here.keys().chain(there.keys());
        let Some(key) = keys.find(|key| here.get(*key) != there.get(*key)) else {
            return Ok(());
        };
        let shown = |all: &Map<String, Value>| {
            let value = all.get(key).map_or("nothing".into(), Value::to_string);
            visible(&value).to_string()
        };
        Err(Failure::usage(format!(
            "{}: {}: found {}, but {} in {}; merge the shards of one run",
            visible_path(self.path),
            visible(key),
            shown(&here),
            shown(&there),
            visible_path(first.path)
        )))
    }
}

/// Refuses a shard that is there twice, or not at all; the parts are in order.
fn complete(parts: &[Part<'_>]) -> Result<(), Failure> {
    let twice = parts
        .windows(2)
        .find(|pair| pair[0].shard.number == pair[1].shard.number);
    if let Some([a, b]) = twice.and_then(|pair| pair.first_chunk::<2>()) {
        return Err(Failure::usage(format!(
            "{} and {}: both are shard {}; name each shard once",
            visible_path(a.path),
            visible_path(b.path),
            a.shard.part()
        )));
    }
    let Some(first) = parts.first() else {
        return Ok(());
    };
    let there = |number: &usize| parts.iter().any(|part| part.shard.number == *number);
    let missing: Vec<String> = (1..=first.shard.of)
        .filter(|number| !there(number))
        .map(|number| format!("{number}/{}", first.shard.of))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let shown = missing.iter().take(10).map(String::as_str);
    let shown: Vec<&str> = shown.chain((missing.len() > 10).then_some("..")).collect();
    Err(Failure::usage(format!(
        "missing: shard {}; name the traces of all shards, and run again what has failed",
        shown.join(", ")
    )))
}
