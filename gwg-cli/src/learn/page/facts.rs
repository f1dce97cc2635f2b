//! Tables and lists of the page: figures, data, settings, the command.

use super::{Page, meanings::Meaning};
use crate::report::text::{escape, number, plural};
use crate::report::{quote, table};
use gwg_models::io::visible_path;
use serde_json::Value;

/// The table of the last figures and of those of the whole run.
pub(super) fn result(figures: &[(&str, f64)]) -> String {
    if figures.is_empty() {
        return "<p>There are no updates yet.</p>".to_owned();
    }
    let row = |(name, value): &(&str, f64)| {
        // The attribute has the text that --summary has.
        let cell = match value.is_finite() {
            true => format!(
                "<td><data value=\"{}\">{}</data></td>",
                Value::from(*value),
                number(*value, 5)
            ),
            false => "<td class=\"none\">undefined</td>".to_owned(),
        };
        let title = Meaning::of(name).title();
        format!(
            "<tr><th scope=\"row\">{}</th>{cell}<td class=\"text\">{}</td></tr>",
            escape(name),
            escape(title)
        )
    };
    table(
        "figures",
        "Of the last update, and of the whole run.",
        &["figure", "value", "what it is"],
        &figures.iter().map(row).collect::<String>(),
    )
}

/// Labels and values, escaped here.
fn list(facts: &[(String, String)]) -> String {
    let items = facts.iter().map(|(label, value)| {
        format!(
            "<div><dt>{}</dt><dd>{}</dd></div>",
            escape(label),
            escape(value)
        )
    });
    format!("<dl class=\"facts\">{}</dl>", items.collect::<String>())
}

fn fact(label: &str, value: impl ToString) -> (String, String) {
    (label.to_owned(), value.to_string())
}

/// The facts of the data.
pub(super) fn data(page: &Page<'_>) -> String {
    let (rows, data) = (page.rows, &page.rows.data);
    let mut facts = vec![
        fact("file", visible_path(&page.flags.data)),
        fact("rows", data.rows()),
        fact("effective rows", number(data.effective_rows(), 6)),
        fact("sites", data.sites()),
        fact("states per site", data.states()),
    ];
    if let Some(alignment) = &rows.alignment {
        let letters = String::from_utf8_lossy(alignment.alphabet().letters());
        facts.push(fact("letters, in the order of the states", letters));
        facts.push(fact("sequences left out", alignment.dropped().len()));
        facts.push(fact("letters read as gaps", alignment.replaced()));
    }
    if data.states() == 2 {
        let ones = data.frequencies().into_iter().skip(1).step_by(2);
        let share = ones.sum::<f64>() / data.sites() as f64;
        facts.push(fact("share of ones", number(share, 4)));
    }
    list(&facts)
}

/// The settings: what the engine uses, and all flags.
pub(super) fn settings(page: &Page<'_>) -> String {
    let mut facts = vec![
        fact("updates so far", page.engine.updates()),
        fact("seconds", number(page.seconds, 4)),
    ];
    if let Some(update) = page.resumed {
        facts.push(fact("this part began after update", update));
    }
    let used = page.engine.settings();
    facts.extend(used.iter().map(|(name, value)| fact(name, value)));
    let known = |key: &str| {
        // Said of the engine, of the data, or in the command below.
        let hidden = ["kind", "data", "force", "quiet", "json-lines"];
        hidden.contains(&key) || used.iter().any(|(name, _)| name.replace(' ', "-") == key)
    };
    for (key, value) in page.flags.work.resolved.iter() {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(false) => continue,
            Value::Bool(true) => "yes".to_owned(),
            other => other.to_string(),
        };
        if !known(key) {
            facts.push(fact(&format!("--{key}"), text));
        }
    }
    facts.push(fact("gwg version", env!("CARGO_PKG_VERSION")));
    list(&facts)
}

/// The command that makes the same model.
pub(super) fn command(page: &Page<'_>) -> String {
    let resolved = &page.flags.work.resolved;
    let lines = resolved.command("learn", &["kind", "data"], quote);
    // A page cannot contain control characters.
    if lines.iter().any(|line| line.chars().any(char::is_control)) {
        return "<p>A name in the command has control characters, which a page cannot show.</p>"
            .to_owned();
    }
    let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
    format!(
        "<p>With gwg {} and the same data, this command gives the same model, for any number of threads; defaults are written out ({}):</p><pre><code>{}</code></pre>",
        env!("CARGO_PKG_VERSION"),
        plural(lines.len().saturating_sub(1), "flag"),
        lines.join(" \\\n    ")
    )
}
