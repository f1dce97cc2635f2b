use super::FactorGraph;
use crate::number::at;
use gwg_core::target::Pairwise;
use gwg_core::{Real, Space};

/// If all factors are one number for equal symbols, and all sites have the same number of states: a Potts model on a graph.
impl<R: Real> Pairwise for FactorGraph<R> {
    fn is_pairwise(&self) -> bool {
        let states = self.space.states();
        self.edges.iter().all(|edge| edge.row == 0)
            && (0..self.space.sites()).all(|site| self.space.states_at(site) == states)
    }

    fn coupling_magnitude(&self) -> Option<R> {
        None
    }

    fn bonds(&self) -> usize {
        self.edges.len()
    }

    fn repels(&self) -> bool {
        self.tables.iter().any(|&coupling| coupling < R::ZERO)
    }

    #[inline(always)]
    fn each_bond(&self, mut visit: impl FnMut(usize, usize, R)) {
        for edge in &self.edges {
            let (i, j) = edge.sites;
            visit(i as usize, j as usize, at(&self.tables, edge.start));
        }
    }

    #[inline(always)]
    fn each_neighbor(&self, site: usize, mut visit: impl FnMut(usize, R)) {
        for end in self.ends(site) {
            visit(end.neighbor as usize, at(&self.tables, end.start));
        }
    }

    fn has_field(&self) -> bool {
        true
    }

    #[inline(always)]
    fn field(&self, site: usize, symbol: u16) -> R {
        at(&self.field, self.index(site, symbol))
    }
}
