mod stepper;

use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::grammar::{Allowed, ExactMethod};
use crate::model::{DynStepper, Model};
use gwg_core::{Space, Symbol};
use gwg_models::Scalar;
use gwg_models::exact::{CouplingFromThePast, Elimination, ExactError, LogFactors};
use stepper::{ExactStepper, Method};

/// Numbers of the terms of a model at most.
const MOST_TERMS: usize = 1 << 24;
/// Tables of the largest size that all tables may take.
const TABLES: usize = 8;

sampler! {
    /// Independent draws.
    Exact "exact" {
        method: ExactMethod = ("auto", Allowed::Choice(&["auto", "elimination", "coupling"]), "elimination of the sites one by one, in tables over their neighbors; coupling from the past, of Ising models without frustration; auto: elimination where its tables fit, else coupling"),
        width: usize = ("24", Allowed::Count { min: 1, max: 32 }, "the largest table of method=elimination has at most 2^width numbers of 8 bytes, and all tables at a time 8 times as many"),
    }
        meaning "independent draws from the model, each step one, by elimination on a tree decomposition or coupling from the past: they need no warm-up and no diagnostics; never rejected"
        cost "elimination: tables of states^width numbers before the first step, at each temperature (seconds at width 20), then microseconds to a millisecond per step; coupling: tens of sweeps per step, and more the colder"
        when "elimination: trees, graphs with few cycles, lattices narrower than about 20 sites, toruses of up to 12 x 12, with couplings of any sign; coupling: ferromagnets of any size above their critical temperature or in a field"
}

impl Exact {
    fn elimination<R: Scalar, S: Symbol>(&self, model: &Model<R, S>, factors: &LogFactors) -> Result<Elimination, ExactError> {
        let space = model.space();
        let largest = 1_usize << self.width;
        let observed = |site| space.observed(site).map(Symbol::index);
        let found = Elimination::new(factors, observed, TABLES * largest)?;
        if found.largest_table() > largest {
            return Err(ExactError::Width {
                width: found.width(),
                bits: (found.largest_table() as f64).log2(),
                allowed: largest,
            });
        }
        found.can_draw()?;
        Ok(found)
    }
}

impl Bind for Exact {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let refused = |why: String| BindError::Requires {
            sampler: "exact".into(),
            why,
        };
        let of = model.as_factors().ok_or_else(|| {
            refused("the model is no sum of terms of a few sites each; allowed are ising-lattice, ising-file, ising-er, potts-lattice, potts-file and ordinal-lattice; for others, choose gwg, gibbs or sweep".into())
        })?;
        if of.terms_len() > MOST_TERMS {
            return Err(refused(format!(
                "the tables of the model's terms have {} numbers, allowed are {MOST_TERMS}; choose sweep or gwg",
                of.terms_len()
            )));
        }
        let (space, factors) = (model.space(), of.log_factors());
        let observed = |site| space.observed(site).map(Symbol::index);
        let eliminated = || self.elimination(model, &factors).map(Method::Elimination);
        let coupled = || CouplingFromThePast::new(&factors, observed).map(Method::Coupling);
        let otherwise = "choose sweep, gwg or jump with --replicas, or a larger width";
        let method = match self.method {
            ExactMethod::Elimination => eliminated().map_err(|error| refused(format!("method=elimination: {error}; {otherwise}"))),
            ExactMethod::Coupling => coupled().map_err(|error| refused(format!("method=coupling: {error}; choose method=elimination, or sweep or gwg"))),
            ExactMethod::Auto => eliminated().or_else(|error| {
                coupled().map_err(|other| refused(format!("elimination: {error}; coupling from the past: {other}; {otherwise}")))
            }),
        }?;
        Ok(Box::new(ExactStepper::new(model.clone(), method, label)))
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        sites as f64
    }

    fn is_independent(&self) -> bool {
        true
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
