//! `gwg diagnose`: recomputes R-hat, ESS and MCSE from a stored trace.

use crate::clamp::ClampedSites;
use crate::failure::Failure;
use crate::flags::DiagnoseFlags;
use crate::remedy::Effort;
use crate::statistics::{self, Statistics};
use crate::{found, memory, outputs, sample, table};
use gwg_chains::diagnostics::{SiteDraws, SiteStatistics};
use gwg_chains::trace::TraceReader;
use gwg_chains::{KeptDraws, QuantityDraws, hamming, reference};
use gwg_models::io::{excerpt, visible_path};
use gwg_registry::SamplerSpec;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The `--summary` object.
#[derive(Clone, Debug, Serialize)]
struct DiagnoseResult {
    chains: usize,
    /// Draws of each chain.
    draws: usize,
    sites: usize,
    acceptance: Option<f64>,
    statistics: Statistics,
    /// As in the results of a run.
    #[serde(rename = "statistics_of_every", skip_serializing_if = "sample::is_one")]
    every: usize,
    site_statistics: SiteStatistics,
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clamp: Option<ClampedSites>,
}

/// What is read back of the settings that a trace has as attributes.
#[derive(Clone, Debug, Deserialize)]
struct Origin {
    states: usize,
    seed: u64,
    thin: Option<u64>,
    sampler: Option<String>,
    /// Names of the recorded quantities; older traces have none, and lack the Hamming distances.
    record: Option<Vec<String>>,
    clamp: Option<ClampedSites>,
}

pub(crate) fn run(flags: &DiagnoseFlags) -> Result<(), Failure> {
    memory::check_limit(memory::cores())?;
    let summary = flags.summary.as_deref();
    if let Some(path) = summary {
        outputs::check_file("--summary", path, flags.force)?;
    }
    found::refuse_no_trace(&flags.trace)?;
    let trace = TraceReader::open(&flags.trace).map_err(Failure::usage)?;
    let origin = Origin::of(&trace, &flags.trace)?;
    let read = trace.check().map_err(Failure::usage);
    let result = read.and_then(|()| diagnose(&trace, origin));
    if has_changed(&trace, &flags.trace) {
        return Err(Failure::run(format!(
            "{}: another run has replaced or cut it while it was read; run gwg diagnose again",
            visible_path(&flags.trace)
        )));
    }
    let result = result?;
    outputs::results(summary, flags.force, &result, || {
        text(&result, &flags.trace)
    })
}

/// Whether another run has taken the place of the trace, or it has fewer draws now: what was read may be of both.
fn has_changed(trace: &TraceReader, path: &Path) -> bool {
    TraceReader::open(path).map_or(true, |now| {
        now.attributes() != trace.attributes() || now.draws() < trace.draws()
    })
}

fn diagnose(trace: &TraceReader, origin: Origin) -> Result<DiagnoseResult, Failure> {
    let (chains, draws) = (trace.chains(), trace.draws());
    let acceptance = acceptance(trace)?;
    let quantities = quantities(trace, &origin)?;
    let every = quantities.every();
    let statistics = statistics::statistics(&quantities, chains, draws.div_ceil(every));
    let site_statistics = sites(trace, &origin)?;
    let mut warnings: Vec<String> = origin.bias().map(String::from).into_iter().collect();
    warnings.extend(statistics::warnings(
        (&statistics, Some(&site_statistics)),
        Effort {
            chains,
            draws,
            thin: origin.thin.unwrap_or(1),
            steps_per_second: None,
        },
        Some(acceptance),
    ));
    Ok(DiagnoseResult {
        chains,
        draws,
        sites: trace.sites(),
        acceptance: Some(acceptance).filter(|a| a.is_finite()),
        statistics,
        every,
        site_statistics,
        warnings,
        clamp: origin.clamp,
    })
}

fn text(result: &DiagnoseResult, path: &Path) -> String {
    let DiagnoseResult {
        chains,
        draws,
        sites,
        ..
    } = result;
    let clamp = result.clamp.as_ref();
    [
        format!(
            "trace    {}  ({chains} chains, {draws} draws, {sites} sites)\n",
            visible_path(path)
        ),
        clamp.map_or_else(String::new, |clamp| clamp.line(*sites)),
        "\n".into(),
        table::statistics(&result.statistics),
        table::thinned(result.every),
        table::sites(&result.site_statistics),
        table::warnings(&result.warnings),
    ]
    .concat()
}

