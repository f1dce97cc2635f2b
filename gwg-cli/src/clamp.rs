//! `--clamp`: what is observed stays.

use crate::failure::Failure;
use gwg_chains::Plan;
use gwg_core::space::Clamped;
use gwg_models::AnySpace;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What was observed, and where that was said.
pub(crate) struct Clamp {
    path: PathBuf,
    /// A symbol for each site, or nothing where it is free.
    pub(crate) observed: Vec<Option<u8>>,
}

impl Clamp {
    pub(crate) fn read(path: &Path, space: AnySpace) -> Result<Self, Failure> {
        let observed = gwg_models::io::read_observed(path, &space)
            .map_err(|error| Failure::usage(format!("--clamp {error}")))?;
        Ok(Self {
            path: path.to_owned(),
            observed,
        })
    }

    /// Whether the plan's starts agree with what was observed.
    pub(crate) fn check(&self, plan: &Plan, space: AnySpace) -> Result<(), Failure> {
        let mut free = vec![0; self.observed.len()];
        let space = Clamped::new(space, &self.observed, &mut free).map_err(Failure::usage)?;
        plan.check_on(&space)
            .map_err(|error| Failure::usage(format!("--init: {error}")))
    }

    /// What every output of the run says of it.
    pub(crate) fn json(&self) -> Value {
        let observed = self.observed.iter().flatten().count();
        json!({ "path": self.path.display().to_string(), "observed": observed })
    }
}

/// The line of it in a table, from what [`Clamp::json`] wrote; nothing where nothing was observed.
pub(crate) fn line(clamp: &Value, sites: &Value) -> String {
    match (clamp["path"].as_str(), clamp["observed"].as_u64()) {
        (Some(path), Some(observed)) => {
            format!("clamp    {path}  ({observed} of {sites} sites observed)\n")
        }
        _ => String::new(),
    }
}
