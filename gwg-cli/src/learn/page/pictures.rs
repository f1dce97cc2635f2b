//! Pictures of the data, of the chains, of the filters of a Boltzmann machine, and of the couplings of a Potts model.

use super::mosaic::{Mosaic, Paint};
use super::{Page, scores};
use crate::flags::Shape;
use crate::report::text::{escape, number, plural};
use crate::report::{section as titled, state_color};
use gwg_learn::RbmLayers;

/// Colors of weights: cividis, from dark blue over gray to light yellow. They rise in lightness, so that the sign is seen in gray, too.
const COLORS: usize = 7;

/// The share of weights whose absolute value is below that of the darkest and the lightest color.
const QUANTILE: f64 = 0.99;

/// The sections of all pictures; empty where there is none.
pub(super) fn section(page: &Page<'_>) -> String {
    let mut text = String::new();
    if let Some(shape) = page.image {
        text += &titled("images", "Images", &images(page, shape));
    }
    if let Some(layers) = page.engine.layers().filter(|layers| layers.units > 1) {
        let (rows, columns) = (layers.units, layers.sites());
        let place = |cell: usize| cell % columns * rows + cell / columns;
        let shape = Shape { rows, columns };
        let figure = filters_of(&layers, shape, place);
        let about = format!(
            "<p>A row for each of {rows} states, and a column for each of {}, in their order.</p>",
            plural(columns, "site")
        );
        let content = format!("{about}<div class=\"mosaics\">{figure}</div>");
        text += &titled("filters", "Weights of hidden units", &content);
    }
    if let (Some(model), Some(alignment)) = (page.engine.pairs(), &page.rows.alignment) {
        text += &titled(
            "couplings",
            "Couplings",
            &scores::figure(model, alignment.alphabet().gap()),
        );
    }
    text
}

fn images(page: &Page<'_>, shape: Shape) -> String {
    let data = &page.rows.data;
    let states = page.engine.states();
    let chains: Vec<&[u8]> = states.chunks_exact(data.sites()).collect();
    let rows = |row: usize| data.row(row);
    let of_data = symbols(
        shape,
        ("data", "Rows of the data"),
        (data.rows(), data.states()),
        rows,
    );
    let of_chains = symbols(
        shape,
        ("chains", "States of chains"),
        (chains.len(), data.states()),
        |k| chains[k],
    );
    let filters = page.engine.layers().filter(|layers| layers.units == 1);
    let filters = filters.map(|layers| filters_of(&layers, shape, |site| site));
    format!(
        "<p>Images of {} and {}{}.</p><div class=\"mosaics\">{of_data}{of_chains}{}</div>",
        plural(shape.rows, "row"),
        plural(shape.columns, "column"),
        match data.states() {
            2 => "; sites of state 1 are drawn, those of state 0 are not",
            _ => "",
        },
        filters.unwrap_or_default()
    )
}

/// Images of some rows of states.
fn symbols<'s>(
    shape: Shape,
    (id, title): (&str, &str),
    (all, states): (usize, usize),
    row: impl Fn(usize) -> &'s [u8],
) -> String {
    let mosaic = Mosaic::new(shape, all);
    let shown: Vec<&[u8]> = mosaic.spread(all).map(row).collect();
    let paints: Vec<Paint> = match states {
        2 => vec![None, Some("class=\"one\"".to_owned())],
        _ => (0..states)
            .map(|state| Some(format!("color=\"{}\"", state_color(state, states))))
            .collect(),
    };
    let describe = format!("{} of {all}, evenly spaced.", mosaic.images);
    let kind = |image: usize, site: usize| usize::from(shown[image][site]);
    let svg = mosaic.svg(
        (&format!("image-{id}"), title, &describe),
        "edge",
        &paints,
        kind,
    );
    figure(&svg, title, &(describe + &coarse(&mosaic)), "")
}

fn coarse(mosaic: &Mosaic) -> String {
    match mosaic.step {
        1 => String::new(),
        step => format!(" Of {step} rows and columns, one is shown."),
    }
}

fn figure(svg: &str, title: &str, text: &str, key: &str) -> String {
    format!(
        "<figure>{svg}<figcaption><b>{}.</b> {}</figcaption>{key}</figure>",
        escape(title),
        escape(text)
    )
}

/// The weights of the hidden units with the largest norms; the visible unit of a cell of an image is at a place.
fn filters_of(layers: &RbmLayers, shape: Shape, place: impl Fn(usize) -> usize) -> String {
    let hidden = layers.hidden();
    let weight = |unit: usize, cell: usize| layers.weights[place(cell) * hidden + unit];
    let norms = norms(layers);
    let mut units: Vec<usize> = (0..hidden).collect();
    units.sort_by(|&a, &b| norms[b].total_cmp(&norms[a]));
    let mosaic = Mosaic::new(shape, hidden);
    units.truncate(mosaic.images);
    let largest = quantile(
        units
            .iter()
            .flat_map(|&unit| (0..layers.visible()).map(move |site| weight(unit, site).abs())),
    );
    let middle = COLORS / 2;
    let kind = |image: usize, site: usize| {
        let part = weight(units[image], site) / largest * (middle as f32 + 0.5);
        // A weight that is not a number is gray.
        let part = part.round().clamp(-(middle as f32), middle as f32);
        (middle as f32 + if part.is_nan() { 0.0 } else { part }) as usize
    };
    let paints: Vec<Paint> = (0..COLORS)
        .map(|color| (color != middle).then(|| format!("class=\"h{color}\"")))
        .collect();
    let title = "Filters";
    let text = format!(
        "Weights of {} of {} with the largest Euclidean norms, from {} to {}.{}",
        plural(mosaic.images, "hidden unit"),
        hidden,
        units
            .last()
            .map_or_else(String::new, |&u| number(norms[u], 3)),
        units
            .first()
            .map_or_else(String::new, |&u| number(norms[u], 3)),
        coarse(&mosaic)
    );
    let svg = mosaic.svg(
        ("image-filters", title, &text),
        &format!("h{middle}"),
        &paints,
        kind,
    );
    figure(&svg, title, &text, &key(largest))
}

/// The Euclidean norms of the weights of the hidden units.
fn norms(layers: &RbmLayers) -> Vec<f64> {
    let mut squares = vec![0.0_f64; layers.hidden()];
    for row in layers.weights.chunks_exact(layers.hidden()) {
        for (sum, &w) in squares.iter_mut().zip(row) {
            *sum += f64::from(w).powi(2);
        }
    }
    squares.into_iter().map(f64::sqrt).collect()
}

/// The quantile of positive numbers, above 0.
fn quantile(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.filter(|v| v.is_finite()).collect();
    values.sort_unstable_by(f32::total_cmp);
    let at = (QUANTILE * values.len() as f64) as usize;
    let found = values.get(at.min(values.len().saturating_sub(1)));
    found.copied().unwrap_or(0.0).max(f32::MIN_POSITIVE)
}

fn key(largest: f32) -> String {
    let largest = number(f64::from(largest), 2);
    let names = [
        (0, format!("-{largest} and below")),
        (COLORS / 2, "0".to_owned()),
        (COLORS - 1, format!("{largest} and above")),
    ];
    let items = names.map(|(color, name)| {
        format!(
            "<li><svg class=\"swatch\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"h{color}\" width=\"1\" height=\"1\"/></svg>{name}</li>"
        )
    });
    format!("<ul class=\"key\">{}</ul>", items.concat())
}
