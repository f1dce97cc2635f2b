//! The models: a file each. To add one, write its file and name it in the table below.

mod elimination;
mod file;
mod keys;
mod network;
mod sparse_ising;

/// Makes the modules and the table.
macro_rules! table {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        static TABLE: &[&ModelEntry] = &[$(&$name::ENTRY),*];
    };
}

use crate::model::ModelEntry;

pub(crate) use elimination::facts as elimination_facts;
pub(crate) use file::{ModelFile, ReadPotts};

table! {
    ising_lattice, ising_er, ising_dense, ising_file, potts_lattice, potts_dense, potts_file, ordinal_lattice, rbm, rbm_categorical, fhmm, bernoulli, categorical,
    log_bilinear,
}

/// All models that a spec can name, in the order in which they are listed.
#[must_use]
pub fn models() -> &'static [&'static ModelEntry] {
    TABLE
}
