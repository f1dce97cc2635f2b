//! Graph coloring: a color for each vertex, with as few edges between equal colors as possible.
//!
//! A state with conflicts is one of the antiferromagnetic Potts model `f = -sum over edges of [x_i = x_j]`; a coloring is proper if `f = 0`. No
//! penalty constant is needed.
//!
//! The search removes what is colored easily (vertices of fewer neighbors than colors, again and again), colors the rest greedily by saturation
//! (D. Brélaz, "New methods to color the vertices of a graph", CACM 22, 1979) and repairs it by tabu search (A. Hertz and D. de Werra, "Using tabu search
//! techniques for graph coloring", Computing 39, 1987; tenure of P. Galinier and J.-K. Hao, "Hybrid evolutionary algorithms for graph coloring",
//! J. Comb. Optim. 3, 1999).
//!
//! ```
//! use gwg_optimize::{Coloring, Search};
//!
//! let pentagon = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)];
//! let problem = Coloring::from_graph(&pentagon, 5, 3)?;
//! let mut best = f64::INFINITY;
//! problem.restart(1, None, &mut |value, x| {
//!     best = value;
//!     assert_eq!(problem.value(x), (value, true));
//! }, &|| true);
//! assert_eq!(best, 0.0);
//! # Ok::<(), gwg_optimize::coloring::ColoringError>(())
//! ```

mod graph;
mod peel;
mod read;
mod saturation;
mod table;
mod tabu;

use gwg_core::SplitMix64;

use crate::search::{Search, Sense};
use graph::Graph;
use peel::Peeled;
use table::Table;
use tabu::Tabu;

pub use read::{ColoringFault, ColoringFileError, read_coloring};

/// The most cells of a table of vertices and colors: 1 GiB of memory at 4 bytes each.
const MAX_CELLS: usize = 1 << 28;

/// The number of moves between two calls of `stop`.
const MOVES: u32 = 1024;

/// A graph and a number of colors. The value of a state is its number of conflicts, edges between equal colors; every state is feasible.
#[derive(Clone, Debug)]
pub struct Coloring {
    graph: Graph,
    colors: usize,
    peeled: Peeled,
}

/// Why a graph cannot be colored here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColoringError {
    /// A number of colors that a byte does not number.
    #[error("colors: found {found}, allowed are 1 to 256")]
    Colors {
        /// The number of colors.
        found: usize,
    },
    /// A table of vertices and colors that is too large.
    #[error(
        "{vertices} vertices with {colors} colors: allowed are at most {MAX_CELLS} pairs of a vertex and a color; use fewer colors or a smaller graph"
    )]
    Size {
        /// The number of vertices.
        vertices: usize,
        /// The number of colors.
        colors: usize,
    },
    /// An edge to a vertex that does not exist.
    #[error("edge {from} {to}: vertices are numbered from 0 to {}", vertices.saturating_sub(1))]
    Vertex {
        /// One end, from 0.
        from: usize,
        /// The other end, from 0.
        to: usize,
        /// The number of vertices.
        vertices: usize,
    },
    /// An edge from a vertex to itself, which is a conflict in every coloring.
    #[error("edge {vertex} {vertex}: a vertex has its own color; remove the edge")]
    SelfLoop {
        /// The vertex, from 0.
        vertex: usize,
    },
    /// More edges than are numbered.
    #[error("{found} edges: allowed are at most {}", u32::MAX / 2)]
    Edges {
        /// The number of edges.
        found: usize,
    },
}

impl Coloring {
    /// Creates the problem of coloring `n` vertices, numbered from 0, with `colors` colors. An edge that is listed twice, in either direction, counts
    /// once. Cost: `O(n + edges log degree)`.
    ///
    /// # Errors
    /// A vertex that is not below `n`, an edge from a vertex to itself, no color or more than 256, more than `2^28` pairs of a vertex and a color.
    pub fn from_graph(
        edges: &[(usize, usize)],
        n: usize,
        colors: usize,
    ) -> Result<Self, ColoringError> {
        if !(1..=256).contains(&colors) {
            return Err(ColoringError::Colors { found: colors });
        }
        if n.checked_mul(colors).is_none_or(|cells| cells > MAX_CELLS) {
            return Err(ColoringError::Size {
                vertices: n,
                colors,
            });
        }
        let graph = Graph::new(edges, n)?;
        let peeled = Peeled::new(&graph, colors);
        Ok(Self {
            graph,
            colors,
            peeled,
        })
    }

    /// The number of colors.
    #[must_use]
    pub fn colors(&self) -> usize {
        self.colors
    }

    /// The number of edges, each pair of vertices once.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.graph.edges()
    }

    /// The number of vertices that the search colors; the others have fewer neighbors than colors once earlier ones of them are removed.
    #[must_use]
    pub fn core(&self) -> usize {
        self.peeled.core().len()
    }

    /// The number of edges between equal colors. Cost: `O(edges)`.
    #[must_use]
    pub fn conflicts(&self, x: &[u8]) -> usize {
        self.graph.conflicts(x)
    }

    /// True if no edge is between equal colors.
    #[must_use]
    pub fn proper(&self, x: &[u8]) -> bool {
        self.conflicts(x) == 0
    }

    /// The table of a start: greedy, or given.
    fn begin(&self, start: Option<&[u8]>, bits: &mut SplitMix64) -> Table<'_> {
        let mut table = Table::new(self.peeled.core(), self.colors);
        match start {
            None => saturation::color(&mut table, bits),
            Some(x) => {
                for (v, &color) in self.peeled.project(x).iter().enumerate() {
                    // A start may be of a problem with more colors.
                    table.color(v, usize::from(color) % self.colors);
                }
            }
        }
        table
    }
}

impl Search for Coloring {
    fn sites(&self) -> usize {
        self.graph.len()
    }

    fn states(&self) -> usize {
        self.colors
    }

    fn sense(&self) -> Sense {
        Sense::Min
    }

    /// A proper coloring has no conflicts.
    fn bound(&self) -> Option<f64> {
        Some(0.0)
    }

    fn value(&self, x: &[u8]) -> (f64, bool) {
        (self.conflicts(x) as f64, true)
    }

    /// Ends at a proper coloring, too. A move costs `O(degree)` for the table of colors next to vertices, and `O(colors)` per vertex in
    /// conflict for its choice. Memory: 12 bytes per pair of a vertex and a color.
    fn restart(
        &self,
        seed: u64,
        start: Option<&[u8]>,
        found: &mut dyn FnMut(f64, &[u8]),
        stop: &dyn Fn() -> bool,
    ) {
        let mut bits = SplitMix64::new(SplitMix64::mix(seed));
        let mut x = vec![0; self.graph.len()];
        let mut tabu = Tabu::new(self.begin(start, &mut bits));
        let mut best = usize::MAX;
        let mut report = |table: &Table<'_>| {
            if table.conflicts() < best {
                best = table.conflicts();
                self.peeled.extend(table.colors(), &mut x);
                found(best as f64, &x);
            }
        };
        report(tabu.table());
        loop {
            for _ in 0..MOVES {
                if tabu.table().conflicts() == 0 || self.colors == 1 {
                    return;
                }
                tabu.step(&mut bits);
                report(tabu.table());
            }
            if stop() {
                return;
            }
        }
    }
}
