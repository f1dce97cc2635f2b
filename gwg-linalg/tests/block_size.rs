//! A row of a product has the same bits for any content of the other rows.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{Bits, SplitMix64};
use gwg_linalg::{Error, Matrix, Scalar, padded_rows, product_transposed};
use proptest::prelude::*;

fn numbers<R: Scalar>(bits: &mut SplitMix64, len: usize) -> Vec<R> {
    (0..len)
        .map(|_| bits.unit::<R>() * R::TWO - R::ONE)
        .collect()
}

/// Computes the product of the rows `from..to` of `a`, through slices that start at an odd address.
fn product<R: Scalar>(a: &[R], b: Matrix<'_, R>, from: usize, to: usize) -> Vec<R> {
    let (inner, columns) = (b.columns(), b.rows());
    let rows = to - from;
    let mut padded = vec![R::ONE; 1 + padded_rows(rows) * inner];
    padded[1..=rows * inner].copy_from_slice(&a[from * inner..to * inner]);
    let mut out = vec![R::ONE; 3 + padded_rows(rows) * columns];
    product_transposed(rows, &mut padded[1..], b, &mut out[3..]).unwrap();
    out[3..3 + rows * columns].to_vec()
}

fn same_bits<R: Scalar>(
    seed: u64,
    rows: usize,
    inner: usize,
    columns: usize,
) -> Result<(), TestCaseError> {
    let mut bits = SplitMix64::new(seed);
    let a: Vec<R> = numbers(&mut bits, rows * inner);
    let b: Vec<R> = numbers(&mut bits, columns * inner);
    let b = Matrix::new(&b, columns, inner).unwrap();
    let together = product(&a, b, 0, rows);
    let mut from = 0;
    while from < rows {
        let to = rows.min(from + 1 + bits.below(rows));
        let separate = product(&a, b, from, to);
        let expected = &together[from * columns..to * columns];
        let equal = separate
            .iter()
            .zip(expected)
            .all(|(x, y)| x.to_f64().to_bits() == y.to_f64().to_bits());
        prop_assert!(
            equal,
            "rows {from}..{to} of {rows}, inner {inner}, columns {columns}"
        );
        from = to;
    }
    let alone = product(&a, b, 0, 1);
    prop_assert_eq!(&alone[..], &together[..columns]);
    Ok(())
}

fn close<R: Scalar>(
    seed: u64,
    rows: usize,
    inner: usize,
    columns: usize,
) -> Result<(), TestCaseError> {
    let mut bits = SplitMix64::new(seed);
    let a: Vec<R> = numbers(&mut bits, rows * inner);
    let b: Vec<R> = numbers(&mut bits, columns * inner);
    let found = product(&a, Matrix::new(&b, columns, inner).unwrap(), 0, rows);
    for (r, row) in a.chunks_exact(inner).enumerate() {
        for (c, column) in b.chunks_exact(inner).enumerate() {
            let terms = row.iter().zip(column).map(|(x, y)| x.to_f64() * y.to_f64());
            let (mut sum, mut size) = (0.0, 0.0);
            for term in terms {
                sum += term;
                size += term.abs();
            }
            // Higham, Accuracy and Stability (2002), eq. 3.5: any order of summation.
            let bound = inner as f64 * R::EPSILON.to_f64() * size;
            let error = (found[r * columns + c].to_f64() - sum).abs();
            prop_assert!(error <= bound, "[{r}, {c}]: {error:e} > {bound:e}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // Sizes on both sides of the limit between the product implemented here and faer's, and of faer's own limit at 16^3.
    #[test]
    fn small_products(seed in any::<u64>(), rows in 1usize..40, inner in 1usize..130, columns in 1usize..130) {
        same_bits::<f32>(seed, rows, inner, columns)?;
        same_bits::<f64>(seed, rows, inner, columns)?;
        close::<f32>(seed, rows, inner, columns)?;
        close::<f64>(seed, rows, inner, columns)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn large_products(seed in any::<u64>(), rows in 2usize..200, inner in 300usize..1200, columns in 1usize..900) {
        same_bits::<f32>(seed, rows, inner, columns)?;
        same_bits::<f64>(seed, rows, inner, columns)?;
    }
}

#[test]
fn wrong_lengths_are_rejected() {
    let b = [1.0f32; 6];
    assert!(matches!(
        Matrix::new(&b, 2, 2),
        Err(Error::Length {
            name: "data",
            found: 6,
            needed: 4
        })
    ));
    assert!(matches!(
        Matrix::new(&b, usize::MAX, 2),
        Err(Error::TooLarge)
    ));
    let b = Matrix::new(&b, 2, 3).unwrap();
    let reject =
        |a: usize, out: usize| product_transposed(1, &mut vec![0.0; a], b, &mut vec![0.0; out]);
    assert_eq!(
        reject(5, 4),
        Err(Error::Length {
            name: "a",
            found: 5,
            needed: 6
        })
    );
    assert_eq!(
        reject(6, 3),
        Err(Error::Length {
            name: "out",
            found: 3,
            needed: 4
        })
    );
    assert_eq!(reject(6, 4), Ok(()));
}

#[test]
fn empty_shapes_are_accepted() {
    let nothing: [f64; 0] = [];
    let mut out = [7.0; 4];
    let narrow = Matrix::new(&nothing, 2, 0).unwrap();
    product_transposed(2, &mut [], narrow, &mut out).unwrap();
    assert_eq!(out, [0.0; 4]);
    let flat = Matrix::new(&nothing, 0, 3).unwrap();
    product_transposed(1, &mut [1.0; 6], flat, &mut []).unwrap();
}
