//! Hypercubic lattices with periodic boundaries, shared by the Ising, Potts and ordinal models.

use crate::ModelError;
use gwg_core::space::hamming;

/// The largest number of dimensions.
const MAX_DIMS: usize = 4;

/// A torus of `side^dims` sites; site `c_0 + side c_1 + side^2 c_2 + ..` has coordinates `c`.
///
/// Neighbors are computed, not looked up, because a table would be larger than the spins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Torus {
    dims: usize,
    side: u32,
    sites: u32,
    /// `side^k`.
    strides: [u32; MAX_DIMS],
}

impl Torus {
    pub(crate) fn new(dims: usize, side: usize) -> Result<Self, ModelError> {
        if !(1..=MAX_DIMS).contains(&dims) {
            return Err(ModelError::Parameter {
                name: "dims",
                found: dims.to_string(),
                allowed: "1 to 4",
            });
        }
        if side < 3 {
            return Err(ModelError::Parameter {
                name: "side",
                found: side.to_string(),
                allowed: "3 or more (a torus of side 2 doubles its bonds, one of side 1 couples a site to itself)",
            });
        }
        let too_large = || ModelError::Parameter {
            name: "side",
            found: side.to_string(),
            allowed: "at most 4294967295 sites in total (side^dims)",
        };
        let side = u32::try_from(side).map_err(|_| too_large())?;
        let mut strides = [0; MAX_DIMS];
        let mut sites = 1u32;
        for stride in strides.iter_mut().take(dims) {
            *stride = sites;
            sites = sites.checked_mul(side).ok_or_else(too_large)?;
        }
        Ok(Self {
            dims,
            side,
            sites,
            strides,
        })
    }

    pub(crate) const fn dims(&self) -> usize {
        self.dims
    }

    pub(crate) const fn side(&self) -> usize {
        self.side as usize
    }

    pub(crate) const fn sites(&self) -> usize {
        self.sites as usize
    }

    /// The number of neighbors of each site.
    pub(crate) const fn degree(&self) -> usize {
        2 * self.dims
    }

    /// The number of bonds.
    pub(crate) const fn bonds(&self) -> usize {
        self.dims() * self.sites()
    }

    /// Calls `visit(i, j)` for every bond, row by row: along the row, then with the rows before it and, at an edge, across the boundary.
    #[inline(always)]
    pub(crate) fn each_bond(&self, mut visit: impl FnMut(usize, usize)) {
        let (side, last) = (self.side(), self.side() - 1);
        for row in 0..self.sites() / side {
            let start = row * side;
            for site in start + 1..start + side {
                visit(site, site - 1);
            }
            visit(start + last, start);
            for stride in self.strides.iter().take(self.dims()).skip(1) {
                let stride = *stride as usize;
                let coordinate = start / stride % side;
                for (crosses, back) in [
                    (coordinate > 0, stride),
                    (coordinate == last, last * stride),
                ] {
                    for site in start..start + if crosses { side } else { 0 } {
                        visit(site, site.wrapping_sub(back));
                    }
                }
            }
        }
    }

    /// The number of bonds between sites of unlike symbols.
    ///
    /// Row by row and plane by plane, in loops that vectorize: some hundred times faster than site by site.
    pub(crate) fn unlike(&self, x: &[u8]) -> usize {
        let along = |stride: &u32| {
            let stride = *stride as usize;
            let rows = x.chunks_exact(stride * self.side());
            let of = |row: &[u8]| {
                let (first, last) = (&row[..stride], &row[row.len() - stride..]);
                hamming(&row[stride..], row) + hamming(first, last)
            };
            rows.map(of).sum::<usize>()
        };
        self.strides[..self.dims].iter().map(along).sum()
    }

    /// Calls `visit` with the lower and the upper neighbors of `site < sites()`, in the order of sites except for the
    /// periodic ones.
    #[inline(always)]
    pub(crate) fn around<V>(&self, site: usize, visit: impl FnOnce(&[u32], &[u32]) -> V) -> V {
        // Straight-line code for each number of dimensions.
        match self.dims {
            1 => self.around_in::<1, V>(site, visit),
            2 => self.around_in::<2, V>(site, visit),
            3 => self.around_in::<3, V>(site, visit),
            _ => self.around_in::<4, V>(site, visit),
        }
    }

