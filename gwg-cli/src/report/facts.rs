//! The settings and results of the run, and the command that reproduces it.

use serde_json::{Map, Value};

use super::text::{escape, value};

/// Fields of the summary and their labels, in display order; `/` separates an object from its field.
const FACTS: [(&str, &str); 27] = [
    ("sites", "sites"),
    ("states", "states per site"),
    ("chains", "chains"),
    ("warmup", "warm-up steps per chain"),
    ("draws", "draws per chain"),
    ("thin", "steps per draw (thin)"),
    ("turn", "a step is a turn of the samplers: steps of each"),
    ("init", "initial states"),
    ("clamp/observed", "sites observed"),
    ("clamp/path", "file of observed sites"),
    ("seed", "seed"),
    ("threads", "threads"),
    ("float", "floating point"),
    ("beta", "inverse temperature beta"),
    ("adapted", "adapted in warm-up"),
    ("seconds/warmup", "seconds of warm-up"),
    ("seconds/sampling", "seconds of sampling"),
    ("steps", "steps after warm-up"),
    ("steps_per_second", "steps per second"),
    ("acceptance", "acceptance rate"),
    ("hops", "sites changed per step"),
    ("evaluations/values", "log-probabilities evaluated"),
    ("evaluations/gradients", "gradients evaluated"),
    ("ess_per_second", "ESS per second"),
    ("ess_per_step", "ESS per step"),
    ("version", "gwg version"),
    ("command", "command"),
];

/// Fields shown elsewhere on the page.
const ELSEWHERE: [&str; 5] = ["model", "sampler", "statistics", "means", "warnings"];

/// The list of settings and results; unknown fields follow under their keys.
pub(super) fn list(summary: &Value) -> String {
    let Some(fields) = summary.as_object() else {
        return "<p>The run reported no summary.</p>".to_owned();
    };
    let known = |key: &str| {
        let is_field = |fact: &(&str, &str)| fact.0.split('/').next() == Some(key);
        FACTS.iter().any(is_field) || ELSEWHERE.contains(&key)
    };
    let labeled = FACTS
        .iter()
        .filter_map(|(key, name)| Some(((*name).to_owned(), summary.pointer(&format!("/{key}"))?)));
    let other = fields
        .iter()
        .filter(|(key, _)| !known(key))
        .map(|(key, value)| (escape(key), value));
    let items = labeled
        .chain(other)
        .map(|(name, item)| format!("<div><dt>{name}</dt><dd>{}</dd></div>", short(item)));
    format!("<dl class=\"facts\">{}</dl>", items.collect::<String>())
}

/// A value on one line, truncated if it is long.
fn short(item: &Value) -> String {
    const MOST: usize = 12;
    let more = |n: usize| format!(", and {} more", n - MOST);
    match item {
        Value::Array(items) if items.len() > MOST => {
            value(&Value::Array(items[..MOST].to_vec())) + &more(items.len())
        }
        Value::Object(fields) if fields.len() > MOST => {
            let first: Map<String, Value> = fields
                .iter()
                .take(MOST)
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            value(&Value::Object(first)) + &more(fields.len())
        }
        _ => value(item),
    }
}

/// The command that reproduces the run, one option per line, escaped; `None` if the summary is incomplete.
pub(super) fn command(summary: &Value) -> Option<String> {
    let word = |key: &str| match summary.pointer(&format!("/{key}"))? {
        // The page cannot contain control characters, so it cannot show such a command.
        Value::String(text) if text.chars().any(char::is_control) => None,
        Value::String(text) => Some(quote(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let mut lines = vec![format!("gwg sample {}", word("model")?)];
    for key in ["sampler", "chains", "warmup", "draws", "seed"] {
        lines.push(format!("--{key} {}", word(key)?));
    }
    let further = [
        "thin",
        "float",
        "beta",
        "init",
        "replicas",
        "hottest",
        "swap_every",
        "anneal",
    ];
    lines.extend(further.into_iter().filter_map(|key| {
        let value = word(key)?;
        Some(format!("--{} {value}", key.replace('_', "-")))
    }));
    if summary.get("clamp").is_some() {
        lines.push(format!("--clamp {}", word("clamp/path")?));
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
    use super::*;
    use serde_json::json;

    #[test]
    fn the_command_is_quoted_for_a_shell() {
        let mut run = json!({"model": "a b's.safetensors", "sampler": "pas:path=5", "chains": 4, "warmup": 10, "draws": 20, "seed": 18446744073709551615_u64, "beta": 0.5});
        let line = command(&run).unwrap();
        assert_eq!(
            line,
            "gwg sample &#39;a b&#39;\\&#39;&#39;s.safetensors&#39; \\\n    --sampler pas:path=5 \\\n    --chains 4 \\\n    --warmup 10 \\\n    --draws 20 \\\n    --seed 18446744073709551615 \\\n    --beta 0.5"
        );
        run["clamp"] = json!({"path": "what was seen", "observed": 3});
        let line = command(&run).unwrap();
        assert!(line.ends_with("--clamp &#39;what was seen&#39;"), "{line}");
        run["seed"] = Value::Null;
        assert_eq!(command(&run), None);
    }

    #[test]
    fn unknown_fields_are_shown_and_long_ones_truncated() {
        let page = list(&json!({"new<": 1, "means": [1, 2], "adapted": vec![1; 20]}));
        assert!(page.contains("<dt>new&lt;</dt><dd>1</dd>"));
        assert!(page.contains("and 8 more") && !page.contains("means"));
    }
}
