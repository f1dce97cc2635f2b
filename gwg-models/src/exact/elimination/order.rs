//! Orders in which variables are eliminated: the cheapest of several.

use gwg_core::SplitMix64;
use std::collections::BTreeSet;

/// Numbers of sites up to which orders by fill are tried, and of pairs of neighbors.
const MOST_FILL: (usize, usize) = (6000, 2_000_000);
/// Orders of each greedy rule that are tried, which differ in how ties are broken.
const TRIES: u64 = 4;
/// Sites beyond which there is one of each.
const MANY: usize = 20_000;

/// The variables that may be in a table together.
#[derive(Debug)]
pub(super) struct Graph {
    /// The neighbors of each variable, ascending.
    pub(super) neighbors: Vec<Vec<u32>>,
    /// `log2` of the numbers of states.
    pub(super) bits: Vec<f64>,
}

/// An order, and what follows from it; variables are numbered by their places in the order.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    /// The variable at each place.
    pub(super) order: Vec<u32>,
    /// The later variables that a variable's table is over, ascending.
    pub(super) scopes: Vec<Vec<u32>>,
    /// `log2` of the entries of the largest table, and the number of its variables.
    pub(super) bits: f64,
    pub(super) width: usize,
    /// Products of two numbers in one pass.
    pub(super) cost: f64,
}

/// The cheapest order that was found; one whose tables exceed `cap` bits, where none has smaller ones, is given up, and its width so far is the error.
pub(super) fn best(graph: &Graph, cap: f64) -> Found {
    let sites = graph.neighbors.len() as u32;
    let mut found = ordered(graph, (0..sites).collect(), cap);
    found = better(found, graph, breadth_first(graph), cap);
    let pairs: usize = graph
        .neighbors
        .iter()
        .map(|all| all.len() * all.len())
        .sum();
    let fill = graph.neighbors.len() <= MOST_FILL.0 && pairs <= MOST_FILL.1;
    let tries = if graph.neighbors.len() > MANY {
        1
    } else {
        TRIES
    };
    for seed in 0..tries {
        match greedy(graph, false, seed, cap) {
            Some(order) => found = better(found, graph, order, cap),
            // As wide as the orders before: others are hardly narrow enough.
            None if found.is_err() => break,
            None => {}
        }
        if fill && let Some(order) = greedy(graph, true, seed, cap) {
            found = better(found, graph, order, cap);
        }
    }
    found
}

type Found = Result<Ordered, (usize, f64)>;

/// What was found, or another order where it is cheaper.
fn better(found: Found, graph: &Graph, order: Vec<u32>, cap: f64) -> Found {
    let limit = found.as_ref().map_or(cap, |best| best.bits);
    match (found, ordered(graph, order, limit)) {
        (Ok(a), Ok(b)) if b.cost < a.cost => Ok(b),
        (Ok(a), _) => Ok(a),
        (Err(_), Ok(b)) => Ok(b),
        (Err(a), Err(b)) => Err(if b.1 < a.1 { b } else { a }),
    }
}

/// Eliminates symbolically.
fn ordered(graph: &Graph, order: Vec<u32>, cap: f64) -> Found {
    let mut place = vec![0_u32; order.len()];
    for (k, &v) in order.iter().enumerate() {
        place[v as usize] = k as u32;
    }
    let mut scopes: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
    let (mut bits, mut width, mut cost) = (0.0_f64, 0, 0.0);
    for (k, &v) in order.iter().enumerate() {
        let own = graph.neighbors[v as usize]
            .iter()
            .map(|&u| place[u as usize]);
        let mut scope = std::mem::take(&mut scopes[k]);
        scope.extend(own);
        scope.sort_unstable();
        scope.dedup();
        scope.retain(|&u| u > k as u32);
        let size: f64 = scope
            .iter()
            .map(|&u| graph.bits[order[u as usize] as usize])
            .sum();
        if size > bits {
            (bits, width) = (size, scope.len());
        }
        if size > cap {
            return Err((width, size));
        }
        cost += (size + graph.bits[v as usize]).exp2();
        if let Some(&parent) = scope.first() {
            // What the parent inherits is merged when its turn comes.
            scopes[parent as usize].extend_from_slice(&scope[1..]);
        }
        scopes[k] = scope;
    }
    Ok(Ordered {
        order,
        scopes,
        bits,
        width,
        cost,
    })
}

