//! Classes of sites that are no neighbors of each other.

use std::cmp::Reverse;

/// A color for each site, other than those of its neighbors: greedy, the sites of the largest `degree` first (Welsh and Powell 1967),
/// so at most one more than the most neighbors of a site. `O(edges + sites log(sites))`.
pub(crate) fn greedy<I: Iterator<Item = usize>>(
    sites: usize,
    degree: impl Fn(usize) -> usize,
    neighbors: impl Fn(usize) -> I,
) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sites).collect();
    order.sort_by_key(|&i| (Reverse(degree(i)), i));
    let mut color = vec![usize::MAX; sites];
    // For which site a color was last seen beside it.
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
