//! The product with a matrix that is not transposed is accurate, and a row's bits do not depend on the other rows.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{Bits, SplitMix64};
use gwg_linalg::{Error, Matrix, Scalar, padded_rows, product};
use proptest::prelude::*;

fn numbers<R: Scalar>(bits: &mut SplitMix64, len: usize) -> Vec<R> {
    (0..len)
        .map(|_| bits.unit::<R>() * R::TWO - R::ONE)
        .collect()
}

/// Computes the product of some rows of `a`, through slices that start at an odd address.
fn of_rows<R: Scalar>(a: &[R], b: Matrix<'_, R>) -> Vec<R> {
    let (inner, columns) = (b.rows(), b.columns());
    let rows = a.len() / inner;
    let mut padded = vec![R::ONE; 1 + padded_rows(rows) * inner];
    padded[1..=rows * inner].copy_from_slice(a);
    let mut out = vec![R::ONE; 3 + padded_rows(rows) * columns];
    product(rows, &mut padded[1..], b, &mut out[3..]).unwrap();
    out[3..3 + rows * columns].to_vec()
}

fn is_accurate<R: Scalar>(
    seed: u64,
    rows: usize,
    inner: usize,
    columns: usize,
) -> Result<(), TestCaseError> {
    let mut bits = SplitMix64::new(seed);
    let a: Vec<R> = numbers(&mut bits, rows * inner);
    let entries: Vec<R> = numbers(&mut bits, inner * columns);
    let b = Matrix::new(&entries, inner, columns).unwrap();
    let together = of_rows(&a, b);
    let mut from = 0;
    while from < rows {
        let to = rows.min(from + 1 + bits.below(rows));
        let separate = of_rows(&a[from * inner..to * inner], b);
        prop_assert_eq!(&separate[..], &together[from * columns..to * columns]);
        from = to;
    }
    for (a, found) in a.chunks(inner).zip(together.chunks(columns)) {
        for (c, found) in found.iter().enumerate() {
            let terms = || (0..inner).map(|k| a[k].to_f64() * entries[k * columns + c].to_f64());
            let size: f64 = terms().map(f64::abs).sum();
            // Higham, Accuracy and Stability (2002), eq. 3.5: any order of summation.
            let bound = inner as f64 * R::EPSILON.to_f64() * size;
            let error = (found.to_f64() - terms().sum::<f64>()).abs();
            prop_assert!(error <= bound, "{error:e} > {bound:e}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn small(seed in any::<u64>(), rows in 1usize..40, inner in 1usize..130, columns in 1usize..130) {
        is_accurate::<f32>(seed, rows, inner, columns)?;
        is_accurate::<f64>(seed, rows, inner, columns)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn large(seed in any::<u64>(), rows in 2usize..200, inner in 300usize..1200, columns in 1usize..700) {
        is_accurate::<f32>(seed, rows, inner, columns)?;
        is_accurate::<f64>(seed, rows, inner, columns)?;
    }
}

#[test]
fn wrong_lengths_are_rejected_and_empty_shapes_accepted() {
    let b = [1.0f32; 6];
    let b = Matrix::new(&b, 2, 3).unwrap();
    let reject = |a: usize, out: usize| product(1, &mut vec![0.0; a], b, &mut vec![0.0; out]);
    assert!(matches!(
        reject(3, 6),
        Err(Error::Length {
            name: "a",
            found: 3,
            needed: 4
        })
    ));
    assert!(matches!(
        reject(4, 5),
        Err(Error::Length {
            name: "out",
            found: 5,
            needed: 6
        })
    ));
    assert_eq!(reject(4, 6), Ok(()));
    let nothing: [f64; 0] = [];
    let mut out = [7.0; 6];
    product(2, &mut [], Matrix::new(&nothing, 0, 3).unwrap(), &mut out).unwrap();
    assert_eq!(out, [0.0; 6]);
}
