use super::{Schedule, SparseIsing};
use crate::number::at;
use gwg_core::Real;

impl<R: Real> Schedule<R> {
    /// Copies the weights and the field of a model that has the same edges of weight 0 as when the schedule was created.
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
