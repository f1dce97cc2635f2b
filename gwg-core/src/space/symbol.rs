use core::fmt::{Debug, Display};
use core::hash::Hash;

mod sealed {
    pub trait Sealed {}
    impl Sealed for u8 {}
    impl Sealed for u16 {}
}

/// The value of one site: `u8` for up to 256 states, `u16` for up to 65,536. Sealed.
///
/// A space selects it ([`Space::Symbol`](super::Space::Symbol)); configurations are slices of it.
pub trait Symbol:
    sealed::Sealed + Copy + Default + Eq + Ord + Hash + Debug + Display + Send + Sync + 'static
{
    /// The largest number of states of a site.
    const MAX_STATES: usize;

    /// The symbol with this index, which must be below [`MAX_STATES`](Self::MAX_STATES); higher bits are dropped.
    fn from_index(index: usize) -> Self;

    /// The index of the symbol, from 0.
    fn index(self) -> usize;

    /// The symbol in 16 bits, as in a [`Move`](super::Move).
    fn widen(self) -> u16;

    /// The symbol from 16 bits; `u8` drops the high eight.
    fn narrow(wide: u16) -> Self;
}

macro_rules! symbol {
    ($type:ty) => {
        impl Symbol for $type {
            const MAX_STATES: usize = 1 << <$type>::BITS;

            #[inline(always)]
            fn from_index(index: usize) -> Self {
                index as Self
            }

            #[inline(always)]
            fn index(self) -> usize {
                usize::from(self)
            }

            #[inline(always)]
            fn widen(self) -> u16 {
                u16::from(self)
            }

            #[inline(always)]
            fn narrow(wide: u16) -> Self {
                wide as Self
            }
        }
    };
}

symbol!(u8);
symbol!(u16);
