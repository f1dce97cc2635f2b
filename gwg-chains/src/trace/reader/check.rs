//! Whether a trace is what a run wrote.

use std::path::Path;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde_json::Value;

use super::TraceReader;
use crate::trace::error::TraceError;

impl TraceReader {
    /// Reads all of the trace, and refuses what no run has written: missing or damaged chunks; attributes `chains`, `sites` and `draws`, of
    /// those that are there, that contradict the arrays (a run that was ended has fewer draws than planned); symbols that are not below the attribute
    /// `states`; acceptances `accepted` outside of 0 to 1, and numbers of changed sites `hops` below 0.
    ///
    /// # Errors
    /// The first of them, by name.
    ///
    /// # Cost
    /// That of reading every chunk once, on rayon's threads, in the memory of one chunk per thread and of one statistic.
    pub fn check(&self) -> Result<(), TraceError> {
        self.check_attributes()?;
        for name in self.stat_names()? {
            let values = self.stat(&name)?;
            let (allowed, range) = match name.as_str() {
                "accepted" => ("0 to 1", 0.0..=1.0),
                "hops" => ("finite numbers from 0", 0.0..=f64::MAX),
                _ => continue,
            };
            if let Some(at) = values.iter().position(|value| !range.contains(value)) {
                let (chain, draw) = (at / self.draws(), at % self.draws());
                let found = format!("{} in chain {chain}, draw {draw}", values[at]);
                let folder = self.path.join("sample_stats").join(&name);
                return Err(damaged(&folder, found, allowed));
            }
        }
        let chunks = if self.draws() == 0 { 0 } else { self.x.grid(1) };
        let chains = (0..self.chains()).into_par_iter();
        let first = chains.find_map_first(|chain| {
            (0..chunks).find_map(|chunk| self.check_symbols(chain, chunk).err())
        });
        first.map_or(Ok(()), Err)
    }

    fn number(&self, attribute: &str) -> Option<u64> {
        self.attributes.get(attribute).and_then(Value::as_u64)
    }

    fn check_attributes(&self) -> Result<(), TraceError> {
        for (name, here, fits) in [
            ("chains", self.chains(), u64::eq as fn(&u64, &u64) -> bool),
            ("sites", self.sites(), u64::eq),
            ("draws", self.draws(), u64::ge),
        ] {
            let Some(stated) = self.attributes.get(name) else {
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

    fn check_symbols(&self, chain: usize, chunk: usize) -> Result<(), TraceError> {
        let states = self.load_x::<u16>(chain, chunk)?;
        let Some(allowed) = self.number("states") else {
            return Ok(());
        };
        let Some(at) = states.iter().position(|&s| u64::from(s) >= allowed) else {
            return Ok(());
        };
        let draw = chunk * self.draws_per_chunk() + at / self.sites();
        let (found, site) = (states[at], at % self.sites());
        Err(damaged(
            &self.x.folder,
            format!("symbol {found} in chain {chain}, draw {draw}, site {site}"),
            &format!(
                "0 to {}, by the attribute `states`",
                allowed.saturating_sub(1)
            ),
        ))
    }
}

fn damaged(array: &Path, found: String, allowed: &str) -> TraceError {
    TraceError::Value {
        path: array.to_owned(),
        found,
        allowed: allowed.to_owned(),
    }
}
