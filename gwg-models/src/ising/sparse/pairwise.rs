use super::SparseIsing;
use crate::number::at;
use gwg_core::Real;
use gwg_core::target::Pairwise;

impl<R: Real> SparseIsing<R> {
    #[inline(always)]
    fn bond(weight: R) -> R {
        (R::TWO + R::TWO) * weight
    }
}

/// An edge counts twice: a bond of weight `w` has `K = 2 w`, and `J = 2 K`.
impl<R: Real> Pairwise for SparseIsing<R> {
    fn coupling_magnitude(&self) -> Option<R> {
        None
    }

    fn bonds(&self) -> usize {
        self.edge_count()
    }

    fn repels(&self) -> bool {
        true
    }

    #[inline(always)]
    fn each_bond(&self, mut visit: impl FnMut(usize, usize, R)) {
        for i in 0..self.field.len() {
            // Ascending: the neighbors before the site come first.
            for &(j, weight) in self.row(i).iter().take_while(|end| (end.0 as usize) < i) {
                visit(i, j as usize, Self::bond(weight));
            }
        }
    }

    #[inline(always)]
    fn each_neighbor(&self, site: usize, mut visit: impl FnMut(usize, R)) {
        for &(j, weight) in self.row(site) {
            if j as usize != site {
                visit(j as usize, Self::bond(weight));
            }
        }
    }

    fn has_field(&self) -> bool {
        self.field.iter().any(|&h| h != R::ZERO)
    }

    #[inline(always)]
    fn field(&self, site: usize, symbol: u16) -> R {
        let h = at(&self.field, site);
        [-h, h][usize::from(symbol != 0)]
    }
}
