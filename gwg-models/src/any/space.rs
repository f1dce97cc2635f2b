use gwg_core::Target;
use gwg_linalg::Scalar;

use super::AnyModel;

/// The space of any model, told apart at run time.
pub type AnySpace = gwg_core::AnySpace<'static>;

impl<R: Scalar> AnyModel<R> {
    /// The space of its configurations.
    #[must_use]
    pub fn space(&self) -> AnySpace {
        super::each!(self, model => AnySpace::from(*model.space()))
    }
}
