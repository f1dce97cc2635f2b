//! Maximum independent sets, maximum cliques and minimum vertex covers: one local search for vertex covers.

mod graph;
mod local;

use crate::budget::Budget;
use crate::{Search, Sense};
use graph::Graph;
use gwg_core::SplitMix64;
use gwg_models::io::EdgeList;
use local::{Conflicts, Local};

/// Edges of the complement of what is left of a graph, at most: about half a gigabyte.
pub const MOST_COMPLEMENT: u64 = 20_000_000;

/// What is wanted of the vertices of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetKind {
    /// As many as possible, no two of them adjacent.
    Independent,
    /// As many as possible, all of them adjacent.
    Clique,
    /// As few as possible, one at least of each edge.
    Cover,
}

/// The complement of a graph has too many edges: `vertices` of them are left that may be in a larger clique than one found at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyConflicts {
    /// The vertices that are left.
    pub vertices: usize,
    /// The edges of their complement.
    pub edges: u64,
}

/// A set of vertices that is to be large or small. Weights of edges have no meaning in it.
#[derive(Debug)]
pub struct VertexSet {
    kind: SetKind,
    graph: Graph,
    /// Pairs of which at most one vertex is in an independent set, or in a clique.
    conflicts: Conflicts,
    /// The vertices of the conflicts, in the graph.
    vertices: Vec<u32>,
    /// A clique found at first: vertices that are in no larger one are not searched.
    clique: Vec<u32>,
}

impl VertexSet {
    /// A problem. Cost: `O(vertices + edges)`, of cliques also the edges of the complement of the vertices that may be in a clique larger than one found at first: those whose core
    /// number is at least its size.
    ///
    /// # Errors
    /// [`TooManyConflicts`], of cliques in large graphs.
    pub fn new(list: &EdgeList, kind: SetKind) -> Result<Self, TooManyConflicts> {
        let graph = Graph::new(list);
        if kind != SetKind::Clique {
            return Ok(Self {
                kind,
                conflicts: Conflicts::new(graph.sites(), graph.edges().collect()),
                vertices: (0..graph.sites() as u32).collect(),
                clique: Vec::new(),
                graph,
            });
        }
        let (clique, vertices) = graph.clique_and_rest();
        let edges = graph.complement_size(&vertices);
        if edges > MOST_COMPLEMENT {
            let vertices = vertices.len();
            return Err(TooManyConflicts { vertices, edges });
        }
        Ok(Self {
            kind,
            conflicts: Conflicts::new(vertices.len(), graph.complement(&vertices)),
            vertices,
            clique,
            graph,
        })
    }

    /// The solution whose independent set in the conflicts this is.
    fn solution(&self, chosen: &[bool]) -> Vec<u8> {
        let mut x = vec![0; self.graph.sites()];
        for (&v, &is) in self.vertices.iter().zip(chosen) {
            x[v as usize] = u8::from(is != (self.kind == SetKind::Cover));
        }
        x
    }

    /// Reports a set of so many vertices.
    fn report(&self, x: &[u8], found: &mut dyn FnMut(f64, &[u8])) {
        let (value, feasible) = self.value(x);
        if feasible {
            found(value, x);
        }
    }
}

impl Search for VertexSet {
    fn sites(&self) -> usize {
        self.graph.sites()
    }

    fn states(&self) -> usize {
        2
    }

    fn sense(&self) -> Sense {
        match self.kind {
            SetKind::Cover => Sense::Min,
            _ => Sense::Max,
        }
    }

    fn value(&self, x: &[u8]) -> (f64, bool) {
        let count = x.iter().filter(|&&x| x == 1).count();
        let ends = |(i, j): (u32, u32)| usize::from(x[i as usize]) + usize::from(x[j as usize]);
        let mut edges = self.graph.edges().map(ends);
        let feasible = match self.kind {
            SetKind::Independent => edges.all(|ends| ends < 2),
            SetKind::Cover => edges.all(|ends| ends > 0),
            SetKind::Clique => {
                let within = edges.filter(|&ends| ends == 2).count();
                within == count * count.saturating_sub(1) / 2
            }
        };
        (count as f64, feasible)
    }

    fn restart(
        &self,
        seed: u64,
        start: Option<&[u8]>,
        found: &mut dyn FnMut(f64, &[u8]),
        stop: &dyn Fn() -> bool,
    ) {
        let mut random = SplitMix64::new(SplitMix64::mix(seed));
        let mut budget = Budget::new(stop);
        let mut least = 0;
        if self.kind == SetKind::Clique {
            let mut x = vec![0; self.graph.sites()];
            self.clique.iter().for_each(|&v| x[v as usize] = 1);
            self.report(&x, found);
            least = self.clique.len();
        }
        let wanted = |x: &[u8]| {
            let chosen = self.vertices.iter().map(|&v| x[v as usize] == 1);
            chosen
                .map(|is| is != (self.kind == SetKind::Cover))
                .collect::<Vec<_>>()
        };
        let start = start.map(wanted);
        let mut local = Local::new(&self.conflicts, start.as_deref(), &mut random);
        local.run(&mut random, &mut budget, &mut |chosen| {
            // A first clique may be larger than the first that the search finds.
            if self.kind != SetKind::Clique || chosen.iter().filter(|&&is| is).count() > least {
                self.report(&self.solution(chosen), found);
            }
        });
    }

    fn bound(&self) -> Option<f64> {
        let none = self.conflicts.edges() == 0;
        none.then(|| match self.kind {
            SetKind::Cover => 0.0,
            SetKind::Independent => self.graph.sites() as f64,
            SetKind::Clique => self.clique.len().max(self.vertices.len()) as f64,
        })
    }
}
