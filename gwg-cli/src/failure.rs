//! The ways a command fails, and their exit codes.

use std::fmt::Display;

/// The error of a command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error in the command line or in an input file: exit code 2.
    Usage(String),
    /// The run failed: exit code 1.
    Run(String),
    /// Interrupted by a signal such as Ctrl-C: the draws made so far have been written; the exit code is 128 plus the signal number, 130.
    Interrupted(u8),
}

impl Failure {
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::Usage(message.to_string())
    }

    pub(crate) fn run(message: impl Display) -> Self {
        Self::Run(message.to_string())
    }

    /// The message.
    pub(crate) fn said(&self) -> &str {
        match self {
            Self::Usage(message) | Self::Run(message) => message,
            Self::Interrupted(_) => "interrupted",
        }
    }

    /// Combines the failures of independent steps into one result; no failure is success.
    pub(crate) fn of_all(failed: Vec<Self>) -> Result<(), Self> {
        let said: Vec<String> = failed
            .into_iter()
            .filter_map(|failure| match failure {
                Self::Usage(message) | Self::Run(message) => Some(message),
                Self::Interrupted(_) => None,
            })
            .collect();
        if said.is_empty() {
            Ok(())
        } else {
            Err(Self::Run(said.join("\nerror: ")))
        }
    }

    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Run(_) => 1,
            Self::Interrupted(signal) => 128 + *signal % 128,
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
