//! The ways a command fails, and their exit codes.

use gwg_models::io::shortened;
use std::fmt::Display;

/// The most characters of a message: a hostile file must not fill the terminal.
const SHOWN: usize = 16_384;

/// A message in one line of plain text, whatever it quotes of files and paths.
pub(crate) fn plain(message: impl Display) -> String {
    shortened(&message.to_string(), SHOWN)
}

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
        Self::Usage(plain(message))
    }

    pub(crate) fn run(message: impl Display) -> Self {
        Self::Run(plain(message))
    }

    /// A failure that lists things, each in a line of its own.
    pub(crate) fn run_of_lines<T: Display>(first: impl Display, listed: &[T]) -> Self {
        let rest = listed.iter().map(|line| format!("\n  {}", plain(line)));
        Self::Run(plain(first) + &rest.collect::<String>())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_one_line_of_plain_text_and_bounded() {
        let Failure::Usage(message) = Failure::usage("a\u{1b}[31m\nerror: b\u{202e}\u{9b}") else {
            panic!("another failure");
        };
        assert_eq!(message, "a\\u{1b}[31m\\nerror: b\\u{202e}\\u{9b}");
        let Failure::Run(long) = Failure::run("x".repeat(1 << 20)) else {
            panic!("another failure");
        };
        assert_eq!(long.len(), SHOWN + "...".len());
    }

    #[test]
    fn several_failures_are_one_line_each() {
        let several = vec![Failure::run("a\nb"), Failure::usage("c")];
        let Err(Failure::Run(said)) = Failure::of_all(several) else {
            panic!("no failure");
        };
        assert_eq!(said, "a\\nb\nerror: c");
    }
}
