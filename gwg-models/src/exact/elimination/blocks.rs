//! Variables that are drawn together, so that the tables between them need not be kept.

use super::kernel::{entries, offsets, stride};
use super::plan::Plan;

/// Joint states of a block at most, from the fewest that are tried on.
const JOINT: [usize; 8] = [1, 8, 32, 128, 512, 2048, 8192, 16_384];

/// A division of the tree into blocks of variables.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    /// Each ascending; those of later variables first.
    pub(super) blocks: Vec<Vec<u32>>,
    /// Whether the table of a variable is kept: it goes to another block.
    pub(super) kept: Vec<bool>,
}

impl Blocks {
    /// The blocks of the fewest joint states whose kept tables, and for `within` those inside of a block, have up to `most` entries; else how many they have.
    pub(super) fn new(plan: &Plan, most: usize, within: bool) -> Result<Self, usize> {
        let mut least = usize::MAX;
        for cap in JOINT {
            let blocks = Self::of(plan, cap);
            let needed = blocks.entries(plan, within);
            if needed <= most {
                return Ok(blocks);
            }
            least = least.min(needed);
        }
        Err(least)
    }

    fn of(plan: &Plan, cap: usize) -> Self {
        let mut kept = vec![true; plan.len()];
        let mut joint: Vec<usize> = plan.states.iter().map(|&q| q as usize).collect();
        for v in 0..plan.len() {
            let mut below = plan.children[v].clone();
            below.sort_by_key(|&child| std::cmp::Reverse(plan.size(child as usize)));
            for child in below {
                let child = child as usize;
                let both = joint[child].saturating_mul(joint[v]);
                if both <= cap && plan.size(child) > 1 {
                    (joint[v], kept[child]) = (both, false);
                }
            }
        }
        // Of each variable, the last one of its block.
        let mut last: Vec<usize> = (0..plan.len()).collect();
        let mut blocks: Vec<Vec<u32>> = vec![Vec::new(); plan.len()];
        for v in (0..plan.len()).rev() {
            if let (false, Some(&parent)) = (kept[v], plan.scopes[v].first()) {
                last[v] = last[parent as usize];
            }
            blocks[last[v]].push(v as u32);
        }
        blocks.retain(|block| !block.is_empty());
        blocks.iter_mut().for_each(|block| block.reverse());
        blocks.reverse();
        Self { blocks, kept }
    }

    /// Entries of kept tables, and those that exist at once in the forward pass besides or, `within`, in the pass back.
    fn entries(&self, plan: &Plan, within: bool) -> usize {
        let sizes = (0..plan.len())
            .filter(|&v| self.kept[v])
            .map(|v| plan.size(v));
        let kept = sizes.fold(0_usize, usize::saturating_add);
        let largest = (0..plan.len()).map(|v| plan.size(v)).max().unwrap_or(0);
        if !within {
            return kept.saturating_add(largest.saturating_mul(2));
        }
        let inside = |block: &Vec<u32>| {
            let sizes = block.iter().map(|&v| plan.size(v as usize));
            sizes.fold(0, usize::saturating_add)
        };
        let most = self.blocks.iter().map(inside).max().unwrap_or(0);
        let states = plan.states.iter().copied().max().unwrap_or(1) as usize;
        let belief = largest.saturating_mul(states + 2);
        kept.saturating_add(most)
            .saturating_add(belief)
            .saturating_add(plan.live())
    }
}

/// Which table a block reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// A term of a variable.
    Term(u32, u32),
    /// The table of a variable of another block.
    Message(u32),
}

/// How a block reads a table.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) source: Source,
    /// Variables of later blocks, and the distance between their symbols.
    pub(super) outer: Vec<(u32, usize)>,
    /// The offset of each joint state of the block.
    pub(super) offsets: Vec<u32>,
}

/// A block, and the tables whose product its joint states are weighed by.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) variables: Vec<u32>,
    pub(super) joint: usize,
    pub(super) readings: Vec<Reading>,
}

/// All blocks, those of later variables first.
pub(super) fn readings(plan: &Plan, blocks: &Blocks) -> Vec<Block> {
    let one = |variables: &Vec<u32>| {
        let reading = |source: Source, scope: &[u32]| {
            let others = scope.iter().filter(|v| variables.binary_search(v).is_err());
            Reading {
                source,
                outer: others
                    .map(|&v| (v, stride(scope, &plan.states, v)))
                    .collect(),
                offsets: offsets(variables, scope, &plan.states),
            }
        };
        let mut all = Vec::new();
        for &v in variables {
            for (k, local) in plan.locals[v as usize].iter().enumerate() {
                all.push(reading(Source::Term(v, k as u32), &local.scope));
            }
            for &child in &plan.children[v as usize] {
                if blocks.kept[child as usize] && plan.size(child as usize) > 1 {
                    all.push(reading(
                        Source::Message(child),
                        &plan.scopes[child as usize],
                    ));
                }
            }
        }
        Block {
            joint: entries(variables, &plan.states),
            variables: variables.clone(),
            readings: all,
        }
    };
    blocks.blocks.iter().map(one).collect()
}
