/// The extension of `f` to points between the configurations, of which the gradient is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extension {
    /// Linear in each site, because `x^2 = x` there: [`Fhmm`](super::Fhmm).
    #[default]
    Multilinear,
    /// The square of a residual that is linear in the sites, as in the paper: [`QuadraticFhmm`](super::QuadraticFhmm).
    Quadratic,
}

impl Extension {
    /// The names, as in a model spec.
    pub const NAMES: &'static [&'static str] = &["multilinear", "quadratic"];

    /// The name, as in a model spec.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Multilinear => "multilinear",
            Self::Quadratic => "quadratic",
        }
    }

    /// The extension with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Multilinear, Self::Quadratic]
            .into_iter()
            .find(|extension| extension.name() == name)
    }
}
