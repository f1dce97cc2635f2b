//! The ranges of a chart's axes.

use super::{Bars, Chart, Point, Reference, Scale};
use crate::report::axis::Axis;

/// Margin at either end, as a fraction of the range.
const MARGIN: f64 = 0.04;

/// The horizontal axis; `None` if there is no point to show.
pub(super) fn across(chart: &Chart<'_>) -> Option<Axis> {
    let points = on_scale(chart).map(|p| p.x);
    let lines = chart.references.iter().filter_map(|r| match r {
        Reference::Upright { at, .. } => Some(*at),
        _ => None,
    });
    axis(&chart.x, points.chain(lines), 6)
}

/// The vertical axis; `None` if there is no point to show.
pub(super) fn up(chart: &Chart<'_>) -> Option<Axis> {
    let points = on_scale(chart).flat_map(|p| {
        let (low, high) = p.range.unwrap_or((p.y, p.y));
        [p.y, low, high]
    });
    let lines = chart.references.iter().filter_map(|r| match r {
        Reference::Level { at, .. } => Some(*at),
        _ => None,
    });
    axis(&chart.y, points.chain(lines), 5)
}

/// The points that can be shown on both axes.
fn on_scale<'c>(chart: &'c Chart<'_>) -> impl Iterator<Item = &'c Point> {
    let points = chart.series.iter().flat_map(|s| &s.points);
    points.filter(|p| fits(&chart.x, p.x) && fits(&chart.y, p.y))
}

fn fits(scale: &Scale<'_>, value: f64) -> bool {
    value.is_finite() && (!scale.logarithmic || value >= f64::MIN_POSITIVE)
}

/// True if the point can be shown.
pub(super) fn shown(x: &Axis, y: &Axis, point: &Point) -> bool {
    x.shows(point.x) && y.shows(point.y)
}

fn axis(scale: &Scale<'_>, values: impl Iterator<Item = f64>, about: u32) -> Option<Axis> {
    let values = values.filter(|v| fits(scale, *v));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
        (l.min(v), h.max(v))
    });
    if low > high {
        return None;
    }
    let (low, high) = scale
        .range
        .unwrap_or_else(|| widened(low, high, scale.logarithmic));
    if scale.logarithmic {
        Axis::logarithmic(low, high, about)
    } else {
        Axis::new(low, high, about)
    }
}

/// The range with margins; a single value gets a range around it.
fn widened(low: f64, high: f64, logarithmic: bool) -> (f64, f64) {
    if logarithmic {
        let ratio = (high / low).powf(MARGIN);
        let ratio = if ratio > 1.001 { ratio } else { 1.3 };
        return (low / ratio, high * ratio);
    }
    let margin = MARGIN * (high - low);
    if margin > 1e-12 * high.abs().max(low.abs()) {
        (low - margin, high + margin)
    } else {
        let room = if high == 0.0 { 1.0 } else { 0.1 * high.abs() };
        (low - room, high + room)
    }
}

/// The axis of horizontal bars: from zero or, if logarithmic, from a round number below the smallest value.
pub(super) fn of_bars(bars: &Bars<'_>) -> Option<Axis> {
    let values = bars.bars.iter().flat_map(|b| {
        let ends = b.range.map(|r| [r.0, r.1]);
        b.value
            .into_iter()
            .chain(b.value.and(ends).into_iter().flatten())
    });
    let mut all: Vec<f64> = values.filter(|v| fits(&bars.x, *v)).collect();
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    if !least.is_finite() {
        return None;
    }
    if !bars.x.logarithmic {
        all.push(0.0);
        let high = all.iter().copied().fold(0.0, f64::max);
        let low = all.iter().copied().fold(0.0, f64::min);
        let range = bars.x.range.unwrap_or((1.02 * low, 1.02 * high));
        return Axis::new(range.0, range.1, 5);
    }
    let high = all.iter().copied().fold(least, f64::max);
    let range = bars.x.range.unwrap_or((0.5 * least, 1.2 * high));
    Axis::logarithmic(range.0, range.1, 6)
}
