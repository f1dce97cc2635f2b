//! Shapes on the command line: `28x28`.

use std::fmt;

/// Rows and columns of sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

impl Shape {
    /// The number of sites.
    pub(crate) const fn sites(self) -> usize {
        self.rows.saturating_mul(self.columns)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.rows, self.columns)
    }
}

/// Parses rows and columns.
///
/// # Errors
/// What is allowed, as clap shows it after the value and the flag.
pub(super) fn parse(text: &str) -> Result<Shape, String> {
    let side = |side: &str| {
        let digits = side.bytes().all(|b| b.is_ascii_digit());
        side.parse().ok().filter(|n| digits && *n > 0)
    };
    text.split_once(['x', 'X'])
        .and_then(|(rows, columns)| {
            Some(Shape {
                rows: side(rows)?,
                columns: side(columns)?,
            })
        })
        .ok_or_else(|| "allowed are rows and columns, as in 28x28".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_rows_and_columns() {
        let shape = parse("16x8").unwrap();
        assert_eq!((shape.rows, shape.columns), (16, 8));
        assert_eq!(parse(&shape.to_string()), Ok(shape));
        assert_eq!(
            parse("99999999999x99999999999").unwrap().sites(),
            usize::MAX
        );
        for text in [
            "", "x", "28", "28x", "0x3", "-1x3", "+2x3", "2x3x4", "2 x 3",
        ] {
            assert!(parse(text).unwrap_err().contains("as in 28x28"), "{text}");
        }
    }
}
