use super::super::error::TraceError;
use super::super::parse::ArrayInfo;
use super::wrong;

/// All of a two-dimensional array, row-major.
pub(super) fn read_floats(array: &ArrayInfo) -> Result<Vec<f64>, TraceError> {
    let [rows, columns] = [array.shape[0], array.shape[1]];
    if columns == 0 {
        return Ok(Vec::new());
    }
    // Sizes are trusted, and memory is allocated, only after the file of each chunk is known to be long enough.
    for_each_block(array, |index, _, _| array.probe(index).map(drop))?;
    let mut values: Vec<f64> = Vec::new();
    let reserved = rows
        .checked_mul(columns)
        .is_some_and(|n| values.try_reserve_exact(n).is_ok());
    if !reserved {
        return Err(wrong(
            &array.folder,
            "shape",
            &array.shape,
            "it does not fit in memory",
        ));
    }
    values.resize(rows * columns, f64::NAN);
    for_each_block(array, |index, height, width| {
        let bytes = array.load(index)?;
        let (floats, _) = bytes.as_chunks::<8>();
        for row in 0..height {
            let to = (index[0] * array.chunk[0] + row) * columns + index[1] * array.chunk[1];
            let from = &floats[row * array.chunk[1]..];
            for (value, bytes) in values[to..to + width].iter_mut().zip(from) {
                *value = f64::from_le_bytes(*bytes);
            }
        }
        Ok(())
    })?;
    Ok(values)
}

/// Visits the chunks of a two-dimensional array: index, and how many rows and columns of it are inside the array.
fn for_each_block(
    array: &ArrayInfo,
    mut visit: impl FnMut(&[usize; 2], usize, usize) -> Result<(), TraceError>,
) -> Result<(), TraceError> {
    let inside = |dimension: usize, index: usize| {
        let (length, chunk) = (array.shape[dimension], array.chunk[dimension]);
        chunk.min(length - index * chunk)
    };
    for i in 0..array.grid(0) {
        for j in 0..array.grid(1) {
            visit(&[i, j], inside(0, i), inside(1, j))?;
        }
    }
    Ok(())
}
