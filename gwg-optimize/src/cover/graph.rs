//! Graphs without weights: neighbors in rows, core numbers, complements.

use gwg_models::io::EdgeList;

/// A graph, the neighbors of each vertex in order.
#[derive(Debug)]
pub(super) struct Graph {
    starts: Vec<usize>,
    neighbors: Vec<u32>,
}

impl Graph {
    pub(super) fn new(list: &EdgeList) -> Self {
        let mut starts = vec![0; list.sites + 1];
        for &(i, j, _) in &list.edges {
            starts[i + 1] += 1;
            starts[j + 1] += 1;
        }
        for i in 0..list.sites {
            starts[i + 1] += starts[i];
        }
        let mut places = starts.clone();
        let mut neighbors = vec![0; 2 * list.edges.len()];
        for &(i, j, _) in &list.edges {
            for (a, b) in [(i, j), (j, i)] {
                neighbors[places[a]] = b as u32;
                places[a] += 1;
            }
        }
        for i in 0..list.sites {
            neighbors[starts[i]..starts[i + 1]].sort_unstable();
        }
        Self { starts, neighbors }
    }

    pub(super) const fn sites(&self) -> usize {
        self.starts.len() - 1
    }

    fn neighbors(&self, i: usize) -> &[u32] {
        &self.neighbors[self.starts[i]..self.starts[i + 1]]
    }

    /// Each edge once.
    pub(super) fn edges(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.sites() as u32).flat_map(|i| {
            let around = self.neighbors(i as usize).iter();
            around.filter(move |&&j| i < j).map(move |&j| (i, j))
        })
    }

    /// A clique, and the vertices that may be in a larger one: those whose core number is at least its size.
    pub(super) fn clique_and_rest(&self) -> (Vec<u32>, Vec<u32>) {
        let (order, cores) = self.cores();
        // Of the vertices that are removed last, those adjacent to all that are taken.
        let mut clique: Vec<u32> = Vec::new();
        for &v in order.iter().rev() {
            let around = self.neighbors(v as usize);
            if clique.iter().all(|u| around.binary_search(u).is_ok()) {
                clique.push(v);
            }
        }
        let least = clique.len();
        let rest = (0..self.sites() as u32).filter(|&v| cores[v as usize] >= least);
        let rest = rest.collect();
        (clique, rest)
    }

    /// The vertices in the order in which one of the least degree is removed, and the largest least degree up to then.
    fn cores(&self) -> (Vec<u32>, Vec<usize>) {
        let sites = self.sites();
        let mut degrees: Vec<usize> = (0..sites).map(|i| self.neighbors(i).len()).collect();
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); degrees.iter().max().map_or(1, |d| d + 1)];
        for (i, &degree) in degrees.iter().enumerate() {
            rows[degree].push(i as u32);
        }
        let mut order = Vec::with_capacity(sites);
        let mut cores = vec![usize::MAX; sites];
        let (mut least, mut core) = (0, 0);
        while order.len() < sites {
            let Some(v) = rows[least].pop() else {
                least += 1;
                continue;
            };
            // Left behind in a row when its degree fell.
            if cores[v as usize] != usize::MAX || degrees[v as usize] != least {
                continue;
            }
            core = core.max(least);
            cores[v as usize] = core;
            order.push(v);
            for &j in self.neighbors(v as usize) {
                if cores[j as usize] == usize::MAX {
                    degrees[j as usize] -= 1;
                    rows[degrees[j as usize]].push(j);
                    least = least.min(degrees[j as usize]);
                }
            }
        }
        (order, cores)
    }

    /// The number of pairs of these vertices that are no edge.
    pub(super) fn complement_size(&self, vertices: &[u32]) -> u64 {
        let mut chosen = vec![false; self.sites()];
        vertices.iter().for_each(|&v| chosen[v as usize] = true);
        let within = |(i, j): &(u32, u32)| chosen[*i as usize] && chosen[*j as usize];
        let edges = self.edges().filter(within).count() as u64;
        let k = vertices.len() as u64;
        k * k.saturating_sub(1) / 2 - edges
    }

    /// The pairs of these vertices, by their places, that are no edge.
    pub(super) fn complement(&self, vertices: &[u32]) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for (a, &i) in vertices.iter().enumerate() {
            let mut around = self.neighbors(i as usize).iter().peekable();
            for (b, &j) in vertices.iter().enumerate().skip(a + 1) {
                while around.next_if(|&&k| k < j).is_some() {}
                if around.peek() != Some(&&j) {
                    pairs.push((a as u32, b as u32));
                }
            }
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A triangle 0 1 2 with a tail 2 3 4.
    fn graph() -> Graph {
        let edges = [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4)];
        Graph::new(&EdgeList {
            sites: 6,
            edges: edges.map(|(i, j)| (j, i, 1.0)).to_vec(),
            fields: Vec::new(),
        })
    }

    #[test]
    fn cores_are_peeled() {
        let (order, cores) = graph().cores();
        assert_eq!(cores, [2, 2, 2, 1, 1, 0]);
        assert_eq!(order.len(), 6);
        let (clique, rest) = graph().clique_and_rest();
        assert_eq!((clique.len(), rest.len()), (3, 0));
    }

    #[test]
    fn complements_have_the_other_pairs() {
        let graph = graph();
        let vertices = [0, 2, 3, 5];
        let pairs = graph.complement(&vertices);
        assert_eq!(pairs, [(0, 2), (0, 3), (1, 3), (2, 3)]);
        assert_eq!(graph.complement_size(&vertices), 4);
        assert_eq!(graph.edges().count(), 5);
    }
}
