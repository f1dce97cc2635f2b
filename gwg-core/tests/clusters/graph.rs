//! A graph with couplings of any sign and a field.

use gwg_core::*;

/// `f(x) = sum J_ij [x_i = x_j] + sum_i h_i(x_i)`.
#[derive(Clone)]
pub(crate) struct Graph<R> {
    space: AnySpace<'static>,
    bonds: Vec<(usize, usize, R)>,
    /// A number per site and state; empty without a field.
    field: Vec<R>,
    magnitude: Option<R>,
}

impl<R: Real> Graph<R> {
    pub(crate) fn new(
        space: AnySpace<'static>,
        bonds: &[(usize, usize, f64)],
        field: &[f64],
    ) -> Self {
        let magnitude = bonds.first().map(|bond| bond.2.abs());
        let magnitude = magnitude.filter(|m| bonds.iter().all(|bond| bond.2.abs() == *m));
        Self {
            space,
            bonds: bonds
                .iter()
                .map(|&(i, j, w)| (i, j, R::from_f64(w)))
                .collect(),
            field: field.iter().map(|&h| R::from_f64(h)).collect(),
            magnitude: magnitude.map(R::from_f64),
        }
    }

    /// Spins with couplings `K` and one field.
    pub(crate) fn spins(sites: usize, bonds: &[(usize, usize, f64)], field: &[f64]) -> Self {
        let doubled: Vec<_> = bonds.iter().map(|&(i, j, k)| (i, j, 2.0 * k)).collect();
        let both: Vec<f64> = field.iter().flat_map(|&h| [-h, h]).collect();
        Self::new(Binary::new(sites).into(), &doubled, &both)
    }

    /// Potts states.
    pub(crate) fn states(
        sites: usize,
        q: usize,
        bonds: &[(usize, usize, f64)],
        field: &[f64],
    ) -> Self {
        Self::new(Categorical::new(sites, q).unwrap().into(), bonds, field)
    }
}

/// The bonds of a grid of 2 x 3 sites without periodic boundaries.
pub(crate) fn grid(coupling: f64) -> Vec<(usize, usize, f64)> {
    [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
        .map(|(i, j)| (i, j, coupling))
        .to_vec()
}

/// Numbers between -1 and 1.
pub(crate) fn random(len: usize, seed: u64) -> Vec<f64> {
    let mut bits = SplitMix64::new(seed);
    (0..len).map(|_| 2.0 * bits.unit::<f64>() - 1.0).collect()
}

impl<R: Real> Target for Graph<R> {
    type Real = R;
    type Space = AnySpace<'static>;

    fn space(&self) -> &AnySpace<'static> {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let q = self.space.states();
        let bonds = self.bonds.iter().filter(|(i, j, _)| x[*i] == x[*j]);
        let field = x.iter().enumerate().map(|(i, &a)| {
            let h = self.field.get(i * q + usize::from(a));
            h.map_or(0.0, |h| h.to_f64())
        });
        bonds.map(|bond| bond.2.to_f64()).sum::<f64>() + field.sum::<f64>()
    }
}

impl<R: Real> Delta for Graph<R> {
    fn delta(&self, x: &[u8], _: &[R], mv: Move) -> R {
        let mut y = x.to_vec();
        mv.apply(&mut y);
        R::from_f64(self.log_prob(&y) - self.log_prob(x))
    }
}

impl<R: Real> Pairwise for Graph<R> {
    fn coupling_magnitude(&self) -> Option<R> {
        self.magnitude
    }

    fn bonds(&self) -> usize {
        self.bonds.len()
    }

    fn repels(&self) -> bool {
        self.bonds.iter().any(|bond| bond.2 < R::ZERO)
    }

    fn each_bond(&self, mut visit: impl FnMut(usize, usize, R)) {
        self.bonds.iter().for_each(|&(i, j, w)| visit(i, j, w));
    }

    fn each_neighbor(&self, site: usize, mut visit: impl FnMut(usize, R)) {
        for &(i, j, w) in &self.bonds {
            if i == site {
                visit(j, w);
            } else if j == site {
                visit(i, w);
            }
        }
    }

    fn has_field(&self) -> bool {
        !self.field.is_empty()
    }

    fn field(&self, site: usize, symbol: u16) -> R {
        let place = site * self.space.states() + usize::from(symbol);
        self.field.get(place).copied().unwrap_or(R::ZERO)
    }
}
