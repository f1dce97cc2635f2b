use gwg_core::Real;

/// The element type of a product: `f32` or `f64`. Sealed.
pub trait Scalar: Real + sealed::Product {}

impl Scalar for f32 {}
impl Scalar for f64 {}

pub(crate) mod sealed {
    use faer::linalg::matmul::matmul;
    use faer::{Accum, MatMut, MatRef, Par};

    /// Keeps faer's traits out of the interface.
    pub trait Product: Sized {
        /// `out = a b'` with `a` (rows, inner), `b` (columns, inner), `out` (rows, columns), all of exactly
        /// these lengths and `rows >= 2`.
        fn product_transposed(
            a: &[Self],
            b: &[Self],
            out: &mut [Self],
            shape: (usize, usize, usize),
        );

        /// The same with `b` (inner, columns), not transposed.
        fn product(a: &[Self], b: &[Self], out: &mut [Self], shape: (usize, usize, usize));

        /// `out += a' b` with `a` (rows, m), `b` (rows, n), `out` (m, n), all of exactly these lengths and
        /// `m, n >= 2`; the shape is (rows, m, n).
        fn add_transposed_left_product(
            a: &[Self],
            b: &[Self],
            out: &mut [Self],
            shape: (usize, usize, usize),
        );
    }

    macro_rules! product {
        ($float:ty) => {
            impl Product for $float {
                fn product_transposed(
                    a: &[Self],
                    b: &[Self],
                    out: &mut [Self],
                    (rows, inner, columns): (usize, usize, usize),
                ) {
                    matmul(
                        MatMut::from_row_major_slice_mut(out, rows, columns),
                        Accum::Replace,
                        MatRef::from_row_major_slice(a, rows, inner),
                        MatRef::from_row_major_slice(b, columns, inner).transpose(),
                        1.0,
                        Par::Seq,
                    );
                }

                fn product(
                    a: &[Self],
                    b: &[Self],
                    out: &mut [Self],
                    (rows, inner, columns): (usize, usize, usize),
                ) {
                    matmul(
                        MatMut::from_row_major_slice_mut(out, rows, columns),
                        Accum::Replace,
                        MatRef::from_row_major_slice(a, rows, inner),
                        MatRef::from_row_major_slice(b, inner, columns),
                        1.0,
                        Par::Seq,
                    );
                }

                fn add_transposed_left_product(
                    a: &[Self],
                    b: &[Self],
                    out: &mut [Self],
                    (rows, m, n): (usize, usize, usize),
                ) {
                    matmul(
                        MatMut::from_row_major_slice_mut(out, m, n),
                        Accum::Add,
                        MatRef::from_row_major_slice(a, rows, m).transpose(),
                        MatRef::from_row_major_slice(b, rows, n),
                        1.0,
                        Par::Seq,
                    );
                }
            }
        };
    }

    product!(f32);
    product!(f64);
}
