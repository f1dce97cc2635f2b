//! Graphs of nodes with unknown classes.

use super::{GraphError, PairFault};
use crate::saved::fnv;
use gwg_chains::generator;
use gwg_core::Bits;

/// The entry of an adjacency matrix for a pair of which it is not known whether it is an edge.
pub const MISSING: u8 = 2;

/// An undirected graph without self-loops: every pair of nodes is an edge, no edge, or missing, that is not known.
///
/// # Memory
/// 8 bytes per edge and per missing pair, and 16 per node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockGraph {
    edges: Neighbors,
    missing: Neighbors,
}

/// The nodes that each node is paired with, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Neighbors {
    /// Those of node `i` are `ends[starts[i]..starts[i + 1]]`.
    starts: Vec<usize>,
    ends: Vec<u32>,
}

impl BlockGraph {
    /// The graph with these edges and missing pairs; every other pair is known not to be an edge.
    ///
    /// # Cost
    /// `O(n log n)` for `n` pairs.
    ///
    /// # Errors
    /// [`GraphError::Nodes`]; [`GraphError::Pair`] for a node that does not exist, a self-loop, or a pair that is given twice.
    pub fn new(
        nodes: usize,
        edges: &[(usize, usize)],
        missing: &[(usize, usize)],
    ) -> Result<Self, GraphError> {
        if nodes < 2 || u32::try_from(nodes).is_err() {
            return Err(GraphError::Nodes { found: nodes });
        }
        check_pairs(nodes, edges, missing)?;
        Ok(Self {
            edges: Neighbors::new(nodes, edges),
            missing: Neighbors::new(nodes, missing),
        })
    }

    /// The graph of a symmetric matrix of shape (nodes, nodes), row-major, with entries 0, 1 for an edge, and [`MISSING`]. The diagonal is 0, or missing.
    ///
    /// # Errors
    /// [`GraphError`].
    pub fn from_adjacency(nodes: usize, adjacency: &[u8]) -> Result<Self, GraphError> {
        let found = adjacency.len();
        if nodes.checked_mul(nodes) != Some(found) {
            return Err(GraphError::Length { found, nodes });
        }
        let (mut edges, mut missing) = (Vec::new(), Vec::new());
        for (i, row) in adjacency.chunks_exact(nodes.max(1)).enumerate() {
            for (j, &found) in row.iter().enumerate() {
                let mirrored = adjacency[j * nodes + i];
                match found {
                    0 => {}
                    1 if i <= j => edges.push((i, j)),
                    MISSING if i < j => missing.push((i, j)),
                    1 | MISSING => {}
                    _ => return Err(GraphError::Entry { i, j, found }),
                }
                if found != mirrored {
                    return Err(GraphError::Asymmetric {
                        i,
                        j,
                        found,
                        mirrored,
                    });
                }
            }
        }
        Self::new(nodes, &edges, &missing)
    }

    /// A random graph of nodes of these classes: nodes of classes `a <= b` are joined with probability `probability(a, b)`, independently.
    ///
    /// # Errors
    /// [`GraphError::Nodes`].
    pub fn planted(
        classes: &[u8],
        probability: impl Fn(u8, u8) -> f64,
        seed: u64,
    ) -> Result<Self, GraphError> {
        let mut bits = generator(seed, u64::MAX);
        let mut edges = Vec::new();
        for (i, &a) in classes.iter().enumerate() {
            for (j, &b) in classes.iter().enumerate().skip(i + 1) {
                if bits.unit::<f64>() < probability(a.min(b), a.max(b)) {
                    edges.push((i, j));
                }
            }
        }
        Self::new(classes.len(), &edges, &[])
    }

    /// The number of nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.edges.starts.len() - 1
    }

    /// The number of edges.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edges.ends.len() / 2
    }

    /// The number of missing pairs.
    #[must_use]
    pub fn missing_count(&self) -> usize {
        self.missing.ends.len() / 2
    }

    /// The nodes that are joined with a node, ascending; none if there is no such node.
    #[inline(always)]
    pub fn neighbors(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges.of(node)
    }

    /// The nodes whose pair with a node is missing, ascending.
    #[inline(always)]
    pub fn missing(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        self.missing.of(node)
    }

    pub(super) fn checksum(&self) -> u64 {
        let parts = [&self.edges, &self.missing];
        let starts = parts.iter().flat_map(|p| &p.starts).map(|&n| n as u64);
        let ends = parts.iter().flat_map(|p| &p.ends).map(|&n| u64::from(n));
        fnv(starts.chain(ends).flat_map(u64::to_le_bytes))
    }
}

impl Neighbors {
    fn new(nodes: usize, pairs: &[(usize, usize)]) -> Self {
        let both = pairs.iter().flat_map(|&(i, j)| [(i, j), (j, i)]);
        let mut both: Vec<(usize, usize)> = both.collect();
        both.sort_unstable();
        let starts = (0..=nodes).map(|node| both.partition_point(|&(i, _)| i < node));
        Self {
            starts: starts.collect(),
            ends: both.iter().map(|&(_, j)| j as u32).collect(),
        }
    }

    #[inline(always)]
    fn of(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let ends = match self.starts.get(node..) {
            Some(&[start, end, ..]) => self.ends.get(start..end),
            _ => None,
        };
        ends.unwrap_or(&[]).iter().map(|&j| j as usize)
    }
}

/// The names of the two lists in messages.
const LISTS: [&str; 2] = ["edge", "missing pair"];

fn check_pairs(
    nodes: usize,
    edges: &[(usize, usize)],
    missing: &[(usize, usize)],
) -> Result<(), GraphError> {
    let of = |list: usize, pairs: &[(usize, usize)]| {
        let pairs = pairs.iter().enumerate();
        let pairs = pairs.map(move |(index, &(i, j))| (i.min(j), i.max(j), list, index));
        pairs.collect::<Vec<_>>()
    };
    let mut all = [of(0, edges), of(1, missing)].concat();
    let given = |list: usize, index: usize| {
        if list == 0 {
            edges[index]
        } else {
            missing[index]
        }
    };
    let refused = |list: usize, index: usize, fault| {
        let (i, j) = given(list, index);
        Err(GraphError::Pair {
            list: LISTS[list],
            index,
            i,
            j,
            fault,
        })
    };
    for &(i, j, list, index) in &all {
        if j >= nodes {
            return refused(list, index, PairFault::OutOfRange { nodes });
        }
        if i == j {
            return refused(list, index, PairFault::SelfLoop);
        }
    }
    all.sort_unstable();
    let same =
        |pair: &&[(usize, usize, usize, usize)]| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1);
    match all.windows(2).find(same) {
        Some(pair) => {
            let (first, second) = (pair[0], pair[1]);
            let fault = PairFault::Repeated {
                list: LISTS[first.2],
                index: first.3,
            };
            refused(second.2, second.3, fault)
        }
        None => Ok(()),
    }
}
