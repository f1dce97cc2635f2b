use gwg_core::Symbol;
use super::keys::{AUTO, BALANCE, informed, tuned_moves};
use crate::entry::{Bind, sampler};
use crate::error::BindError;
use crate::model::{DynStepper, Model};
use gwg_core::AnyBalance;
use gwg_core::kernel::informed::Dlmc as Proposal;
use gwg_models::Scalar;
use crate::grammar::{Allowed, Setting, ValueFault};

/// Where chains begin to adapt.
const MOVES: f64 = 3.0;

/// How a site moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// By the exact distribution of two states.
    Interpolate,
    /// By one forward step.
    Forward,
}

impl Setting for Form {
    fn read(text: &str, _: Allowed) -> Result<Self, ValueFault> {
        match text {
            "interpolate" => Ok(Self::Interpolate),
            "forward" => Ok(Self::Forward),
            _ => Err(ValueFault::UnknownWord),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Interpolate => "interpolate".to_owned(),
            Self::Forward => "forward".to_owned(),
        }
    }
}

sampler! {
    /// Every site by a short jump process.
    Dlmc "dlmc" {
        balance: AnyBalance = BALANCE,
        form: Form = ("interpolate", Allowed::Choice(&["interpolate", "forward"]), "exact two-state distribution, or its forward step (DLMCf)"),
        moves: Option<f64> = ("auto", AUTO, "mean number of moves per step"),
    }
        meaning "discrete Langevin Monte Carlo (DLMC): every site by a jump process of its own (Sun et al. 2023); balance=barker is the Glauber form"
        cost "one gradient per step, and O(D)"
        when "as dmala; often the best on classical graphical models"
}

impl Bind for Dlmc {
    fn bind<R: Scalar, S: Symbol>(
        &self,
        model: &Model<R, S>,
        label: String,
    ) -> Result<Box<DynStepper<R, S>>, BindError> {
        let start = self.moves.unwrap_or(MOVES);
        let proposal = match self.form {
            Form::Forward => Proposal::forward(self.balance, start),
            Form::Interpolate => Proposal::interpolated(self.balance, start),
        };
        informed("dlmc", model, (proposal?, self.moves.is_some()), label)
    }

    fn tuned(&self) -> Vec<&'static str> {
        self.moves.is_none().then_some("moves").into_iter().collect()
    }

    fn sites_updated(&self, sites: usize, _states: usize) -> f64 {
        match self.moves {
            // Sites that have moved an odd number of times, where all move alike and have two states.
            Some(moves) => sites as f64 / 2.0 * -(-2.0 * moves / sites as f64).exp_m1(),
            None => tuned_moves(sites) * 4.0 / 3.0,
        }
    }

    fn evaluates_all(&self) -> bool {
        true
    }
}
