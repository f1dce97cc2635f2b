//! The scores of pairs of sites by the couplings of a Potts model.

use crate::chart::{Layer, Matrix};
use crate::report::text::{escape, number, plural};
use gwg_learn::{AverageProduct, DEFAULT_SEPARATION, PairPotts, frobenius_apc};

/// Shades of scores.
const SHADES: usize = 8;
/// The most cells along a side: of more sites, cells are blocks that show their largest score.
const SIDE: usize = 180;

/// The map of the scores, and of the pairs that are predicted to be in contact.
pub(super) fn figure(model: &PairPotts<f32>, gap: Option<u8>) -> String {
    let scores = frobenius_apc(model, gap, AverageProduct::Sums);
    let sites = model.sites();
    let ranked = scores.ranked(DEFAULT_SEPARATION);
    let largest = scores.iter().map(|(_, score)| score).fold(0.0, f64::max);
    if ranked.is_empty() || !(largest > 0.0 && largest.is_finite()) {
        return "<p>There is no map: no two sites that are far enough apart have a coupling.</p>"
            .to_owned();
    }
    let block = sites.div_ceil(SIDE);
    let side = sites.div_ceil(block);
    let mut shades = vec![0; side * side];
    for ((i, j), score) in scores.iter() {
        let shade = (score / largest * SHADES as f64).ceil().max(0.0) as usize;
        let cell = &mut shades[i / block * side + j / block];
        *cell = shade.max(*cell);
    }
    let cells = |shade: usize| {
        let all = shades.iter().enumerate().filter(move |(_, s)| **s == shade);
        all.map(|(k, _)| (k / side * block, k % side * block))
            .collect()
    };
    let mut layers: Vec<Layer> = (1..=SHADES)
        .map(|shade| Layer {
            name: match shade {
                SHADES => number(largest, 2),
                _ if shade == SHADES / 2 => format!("score {}", number(0.5 * largest, 2)),
                _ => String::new(),
            },
            class: "ink",
            opacity: shade as f64 / SHADES as f64,
            size: block,
            cells: cells(shade),
        })
        .collect();
    let first = ranked.iter().take(sites);
    layers.push(Layer {
        name: format!(
            "the {} with the highest scores",
            plural(ranked.len().min(sites), "pair")
        ),
        class: "c0",
        opacity: 1.0,
        size: 1,
        cells: first.map(|&(i, j)| (j, i)).collect(),
    });
    let best: Vec<String> = ranked
        .iter()
        .take(5)
        .map(|(i, j)| format!("{}-{}", i + 1, j + 1))
        .collect();
    let describe = format!("The pairs with the highest scores are {}.", best.join(", "));
    let svg = Matrix {
        id: "scores",
        title: "Scores of pairs of sites",
        subtitle: "Above the diagonal: all scores. Below: predicted contacts.",
        describe: &describe,
        axis: "site",
        size: sites,
        layers,
    }
    .svg();
    format!(
        "<div class=\"grid2\"><figure>{svg}<figcaption>{} Scores are Frobenius norms of the couplings in the zero-sum gauge{}, with the average product correction, as <code>gwg contacts</code> computes them; those of at most 0 are not drawn. Predicted contacts are as many pairs as there are sites, more than {DEFAULT_SEPARATION} sites apart.</figcaption></figure></div>",
        escape(&describe),
        if gap.is_some() {
            ", without the gap"
        } else {
            ""
        },
    )
}
