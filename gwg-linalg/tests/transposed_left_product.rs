//! The product with a matrix that is transposed on the left: accurate, added, and with the same bits at any address.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use gwg_core::{Bits, SplitMix64};
use gwg_linalg::{Error, Matrix, Scalar, add_transposed_left_product};
use proptest::prelude::*;

fn numbers<R: Scalar>(bits: &mut SplitMix64, len: usize) -> Vec<R> {
    (0..len)
        .map(|_| bits.unit::<R>() * R::TWO - R::ONE)
        .collect()
}

/// Computes `start + a' b`, through slices that begin `offset` numbers into their memory.
fn sum<R: Scalar>(a: &[R], b: &[R], start: &[R], rows: usize, offset: usize) -> Vec<R> {
    let shifted = |numbers: &[R]| [&vec![R::ONE; offset], numbers].concat();
    let (a, b, mut out) = (shifted(a), shifted(b), shifted(start));
    let matrix =
        |m: &[R]| Matrix::new(&m[offset..], rows, (m.len() - offset) / rows).map(|m| m.columns());
    let (m, n) = (matrix(&a).unwrap(), matrix(&b).unwrap());
    let (left, right) = (
        Matrix::new(&a[offset..], rows, m).unwrap(),
        Matrix::new(&b[offset..], rows, n).unwrap(),
    );
    add_transposed_left_product(left, right, &mut out[offset..]).unwrap();
    out.split_off(offset)
}

fn right<R: Scalar>(seed: u64, rows: usize, m: usize, n: usize) -> Result<(), TestCaseError> {
    let mut bits = SplitMix64::new(seed);
    let a: Vec<R> = numbers(&mut bits, rows * m);
    let b: Vec<R> = numbers(&mut bits, rows * n);
    let start: Vec<R> = numbers(&mut bits, m * n);
    let found = sum(&a, &b, &start, rows, 0);
    for offset in [1, 3] {
        prop_assert_eq!(
            &found,
            &sum(&a, &b, &start, rows, offset),
            "offset {}",
            offset
        );
    }
    for i in 0..m {
        for j in 0..n {
            let product = |r: usize| a[r * m + i].to_f64() * b[r * n + j].to_f64();
            let terms = || (0..rows).map(product).chain([start[i * n + j].to_f64()]);
            let size: f64 = terms().map(f64::abs).sum();
            // Higham, Accuracy and Stability (2002), eq. 3.5: any order of summation.
            let bound = (rows + 1) as f64 * R::EPSILON.to_f64() * size;
            let error = (found[i * n + j].to_f64() - terms().sum::<f64>()).abs();
            prop_assert!(error <= bound, "[{i}, {j}]: {error:e} > {bound:e}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    // Sizes on both sides of the limit between the product implemented here and faer's.
    #[test]
    fn small(seed in any::<u64>(), rows in 1usize..40, m in 1usize..130, n in 1usize..130) {
        right::<f32>(seed, rows, m, n)?;
        right::<f64>(seed, rows, m, n)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn large(seed in any::<u64>(), rows in 1usize..600, m in 100usize..700, n in 100usize..400) {
        right::<f32>(seed, rows, m, n)?;
        right::<f64>(seed, rows, m, n)?;
    }
}

#[test]
fn columns_and_single_rows() {
    for (rows, m, n) in [
        (1, 5000, 1),
        (300, 1, 5000),
        (300, 5000, 1),
        (1, 70, 70),
        (3, 1, 1),
    ] {
        right::<f32>(1, rows, m, n).unwrap();
        right::<f64>(2, rows, m, n).unwrap();
    }
}

#[test]
fn wrong_lengths_are_rejected_and_empty_shapes_accepted() {
    let (a, b) = ([1.0f32; 6], [1.0f32; 8]);
    let (two, four) = (
        Matrix::new(&a, 2, 3).unwrap(),
        Matrix::new(&b, 4, 2).unwrap(),
    );
    assert!(matches!(
        add_transposed_left_product(two, four, &mut [0.0; 6]),
        Err(Error::Length { name: "b", .. })
    ));
    assert!(matches!(
        add_transposed_left_product(two, two, &mut [0.0; 8]),
        Err(Error::Length {
            name: "out",
            found: 8,
            needed: 9
        })
    ));
    let mut out = [7.0f32; 10];
    add_transposed_left_product(two, two, &mut out).unwrap();
    assert_eq!(out, [9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 7.0]);
    let none: [f32; 0] = [];
    let empty = Matrix::new(&none, 0, 3).unwrap();
    add_transposed_left_product(empty, empty, &mut out).unwrap();
    assert_eq!(out[0], 9.0);
}
