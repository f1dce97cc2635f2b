//! The layers: from the numbers of some states to those after a layer, and gradients the other way.
//!
//! Numbers of several states lie one after the other. Gradients are added to what is there.

mod activation;
mod conv;
mod norm;
mod simple;
mod window;

pub(crate) use activation::Activation;
pub(crate) use conv::{back, forward, learn};
pub(crate) use norm::Norm;
pub(crate) use simple::{add, flatten, pool, scale};
pub(crate) use window::Window;

/// Runs a loop compiled for the widest vectors of the machine; the results have the same bits with any.
#[inline(always)]
pub(crate) fn vectors<T>(work: impl FnOnce() -> T) -> T {
    struct Work<F>(F);
    impl<T, F: FnOnce() -> T> pulp::WithSimd for Work<F> {
        type Output = T;

        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) -> T {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Work(work))
}
