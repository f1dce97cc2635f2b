//! Vertices that any coloring of the others extends to.

use super::graph::Graph;

/// A graph without its vertices of fewer neighbors than colors, removed again and again. A coloring of the core with the fewest conflicts
/// extends to one of the graph with as few.
#[derive(Clone, Debug)]
pub(super) struct Peeled {
    core: Graph,
    colors: usize,
    /// The vertices of the core, by their number in it.
    kept: Vec<u32>,
    /// The removed vertices, in the order of removal, and the neighbors of each that were left then.
    removed: Vec<u32>,
    starts: Vec<u32>,
    left: Vec<u32>,
}

impl Peeled {
    pub(super) fn new(graph: &Graph, colors: usize) -> Self {
        let mut degrees: Vec<usize> = (0..graph.len()).map(|v| graph.neighbors(v).len()).collect();
        let mut is_removed = vec![false; graph.len()];
        let easy = |&v: &u32| degrees[v as usize] < colors;
        let mut waiting: Vec<u32> = (0..graph.len() as u32).filter(easy).collect();
        let (mut removed, mut starts, mut left) = (Vec::new(), vec![0], Vec::new());
        while let Some(v) = waiting.pop() {
            is_removed[v as usize] = true;
            removed.push(v);
            for &u in graph.neighbors(v as usize) {
                if is_removed[u as usize] {
                    continue;
                }
                left.push(u);
                degrees[u as usize] -= 1;
                // Its number of neighbors falls below the number of colors once.
                if degrees[u as usize] + 1 == colors {
                    waiting.push(u);
                }
            }
            starts.push(left.len() as u32);
        }
        let kept = (0..graph.len() as u32).filter(|&v| !is_removed[v as usize]);
        let kept: Vec<u32> = kept.collect();
        Self {
            core: graph.induced(&kept),
            colors,
            kept,
            removed,
            starts,
            left,
        }
    }

    pub(super) fn core(&self) -> &Graph {
        &self.core
    }

    /// The colors of the core's vertices; 0 for those that `x` does not have.
    pub(super) fn project(&self, x: &[u8]) -> Vec<u8> {
        let color = |&v: &u32| x.get(v as usize).copied().unwrap_or(0);
        self.kept.iter().map(color).collect()
    }

    /// Colors the whole graph without a further conflict: the vertices that were removed last come first.
    pub(super) fn extend(&self, core: &[u8], x: &mut [u8]) {
        for (&v, &color) in self.kept.iter().zip(core) {
            x[v as usize] = color;
        }
        let mut last = vec![u32::MAX; self.colors];
        for (place, &v) in self.removed.iter().enumerate().rev() {
            for &u in &self.left[self.starts[place] as usize..self.starts[place + 1] as usize] {
                last[usize::from(x[u as usize])] = v;
            }
            // Fewer neighbors than colors: one is free.
            let free = last.iter().position(|&used_by| used_by != v);
            x[v as usize] = free.unwrap_or(0) as u8;
        }
    }
}
