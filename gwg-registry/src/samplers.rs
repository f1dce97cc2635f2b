//! The samplers: a file each. To add one, write its file and name it in the table below.

mod keys;

/// Makes the modules and the table.
macro_rules! table {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        static TABLE: &[&SamplerEntry] = &[$(&$name::ENTRY),*];
    };
}

use crate::entry::SamplerEntry;

table! {
    gwg, lb, pas, dmala, dula, acs, dlmc, window2, gibbs, metropolized_gibbs, block_gibbs, hamming_ball, random_walk, jump, sweep, multispin, sw, wolff, exact, ptt,
}

/// All samplers, in the order in which they are listed.
#[must_use]
pub fn samplers() -> &'static [&'static SamplerEntry] {
    TABLE
}

/// The sampler that a program may need without a spec.
pub(crate) fn sweeps() -> Box<dyn crate::Sampler> {
    Box::new(sweep::Sweep {})
}
