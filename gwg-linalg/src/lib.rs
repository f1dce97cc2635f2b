//! Dense algebra for samplers of discrete distributions: faer behind borrowed slices.
//!
//! Everything here runs on the calling thread (parallelism is over blocks of chains, above), allocates
//! nothing but what it returns, and gives each row of a batch **the same bits whatever stands beside it**:
//! a chain's numbers must not depend on how many chains share its block. The types of faer
//! do not appear in the interface.
//!
//! | item | what it does |
//! |---|---|
//! | [`Matrix`] | a borrowed row-major matrix whose shape has been checked |
//! | [`product_transposed`], [`product`](fn@product) | `A B'` and `A B` for a block of rows, one or many |
//! | [`add_transposed_left_product`] | adds `A' B`: outer products of rows, summed over a batch |
//! | [`axpy`], [`add_rows`] | rows added in a fixed order |
//! | [`first_asymmetry`] | the first entry that differs from its mirror image |
//! | [`symmetric_eigenvalues`], [`symmetric_eigen`] | the spectrum of a symmetric matrix, alone or with its vectors |
//! | [`solve`](fn@solve) | `A x = b`, one right-hand side or many |
//! | [`singular_values`], [`spectral_norm`] | how much a matrix stretches |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod matrix;
mod product;
mod rows;
mod scalar;
mod singular;
mod solve;
mod symmetric;

pub use error::Error;
pub use matrix::Matrix;
pub use product::{add_transposed_left_product, padded_rows, product, product_transposed};
pub use rows::{add_rows, axpy};
pub use scalar::Scalar;
pub use singular::{singular_values, spectral_norm};
pub use solve::solve;
pub use symmetric::{SymmetricEigen, first_asymmetry, symmetric_eigen, symmetric_eigenvalues};
