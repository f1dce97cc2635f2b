//! What the axes of a chart show.

use super::{Bars, Chart, Point, Reference, Scale};
use crate::report::axis::Axis;

/// Share of the range that stays free at either end.
const MARGIN: f64 = 0.04;

/// The horizontal axis; `None` if no point can be shown.
pub(super) fn across(chart: &Chart<'_>) -> Option<Axis> {
    let points = on_scale(chart).map(|p| p.x);
    let lines = chart.references.iter().filter_map(|r| match r {
        Reference::Upright { at, .. } => Some(*at),
        _ => None,
    });
    axis(&chart.x, points.chain(lines), 6)
}

/// The vertical one.
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

/// The points that have a place on both axes.
fn on_scale<'c>(chart: &'c Chart<'_>) -> impl Iterator<Item = &'c Point> {
    let points = chart.series.iter().flat_map(|s| &s.points);
    points.filter(|p| fits(&chart.x, p.x) && fits(&chart.y, p.y))
}

fn fits(scale: &Scale<'_>, value: f64) -> bool {
    value.is_finite() && (!scale.logarithmic || value >= f64::MIN_POSITIVE)
}

/// Whether a point has a place.
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

/// The range with its margins; one value alone gets room about it.
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

/// The axis of bars: from zero, or from a round number under the least.
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
