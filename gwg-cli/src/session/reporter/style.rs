//! Whether the terminal can show a bar.

use std::io::IsTerminal as _;

/// Columns that a bar with its figures takes.
const WIDTH: usize = 80;

/// True where standard error is a terminal that moves its cursor and has room for a bar.
pub(super) fn shows_bar() -> bool {
    let term = std::env::var("TERM").ok();
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    is_enough(
        std::io::stderr().is_terminal(),
        term.as_deref(),
        columns.or_else(measured),
    )
}

fn is_enough(terminal: bool, term: Option<&str>, columns: Option<usize>) -> bool {
    let moves = term.is_some_and(|term| !term.is_empty() && term != "dumb");
    terminal && moves && columns.is_none_or(|columns| columns >= WIDTH)
}

#[cfg(unix)]
fn measured() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok()?;
    Some(usize::from(size.ws_col)).filter(|&columns| columns > 0)
}

#[cfg(not(unix))]
fn measured() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_for_terminals_with_room_and_a_cursor() {
        assert!(is_enough(true, Some("xterm"), Some(80)));
        assert!(is_enough(true, Some("xterm"), None));
        assert!(!is_enough(true, Some("xterm"), Some(20)));
        assert!(!is_enough(true, Some("dumb"), Some(200)));
        assert!(!is_enough(true, None, Some(200)));
        assert!(!is_enough(true, Some(""), Some(200)));
        assert!(!is_enough(false, Some("xterm"), Some(200)));
    }
}
