//! The description of a model.

use super::{Describe, Model, SaveError};
use gwg_chains::Quantity;
use gwg_core::{Real, Space, Symbol};
use gwg_models::io::Parameters;

impl<R: Real, S: Symbol> Model<R, S> {
    /// The description of the model; `None` for a model of [`new`](Self::new), which has none.
    #[must_use]
    pub fn about(&self) -> Option<&dyn Describe<R, S>> {
        self.about.as_deref()
    }

    /// The kind of model.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        Some(self.about()?.name())
    }

    /// The shape in which a configuration is drawn as a picture, slowest dimension first.
    #[must_use]
    pub fn grid(&self) -> Option<Vec<usize>> {
        self.about()?.grid()
    }

    /// Names and lengths of the dimensions in which the sites lie, slowest first, for [`TraceSpec::dims`](gwg_chains::trace::TraceSpec::dims); none where
    /// sites have no places.
    #[must_use]
    pub fn axes(&self) -> Vec<(String, usize)> {
        let axes = self.about().map(Describe::axes).unwrap_or_default();
        axes.into_iter()
            .map(|(name, n)| (name.to_owned(), n))
            .collect()
    }

    /// Named functions of the state that are natural to record for this model.
    ///
    /// ```
    /// let model = gwg_registry::ModelSpec::parse("potts-lattice:side=4")?.build::<f32>()?;
    /// let quantities = model.quantities();
    /// let names: Vec<_> = quantities.iter().map(|quantity| quantity.name()).collect();
    /// assert_eq!(names, ["order", "energy_per_site"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn quantities(&self) -> Vec<Quantity<S>> {
        match self.about() {
            Some(about) => about.quantities(),
            None => vec![Quantity::energy_per_site()],
        }
    }

    /// The parameters as a model file holds them; `None` where no file does.
    ///
    /// # Errors
    /// [`SaveError::Memory`] where they are expanded for the file and do not fit.
    pub fn parameters(&self) -> Result<Option<Parameters<'_, R>>, SaveError> {
        self.about().map_or(Ok(None), Describe::parameters)
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.space.sites()
    }

    /// The largest number of states of a site.
    #[must_use]
    pub fn states(&self) -> usize {
        self.space.states()
    }
}
