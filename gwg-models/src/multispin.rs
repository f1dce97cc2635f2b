//! Sweeps of many chains of an Ising model, or of many sites of one chain, in the bits of words (multi-spin coding).

mod counter;
mod graph;
mod lanes;
mod random;
mod state;
mod sweep;
mod table;
mod words;

pub use graph::{SpinGraph, SpinGraphError, Spins};
pub use state::SpinWords;

use crate::classes::outcomes;
use crate::coloring;
use graph::{MOST_CLASSES, MOST_NEIGHBORS, MOST_SITES, Neighbor, Turn};
use gwg_core::target::Held;
use std::collections::BTreeSet;
use std::ops::Range;
use table::Table;
use words::GROUP;

/// Chains in a word.
pub const LANES: usize = 64;

/// Heat-bath sweeps of an Ising model with couplings of one magnitude, of 64 chains at once.
///
/// Each site is a word of 64 bits, one of each chain. A sweep draws the sites color by color, every site from its exact conditional distribution given its neighbors
/// (to within `2^-64`): the sum of the neighbors is computed by logic on words, and one uniform number per site and chain is compared, bit by bit
/// from the highest on, with the probability of each sum, until all chains are decided.
///
/// # Reproducibility
/// The random words of a sweep depend on a key and the number of the sweep alone. How many are drawn depends on them and on the probabilities, not on the states: a chain's path
/// is the same whatever the other bits of the word are.
///
/// # Cost
/// About ten random words, of 14 operations each on four words, for four sites of 64 chains, and twice as many operations to compare and to count; more in three dimensions, and in a field. On one core with
/// vectors of 256 bits: five flips per nanosecond on a square lattice, three on a cubic one or in a field (example `multispin`). A chain alone costs as much as 64; one chain of
/// [blocks](Spins::spin_blocks) as much as 64 of a lattice of a 64th of the sites.
#[derive(Clone, Debug)]
pub struct MultiSpin {
    sites: usize,
    coupling: f64,
    /// Each once: a site and a neighbor.
    bonds: Vec<[u32; 2]>,
    /// Fields other than 0, with their sites.
    fields: Vec<(f64, Vec<u32>)>,
    /// Neighbors of a site at most: 2, 4, 6 or 8.
    degree: usize,
    /// Whether some couplings are negative, or some neighbors are other bits.
    coded: bool,
    turns: Vec<Turn>,
    /// The site of each bit, shape (words, 64), of one configuration; empty where each lane has a configuration.
    places: Vec<u32>,
    classes: Vec<Class>,
    runs: Vec<Run>,
    /// The sites of each group.
    own: Vec<[u32; GROUP]>,
    /// Their neighbors, `degree` for each group.
    beside: Vec<[u32; GROUP]>,
}

/// Sites with one conditional distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Class {
    field: f64,
    neighbors: usize,
}

/// Groups of one color and class.
#[derive(Clone, Debug)]
struct Run {
    class: usize,
    groups: Range<usize>,
}

/// Neighbors as numbers: the site, from bit 27 on the turn, and in the highest bit whether the coupling is negative.
const SITE: u32 = (1 << TURN) - 1;
const TURN: u32 = 27;

/// Of a neighbor.
const fn code(of: Neighbor) -> u32 {
    of.site | (of.turn as u32) << TURN | (of.negative as u32) << 31
}

/// The word of a neighbor, as the spins next to it see it, turned where the coupling is negative.
#[inline(always)]
fn seen(words: &[u64], turns: &[Turn], neighbor: u32) -> u64 {
    let word = words[(neighbor & SITE) as usize];
    let word = match neighbor >> TURN & 15 {
        0 => word,
        turn => turns[turn as usize - 1].of(word),
    };
    word ^ u64::from(neighbor >> 31).wrapping_neg()
}

impl MultiSpin {
    /// Sweeps of the sites of a graph, or of the words of [blocks](Spins::spin_blocks), that are `free`; the others keep their symbols.
    ///
    /// # Errors
    /// [`SpinGraphError`]: too many sites, neighbors or different fields.
    ///
    /// # Cost
    /// `O(bonds + sites log sites)`; about 9 bytes per site and neighbor afterwards, some times as many in between.
    pub fn new(graph: &SpinGraph, free: impl Fn(usize) -> bool) -> Result<Self, SpinGraphError> {
        let sites = graph.sites();
        if sites > MOST_SITES {
            return Err(SpinGraphError::Sites { found: sites });
        }
        let degree = |site| (graph.of(site).len(), site);
        let most = (0..sites).filter(|&site| free(site)).map(degree).max();
        let (most, site) = most.unwrap_or_default();
        if most > MOST_NEIGHBORS {
            return Err(SpinGraphError::Degree { site, found: most });
        }
        let mut made = Self {
            sites,
            coupling: graph.coupling,
            bonds: bonds(graph),
            fields: fields(graph),
            degree: most.next_multiple_of(2).max(2),
            coded: graph.neighbors.iter().any(|n| n.negative || n.turn > 0),
            turns: graph.turns.clone(),
            places: graph.places.clone(),
            classes: Vec::new(),
            runs: Vec::new(),
            own: Vec::new(),
            beside: Vec::new(),
        };
        made.plan(graph, free)?;
        Ok(made)
    }

