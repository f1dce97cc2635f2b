//! Machines of binary and of categorical sites.

use crate::evaluate::work::Work;
use crate::failure::Failure;
use crate::session;
use gwg_learn::RbmLayers;
use gwg_learn::log_z::{ExactRbm, LogZError, RbmPath};
use gwg_models::exact::{ExactError, RbmExact, categorical_rbm_exact_unless, rbm_exact_unless};
use gwg_models::{CategoricalRbm, Rbm};
use gwg_registry::Describe;

/// A machine, of binary or of categorical sites.
pub(in crate::evaluate) enum Machine<'m> {
    Binary(&'m Rbm<f64>),
    Categorical(&'m CategoricalRbm<f64>),
}

impl<'m> Machine<'m> {
    pub(in crate::evaluate) fn of(about: &'m dyn Describe<f64>) -> Option<Self> {
        let binary = about.machine().map(Self::Binary);
        binary.or_else(|| about.categorical_machine().map(Self::Categorical))
    }

    /// With one unit per state of a categorical site.
    pub(super) fn units(&self) -> &'m Rbm<f64> {
        match self {
            Self::Binary(machine) => machine,
            Self::Categorical(machine) => machine.one_hot(),
        }
    }

    /// The units of the layer whose states can be summed over, those of the other one, and the name of the first.
    pub(super) fn summed(&self) -> (usize, usize, &'static str) {
        let (visible, hidden) = (self.units().visible(), self.units().hidden());
        match self {
            Self::Binary(_) => (visible.min(hidden), visible.max(hidden), "smaller layer"),
            Self::Categorical(_) => (hidden, visible, "hidden layer"),
        }
    }

    pub(super) fn table(&self, work: &Work<'_>) -> Result<ExactRbm, LogZError> {
        match self {
            Self::Binary(machine) => ExactRbm::new(machine, &work.threads),
            Self::Categorical(machine) => ExactRbm::categorical(machine, &work.threads),
        }
    }

    pub(super) fn exact(&self) -> Result<RbmExact, ExactError> {
        match self {
            Self::Binary(machine) => rbm_exact_unless(machine, &session::interrupted),
            Self::Categorical(machine) => {
                categorical_rbm_exact_unless(machine, &session::interrupted)
            }
        }
    }
}

/// A machine in f32.
pub(super) enum Narrow {
    Binary(Rbm<f32>),
    Categorical(CategoricalRbm<f32>),
}

impl Narrow {
    pub(super) fn layers(&self) -> RbmLayers {
        match self {
            Self::Binary(machine) => machine.into(),
            Self::Categorical(machine) => machine.into(),
        }
    }

    pub(super) fn path(
        &self,
        base: &[f64],
        work: &Work<'_>,
    ) -> Result<RbmPath<'_, f32>, LogZError> {
        let threads = work.threads.clone();
        match self {
            Self::Binary(machine) => RbmPath::new(machine, base, threads),
            Self::Categorical(machine) => RbmPath::categorical(machine, base, threads),
        }
    }
}

/// The machine in f32.
pub(super) fn narrow(machine: &Machine<'_>) -> Result<Narrow, Failure> {
    let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect();
    let units = machine.units();
    let weights = narrow(units.weights());
    let (b, c) = (narrow(units.visible_bias()), narrow(units.hidden_bias()));
    let made = match machine {
        Machine::Binary(_) => Rbm::new(weights, b, c).map(Narrow::Binary),
        Machine::Categorical(machine) => {
            CategoricalRbm::new(machine.states(), weights, b, c).map(Narrow::Categorical)
        }
    };
    made.map_err(|error| Failure::usage(format!("in f32, in which paths are moved: {error}")))
}
