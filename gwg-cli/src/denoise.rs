//! `gwg denoise`: removes the noise of a black and white image by the posterior of an Ising model of it.

mod posterior;
mod result;
mod sample;

use crate::failure::Failure;
use crate::flags::DenoiseFlags;
use crate::{memory, outputs, sampling, session, waiting};
use gwg_models::io::{BinaryImage, visible_path};
use result::DenoiseResult;
use std::path::Path;

pub(crate) fn run(flags: &DenoiseFlags) -> Result<(), Failure> {
    memory::check_limit(flags.work.threads.map_or_else(memory::cores, usize::from))?;
    let (summary, force) = (flags.work.summary.as_deref(), flags.work.force);
    let why = "an image of P4 is binary and is not written to standard output; name a file";
    outputs::refuse_stdout("--out", &flags.out, why)?;
    outputs::check_file("--out", &flags.out, force)?;
    if let Some(path) = summary {
        outputs::check_file("--summary", path, force)?;
    }
    let written = [("--out", Some(flags.out.as_path())), ("--summary", summary)];
    outputs::check_apart(&[&[("IMAGE", Some(flags.image.as_path()))], &written[..]].concat())?;
    outputs::check_apart(&[&[("--truth", flags.truth.as_deref())], &written[..]].concat())?;
    check(flags)?;
    let sampler = sampling::parse(&flags.sampler)?;
    let image = read(&flags.image)?;
    let truth = flags.truth.as_deref().map(|path| truth(path, &image));
    let truth = truth.transpose()?;
    session::catch_interrupts()?;
    let sampled = sample::run(flags, &sampler, &image, truth.as_ref())?;
    let clean = sampled.image(&image);
    let result = DenoiseResult::new(flags, &image, &clean, truth.as_ref(), &sampled);
    let mut failed = Vec::new();
    failed.extend(outputs::bytes("--out", &flags.out, &clean.to_bytes(), force).err());
    failed.extend(outputs::results(summary, force, &result, || result.table()).err());
    Failure::of_all(failed)?;
    if sampled.interrupted {
        return Err(session::interruption());
    }
    Ok(())
}

/// Refuses numbers of which no posterior can be made.
fn check(flags: &DenoiseFlags) -> Result<(), Failure> {
    let refused = |name: &str, found: f64, allowed: &str| {
        Err(Failure::usage(format!(
            "--{name}: found {found}, allowed is {allowed}"
        )))
    };
    for (name, found) in [("coupling", flags.coupling), ("diagonal", flags.diagonal)] {
        if !(found.is_finite() && (0.0..=100.0).contains(&found)) {
            return refused(name, found, "a number from 0 to 100");
        }
    }
    match flags.flips {
        Some(p) if !(p > 0.0 && p < 0.5) => refused(
            "flips",
            p,
            "a number above 0 and below 0.5; of an image with more flips, invert the pixels",
        ),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<BinaryImage, Failure> {
    let bytes = waiting::while_reading(path, || gwg_models::io::read_bytes(path));
    let bytes = bytes.map_err(Failure::usage)?;
    BinaryImage::parse(&bytes)
        .map_err(|fault| Failure::usage(format!("{}: {fault}", visible_path(path))))
}

/// The image without noise, of the same size.
fn truth(path: &Path, noisy: &BinaryImage) -> Result<BinaryImage, Failure> {
    let found = read(path)?;
    if (found.width(), found.height()) != (noisy.width(), noisy.height()) {
        return Err(Failure::usage(format!(
            "--truth {}: found {} x {} pixels, needed {} x {}, the size of the image",
            visible_path(path),
            found.width(),
            found.height(),
            noisy.width(),
            noisy.height()
        )));
    }
    Ok(found)
}
