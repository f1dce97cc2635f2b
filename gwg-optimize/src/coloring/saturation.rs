//! Greedy coloring by saturation (DSATUR).

use std::collections::BinaryHeap;

use gwg_core::Bits;

use super::table::Table;

/// Colors all vertices: next is one whose neighbors have the most colors, among these one of the most uncolored neighbors, then a random one. It
/// takes the first color that none of its neighbors has or, if there is none, a random one of the fewest conflicts.
/// Cost: `O((n + edges) log(edges) + n colors)`.
pub(super) fn color(table: &mut Table<'_>, bits: &mut impl Bits) {
    let graph = table.graph();
    let mut saturation = vec![0_u32; graph.len()];
    let mut uncolored: Vec<u32> = (0..graph.len())
        .map(|v| graph.neighbors(v).len() as u32)
        .collect();
    let mut waiting: BinaryHeap<(u32, u32, u32, u32)> = (0..graph.len())
        .map(|v| (0, uncolored[v], bits.next_u32(), v as u32))
        .collect();
    // A vertex waits once per state that it was in: only its last entry is up to date, and it comes first.
    while let Some((.., v)) = waiting.pop() {
        let v = v as usize;
        if table.is_colored(v) {
            continue;
        }
        let color = first_or_least(table.row(v), bits);
        table.color(v, color);
        for &u in graph.neighbors(v) {
            let u = u as usize;
            uncolored[u] -= 1;
            if !table.is_colored(u) && table.row(u)[color] == 1 {
                saturation[u] += 1;
                waiting.push((saturation[u], uncolored[u], bits.next_u32(), u as u32));
            }
        }
    }
}

/// The first color without a neighbor, or a random one of those with the fewest.
fn first_or_least(row: &[u32], bits: &mut impl Bits) -> usize {
    let least = row.iter().copied().min().unwrap_or(0);
    let mut ties = (0..row.len()).filter(|&color| row[color] == least);
    let skipped = if least == 0 {
        0
    } else {
        bits.below(ties.clone().count())
    };
    ties.nth(skipped).unwrap_or(0)
}
