//! Chains as plain data.

mod bytes;

use super::block::Block;
use super::ladder::{End, ReplicaLadder};
use super::{ChainSpec, Chains};
use crate::generator::Generator;
use crate::plan::{RunError, Tempering};
use crate::stepper::{Pending, Stepper};
use crate::threads::Threads;
use bytes::{Reader, Writer};
use gwg_core::temper::Pair;
use gwg_core::{MemoryLayout, Move, Real, StepCounts, Symbol};
use serde::{Deserialize, Serialize};

/// The version of the format. Chains of another one are refused.
const VERSION: u32 = 1;

/// What a file of saved chains begins with.
const MAGIC: &[u8; 8] = b"gwgchain";

/// Everything that the paths of some chains depend on: states, generators, what is tuned, schedules, caches.
///
/// Plain data: a header, and numbers in little-endian order whatever the machine, with a checksum over both. [`to_bytes`](Self::to_bytes) makes
/// a file of it; with serde it is any format's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedChains {
    header: Header,
    numbers: Vec<u8>,
    checksum: u32,
}

/// What chains have to have in common with a target and a kernel to be restored on them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    version: u32,
    /// The kernel, as [`Stepper::label`] has it.
    kernel: String,
    precision: String,
    symbol_bytes: usize,
    sites: usize,
    states: usize,
    /// Reals, words, indices, moves and saved numbers of a walker.
    memory: [usize; 5],
    first_chain: u64,
    chains: usize,
    replicas: usize,
    swap_every: u64,
    until_swap: u64,
}

/// Why saved chains cannot be restored. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The bytes begin as saved chains do.
    #[error("saved chains: the bytes are no saved chains; give what `SavedChains::to_bytes` made")]
    NotSaved,
    /// The version is the one of this program.
    #[error(
        "saved chains: version {found}, this program reads version {VERSION}; save them anew with this program"
    )]
    Version {
        /// What was found.
        found: u32,
    },
    /// The bytes are those that were saved.
    #[error("saved chains: the bytes are damaged ({what}); take an earlier save")]
    Damaged {
        /// What is wrong with them.
        what: &'static str,
    },
    /// The chains are of the target's and the kernel's kind.
    #[error(
        "saved chains: {what}: saved is {found}, needed here is {needed}; restore them with the model and the sampler that they were saved with"
    )]
    Other {
        /// What differs.
        what: &'static str,
        /// What was saved.
        found: String,
        /// What the target and the kernel have.
        needed: String,
    },
    /// The kernel accepts the target.
    #[error(transparent)]
    Run(#[from] RunError),
}

fn precision<R: Real>() -> &'static str {
    if size_of::<R>() == size_of::<f32>() {
        "f32"
    } else {
        "f64"
    }
}

impl Header {
    fn of<R: Real, S: Symbol>(stepper: &dyn Stepper<R, S>) -> Result<Self, RunError> {
        let layout = stepper.layout();
        let saved = stepper.fresh()?.len();
        Ok(Self {
            version: VERSION,
            kernel: stepper.label(),
            precision: precision::<R>().into(),
            symbol_bytes: size_of::<S>(),
            sites: stepper.sites(),
            states: stepper.states(),
            memory: memory(layout, saved),
            first_chain: 0,
            chains: 0,
            replicas: 1,
            swap_every: 0,
            until_swap: 0,
        })
    }

    /// Bytes that the memory of all walkers takes, or more than there can be.
    fn least_bytes<R>(&self) -> usize {
        let [reals, words, indices, moves, saved] = self.memory;
        let parts = [
            (self.sites, self.symbol_bytes),
            (reals, size_of::<R>()),
            (words.saturating_add(saved), 8),
            (indices, 4),
            (moves, 12),
        ];
        let each = parts.into_iter().fold(1_usize, |sum, (n, bytes)| {
            sum.saturating_add(n.saturating_mul(bytes))
        });
        each.saturating_mul(self.chains)
            .saturating_mul(self.replicas)
    }