impl Origin {
    fn of(trace: &TraceReader, path: &Path) -> Result<Self, Failure> {
        let path = visible_path(path);
        let found = Self::deserialize(trace.attributes()).map_err(|error| {
            Failure::usage(format!(
                "{path}: attributes in zarr.json: {error}; only traces written by `gwg sample` can be read"
            ))
        })?;
        if !(2..=65_536).contains(&found.states) {
            return Err(Failure::usage(format!(
                "{path}: attribute `states`: found {}, allowed are 2 to 65536",
                found.states
            )));
        }
        let stored = trace.stat_names().map_err(Failure::usage)?;
        let mut recorded = found.record.iter().flatten();
        if let Some(name) = recorded.find(|name| !stored.contains(name)) {
            return Err(Failure::usage(format!(
                "{path}: attribute `record`: found {}, of which there are no values in sample_stats; the trace is damaged",
                excerpt(name)
            )));
        }
        Ok(found)
    }

    /// The bias warning of the sampler that wrote the trace, if it is a biased one.
    fn bias(&self) -> Option<&'static str> {
        SamplerSpec::parse(self.sampler.as_deref()?).ok()?.bias()
    }
}

/// The figures of all sites, from one pass over the stored states.
fn sites(trace: &TraceReader, origin: &Origin) -> Result<SiteStatistics, Failure> {
    let (chains, sites) = (trace.chains(), trace.sites());
    let mut all = SiteDraws::new(sites, origin.states, chains, chains);
    trace
        .for_each_x::<u16>(|chain, _, rows| {
            for row in rows.chunks_exact(sites.max(1)) {
                all.add(chain, row);
            }
        })
        .map_err(Failure::usage)?;
    Ok(all.statistics())
}

/// The mean share of accepted steps.
fn acceptance(trace: &TraceReader) -> Result<f64, Failure> {
    let mut sum = 0.0;
    trace
        .for_each_stats(&["accepted"], |_, _, values| {
            sum += values.iter().copied().flatten().sum::<f64>();
        })
        .map_err(Failure::usage)?;
    Ok(sum / (trace.chains() as f64 * trace.draws() as f64))
}

/// The quantities of the trace; of older ones, with the Hamming distances.
fn quantities(trace: &TraceReader, origin: &Origin) -> Result<QuantityDraws, Failure> {
    let names = trace.quantity_names().map_err(Failure::usage)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (chains, draws) = (trace.chains(), trace.draws());
    let keep = Some(statistics::kept_draws(chains));
    let kept = |names: &[&str]| {
        KeptDraws::new(names.iter().copied(), chains, draws, keep).map_err(Failure::usage)
    };
    if origin.record.is_none() && !names.contains(&"hamming") {
        let with_distances = [&names[..], &["hamming"]].concat();
        let mut all = kept(&with_distances)?;
        let distances = distances(trace, origin)?;
        let stored = trace.quantities().map_err(Failure::usage)?;
        let columns = stored.iter().map(|(_, values)| values);
        all.add(columns.chain([&distances[..]]), draws);
        return Ok(all.finish());
    }
    let mut all = kept(&names)?;
    trace
        .for_each_stats(&names, |_, draws, values| {
            all.add(values.iter().copied(), draws);
        })
        .map_err(Failure::usage)?;
    Ok(all.finish())
}

/// Hamming distance of every draw to the run's reference state, which is regenerated from the seed.
fn distances(trace: &TraceReader, origin: &Origin) -> Result<Vec<f64>, Failure> {
    let reference = reference(trace.sites(), origin.states, origin.seed);
    let mut distance = vec![0.0; trace.chains() * trace.draws()];
    trace
        .for_each_x::<u16>(|chain, first_draw, rows| {
            for (k, row) in rows.chunks(trace.sites().max(1)).enumerate() {
                if let Some(d) = distance.get_mut(chain * trace.draws() + first_draw + k) {
                    *d = hamming(row, &reference) as f64;
                }
            }
        })
        .map_err(Failure::usage)?;
    Ok(distance)
}
