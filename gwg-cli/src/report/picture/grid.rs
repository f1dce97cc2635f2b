//! The cells of a picture of states, and their SVG paths.

/// Maximum number of cells along a side; larger grids are reduced to blocks.
const CELLS: usize = 96;
/// Shades between 0 and 1.
pub(super) const SHADES: usize = 16;

/// The content of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// A value in [0, 1], in [`SHADES`].
    Shade(usize),
    /// One of several states.
    State(usize),
}

/// The cells of a grid of sites, each a block of `size` x `size` sites.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) size: usize,
}

impl Grid {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        let size = rows.max(columns).div_ceil(CELLS).max(1);
        Self {
            rows,
            columns,
            size,
        }
    }

    pub(super) fn shape(self) -> (usize, usize) {
        (
            self.rows.div_ceil(self.size),
            self.columns.div_ceil(self.size),
        )
    }

    /// The sites of the block in row `row` and column `column` of blocks.
    pub(super) fn block(self, row: usize, column: usize) -> impl Iterator<Item = usize> {
        let rows = row * self.size..((row + 1) * self.size).min(self.rows);
        rows.flat_map(move |r| {
            let columns = column * self.size..((column + 1) * self.size).min(self.columns);
            columns.map(move |c| r * self.columns + c)
        })
    }

    /// One path for each kind of cell, in a fixed order; shade 0 is the background.
    pub(super) fn paths(
        self,
        cell: impl Fn(&mut dyn Iterator<Item = usize>) -> Cell,
        states: usize,
    ) -> String {
        let kinds = states.max(SHADES + 1);
        let mut paths = vec![[String::new(), String::new()]; kinds];
        let (rows, columns) = self.shape();
        for row in 0..rows {
            let cells: Vec<Cell> = (0..columns)
                .map(|column| cell(&mut self.block(row, column)))
                .collect();
            let mut start = 0;
            for run in cells.chunk_by(|a, b| a == b) {
                let n = run.len();
                let d = format!("M{start} {row}h{n}v1h-{n}z");
                start += n;
                match run[0] {
                    Cell::Shade(0) => {}
                    Cell::Shade(shade) => paths[shade.min(SHADES)][0] += &d,
                    Cell::State(state) => paths[state.min(kinds - 1)][1] += &d,
                }
            }
        }
        let element = |(kind, [shade, state]): (usize, &[String; 2])| {
            let shade = path(&shade_paint(kind), shade);
            shade + &path(&state_paint(kind, states), state)
        };
        paths.iter().enumerate().map(element).collect()
    }
}

fn path(paint: &str, d: &str) -> String {
    if d.is_empty() {
        return String::new();
    }
    format!("<path {paint} d=\"{d}\"/>")
}

pub(super) fn shade_paint(shade: usize) -> String {
    format!(
        "class=\"ink\" fill-opacity=\"{}\"",
        shade as f64 / SHADES as f64
    )
}

/// Colors of few states: viridis at nine even steps, whose lightness rises evenly, so that states differ in gray, too.
const VIRIDIS: [[f64; 3]; 9] = [
    [68.0, 1.0, 84.0],
    [71.0, 45.0, 123.0],
    [59.0, 82.0, 139.0],
    [44.0, 114.0, 142.0],
    [33.0, 145.0, 140.0],
    [40.0, 174.0, 128.0],
    [94.0, 201.0, 98.0],
    [173.0, 220.0, 48.0],
    [253.0, 231.0, 37.0],
];
/// Most states that differ enough there.
const FEW: usize = 10;

/// Rising lightness for few states, and evenly spaced hues for many.
pub(crate) fn state_color(state: usize, states: usize) -> String {
    if states <= FEW {
        let [red, green, blue] = viridis(state as f64 / (states.max(2) - 1) as f64);
        return format!("#{red:02x}{green:02x}{blue:02x}");
    }
    let hue = 360 * state / states;
    let light = if state.is_multiple_of(2) { 42 } else { 62 };
    format!("hsl({hue} 65% {light}%)")
}

pub(super) fn state_paint(state: usize, states: usize) -> String {
    format!("fill=\"{}\"", state_color(state, states))
}

/// The color at a position between 0 and 1, interpolated.
fn viridis(at: f64) -> [u8; 3] {
    let at = at.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let left = (at as usize).min(VIRIDIS.len() - 2);
    let (low, high, part) = (VIRIDIS[left], VIRIDIS[left + 1], at - left as f64);
    [0, 1, 2].map(|c| (low[c] + part * (high[c] - low[c])).round() as u8)
}

pub(super) fn shade(values: impl Iterator<Item = f64>) -> Cell {
    let (sum, count) = values.fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    let mean = f64::clamp(sum / f64::max(count, 1.0), 0.0, 1.0);
    Cell::Shade((mean * SHADES as f64).round() as usize)
}

/// The state with the largest weight; the first one of a tie.
pub(super) fn most(states: usize, votes: impl Iterator<Item = (usize, f64)>) -> Cell {
    let mut weights = vec![0.0; states];
    votes.for_each(|(state, weight)| weights[state] += weight);
    let best = (0..states).fold(
        0,
        |best, s| if weights[s] > weights[best] { s } else { best },
    );
    Cell::State(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_grids_are_averaged_by_blocks() {
        let grid = Grid::new(200, 5);
        assert_eq!((grid.size, grid.shape()), (3, (67, 2)));
        let sites: usize = (0..67)
            .flat_map(|r| (0..2).map(move |c| (r, c)))
            .map(|(r, c)| grid.block(r, c).count())
            .sum();
        assert_eq!(sites, 1000);
        assert_eq!(shade([0.0, 1.0].into_iter()), Cell::Shade(SHADES / 2));
        assert_eq!(
            most(3, [(2, 1.0), (1, 2.0), (2, 1.0)].into_iter()),
            Cell::State(1)
        );
    }

    #[test]
    fn few_states_differ_in_gray() {
        let gray =
            |[r, g, b]: [u8; 3]| 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
        for states in 2..=FEW {
            let at = |state: usize| gray(viridis(state as f64 / (states - 1) as f64));
            for state in 1..states {
                assert!(at(state) - at(state - 1) > 12.0, "{state} of {states}");
            }
        }
        assert_eq!(state_paint(0, 3), "fill=\"#440154\"");
        assert_eq!(state_paint(1, 3), "fill=\"#21918c\"");
        assert_eq!(state_paint(2, 3), "fill=\"#fde725\"");
        assert!(state_paint(5, 11).contains("hsl("));
    }
}
