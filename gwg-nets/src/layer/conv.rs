//! Convolutions, and linear maps of positions: products of patches and weights.

use super::Window;
use gwg_core::Real;
use gwg_linalg::{
    Error, Matrix, Scalar, tall_add_transposed_left_product, tall_product, tall_product_transposed,
    tall_rows,
};

/// The weights (out, inner) and the bias, if there is one.
fn weights<'p, R: Real>(
    window: &Window,
    parameters: &'p [R],
) -> Result<(Matrix<'p, R>, &'p [R]), Error> {
    let (out, inner) = (window.to.channels, window.inner());
    let (weights, bias) = parameters.split_at(out * inner);
    Ok((Matrix::new(weights, out, inner)?, bias))
}

/// The first place and the number of places of every tile.
fn tiles(window: &Window, states: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
    let (all, tile) = (states * window.to.positions(), window.tile());
    (0..all)
        .step_by(tile)
        .map(move |first| (first, tile.min(all - first)))
}

/// The scratch of a tile of so many places: patches, and results.
fn parts<'t, R>(window: &Window, places: usize, tile: &'t mut [R]) -> (&'t mut [R], &'t mut [R]) {
    let (inner, out) = (window.inner(), window.to.channels);
    let rows = tall_rows(places, inner, out);
    tile[..rows * (inner + out)].split_at_mut(rows * inner)
}

/// Writes the maps after the layer.
pub(crate) fn forward<R: Scalar>(
    window: &Window,
    parameters: &[R],
    from: &[R],
    to: &mut [R],
    tile: &mut [R],
) -> Result<(), Error> {
    let (weights, bias) = weights(window, parameters)?;
    let (inner, out) = (window.inner(), window.to.channels);
    let states = to.len() / window.to.count();
    for (first, places) in tiles(window, states) {
        let (patches, results) = parts(window, places, tile);
        gather(window, from, first, &mut patches[..places * inner]);
        tall_product_transposed(places, patches, weights, results)?;
        let to = &mut to[first * out..(first + places) * out];
        with_bias(&results[..places * out], bias, to);
    }
    Ok(())
}

/// Adds the gradient of the maps before the layer, from that of the maps after it.
pub(crate) fn back<R: Scalar>(
    window: &Window,
    parameters: &[R],
    after: &[R],
    before: &mut [R],
    tile: &mut [R],
) -> Result<(), Error> {
    let (weights, _) = weights(window, parameters)?;
    let (inner, out) = (window.inner(), window.to.channels);
    let states = after.len() / window.to.count();
    for (first, places) in tiles(window, states) {
        let (patches, results) = parts(window, places, tile);
        results[..places * out].copy_from_slice(&after[first * out..(first + places) * out]);
        tall_product(places, results, weights, patches)?;
        scatter(window, &patches[..places * inner], first, before);
    }
    Ok(())
}

/// Adds the gradient of the parameters, from the maps before the layer and the gradient of those after it.
pub(crate) fn learn<R: Scalar>(
    window: &Window,
    from: &[R],
    after: &[R],
    gradient: &mut [R],
    tile: &mut [R],
) -> Result<(), Error> {
    let (inner, out) = (window.inner(), window.to.channels);
    let (of_weights, of_bias) = gradient.split_at_mut(out * inner);
    let states = after.len() / window.to.count();
    for (first, places) in tiles(window, states) {
        let (patches, _) = parts(window, places, tile);
        let patches = &mut patches[..places * inner];
        gather(window, from, first, patches);
        let after = &after[first * out..(first + places) * out];
        let (after, patches) = (
            Matrix::new(after, places, out)?,
            Matrix::new(patches, places, inner)?,
        );
        tall_add_transposed_left_product(after, patches, of_weights)?;
    }
    if !of_bias.is_empty() {
        add_columns(after, of_bias);
    }
    Ok(())
}

vectors! {
    fn gather<R: Real>(window: &'v Window, from: &'v [R], first: usize, patches: &'v mut [R]) {
        window.gather(from, first, patches);
    }

    fn scatter<R: Real>(window: &'v Window, patches: &'v [R], first: usize, to: &'v mut [R]) {
        window.scatter(patches, first, to);
    }

    fn with_bias<R: Real>(results: &'v [R], bias: &'v [R], to: &'v mut [R]) {
        if bias.is_empty() {
            return to.copy_from_slice(results);
        }
        let rows = results.chunks_exact(bias.len());
        for (to, results) in to.chunks_exact_mut(bias.len()).zip(rows) {
            for ((to, &result), &bias) in to.iter_mut().zip(results).zip(bias) {
                *to = result + bias;
            }
        }
    }

    fn add_columns<R: Real>(rows: &'v [R], sums: &'v mut [R]) {
        for row in rows.chunks_exact(sums.len()) {
            for (sum, &x) in sums.iter_mut().zip(row) {
                *sum += x;
            }
        }
    }
}
