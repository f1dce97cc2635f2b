//! The results of `gwg contacts` as text.

use super::model::About;
use super::result::{ContactsResult, Ranked};
use crate::table::{aligned, number};
use gwg_models::io::{visible, visible_path};
use std::fmt::Write as _;
use std::path::Path;

/// Pairs in the table where there is no folder of results.
const SHOWN: usize = 20;

/// All ranked pairs; sites from 1.
pub(super) fn csv(found: &ContactsResult) -> String {
    let contact = found.precision.is_some();
    let mut text = format!("i,j,score{}\n", if contact { ",contact" } else { "" });
    for Ranked {
        pair: (i, j),
        score,
        contact,
    } in &found.ranked
    {
        let contact = contact.map_or_else(String::new, |is| format!(",{}", u8::from(is)));
        let _ = writeln!(text, "{},{},{score}{contact}", i + 1, j + 1);
    }
    text
}

pub(super) fn table(found: &ContactsResult, folder: Option<&Path>) -> String {
    let mut text = header(found);
    match folder {
        Some(folder) => {
            let _ = writeln!(text, "written  {}", visible_path(folder));
        }
        None => {
            text.push('\n');
            text.push_str(&first(found));
        }
    }
    if let Some(precision) = &found.precision {
        let shown = |x: &Option<f64>| x.map_or_else(|| "undefined".into(), |x| format!("{x:.3}"));
        let names = precision.iter().map(|(name, _)| name.to_owned());
        let shares = precision.iter().map(|(_, share)| shown(share));
        let names: Vec<String> = ["pairs".to_owned()].into_iter().chain(names).collect();
        let shares: Vec<String> = ["precision".to_owned()].into_iter().chain(shares).collect();
        text.push('\n');
        text.push_str(&aligned(&[names, shares]));
    }
    text
}

fn header(found: &ContactsResult) -> String {
    let mut text = format!(
        "input    {}  ({} sites, {} states)\n",
        visible(&found.input),
        found.sites,
        found.states
    );
    let _ = match &found.about {
        About::Model => Ok(()),
        About::Machine { hidden, averaged } => writeln!(
            text,
            "model    {hidden} hidden units: couplings are second differences, averaged over {averaged} states of the model, in {} s",
            number(found.seconds)
        ),
        About::Network { averaged } => writeln!(
            text,
            "model    network: couplings are differences of gradients, averaged over {averaged} states of the model, in {} s",
            number(found.seconds)
        ),
        About::Pcd {
            rows,
            effective_rows,
            training,
        } => {
            let shown =
                |x: Option<f64>| x.map_or_else(|| "undefined".into(), |x| format!("{x:.3}"));
            writeln!(
                text,
                "rows     {rows}, effective number {effective_rows:.1}\nmodel    pcd, {} updates in {} s: Pearson {}, slope {}",
                training.updates,
                number(found.seconds),
                shown(training.pearson),
                shown(training.slope)
            )
        }
        About::Plm {
            rows,
            effective_rows,
            iterations,
            converged,
        } => {
            let ended = if *converged { "" } else { ", not converged" };
            writeln!(
                text,
                "rows     {rows}, effective number {effective_rows:.1}\nmodel    plm, {iterations} iterations in {} s{ended}",
                number(found.seconds)
            )
        }
        About::MeanField {
            rows,
            effective_rows,
            pseudocount,
        } => writeln!(
            text,
            "rows     {rows}, effective number {effective_rows:.1}\nmodel    mean-field, pseudocount {pseudocount}, in {} s",
            number(found.seconds)
        ),
    };
    let known = found
        .contacts
        .map_or_else(String::new, |n| format!(", {n} of them contacts"));
    let _ = writeln!(
        text,
        "pairs    {} with |i - j| > {}{known}",
        found.pairs, found.separation
    );
    text
}

/// The first pairs.
fn first(found: &ContactsResult) -> String {
    let mut rows = vec![["", "i", "j", "score"].map(String::from).to_vec()];
    if found.precision.is_some() {
        rows[0].push("contact".into());
    }
    for (rank, ranked) in (1..).zip(found.ranked.iter().take(SHOWN)) {
        let (i, j) = ranked.pair;
        let mut row = vec![
            format!("{rank}"),
            format!("{}", i + 1),
            format!("{}", j + 1),
            format!("{:.4}", ranked.score),
        ];
        row.extend(
            ranked
                .contact
                .map(|is| if is { "yes" } else { "no" }.to_owned()),
        );
        rows.push(row);
    }
    aligned(&rows)
}
