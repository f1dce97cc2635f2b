//! `--clamp`: observed sites keep their values.

use crate::failure::Failure;
use crate::waiting;
use gwg_chains::Plan;
use gwg_core::Symbol;
use gwg_core::space::Clamped;
use gwg_models::io::visible;
use gwg_registry::SharedSpace;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The observed sites and the file they were read from.
pub(crate) struct Clamp<S> {
    path: PathBuf,
    /// The observed value of each site, `None` where the site is free.
    pub(crate) observed: Vec<Option<S>>,
}

impl<S: Symbol> Clamp<S> {
    pub(crate) fn read(path: &Path, space: &SharedSpace<S>) -> Result<Self, Failure> {
        let read = || {
            let observed = gwg_models::io::read_observed(path, space);
            observed.map_err(|error| Failure::usage(format!("--clamp {error}")))
        };
        let observed = waiting::while_reading(path, read)?;
        Ok(Self {
            path: path.to_owned(),
            observed,
        })
    }

    /// Checks that the plan's initial states agree with the observed values.
    pub(crate) fn check(&self, plan: &Plan<S>, space: &SharedSpace<S>) -> Result<(), Failure> {
        let mut free = vec![0; self.observed.len()];
        let space =
            Clamped::new(space.clone(), &self.observed, &mut free).map_err(Failure::usage)?;
        plan.check_on(&space)
            .map_err(|error| Failure::usage(format!("--init: {error}")))
    }

    /// The number of sites that are not observed.
    pub(crate) fn free(&self) -> usize {
        self.observed.iter().filter(|site| site.is_none()).count()
    }

    /// The description of the observed sites in every output of the run.
    pub(crate) fn sites(&self) -> ClampedSites {
        ClampedSites {
            path: self.path.to_string_lossy().into_owned(),
            observed: self.observed.iter().flatten().count(),
        }
    }
}

/// The file and the number of observed sites.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct ClampedSites {
    pub(crate) path: String,
    pub(crate) observed: usize,
}

impl ClampedSites {
    /// Formats the line of the table.
    pub(crate) fn line(&self, sites: usize) -> String {
        let (path, observed) = (visible(&self.path), self.observed);
        format!("clamp    {path}  ({observed} of {sites} sites observed)\n")
    }
}
