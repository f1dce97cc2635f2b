//! Local search for small vertex covers: NuMVC.
//!
//! Source: Cai, Su, Luo, Sattar (2013), NuMVC: an efficient local search algorithm for minimum vertex cover; vertices are sampled as in FastVC (Cai 2015)
//! where there are many.

use crate::budget::Budget;
use gwg_core::{Bits, SplitMix64};

/// The mean weight of an edge, per vertex, at which weights are forgotten, and the share that stays.
const FORGET: f64 = 0.5;
const KEPT: f64 = 0.3;
/// Up to so many vertices of the cover are all looked at, of more a sample.
const LOOK: usize = 4000;
const SAMPLE: usize = 50;

/// Pairs of vertices that are not both in an independent set.
#[derive(Debug)]
pub(super) struct Conflicts {
    sites: usize,
    edges: Vec<(u32, u32)>,
    starts: Vec<usize>,
    /// The other vertex and the number of each edge.
    around: Vec<(u32, u32)>,
}

impl Conflicts {
    pub(super) fn new(sites: usize, edges: Vec<(u32, u32)>) -> Self {
        let mut starts = vec![0; sites + 1];
        for &(i, j) in &edges {
            starts[i as usize + 1] += 1;
            starts[j as usize + 1] += 1;
        }
        for i in 0..sites {
            starts[i + 1] += starts[i];
        }
        let mut places = starts.clone();
        let mut around = vec![(0, 0); 2 * edges.len()];
        for (number, &(i, j)) in edges.iter().enumerate() {
            for (a, b) in [(i, j), (j, i)] {
                around[places[a as usize]] = (b, number as u32);
                places[a as usize] += 1;
            }
        }
        Self {
            sites,
            edges,
            starts,
            around,
        }
    }

    pub(super) const fn edges(&self) -> usize {
        self.edges.len()
    }

    #[inline]
    fn around(&self, v: usize) -> &[(u32, u32)] {
        &self.around[self.starts[v]..self.starts[v + 1]]
    }
}

/// A list of numbers in which each knows its place.
#[derive(Debug)]
struct Places {
    listed: Vec<u32>,
    place: Vec<u32>,
}

impl Places {
    fn new(most: usize) -> Self {
        Self {
            listed: Vec::new(),
            place: vec![u32::MAX; most],
        }
    }

    fn has(&self, number: usize) -> bool {
        self.place[number] != u32::MAX
    }

    fn insert(&mut self, number: usize) {
        self.place[number] = self.listed.len() as u32;
        self.listed.push(number as u32);
    }

    fn remove(&mut self, number: usize) {
        let place = std::mem::replace(&mut self.place[number], u32::MAX) as usize;
        self.listed.swap_remove(place);
        if let Some(&moved) = self.listed.get(place) {
            self.place[moved as usize] = place as u32;
        }
    }
}

/// A vertex as the search sees it.
#[derive(Clone, Copy, Debug, Default)]
struct Vertex {
    /// The weight of the edges that are covered if it changes sides, less that of those that are not any more.
    score: i64,
    /// When it last changed sides.
    changed: u64,
    /// Whether a neighbor has changed sides since it left the cover.
    fresh: bool,
}

/// A set of vertices that covers all edges but some.
#[derive(Debug)]
pub(super) struct Local<'c> {
    conflicts: &'c Conflicts,
    weights: Vec<u32>,
    total: u64,
    vertices: Vec<Vertex>,
    cover: Places,
    uncovered: Places,
    now: u64,
}

impl<'c> Local<'c> {
    /// Begins with the complement of `chosen`, or with a greedy cover.
    pub(super) fn new(
        conflicts: &'c Conflicts,
        chosen: Option<&[bool]>,
        random: &mut SplitMix64,
    ) -> Self {
        let fresh = Vertex {
            fresh: true,
            ..Vertex::default()
        };
        let mut local = Self {
            conflicts,
            weights: vec![1; conflicts.edges()],
            total: conflicts.edges() as u64,
            vertices: vec![fresh; conflicts.sites],
            cover: Places::new(conflicts.sites),
            uncovered: Places::new(conflicts.edges()),
            now: 0,
        };
        for v in 0..conflicts.sites {
            local.vertices[v].score = conflicts.around(v).len() as i64;
        }
        (0..conflicts.edges()).for_each(|e| local.uncovered.insert(e));
        if let Some(chosen) = chosen {
            let others = (0..conflicts.sites).filter(|&v| !chosen[v]);
            others.for_each(|v| local.add(v));
        }
        local.complete(random);
        local
    }

