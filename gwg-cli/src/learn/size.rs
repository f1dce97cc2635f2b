//! Whether a Potts model can be learned in the memory that is free.

use super::kind::Kind;
use crate::failure::Failure;
use crate::memory;
use gwg_learn::{Data, PottsOptions, PottsTrainer};
use std::path::Path;

/// Characters of a line of couplings in a file of adabmDCA.
const LINE: u64 = 30;

/// True for a file in the format of adabmDCA.
pub(super) fn is_text(path: &Path) -> bool {
    let extension = path.extension();
    extension.is_some_and(|e| e.eq_ignore_ascii_case("dat"))
}

/// Models of a ladder for which there is to be memory.
const MODELS: u64 = 10;

/// Refuses training, and the writing of its model, for which there is too little memory.
pub(super) fn check(
    data: &Data,
    options: &PottsOptions,
    (kind, ladder): (&Kind, bool),
    out: &Path,
) -> Result<(), Failure> {
    let (sites, states) = (data.sites(), data.states());
    let training = PottsTrainer::memory_needed(sites, states, options);
    let untabled = training.saturating_sub(PottsTrainer::memory_of_tables(sites, states));
    let (l, q) = (sites as u64, states as u64);
    let all = l.saturating_mul(l).saturating_mul(q * q);
    let written = match kind {
        Kind::Ising => 12 * l.saturating_mul(l),
        _ if is_text(out) => LINE.saturating_mul(all / 2),
        // Couplings in both orders, their bytes, and those of the file.
        _ => 12_u64.saturating_mul(all),
    };
    // Its couplings and tables.
    let model = PottsTrainer::memory_of_tables(sites, states).saturating_add(2 * all);
    let models = if ladder {
        MODELS.saturating_mul(model)
    } else {
        0
    };
    let needed = training.max(untabled.saturating_add(written));
    let needed = needed.saturating_add(models);
    memory::check_model((sites, states), needed)
}
