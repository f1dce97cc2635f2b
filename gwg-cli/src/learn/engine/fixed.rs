//! An engine that does not learn, for tests of what is around engines.

use super::{Engine, Figures};
use crate::data::Rows;
use crate::failure::Failure;
use gwg_learn::{PairPotts, RbmLayers};
use std::borrow::Cow;
use std::path::Path;

/// It is after two updates, and has what it was given.
#[derive(Default)]
pub(in crate::learn) struct Fixed {
    /// What is saved; replaced by what it is to go on with.
    pub(in crate::learn) saved: Vec<u8>,
    pub(in crate::learn) layers: Option<RbmLayers>,
    pub(in crate::learn) pairs: Option<PairPotts<f32>>,
    pub(in crate::learn) warnings: Vec<String>,
    pub(in crate::learn) states: Vec<u8>,
}

impl Engine for Fixed {
    fn updates(&self) -> u64 {
        2
    }

    fn update(&mut self) -> Result<Option<Figures>, Failure> {
        Ok(None)
    }

    fn largest(&self) -> f64 {
        0.0
    }

    fn save(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.saved.clone())
    }

    fn resume(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.saved = bytes.to_vec();
        Ok(())
    }

    fn write(&mut self, _: &Path, _: &Rows) -> Result<(), Failure> {
        Ok(())
    }

    fn states(&self) -> Vec<u8> {
        self.states.clone()
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn layers(&self) -> Option<Cow<'_, RbmLayers>> {
        self.layers.as_ref().map(Cow::Borrowed)
    }

    fn pairs(&self) -> Option<&PairPotts<f32>> {
        self.pairs.as_ref()
    }
}
