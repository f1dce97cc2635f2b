//! The loops of Gibbs sweeps of a block of chains.

use super::chains::{Block, GROUP};
use super::tables::{LANES, PottsTables};
use gwg_chains::{Generator, Stop};
use gwg_core::Bits;
use gwg_core::math::exp_in_place;

/// Sites that are added at once.
const SITES: usize = 4;

/// The sweeps of a block, compiled for the processor's vector extensions and dispatched to at run time: no sum is reordered or fused, so that the
/// bits do not depend on them.
pub(super) struct Sweep<'s> {
    pub(super) block: &'s mut Block,
    pub(super) tables: &'s PottsTables,
    pub(super) sweeps: usize,
    pub(super) stop: Stop<'s>,
}

impl pulp::WithSimd for Sweep<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) {
        match self.tables.width() / LANES {
            1 => self.of_width::<S, 8>(simd),
            2 => self.of_width::<S, 16>(simd),
            3 => self.of_width::<S, 24>(simd),
            4 => self.of_width::<S, 32>(simd),
            _ => self.of_any_width(),
        }
    }
}

impl Sweep<'_> {
    #[inline(always)]
    fn of_width<S: pulp::Simd, const W: usize>(self, simd: S) {
        let (q, lanes) = (self.tables.states(), self.block.lanes);
        let mut sums = [[0.0_f32; W]; GROUP];
        for _ in 0..self.sweeps {
            for site in 0..self.tables.sites() {
                if self.stop.is_due() {
                    return;
                }
                let (field, _) = self.tables.field(site).as_chunks::<W>();
                let (rows, _) = self.tables.coupling(site).as_chunks::<W>();
                for first in (0..lanes).step_by(GROUP) {
                    let here = first..(first + GROUP).min(lanes);
                    let sums = &mut sums[..here.len()];
                    sums.fill(field[0]);
                    add_all(simd, sums, rows, &self.block.symbols[first..], lanes, q);
                    let start = site * lanes;
                    let out = &mut self.block.symbols[start + here.start..start + here.end];
                    let end = here.end.min(self.block.generators.len());
                    let bits = &mut self.block.generators[here.start..end];
                    draw_all(sums, bits, out, q);
                }
            }
        }
    }

    /// The same for large alphabets, a chain at a time.
    #[inline(always)]
    fn of_any_width(self) {
        let (q, lanes, width) = (self.tables.states(), self.block.lanes, self.tables.width());
        let mut sums = vec![0.0_f32; width];
        for _ in 0..self.sweeps {
            for site in 0..self.tables.sites() {
                if self.stop.is_due() {
                    return;
                }
                let rows = self.tables.coupling(site);
                for chain in 0..self.block.generators.len() {
                    sums.copy_from_slice(self.tables.field(site));
                    let symbols = self.block.symbols.iter().skip(chain).step_by(lanes);
                    for (table, &b) in rows.chunks_exact(q * width).zip(symbols) {
                        let row = &table[usize::from(b) * width..][..width];
                        for (sum, &value) in sums.iter_mut().zip(row) {
                            *sum += value;
                        }
                    }
                    let bits = &mut self.block.generators[chain];
                    self.block.symbols[site * lanes + chain] = draw(&mut sums[..q], bits);
                }
            }
        }
    }
}

/// Adds the rows of the present symbols of all sites to the sums of each chain.
#[inline(always)]
fn add_all<S: pulp::Simd, const W: usize>(
    simd: S,
    sums: &mut [[f32; W]],
    rows: &[[f32; W]],
    symbols: &[u8],
    lanes: usize,
    q: usize,
) {
    let n = sums.len();
    let sites = rows.len() / q;
    let of = |j: usize| {
        (
            &rows[j * q..(j + 1) * q],
            &symbols[j * lanes..j * lanes + n],
        )
    };
    let mut j = 0;
    while j + SITES <= sites {
        let [(ta, xa), (tb, xb), (tc, xc), (td, xd)] = [of(j), of(j + 1), of(j + 2), of(j + 3)];
        let symbols = xa.iter().zip(xb).zip(xc.iter().zip(xd));
        for (sum, ((&a, &b), (&c, &d))) in sums.iter_mut().zip(symbols) {
            let rows = [
                &ta[usize::from(a)],
                &tb[usize::from(b)],
                &tc[usize::from(c)],
                &td[usize::from(d)],
            ];
            add_four(simd, sum, rows);
        }
        j += SITES;
    }
    for j in j..sites {
        let (table, x) = of(j);
        for (sum, &a) in sums.iter_mut().zip(x) {
            let (sum, _) = S::as_mut_simd_f32s(sum);
            let (row, _) = S::as_simd_f32s(&table[usize::from(a)]);
            for (sum, &row) in sum.iter_mut().zip(row) {
                *sum = simd.add_f32s(*sum, row);
            }
        }
    }
}

