use super::{Model, Native};
use crate::shared::Shared;
use gwg_core::{Bridge, Error, Real, Symbol};
use std::sync::Arc;

impl<R: Real, S: Symbol> Model<R, S> {
    /// The model `(1 - t) f0 + t f1`, with every capability that both models have: [`Bridge`] of models of any type.
    ///
    /// A change of `t` is a new model, bound to the same sampler again: chains made on one `t` go on at another one after
    /// [`Chains::reevaluate_with`](gwg_chains::Chains::reevaluate_with).
    ///
    /// ```
    /// use gwg_models::{Factorized, LatticeIsing};
    /// use gwg_registry::{Model, SamplerSpec};
    ///
    /// let fields = Factorized::<f32>::bernoulli(vec![0.5; 64])?;
    /// let fields = Model::new(fields, |model, on| {
    ///     model.gradient(on).delta(on).local(on);
    /// });
    /// let lattice = Model::new(LatticeIsing::<f32>::new(2, 8, 0.2, 0.0)?, |model, on| {
    ///     model.gradient(on).delta(on).local(on);
    /// });
    /// let sampler: SamplerSpec = "gwg+gibbs".parse()?;
    /// let at = |t| Model::bridge(&fields, &lattice, t);
    ///
    /// let spec = gwg_chains::ChainSpec::default();
    /// let mut chains = gwg_chains::Chains::with(&*sampler.bind(&at(0.0)?)?, &spec)?;
    /// for t in [0.25, 0.5, 0.75, 1.0] {
    ///     let stepper = sampler.bind(&at(t)?)?;
    ///     chains.reevaluate_with(&*stepper)?;
    ///     chains.advance_with(&*stepper, 100, false)?;
    /// }
    /// // Of both samplers.
    /// assert_eq!(chains.counts(0).steps, 800);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Bridge::new`].
    pub fn bridge(first: &Self, second: &Self, t: f64) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&t) {
            return Err(Error::Fraction);
        }
        Self::weighted(first, second, [1.0 - t, t])
    }

    /// The model `weights[0] f0 + weights[1] f1`, with every capability that both models have. No sum has levels or sweeps: see [`Bridge`].
    ///
    /// # Errors
    /// Those of [`Bridge::weighted`].
    pub fn weighted(first: &Self, second: &Self, weights: [f64; 2]) -> Result<Self, Error> {
        /// A bridge of two models that both have a capability.
        macro_rules! both {
            ($capability:ident) => {
                match (&first.$capability, &second.$capability) {
                    (Some(a), Some(b)) => {
                        let (a, b) = (Shared(a.clone()), Shared(b.clone()));
                        Some(Arc::new(Bridge::weighted(a, b, weights)?))
                    }
                    _ => None,
                }
            };
        }
        let (a, b) = (
            Shared(first.log_prob.clone()),
            Shared(second.log_prob.clone()),
        );
        let (one, two) = (first.clone(), second.clone());
        Ok(Self {
            space: first.space.clone(),
            log_prob: Arc::new(Bridge::weighted(a, b, weights)?),
            gradient: both!(gradient).map(|bridge| bridge as _),
            delta: both!(delta).map(|bridge| bridge as _),
            local: both!(local).map(|bridge| bridge as _),
            leveled: None,
            native: Native::default(),
            sweep: None,
            trajectory: None,
            clusters: None,
            spins: None,
            factors: None,
            multilinear: first.multilinear && second.multilinear,
            about: None,
            again: Arc::new(move |space| {
                let clamped = ((one.again)(space.clone())?, (two.again)(space)?);
                Self::weighted(&clamped.0, &clamped.1, weights)
            }),
        })
    }
}