    /// Divides the free sites into runs of groups.
    fn plan(
        &mut self,
        graph: &SpinGraph,
        free: impl Fn(usize) -> bool,
    ) -> Result<(), SpinGraphError> {
        let sites = self.sites;
        let neighbors = |site| graph.of(site).iter().map(|other| other.site as usize);
        let colors = coloring::greedy(sites, |site| graph.of(site).len(), neighbors);
        let kind = |site: usize| (graph.fields[site].to_bits(), graph.of(site).len());
        let own = (0..sites).filter(|&site| free(site));
        let kinds: Vec<_> = own.map(kind).collect::<BTreeSet<_>>().into_iter().collect();
        if kinds.len() > MOST_CLASSES {
            return Err(SpinGraphError::Fields { found: kinds.len() });
        }
        self.classes = kinds
            .iter()
            .map(|&(field, neighbors)| Class {
                field: f64::from_bits(field),
                neighbors,
            })
            .collect();
        let class = |site: usize| kinds.partition_point(|&other| other < kind(site));
        let mut order: Vec<(u32, u32, u32)> = (0..sites)
            .filter(|&site| free(site))
            .map(|site| (colors[site] as u32, class(site) as u32, site as u32))
            .collect();
        order.sort_unstable();
        for run in order.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let first = self.own.len();
            for group in run.chunks(GROUP) {
                self.push(graph, group.iter().map(|&(_, _, site)| site as usize));
            }
            self.runs.push(Run {
                class: run[0].1 as usize,
                groups: first..self.own.len(),
            });
        }
        Ok(())
    }

    /// Adds a group. Neighbors that a site does not have are the word after those of the sites, which is 0; places without a site write to the one after it.
    fn push(&mut self, graph: &SpinGraph, group: impl Iterator<Item = usize>) {
        let (zero, sink) = (self.sites as u32, self.sites as u32 + 1);
        let mut own = [sink; GROUP];
        let mut beside = [[zero; GROUP]; MOST_NEIGHBORS];
        for (lane, site) in group.enumerate() {
            own[lane] = site as u32;
            for (beside, &other) in beside.iter_mut().zip(graph.of(site)) {
                beside[lane] = code(other);
            }
        }
        self.own.push(own);
        self.beside.extend_from_slice(&beside[..self.degree]);
    }

    /// True where the bits of words are the sites of one configuration.
    #[must_use]
    pub fn is_of_one(&self) -> bool {
        !self.places.is_empty()
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        match self.places.len() {
            0 => self.sites,
            places => places,
        }
    }

    /// The distribution of one sweep from `x`: calls `visit(y, probability)` for its outcomes.
    ///
    /// For tests on models of a few sites: the cost is exponential in their number.
    pub fn sweep_probabilities(&self, x: &[u8], beta: f64, visit: &mut dyn FnMut(&[u8], f64)) {
        let tables: Vec<Table> = self.tables(beta).collect();
        let place = |groups: &Range<usize>| {
            let all = self.own[groups.clone()].as_flattened().iter();
            let sites = all
                .map(|&site| site as usize)
                .filter(|&site| site < self.sites);
            sites.collect::<Vec<_>>()
        };
        let runs: Vec<_> = self.runs.iter().map(|run| place(&run.groups)).collect();
        let mut of_site = vec![(0, 0, 0); self.sites];
        for Run { class, groups } in &self.runs {
            for group in groups.clone() {
                for (lane, &site) in self.own[group].iter().enumerate() {
                    if let Some(found) = of_site.get_mut(site as usize) {
                        *found = (*class, group, lane);
                    }
                }
            }
        }
        let conditional = |x: &[u8], site: usize, p: &mut Vec<f64>| {
            let (class, group, lane) = of_site[site];
            let beside = &self.beside[group * self.degree..(group + 1) * self.degree];
            let pulls = |&other: &u32| match x.get((other & SITE) as usize) {
                Some(&symbol) => usize::from((symbol != 0) != (other >> 31 != 0)),
                None => 0,
            };
            let one = tables[class].one(beside.iter().map(|group| pulls(&group[lane])).sum());
            p.extend([1.0 - one, one]);
        };
        let held = Held::default();
        outcomes(&runs, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}

fn bonds(graph: &SpinGraph) -> Vec<[u32; 2]> {
    let of = |site: usize| {
        let all = graph.of(site).iter();
        let up = all.filter(move |other| other.site as usize > site);
        up.map(move |&other| [site as u32, code(other)])
    };
    (0..graph.sites()).flat_map(of).collect()
}

fn fields(graph: &SpinGraph) -> Vec<(f64, Vec<u32>)> {
    let mut order: Vec<u32> = (0..graph.sites() as u32).collect();
    order.retain(|&site| graph.fields[site as usize] != 0.0);
    order.sort_by(|&a, &b| graph.fields[a as usize].total_cmp(&graph.fields[b as usize]));
    let alike = |a: &u32, b: &u32| graph.fields[*a as usize] == graph.fields[*b as usize];
    let runs = order.chunk_by(alike);
    runs.map(|run| (graph.fields[run[0] as usize], run.to_vec()))
        .collect()
}