    /// The first respect in which saved chains differ from what is `needed`.
    fn differs(&self, needed: &Self) -> Option<RestoreError> {
        let other = |what, found: String, needed: String| {
            (found != needed).then_some(RestoreError::Other {
                what,
                found,
                needed,
            })
        };
        let number = |n: usize| n.to_string();
        other("sampler", self.kernel.clone(), needed.kernel.clone())
            .or_else(|| {
                other(
                    "precision",
                    self.precision.clone(),
                    needed.precision.clone(),
                )
            })
            .or_else(|| {
                let of = |bytes: usize| format!("{} bits", 8 * bytes);
                other("symbols", of(self.symbol_bytes), of(needed.symbol_bytes))
            })
            .or_else(|| other("sites", number(self.sites), number(needed.sites)))
            .or_else(|| {
                other(
                    "states per site",
                    number(self.states),
                    number(needed.states),
                )
            })
            .or_else(|| {
                let of = |memory: [usize; 5]| format!("{memory:?}");
                other("memory of a chain", of(self.memory), of(needed.memory))
            })
    }
}

fn memory(layout: MemoryLayout, saved: usize) -> [usize; 5] {
    let MemoryLayout {
        reals,
        words,
        indices,
        moves,
    } = layout;
    [reals, words, indices, moves, saved]
}

impl SavedChains {
    fn new(header: Header, numbers: Vec<u8>) -> Self {
        let checksum = checksum(&header, &numbers);
        Self {
            header,
            numbers,
            checksum,
        }
    }

    /// How many chains were saved.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.header.chains
    }

    /// The kernel, by the name of its type or the spec that it was made from.
    #[must_use]
    pub fn kernel(&self) -> &str {
        &self.header.kernel
    }

    /// All of it as bytes, the same on every machine.
    ///
    /// # Errors
    /// [`RestoreError::Damaged`] where the header cannot be written: never.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RestoreError> {
        let what = "header";
        let header =
            serde_json::to_vec(&self.header).map_err(|_| RestoreError::Damaged { what })?;
        let mut all = MAGIC.to_vec();
        all.extend((header.len() as u64).to_le_bytes());
        all.extend(header);
        all.extend(&self.numbers);
        all.extend(self.checksum.to_le_bytes());
        Ok(all)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    ///
    /// # Errors
    /// [`RestoreError::NotSaved`], [`RestoreError::Version`], [`RestoreError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RestoreError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(RestoreError::NotSaved)?;
        let damaged = |what| RestoreError::Damaged { what };
        let (len, rest) = rest
            .split_first_chunk::<8>()
            .ok_or_else(|| damaged("they end early"))?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok();
        let (header, rest) = len
            .and_then(|len| rest.split_at_checked(len))
            .ok_or_else(|| damaged("they end early"))?;
        let found: serde_json::Value =
            serde_json::from_slice(header).map_err(|_| damaged("header"))?;
        let version = found["version"].as_u64().ok_or_else(|| damaged("header"))?;
        if version != u64::from(VERSION) {
            let found = u32::try_from(version).unwrap_or(u32::MAX);
            return Err(RestoreError::Version { found });
        }
        let header = serde_json::from_value(found).map_err(|_| damaged("header"))?;
        let (numbers, checksum) = rest
            .split_last_chunk::<4>()
            .ok_or_else(|| damaged("they end early"))?;
        let saved = Self {
            header,
            numbers: numbers.to_vec(),
            checksum: u32::from_le_bytes(*checksum),
        };
        saved.check()?;
        Ok(saved)
    }

    fn check(&self) -> Result<(), RestoreError> {
        if self.header.version != VERSION {
            let found = self.header.version;
            return Err(RestoreError::Version { found });
        }
        if checksum(&self.header, &self.numbers) == self.checksum {
            Ok(())
        } else {
            let what = "the checksum differs";
            Err(RestoreError::Damaged { what })
        }
    }
}

fn checksum(header: &Header, numbers: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(&serde_json::to_vec(header).unwrap_or_default());
    crc.update(numbers);
    crc.sum()
}

/// Everything of the chains, one after the other, however they are divided into blocks.
pub(super) fn save<R: Real, S: Symbol>(chains: &Chains<R, S>) -> SavedChains {
    let mut out = Writer::default();
    for fraction in &chains.fractions {
        out.f64(*fraction);
    }
    let mut header = Header {
        version: VERSION,
        kernel: chains.label.clone(),
        precision: precision::<R>().into(),
        symbol_bytes: size_of::<S>(),
        sites: chains.sites,
        states: chains.states,
        memory: [0; 5],
        first_chain: chains.first_chain,
        chains: chains.chains,
        replicas: chains.replicas(),
        swap_every: 0,
        until_swap: 0,
    };
    for chain in 0..chains.chains {
        let (block, own) = chains.place(chain);
        header.swap_every = block.swap_every;
        header.until_swap = block.until_swap;
        header.memory = block.memory();
        for walker in own * block.replicas..(own + 1) * block.replicas {
            save_walker(&mut out, block, walker);
        }
        if let Some(ladder) = block.ladders.get(own) {
            save_ladder(&mut out, ladder);
        }
    }
    SavedChains::new(header, out.done())
}

