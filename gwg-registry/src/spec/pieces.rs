//! The pieces of a composition: operators, factors, single samplers.

use crate::entry::{Sampler, SamplerEntry};
use crate::error::SamplerSpecError;
use crate::grammar::{SpecError, open};
use crate::samplers::samplers;

/// One sampler.
pub(super) fn one(spec: &str) -> Result<Box<dyn Sampler>, SamplerSpecError> {
    let (entry, mut settings) = open(samplers(), spec.trim())?;
    let entry: &SamplerEntry = entry;
    let made = (entry.make)(&mut settings);
    Ok(made.map_err(|error| match error {
        SpecError::Value {
            noun,
            key,
            found,
            fault,
            allowed,
            ..
        } => SpecError::Value {
            noun,
            spec: spec.to_owned(),
            key,
            found,
            fault,
            allowed,
        },
        other => other,
    })?)
}

pub(super) fn refused(spec: &str, why: &str) -> SamplerSpecError {
    SamplerSpecError::Composition {
        spec: spec.to_owned(),
        why: why.to_owned(),
    }
}

/// Where an operator stands: not in a number such as `1e+3`, which goes on with a digit and has no `*` before a name.
pub(crate) fn operators(spec: &str, operator: char) -> Vec<usize> {
    let begins = |rest: &str| {
        let rest = rest.trim_start();
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        !rest.starts_with(|c: char| c.is_ascii_digit()) || digits.trim_start().starts_with('*')
    };
    spec.match_indices(operator)
        .map(|(at, _)| at)
        .filter(|at| begins(&spec[at + 1..]))
        .collect()
}

/// The pieces between the operators.
pub(super) fn split<'s>(spec: &'s str, at: &[usize]) -> impl Iterator<Item = &'s str> {
    let starts = std::iter::once(0).chain(at.iter().map(|at| at + 1));
    let ends = at.iter().copied().chain([spec.len()]);
    let bounds: Vec<_> = starts.zip(ends).collect();
    bounds.into_iter().map(|(start, end)| &spec[start..end])
}

pub(super) type Factored<N> = Result<(N, Box<dyn Sampler>), SamplerSpecError>;

pub(super) type Parts<N> = (Vec<N>, Vec<Box<dyn Sampler>>);

pub(super) fn unzip<N>(
    parts: impl Iterator<Item = Factored<N>>,
) -> Result<Parts<N>, SamplerSpecError> {
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    Ok(parts.into_iter().unzip())
}

/// Reads `[factor*]sampler`.
pub(super) fn factor<N>(
    spec: &str,
    part: &str,
    read: impl Fn(&str) -> Option<N>,
    default: N,
    allowed: &str,
) -> Factored<N> {
    let sampler = |text: &str| {
        if text.trim().is_empty() {
            return Err(refused(spec, "a sampler is missing next to `+` or `|`"));
        }
        one(text)
    };
    let Some((number, name)) = part.split_once('*') else {
        return Ok((default, sampler(part)?));
    };
    let number = number.trim();
    let read = read(number).ok_or_else(|| {
        let why = format!("found `{number}` before `*`, allowed is {allowed}");
        refused(spec, &why)
    })?;
    Ok((read, sampler(name)?))
}
