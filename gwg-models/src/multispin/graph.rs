//! Graphs of spins whose couplings differ in sign only.

use super::LANES;
use std::fmt;

/// Spins on a graph with couplings of one magnitude: `f(x) = K sum_(i,j) sigma_ij s_i s_j + sum_i h_i s_i`, `s = 2x - 1`, each bond counted once, with
/// `sigma_ij` 1 or -1.
#[derive(Clone, Debug, PartialEq)]
pub struct SpinGraph {
    /// `K`, at least 0.
    pub(super) coupling: f64,
    /// `h`.
    pub(super) fields: Vec<f64>,
    /// The neighbors of site `i` are `neighbors[starts[i]..starts[i + 1]]`.
    pub(super) starts: Vec<usize>,
    pub(super) neighbors: Vec<Neighbor>,
    /// Where the spins of one configuration are the bits of words: how the bits of a word become those of neighbors, by [`Neighbor::turn`] less 1.
    pub(super) turns: Vec<Turn>,
    /// The site of each bit, shape (words, 64); empty where each site has a word.
    pub(super) places: Vec<u32>,
}

/// A site next to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Neighbor {
    pub(super) site: u32,
    /// Whether `sigma` is -1.
    pub(super) negative: bool,
    /// 0 where the neighbor of a bit is the same bit.
    pub(super) turn: u8,
}

/// A permutation of the bits of a word: those of `keep` come from `right` places to the left, the others from `left` places to the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    right: u32,
    left: u32,
    keep: u64,
}

impl Turn {
    /// Bit `l` becomes bit `l'`, in which the digit of base `base` at the place of `step` is larger by one, or smaller if `back`, cyclically.
    fn digit(step: u32, base: u32, back: bool) -> Self {
        let round = step * (base - 1);
        let digit = |lane: u32| lane / step % base;
        let ones = |keep: &dyn Fn(u32) -> bool| {
            let lanes = (0..LANES as u32).filter(|&lane| keep(lane));
            lanes.fold(0, |all, lane| all | 1 << lane)
        };
        if back {
            Self {
                right: round,
                left: step,
                keep: ones(&|lane| digit(lane) == 0),
            }
        } else {
            Self {
                right: step,
                left: round,
                keep: ones(&|lane| digit(lane) + 1 < base),
            }
        }
    }

    #[inline(always)]
    pub(super) const fn of(self, word: u64) -> u64 {
        (word >> self.right) & self.keep | (word << self.left) & !self.keep
    }
}

/// Why a model has no [`SpinGraph`], or none that can be swept.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SpinGraphError {
    /// Couplings differ in magnitude.
    Magnitudes {
        /// The first two that do: their sites, and the coupling of a pair that is counted twice.
        found: [(usize, usize, f64); 2],
    },
    /// A site has too many neighbors.
    Degree {
        /// The site.
        site: usize,
        /// Its neighbors.
        found: usize,
    },
    /// Too many fields differ.
    Fields {
        /// Their number.
        found: usize,
    },
    /// Too many sites.
    Sites {
        /// Their number.
        found: usize,
    },
}

/// Neighbors of a site at most.
pub(super) const MOST_NEIGHBORS: usize = 8;
/// Kinds of sites, by field and number of neighbors, at most.
pub(super) const MOST_CLASSES: usize = 256;
/// Sites at most.
pub(super) const MOST_SITES: usize = (1 << 27) - 2;

impl fmt::Display for SpinGraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magnitudes { found: [a, b] } => write!(
                f,
                "couplings must have one magnitude; found {} of sites {} and {}, and {} of sites {} and {}",
                a.2, a.0, a.1, b.2, b.0, b.1
            ),
            Self::Degree { site, found } => write!(
                f,
                "site {site} has {found} neighbors; allowed are up to {MOST_NEIGHBORS}"
            ),
            Self::Fields { found } => write!(
                f,
                "found {found} different pairs of field and number of neighbors; allowed are up to {MOST_CLASSES}"
            ),
            Self::Sites { found } => {
                write!(f, "found {found} sites; allowed are up to {MOST_SITES}")
            }
        }
    }
}

impl std::error::Error for SpinGraphError {}

impl SpinGraph {
    /// A graph from the neighbors of each site, with the couplings of their bonds, and the fields. Each bond is listed at both ends.
    ///
    /// # Errors
    /// [`SpinGraphError::Magnitudes`].
    pub(crate) fn new<I: Iterator<Item = (usize, f64)>>(
        fields: Vec<f64>,
        neighbors: impl Fn(usize) -> I,
    ) -> Result<Self, SpinGraphError> {
        let (mut starts, mut all, mut magnitude) = (vec![0], Vec::new(), None);
        for site in 0..fields.len() {
            for (other, coupling) in neighbors(site).filter(|&(_, coupling)| coupling != 0.0) {
                let own = (site, other, 0.5 * coupling);
                let first = *magnitude.get_or_insert(own);
                if own.2.abs() != first.2.abs() {
                    let found = [first, own];
                    return Err(SpinGraphError::Magnitudes { found });
                }
                all.push(Neighbor {
                    site: other as u32,
                    negative: coupling < 0.0,
                    turn: 0,
                });
            }
            starts.push(all.len());
        }
        Ok(Self {
            coupling: magnitude.map_or(0.0, |(_, _, half)| 2.0 * half.abs()),
            fields,
            starts,
            neighbors: all,
            turns: Vec::new(),
            places: Vec::new(),
        })
    }

