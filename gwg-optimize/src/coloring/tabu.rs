//! Tabu search on colorings with conflicts (TabuCol).

use gwg_core::Bits;

use super::table::Table;

/// A coloring, and the colors that vertices may not take yet.
#[derive(Clone, Debug)]
pub(super) struct Tabu<'g> {
    table: Table<'g>,
    /// The move up to which `v` may not take color `c`: `until[v * colors + c]`.
    until: Vec<u64>,
    moves: u64,
    /// The fewest conflicts so far.
    best: usize,
}

/// A tenure is a random number below this, plus .6 times the number of vertices in conflict.
const RANDOM_TENURE: usize = 10;

impl<'g> Tabu<'g> {
    pub(super) fn new(table: Table<'g>) -> Self {
        Self {
            until: vec![0; table.graph().len() * table.number_of_colors()],
            moves: 0,
            best: table.conflicts(),
            table,
        }
    }

    pub(super) fn table(&self) -> &Table<'g> {
        &self.table
    }

    /// Gives a vertex in conflict another color: a random one of the best such moves that are not tabu, or that reach fewer conflicts than ever.
    pub(super) fn step(&mut self, bits: &mut impl Bits) {
        self.moves += 1;
        let Some((v, color)) = self.choose(bits) else {
            return;
        };
        let old = usize::from(self.table.colors()[v]);
        self.table.recolor(v, color);
        let tenure = bits.below(RANDOM_TENURE) + self.table.in_conflict().len() * 3 / 5;
        self.until[v * self.table.number_of_colors() + old] = self.moves + tenure as u64;
        self.best = self.best.min(self.table.conflicts());
    }

    /// The move, unless all are tabu.
    fn choose(&self, bits: &mut impl Bits) -> Option<(usize, usize)> {
        let colors = self.table.number_of_colors();
        // Only moves to fewer conflicts than ever are allowed though tabu.
        let aspired = self.best as i64 - self.table.conflicts() as i64;
        let (mut least, mut ties, mut chosen) = (i64::MAX, 0, None);
        for &v in self.table.in_conflict() {
            let v = v as usize;
            let own = usize::from(self.table.colors()[v]);
            let row = self.table.row(v);
            let until = &self.until[v * colors..(v + 1) * colors];
            for (color, (&count, &until)) in row.iter().zip(until).enumerate() {
                let change = i64::from(count) - i64::from(row[own]);
                if change > least || color == own || (until >= self.moves && change >= aspired) {
                    continue;
                }
                if change < least {
                    (least, ties) = (change, 0);
                }
                ties += 1;
                if bits.below(ties) == 0 {
                    chosen = Some((v, color));
                }
            }
        }
        chosen
    }
}
