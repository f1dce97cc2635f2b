//! Comparisons of several models that differ in one key.

use super::Comparison;
use super::section::{Row, Section};
use crate::report::text::number;

/// The key, and its value in each section.
pub(super) struct Varied {
    pub(super) key: String,
    pub(super) values: Vec<f64>,
    best: Vec<String>,
}

/// Finds the single key in which the models differ, if its values are distinct numbers.
pub(super) fn found(comparison: &Comparison<'_>) -> Option<Varied> {
    let sections = &comparison.sections;
    let specs: Vec<&str> = sections.iter().map(|s| s.model.as_str()).collect();
    let (key, values) = key_of(&specs)?;
    Some(Varied {
        key,
        values,
        best: sections.iter().map(best).collect(),
    })
}

fn best(section: &Section) -> String {
    let able = section
        .rows
        .iter()
        .filter(|r| r.candidate.fault().is_none());
    let speed = |r: &&Row| r.candidate.speed.map_or(0.0, |e| e.value);
    let best = able.max_by(|a, b| speed(a).total_cmp(&speed(b)));
    best.map_or_else(|| "none".into(), |r| r.entrant.name.clone())
}

impl Varied {
    /// Formats the best sampler for each value of the key.
    pub(super) fn text(&self) -> String {
        let pairs = self.values.iter().zip(&self.best);
        let wins: Vec<String> = pairs
            .map(|(v, b)| format!("{} {b}", number(*v, 6)))
            .collect();
        format!("most ESS/s by {}: {}", self.key, wins.join("; "))
    }
}

fn key_of(specs: &[&str]) -> Option<(String, Vec<f64>)> {
    let parsed: Vec<(&str, Vec<(&str, &str)>)> = specs
        .iter()
        .map(|spec| {
            let (name, keys) = spec.split_once(':')?;
            let keys = keys
                .split(',')
                .map(|k| k.split_once('='))
                .collect::<Option<_>>()?;
            Some((name, keys))
        })
        .collect::<Option<_>>()?;
    let (name, keys) = parsed.first()?;
    if parsed
        .iter()
        .any(|(n, k)| n != name || k.len() != keys.len())
    {
        return None;
    }
    let differs = |at: &usize| parsed.iter().any(|(_, k)| k[*at] != keys[*at]);
    let at: Vec<usize> = (0..keys.len()).filter(differs).collect();
    let &[at] = at.as_slice() else {
        return None;
    };
    let values: Vec<f64> = parsed
        .iter()
        .map(|(_, k)| k[at].1.parse().ok())
        .collect::<Option<_>>()?;
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    (sorted.len() == values.len()).then(|| (keys[at].0.to_owned(), values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_varies() {
        let found = key_of(&["m:a=1,b=0.1", "m:a=1,b=0.3", "m:a=1,b=0.2"]);
        assert_eq!(found, Some(("b".into(), vec![0.1, 0.3, 0.2])));
    }

    #[test]
    fn other_differences_are_not_plotted() {
        for specs in [
            &["m:a=1"][..],
            &["m:a=1", "m:a=1"],
            &["m:a=1", "n:a=2"],
            &["m:a=1,b=1", "m:a=2,b=2"],
            &["m:a=x", "m:a=y"],
            &["m:a=1", "m:a=2", "m:a=2"],
            &["a.safetensors", "b.safetensors"],
        ] {
            assert_eq!(key_of(specs), None, "{specs:?}");
        }
    }
}
