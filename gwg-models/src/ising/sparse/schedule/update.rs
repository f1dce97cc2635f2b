use super::{Schedule, SparseIsing};
use crate::number::at;
use gwg_core::Real;

impl<R: Real> Schedule<R> {
    /// Takes the weights and the field of a model whose edges of weight 0 are those that this was made for.
    pub(in super::super) fn update_weights(&mut self, model: &SparseIsing<R>) {
        let mut rest = &mut self.neighbors[..];
        for row in &mut self.rows {
            let site = row.site as usize;
            row.field = at(&model.field, site);
            let count = (row.before + row.after) as usize;
            for (j, weight) in rest.split_off_mut(..count).unwrap_or_default() {
                *weight = model.weight(site, *j as usize);
            }
        }
    }
}
