//! Sites in buckets of equal gain, where gains are integers of few values.

use super::model::SpinModel;
use super::weight::Weight;
use gwg_core::{Bits, SplitMix64};

/// More values of a gain than this, and buckets are slower than looking at all sites.
const MOST: f64 = 2048.0;
const ABSENT: u32 = u32::MAX;

/// Sites by gain. Inserting, removing and finding a site of the largest gain take constant time, but for empty buckets that are passed.
#[derive(Debug)]
pub(crate) struct Buckets {
    offset: i32,
    rows: Vec<Vec<u32>>,
    /// The place of each site in its row.
    places: Vec<u32>,
    top: usize,
}

impl Buckets {
    /// Empty buckets; `None` where gains are no integers, or have too many values.
    pub(crate) fn new<W: Weight>(model: &SpinModel<W>) -> Option<Self> {
        if !W::EXACT || 2.0 * model.largest + 1.0 > MOST {
            return None;
        }
        let offset = model.largest as i32;
        Some(Self {
            offset,
            rows: vec![Vec::new(); 2 * offset as usize + 1],
            places: vec![ABSENT; model.sites()],
            top: 0,
        })
    }

    #[inline]
    pub(crate) fn has(&self, site: usize) -> bool {
        self.places[site] != ABSENT
    }

    #[inline]
    pub(crate) fn insert<W: Weight>(&mut self, site: usize, gain: W) {
        let row = gain.place(self.offset);
        self.places[site] = self.rows[row].len() as u32;
        self.rows[row].push(site as u32);
        self.top = self.top.max(row);
    }

    #[inline]
    pub(crate) fn remove<W: Weight>(&mut self, site: usize, gain: W) {
        let row = &mut self.rows[gain.place(self.offset)];
        let place = std::mem::replace(&mut self.places[site], ABSENT) as usize;
        row.swap_remove(place);
        if let Some(&moved) = row.get(place) {
            self.places[moved as usize] = place as u32;
        }
    }

    /// A site of the largest gain, each with the same probability.
    #[inline]
    pub(crate) fn best(&mut self, random: &mut SplitMix64) -> Option<usize> {
        while self.rows[self.top].is_empty() {
            self.top = self.top.checked_sub(1)?;
        }
        let row = &self.rows[self.top];
        Some(row[random.below(row.len())] as usize)
    }

    /// The sites of each gain that some site has, from the largest gain on.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (i32, &[u32])> {
        let rows = self.rows.iter().enumerate().rev();
        let rows = rows.filter(|(_, row)| !row.is_empty());
        rows.map(|(k, row)| (k as i32 - self.offset, row.as_slice()))
    }
}
