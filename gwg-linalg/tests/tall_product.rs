//! Products of many rows and a small matrix: right, and a row has the same bits for any content of the other rows.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use gwg_core::{Bits, SplitMix64};
use gwg_linalg::{Error, Matrix, Scalar, tall_product, tall_product_transposed, tall_rows};
use proptest::prelude::*;

fn numbers<R: Scalar>(bits: &mut SplitMix64, len: usize) -> Vec<R> {
    (0..len)
        .map(|_| bits.unit::<R>() * R::TWO - R::ONE)
        .collect()
}

/// `a b'` of the rows `from..to`, or `a b`, with what lies after the rows not zero.
fn multiply<R: Scalar>(
    a: &[R],
    b: &[R],
    (inner, columns): (usize, usize),
    (from, to): (usize, usize),
    transposed: bool,
) -> Vec<R> {
    let rows = to - from;
    let padded = tall_rows(rows, inner, columns);
    let mut left = vec![R::ONE; padded * inner];
    left[..rows * inner].copy_from_slice(&a[from * inner..to * inner]);
    let mut out = vec![R::from_f64(f64::NAN); padded * columns];
    if transposed {
        let b = Matrix::new(b, columns, inner).unwrap();
        tall_product_transposed(rows, &mut left, b, &mut out).unwrap();
    } else {
        let b = Matrix::new(b, inner, columns).unwrap();
        tall_product(rows, &mut left, b, &mut out).unwrap();
    }
    out.truncate(rows * columns);
    out
}

fn check<R: Scalar>(
    seed: u64,
    rows: usize,
    (inner, columns): (usize, usize),
    transposed: bool,
) -> Result<(), TestCaseError> {
    let mut bits = SplitMix64::new(seed);
    let a: Vec<R> = numbers(&mut bits, rows * inner);
    let b: Vec<R> = numbers(&mut bits, columns * inner);
    let whole = multiply(&a, &b, (inner, columns), (0, rows), transposed);
    for (k, found) in whole.iter().enumerate() {
        let (row, column) = (k / columns, k % columns);
        let entry = |i: usize| {
            if transposed {
                b[column * inner + i]
            } else {
                b[i * columns + column]
            }
        };
        let terms = (0..inner).map(|i| a[row * inner + i].to_f64() * entry(i).to_f64());
        let (mut sum, mut size) = (0.0, 0.0);
        for term in terms {
            sum += term;
            size += term.abs();
        }
        let bound = inner as f64 * R::EPSILON.to_f64() * size;
        prop_assert!((found.to_f64() - sum).abs() <= bound, "[{row}, {column}]");
    }
    let mut from = 0;
    while from < rows {
        let to = rows.min(from + 1 + bits.below(rows));
        let part = multiply(&a, &b, (inner, columns), (from, to), transposed);
        let expected = &whole[from * columns..to * columns];
        let same = part.iter().zip(expected).all(|(x, y)| x == y);
        prop_assert!(same, "rows {from}..{to} of {rows}: {inner} x {columns}");
        from = to;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_independent(seed: u64, rows in 1_usize..400, inner in 1_usize..200, columns in 1_usize..70, transposed: bool) {
        check::<f32>(seed, rows, (inner, columns), transposed)?;
        check::<f64>(seed, rows, (inner, columns), transposed)?;
    }
}

#[test]
fn short_slices_are_errors() {
    let b = [1.0_f64; 6];
    let matrix = Matrix::new(&b, 2, 3).unwrap();
    let rows = tall_rows(5, 3, 2);
    assert!(rows * 6 > 4096);
    let mut a = vec![0.0; rows * 3 - 1];
    let found = tall_product_transposed(5, &mut a, matrix, &mut vec![0.0; rows * 2]);
    assert!(matches!(found, Err(Error::Length { name: "a", .. })));
}