    /// A torus of `side^dims` sites with one coupling and one field, 64 sites to a word: the bits of a word are 64 blocks of sites, equal parts of each dimension as far
    /// as possible. `None` where no such parts have at least two sites along each dimension, or these are no parts of `side`.
    pub(crate) fn torus(dims: usize, side: usize, coupling: f64, field: f64) -> Option<Self> {
        let mut parts = vec![1; dims];
        for k in 0..LANES.trailing_zeros() as usize {
            // The dimension with the fewest parts that can have twice as many.
            let able = |&k: &usize| side.is_multiple_of(2 * parts[k]) && side >= 4 * parts[k];
            let next = (0..dims)
                .map(|d| (k + d) % dims)
                .filter(able)
                .min_by_key(|&k| parts[k])?;
            parts[next] *= 2;
        }
        let edges: Vec<usize> = parts.iter().map(|p| side / p).collect();
        let words: usize = edges.iter().product();
        let (mut turns, mut steps) = (Vec::new(), Vec::new());
        let mut step = 1;
        for &base in &parts {
            steps.push(step);
            for back in [false, true] {
                turns.push(Turn::digit(step as u32, base as u32, back));
            }
            step *= base;
        }
        let (mut starts, mut neighbors) = (vec![0], Vec::new());
        for word in 0..words {
            let mut stride = 1;
            for (k, &edge) in edges.iter().enumerate() {
                let at = word / stride % edge;
                let (up, down) = ((at + 1) % edge, (at + edge - 1) % edge);
                for (to, turns_at, turn) in [(up, edge - 1, 2 * k + 1), (down, 0, 2 * k + 2)] {
                    let crosses = at == turns_at && parts[k] > 1;
                    neighbors.push(Neighbor {
                        site: (word - at * stride + to * stride) as u32,
                        negative: coupling < 0.0,
                        turn: if crosses { turn as u8 } else { 0 },
                    });
                }
                stride *= edge;
            }
            starts.push(neighbors.len());
        }
        let mut places = Vec::with_capacity(words * LANES);
        for (word, lane) in (0..words).flat_map(|w| (0..LANES).map(move |lane| (w, lane))) {
            let (mut site, mut stride, mut of_side) = (0, 1, 1);
            for ((&edge, &base), step) in edges.iter().zip(&parts).zip(&steps) {
                let coordinate = word / stride % edge + edge * (lane / step % base);
                site += coordinate * of_side;
                (stride, of_side) = (stride * edge, of_side * side);
            }
            places.push(site as u32);
        }
        Some(Self {
            coupling: coupling.abs(),
            fields: vec![field; words],
            starts,
            neighbors,
            turns,
            places,
        })
    }

    pub(super) fn sites(&self) -> usize {
        self.fields.len()
    }

    pub(super) fn of(&self, site: usize) -> &[Neighbor] {
        &self.neighbors[self.starts[site]..self.starts[site + 1]]
    }
}

/// A model of two states per site that is an Ising model on a graph with couplings of one magnitude.
pub trait Spins {
    /// The graph, where the model is such a model.
    ///
    /// # Errors
    /// [`SpinGraphError`]: why it is not.
    fn spin_graph(&self) -> Result<SpinGraph, SpinGraphError>;

    /// The same model as 64 equal blocks of sites that are the bits of words, so that one chain is swept 64 sites at a time; `None` where it has no such blocks.
    fn spin_blocks(&self) -> Option<SpinGraph> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::torus::Torus;

    #[test]
    fn bits_next_to_each_other_are_sites_next_to_each_other() {
        for (dims, side, words) in [
            (1, 128, 2),
            (2, 16, 4),
            (2, 24, 9),
            (2, 128, 256),
            (3, 8, 8),
            (3, 12, 27),
            (4, 8, 64),
        ] {
            let graph = SpinGraph::torus(dims, side, -0.3, 0.1).unwrap();
            assert_eq!(graph.sites(), words);
            let torus = Torus::new(dims, side).unwrap();
            let mut all: Vec<u32> = graph.places.clone();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..torus.sites() as u32));
            for (word, lane) in (0..words).flat_map(|word| (0..LANES).map(move |lane| (word, lane)))
            {
                let place = |word: usize, lane: usize| graph.places[word * LANES + lane];
                let other = |neighbor: &Neighbor| {
                    let from = |from: &usize| match neighbor.turn {
                        0 => *from == lane,
                        turn => graph.turns[turn as usize - 1].of(1 << from) >> lane & 1 == 1,
                    };
                    assert!(neighbor.negative);
                    place(neighbor.site as usize, (0..LANES).find(from).unwrap())
                };
                let mut found: Vec<u32> = graph.of(word).iter().map(other).collect();
                let mut wanted = Vec::new();
                torus.neighbors(place(word, lane) as usize, |site| wanted.push(site as u32));
                found.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(found, wanted, "{dims} {side} {word} {lane}");
            }
        }
        for (dims, side) in [(1, 64), (1, 100), (2, 8), (2, 15), (2, 20), (3, 4), (3, 6)] {
            assert!(
                SpinGraph::torus(dims, side, 0.3, 0.0).is_none(),
                "{dims} {side}"
            );
        }
    }
}
