//! The gauge of a Potts model: many parameters have the same probabilities.

use gwg_core::Real;

use super::PairPotts;

/// Moves parameters to the zero-sum gauge and returns a constant: for every `x`, `f(x)` before is `f(x)` after plus the constant.
///
/// In this gauge `sum_a h[i, a] = 0`, and all rows and columns of each `J[i, j]` have the sum 0: couplings contain nothing that fields could
/// express. What the couplings lose is added to the fields:
/// `h[i, a] += mean_b J[i, j, a, b] - mean_ab J[i, j]`, likewise for `j`; each mean of a field and each mean of a coupling goes into the
/// constant. (adabmDCA changes only the couplings in its contact scores, which changes `f`.)
///
/// # Cost
/// One pass over the parameters, summed in f64.
pub fn zero_sum<R: Real>(model: &mut PairPotts<R>) -> f64 {
    let q = model.states();
    let mut field: Vec<f64> = model.field().iter().map(|h| h.to_f64()).collect();
    let mut constant = 0.0;
    let pairs: Vec<_> = model.pairs().collect();
    for (i, j) in pairs {
        let block = model.block_mut(i, j);
        let (rows, columns, mean) = center(block, q);
        constant += mean;
        let shifted = |(h, part): (&mut f64, f64)| *h += part - mean;
        field[i * q..(i + 1) * q]
            .iter_mut()
            .zip(rows)
            .for_each(shifted);
        field[j * q..(j + 1) * q]
            .iter_mut()
            .zip(columns)
            .for_each(shifted);
    }
    for h in field.chunks_exact_mut(q) {
        let mean = h.iter().sum::<f64>() / q as f64;
        constant += mean;
        h.iter_mut().for_each(|h| *h -= mean);
    }
    for (to, from) in model.field_mut().iter_mut().zip(field) {
        *to = R::from_f64(from);
    }
    constant
}

/// Subtracts the means of rows and of columns from a (q, q) block, and returns them with the mean of all.
fn center<R: Real>(block: &mut [R], q: usize) -> (Vec<f64>, Vec<f64>, f64) {
    let (mut rows, mut columns) = (Vec::with_capacity(q), vec![0.0; q]);
    for row in block.chunks_exact(q) {
        let mut sum = 0.0;
        for (value, column) in row.iter().zip(&mut columns) {
            sum += value.to_f64();
            *column += value.to_f64() / q as f64;
        }
        rows.push(sum / q as f64);
    }
    let mean = rows.iter().sum::<f64>() / q as f64;
    for (row, values) in rows.iter().zip(block.chunks_exact_mut(q)) {
        for (value, column) in values.iter_mut().zip(&columns) {
            *value = R::from_f64(value.to_f64() - row - column + mean);
        }
    }
    (rows, columns, mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn models() -> impl Strategy<Value = (PairPotts<f64>, Vec<Vec<u8>>)> {
        (1_usize..6, 2_usize..6).prop_flat_map(|(sites, q)| {
            let value = || -5.0..5.0_f64;
            let field = prop::collection::vec(value(), sites * q);
            let coupling = prop::collection::vec(value(), sites * (sites - 1) / 2 * q * q);
            let state = prop::collection::vec(0..q as u8, sites);
            let states = prop::collection::vec(state, 8);
            (field, coupling, states).prop_map(move |(field, coupling, states)| {
                (PairPotts::new(sites, q, field, coupling).unwrap(), states)
            })
        })
    }

    proptest! {
        #[test]
        fn the_zero_sum_gauge_changes_f_by_a_constant((model, states) in models()) {
            let mut moved = model.clone();
            let constant = zero_sum(&mut moved);
            for x in states {
                let difference = model.log_prob(&x) - moved.log_prob(&x);
                prop_assert!((difference - constant).abs() < 1e-10, "{difference} {constant}");
            }
            let q = model.states();
            for block in moved.coupling().chunks(q * q) {
                for k in 0..q {
                    let row: f64 = block[k * q..(k + 1) * q].iter().sum();
                    let column: f64 = block.iter().skip(k).step_by(q).sum();
                    prop_assert!(row.abs() < 1e-12 && column.abs() < 1e-12);
                }
            }
            for h in moved.field().chunks(q) {
                prop_assert!(h.iter().sum::<f64>().abs() < 1e-12);
            }
            let mut again = moved.clone();
            prop_assert!(zero_sum(&mut again).abs() < 1e-12);
        }
    }
}
