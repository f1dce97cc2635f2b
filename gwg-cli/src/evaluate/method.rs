//! `--method`: which estimates are made.

use crate::failure::Failure;
use gwg_registry::grammar::closest;

/// A value of `--method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Auto,
    Exact,
    Ais,
    Bar,
    Ti,
    Ptt,
}

impl Method {
    const ALL: [Self; 6] = [
        Self::Auto,
        Self::Exact,
        Self::Ais,
        Self::Bar,
        Self::Ti,
        Self::Ptt,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Exact => "exact",
            Self::Ais => "ais",
            Self::Bar => "bar",
            Self::Ti => "ti",
            Self::Ptt => "ptt",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let found = Self::ALL.into_iter().find(|method| method.name() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name);
            let hint = closest(text, names)
                .map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            Failure::usage(format!(
                "--method: found `{}`{hint}; allowed are {}",
                text.escape_debug(),
                names.join(", ")
            ))
        })
    }

    /// Refuses a method without the ladder that it needs, and one that has no use for the ladder given.
    pub(super) fn check_ladder(self, given: bool) -> Result<(), Failure> {
        match (self, given) {
            (Self::Ptt, false) => Err(Failure::usage(
                "--method ptt: it needs --ladder, a file written by `gwg learn --ladder`",
            )),
            (Self::Exact | Self::Ti, true) => Err(Failure::usage(format!(
                "--ladder: not used by --method {}; allowed are auto, ais, bar and ptt",
                self.name()
            ))),
            _ => Ok(()),
        }
    }

    /// Whether the exact value is one of the estimates.
    pub(super) const fn exact(self) -> bool {
        matches!(self, Self::Auto | Self::Exact)
    }

    pub(super) const fn forward(self) -> bool {
        !matches!(self, Self::Exact)
    }

    pub(super) const fn reverse(self) -> bool {
        !matches!(self, Self::Exact | Self::Ti)
    }

    pub(super) const fn bar(self) -> bool {
        matches!(self, Self::Auto | Self::Bar | Self::Ptt)
    }

    pub(super) const fn integration(self) -> bool {
        matches!(self, Self::Ti)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_read_by_their_names() {
        for method in Method::ALL {
            assert_eq!(Method::parse(method.name()).unwrap(), method);
        }
        let error = Method::parse("baar").unwrap_err();
        assert!(error.said().contains("did you mean `bar`?"), "{error:?}");
        assert_eq!(error.code(), 2);
    }
}
