//! Statistics in windows of draws.

use super::TraceReader;
use crate::trace::error::TraceError;
use crate::trace::parse::ArrayInfo;

impl TraceReader {
    /// Visits the values of some statistics from the first draw to the last: `visit(first draw, draws, values)`, where `values` has a chain-major
    /// (chain, draw) slice of these draws for each of `names`, in their order. A window has the draws of a chunk of the first one.
    ///
    /// # Cost
    /// That of reading every chunk once (more often where the chunks differ from one statistic to the other), in the memory of a window and of one chunk
    /// of each.
    ///
    /// # Errors
    /// No such statistic, or one that is not float64 of this trace's chains and draws; damage, after the visits of all windows before it.
    pub fn for_each_stats(
        &self,
        names: &[&str],
        mut visit: impl FnMut(usize, usize, &[&[f64]]),
    ) -> Result<(), TraceError> {
        self.try_each_stats(names, |first, draws, values| {
            visit(first, draws, values);
            Ok(())
        })
    }

    /// Draws `first ..` of one statistic, chain-major (chain, draw).
    pub(in crate::trace) fn stat_window(
        &self,
        name: &str,
        first: usize,
        draws: usize,
        window: &mut Vec<f64>,
    ) -> Result<(), TraceError> {
        read_window(&self.known_stat(name)?, first, draws, window)
    }

    pub(super) fn try_each_stats(
        &self,
        names: &[&str],
        mut visit: impl FnMut(usize, usize, &[&[f64]]) -> Result<(), TraceError>,
    ) -> Result<(), TraceError> {
        let arrays: Result<Vec<ArrayInfo>, TraceError> =
            names.iter().map(|name| self.known_stat(name)).collect();
        let arrays = arrays?;
        let width = arrays.first().map_or(1, |array| array.chunk[1]);
        let mut windows: Vec<Vec<f64>> = vec![Vec::new(); arrays.len()];
        for first in (0..self.draws()).step_by(width) {
            let draws = width.min(self.draws() - first);
            for (array, window) in arrays.iter().zip(&mut windows) {
                read_window(array, first, draws, window)?;
            }
            let values: Vec<&[f64]> = windows.iter().map(Vec::as_slice).collect();
            visit(first, draws, &values)?;
        }
        Ok(())
    }
}

/// Draws `first ..` of all rows.
fn read_window(
    array: &ArrayInfo,
    first: usize,
    draws: usize,
    window: &mut Vec<f64>,
) -> Result<(), TraceError> {
    let (rows, [height, width]) = (array.shape[0], [array.chunk[0], array.chunk[1]]);
    window.clear();
    for block in 0..array.grid(0) {
        let inside = height.min(rows - block * height);
        for column in first / width..(first + draws).div_ceil(width) {
            let bytes = array.load(&[block, column])?;
            // Memory grows with what is read.
            window.resize((block * height + inside) * draws, f64::NAN);
            let (floats, _) = bytes.as_chunks::<8>();
            let from = first.max(column * width);
            let to = (first + draws).min((column + 1) * width);
            for row in 0..inside {
                let source = &floats[row * width + from - column * width..][..to - from];
                let at = (block * height + row) * draws + from - first;
                for (value, bytes) in window[at..].iter_mut().zip(source) {
                    *value = f64::from_le_bytes(*bytes);
                }
            }
        }
    }
    Ok(())
}
