//! `gwg diagnose`: recomputes R-hat, ESS and MCSE from a stored trace.

use crate::failure::Failure;
use crate::flags::DiagnoseFlags;
use crate::{clamp, outputs, summary, table};
use gwg_chains::trace::TraceReader;
use gwg_chains::{QuantityDraws, hamming, reference};
use gwg_registry::SamplerSpec;
use serde_json::json;

pub(crate) fn run(flags: &DiagnoseFlags) -> Result<(), Failure> {
    if let Some(path) = &flags.summary {
        outputs::check_file("--summary", path, flags.force)?;
    }
    let trace = TraceReader::open(&flags.trace).map_err(Failure::usage)?;
    let (chains, draws) = (trace.chains(), trace.draws());
    let accepted = trace.stat("accepted").map_err(Failure::usage)?;
    let statistics = summary::statistics(&quantities(&trace, flags)?, chains, draws);
    let acceptance = accepted.iter().sum::<f64>() / accepted.len() as f64;
    let mut warnings = summary::warnings(&statistics, chains, draws, Some(acceptance));
    if let Some(bias) = bias(&trace) {
        warnings.insert(0, bias.into());
    }
    let mut object = json!({
        "chains": chains, "draws": draws, "sites": trace.sites(),
        "acceptance": Some(acceptance).filter(|a| a.is_finite()),
        "statistics": summary::statistics_json(&statistics), "warnings": warnings,
    });
    if let Some(clamp) = trace.attributes().get("clamp") {
        object["clamp"] = clamp.clone();
    }
    let mut written = Ok(());
    if let Some(path) = &flags.summary {
        written = outputs::write("--summary", path, &format!("{object:#}\n"));
        if outputs::is_stdout(path) {
            return written;
        }
    }
    let head = format!(
        "trace    {}  ({chains} chains, {draws} draws, {} sites)\n{}\n",
        flags.trace.display(),
        trace.sites(),
        clamp::line(&object["clamp"], &object["sites"])
    );
    outputs::print(
        &[
            head,
            table::statistics(&statistics),
            table::warnings(&object),
        ]
        .concat(),
    )
    .and(written)
}

/// The bias warning of the sampler that wrote the trace, if it is a biased one.
fn bias(trace: &TraceReader) -> Option<&'static str> {
    let sampler = trace.attributes().get("sampler")?.as_str()?;
    SamplerSpec::parse(sampler).ok()?.bias()
}

/// The quantities of the trace, and the Hamming distances where they are not among them.
fn quantities(trace: &TraceReader, flags: &DiagnoseFlags) -> Result<QuantityDraws, Failure> {
    let stored = trace.quantities().map_err(Failure::usage)?;
    if stored.get("hamming").is_some() {
        return Ok(stored);
    }
    let distances = ("hamming".to_owned(), distances(trace, flags)?);
    let owned = |(name, values): (&str, &[f64])| (name.to_owned(), values.to_vec());
    Ok(stored.iter().map(owned).chain([distances]).collect())
}

/// Hamming distance of every draw to the run's reference state, which is regenerated from the seed.
fn distances(trace: &TraceReader, flags: &DiagnoseFlags) -> Result<Vec<f64>, Failure> {
    let attribute = |key: &str| {
        trace.attributes().get(key).and_then(serde_json::Value::as_u64).ok_or_else(|| {
            Failure::usage(format!("{}: zarr.json has no integer attribute `{key}`; only traces written by `gwg sample` can be read", flags.trace.display()))
        })
    };
    let states = usize::try_from(attribute("states")?).unwrap_or(usize::MAX);
    if !(2..=65_536).contains(&states) {
        return Err(Failure::usage(format!(
            "{}: attribute `states`: found {states}, allowed are 2 to 65536",
            flags.trace.display()
        )));
    }
    let reference = reference(trace.sites(), states, attribute("seed")?);
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
