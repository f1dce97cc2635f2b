use super::Target;

/// A target whose `f` is a sum of couplings of equal symbols and of fields:
/// `f(x) = sum over bonds (i, j) of J_ij [x_i = x_j] + sum_i h_i(x_i) + constant`, each bond once, with `J_ij` of either sign and the
/// same states at all sites. For cluster moves: [`SwendsenWang`](crate::SwendsenWang), [`Wolff`](crate::Wolff).
///
/// Spins have two states: `K s_i s_j` is `J_ij = 2 K`, and `h s_i` is `h_i(1) = h`, `h_i(0) = -h`.
///
/// Contract:
/// - bonds join two different sites, no two sites have more than one, and their order is the same in all calls;
/// - [`coupling_magnitude`](Self::coupling_magnitude) and [`bonds`](Self::bonds) agree with [`each_bond`](Self::each_bond), and this with
///   [`each_neighbor`](Self::each_neighbor);
/// - no allocation, no panic.
pub trait Pairwise: Target {
    /// True if the target has this form, which is the default: a model of factors may have it or not.
    fn is_pairwise(&self) -> bool {
        true
    }

    /// `|J_ij|`, if it is the same of all bonds whatever the parameters of the target are.
    fn coupling_magnitude(&self) -> Option<Self::Real>;

    /// The number of bonds.
    fn bonds(&self) -> usize;

    /// True if some `J_ij` may be negative.
    fn repels(&self) -> bool;

    /// Calls `visit(i, j, J_ij)` for every bond.
    fn each_bond(&self, visit: impl FnMut(usize, usize, Self::Real));

    /// Calls `visit(j, J_ij)` for every bond of site `i`.
    fn each_neighbor(&self, site: usize, visit: impl FnMut(usize, Self::Real));

    /// True if some `h_i(a)` may differ from the others of its site; of more than two states, whatever the parameters are.
    fn has_field(&self) -> bool;

    /// `h_i(symbol)`.
    fn field(&self, site: usize, symbol: u16) -> Self::Real;
}

/// Forwards [`Pairwise`] to the target inside a wrapper.
macro_rules! forward_pairwise {
    ([$($generics:tt)*] $outer:ty, $self:ident => $inner:expr) => {
        impl<$($generics)*> Pairwise for $outer {
            fn is_pairwise(&$self) -> bool {
                $inner.is_pairwise()
            }

            #[inline(always)]
            fn coupling_magnitude(&$self) -> Option<<Self as $crate::Target>::Real> {
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
            fn each_bond(&$self, visit: impl FnMut(usize, usize, <Self as $crate::Target>::Real)) {
                $inner.each_bond(visit);
            }

            #[inline(always)]
            fn each_neighbor(&$self, site: usize, visit: impl FnMut(usize, <Self as $crate::Target>::Real)) {
                $inner.each_neighbor(site, visit);
            }

            #[inline(always)]
            fn has_field(&$self) -> bool {
                $inner.has_field()
            }

            #[inline(always)]
            fn field(&$self, site: usize, symbol: u16) -> <Self as $crate::Target>::Real {
                $inner.field(site, symbol)
            }
        }
    };
}

pub(crate) use forward_pairwise;

forward_pairwise!([T: Pairwise] &T, self => (**self));
