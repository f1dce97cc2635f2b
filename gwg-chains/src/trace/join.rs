//! Several traces side by side.

use gwg_core::Symbol;
use serde_json::Value;

use super::error::TraceError;
use super::reader::TraceReader;
use super::spec::SymbolType;
use super::writer::TraceWriter;
use super::{Batch, TraceSpec};

/// Memory for the states of a window of draws.
const WINDOW_BYTES: usize = 64 << 20;

/// Draws of a window at most.
const WINDOW: usize = 1 << 15;

impl TraceReader {
    /// The spec of a trace that has the statistics `stats`, and else the shape, the dimensions, the symbols and the attributes of this one.
    ///
    /// # Errors
    /// Damaged metadata.
    pub fn spec(&self, stats: Vec<String>) -> Result<TraceSpec, TraceError> {
        let node = self.node("posterior/x")?;
        let names = node["dimension_names"].as_array();
        let names = names
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .skip(2);
        let dims: Vec<(String, usize)> = names.map(str::to_owned).zip(self.stored_dims()).collect();
        let alone = self.is_packed() || matches!(&*dims, [(name, _)] if name == "site");
        Ok(TraceSpec {
            dims: if alone { Vec::new() } else { dims },
            symbols: self.symbols(),
            packed: self.is_packed(),
            stats,
            attributes: self.attributes().clone(),
            ..TraceSpec::new(self.chains(), self.sites())
        })
    }
}

impl TraceWriter {
    /// Appends all draws of several traces, side by side: the chains of the first come first. The statistics are those of this trace's spec.
    ///
    /// # Cost
    /// That of reading them once or a few times, in 64 MiB and a chunk of each.
    ///
    /// # Errors
    /// Traces with other numbers of draws or sites, other symbols or too many or too few chains; one that lacks a statistic; damage; those of
    /// [`append`](Self::append).
    pub fn append_joined(&mut self, parts: &[TraceReader]) -> Result<(), TraceError> {
        let spec = self.spec();
        let chains: usize = parts.iter().map(TraceReader::chains).sum();
        if chains != spec.chains {
            let allowed = format!("the traces have {chains} chains");
            return Err(TraceError::spec("chains", spec.chains, &allowed));
        }
        let draws = parts.first().map_or(0, TraceReader::draws);
        for part in parts {
            for (what, found, needed) in [
                ("draws", part.draws(), draws),
                ("sites", part.sites(), spec.sites),
                (
                    "bytes of a symbol",
                    part.symbols().bytes(),
                    spec.symbols.bytes(),
                ),
            ] {
                if found != needed {
                    let needed = format!("{needed} are needed, as in the other traces");
                    return Err(TraceError::spec(what, found, &needed));
                }
            }
        }
        match spec.symbols {
            SymbolType::U8 => self.join::<u8>(parts, draws),
            SymbolType::U16 => self.join::<u16>(parts, draws),
        }
    }

    fn join<S: Symbol>(&mut self, parts: &[TraceReader], draws: usize) -> Result<(), TraceError> {
        let spec = self.spec();
        let (chains, sites, names) = (spec.chains, spec.sites, spec.stats.clone());
        let state = sites * size_of::<S>();
        let window = (WINDOW_BYTES / state.saturating_mul(chains).max(1)).clamp(1, WINDOW);
        let (mut x, mut part_stats) = (Vec::new(), Vec::new());
        for first in (0..draws).step_by(window) {
            let width = window.min(draws - first);
            x.clear();
            let mut stats = vec![Vec::new(); names.len()];
            for part in parts {
                part.append_states::<S>(first, width, &mut x)?;
                for (name, all) in names.iter().zip(&mut stats) {
                    part.stat_window(name, first, width, &mut part_stats)?;
                    all.extend_from_slice(&part_stats);
                }
            }
            let stats: Vec<&[f64]> = stats.iter().map(Vec::as_slice).collect();
            self.append(&Batch {
                draws: width,
                x: &x,
                stats: &stats,
            })?;
        }
        Ok(())
    }
}
