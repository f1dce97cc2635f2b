//! The posterior of an image given a noisy one.

use crate::failure::Failure;
use gwg_models::SparseIsing;
use gwg_models::io::BinaryImage;
use gwg_registry::Model;

/// Neighbors of which more than this differ from a pixel take it for noise.
const MAJORITY: usize = 5;
/// The share of flipped pixels is estimated within these.
const FLIPS: (f64, f64) = (1e-3, 0.4);

/// The prior: the couplings of pixels that share a side, and of those that share a corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prior {
    pub(super) coupling: f64,
    pub(super) diagonal: f64,
}

/// The posterior `f(x) = sum_ij K_ij s_i s_j + 1/2 log((1 - p) / p) sum_i y_i s_i` with `s = 2x - 1`, the noisy image `y`, and a share `p` of
/// flipped pixels. Pixels outside of the image do not exist.
pub(super) fn posterior(
    noisy: &BinaryImage,
    prior: Prior,
    flips: f64,
) -> Result<Model<f32>, Failure> {
    let (width, height) = (noisy.width(), noisy.height());
    let mut edges = Vec::with_capacity(4 * width * height);
    // Each edge counts twice in the model.
    let (straight, diagonal) = (0.5 * prior.coupling, 0.5 * prior.diagonal);
    for y in 0..height {
        for x in 0..width {
            let here = y * width + x;
            let (right, left, below) = (x + 1 < width, x > 0, y + 1 < height);
            let steps = [
                (right, 1, straight),
                (below, width, straight),
                (right && below, width + 1, diagonal),
                (left && below, width - 1, diagonal),
            ];
            let there = steps.iter().filter(|(is, _, weight)| *is && *weight > 0.0);
            edges.extend(there.map(|&(_, step, weight)| (here, here + step, weight)));
        }
    }
    let strength = 0.5 * ((1.0 - flips) / flips).ln();
    let spins = noisy.pixels().iter().map(|&y| 2.0 * f64::from(y) - 1.0);
    let field: Vec<f64> = spins.map(|s| strength * s).collect();
    let model = SparseIsing::new(width * height, &edges, Some(&field)).map_err(Failure::usage)?;
    Ok(Model::new(model, |m, on| {
        m.gradient(on).delta(on).local(on).multilinear(on).sweep(on);
    }))
}

/// A first estimate of the share of flipped pixels: those that most of their eight neighbors differ from.
pub(super) fn isolated(noisy: &BinaryImage) -> f64 {
    let (width, height, pixels) = (noisy.width(), noisy.height(), noisy.pixels());
    let mut count = 0;
    for y in 0..height {
        for x in 0..width {
            let rows = y.saturating_sub(1)..(y + 2).min(height);
            let near = rows.flat_map(|y| {
                let row = &pixels[y * width..(y + 1) * width];
                &row[x.saturating_sub(1)..(x + 2).min(width)]
            });
            let own = pixels[y * width + x];
            count += usize::from(near.filter(|&&pixel| pixel != own).count() > MAJORITY);
        }
    }
    within(count as f64 / pixels.len() as f64)
}

/// A share of flipped pixels with which there is a posterior.
pub(super) const fn within(flips: f64) -> f64 {
    flips.clamp(FLIPS.0, FLIPS.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_posterior_is_that_of_its_formula() {
        let image = BinaryImage::parse(b"P1 3 2 011 100").unwrap();
        let prior = Prior {
            coupling: 0.7,
            diagonal: 0.3,
        };
        let model = posterior(&image, prior, 0.1).unwrap();
        let spin = |x: &[u8], k: usize| 2.0 * f64::from(x[k]) - 1.0;
        let straight = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)];
        let diagonal = [(0, 4), (1, 5), (1, 3), (2, 4)];
        for bits in 0..64_u8 {
            let x: Vec<u8> = (0..6).map(|k| bits >> k & 1).collect();
            let sum = |pairs: &[(usize, usize)]| -> f64 {
                pairs.iter().map(|&(i, j)| spin(&x, i) * spin(&x, j)).sum()
            };
            let data: f64 = (0..6).map(|k| spin(&x, k) * spin(image.pixels(), k)).sum();
            let wanted = 0.7 * sum(&straight) + 0.3 * sum(&diagonal) + 0.5 * 9.0_f64.ln() * data;
            assert!((model.log_prob(&x) - wanted).abs() < 1e-5, "{bits}");
        }
    }

    #[test]
    fn isolated_pixels_are_counted() {
        let mut pixels = vec![0; 100];
        pixels[33] = 1;
        pixels[0] = 1;
        let image = BinaryImage::parse(b"P4 10 10\n00000000000000000000").unwrap();
        // A corner has three neighbors.
        assert_eq!(isolated(&image.with_pixels(pixels)), 0.01);
        assert_eq!(isolated(&image.with_pixels(vec![1; 100])), FLIPS.0);
    }
}
