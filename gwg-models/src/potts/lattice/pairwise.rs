use super::LatticePotts;
use gwg_core::Real;
use gwg_core::target::Pairwise;

/// `theta` counts twice, with either sign: a bond has `J = 4 theta`.
impl<R: Real> Pairwise for LatticePotts<R> {
    fn coupling_magnitude(&self) -> Option<R> {
        Some(self.bond().abs())
    }

    fn bonds(&self) -> usize {
        self.torus.bonds()
    }

    fn repels(&self) -> bool {
        self.theta < R::ZERO
    }

    #[inline(always)]
    fn each_bond(&self, mut visit: impl FnMut(usize, usize, R)) {
        let bond = self.bond();
        self.torus.each_bond(|i, j| visit(i, j, bond));
    }

    #[inline(always)]
    fn each_neighbor(&self, site: usize, mut visit: impl FnMut(usize, R)) {
        let bond = self.bond();
        self.torus.neighbors(site, |j| visit(j, bond));
    }

    fn has_field(&self) -> bool {
        false
    }

    #[inline(always)]
    fn field(&self, _: usize, _: u16) -> R {
        R::ZERO
    }
}
