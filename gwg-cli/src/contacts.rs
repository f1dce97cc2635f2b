//! `gwg contacts`: pairs of sites ranked by the couplings of a Potts model, and compared with known contacts.

mod machine;
mod model;
mod network;
mod result;
mod settings;
mod text;
mod train;

use crate::failure::Failure;
use crate::flags::ContactsFlags;
use crate::folder::{File, Folder};
use crate::{memory, outputs, session};
use gwg_learn::{Contacts, contact_map, read_contacts};
use gwg_models::io::visible_path;
use model::Source;
use result::ContactsResult;
use std::path::Path;

/// Files of the folder.
const TABLE: &str = "contacts.csv";
const MAP: &str = "contacts.svg";

pub(crate) fn run(flags: &ContactsFlags) -> Result<(), Failure> {
    memory::check_limit(flags.work.threads.map_or_else(memory::cores, usize::from))?;
    let (summary, force) = (flags.work.summary.as_deref(), flags.work.force);
    let folder = flags.out.as_deref().map(|path| Folder {
        path,
        command: "gwg contacts",
        table: TABLE,
        force,
    });
    if let Some(path) = summary {
        outputs::check_file("--summary", path, force)?;
    }
    if let Some(folder) = &folder {
        folder.check()?;
    }
    settings::check(flags)?;
    let written = [("--summary", summary), ("--out", flags.out.as_deref())];
    outputs::check_apart(
        &[
            &[("ALIGNMENT|MODEL", Some(flags.what.as_path()))],
            &written[..],
        ]
        .concat(),
    )?;
    outputs::check_apart(&[&[("--reference", flags.reference.as_deref())], &written[..]].concat())?;
    let reference = flags.reference.as_deref().map(reference).transpose()?;
    let source = Source::read(flags)?;
    session::catch_interrupts()?;
    if let Some((path, known)) = flags.reference.as_deref().zip(reference.as_ref()) {
        check_sites(path, known, source.sites())?;
    }
    let found = ContactsResult::of(flags, source, reference.as_ref())?;
    let mut failed = Vec::new();
    if let Some(folder) = &folder {
        failed.extend(folder.write(&files(&found, reference.as_ref())).err());
    }
    let table = || text::table(&found, folder.map(|folder| folder.path));
    failed.extend(outputs::results(summary, force, &found, table).err());
    Failure::of_all(failed)?;
    if found.interrupted {
        return Err(session::interruption());
    }
    Ok(())
}

fn reference(path: &Path) -> Result<Contacts, Failure> {
    read_contacts(path).map_err(|error| Failure::usage(format!("--reference {error}")))
}

/// Refuses contacts of sites that the model does not have: they are of something else.
fn check_sites(path: &Path, known: &Contacts, sites: usize) -> Result<(), Failure> {
    match known.iter().find(|&(_, j)| j >= sites) {
        None => Ok(()),
        Some((i, j)) => Err(Failure::usage(format!(
            "--reference {}: found the pair {} {}, allowed are sites from 1 to {sites}; number the sites as the columns of the alignment",
            visible_path(path),
            i + 1,
            j + 1
        ))),
    }
}

fn files(found: &ContactsResult, known: Option<&Contacts>) -> [File; 2] {
    let first: Vec<_> = found
        .ranked
        .iter()
        .take(found.sites)
        .map(|r| r.pair)
        .collect();
    [
        (TABLE, text::csv(found)),
        (MAP, contact_map(found.sites, &first, known)),
    ]
    .map(|(name, text)| File {
        name: name.into(),
        text,
    })
}