    /// Covers all edges: of random edges the vertex with the larger score, until none is left; then drops vertices that cover nothing alone.
    fn complete(&mut self, random: &mut SplitMix64) {
        while !self.uncovered.listed.is_empty() {
            let e = self.uncovered.listed[random.below(self.uncovered.listed.len())];
            let (i, j) = self.conflicts.edges[e as usize];
            let score = |v: u32| self.vertices[v as usize].score;
            self.add(if score(i) >= score(j) { i } else { j } as usize);
        }
        for v in 0..self.conflicts.sites {
            if self.cover.has(v) && self.vertices[v].score == 0 {
                self.remove(v);
            }
        }
    }

    fn add(&mut self, v: usize) {
        self.vertices[v].score = -self.vertices[v].score;
        self.vertices[v].changed = self.now;
        self.cover.insert(v);
        for &(u, e) in self.conflicts.around(v) {
            let weight = i64::from(self.weights[e as usize]);
            let other = &mut self.vertices[u as usize];
            other.fresh = true;
            if self.cover.has(u as usize) {
                other.score += weight;
            } else {
                other.score -= weight;
                self.uncovered.remove(e as usize);
            }
        }
    }

    fn remove(&mut self, v: usize) {
        self.vertices[v].score = -self.vertices[v].score;
        self.vertices[v].changed = self.now;
        self.vertices[v].fresh = false;
        self.cover.remove(v);
        for &(u, e) in self.conflicts.around(v) {
            let weight = i64::from(self.weights[e as usize]);
            let other = &mut self.vertices[u as usize];
            other.fresh = true;
            if self.cover.has(u as usize) {
                other.score -= weight;
            } else {
                other.score += weight;
                self.uncovered.insert(e as usize);
            }
        }
    }

    /// Searches until the budget ends, or no vertex is needed; `found` is called with the vertices outside of each cover that is smaller than all
    /// before. A move removes a vertex and adds one.
    pub(super) fn run(
        &mut self,
        random: &mut SplitMix64,
        budget: &mut Budget<'_>,
        found: &mut dyn FnMut(&[bool]),
    ) {
        let mut added = usize::MAX;
        loop {
            while self.uncovered.listed.is_empty() {
                let outside: Vec<bool> = (0..self.conflicts.sites)
                    .map(|v| !self.cover.has(v))
                    .collect();
                found(&outside);
                let Some(v) = self.least(usize::MAX, random) else {
                    return;
                };
                self.remove(v);
            }
            if budget.spend(1) {
                return;
            }
            self.now += 1;
            let Some(v) = self.least(added, random) else {
                return;
            };
            self.remove(v);
            let e = self.uncovered.listed[random.below(self.uncovered.listed.len())];
            added = self.choose(self.conflicts.edges[e as usize]);
            self.add(added);
            self.weigh();
        }
    }

    /// The vertex of the cover whose edges weigh least, the one that changed longest ago among several.
    fn least(&self, except: usize, random: &mut SplitMix64) -> Option<usize> {
        let listed = &self.cover.listed;
        let key = |v: &u32| {
            let vertex = self.vertices[*v as usize];
            (vertex.score, u64::MAX - vertex.changed)
        };
        let others = |v: &u32| *v as usize != except;
        let found = if listed.len() <= LOOK {
            listed.iter().copied().filter(others).max_by_key(key)
        } else {
            let sample = (0..SAMPLE).map(|_| listed[random.below(listed.len())]);
            sample.filter(others).max_by_key(key)
        };
        found
            .or_else(|| listed.first().copied())
            .map(|v| v as usize)
    }

