//! Colorings of a graph: classes of sites without neighbors among each other.

use std::cmp::Reverse;

/// A color for each site that differs from those of its neighbors: greedy, sites with the largest `degree` first
/// (Welsh and Powell 1967), so at most one color more than the largest number of neighbors. Cost:
/// `O(edges + sites log(sites))`.
pub(crate) fn greedy<I: Iterator<Item = usize>>(
    sites: usize,
    degree: impl Fn(usize) -> usize,
    neighbors: impl Fn(usize) -> I,
) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sites).collect();
    order.sort_by_key(|&i| (Reverse(degree(i)), i));
    let mut color = vec![usize::MAX; sites];
    // The last site for which each color was seen among its neighbors.
    let mut seen = Vec::new();
    for i in order {
        for j in neighbors(i) {
            if let Some(by) = seen.get_mut(color[j]) {
                *by = i;
            }
        }
        let free = seen.iter().position(|&by| by != i);
        color[i] = free.unwrap_or(seen.len());
        if free.is_none() {
            seen.push(usize::MAX);
        }
    }
    color
}
