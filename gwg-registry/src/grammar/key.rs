use super::Allowed;

/// A key.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub struct KeyEntry {
    /// The name before `=`.
    pub name: &'static str,
    /// What it is where the spec leaves it out; `None`: the key must be set.
    pub default: Option<&'static str>,
    /// What it may be set to.
    pub allowed: Allowed,
    /// What it stands for, in one line.
    pub meaning: &'static str,
}

impl KeyEntry {
    /// A key with its default, or with none: then it must be set.
    #[must_use]
    pub const fn new(
        name: &'static str,
        default: Option<&'static str>,
        allowed: Allowed,
        meaning: &'static str,
    ) -> Self {
        Self {
            name,
            default,
            allowed,
            meaning,
        }
    }
}
