//! The couplings of a Potts model, laid out for updates of one site of many chains.

use super::PairPotts;
use gwg_chains::Threads;

/// Numbers in a vector register of 256 bits.
pub(super) const LANES: usize = 8;

/// Couplings and fields in single precision, laid out so that the conditional distribution of a site is a sum of contiguous rows.
///
/// # Memory
/// `L^2 q w` numbers, where `w` is `q` rounded up to a multiple of 8: 500 sites of 21 states take 504 MB.
#[derive(Clone, Debug)]
pub struct PottsTables {
    sites: usize,
    states: usize,
    width: usize,
    /// `J[i, j, a, b]` at `[i, j, b, a]`, the last dimension of `w` numbers; 0 for `i = j` and beyond `q`.
    coupling: Vec<f32>,
    /// `h[i, a]` at `[i, a]`, the last dimension of `w` numbers.
    field: Vec<f32>,
}

impl PottsTables {
    /// The tables of a model.
    #[must_use]
    pub fn new(model: &PairPotts<f32>, threads: &Threads) -> Self {
        let (sites, states) = (model.sites(), model.states());
        let width = states.next_multiple_of(LANES);
        let mut tables = Self {
            sites,
            states,
            width,
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
        let fields = self.field.chunks_exact_mut(width);
        for (row, h) in fields.zip(model.field().chunks_exact(q)) {
            row[..q].copy_from_slice(h);
        }
        let rows = self.coupling.chunks_exact_mut(self.sites * block);
        let mut rows: Vec<_> = rows.enumerate().collect();
        threads.each(&mut rows, |(i, row)| {
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

    /// The length of a row: the number of states, rounded up.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The field of a site.
    pub(super) fn field(&self, site: usize) -> &[f32] {
        &self.field[site * self.width..(site + 1) * self.width]
    }

    /// The couplings of a site to all sites: for each of them, for each of its states, a row.
    pub(super) fn coupling(&self, site: usize) -> &[f32] {
        let len = self.sites * self.states * self.width;
        &self.coupling[site * len..(site + 1) * len]
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
