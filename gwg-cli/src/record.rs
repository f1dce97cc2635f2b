//! `--record`: the quantities that a run records of every draw.

use crate::failure::Failure;
use gwg_chains::Quantity;
use gwg_chains::diagnostics::SiteDraws;
use gwg_core::Symbol;
use gwg_registry::grammar::closest;

/// The quantities that a model with these `natural` ones can record.
pub(crate) fn known<S: Symbol>(natural: Vec<Quantity<S>>) -> Vec<Quantity<S>> {
    let mut known = Quantity::built_in().to_vec();
    for quantity in natural {
        if known.iter().all(|other| other.name() != quantity.name()) {
            known.push(quantity);
        }
    }
    known
}

/// The quantities with these names, `log_prob` among them; without names, the default ones. Last, those of `needed` that are not among them.
///
/// Whether they suit the run, and whether one occurs twice, is checked with its plan.
pub(crate) fn quantities<S: Symbol>(
    names: Option<&[String]>,
    natural: Vec<Quantity<S>>,
    needed: Vec<Quantity<S>>,
) -> Result<Vec<Quantity<S>>, Failure> {
    let Some(names) = names else {
        return Ok([Quantity::defaults(), needed].concat());
    };
    let known = [known(natural), needed.clone()].concat();
    let found: Vec<Quantity<S>> = names
        .iter()
        .map(|name| named(name.trim(), &known))
        .collect::<Result<_, _>>()?;
    let log_prob = Quantity::log_prob();
    let implied = (!found.contains(&log_prob)).then_some(log_prob);
    let rest: Vec<_> = needed.into_iter().filter(|q| !found.contains(q)).collect();
    Ok(implied.into_iter().chain(found).chain(rest).collect())
}

/// Of the sites of a large model a random subset is judged: the projections, in which the others are seen.
pub(crate) fn projections<S: Symbol>(
    sites: usize,
    states: usize,
    chains: usize,
) -> Vec<Quantity<S>> {
    if SiteDraws::judges_all(sites, states, chains) {
        return Vec::new();
    }
    Quantity::projections(sites, states)
}

fn named<S: Symbol>(name: &str, known: &[Quantity<S>]) -> Result<Quantity<S>, Failure> {
    let found = known.iter().find(|quantity| quantity.name() == name);
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(Quantity::name).collect();
        let hint = closest(name, names.iter().copied())
            .map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        Failure::usage(format!(
            "--record: found `{}`, which is no quantity{hint}; allowed are {}",
            name.escape_debug(),
            names.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a model: one of its own, and one that is built in.
    fn natural() -> Vec<Quantity> {
        let ends = Quantity::new("ends", "first and last", |x: &[u8]| f64::from(x[0]));
        vec![ends.unwrap(), Quantity::magnetization()]
    }

    fn names(given: &[&str]) -> Result<Vec<String>, String> {
        let given: Vec<String> = given.iter().map(ToString::to_string).collect();
        match quantities(Some(&given), natural(), Vec::new()) {
            Ok(found) => Ok(found.iter().map(|q| q.name().to_owned()).collect()),
            Err(Failure::Usage(message)) => Err(message),
            Err(other) => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn log_prob_is_always_recorded() {
        for (given, found) in [
            (&["hamming"][..], &["log_prob", "hamming"][..]),
            (&["log_prob"], &["log_prob"]),
            (
                &["ends", "magnetization"],
                &["log_prob", "ends", "magnetization"],
            ),
            (&["overlap", " log_prob "], &["overlap", "log_prob"]),
        ] {
            assert_eq!(names(given).unwrap(), found);
        }
        assert_eq!(
            quantities(None, natural(), Vec::new()).unwrap(),
            Quantity::defaults()
        );
    }

    #[test]
    fn models_of_many_sites_have_projections() {
        let needed = |sites| projections::<u8>(sites, 2, 4);
        assert_eq!(needed(10_000), []);
        let found = |names: Option<&[String]>| -> Vec<String> {
            let found = quantities(names, natural(), needed(10_001)).unwrap();
            found.iter().map(|q| q.name().to_owned()).collect()
        };
        let all: Vec<String> = (1..=8).map(|k| format!("projection_{k}")).collect();
        assert_eq!(found(None)[3..], all);
        let given = ["projection_8".to_owned(), "ends".to_owned()];
        let some = found(Some(&given));
        assert_eq!(some[..3], ["log_prob", "projection_8", "ends"]);
        assert_eq!(some[3..], all[..7]);
        // The words of a saved run.
        assert_eq!(found(Some(&some)), some);
    }

    #[test]
    fn unknown_names_are_refused_with_a_hint() {
        let message = names(&["log_prob", "magnetisation"]).unwrap_err();
        assert_eq!(
            message,
            "--record: found `magnetisation`, which is no quantity; did you mean `magnetization`?; allowed are log_prob, hamming, \
             mean_symbol, magnetization, energy_per_site, overlap, ends"
        );
        let message = names(&[""]).unwrap_err();
        assert!(
            message.starts_with("--record: found ``, which is no quantity; allowed"),
            "{message}"
        );
    }
}