/// Adds four rows; a multiple of the lanes of a vector are known to be in each.
#[inline(always)]
fn add_four<S: pulp::Simd, const W: usize>(simd: S, sum: &mut [f32; W], rows: [&[f32; W]; SITES]) {
    let (sum, _) = S::as_mut_simd_f32s(sum);
    let [(a, _), (b, _), (c, _), (d, _)] = rows.map(|row| S::as_simd_f32s(row));
    let rows = a.iter().zip(b).zip(c.iter().zip(d));
    for (sum, ((&a, &b), (&c, &d))) in sum.iter_mut().zip(rows) {
        let of_four = simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d));
        *sum = simd.add_f32s(*sum, of_four);
    }
}

/// Draws a symbol for each chain from `exp` of its sums.
#[inline(always)]
fn draw_all<const W: usize>(sums: &[[f32; W]], bits: &mut [Generator], out: &mut [u8], q: usize) {
    let groups = sums.chunks(LANES).zip(out.chunks_mut(LANES));
    for ((sums, out), bits) in groups.zip(bits.chunks_mut(LANES)) {
        // Transposed: one chain in each lane.
        let mut tile = [[0.0_f32; LANES]; W];
        for (lane, sum) in sums.iter().enumerate() {
            for k in 0..W {
                tile[k][lane] = sum[k];
            }
        }
        let tile = &mut tile[..q];
        let mut unit = [0.0_f32; LANES];
        for (unit, bits) in unit.iter_mut().zip(bits.iter_mut()) {
            *unit = Bits::unit(bits);
        }
        let drawn = draw_lanes(tile, &unit);
        for (out, symbol) in out.iter_mut().zip(drawn).take(bits.len()) {
            *out = symbol as u8;
        }
    }
}

/// In each lane, the symbol at which the running sum of the weights exceeds a fraction of their sum.
#[inline(always)]
fn draw_lanes(tile: &mut [[f32; LANES]], unit: &[f32; LANES]) -> [u32; LANES] {
    let mut most = [f32::NEG_INFINITY; LANES];
    for row in tile.iter() {
        for lane in 0..LANES {
            most[lane] = if row[lane] > most[lane] {
                row[lane]
            } else {
                most[lane]
            };
        }
    }
    let mut total = [0.0_f32; LANES];
    for row in tile.iter_mut() {
        for lane in 0..LANES {
            row[lane] -= most[lane];
        }
        exp_in_place(row);
        for lane in 0..LANES {
            total[lane] += row[lane];
        }
        *row = total;
    }
    let mut threshold = [0.0_f32; LANES];
    for lane in 0..LANES {
        threshold[lane] = unit[lane] * total[lane];
    }
    let mut drawn = [0_u32; LANES];
    let below = tile.len() - 1;
    for row in &tile[..below] {
        for lane in 0..LANES {
            drawn[lane] += u32::from(row[lane] <= threshold[lane]);
        }
    }
    drawn
}

/// Draws a symbol from `exp` of the sums.
#[inline(always)]
fn draw(sums: &mut [f32], bits: &mut Generator) -> u8 {
    let most = sums.iter().fold(f32::NEG_INFINITY, |most, &s| most.max(s));
    sums.iter_mut().for_each(|s| *s -= most);
    exp_in_place(sums);
    let mut total = 0.0;
    for sum in sums.iter_mut() {
        total += *sum;
        *sum = total;
    }
    let threshold = Bits::unit::<f32>(bits) * total;
    let below = &sums[..sums.len() - 1];
    below.iter().filter(|&&sum| sum <= threshold).count() as u8
}