    /// The vertex of an edge that is added.
    fn choose(&self, (i, j): (u32, u32)) -> usize {
        let [a, b] = [i, j].map(|v| self.vertices[v as usize]);
        let first = match (a.fresh, b.fresh) {
            (false, true) => false,
            (true, false) => true,
            _ => (a.score, b.changed) > (b.score, a.changed),
        };
        if first { i as usize } else { j as usize }
    }

    /// Edges that are not covered weigh more; after a while all weigh less.
    fn weigh(&mut self) {
        for &e in &self.uncovered.listed {
            self.weights[e as usize] += 1;
            let (i, j) = self.conflicts.edges[e as usize];
            self.vertices[i as usize].score += 1;
            self.vertices[j as usize].score += 1;
        }
        self.total += self.uncovered.listed.len() as u64;
        let mean = self.total as f64 / self.conflicts.edges().max(1) as f64;
        if mean > FORGET * self.conflicts.sites as f64 {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.total = 0;
        self.vertices.iter_mut().for_each(|v| v.score = 0);
        for (e, &(i, j)) in self.conflicts.edges.iter().enumerate() {
            let weight = (KEPT * f64::from(self.weights[e])) as u32;
            self.weights[e] = weight;
            self.total += u64::from(weight);
            let (i, j) = (i as usize, j as usize);
            match (self.cover.has(i), self.cover.has(j)) {
                (true, false) => self.vertices[i].score -= i64::from(weight),
                (false, true) => self.vertices[j].score -= i64::from(weight),
                (false, false) => {
                    self.vertices[i].score += i64::from(weight);
                    self.vertices[j].score += i64::from(weight);
                }
                (true, true) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Local<'_> {
        /// Scores and lists, computed anew.
        fn check(&self) {
            let mut scores = vec![0; self.conflicts.sites];
            for (e, &(i, j)) in self.conflicts.edges.iter().enumerate() {
                let (i, j, w) = (i as usize, j as usize, i64::from(self.weights[e]));
                let covered = self.cover.has(i) || self.cover.has(j);
                assert_eq!(self.uncovered.has(e), !covered);
                match (self.cover.has(i), self.cover.has(j)) {
                    (true, false) => scores[i] -= w,
                    (false, true) => scores[j] -= w,
                    (false, false) => {
                        scores[i] += w;
                        scores[j] += w;
                    }
                    (true, true) => {}
                }
            }
            let found: Vec<i64> = self.vertices.iter().map(|v| v.score).collect();
            assert_eq!(found, scores);
            assert_eq!(
                self.total,
                self.weights.iter().map(|&w| u64::from(w)).sum::<u64>()
            );
        }
    }

    proptest! {
        #[test]
        fn scores_are_those_of_the_sums(sites in 2_usize..12, pairs in prop::collection::btree_set((0_u32..12, 0_u32..12), 1..40), moves in 1_u64..200, seed: u64) {
            let edges: std::collections::BTreeSet<_> = pairs.into_iter()
                .map(|(i, j)| (i % sites as u32, j % sites as u32))
                .filter(|(i, j)| i != j)
                .map(|(i, j)| (i.min(j), i.max(j)))
                .collect();
            let conflicts = Conflicts::new(sites, edges.into_iter().collect());
            let mut random = SplitMix64::new(seed);
            let mut local = Local::new(&conflicts, None, &mut random);
            prop_assert!(local.uncovered.listed.is_empty());
            local.check();
            let calls = std::cell::Cell::new(0);
            let stop = || { calls.set(calls.get() + 1); true };
            let mut budget = Budget::new(&stop);
            budget.spend(1000 - moves);
            let mut least = sites + 1;
            local.run(&mut random, &mut budget, &mut |outside| {
                let size = outside.iter().filter(|&&o| !o).count();
                assert!(size < least, "{size} after {least}");
                least = size;
                let open = conflicts.edges.iter().any(|&(i, j)| outside[i as usize] && outside[j as usize]);
                assert!(!open);
            });
            local.check();
        }
    }
}