fn save_walker<R: Real, S: Symbol>(out: &mut Writer, block: &Block<R, S>, walker: usize) {
    let [reals, words, indices, moves, saved] = block.memory();
    for symbol in block.state(walker) {
        out.symbol(*symbol);
    }
    out.u128(block.bits[walker].state());
    out.f64(block.betas[walker].to_f64());
    out.f64(block.log_prob[walker]);
    out.u64(block.pending[walker] as u64);
    save_counts(out, &block.counts[walker]);
    for number in &block.saved[walker * saved..(walker + 1) * saved] {
        out.u64(*number);
    }
    for number in &block.reals[walker * reals..(walker + 1) * reals] {
        out.real(*number);
    }
    for number in &block.words[walker * words..(walker + 1) * words] {
        out.u64(*number);
    }
    for number in &block.indices[walker * indices..(walker + 1) * indices] {
        out.u32(*number);
    }
    for mv in &block.moves[walker * moves..(walker + 1) * moves] {
        out.u64(mv.site as u64);
        out.u32(u32::from(mv.from) << 16 | u32::from(mv.to));
    }
}

fn save_counts(out: &mut Writer, counts: &StepCounts) {
    let StepCounts {
        steps,
        accepted,
        sites_changed,
        values,
        gradients,
        invalid,
    } = *counts;
    for count in [steps, accepted, sites_changed, values, gradients, invalid] {
        out.u64(count);
    }
}

fn save_ladder(out: &mut Writer, ladder: &ReplicaLadder) {
    let ReplicaLadder {
        betas,
        walker_at,
        pairs,
        rounds,
        bits,
        last_end,
        round_trips,
        cold,
        before: _,
    } = ladder;
    for level in 0..betas.len() {
        out.f64(betas[level]);
        out.u32(walker_at[level]);
        out.u32(match last_end[level] {
            End::Neither => 0,
            End::Coldest => 1,
            End::Hottest => 2,
        });
    }
    for pair in pairs {
        out.u64(pair.tried);
        out.u64(pair.swapped);
    }
    out.u64(*rounds);
    out.u128(bits.state());
    out.u64(*round_trips);
    save_counts(out, cold);
}

/// Chains made of what was saved.
pub(super) fn restore<R: Real, S: Symbol>(
    saved: &SavedChains,
    stepper: &dyn Stepper<R, S>,
    threads: Threads,
) -> Result<Chains<R, S>, RestoreError> {
    saved.check()?;
    let header = &saved.header;
    let needed = Header::of(stepper)?;
    if let Some(error) = header.differs(&needed) {
        return Err(error);
    }
    let mut input = Reader::new(&saved.numbers);
    let replicas = header.replicas;
    // Before anything of that size is allocated.
    if header.least_bytes::<R>() > saved.numbers.len() {
        return Err(Reader::short());
    }
    // Swaps that never fall due would have no end.
    if replicas == 0 || !(1..=header.swap_every).contains(&header.until_swap) {
        let what = "replicas or swaps of the header";
        return Err(RestoreError::Damaged { what });
    }
    let fractions = (0..replicas)
        .map(|_| input.f64())
        .collect::<Result<Vec<_>, _>>()?;
    let spec = ChainSpec {
        first_chain: header.first_chain,
        chains: header.chains,
        tempering: (replicas > 1).then(|| Tempering {
            ladder: fractions.clone(),
            swap_every: header.swap_every.max(1),
        }),
        threads,
        ..ChainSpec::default()
    };
    let mut chains = Chains::without_start(stepper, &spec)?;
    for block in &mut chains.blocks {
        block.swap_every = header.swap_every;
        block.until_swap = header.until_swap;
        for own in 0..block.chains() {
            for walker in own * replicas..(own + 1) * replicas {
                restore_walker(&mut input, block, walker)?;
                in_space(block.state(walker), stepper)?;
            }
            if replicas > 1 {
                block.ladders.push(restore_ladder(&mut input, replicas)?);
            }
        }
    }
    chains.fractions = fractions;
    input.end()?;
    Ok(chains)
}

