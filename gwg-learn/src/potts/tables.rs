//! The couplings of a Potts model, laid out for updates of one site of many chains.

use super::PairPotts;
use gwg_chains::Threads;

/// Numbers in a vector register of 256 bits.
pub(super) const LANES: usize = 8;

/// How a sweep changes a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PottsMoves {
    /// A draw from the conditional distribution.
    #[default]
    Gibbs,
    /// Another symbol, each equally likely, which is accepted with probability `31/32 min(1, ratio)` ([`KEEP`](gwg_core::accept::KEEP)). A sweep is
    /// cheaper than one of Gibbs sampling, and moves less.
    Metropolis,
}

/// Couplings and fields in single precision, laid out for one kind of moves: the conditional distribution of a site is a sum of contiguous rows; or, where
/// chains keep those of all sites, what a changed symbol adds to them is contiguous.
///
/// # Memory
/// `L^2 q w` numbers, where `w` is `q` rounded up to a multiple of 8: 500 sites of 21 states take 504 MB.
#[derive(Clone, Debug)]
pub struct PottsTables {
    sites: usize,
    states: usize,
    width: usize,
    moves: PottsMoves,
    /// `J[i, j, a, b]` at `[i, j, b, a]`, the last dimension of `w` numbers; 0 for `i = j` and beyond `q`. For Metropolis moves of
    /// at most 8 states, `[i, a, j, b]`.
    coupling: Vec<f32>,
    /// `h[i, a]` at `[i, a]`, the last dimension of `w` numbers.
    field: Vec<f32>,
}

impl PottsTables {
    /// The tables of a model, for Gibbs sampling.
    #[must_use]
    pub fn new(model: &PairPotts<f32>, threads: &Threads) -> Self {
        Self::with_moves(model, PottsMoves::Gibbs, threads)
    }

    /// The tables of a model, for sweeps of such moves.
    #[must_use]
    pub fn with_moves(model: &PairPotts<f32>, moves: PottsMoves, threads: &Threads) -> Self {
        let (sites, states) = (model.sites(), model.states());
        let width = states.next_multiple_of(LANES);
        let mut tables = Self {
            sites,
            states,
            width,
            moves,
            coupling: vec![0.0; sites * sites * states * width],
            field: vec![0.0; sites * width],
        };
        tables.update(model, threads);
        tables
    }

    /// Brings the tables up to changed parameters.
    ///
    /// # Cost
    /// One pass over the tables, shared by the threads.
    ///
    /// # Panics
    /// If the model has another shape.
    pub fn update(&mut self, model: &PairPotts<f32>, threads: &Threads) {
        let shape = (model.sites(), model.states());
        assert_eq!(shape, (self.sites, self.states), "a model of one shape");
        let (q, width, block) = (self.states, self.width, self.states * self.width);
        let len = self.sites * self.sites * block;
        self.coupling.resize(len, 0.0);
        let fields = self.field.chunks_exact_mut(width);
        for (row, h) in fields.zip(model.field().chunks_exact(q)) {
            row[..q].copy_from_slice(h);
        }
        let rows = self.coupling.chunks_exact_mut(self.sites * block);
        let mut rows: Vec<_> = rows.enumerate().collect();
        // Chains keep their local fields (see `Metropolis`).
        let kept = self.moves == PottsMoves::Metropolis && width == LANES;
        threads.each(&mut rows, |(i, row)| {
            if kept {
                by_symbol(model, *i, row, width);
                return;
            }
            for (j, table) in row.chunks_exact_mut(block).enumerate() {
                let i = *i;
                if i < j {
                    transpose(model.block(i, j), table, q, width);
                } else if j < i {
                    copy(model.block(j, i), table, q, width);
                }
            }
        });
    }

    /// Frees the couplings until the next call of [`update`](Self::update).
    pub(super) fn free(&mut self) {
        self.coupling = Vec::new();
    }

    /// True after [`free`](Self::free).
    pub(super) fn is_free(&self) -> bool {
        self.coupling.is_empty()
    }

    /// The number of sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.sites
    }

    /// The number of states.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states
    }

    /// The moves that they are laid out for.
    #[must_use]
    pub fn moves(&self) -> PottsMoves {
        self.moves
    }

    /// The length of a row: the number of states, rounded up.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The field of a site.
    pub(super) fn field(&self, site: usize) -> &[f32] {
        &self.field[site * self.width..(site + 1) * self.width]
    }

    /// The fields of all sites.
    pub(super) fn fields(&self) -> &[f32] {
        &self.field
    }

    /// The couplings of a site to all sites: for each of them, for each of its states, a row; for Metropolis moves of at most 8 states, for each
    /// state of the site itself, a row for each of them.
    pub(super) fn coupling(&self, site: usize) -> &[f32] {
        let len = self.sites * self.states * self.width;
        &self.coupling[site * len..(site + 1) * len]
    }
}

/// `row[a, j, b] = J[i, j, a, b]`.
fn by_symbol(model: &PairPotts<f32>, i: usize, row: &mut [f32], width: usize) {
    let q = model.states();
    for (a, row) in row.chunks_exact_mut(model.sites() * width).enumerate() {
        for (j, row) in row.chunks_exact_mut(width).enumerate() {
            if i < j {
                row[..q].copy_from_slice(&model.block(i, j)[a * q..(a + 1) * q]);
            } else if j < i {
                let column = model.block(j, i).iter().skip(a).step_by(q);
                row.iter_mut()
                    .zip(column)
                    .for_each(|(to, &from)| *to = from);
            }
        }
    }
}

/// `table[b, a] = block[a, b]`.
fn transpose(block: &[f32], table: &mut [f32], q: usize, width: usize) {
    for (b, row) in table.chunks_exact_mut(width).enumerate() {
        for (value, column) in row.iter_mut().zip(block.chunks_exact(q)) {
            *value = column[b];
        }
    }
}

/// `table[b, a] = block[b, a]`.
fn copy(block: &[f32], table: &mut [f32], q: usize, width: usize) {
    for (row, values) in table.chunks_exact_mut(width).zip(block.chunks_exact(q)) {
        row[..q].copy_from_slice(values);
    }
}
