//! How a table is read along the axes of another.

use super::{Operand, entries, offsets, stride};
use std::borrow::Cow;

/// Entries up to which a table that lacks some of the innermost axes is expanded beforehand.
const EXPANDED: usize = 1 << 15;

/// How an innermost loop reads a table.
pub(super) enum Read {
    /// One entry.
    Same,
    /// Entry after entry.
    Each,
    /// Each entry for two places.
    Twice,
    /// By offsets.
    At(Vec<u32>),
}

pub(super) struct Input<'t> {
    pub(super) table: Cow<'t, [f64]>,
    pub(super) read: Read,
    /// Entries that the innermost loop reads from.
    pub(super) span: usize,
    /// Distance between the symbols of the variable that is summed over.
    pub(super) step: usize,
    /// The same of the outer axes.
    pub(super) steps: Vec<usize>,
}

impl<'t> Input<'t> {
    pub(super) fn new(
        of: Operand<'t>,
        summed: Option<u32>,
        (outer, inner): (&[u32], &[u32]),
        states: &[u32],
    ) -> Self {
        let low = entries(inner, states);
        let own: Vec<u32> = of
            .scope
            .iter()
            .copied()
            .filter(|v| inner.contains(v))
            .collect();
        let lost = of.table.len() / entries(&own, states).max(1);
        if own.len() < inner.len() && !own.is_empty() && lost.saturating_mul(low) <= EXPANDED {
            let map = offsets(inner, &own, states);
            let rows = of.table.chunks_exact(of.table.len() / lost);
            let table = rows
                .flat_map(|row| map.iter().map(|&at| row[at as usize]))
                .collect();
            // Its innermost axes are the last ones of its scope.
            let mut scope: Vec<u32> = of.scope[..of.scope.len() - own.len()].to_vec();
            scope.extend_from_slice(inner);
            return Self::whole(table, &scope, Read::Each, low, summed, outer, states);
        }
        let map = offsets(inner, of.scope, states);
        let span = map.last().map_or(1, |&last| last as usize + 1);
        let (mut same, mut each, mut twice) = (true, true, low.is_multiple_of(2));
        for (k, &at) in map.iter().enumerate() {
            same &= at == 0;
            each &= at as usize == k;
            twice &= at as usize == k / 2;
        }
        let read = match (same, each, twice) {
            (true, ..) => Read::Same,
            (_, true, _) => Read::Each,
            (_, _, true) => Read::Twice,
            _ => Read::At(map),
        };
        Self::whole(of.table.into(), of.scope, read, span, summed, outer, states)
    }

    fn whole(
        table: Cow<'t, [f64]>,
        scope: &[u32],
        read: Read,
        span: usize,
        summed: Option<u32>,
        outer: &[u32],
        states: &[u32],
    ) -> Self {
        Self {
            table,
            read,
            span,
            step: summed.map_or(0, |v| stride(scope, states, v)),
            steps: outer.iter().map(|&u| stride(scope, states, u)).collect(),
        }
    }

    /// The place of the largest table first: it is read by steps, and what follows is read often.
    pub(super) fn size(&self) -> usize {
        self.table.len()
    }

    #[inline(always)]
    pub(super) fn each(&self, from: usize, out: &mut [f64], put: impl Fn(&mut f64, f64)) {
        let table = &self.table[from..from + self.span];
        match &self.read {
            Read::Same => {
                let value = table[0];
                out.iter_mut().for_each(|out| put(out, value));
            }
            Read::Each => out
                .iter_mut()
                .zip(table)
                .for_each(|(out, &value)| put(out, value)),
            Read::Twice => {
                for (pair, &value) in out.as_chunks_mut::<2>().0.iter_mut().zip(table) {
                    pair.iter_mut().for_each(|out| put(out, value));
                }
            }
            Read::At(map) => {
                for (out, &at) in out.iter_mut().zip(map) {
                    put(out, table[at as usize]);
                }
            }
        }
    }
}
