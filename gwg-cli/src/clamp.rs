//! `--clamp`: observed sites keep their values.

use crate::failure::Failure;
use gwg_chains::Plan;
use gwg_core::space::Clamped;
use gwg_registry::SharedSpace;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The observed sites and the file they were read from.
pub(crate) struct Clamp {
    path: PathBuf,
    /// The observed value of each site, `None` where the site is free.
    pub(crate) observed: Vec<Option<u8>>,
}

impl Clamp {
    pub(crate) fn read(path: &Path, space: &SharedSpace) -> Result<Self, Failure> {
        let observed = gwg_models::io::read_observed(path, space)
            .map_err(|error| Failure::usage(format!("--clamp {error}")))?;
        Ok(Self {
            path: path.to_owned(),
            observed,
        })
    }

    /// Checks that the plan's initial states agree with the observed values.
    pub(crate) fn check(&self, plan: &Plan, space: &SharedSpace) -> Result<(), Failure> {
        let mut free = vec![0; self.observed.len()];
        let space =
            Clamped::new(space.clone(), &self.observed, &mut free).map_err(Failure::usage)?;
        plan.check_on(&space)
            .map_err(|error| Failure::usage(format!("--init: {error}")))
    }

    /// The fields written to every output of the run.
    pub(crate) fn json(&self) -> Value {
        let observed = self.observed.iter().flatten().count();
        json!({ "path": self.path.display().to_string(), "observed": observed })
    }
}

/// Formats the line of the table from the fields of [`Clamp::json`]; empty without observed sites.
pub(crate) fn line(clamp: &Value, sites: &Value) -> String {
    match (clamp["path"].as_str(), clamp["observed"].as_u64()) {
        (Some(path), Some(observed)) => {
            format!("clamp    {path}  ({observed} of {sites} sites observed)\n")
        }
        _ => String::new(),
    }
}
