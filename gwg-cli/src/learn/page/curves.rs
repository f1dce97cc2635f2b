//! The figures of the updates over the updates.

use super::meanings::{self, Meaning};
use crate::chart::{Chart, Draw, Point, Scale, Series};
use crate::learn::history::{Course, History};
use crate::report::text::{escape, number, plural};

/// Figures that are drawn together: their names, and the title.
const TOGETHER: [(&[&str], &str); 1] = [(
    &["data", "model"],
    "Mean of f of the data and of the chains",
)];

/// The caption of the means of f of both.
const BOTH: &str = "Both are of the parameters before the update. Of Ising and Potts models, whose f is linear in the parameters, they agree once learning has ended; of Boltzmann machines, nearly. A difference that remains shows chains that do not represent the model, or learning that has not ended.";

/// A logarithmic axis where the largest value is so many times the smallest.
const DECADES: f64 = 30.0;

/// The section of the curves: every figure of the history has one, or a sentence where it is constant.
pub(super) fn section(history: &History, updates: u64) -> String {
    let (mut figures, mut constant) = (String::new(), String::new());
    for group in groups(history) {
        match value_of(&group) {
            Some(value) => constant += &said(&group, value),
            None => figures += &figure(&group, updates),
        }
    }
    let body = match figures.is_empty() && constant.is_empty() {
        true => "<p>There are no updates yet.</p>".to_owned(),
        false => format!("<div class=\"grid2\">{figures}</div>{constant}"),
    };
    crate::report::section("curves", "Over the updates", &body)
}

/// The courses in the order of the history, those that belong together in one group.
fn groups(history: &History) -> Vec<Vec<&Course>> {
    let mut groups: Vec<Vec<&Course>> = Vec::new();
    for course in history.courses() {
        let names = TOGETHER.iter().map(|(names, _)| *names);
        let mut with = names.filter(|names| names.contains(&course.name.as_str()));
        let with = with.next().unwrap_or_default();
        let like = |group: &&mut Vec<&Course>| {
            let first = group.first();
            first.is_some_and(|first| with.contains(&first.name.as_str()))
        };
        match groups.iter_mut().find(like) {
            Some(group) => group.push(course),
            None => groups.push(vec![course]),
        }
    }
    groups
}

/// The value of a figure that never changed; `None` of others, and of a single one.
fn value_of(group: &[&Course]) -> Option<f64> {
    let [course] = group else {
        return None;
    };
    let (_, first) = *course.points.first()?;
    let same = |value: f64| value == first || (value.is_nan() && first.is_nan());
    let constant = course.points.len() > 1 && course.points.iter().all(|p| same(p.1));
    constant.then_some(first)
}

fn said(group: &[&Course], value: f64) -> String {
    let names = group.iter().map(|course| escape(&course.name));
    let names: Vec<String> = names.collect();
    format!(
        "<p><b>{}</b> is {} at every update that is shown.</p>",
        names.join(", "),
        number(value, 6)
    )
}

fn figure(group: &[&Course], updates: u64) -> String {
    let Some(first) = group.first() else {
        return String::new();
    };
    let meaning = Meaning::of(&first.name);
    let together = TOGETHER
        .iter()
        .find(|(names, _)| group.len() > 1 && names.contains(&first.name.as_str()));
    let title = together.map_or_else(
        || meaning.title().to_owned(),
        |(_, title)| (*title).to_owned(),
    );
    let describe: Vec<String> = group.iter().map(|course| described(course)).collect();
    let y = match group {
        [course] if is_wide(course) => Scale::logarithmic(meaning.unit()),
        _ => Scale::linear(meaning.unit()),
    };
    let last = group
        .iter()
        .flat_map(|c| c.points.last())
        .map(|p| p.0)
        .max();
    let last = last.unwrap_or(updates);
    let chart = Chart {
        id: &format!("curve-{}", meanings::id(&first.name)),
        title: &title,
        subtitle: "",
        describe: &describe.join(" "),
        x: Scale {
            // Ticks are whole numbers.
            range: Some((0.0, last.max(5) as f64)),
            ..Scale::linear("update")
        },
        y,
        series: group
            .iter()
            .enumerate()
            .map(|(style, course)| series(style, course, group.len() > 1))
            .collect(),
        references: Vec::new(),
    };
    let caption = match together {
        Some(_) => BOTH,
        None => meaning.text(),
    };
    format!(
        "<figure>{}<figcaption>{}</figcaption></figure>",
        chart.svg(),
        escape(caption)
    )
}

fn series(style: usize, course: &Course, named: bool) -> Series {
    Series {
        name: if named {
            course.name.clone()
        } else {
            String::new()
        },
        style,
        draw: Draw::Line,
        points: course
            .points
            .iter()
            .map(|&(update, value)| Point::new(update as f64, value))
            .collect(),
    }
}

/// Positive values over more than a decade.
fn is_wide(course: &Course) -> bool {
    let values = || course.points.iter().map(|p| p.1).filter(|v| v.is_finite());
    let (low, high) = (
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    low > 0.0 && high > DECADES * low
}

/// The course in words.
fn described(course: &Course) -> String {
    let finite = || course.points.iter().filter(|p| p.1.is_finite());
    let (Some(first), Some(last)) = (finite().next(), finite().next_back()) else {
        return format!("{} is undefined at every update.", course.name);
    };
    let least = finite().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let most = finite().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    format!(
        "{}: {} from update {} to {}; the first is {}, the last {}, the least {}, the largest {}.",
        course.name,
        plural(course.points.len(), "value"),
        first.0,
        last.0,
        number(first.1, 4),
        number(last.1, 4),
        number(least, 4),
        number(most, 4)
    )
}
