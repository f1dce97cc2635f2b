//! `gwg verify`: checks the efficiency theorem of Gibbs-With-Gradients by enumeration.

mod csv;
mod figures;
mod page;
mod tables;
mod words;

use crate::failure::Failure;
use crate::flags::VerifyFlags;
use crate::folder::{File, Folder};
use crate::outputs;
use gwg_bench::theory::{self, Judgment, Verification};

/// Files written in addition to the figures.
const FILES: [&str; 4] = ["verify.csv", "temperatures.csv", "sharp.csv", "index.html"];

/// All results of the command.
#[derive(Debug)]
struct Results {
    seed: u64,
    found: Verification,
    judgment: Judgment,
}

pub(crate) fn run(flags: &VerifyFlags) -> Result<(), Failure> {
    let folder = flags.out.as_deref().map(|path| Folder {
        path,
        command: "gwg verify",
        table: FILES[0],
        force: flags.force,
    });
    if let Some(folder) = &folder {
        folder.check()?;
    }
    let found = theory::verify(flags.seed).map_err(Failure::run)?;
    let results = Results {
        seed: flags.seed,
        judgment: theory::judge(&found),
        found,
    };
    let written = folder.map_or(Ok(()), |folder| folder.write(&files(&results)));
    let printed = outputs::print(&text(&results));
    let ends = [written, printed, verdict(&results.judgment)];
    Failure::of_all(ends.into_iter().filter_map(Result::err).collect())
}

fn files(results: &Results) -> Vec<File> {
    let figures = figures::all(&results.found);
    let texts = [
        csv::rows(results),
        csv::temperatures(&results.found),
        csv::sharp(&results.found),
        page::render(results, &figures),
    ];
    let named = FILES.map(String::from).into_iter().zip(texts);
    let drawn = figures
        .into_iter()
        .map(|(name, svg)| (format!("{name}.svg"), svg));
    let file = |(name, text)| File { name, text };
    named.chain(drawn).map(file).collect()
}

fn text(results: &Results) -> String {
    let mut text = String::new();
    for table in tables::all(results) {
        text.push_str(&table.text());
        text.push('\n');
    }
    let conclusions = words::conclusions(results);
    // Last is what the command is run for, and what a script reads.
    let (verdict, others) = conclusions.split_at(1.min(conclusions.len()));
    for line in others.iter().chain(verdict) {
        text.push_str(&words::wrapped(line));
    }
    text
}

/// Returns an error that lists the inequalities that do not hold.
fn verdict(judgment: &Judgment) -> Result<(), Failure> {
    let broken = &judgment.violations;
    if broken.is_empty() {
        return Ok(());
    }
    let first = format!(
        "{} of {} inequalities fail:",
        broken.len(),
        judgment.checked
    );
    Err(Failure::run_of_lines(first, broken))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gwg_bench::theory::Violation;

    #[test]
    fn a_violation_is_listed_and_fails_the_run() {
        let mut judgment = Judgment {
            checked: 3,
            violations: vec![],
        };
        assert!(verdict(&judgment).is_ok());
        judgment.violations.push(Violation {
            place: "rbm, temperature 2".into(),
            larger: "Gap(Q~) / Gap(Q)",
            found: 0.1,
            smaller: "c",
            bound: 0.2,
        });
        let failure = verdict(&judgment).unwrap_err();
        assert_eq!(failure.code(), 1);
        let Failure::Run(message) = failure else {
            panic!("{failure:?}");
        };
        assert!(
            message.starts_with("1 of 3 inequalities fail:\n  rbm, temperature 2: Gap"),
            "{message}"
        );
    }
}
