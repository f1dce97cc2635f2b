//! Couplings of pairs of sites from gradients.

use crate::potts::PairPottsError;
use crate::{PairPotts, zero_sum};
use gwg_chains::Threads;
use gwg_core::{Gradient, Space};

/// The effective couplings of pairs of categorical sites of any model with a gradient, in the zero-sum gauge, without fields.
///
/// `J[i, j, a, b]` is the mean, over the rows `x` and over both orders of the pair, of the gradient of `f` by symbol b of site j at `x with x_i = a`, in the zero-sum
/// gauge: second differences of `f` of which the inner one is first-order. They are exact where `f` is a sum over pairs of sites. Rows are states of the model, or
/// data (`effective_couplings` of a Boltzmann machine has exact second differences).
///
/// # Cost
/// `rows sites states` gradients over the threads; `sites^2 states^2` numbers of f64.
///
/// # Errors
/// [`PairPottsError::Shape`] if the couplings do not fit into memory; [`PairPottsError::Gradient`] if symbols are not nominal, or the sites binary.
pub fn gradient_couplings<M>(
    model: &M,
    rows: &[u8],
    threads: &Threads,
) -> Result<PairPotts<f64>, PairPottsError>
where
    M: Gradient<Real = f32, Space: Space<Symbol = u8>> + Sync,
{
    let (sites, q) = (model.space().sites(), model.space().states());
    let numbers = sites * q;
    let mut pairs = PairPotts::<f64>::zeros(sites, q)?;
    let found = model.space().gradient_len();
    if found != numbers {
        let needed = numbers;
        return Err(PairPottsError::Gradient { found, needed });
    }
    // Site i, symbol a: the gradient of all symbols of all sites, summed over the rows in their order.
    let mut all: Vec<f64> = Vec::new();
    let len = numbers.checked_mul(numbers);
    let len = len.filter(|&len| all.try_reserve_exact(len).is_ok());
    all.resize(len.ok_or(PairPottsError::Shape { sites, states: q })?, 0.0);
    let mut parts: Vec<_> = all.chunks_exact_mut(q * numbers).enumerate().collect();
    threads.each(&mut parts, |(site, sums)| {
        let mut gradient = vec![0.0_f32; numbers];
        let mut scratch = vec![0.0_f32; model.gradient_scratch_len(1)];
        for row in rows.chunks_exact(sites) {
            let mut x = row.to_vec();
            for (a, sums) in sums.chunks_exact_mut(numbers).enumerate() {
                x[*site] = a as u8;
                model.value_and_gradient(&x, &mut gradient, &mut scratch);
                for (sum, &g) in sums.iter_mut().zip(&gradient) {
                    *sum += f64::from(g);
                }
            }
        }
    });
    let share = 0.5 / (rows.len() / sites).max(1) as f64;
    let at = |i: usize, a: usize, j: usize, b: usize| all[(i * q + a) * numbers + j * q + b];
    let places: Vec<(usize, usize)> = pairs.pairs().collect();
    let blocks = pairs.coupling_mut().chunks_exact_mut(q * q);
    for ((i, j), block) in places.into_iter().zip(blocks) {
        for (k, coupling) in block.iter_mut().enumerate() {
            let (a, b) = (k / q, k % q);
            *coupling = share * (at(i, a, j, b) + at(j, b, i, a));
        }
    }
    zero_sum(&mut pairs);
    pairs.field_mut().fill(0.0);
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_core::Bits;
    use gwg_models::CategoricalRbm;
    use std::num::NonZeroUsize;

    /// Those of a sum over pairs are its couplings, whatever the rows; on any number of threads.
    #[test]
    fn a_sum_over_pairs_gives_its_couplings() {
        let mut bits = gwg_chains::generator(3, 1);
        let mut model = PairPotts::<f32>::zeros(4, 3).unwrap();
        let draws = model.coupling_mut().iter_mut();
        draws.for_each(|j| *j = bits.unit::<f32>() - 0.5);
        zero_sum(&mut model);
        let dense = model.to_dense().unwrap();
        let found = gradient_couplings(&dense, &[0, 1, 2, 0, 2, 2, 1, 0], &Threads::one()).unwrap();
        for (found, right) in found.coupling().iter().zip(model.coupling()) {
            assert!((found - f64::from(*right)).abs() < 1e-5, "{found} {right}");
        }
        let three = Threads::new(NonZeroUsize::new(3).unwrap()).unwrap();
        let again = gradient_couplings(&dense, &[0, 1, 2, 0, 2, 2, 1, 0], &three).unwrap();
        assert_eq!(found, again);
    }

    /// With weak weights they are near the exact second differences.
    #[test]
    fn a_machine_of_weak_weights_has_nearly_its_second_differences() {
        let machine = CategoricalRbm::<f32>::random(5, 4, 6, 2).unwrap();
        let rows: Vec<u8> = (0..50).map(|k| (k * 7 % 11 % 4) as u8).collect();
        let exact = crate::effective_couplings(&machine, &rows, &Threads::one()).unwrap();
        let found = gradient_couplings(&machine, &rows, &Threads::one()).unwrap();
        let norm = |j: &[f64]| j.iter().map(|x| x * x).sum::<f64>().sqrt();
        let rest: Vec<f64> = (found.coupling().iter().zip(exact.coupling()))
            .map(|(a, b)| a - b)
            .collect();
        assert!(norm(&rest) < 0.05 * norm(exact.coupling()));
    }
}
