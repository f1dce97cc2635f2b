//! The mean-field estimate of a Potts model: couplings are the negative inverse of the matrix of covariances.

use gwg_chains::Threads;
use gwg_linalg::{Error, positive_definite_inverse};

use crate::potts::pair_frequencies;
use crate::{Data, PairPotts, PairPottsError};

/// The pseudocount of the mean-field estimate.
pub const DEFAULT_PSEUDOCOUNT: f64 = 0.5;

/// An error in a mean-field estimate. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MeanFieldError {
    /// The pseudocount is above 0 and below 1.
    #[error("pseudocount: found {found}, allowed are numbers above 0 and below 1")]
    Pseudocount {
        /// Its value.
        found: f64,
    },
    /// The matrix of covariances, with all pseudocounts, fits into memory.
    #[error(
        "{sites} sites with {states} states: a matrix of ({states} - 1) * {sites} rows does not fit into memory; select fewer columns"
    )]
    TooLarge {
        /// The number of sites.
        sites: usize,
        /// The number of states.
        states: usize,
    },
    /// The matrix of covariances is positive definite.
    #[error("the covariances cannot be inverted ({0}); raise the pseudocount")]
    Inverse(Error),
    /// The shape of the model: see [`PairPottsError`].
    #[error(transparent)]
    Model(#[from] PairPottsError),
}

/// The mean-field estimate (direct-coupling analysis, mfDCA) of a Potts model.
///
/// With weighted frequencies `f` of one and of two sites, mixed with the uniform ones, `f_i(a) <- (1 - p) f_i(a) + p / q`,
/// `f_ij(a, b) <- (1 - p) f_ij(a, b) + p / q^2` for the pseudocount `p`, and `C_ij(a, b) = f_ij(a, b) - f_i(a) f_j(b)` without the last
/// state, `J = -C^-1`: in the gauge where couplings and fields of the last state are 0. The fields are
/// `h_i(a) = ln(f_i(a) / f_i(q)) - sum_j,b J_ij(a, b) f_j(b)`.
///
/// # Cost
/// `O(rows L^2 + (L (q - 1))^3)` operations, the frequencies on all threads and the inverse on the calling one; memory of four matrices of
/// `(L (q - 1))^2` numbers. The same bits for any number of threads.
///
/// # Errors
/// [`MeanFieldError`].
///
/// # Example
/// ```
/// use gwg_chains::Threads;
/// use gwg_learn::{
///     AlignmentOptions, AverageProduct, DEFAULT_IDENTITY, DEFAULT_PSEUDOCOUNT, frobenius_apc, mean_field, parse_alignment, sequence_weights,
/// };
///
/// // Sites 1 and 4 form pairs G C and A U.
/// let rna = b">a\nGAUC\n>b\nGUAC\n>c\nAAUU\n>d\nAUUU\n>e\nGUUC\n>f\nAUAU\n";
/// let alignment = parse_alignment(rna, &AlignmentOptions::default())?;
/// let threads = Threads::one();
/// let data = alignment.data()?;
/// let weights = sequence_weights(&data, DEFAULT_IDENTITY, &threads);
/// let model = mean_field(&data.with_weights(weights)?, DEFAULT_PSEUDOCOUNT, &threads)?;
/// let scores = frobenius_apc(&model, alignment.alphabet().gap(), AverageProduct::default());
/// assert_eq!(scores.ranked(0)[0], (0, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// Morcos et al., PNAS 108 (2011) E1293.
pub fn mean_field(
    data: &Data,
    pseudocount: f64,
    threads: &Threads,
) -> Result<PairPotts<f64>, MeanFieldError> {
    if !(pseudocount > 0.0 && pseudocount < 1.0) {
        return Err(MeanFieldError::Pseudocount { found: pseudocount });
    }
    let (sites, q) = (data.sites(), data.states());
    let uniform = |f: f64, states: usize| (1.0 - pseudocount) * f + pseudocount / states as f64;
    let ones: Vec<f64> = data
        .frequencies()
        .into_iter()
        .map(|f| uniform(f, q))
        .collect();
    let mut model = PairPotts::zeros(sites, q)?;
    pair_frequencies(data, model.coupling_mut(), |f| uniform(f, q * q), threads);
    let rest = sites * (q - 1);
    let covariances =
        covariances(&model, &ones).ok_or(MeanFieldError::TooLarge { sites, states: q })?;
    let inverse = positive_definite_inverse(&covariances, rest).map_err(MeanFieldError::Inverse)?;
    drop(covariances);
    write(&mut model, &ones, &inverse);
    Ok(model)
}

/// The covariances without the last state of each site, shape (L (q - 1), L (q - 1)); `None` if there is not enough memory.
fn covariances(pairs: &PairPotts<f64>, ones: &[f64]) -> Option<Vec<f64>> {
    let (q, free) = (pairs.states(), pairs.states() - 1);
    let n = pairs.sites() * free;
    let mut matrix = Vec::new();
    // Four matrices of this size are needed in all.
    matrix
        .try_reserve_exact(n.checked_mul(n)?.checked_mul(4)?)
        .ok()?;
    matrix.shrink_to(n * n);
    matrix.resize(n * n, 0.0);
    for site in 0..pairs.sites() {
        let f = &ones[site * q..site * q + free];
        for (a, &fa) in f.iter().enumerate() {
            let row = (site * free + a) * n + site * free;
            for (to, &fb) in matrix[row..row + free].iter_mut().zip(f) {
                *to = -fa * fb;
            }
            matrix[row + a] += fa;
        }
    }
    for (i, j) in pairs.pairs() {
        let block = pairs.block(i, j);
        for a in 0..free {
            for b in 0..free {
                let value = block[a * q + b] - ones[i * q + a] * ones[j * q + b];
                let (row, column) = (i * free + a, j * free + b);
                matrix[row * n + column] = value;
                matrix[column * n + row] = value;
            }
        }
    }
    Some(matrix)
}

