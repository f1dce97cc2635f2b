//! The flags by which a model is estimated: which method uses which, their defaults, and what is allowed.

use super::model::Method;
use crate::failure::Failure;
use crate::flags::ContactsFlags;
use crate::params;

/// The penalty of the couplings of plm: on PF00014, precision is best from 0.02 to 0.05.
const PENALTY: f64 = 0.02;

impl ContactsFlags {
    pub(super) fn updates(&self) -> usize {
        self.updates.unwrap_or(40)
    }

    pub(super) fn chains(&self) -> usize {
        self.chains.unwrap_or(8000)
    }

    pub(super) fn sweeps(&self) -> usize {
        self.steps_per_update.unwrap_or(3)
    }

    pub(super) fn rate(&self) -> f64 {
        self.rate.unwrap_or(2.0)
    }

    pub(super) fn penalty(&self, method: Method) -> f64 {
        let default = if method == Method::Plm { PENALTY } else { 0.0 };
        self.l2.unwrap_or(default)
    }

    pub(super) fn pseudocount(&self, method: Method) -> f64 {
        let default = match method {
            Method::MeanField => gwg_learn::DEFAULT_PSEUDOCOUNT,
            _ => 0.1,
        };
        self.pseudocount.unwrap_or(default)
    }

    /// A file of a model, of which nothing is estimated.
    fn is_model(&self) -> bool {
        let named = |extension: &std::ffi::OsStr| extension.eq_ignore_ascii_case("safetensors");
        params::is_params(&self.what) || self.what.extension().is_some_and(named)
    }
}

/// Refuses flags that have no effect, and numbers that no estimate can have.
pub(super) fn check(flags: &ContactsFlags) -> Result<(), Failure> {
    let method = Method::of(flags)?;
    let pcd = method == Method::Pcd;
    let given = [
        ("--updates", flags.updates.is_some(), pcd),
        ("--chains", flags.chains.is_some(), pcd),
        ("--steps-per-update", flags.steps_per_update.is_some(), pcd),
        ("--rate", flags.rate.is_some(), pcd),
        (
            "--pseudocount",
            flags.pseudocount.is_some(),
            method != Method::Plm,
        ),
        ("--l2", flags.l2.is_some(), method != Method::MeanField),
    ];
    let model = flags.is_model();
    if model && flags.method.is_some() {
        return Err(Failure::usage(
            "--method: found a model, whose couplings are read; leave it out, or name an alignment",
        ));
    }
    for (flag, given, used) in given {
        if given && model {
            return Err(Failure::usage(format!(
                "{flag}: found a model, whose couplings are read; leave it out, or name an alignment"
            )));
        }
        if given && !used {
            return Err(Failure::usage(format!(
                "{flag}: --method {} does not use it; leave it out",
                method.name()
            )));
        }
    }
    numbers(flags, method)
}

fn numbers(flags: &ContactsFlags, method: Method) -> Result<(), Failure> {
    let refused = |name: &str, found: f64, allowed: &str| {
        Err(Failure::usage(format!(
            "--{name}: found {found}, allowed for {} is {allowed}",
            method.name()
        )))
    };
    let counts = [
        ("chains", flags.chains()),
        ("updates", flags.updates()),
        ("steps-per-update", flags.sweeps()),
    ];
    if let Some((name, _)) = counts.iter().find(|(_, found)| *found == 0) {
        return refused(name, 0.0, "at least 1");
    }
    if !(flags.rate().is_finite() && flags.rate() > 0.0) {
        return refused("rate", flags.rate(), "a finite number above 0");
    }
    let pseudocount = flags.pseudocount(method);
    if method == Method::MeanField && pseudocount == 0.0 {
        let allowed = "a number above 0, below 1: without one, covariances have no inverse";
        return refused("pseudocount", pseudocount, allowed);
    }
    if !(0.0..1.0).contains(&pseudocount) {
        return refused("pseudocount", pseudocount, "a number from 0, below 1");
    }
    let l2 = flags.penalty(method);
    if !(l2.is_finite() && l2 >= 0.0) {
        return refused("l2", l2, "a finite number of at least 0");
    }
    Ok(())
}
