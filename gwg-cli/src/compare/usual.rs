//! What is compared where the command line does not say.

use crate::flags::CompareFlags;
use gwg_bench::relaxations::SIDES;
use std::ffi::OsString;

/// The default samplers: those of the paper, and later ones.
const USUAL: &str = "gibbs,block-gibbs:block=2,hamming-ball:block=10,radius=1,gwg,gwg:flips=3,gwg:flips=5,pas,dmala,dlmc,sweep";

/// The default samplers beside relaxations.
const BESIDE: &str = "gibbs,gwg,pas,dmala,dula";

/// The Boltzmann machine of the standard comparison of relaxations; of its smaller layer the states are summed.
const MACHINE: &str = "rbm:visible=200,hidden=20,seed=1";

/// The models to compare on.
pub(super) fn models(flags: &CompareFlags) -> Vec<OsString> {
    if !flags.models.is_empty() {
        return flags.models.clone();
    }
    let lattice = |side: &usize| format!("ising-lattice:side={side},theta=0.1,bias=0.1");
    let lattices = SIDES.iter().map(lattice);
    let all = lattices.chain([MACHINE.to_owned()]);
    all.map(OsString::from).collect()
}

/// The list of samplers.
pub(super) const fn samplers(flags: &CompareFlags) -> &'static str {
    if flags.relaxations { BESIDE } else { USUAL }
}
