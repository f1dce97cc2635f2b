//! The table of the worst sites.

use super::Report;
use super::text::{count, number, plural};
use super::verdict::{rhat, wanted};
use gwg_chains::diagnostics::{SiteFigure, SiteStatistics};

/// The section; empty where no site was judged.
pub(super) fn section(report: &Report<'_>) -> String {
    let found = report.result.site_statistics.as_ref();
    let Some(sites) = found.filter(|sites| sites.judged > 0) else {
        return String::new();
    };
    let place = Place::of(report.grid);
    let head: Vec<&str> = (["site"].into_iter())
        .chain(place.columns().iter().copied())
        .chain(["symbol", "mean", "R-hat", "bulk ESS"])
        .collect();
    let limits = (sites.limit, wanted(report.result));
    let rows: String = sites.worst.iter().map(|s| row(s, &place, limits)).collect();
    let table = super::table("site", &caption(sites, &place), &head, &rows);
    super::section("sites", "Worst sites", &table)
}

fn caption(sites: &SiteStatistics, place: &Place) -> String {
    let judged = if sites.sites == sites.of {
        format!("all {}", plural(sites.of, "site"))
    } else {
        let all = plural(sites.of, "site");
        format!("{} of {all}, chosen at random", sites.sites)
    };
    let numbered = match place {
        Place::Number => "Sites are",
        Place::Grid(_) => "Sites and their places are",
    };
    format!(
        "The worst of {judged}, by R-hat and then by bulk ESS. {numbered} numbered from 0. The mean is the share of draws in which the site has the symbol. With so many sites, chance alone explains R-hat up to {}.",
        rhat(sites.limit)
    )
}

/// How a site is located.
enum Place {
    /// By its number alone.
    Number,
    /// In a grid of this shape, row-major.
    Grid(Vec<usize>),
}

impl Place {
    fn of(grid: Option<&[usize]>) -> Self {
        match grid {
            Some(shape) if shape.len() > 1 && !shape.contains(&0) => Self::Grid(shape.to_vec()),
            _ => Self::Number,
        }
    }

    /// The titles of its columns.
    fn columns(&self) -> &'static [&'static str] {
        match self {
            Self::Number => &[],
            Self::Grid(shape) if shape.len() == 2 => &["row", "column"],
            Self::Grid(_) => &["position"],
        }
    }

    /// The cells of a site.
    fn cells(&self, site: usize) -> String {
        let Self::Grid(shape) = self else {
            return String::new();
        };
        let mut rest = site;
        let mut position = Vec::new();
        for length in shape.iter().rev() {
            position.insert(0, (rest % length).to_string());
            rest /= length;
        }
        if shape.len() == 2 {
            return format!("<td>{}</td>", position.join("</td><td>"));
        }
        format!("<td>({})</td>", position.join(", "))
    }
}

fn row(site: &SiteFigure, place: &Place, (limit, wanted): (f64, f64)) -> String {
    let cell = |bad: bool, text: Option<String>| match text {
        Some(text) if bad => format!("<td class=\"off\">{text}</td>"),
        Some(text) => format!("<td>{text}</td>"),
        None => "<td class=\"none\">undefined</td>".to_owned(),
    };
    let few = site.ess.is_some_and(|ess| ess < wanted);
    let apart = site.rhat.is_some_and(|rhat| rhat > limit);
    let shown = site.rhat.map(|r| {
        if r.is_infinite() {
            "infinite".to_owned()
        } else {
            rhat(r)
        }
    });
    let symbol = site
        .symbol
        .map_or_else(|| "half of all".to_owned(), |symbol| symbol.to_string());
    format!(
        "<tr><th scope=\"row\">{}</th>{}<td>{symbol}</td><td>{}</td>{}{}</tr>",
        site.site,
        place.cells(site.site),
        number(site.mean, 3),
        cell(apart, shown),
        cell(few, site.ess.map(count))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::result;
    use crate::session::MoveHistory;
    use gwg_chains::diagnostics::SiteDraws;

    /// Two chains of 40 draws of a model with these states: site 5 differs between chains, site 0 changes at random.
    fn page(sites: usize, states: usize, grid: Option<&[usize]>) -> String {
        let mut draws = SiteDraws::new(sites, states, 2, 2);
        for draw in 0..40_u32 {
            for chain in 0..2 {
                let mut x = vec![0_u8; sites];
                x[0] = u8::from(draw.wrapping_mul(0x9e37_79b9) >> 31 == 1);
                x[5] = u8::try_from(chain * (states - 1)).unwrap();
                draws.add(chain, &x);
            }
        }
        let mut result = result();
        result.site_statistics = Some(draws.statistics());
        section(&Report {
            result: &result,
            series: &[],
            moves: &MoveHistory::default(),
            grid,
            picture: None,
        })
    }

    #[test]
    fn sites_have_their_places() {
        let head = "<th scope=\"col\">site</th><th scope=\"col\">row</th><th scope=\"col\">column</th><th scope=\"col\">symbol</th>";
        let found = page(12, 2, Some(&[3, 4]));
        assert!(found.contains(head), "{found}");
        let row = "<tr><th scope=\"row\">5</th><td>1</td><td>1</td><td>1</td><td>0.5</td><td class=\"off\">infinite</td>";
        assert!(found.contains(row), "{found}");
        let cube = page(27, 3, Some(&[3, 3, 3]));
        assert!(cube.contains("<td>(0, 1, 2)</td><td>2</td>"), "{cube}");
        for none in [None, Some(&[12][..]), Some(&[0, 0][..])] {
            let plain = page(12, 2, none);
            assert!(
                plain.contains("<th scope=\"row\">5</th><td>1</td><td>0.5</td>"),
                "{plain}"
            );
            assert!(plain.contains("Sites are numbered from 0"));
        }
    }
}