/// Writes couplings and fields.
fn write(model: &mut PairPotts<f64>, ones: &[f64], inverse: &[f64]) {
    let (sites, q, free) = (model.sites(), model.states(), model.states() - 1);
    let n = sites * free;
    for (h, f) in model
        .field_mut()
        .chunks_exact_mut(q)
        .zip(ones.chunks_exact(q))
    {
        let last = f[free];
        h.iter_mut().zip(f).for_each(|(h, f)| *h = (f / last).ln());
    }
    for i in 0..sites {
        for j in i + 1..sites {
            let block = model.block_mut(i, j);
            block.fill(0.0);
            for a in 0..free {
                let row = &inverse[(i * free + a) * n + j * free..][..free];
                block[a * q..a * q + free]
                    .iter_mut()
                    .zip(row)
                    .for_each(|(to, c)| *to = -c);
            }
            subtract_means(model, ones, (i, j));
        }
    }
}

/// Subtracts from the fields of two sites what their coupling contributes on average.
fn subtract_means(model: &mut PairPotts<f64>, ones: &[f64], (i, j): (usize, usize)) {
    let q = model.states();
    let block = model.block(i, j);
    let (fi, fj) = (&ones[i * q..(i + 1) * q], &ones[j * q..(j + 1) * q]);
    let mut means = vec![0.0; 2 * q];
    for (a, row) in block.chunks_exact(q).enumerate() {
        for (b, value) in row.iter().enumerate() {
            means[a] += value * fj[b];
            means[q + b] += value * fi[a];
        }
    }
    let (for_i, for_j) = means.split_at(q);
    let field = model.field_mut();
    field[i * q..(i + 1) * q]
        .iter_mut()
        .zip(for_i)
        .for_each(|(h, m)| *h -= m);
    field[j * q..(j + 1) * q]
        .iter_mut()
        .zip(for_j)
        .for_each(|(h, m)| *h -= m);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroUsize;

    fn data() -> Data {
        let symbol = |k: usize| ((k * k + k / 5) % 7 % 3) as u8;
        let weights = (0..40).map(|k| 0.5 + f64::from(k % 3)).collect();
        let data = Data::new((0..5 * 40).map(symbol).collect(), 5, 3).unwrap();
        data.with_weights(weights).unwrap()
    }

    #[test]
    fn frequencies_of_pairs_are_those_of_the_rows() {
        let data = data();
        let mut model = PairPotts::<f64>::zeros(5, 3).unwrap();
        let three = Threads::new(NonZeroUsize::new(3).unwrap()).unwrap();
        pair_frequencies(&data, model.coupling_mut(), |f| f, &three);
        for (i, j) in model.pairs() {
            for (k, f) in model.block(i, j).iter().enumerate() {
                let (a, b) = (k / 3, k % 3);
                let at = |row: &usize| {
                    usize::from(data.row(*row)[i]) == a && usize::from(data.row(*row)[j]) == b
                };
                let sum: f64 = (0..40).filter(at).map(|row| data.weights()[row]).sum();
                assert!((f - sum / data.effective_rows()).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn two_independent_sites_have_no_coupling_and_their_frequencies() {
        let rows = [[0, 0], [0, 1], [1, 0], [1, 1]].concat();
        let weights = vec![0.09, 0.21, 0.21, 0.49];
        let data = Data::new(rows, 2, 2)
            .unwrap()
            .with_weights(weights)
            .unwrap();
        let model = mean_field(&data, 1e-9, &Threads::one()).unwrap();
        assert!(model.coupling().iter().all(|j| j.abs() < 1e-8));
        let odds = model.field()[0] - model.field()[1];
        assert!((odds - (0.3_f64 / 0.7).ln()).abs() < 1e-8);
    }

    #[test]
    fn the_last_state_has_no_parameters_and_threads_do_not_matter() {
        let three = Threads::new(NonZeroUsize::new(3).unwrap()).unwrap();
        let model = mean_field(&data(), 0.5, &three).unwrap();
        assert_eq!(model, mean_field(&data(), 0.5, &Threads::one()).unwrap());
        for (i, j) in model.pairs() {
            let block = model.block(i, j);
            assert!(block[6..].iter().all(|&v| v == 0.0));
            assert!(block.chunks(3).all(|row| row[2] == 0.0));
        }
        assert!(model.field().chunks(3).all(|h| h[2] == 0.0));
        assert!(model.coupling().iter().any(|&v| v.abs() > 0.01));
    }

    #[test]
    fn pseudocounts_are_checked() {
        for wrong in [0.0, 1.0, -1.0, f64::NAN] {
            let error = mean_field(&data(), wrong, &Threads::one()).unwrap_err();
            assert!(error.to_string().contains("pseudocount"));
        }
    }
}
