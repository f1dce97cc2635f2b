//! `--record`: the quantities that a run records of every draw.

use crate::failure::Failure;
use gwg_chains::Quantity;
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

/// The quantities with these names, `log_prob` among them; without names, the default ones.
///
/// Whether they suit the run, and whether one occurs twice, is checked with its plan.
pub(crate) fn quantities<S: Symbol>(
    names: Option<&[String]>,
    natural: Vec<Quantity<S>>,
) -> Result<Vec<Quantity<S>>, Failure> {
    let Some(names) = names else {
        return Ok(Quantity::defaults());
    };
    let known = known(natural);
    let found: Vec<Quantity<S>> = names
        .iter()
        .map(|name| named(name.trim(), &known))
        .collect::<Result<_, _>>()?;
    let log_prob = Quantity::log_prob();
    let implied = (!found.contains(&log_prob)).then_some(log_prob);
    Ok(implied.into_iter().chain(found).collect())
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
        match quantities(Some(&given), natural()) {
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
        assert_eq!(quantities(None, natural()).unwrap(), Quantity::defaults());
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
