//! The order in which a graph is swept.

mod update;

use super::SparseIsing;
use crate::coloring;
use crate::number::symbol;
use gwg_core::Real;

/// The number of parallel accumulators.
const LANES: usize = 4;

/// A site in the order of the sweep.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<R> {
    pub(super) site: u32,
    /// The numbers of its neighbors in earlier classes and in later ones.
    before: u32,
    after: u32,
    field: R,
}

/// The local field of a site.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Feels {
    /// The local field `h_i + 2 sum_j J_ij s_j`.
    pub(super) field: f64,
    /// The part from `h` and from the neighbors that are drawn before: its sum over the sites, times their spins, is
    /// `f`, because it contains each edge once.
    pub(super) settled: f64,
}

/// The sites by class, and their neighbors in the order in which a sweep uses them.
#[derive(Clone, Debug)]
pub(super) struct Schedule<R> {
    /// The number of sites of each class.
    pub(super) classes: Vec<usize>,
    pub(super) rows: Vec<Row<R>>,
    /// Row by row, in each the neighbors in earlier classes first.
    pub(super) neighbors: Vec<(u32, R)>,
}

impl<R: Real> Row<R> {
    /// Takes the row's neighbors off the front of the remaining ones, and returns its local field.
    #[inline(always)]
    pub(super) fn feels(&self, x: &[u8], neighbors: &mut &[(u32, R)]) -> Feels {
        let before = take(neighbors, self.before as usize);
        let after = take(neighbors, self.after as usize);
        let settled = self.field.to_f64() + 2.0 * pull(x, before);
        Feels {
            field: settled + 2.0 * pull(x, after),
            settled,
        }
    }
}

#[inline(always)]
fn take<'n, E>(from: &mut &'n [E], count: usize) -> &'n [E] {
    let (front, rest) = from.split_at_checked(count).unwrap_or((&[], &[]));
    *from = rest;
    front
}

/// `sum_j J_ij s_j` over some neighbors.
#[inline(always)]
fn pull<R: Real>(x: &[u8], neighbors: &[(u32, R)]) -> f64 {
    let of = |&(j, weight): &(u32, R)| {
        // From a table, without a branch, which would be unpredictable.
        let spins = [-1.0, 1.0];
        weight.to_f64() * spins[usize::from(symbol(x, j as usize) & 1)]
    };
    let (groups, rest) = neighbors.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for group in groups {
        for (sum, neighbor) in sums.iter_mut().zip(group) {
            *sum += of(neighbor);
        }
    }
    let [a, b, c, d] = sums;
    rest.iter().fold((a + b) + (c + d), |sum, n| sum + of(n))
}

impl<R: Real> Schedule<R> {
    pub(super) fn new(model: &SparseIsing<R>) -> Self {
        let color = colors(model);
        let mut order: Vec<usize> = (0..color.len()).collect();
        order.sort_by_key(|&i| (color[i], model.row(i).len(), i));
        let mut classes = vec![0; color.iter().max().map_or(0, |&c| c + 1)];
        let mut rows = Vec::with_capacity(order.len());
        let mut neighbors = Vec::with_capacity(2 * model.edge_count());
        for i in order {
            classes[color[i]] += 1;
            let start = neighbors.len();
            let coupled = || coupled(model, i).map(|(j, weight)| (j as u32, weight));
            neighbors.extend(coupled().filter(|&(j, _)| color[j as usize] < color[i]));
            let middle = neighbors.len();
            neighbors.extend(coupled().filter(|&(j, _)| color[j as usize] > color[i]));
            rows.push(Row {
                site: i as u32,
                before: (middle - start) as u32,
                after: (neighbors.len() - middle) as u32,
                field: model.field[i],
            });
        }
        Self {
            classes,
            rows,
            neighbors,
        }
    }
}

/// The neighbors of a site with a nonzero weight.
fn coupled<R: Real>(model: &SparseIsing<R>, site: usize) -> impl Iterator<Item = (usize, R)> + '_ {
    model.neighbors(site).filter(|&(_, w)| w != R::ZERO)
}

fn colors<R: Real>(model: &SparseIsing<R>) -> Vec<usize> {
    let degree = |i| model.row(i).len();
    let neighbors = |i| coupled(model, i).map(|(j, _)| j);
    coloring::greedy(model.field.len(), degree, neighbors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(model: &SparseIsing<f64>) -> usize {
        let color = colors(model);
        for (i, j, _) in model.edges() {
            assert_ne!(color[i], color[j], "{i} {j}");
        }
        let schedule = Schedule::new(model);
        assert!(schedule.classes.iter().all(|&sites| sites > 0));
        let mut sites: Vec<u32> = schedule.rows.iter().map(|row| row.site).collect();
        sites.sort_unstable();
        assert!(sites.iter().copied().eq(0..model.field.len() as u32));
        assert_eq!(schedule.neighbors.len(), 2 * model.edge_count());
        schedule.classes.len()
    }

    #[test]
    fn neighbors_have_different_colors() {
        for seed in 0..20 {
            let model = SparseIsing::erdos_renyi(60, 1.0 + seed as f64, seed).unwrap();
            let most = (0..60).map(|i| model.neighbors(i).count()).max().unwrap();
            assert!(check(&model) <= most + 1);
        }
    }

    #[test]
    fn easy_graphs_take_the_fewest_colors() {
        let of = |sites, edges: &[(usize, usize)]| {
            let edges: Vec<_> = edges.iter().map(|&(i, j)| (i, j, 0.5)).collect();
            check(&SparseIsing::new(sites, &edges, None).unwrap())
        };
        assert_eq!(of(3, &[]), 1);
        assert_eq!(of(4, &[(3, 0), (3, 1), (3, 2)]), 2);
        assert_eq!(of(3, &[(0, 1), (1, 2), (2, 0)]), 3);
    }

    #[test]
    fn edges_of_weight_zero_are_ignored() {
        let model = SparseIsing::new(2, &[(0, 1, 0.0)], None).unwrap();
        assert_eq!(Schedule::<f64>::new(&model).classes, [2]);
    }
}