    #[inline(always)]
    fn around_in<const DIMS: usize, V>(
        &self,
        site: usize,
        visit: impl FnOnce(&[u32], &[u32]) -> V,
    ) -> V {
        let site = site as u32;
        let (mut down, mut up) = ([0; DIMS], [0; DIMS]);
        let mut rest = site;
        for k in 0..DIMS {
            let last = k + 1 == DIMS;
            // The highest coordinate is the remaining quotient: a square lattice divides once.
            let next = if last { 0 } else { rest / self.side };
            let coordinate = if last { rest } else { rest - next * self.side };
            rest = next;
            let stride = self.strides[k];
            let span = (self.side - 1).wrapping_mul(stride);
            // Wrapping arithmetic, for a site that does not exist; otherwise nothing wraps.
            up[k] = if coordinate == self.side - 1 {
                site.wrapping_sub(span)
            } else {
                site.wrapping_add(stride)
            };
            down[DIMS - 1 - k] = if coordinate == 0 {
                site.wrapping_add(span)
            } else {
                site.wrapping_sub(stride)
            };
        }
        visit(&down, &up)
    }

    /// Calls `visit` with each neighbor of `site < sites()`, once.
    #[inline(always)]
    pub(crate) fn neighbors(&self, site: usize, mut visit: impl FnMut(usize)) {
        self.around(site, |down, up| {
            // Two loops, of as many turns each as there are dimensions: of a chain the compiler makes branches.
            for &j in down {
                visit(j as usize);
            }
            for &j in up {
                visit(j as usize);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From coordinates, by definition.
    fn by_definition(dims: usize, side: usize, site: usize) -> Vec<usize> {
        let coordinates: Vec<usize> = (0..dims)
            .map(|k| site / side.pow(k as u32) % side)
            .collect();
        let mut found = Vec::new();
        for k in 0..dims {
            for step in [1, side - 1] {
                let mut c = coordinates.clone();
                c[k] = (c[k] + step) % side;
                found.push((0..dims).map(|k| c[k] * side.pow(k as u32)).sum());
            }
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn neighbors_differ_by_one_in_one_coordinate() {
        for dims in 1..=4 {
            for side in [3, 4, 7] {
                let torus = Torus::new(dims, side).unwrap();
                assert_eq!(torus.sites(), side.pow(dims as u32));
                for site in 0..torus.sites() {
                    let mut found = Vec::new();
                    torus.neighbors(site, |j| found.push(j));
                    let inside = found.iter().all(|&j| j > site) || found.iter().any(|&j| j < site);
                    assert!(inside);
                    found.sort_unstable();
                    assert_eq!(
                        found,
                        by_definition(dims, side, site),
                        "{dims} {side} {site}"
                    );
                    found.dedup();
                    assert_eq!(found.len(), torus.degree());
                }
            }
        }
    }

    #[test]
    fn bonds_are_those_of_the_neighbors_once_each() {
        for (dims, side) in [(1, 3), (1, 5), (2, 3), (2, 6), (3, 4), (4, 3)] {
            let torus = Torus::new(dims, side).unwrap();
            let mut found = Vec::new();
            torus.each_bond(|i, j| found.push((i.min(j), i.max(j))));
            assert_eq!(found.len(), torus.bonds());
            found.sort_unstable();
            let mut needed = Vec::new();
            for i in 0..torus.sites() {
                torus.neighbors(i, |j| needed.extend((i < j).then_some((i, j))));
            }
            needed.sort_unstable();
            assert_eq!(found, needed, "{dims} {side}");
        }
    }

    #[test]
    fn unlike_bonds_are_those_of_the_neighbors() {
        for (dims, side) in [(1, 5), (2, 3), (2, 40), (3, 4), (4, 3)] {
            let torus = Torus::new(dims, side).unwrap();
            let x: Vec<u8> = (0..torus.sites())
                .map(|i| (i * i * 7 % 11 % 2) as u8)
                .collect();
            let mut twice = 0;
            for i in 0..x.len() {
                torus.neighbors(i, |j| twice += usize::from(x[i] != x[j]));
            }
            assert_eq!(2 * torus.unlike(&x), twice, "{dims} {side}");
        }
    }

    #[test]
    fn inner_sites_are_visited_in_ascending_order() {
        let torus = Torus::new(3, 5).unwrap();
        let site = 2 + 5 * 2 + 25 * 2;
        torus.around(site, |down, up| {
            let order: Vec<u32> = down
                .iter()
                .chain(&[site as u32])
                .chain(up)
                .copied()
                .collect();
            assert!(order.is_sorted(), "{order:?}");
        });
    }

    #[test]
    fn sizes_are_checked() {
        let message = |dims, side| Torus::new(dims, side).unwrap_err().to_string();
        assert!(message(0, 3).starts_with("`dims`: found 0, allowed is 1 to 4"));
        assert!(message(5, 3).starts_with("`dims`: found 5"));
        assert!(message(2, 2).starts_with("`side`: found 2, allowed is 3 or more"));
        assert!(message(2, 65_536).contains("at most 4294967295 sites"));
        assert!(message(4, usize::MAX).contains("at most 4294967295 sites"));
        assert!(Torus::new(2, 65_535).is_ok());
    }
}
