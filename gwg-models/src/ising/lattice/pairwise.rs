use super::LatticeIsing;
use gwg_core::Real;
use gwg_core::target::Pairwise;

impl<R: Real> LatticeIsing<R> {
    /// `J` of a bond: what two equal neighbors gain against two different ones.
    #[inline(always)]
    fn bond(&self) -> R {
        (R::TWO + R::TWO) * self.theta
    }
}

/// `theta` counts twice: a bond has `K = 2 theta`, and `J = 2 K`.
impl<R: Real> Pairwise for LatticeIsing<R> {
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
        self.bias != R::ZERO
    }

    #[inline(always)]
    fn field(&self, _: usize, symbol: u16) -> R {
        [-self.bias, self.bias][usize::from(symbol != 0)]
    }
}
