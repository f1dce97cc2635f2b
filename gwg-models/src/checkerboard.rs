//! Colorings of a torus such that no two sites of one color are neighbors.

use crate::classes::outcomes;
use crate::torus::Torus;
use gwg_core::target::Held;

/// The positions of a color in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Positions 0, 2, ..; `side / 2` of them.
    Even,
    /// Positions 1, 3, ..; `side / 2` of them.
    Odd,
    /// The last position, if the side is odd.
    Last,
}

/// A coloring of a torus with two colors, or with three if the side is odd.
///
/// A coordinate `c` has the color `c mod 2`, except the last one of an odd side, which has 2: neighbors on the ring
/// differ in color. The sum over the dimensions, modulo the number of colors, is then a proper coloring of the torus,
/// because a step changes one term. Within a row along dimension 0, a color's sites are one [`Phase`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkerboard {
    side: usize,
    rows: usize,
}

impl Checkerboard {
    pub(crate) const fn new(torus: &Torus) -> Self {
        let (side, sites) = (torus.side(), torus.sites());
        Self {
            side,
            rows: sites / side,
        }
    }

    pub(crate) const fn colors(&self) -> usize {
        2 + self.side % 2
    }

    #[inline(always)]
    const fn of_coordinate(&self, c: usize) -> usize {
        if c + 1 == self.side && self.side % 2 == 1 {
            2
        } else {
            c % 2
        }
    }

    /// The color of a site.
    pub(crate) const fn color(&self, site: usize) -> usize {
        let (mut rest, mut sum) = (site, 0);
        while rest > 0 {
            sum += self.of_coordinate(rest % self.side);
            rest /= self.side;
        }
        sum % self.colors()
    }

    /// All rows for a color, in order.
    #[inline(always)]
    pub(crate) const fn rows<const ROWS: usize>(&self, color: usize) -> Rows<ROWS> {
        Rows {
            board: *self,
            color,
            left: self.rows,
            start: 0,
            coordinates: [0; ROWS],
        }
    }

    /// Calls `visit` with every outcome of one sweep from `x` and its probability. Color by color, the conditional
    /// probabilities of a site's states are those that `conditional` appends, all computed before any site of the
    /// color is drawn.
    pub(crate) fn law(
        &self,
        torus: &Torus,
        x: &[u8],
        held: Held<'_, u8>,
        visit: &mut dyn FnMut(&[u8], f64),
        conditional: impl Fn(&[u8], usize, &mut Vec<f64>),
    ) {
        let classes: Vec<Vec<usize>> = (0..self.colors())
            .map(|color| (0..torus.sites()).filter(move |&i| self.color(i) == color))
            .map(Iterator::collect)
            .collect();
        outcomes(&classes, &mut x.to_vec(), 1.0, held, &conditional, visit);
    }
}

/// The rows of a torus, as an iterator, because a closure is not compiled with the vector instructions of its caller.
pub(crate) struct Rows<const ROWS: usize> {
    board: Checkerboard,
    color: usize,
    left: usize,
    start: usize,
    /// The coordinates of the row, from dimension 1 on; the upper half is not used.
    coordinates: [usize; ROWS],
}

impl<const ROWS: usize> Iterator for Rows<ROWS> {
    /// The first site of a row, the phase of the color in it, and the first sites of the `ROWS = 2 (dims - 1)`
    /// neighboring rows.
    type Item = (usize, Phase, [usize; ROWS]);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (side, start) = (self.board.side, self.start);
        let (mut beside, mut tint, mut stride) = ([0; ROWS], 0, side);
        for (pair, &c) in beside
            .as_chunks_mut::<2>()
            .0
            .iter_mut()
            .zip(&self.coordinates)
        {
            let span = (side - 1) * stride;
            let down = if c == 0 { start + span } else { start - stride };
            let top = c + 1 == side;
            *pair = [down, if top { start - span } else { start + stride }];
            tint += self.board.of_coordinate(c);
            stride *= side;
        }
        let colors = self.board.colors();
        let phase = match (self.color + colors - tint % colors) % colors {
            0 => Phase::Even,
            1 => Phase::Odd,
            _ => Phase::Last,
        };
        self.start += side;
        for c in self.coordinates.iter_mut().take(ROWS / 2) {
            *c += 1;
            if *c < side {
                break;
            }
            *c = 0;
        }
        Some((start, phase, beside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(mut check: impl FnMut(Torus, Checkerboard)) {
        for dims in 1..=4 {
            for side in [3, 4, 5, 6] {
                let torus = Torus::new(dims, side).unwrap();
                check(torus, Checkerboard::new(&torus));
            }
        }
    }

    #[test]
    fn neighbors_have_different_colors() {
        every(|torus, board| {
            let mut used = vec![0; board.colors()];
            for site in 0..torus.sites() {
                used[board.color(site)] += 1;
                torus.neighbors(site, |j| assert_ne!(board.color(site), board.color(j)));
            }
            assert!(used.iter().all(|&count| count > 0), "{used:?}");
        });
    }

    fn phases_of<const ROWS: usize>(torus: Torus, board: Checkerboard) {
        let side = torus.side();
        for color in 0..board.colors() {
            let mut found = Vec::new();
            for (start, phase, beside) in board.rows::<ROWS>(color) {
                let positions: Vec<usize> = match phase {
                    Phase::Even => (0..side / 2).map(|k| 2 * k).collect(),
                    Phase::Odd => (0..side / 2).map(|k| 2 * k + 1).collect(),
                    Phase::Last => vec![side - 1],
                };
                for position in positions {
                    let site = start + position;
                    found.push(site);
                    let mut wanted = Vec::new();
                    torus.neighbors(site, |j| wanted.push(j));
                    let left = start + (position + side - 1) % side;
                    let right = start + (position + 1) % side;
                    let mut all = vec![left, right];
                    all.extend(beside.iter().map(|row| row + position));
                    all.sort_unstable();
                    wanted.sort_unstable();
                    assert_eq!(all, wanted);
                }
            }
            let wanted: Vec<usize> = (0..torus.sites())
                .filter(|&site| board.color(site) == color)
                .collect();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn rows_have_the_sites_of_the_color_and_their_neighbors() {
        every(|torus, board| match torus.dims() {
            1 => phases_of::<0>(torus, board),
            2 => phases_of::<2>(torus, board),
            3 => phases_of::<4>(torus, board),
            _ => phases_of::<6>(torus, board),
        });
    }
}
