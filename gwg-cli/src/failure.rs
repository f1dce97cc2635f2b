//! How a command ends when it does not end well.

use std::fmt::Display;

/// What went wrong, and whose it is to mend.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line or a file is wrong: exit code 2.
    Usage(String),
    /// The run failed: exit code 1.
    Run(String),
    /// Ctrl-C: what was drawn until then has been written; exit code 130.
    Interrupted,
}

impl Failure {
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::Usage(message.to_string())
    }

    pub(crate) fn run(message: impl Display) -> Self {
        Self::Run(message.to_string())
    }

    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Run(_) => 1,
            Self::Interrupted => 130,
        }
    }
}

impl From<gwg_chains::RunError> for Failure {
    fn from(error: gwg_chains::RunError) -> Self {
        use gwg_chains::RunError as E;
        match error {
            E::Threads(_) | E::Observer(_) => Self::run(error),
            _ => Self::usage(error),
        }
    }
}
