//! Pictures of states as SVG paths, in which runs of equal cells are merged.

mod grid;

pub(crate) use self::grid::state_color;
use self::grid::{Grid, SHADES, most, shade, shade_paint, state_paint};
use super::Picture;
use super::frame::{role, titles};
use super::text::plural;

/// Maximum number of chains shown, which bounds the size of the page.
const CHAINS: usize = 4;

/// The section of the picture; empty if there is none.
pub(super) fn section(picture: &Picture<'_>) -> String {
    let body = body(picture).unwrap_or_else(|why| format!("<p>{why}</p>"));
    format!("<section aria-labelledby=\"states\"><h2 id=\"states\">States</h2>{body}</section>")
}

fn body(picture: &Picture<'_>) -> Result<String, String> {
    let sites = picture.rows.checked_mul(picture.columns).unwrap_or(0);
    if sites == 0 || picture.states < 2 {
        return Err("There are no rows and columns of sites to show.".to_owned());
    }
    let grid = Grid::new(picture.rows, picture.columns);
    let chains = picture.chains.iter().take(CHAINS).enumerate();
    let mut tiles: String = chains
        .filter(|(_, state)| state.len() == sites)
        .map(|(chain, state)| last_state(grid, picture.states, chain, state))
        .collect();
    if let Some(means) = picture.means {
        tiles += &mean(grid, picture.states, means);
    }
    if tiles.is_empty() {
        return Err(format!(
            "Not shown: no state has {sites} sites, as {} rows and {} columns require.",
            picture.rows, picture.columns
        ));
    }
    Ok(format!(
        "<p>{}</p><div class=\"tiles\">{tiles}</div>{}",
        intro(grid, picture),
        key(picture.states)
    ))
}

fn intro(grid: Grid, picture: &Picture<'_>) -> String {
    let mut text = format!(
        "Sites in {} and {}, {} per site.",
        plural(picture.rows, "row"),
        plural(picture.columns, "column"),
        plural(picture.states, "state")
    );
    if grid.size > 1 {
        let by = if picture.states == 2 {
            "their mean"
        } else {
            "their most frequent state"
        };
        text += &format!(
            " Each cell is a block of {0} x {0} sites and shows {by}.",
            grid.size
        );
    }
    text
}

fn last_state(grid: Grid, states: usize, chain: usize, state: &[u16]) -> String {
    let site = |site: usize| usize::from(state[site]).min(states - 1);
    let cell = |block: &mut dyn Iterator<Item = usize>| {
        if states == 2 {
            shade(block.map(|s| site(s) as f64))
        } else {
            most(states, block.map(|s| (site(s), 1.0)))
        }
    };
    let ones = state.iter().filter(|s| **s == 1).count() as f64 / state.len() as f64;
    let describe = format!("{:.1}% of the sites are in state 1.", 100.0 * ones);
    let name = format!("Last state of chain {chain}");
    tile(
        grid,
        &format!("state-{chain}"),
        &name,
        &describe,
        &grid.paths(cell, states),
    )
}

/// The picture of the means: one number per site, or one row of state frequencies per site.
fn mean(grid: Grid, states: usize, means: &[f64]) -> String {
    let sites = grid.rows * grid.columns;
    if means.iter().any(|m| !m.is_finite()) {
        return "<p>The mean is not shown: some values are not finite.</p>".to_owned();
    }
    if means.len() == sites {
        let top = (states - 1) as f64;
        let cell = |block: &mut dyn Iterator<Item = usize>| shade(block.map(|s| means[s] / top));
        let (low, high) = means
            .iter()
            .fold((means[0], means[0]), |(l, h), &m| (l.min(m), h.max(m)));
        let describe = format!("Means of the sites run from {low:.3} to {high:.3}.");
        return tile(
            grid,
            "mean",
            "Mean over all draws",
            &describe,
            &grid.paths(cell, states),
        );
    }
    if Some(means.len()) != sites.checked_mul(states) {
        return format!(
            "<p>The mean is not shown: found {} values for {sites} sites.</p>",
            means.len()
        );
    }
    let frequencies = |s: usize| {
        means[s * states..(s + 1) * states]
            .iter()
            .copied()
            .enumerate()
    };
    let cell = |block: &mut dyn Iterator<Item = usize>| {
        if states == 2 {
            shade(block.map(|s| means[2 * s + 1]))
        } else {
            most(states, block.flat_map(frequencies))
        }
    };
    let name = if states == 2 {
        "Mean over all draws"
    } else {
        "Most frequent state"
    };
    let describe = "From the frequencies of the states over all draws.";
    tile(grid, "mean", name, describe, &grid.paths(cell, states))
}

fn tile(grid: Grid, id: &str, name: &str, describe: &str, paths: &str) -> String {
    let (rows, columns) = grid.shape();
    format!(
        "<figure><svg class=\"cells\" {} viewBox=\"0 0 {columns} {rows}\">{}<rect class=\"paper\" width=\"{columns}\" height=\"{rows}\"/>{paths}</svg><figcaption>{name}</figcaption></figure>",
        role(id),
        titles(id, name, describe)
    )
}

fn key(states: usize) -> String {
    let item = |paint: String, name: String| {
        format!(
            "<li><svg class=\"swatch\" viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect {paint} width=\"1\" height=\"1\"/></svg>{name}</li>"
        )
    };
    let items: String = if states == 2 {
        [0, SHADES / 2, SHADES]
            .map(|s| item(shade_paint(s), number_of(s)))
            .concat()
    } else {
        let shown = states.min(32);
        (0..shown)
            .map(|s| item(state_paint(s, states), format!("state {s}")))
            .collect()
    };
    format!("<ul class=\"key\">{items}</ul>")
}

fn number_of(shade: usize) -> String {
    match shade {
        0 => "state 0".to_owned(),
        SHADES => "state 1".to_owned(),
        _ => "mean 0.5".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_equal_cells_are_merged() {
        let state = [0, 1, 1, 1, 0, 1];
        let grid = Grid::new(2, 3);
        let svg = last_state(grid, 2, 0, &state);
        assert!(
            svg.contains("d=\"M1 0h2v1h-2zM0 1h1v1h-1zM2 1h1v1h-1z\""),
            "{svg}"
        );
        assert!(svg.contains("66.7% of the sites"));
    }

    #[test]
    fn invalid_shapes_are_explained() {
        let picture = |states, rows, columns| Picture {
            states,
            rows,
            columns,
            chains: &[&[0, 1]],
            means: Some(&[0.5]),
        };
        assert!(section(&picture(2, 0, 5)).contains("no rows and columns"));
        assert!(section(&picture(2, usize::MAX, 5)).contains("no rows and columns"));
        assert!(section(&picture(1, 1, 2)).contains("no rows and columns"));
        assert!(section(&picture(3, 1, 2)).contains("found 1 values for 2 sites"));
        assert!(
            section(&Picture {
                means: None,
                ..picture(3, 3, 3)
            })
            .contains("no state has 9 sites")
        );
    }
}
