use super::Shared;
use crate::model::On;
use gwg_core::Pairwise;

/// Forwards to the model inside.
macro_rules! forward {
    ($outer:ident, $self:ident => $inner:expr) => {
        impl<T: Pairwise> Pairwise for $outer<T> {
            fn is_pairwise(&$self) -> bool {
                $inner.is_pairwise()
            }

            #[inline(always)]
            fn coupling_magnitude(&$self) -> Option<T::Real> {
                $inner.coupling_magnitude()
            }

            #[inline(always)]
            fn bonds(&$self) -> usize {
                $inner.bonds()
            }

            #[inline(always)]
            fn repels(&$self) -> bool {
                $inner.repels()
            }

            #[inline(always)]
            fn each_bond(&$self, visit: impl FnMut(usize, usize, T::Real)) {
                $inner.each_bond(visit);
            }

            #[inline(always)]
            fn each_neighbor(&$self, site: usize, visit: impl FnMut(usize, T::Real)) {
                $inner.each_neighbor(site, visit);
            }

            #[inline(always)]
            fn has_field(&$self) -> bool {
                $inner.has_field()
            }

            #[inline(always)]
            fn field(&$self, site: usize, symbol: u16) -> T::Real {
                $inner.field(site, symbol)
            }
        }
    };
}

forward!(Shared, self => self.0);
forward!(On, self => self.inner());
