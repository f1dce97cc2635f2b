//! The figures of a training run over its updates, thinned.

use super::engine::{Figures, serialize_figures};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;

/// The most points of each figure.
const MOST: usize = 1000;

/// The course of each figure of the updates, by its name, in the order in which they appeared.
///
/// Of a figure that was computed more than 1000 times there is every second, fourth, .. value, so that at least 500 are left. What is kept depends on
/// the updates alone: a run that was saved and goes on has the history of one that was not interrupted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct History {
    courses: Vec<Course>,
    /// The last update.
    update: u64,
}

/// The course of one figure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Course {
    pub(super) name: String,
    /// How often it was computed.
    seen: u64,
    /// Of so many values, the last is kept.
    every: u64,
    /// Updates and values.
    pub(super) points: Vec<(u64, f64)>,
    /// The last one, whether it is among them or not.
    last: (u64, f64),
}

impl History {
    /// Adds the figures of an update.
    pub(super) fn push(&mut self, figures: &Figures) {
        self.update = figures.update;
        for &(name, value) in &figures.values {
            self.course(name).push(figures.update, value);
        }
    }

    fn course(&mut self, name: &str) -> &mut Course {
        let known = self.courses.iter().position(|course| course.name == name);
        let at = known.unwrap_or(self.courses.len());
        if known.is_none() {
            self.courses.push(Course::new(name));
        }
        &mut self.courses[at]
    }

    pub(super) fn courses(&self) -> &[Course] {
        &self.courses
    }

    /// The figures of the last update.
    pub(super) fn last(&self) -> impl Iterator<Item = (&str, f64)> {
        let own = |course: &&Course| course.last.0 == self.update;
        let courses = self.courses.iter().filter(own);
        courses.map(|course| (course.name.as_str(), course.last.1))
    }
}

impl Course {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            seen: 0,
            every: 1,
            points: Vec::new(),
            last: (0, f64::NAN),
        }
    }

    fn push(&mut self, update: u64, value: f64) {
        self.last = (update, value);
        self.seen += 1;
        if !self.seen.is_multiple_of(self.every) {
            return;
        }
        if self.points.len() == MOST {
            // Those that a run with twice the distance would have kept.
            let mut keep = true;
            self.points.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
            if !self.seen.is_multiple_of(self.every) {
                return;
            }
        }
        self.points.push((update, value));
    }
}

/// As the list of the updates, each with its figures: what `--summary` has.
pub(super) struct HistoryRows<'h>(pub(super) &'h History);

impl Serialize for HistoryRows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rows: BTreeMap<u64, Vec<(&str, f64)>> = BTreeMap::new();
        for course in self.0.courses() {
            for &(update, value) in &course.points {
                let row = rows.entry(update).or_default();
                row.push((&course.name, value));
            }
        }
        let mut list = serializer.serialize_seq(Some(rows.len()))?;
        for (update, values) in rows {
            list.serialize_element(&Row(update, values))?;
        }
        list.end()
    }
}

/// The last update and its figures, as an object.
pub(super) struct LastRow<'h>(pub(super) &'h History);

impl Serialize for LastRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values: Vec<(&str, f64)> = self.0.last().collect();
        serialize_figures(self.0.update, &values, serializer)
    }
}

/// The figures of an update.
struct Row<'n>(u64, Vec<(&'n str, f64)>);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_figures(self.0, &self.1, serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(update: u64) -> Figures {
        let mut values = vec![("gradient", 1.0 / update as f64)];
        if update.is_multiple_of(50) {
            values.push(("round_trips", update as f64));
        }
        Figures { update, values }
    }

    #[test]
    fn what_is_kept_depends_on_the_updates_alone_and_is_bounded() {
        let mut whole = History::default();
        for update in 1..=25_600 {
            whole.push(&figures(update));
            let [gradient, ..] = whole.courses() else {
                panic!("a figure");
            };
            assert!(gradient.points.len() <= MOST);
            assert!(update < 500 || gradient.points.len() >= MOST / 2);
        }
        let [gradient, trips] = whole.courses() else {
            panic!("two figures");
        };
        let updates: Vec<u64> = gradient.points.iter().map(|p| p.0).collect();
        assert_eq!(updates, (1..=800).map(|k| 32 * k).collect::<Vec<_>>());
        // Figures that are rare are thinned by their own number.
        assert_eq!(trips.points.len(), 512);
        let mut part = History::default();
        (1..=777).for_each(|update| part.push(&figures(update)));
        let mut rest = part.clone();
        (778..=25_600).for_each(|update| rest.push(&figures(update)));
        assert_eq!(rest, whole);
    }

    #[test]
    fn the_summary_has_a_row_per_update() {
        let mut history = History::default();
        (49..=51).for_each(|update| history.push(&figures(update)));
        let rows = serde_json::to_value(HistoryRows(&history)).unwrap();
        assert_eq!(
            rows[0],
            serde_json::json!({"update": 49, "gradient": 1.0 / 49.0})
        );
        assert_eq!(rows[1]["round_trips"], 50.0);
        assert_eq!(rows.as_array().unwrap().len(), 3);
    }
}
