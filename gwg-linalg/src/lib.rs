//! Dense linear algebra for samplers of discrete distributions, built on faer with borrowed slices.
//!
//! All functions run on the calling thread (parallelism is over blocks of chains, in the caller) and allocate nothing
//! but their results, except where documented. Each row of a batch has **the same bits for any content of the other
//! rows**, so that a chain's results do not depend on how many chains share its block. The types of faer are not part
//! of the interface.
//!
//! | item | what it does |
//! |---|---|
//! | [`Matrix`] | a borrowed row-major matrix with a checked shape |
//! | [`product_transposed`], [`product`](fn@product) | `A B'` and `A B` for a block of rows, one or many |
//! | [`tall_product_transposed`], [`tall_product`], [`tall_add_transposed_left_product`] | the same for many rows and a small matrix |
//! | [`add_transposed_left_product`] | adds `A' B`: outer products of rows, summed over a batch |
//! | [`axpy`], [`add_rows`] | sums of rows in a fixed order |
//! | [`first_asymmetry`] | the first entry that differs from its mirror image |
//! | [`symmetric_eigenvalues`], [`symmetric_eigen`] | the eigenvalues of a symmetric matrix, alone or with eigenvectors |
//! | [`solve`](fn@solve) | `A x = b`, one right-hand side or many |
//! | [`positive_definite_inverse`] | the inverse of a symmetric positive definite matrix |
//! | [`singular_values`], [`spectral_norm`] | the singular values of a matrix, and the largest one |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cholesky;
mod error;
mod matrix;
mod product;
mod rows;
mod scalar;
mod singular;
mod solve;
mod symmetric;

pub use cholesky::positive_definite_inverse;
pub use error::Error;
pub use matrix::Matrix;
pub use product::{add_transposed_left_product, padded_rows, product, product_transposed};
pub use product::{
    tall_add_transposed_left_product, tall_product, tall_product_transposed, tall_rows,
};
pub use rows::{add_rows, axpy};
pub use scalar::Scalar;
pub use singular::{singular_values, spectral_norm};
pub use solve::solve;
pub use symmetric::{SymmetricEigen, first_asymmetry, symmetric_eigen, symmetric_eigenvalues};
