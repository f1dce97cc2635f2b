//! Many small images of the same shape in one picture.

use crate::flags::Shape;
use crate::report::frame::{role, titles};
use std::fmt::Write as _;

/// The most images, and about the most cells of all of them: what a page is large enough for.
const IMAGES: usize = 36;
const CELLS: usize = 30_000;
/// The most cells along a side: of larger images there is every second, third, .. row and column.
const SIDE: usize = 64;

/// The arrangement of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mosaic {
    shape: Shape,
    /// Of so many rows and columns, one is shown.
    pub(super) step: usize,
    /// Images shown.
    pub(super) images: usize,
    across: usize,
}

/// What cells of a kind look like: attributes of a path; `None` for the ground.
pub(super) type Paint = Option<String>;

impl Mosaic {
    /// As many of `all` images as there is room for.
    pub(super) fn new(shape: Shape, all: usize) -> Self {
        let step = shape.rows.max(shape.columns).div_ceil(SIDE).max(1);
        let cells = shape.rows.div_ceil(step) * shape.columns.div_ceil(step);
        let most = (CELLS / cells.max(1)).clamp(4, IMAGES);
        let across = (1..).take_while(|n| n * n <= most).last().unwrap_or(1);
        let images = all.min(across * across);
        Self {
            shape,
            step,
            images,
            across: across.min(images.max(1)),
        }
    }

    /// The numbers of the images that are shown of `all`, evenly spaced.
    pub(super) fn spread(&self, all: usize) -> impl Iterator<Item = usize> + use<> {
        let images = self.images;
        (0..images).map(move |k| k * all / images.max(1))
    }

    /// Rows and columns of cells of one image.
    fn cells(&self) -> (usize, usize) {
        let part = |sites: usize| sites.div_ceil(self.step);
        (part(self.shape.rows), part(self.shape.columns))
    }

    /// The picture: `kind` is what a site of an image is, and `paints` how each kind looks.
    pub(super) fn svg(
        &self,
        (id, title, describe): (&str, &str, &str),
        ground: &str,
        paints: &[Paint],
        kind: impl Fn(usize, usize) -> usize,
    ) -> String {
        let (rows, columns) = self.cells();
        let gap = (rows.max(columns) / 12).max(1);
        let (right, down) = (columns + gap, rows + gap);
        let tall = self.images.div_ceil(self.across.max(1));
        let (width, height) = (self.across * right + gap, tall * down + gap);
        let mut paths = vec![Pen::default(); paints.len()];
        let mut grounds = String::new();
        for image in 0..self.images {
            let left = gap + image % self.across * right;
            let top = gap + image / self.across * down;
            let _ = write!(
                grounds,
                "<rect class=\"{ground}\" x=\"{left}\" y=\"{top}\" width=\"{columns}\" height=\"{rows}\"/>"
            );
            for row in 0..rows {
                let site = |column: usize| (row * self.shape.columns + column) * self.step;
                let kinds: Vec<usize> = (0..columns).map(|c| kind(image, site(c))).collect();
                let mut at = left;
                for run in kinds.chunk_by(|a, b| a == b) {
                    if let Some(pen) = run.first().and_then(|&kind| paths.get_mut(kind)) {
                        pen.line(at, top + row, run.len());
                    }
                    at += run.len();
                }
            }
        }
        let paths = paths.iter().zip(paints);
        let paths: String = paths
            .filter_map(|(pen, paint)| {
                let paint = paint.as_ref().filter(|_| !pen.path.is_empty())?;
                Some(format!("<path {paint} d=\"{}\"/>", pen.path))
            })
            .collect();
        format!(
            "<svg class=\"mosaic\" viewBox=\"0 0 {width} {height}\" {}>{}{grounds}<g transform=\"translate(0 .5)\">{paths}</g></svg>",
            role(id),
            titles(id, title, describe)
        )
    }
}

/// Horizontal lines of width 1, each from the end of the last one.
#[derive(Clone, Debug, Default)]
struct Pen {
    path: String,
    at: (usize, usize),
}

impl Pen {
    fn line(&mut self, x: usize, y: usize, length: usize) {
        let (dx, dy) = (
            x as isize - self.at.0 as isize,
            y as isize - self.at.1 as isize,
        );
        let space = if dy < 0 { "" } else { " " };
        let _ = write!(self.path, "m{dx}{space}{dy}h{length}");
        self.at = (x + length, y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn shape(rows: usize, columns: usize) -> Shape {
        Shape { rows, columns }
    }

    #[test]
    fn runs_are_lines_from_the_end_of_the_last() {
        let mosaic = Mosaic::new(shape(2, 3), 2);
        assert_eq!((mosaic.images, mosaic.across), (2, 2));
        let images = [[0, 1, 1, 1, 0, 1], [0, 0, 0, 1, 1, 1]];
        let paints = [None, Some("class=\"one\"".to_owned())];
        let svg = mosaic.svg(("i", "t", "d"), "edge", &paints, |k, site| images[k][site]);
        // Tiles of 3 x 2 with a gap of 1: at (1, 1) and (5, 1).
        assert!(svg.contains("viewBox=\"0 0 9 4\""), "{svg}");
        assert!(
            svg.contains("<path class=\"one\" d=\"m2 1h2m-3 1h1m1 0h1m1 0h3\"/>"),
            "{svg}"
        );
        assert_eq!(svg.matches("<rect ").count(), 2);
    }

    #[test]
    fn large_images_are_few_and_coarse() {
        assert_eq!(Mosaic::new(shape(28, 28), 1000).images, 36);
        assert_eq!(Mosaic::new(shape(28, 28), 5).images, 5);
        let large = Mosaic::new(shape(200, 100), 1000);
        assert_eq!((large.step, large.cells(), large.images), (4, (50, 25), 16));
        let spread: Vec<usize> = Mosaic::new(shape(2, 2), 36).spread(72).collect();
        assert_eq!((spread[1], spread[35], spread.len()), (2, 70, 36));
    }
}
