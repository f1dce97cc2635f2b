//! The settings and results of the run, and the command that reproduces it.

use super::text::{UNDEFINED, escape, list as listed, number, optional};
use crate::sample::{Evaluations, RunResult, Settings};

/// Labels and values, in display order; the values are escaped.
struct Facts(Vec<(&'static str, String)>);

impl Facts {
    fn add(&mut self, label: &'static str, value: impl ToString) {
        self.0.push((label, escape(&value.to_string())));
    }
}

/// The list of settings and results.
pub(super) fn list(result: &RunResult) -> String {
    let mut facts = Facts(Vec::new());
    settings(&mut facts, result);
    results(&mut facts, result);
    tempering(&mut facts, result);
    let items = facts
        .0
        .iter()
        .map(|(label, value)| format!("<div><dt>{label}</dt><dd>{value}</dd></div>"));
    format!("<dl class=\"facts\">{}</dl>", items.collect::<String>())
}

fn settings(facts: &mut Facts, result: &RunResult) {
    let s = &result.settings;
    facts.add("sites", s.sites);
    facts.add("states per site", s.states);
    facts.add("chains", s.chains);
    let chosen = |name: &str, steps: u64| match s.auto.iter().any(|auto| auto == name) {
        true => format!("{steps}, chosen from sampler and model"),
        false => steps.to_string(),
    };
    facts.add("warm-up steps per chain", chosen("warmup", s.warmup));
    facts.add("draws per chain", s.draws);
    if result.every > 1 {
        facts.add("R-hat, ESS and plots of one draw in", result.every);
    }
    facts.add("steps per draw (thin)", chosen("thin", s.thin));
    if let Some(turn) = &s.turn {
        let steps = turn.iter().map(u64::to_string);
        facts.add(
            "steps of each sampler in a cycle, which is one step",
            listed(steps),
        );
    }
    facts.add("initial states", &s.init);
    facts.add("recorded quantities", s.record.join(", "));
    if let Some(clamp) = &s.clamp {
        facts.add("sites observed", clamp.observed);
        facts.add("file of observed sites", &clamp.path);
    }
    facts.add("seed", s.seed);
    facts.add("threads", result.threads);
    facts.add("floating point", s.float.name());
    facts.add("inverse temperature beta", number(s.beta, 4));
}

fn results(facts: &mut Facts, result: &RunResult) {
    let adapted = result.adapted.iter().map(|(key, found)| {
        let [mean, min, max] = [found.mean, found.min, found.max].map(|x| number(x, 4));
        format!("{key}: mean {mean}, from {min} to {max}")
    });
    facts.add("adapted in warm-up", listed(adapted));
    facts.add("seconds of warm-up", number(result.seconds.warmup, 4));
    facts.add("seconds of sampling", number(result.seconds.sampling, 4));
    facts.add("steps after warm-up", result.steps);
    facts.add("steps per second", optional(result.steps_per_second));
    facts.add("acceptance rate", optional(result.acceptance));
    facts.add("sites changed per step", optional(result.hops));
    let (values, gradients) = evaluations(result.evaluations, result.steps);
    facts.add("full evaluations of f", values);
    facts.add("gradients evaluated", gradients);
    facts.add(
        "quantity with the least ESS",
        result.ess_of.as_deref().unwrap_or(UNDEFINED),
    );
    facts.add("ESS per second", optional(result.ess_per_second));
    facts.add("ESS per step", optional(result.ess_per_step));
    facts.add("gwg version", &result.settings.version);
}

fn tempering(facts: &mut Facts, result: &RunResult) {
    let s = &result.settings;
    if let Some(from) = s.anneal {
        facts.add("beta at the start of warm-up", number(from, 4));
    }
    if let Some(ladder) = &s.ladder {
        facts.add("replicas per chain", ladder.replicas);
        facts.add(
            "beta of the hottest replica, as a fraction",
            number(ladder.hottest, 4),
        );
        facts.add("steps between rounds of swaps", ladder.swap_every);
    }
    if let Some(swaps) = &result.tempering {
        let betas = swaps.betas.iter().map(|beta| number(*beta, 4));
        facts.add("inverse temperatures of the replicas", listed(betas));
        facts.add("round trips", swaps.round_trips);
    }
}

/// Evaluations of `f` and of its gradient; 0 with the reason, which is never that something is missing.
fn evaluations(made: Evaluations, steps: u64) -> (String, String) {
    let shown = |count: u64| {
        let per_step = count as f64 / steps as f64;
        if per_step.is_finite() {
            format!("{count} ({} per step)", number(per_step, 3))
        } else {
            count.to_string()
        }
    };
    let values = match (made.values, made.gradients) {
        (0, 0) => "0: differences of f at the sites concerned suffice".to_owned(),
        (0, _) => "0: the gradient and differences of f suffice".to_owned(),
        (values, _) => shown(values),
    };
    let gradients = match made.gradients {
        0 => "0: not needed by this sampler on this model".to_owned(),
        gradients => shown(gradients),
    };
    (values, gradients)
}

/// The command that reproduces the run, one option per line, escaped; `None` if a page cannot show it.
pub(super) fn command(settings: &Settings) -> Option<String> {
    let (model, flags) = settings.flags();
    let mut lines = vec![format!("gwg sample {}", quote(model))];
    let flags = flags.iter();
    lines.extend(flags.map(|(flag, value)| format!("--{flag} {}", quote(value))));
    // A page cannot contain control characters.
    if lines.iter().any(|line| line.chars().any(char::is_control)) {
        return None;
    }
    let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
    Some(lines.join(" \\\n    "))
}

/// Quotes a word for a POSIX shell.
pub(crate) fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=+:,./@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::result;
    use super::*;
    use crate::clamp::ClampedSites;

    #[test]
    fn evaluations_of_zero_are_explained() {
        let said = |values, gradients, steps| evaluations(Evaluations { values, gradients }, steps);
        let (values, gradients) = said(0, 0, 100);
        assert_eq!(values, "0: differences of f at the sites concerned suffice");
        assert_eq!(gradients, "0: not needed by this sampler on this model");
        let (values, gradients) = said(150, 200, 100);
        assert_eq!(
            (&*values, &*gradients),
            ("150 (1.5 per step)", "200 (2 per step)")
        );
        assert_eq!(said(7, 0, 0).0, "7");
        assert_eq!(
            said(0, 5, 10).0,
            "0: the gradient and differences of f suffice"
        );
    }

    #[test]
    fn the_command_is_quoted_for_a_shell() {
        let mut run = result().settings;
        run.model = "a b's.safetensors".into();
        run.seed = u64::MAX;
        let line = command(&run).unwrap();
        assert_eq!(
            line,
            "gwg sample &#39;a b&#39;\\&#39;&#39;s.safetensors&#39; \\\n    --sampler gwg \\\n    --chains 4 \\\n    --warmup 1000 \\\n    --draws 1000 \\\n    --seed 18446744073709551615 \\\n    --thin 1 \\\n    --float f32 \\\n    --beta 1.0 \\\n    --init random \\\n    --record log_prob,hamming"
        );
        run.kind = Some("rbm".into());
        assert!(command(&run).unwrap().contains("--kind rbm"));
        run.clamp = Some(ClampedSites {
            path: "what was seen".into(),
            observed: 3,
        });
        let line = command(&run).unwrap();
        assert!(line.ends_with("--clamp &#39;what was seen&#39;"), "{line}");
        run.init = "a\u{1b}b.npy".into();
        assert_eq!(command(&run), None);
    }
}
