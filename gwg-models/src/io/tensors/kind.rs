//! The kinds of models that a file can contain.

use std::fmt;
use std::str::FromStr;

use super::header::Contents;
use crate::io::error::ModelFault;
use crate::io::text::excerpt;

/// The kinds of model that a file can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `rbm`.
    Rbm,
    /// `rbm-categorical`.
    RbmCategorical,
    /// `ising-dense`.
    IsingDense,
    /// `potts-dense`.
    PottsDense,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::Rbm,
        Self::RbmCategorical,
        Self::IsingDense,
        Self::PottsDense,
    ];

    /// The name in the metadata.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rbm => "rbm",
            Self::RbmCategorical => "rbm-categorical",
            Self::IsingDense => "ising-dense",
            Self::PottsDense => "potts-dense",
        }
    }

    /// The tensors, with the names of their sizes.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Rbm => "W (visible, hidden), b (visible), c (hidden)",
            Self::RbmCategorical => "W (L, q, hidden), b (L, q), c (hidden)",
            Self::IsingDense => "J (n, n), h (n)",
            Self::PottsDense => "J (L, L, q, q), h (L, q)",
        }
    }

    /// The names of all kinds, for an error message.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// Each tensor: its name, rank, and shape as text.
    pub(super) const fn tensors(self) -> &'static [(&'static str, usize, &'static str)] {
        match self {
            Self::Rbm => &[
                ("W", 2, "(visible, hidden)"),
                ("b", 1, "(visible)"),
                ("c", 1, "(hidden)"),
            ],
            Self::RbmCategorical => &[
                ("W", 3, "(L, q, hidden)"),
                ("b", 2, "(L, q)"),
                ("c", 1, "(hidden)"),
            ],
            Self::IsingDense => &[("J", 2, "(n, n)"), ("h", 1, "(n)")],
            Self::PottsDense => &[("J", 4, "(L, L, q, q)"), ("h", 2, "(L, q)")],
        }
    }

    /// The kind of a file: from its metadata, else the requested one, else from its tensors.
    pub(super) fn of(contents: &Contents<'_>, asked: Option<Self>) -> Result<Self, ModelFault> {
        let stated = contents.kind();
        match (stated.map(str::parse::<Self>), asked) {
            (Some(Ok(found)), Some(asked)) if found != asked => {
                Err(ModelFault::OtherKind { found, asked })
            }
            (Some(Ok(kind)), _) | (_, Some(kind)) => Ok(kind),
            (Some(Err(UnknownKind)), None) => Err(unknown(contents, stated)),
            (None, None) => Self::inferred(contents).ok_or_else(|| unknown(contents, None)),
        }
    }

    /// The kind whose tensors are exactly those of the file, by name and rank.
    fn inferred(contents: &Contents<'_>) -> Option<Self> {
        let fits = |kind: &Self| {
            let tensors = kind.tensors();
            let rank = |name| contents.rank(name);
            tensors.len() == contents.len()
                && tensors.iter().all(|(name, r, _)| rank(name) == Some(*r))
        };
        Self::ALL.into_iter().find(fits)
    }
}

fn unknown(contents: &Contents<'_>, found: Option<&str>) -> ModelFault {
    ModelFault::UnknownKind {
        found: found.map(excerpt),
        present: contents.present(),
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error for a name that is not in [`Kind::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown kind of model; allowed are {}", Kind::names())]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.ok_or(UnknownKind)
    }
}
