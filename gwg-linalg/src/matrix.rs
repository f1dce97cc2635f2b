use crate::Error;

/// A borrowed row-major matrix.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, R> {
    data: &'a [R],
    rows: usize,
    columns: usize,
}

impl<'a, R> Matrix<'a, R> {
    /// Creates the matrix of shape (rows, columns) whose entry `[i, j]` is `data[i * columns + j]`.
    ///
    /// # Errors
    /// [`Error::Length`] unless `data` has `rows * columns` numbers; [`Error::TooLarge`] if that product overflows.
    pub const fn new(data: &'a [R], rows: usize, columns: usize) -> Result<Self, Error> {
        let Some(needed) = rows.checked_mul(columns) else {
            return Err(Error::TooLarge);
        };
        if data.len() != needed {
            return Err(Error::Length {
                name: "data",
                found: data.len(),
                needed,
            });
        }
        Ok(Self {
            data,
            rows,
            columns,
        })
    }

    /// All entries, in row-major order.
    #[must_use]
    pub const fn data(&self) -> &'a [R] {
        self.data
    }

    /// The number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Row `i`; empty if there is no such row.
    #[inline]
    #[must_use]
    pub fn row(&self, i: usize) -> &'a [R] {
        let start = i.saturating_mul(self.columns);
        self.data
            .get(start..start.saturating_add(self.columns))
            .unwrap_or(&[])
    }
}
