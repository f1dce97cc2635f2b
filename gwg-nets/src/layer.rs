//! The layers: from the numbers of some states to those after a layer, and gradients the other way.
//!
//! Numbers of several states lie one after the other. Gradients are added to what is there.

/// Functions whose loops are compiled for the widest vectors of the machine, too; the results have the same bits with any.
///
/// A closure would be compiled once, for the least machine.
macro_rules! vectors {
    ($($(#[$doc:meta])* fn $name:ident<$real:ident: $bound:ident>($($argument:ident: $type:ty),* $(,)?) $body:block)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name<'v, $real: $bound>($($argument: $type),*) {
            struct Work<'v, $real: $bound>($($type,)* std::marker::PhantomData<&'v $real>);
            impl<'v, $real: $bound> pulp::WithSimd for Work<'v, $real> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: pulp::Simd>(self, _: S) {
                    let Self($($argument,)* _) = self;
                    $body
                }
            }
            pulp::Arch::new().dispatch(Work($($argument,)* std::marker::PhantomData));
        }
    )*};
}

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
