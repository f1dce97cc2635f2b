//! The number of neighbors of each vertex in each color.

use super::graph::Graph;
use crate::indexed_set::IndexedSet;

/// Colors of some vertices, and what a change of one costs.
#[derive(Clone, Debug)]
pub(super) struct Table<'g> {
    graph: &'g Graph,
    colors: usize,
    x: Vec<u8>,
    is_colored: Vec<bool>,
    /// The number of neighbors of `v` in color `c`: `counts[v * colors + c]`.
    counts: Vec<u32>,
    /// The vertices with a neighbor of their own color.
    in_conflict: IndexedSet,
    conflicts: usize,
}

impl<'g> Table<'g> {
    /// No vertex is colored.
    pub(super) fn new(graph: &'g Graph, colors: usize) -> Self {
        Self {
            graph,
            colors,
            x: vec![0; graph.len()],
            is_colored: vec![false; graph.len()],
            counts: vec![0; graph.len() * colors],
            in_conflict: IndexedSet::new(graph.len()),
            conflicts: 0,
        }
    }

    pub(super) fn graph(&self) -> &'g Graph {
        self.graph
    }

    pub(super) fn number_of_colors(&self) -> usize {
        self.colors
    }

    pub(super) fn colors(&self) -> &[u8] {
        &self.x
    }

    pub(super) fn is_colored(&self, v: usize) -> bool {
        self.is_colored[v]
    }

    /// The number of edges between equal colors.
    pub(super) fn conflicts(&self) -> usize {
        self.conflicts
    }

    pub(super) fn in_conflict(&self) -> &[u32] {
        self.in_conflict.members()
    }

    /// The number of neighbors of `v` in each color.
    #[inline]
    pub(super) fn row(&self, v: usize) -> &[u32] {
        &self.counts[v * self.colors..(v + 1) * self.colors]
    }

    /// Colors a vertex that has no color yet. Cost: `O(degree)`.
    pub(super) fn color(&mut self, v: usize, color: usize) {
        self.x[v] = color as u8;
        self.is_colored[v] = true;
        self.add(v, color);
    }

    /// Changes the color of a vertex to another one. Cost: `O(degree)`.
    pub(super) fn recolor(&mut self, v: usize, color: usize) {
        let old = usize::from(self.x[v]);
        self.conflicts -= self.row(v)[old] as usize;
        for &u in self.graph.neighbors(v) {
            let u = u as usize;
            let count = &mut self.counts[u * self.colors + old];
            *count -= 1;
            if *count == 0 && usize::from(self.x[u]) == old {
                self.in_conflict.remove(u);
            }
        }
        self.x[v] = color as u8;
        self.add(v, color);
    }

    fn add(&mut self, v: usize, color: usize) {
        for &u in self.graph.neighbors(v) {
            let u = u as usize;
            self.counts[u * self.colors + color] += 1;
            if usize::from(self.x[u]) == color && self.is_colored[u] {
                self.in_conflict.insert(u);
            }
        }
        let conflicts = self.row(v)[color] as usize;
        self.conflicts += conflicts;
        self.in_conflict.set(v, conflicts > 0);
    }
}

#[cfg(test)]
mod tests;
