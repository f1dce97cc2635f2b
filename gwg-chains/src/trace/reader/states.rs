//! States, chunk by chunk.

use gwg_core::Symbol;
use serde_json::Value;

use super::TraceReader;
use crate::trace::error::TraceError;
use crate::trace::parse::Packed;
use crate::trace::spec::SymbolType;

impl TraceReader {
    /// States of draws `chunk * draws_per_chunk ..` of one chain, row-major (draw, site), as many as there are. 16-bit symbols read
    /// traces of either [type](Self::symbols).
    ///
    /// # Errors
    /// No such chunk, or damage; states of 16 bits for an `S` of 8.
    pub fn x_chunk<S: Symbol>(&self, chain: usize, chunk: usize) -> Result<Vec<S>, TraceError> {
        self.fits::<S>()?;
        if chain >= self.chains() || chunk >= self.x.grid(1) {
            return Err(TraceError::Missing {
                path: self.path.clone(),
                what: format!("chunk {chunk} of chain {chain}"),
                allowed: format!(
                    "it has {} of each of {} chains",
                    self.x.grid(1),
                    self.chains()
                ),
            });
        }
        let block = self.load_block(chain / self.x.chunk[0], chunk)?;
        Ok(block.states(chain % self.x.chunk[0]))
    }

    /// Visits all states: `visit(chain, first draw, states)` with states row-major (draw, site) of at most [`draws_per_chunk`](Self::draws_per_chunk) draws.
    ///
    /// The draws of each chain come in order, and a chunk is read once. Where a chunk has one chain, all of one chain come before those of the next;
    /// where it has several, these take turns, chunk by chunk, before the next ones.
    ///
    /// # Cost
    /// That of reading every chunk once, in the memory of one chunk.
    ///
    /// # Errors
    /// States of 16 bits for an `S` of 8; damage, after the visits of all chunks before it.
    pub fn for_each_x<S: Symbol>(
        &self,
        mut visit: impl FnMut(usize, usize, &[S]),
    ) -> Result<(), TraceError> {
        self.fits::<S>()?;
        if self.draws() == 0 {
            return Ok(());
        }
        for block in 0..self.x.grid(0) {
            for chunk in 0..self.x.grid(1) {
                let block = self.load_block(block, chunk)?;
                for chain in 0..block.chains {
                    visit(
                        block.first_chain + chain,
                        block.first_draw,
                        &block.states(chain),
                    );
                }
            }
        }
        Ok(())
    }

    /// The lengths of the dimensions of a state, as stored.
    pub(in crate::trace) fn stored_dims(&self) -> impl Iterator<Item = usize> {
        self.x.shape[2..].iter().copied()
    }

    /// Whether the states are stored as bits.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        self.x.packed.is_some()
    }

    /// Appends the states of draws `first ..` of all chains, row-major (chain, draw, site).
    pub(in crate::trace) fn append_states<S: Symbol>(
        &self,
        first: usize,
        draws: usize,
        all: &mut Vec<S>,
    ) -> Result<(), TraceError> {
        self.fits::<S>()?;
        let (sites, width) = (self.sites(), self.x.chunk[1]);
        for block in 0..self.x.grid(0) {
            let begin = all.len();
            for chunk in first / width..(first + draws).div_ceil(width) {
                let block = self.load_block(block, chunk)?;
                let from = first.max(chunk * width) - chunk * width;
                let to = (first + draws).min((chunk + 1) * width) - chunk * width;
                // Memory grows with what is read.
                all.resize(begin + block.chains * draws * sites, S::default());
                for chain in 0..block.chains {
                    let states = &block.states::<S>(chain)[from * sites..to * sites];
                    let at = (chain * draws + chunk * width + from - first) * sites;
                    all[begin + at..][..states.len()].copy_from_slice(states);
                }
            }
        }
        Ok(())
    }

    /// Refuses to cut the symbols.
    fn fits<S: Symbol>(&self) -> Result<(), TraceError> {
        if self.symbols().bytes() <= size_of::<S>() {
            return Ok(());
        }
        let name = self.x.data_type.name();
        let allowed = "states of 8 bits were requested; read them as 16-bit symbols";
        Err(TraceError::metadata(
            &self.x.folder.join("zarr.json"),
            "data_type",
            Some(&Value::from(name)),
            allowed,
        ))
    }

    pub(super) fn load_block(&self, block: usize, chunk: usize) -> Result<Block, TraceError> {
        let mut index = vec![0; self.x.shape.len()];
        (index[0], index[1]) = (block, chunk);
        let raw = self.x.load(&index)?;
        let [first_chain, first_draw] = [block * self.x.chunk[0], chunk * self.x.chunk[1]];
        let symbol = self.symbols();
        let state = self.x.shape[2..].iter().product::<usize>() * symbol.bytes();
        Ok(Block {
            first_chain,
            chains: self.x.chunk[0].min(self.chains() - first_chain),
            first_draw,
            bytes: self.x.chunk[1].min(self.draws() - first_draw) * state,
            stride: self.x.chunk[1] * state,
            symbol,
            packed: self.x.packed,
            state,
            raw,
        })
    }
}

/// A chunk of states.
pub(super) struct Block {
    pub(super) first_chain: usize,
    /// Without the padding.
    pub(super) chains: usize,
    pub(super) first_draw: usize,
    /// Of the draws of one chain, without the padding.
    bytes: usize,
    stride: usize,
    symbol: SymbolType,
    packed: Option<Packed>,
    /// Bytes of one state.
    state: usize,
    raw: Vec<u8>,
}

impl Block {
    /// Of one of its chains, from 0; the symbols [fit](TraceReader::fits) into an `S`.
    pub(super) fn states<S: Symbol>(&self, chain: usize) -> Vec<S> {
        let bytes = &self.raw[chain * self.stride..][..self.bytes];
        if let Some(packed) = self.packed {
            let states = bytes.chunks_exact(self.state);
            return states.flat_map(|state| unpacked(state, packed)).collect();
        }
        if self.symbol == SymbolType::U8 {
            let symbols = bytes.iter().map(|&s| S::narrow(u16::from(s)));
            return symbols.collect();
        }
        let (pairs, _) = bytes.as_chunks::<2>();
        let symbols = pairs.iter().map(|s| S::narrow(u16::from_le_bytes(*s)));
        symbols.collect()
    }
}

/// The symbols of a state that is stored as bits.
fn unpacked<S: Symbol>(state: &[u8], packed: Packed) -> impl Iterator<Item = S> + '_ {
    let bit = move |site: usize| {
        let place = if packed.big { 7 - site % 8 } else { site % 8 };
        state[site / 8] >> place & 1
    };
    (0..packed.sites).map(move |site| S::narrow(u16::from(bit(site))))
}