/// Refuses a state that the target's space does not have: a symbol out of range, or other than the observed one.
fn in_space<R: Real, S: Symbol>(x: &[S], stepper: &dyn Stepper<R, S>) -> Result<(), RestoreError> {
    for (site, symbol) in x.iter().enumerate() {
        let (found, states) = (symbol.index(), stepper.states_at(site));
        let needed = match stepper.observed(site) {
            Some(observed) if observed != *symbol => format!("{}, observed", observed.index()),
            None if found >= states => format!("0 to {}", states - 1),
            _ => continue,
        };
        return Err(RestoreError::Other {
            what: "a symbol of the states",
            found: format!("{found} at site {site}"),
            needed,
        });
    }
    Ok(())
}

fn restore_walker<R: Real, S: Symbol>(
    input: &mut Reader<'_>,
    block: &mut Block<R, S>,
    walker: usize,
) -> Result<(), RestoreError> {
    let [reals, words, indices, moves, saved] = block.memory();
    let sites = block.state(walker).len();
    for symbol in &mut block.x[walker * sites..(walker + 1) * sites] {
        *symbol = input.symbol()?;
    }
    block.bits.push(Generator::new(input.u128()?));
    block.betas[walker] = R::from_f64(input.f64()?);
    block.log_prob[walker] = input.f64()?;
    block.pending[walker] = match input.u64()? {
        0 => Pending::Nothing,
        1 => Pending::Follow,
        2 => Pending::Reweight,
        3 => Pending::Reevaluate,
        _ => Pending::Init,
    };
    block.counts[walker] = restore_counts(input)?;
    for number in &mut block.saved[walker * saved..(walker + 1) * saved] {
        *number = input.u64()?;
    }
    for number in &mut block.reals[walker * reals..(walker + 1) * reals] {
        *number = input.real()?;
    }
    for number in &mut block.words[walker * words..(walker + 1) * words] {
        *number = input.u64()?;
    }
    for number in &mut block.indices[walker * indices..(walker + 1) * indices] {
        *number = input.u32()?;
    }
    for mv in &mut block.moves[walker * moves..(walker + 1) * moves] {
        let site = input.u64()? as usize;
        let symbols = input.u32()?;
        let (from, to) = ((symbols >> 16) as u16, symbols as u16);
        *mv = Move { site, from, to };
    }
    Ok(())
}

fn restore_counts(input: &mut Reader<'_>) -> Result<StepCounts, RestoreError> {
    Ok(StepCounts {
        steps: input.u64()?,
        accepted: input.u64()?,
        sites_changed: input.u64()?,
        values: input.u64()?,
        gradients: input.u64()?,
        invalid: input.u64()?,
    })
}

fn restore_ladder(input: &mut Reader<'_>, levels: usize) -> Result<ReplicaLadder, RestoreError> {
    let mut ladder = ReplicaLadder {
        betas: Vec::new(),
        walker_at: Vec::new(),
        pairs: Vec::new(),
        rounds: 0,
        bits: Generator::new(0),
        last_end: Vec::new(),
        round_trips: 0,
        cold: StepCounts::default(),
        before: StepCounts::default(),
    };
    for _ in 0..levels {
        ladder.betas.push(input.f64()?);
        ladder.walker_at.push(input.u32()?);
        ladder.last_end.push(match input.u32()? {
            0 => End::Neither,
            1 => End::Coldest,
            _ => End::Hottest,
        });
    }
    let mut named = ladder.walker_at.clone();
    named.sort_unstable();
    if !named.into_iter().eq(0..levels as u32) {
        let what = "a ladder does not name each replica once";
        return Err(RestoreError::Damaged { what });
    }
    for _ in 1..levels {
        let (tried, swapped) = (input.u64()?, input.u64()?);
        ladder.pairs.push(Pair { tried, swapped });
    }
    ladder.rounds = input.u64()?;
    ladder.bits = Generator::new(input.u128()?);
    ladder.round_trips = input.u64()?;
    ladder.cold = restore_counts(input)?;
    Ok(ladder)
}