/// By distance from a variable at the end of each component (Cuthill and McKee 1969).
fn breadth_first(graph: &Graph) -> Vec<u32> {
    let mut order = Vec::with_capacity(graph.neighbors.len());
    // The last search that has seen each variable.
    let mut seen = vec![0_u32; graph.neighbors.len()];
    let mut search = 0;
    for v in 0..graph.neighbors.len() {
        if seen[v] > 0 {
            continue;
        }
        let mut all = vec![v as u32];
        for _ in 0..3 {
            search += 1;
            all = layers(
                graph,
                all.last().copied().unwrap_or_default(),
                search,
                &mut seen,
            );
        }
        order.extend(all);
    }
    order
}

fn layers(graph: &Graph, first: u32, search: u32, seen: &mut [u32]) -> Vec<u32> {
    let mut all = vec![first];
    seen[first as usize] = search;
    let mut next = 0;
    while let Some(&v) = all.get(next) {
        next += 1;
        let start = all.len();
        for &u in &graph.neighbors[v as usize] {
            if std::mem::replace(&mut seen[u as usize], search) != search {
                all.push(u);
            }
        }
        all[start..].sort_by_key(|&u| graph.neighbors[u as usize].len());
    }
    all
}

/// The variable of the smallest table next, or of the fewest new pairs of neighbors; `None` where a table exceeds `cap` bits.
fn greedy(graph: &Graph, by_fill: bool, seed: u64, cap: f64) -> Option<Vec<u32>> {
    let mut neighbors = graph.neighbors.clone();
    let table = |all: &[u32]| -> f64 { all.iter().map(|&u| graph.bits[u as usize]).sum() };
    let key = |neighbors: &[Vec<u32>], v: u32| {
        let all = &neighbors[v as usize];
        let tie = if seed == 0 {
            u64::from(v)
        } else {
            SplitMix64::mix(seed ^ SplitMix64::mix(u64::from(v)))
        };
        let main = if by_fill { fill(neighbors, all) } else { 0 };
        (main, (table(all) * 1024.0) as u64, tie, v)
    };
    let mut keys: Vec<_> = (0..neighbors.len() as u32)
        .map(|v| key(&neighbors, v))
        .collect();
    let mut queue: BTreeSet<_> = keys.iter().copied().collect();
    let mut order = Vec::with_capacity(neighbors.len());
    while let Some((.., v)) = queue.pop_first() {
        let own = std::mem::take(&mut neighbors[v as usize]);
        if table(&own) > cap {
            return None;
        }
        order.push(v);
        for &u in &own {
            let all = &mut neighbors[u as usize];
            all.extend_from_slice(&own);
            all.sort_unstable();
            all.dedup();
            all.retain(|&w| w != u && w != v);
        }
        let mut changed = own;
        if by_fill {
            let around: Vec<u32> = changed
                .iter()
                .flat_map(|&u| neighbors[u as usize].iter().copied())
                .collect();
            changed.extend(around);
            changed.sort_unstable();
            changed.dedup();
        }
        for u in changed {
            let new = key(&neighbors, u);
            let old = std::mem::replace(&mut keys[u as usize], new);
            if old != new {
                queue.remove(&old);
                queue.insert(new);
            }
        }
    }
    Some(order)
}

/// Pairs of these variables that are no neighbors.
fn fill(neighbors: &[Vec<u32>], all: &[u32]) -> u64 {
    let mut missing = 0;
    for (k, &u) in all.iter().enumerate() {
        let own = &neighbors[u as usize];
        let mut at = 0;
        for &w in &all[k + 1..] {
            while own.get(at).is_some_and(|&x| x < w) {
                at += 1;
            }
            missing += u64::from(own.get(at) != Some(&w));
        }
    }
    missing
}
