//! Whether a trace is what a run wrote.

use std::path::Path;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde_json::Value;

use super::TraceReader;
use crate::trace::error::TraceError;
use crate::trace::parse::ArrayInfo;

impl TraceReader {
    /// Reads all of the trace, and refuses what no run has written: missing or damaged chunks; attributes `chains`, `sites` and `draws`, of
    /// those that are there, that contradict the arrays (a run that was ended has fewer draws than planned); symbols that are not below the attribute
    /// `states`; acceptances `accepted` outside of 0 to 1, and numbers of changed sites `hops` below 0.
    ///
    /// # Errors
    /// The first of them, by name.
    ///
    /// # Cost
    /// That of reading every chunk once, on rayon's threads, in the memory of one chunk per thread.
    pub fn check(&self) -> Result<(), TraceError> {
        self.check_attributes()?;
        self.check_nodes()?;
        for name in self.stat_names()? {
            let (allowed, range) = match name.as_str() {
                "accepted" => ("0 to 1", 0.0..=1.0),
                "hops" => ("finite numbers from 0", 0.0..=f64::MAX),
                _ => ("", f64::NEG_INFINITY..=f64::INFINITY),
            };
            self.try_each_stats(&[&name], |first, draws, values| {
                let values = values[0];
                if allowed.is_empty() {
                    return Ok(());
                }
                let Some(at) = values.iter().position(|value| !range.contains(value)) else {
                    return Ok(());
                };
                let (chain, draw) = (at / draws, first + at % draws);
                let found = format!("{} in chain {chain}, draw {draw}", values[at]);
                let folder = self.path.join("sample_stats").join(&name);
                Err(damaged(&folder, found, allowed))
            })?;
        }
        let chunks = if self.draws() == 0 { 0 } else { self.x.grid(1) };
        let blocks = (0..self.x.grid(0)).into_par_iter();
        let first = blocks.find_map_first(|block| {
            (0..chunks).find_map(|chunk| self.check_symbols(block, chunk).err())
        });
        first.map_or(Ok(()), Err)
    }

    /// Each node by itself describes at least what the root says of it: other programs may read it there.
    fn check_nodes(&self) -> Result<(), TraceError> {
        let stats = self.stat_names()?;
        let stats = stats.iter().map(|name| format!("sample_stats/{name}"));
        for path in std::iter::once("posterior/x".to_owned()).chain(stats) {
            let stated = self.column(&path)?;
            let (folder, rank) = (self.path.join(&path), stated.shape.len());
            let mut alone = ArrayInfo::read(&folder, &[stated.data_type], rank..=rank)?;
            if alone.shape[1] >= stated.shape[1] {
                alone.shape[1] = stated.shape[1];
            }
            if alone != stated {
                let allowed = "it must be what the zarr.json of the trace says of it";
                let (field, found) = ("it", Value::from("another array"));
                let file = folder.join("zarr.json");
                return Err(TraceError::metadata(&file, field, Some(&found), allowed));
            }
        }
        Ok(())
    }

    fn number(&self, attribute: &str) -> Option<u64> {
        self.root.attributes.get(attribute).and_then(Value::as_u64)
    }

    fn check_attributes(&self) -> Result<(), TraceError> {
        for (name, here, fits) in [
            ("chains", self.chains(), u64::eq as fn(&u64, &u64) -> bool),
            ("sites", self.sites(), u64::eq),
            ("draws", self.draws(), u64::ge),
        ] {
            let Some(stated) = self.root.attributes.get(name) else {
                continue;
            };
            if !stated.as_u64().is_some_and(|n| fits(&n, &(here as u64))) {
                let allowed = format!("posterior/x has {here} {name}; the trace is damaged");
                let (file, field) = (self.path.join("zarr.json"), format!("attributes.{name}"));
                return Err(TraceError::metadata(&file, &field, Some(stated), &allowed));
            }
        }
        Ok(())
    }

    fn check_symbols(&self, block: usize, chunk: usize) -> Result<(), TraceError> {
        let block = self.load_block(block, chunk)?;
        let Some(allowed) = self.number("states") else {
            return Ok(());
        };
        for chain in 0..block.chains {
            let states = block.states::<u16>(chain);
            let Some(at) = states.iter().position(|&s| u64::from(s) >= allowed) else {
                continue;
            };
            let (chain, draw) = (
                block.first_chain + chain,
                block.first_draw + at / self.sites(),
            );
            let (found, site) = (states[at], at % self.sites());
            return Err(damaged(
                &self.x.folder,
                format!("symbol {found} in chain {chain}, draw {draw}, site {site}"),
                &format!(
                    "0 to {}, by the attribute `states`",
                    allowed.saturating_sub(1)
                ),
            ));
        }
        Ok(())
    }
}

fn damaged(array: &Path, found: String, allowed: &str) -> TraceError {
    TraceError::Value {
        path: array.to_owned(),
        found,
        allowed: allowed.to_owned(),
    }
}
