//! Undirected graphs as lists of neighbors.

use super::ColoringError;

/// Neighbors of every vertex, sorted, each once.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    /// Neighbors of `v`: `neighbors[starts[v]..starts[v + 1]]`.
    starts: Vec<u32>,
    neighbors: Vec<u32>,
}

impl Graph {
    pub(super) fn new(edges: &[(usize, usize)], n: usize) -> Result<Self, ColoringError> {
        if edges.len() > (u32::MAX / 2) as usize {
            return Err(ColoringError::Edges { found: edges.len() });
        }
        let mut ends = vec![0; n + 1];
        for &(i, j) in edges {
            if i >= n || j >= n {
                return Err(ColoringError::Vertex {
                    from: i,
                    to: j,
                    vertices: n,
                });
            }
            if i == j {
                return Err(ColoringError::SelfLoop { vertex: i });
            }
            ends[i + 1] += 1;
            ends[j + 1] += 1;
        }
        for v in 0..n {
            ends[v + 1] += ends[v];
        }
        let mut next = ends.clone();
        let mut listed = vec![0; 2 * edges.len()];
        for &(i, j) in edges {
            for (from, to) in [(i, j), (j, i)] {
                listed[next[from] as usize] = to as u32;
                next[from] += 1;
            }
        }
        Ok(Self::distinct(&ends, &mut listed))
    }

    /// Sorts the neighbors of every vertex, and keeps each once.
    fn distinct(ends: &[u32], listed: &mut [u32]) -> Self {
        let mut starts = Vec::with_capacity(ends.len());
        let mut neighbors = Vec::with_capacity(listed.len());
        starts.push(0);
        for range in ends.windows(2) {
            let of_vertex = &mut listed[range[0] as usize..range[1] as usize];
            of_vertex.sort_unstable();
            let first = neighbors.len();
            for &u in of_vertex.iter() {
                if neighbors[first..].last() != Some(&u) {
                    neighbors.push(u);
                }
            }
            starts.push(neighbors.len() as u32);
        }
        Self { starts, neighbors }
    }

    /// The graph on some vertices alone, numbered as they are listed.
    pub(super) fn induced(&self, kept: &[u32]) -> Self {
        let mut number = vec![u32::MAX; self.len()];
        for (new, &old) in (0..).zip(kept) {
            number[old as usize] = new;
        }
        let mut starts = vec![0];
        let mut neighbors = Vec::new();
        for &v in kept {
            let inside = self.neighbors(v as usize).iter();
            let inside = inside.map(|&u| number[u as usize]);
            neighbors.extend(inside.filter(|&u| u != u32::MAX));
            starts.push(neighbors.len() as u32);
        }
        Self { starts, neighbors }
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn edges(&self) -> usize {
        self.neighbors.len() / 2
    }

    #[inline]
    pub(super) fn neighbors(&self, v: usize) -> &[u32] {
        &self.neighbors[self.starts[v] as usize..self.starts[v + 1] as usize]
    }

    /// The number of edges between equal colors.
    pub(super) fn conflicts(&self, x: &[u8]) -> usize {
        let of = |v: usize| {
            let neighbors = self.neighbors(v).iter();
            neighbors
                .filter(|&&u| v < u as usize && x[v] == x[u as usize])
                .count()
        };
        (0..self.len()).map(of).sum()
    }
}
