//! A block model as a model: values, gradients, exact differences.

use super::BlockModel;
use crate::latent::{at, symbol};
use gwg_core::target::{AffectedMoves, Batch};
use gwg_core::{Categorical, Delta, Gradient, Local, Move, Multilinear, Space, Target, math};
use gwg_linalg::Scalar;

/// The counts of a state, in a cache: of all nodes by class, and of neighbors and missing pairs of each node by the class of the other node.
struct Counts<'c, R> {
    all: &'c [R],
    neighbors: &'c [R],
    missing: &'c [R],
}

impl<R: Scalar> BlockModel<R> {
    /// The number of counts of all nodes.
    #[inline(always)]
    fn table_len(&self) -> usize {
        self.nodes() * self.classes()
    }

    #[inline(always)]
    fn has_missing(&self) -> bool {
        self.graph.missing_count() > 0
    }

    #[inline(always)]
    fn counts<'c>(&self, cache: &'c [R]) -> Counts<'c, R> {
        let (classes, table) = (self.classes(), self.table_len());
        let (all, rest) = cache.split_at_checked(classes).unwrap_or((&[], &[]));
        let (neighbors, missing) = rest.split_at_checked(table).unwrap_or((&[], &[]));
        Counts {
            all,
            neighbors,
            missing,
        }
    }

    /// The counts of one node.
    #[inline(always)]
    fn of_node<'c>(&self, counts: &'c [R], node: usize) -> &'c [R] {
        let start = node * self.classes();
        counts.get(start..start + self.classes()).unwrap_or(&[])
    }

    /// Adds `change` to the counts of a class, at the nodes paired with `node`.
    #[inline(always)]
    fn count(&self, cache: &mut [R], node: usize, class: usize, change: R) {
        let (classes, table) = (self.classes(), self.table_len());
        let mut add = |place: usize| {
            if let Some(count) = cache.get_mut(place) {
                *count += change;
            }
        };
        add(class);
        for other in self.graph.neighbors(node) {
            add(classes + other * classes + class);
        }
        for other in self.graph.missing(node) {
            add(classes + table + other * classes + class);
        }
    }

    /// Calls `each` with `df/dz` of every node, by class: `log pi(a)` and the terms of all pairs of the node if it had class `a`.
    #[inline(always)]
    fn gradients(
        &self,
        x: &[u8],
        cache: &[R],
        out: &mut [R],
        mut each: impl FnMut(usize, &mut [R]),
    ) {
        let (classes, tables, counts) = (self.classes(), &self.tables, self.counts(cache));
        // As if all pairs were no edges, that of a node with itself included.
        let mut buffer = [R::ZERO; 256];
        let common = buffer.get_mut(..classes).unwrap_or(&mut []);
        for (a, (sum, &log_prior)) in common.iter_mut().zip(&tables.log_prior).enumerate() {
            *sum = log_prior - math::dot(self.row(&tables.softplus, a), counts.all);
        }
        for (node, out) in out.chunks_exact_mut(classes).enumerate() {
            let own = symbol(x, node);
            let neighbors = self.of_node(counts.neighbors, node);
            let missing = self.of_node(counts.missing, node);
            for (a, (g, &common)) in out.iter_mut().zip(&*common).enumerate() {
                let (eta, softplus) = (self.row(&tables.eta, a), self.row(&tables.softplus, a));
                let mut sum = common + at(softplus, own);
                for (&n, &eta) in neighbors.iter().zip(eta) {
                    sum += n * eta;
                }
                for (&n, &softplus) in missing.iter().zip(softplus) {
                    sum += n * softplus;
                }
                *g = sum;
            }
            each(own, out);
        }
    }
}

impl<R: Scalar> Target for BlockModel<R> {
    type Real = R;
    type Space = Categorical;

    #[inline]
    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let (classes, tables) = (self.classes(), &self.tables);
        let mut all = [0.0_f64; 256];
        let mut f = 0.0;
        for (i, &class) in x.iter().enumerate() {
            let a = usize::from(class);
            all[a] += 1.0;
            f += at(&tables.log_prior, a).to_f64();
            let (eta, softplus) = (self.row(&tables.eta, a), self.row(&tables.softplus, a));
            let later = self.graph.neighbors(i).filter(|&j| j > i);
            f += later.map(|j| at(eta, symbol(x, j)).to_f64()).sum::<f64>();
            let later = self.graph.missing(i).filter(|&j| j > i);
            f += later
                .map(|j| at(softplus, symbol(x, j)).to_f64())
                .sum::<f64>();
        }
        for a in 0..classes {
            let softplus = self.row(&tables.softplus, a);
            f -= 0.5 * all[a] * (all[a] - 1.0) * at(softplus, a).to_f64();
            for b in a + 1..classes {
                f -= all[a] * all[b] * at(softplus, b).to_f64();
            }
        }
        f
    }
}

/// The cache is that of exact differences.
impl<R: Scalar> Gradient for BlockModel<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        let cache = scratch.get_mut(..self.cache_len()).unwrap_or(&mut []);
        let f = self.init_cache(x, cache);
        self.gradients(x, cache, gradient, |_, _| {});
        f
    }

    fn gradient_cache_len(&self) -> usize {
        self.cache_len()
    }

    fn gradient_scratch_len(&self, _: usize) -> usize {
        self.cache_len()
    }

    #[inline(always)]
    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, _: &mut [R]) {
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            let f = match row.before {
                None => self.init_cache(row.x, row.cache),
                Some(before) => {
                    row.cache.copy_from_slice(before.cache);
                    let mut f = before.log_prob();
                    // Differences are of moves that have not been made: they are undone, and made again one by one.
                    row.changes.iter().rev().for_each(|mv| mv.revert(row.x));
                    for &mv in row.changes {
                        f += self.delta(row.x, row.cache, mv).to_f64();
                        mv.apply(row.x);
                        self.update(row.x, row.cache, mv);
                    }
                    f
                }
            };
            self.gradients(row.x, row.cache, row.differences, |own, out| {
                let own = at(out, own);
                out.iter_mut().for_each(|d| *d -= own);
            });
            row.set_log_prob(f);
        }
    }
}

impl<R: Scalar> Delta for BlockModel<R> {
    #[inline]
    fn cache_len(&self) -> usize {
        let tables = 1 + usize::from(self.has_missing());
        self.classes() + tables * self.table_len()
    }

    fn init_cache(&self, x: &[u8], cache: &mut [R]) -> f64 {
        cache.fill(R::ZERO);
        for (node, &class) in x.iter().enumerate() {
            self.count(cache, node, usize::from(class), R::ONE);
        }
        self.log_prob(x)
    }

    #[inline(always)]
    fn delta(&self, _: &[u8], cache: &[R], mv: Move) -> R {
        let (from, to) = (usize::from(mv.from), usize::from(mv.to));
        let (tables, counts) = (&self.tables, self.counts(cache));
        let rows = |table| self.row(table, to).iter().zip(self.row(table, from));
        let mut d = at(&tables.log_prior, to) - at(&tables.log_prior, from);
        let neighbors = self.of_node(counts.neighbors, mv.site);
        for ((&to, &from), &n) in rows(&tables.eta).zip(neighbors) {
            d += n * (to - from);
        }
        let missing = self.of_node(counts.missing, mv.site);
        for (b, ((&to, &from), &all)) in rows(&tables.softplus).zip(counts.all).enumerate() {
            let own = R::from_byte(u8::from(b == usize::from(mv.from)));
            d += (own + at(missing, b) - all) * (to - from);
        }
        d
    }

    #[inline(always)]
    fn update(&self, _: &[u8], cache: &mut [R], mv: Move) {
        if !mv.is_idle() {
            self.count(cache, mv.site, usize::from(mv.from), -R::ONE);
            self.count(cache, mv.site, usize::from(mv.to), R::ONE);
        }
    }
}

/// A move changes all differences: those of nodes that are not joined with its own, too.
impl<R: Scalar> Local for BlockModel<R> {
    fn max_affected(&self) -> usize {
        self.nodes() * (self.classes() - 1)
    }

    #[inline(always)]
    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        if mv.is_idle() {
            return;
        }
        self.update(x, cache, mv);
        let classes = 0..self.classes() as u16;
        for site in 0..self.nodes() {
            let from = symbol(x, site) as u16;
            for to in classes.clone().filter(|&to| to != from) {
                let mv = Move { site, from, to };
                affected.push(self.space.move_index(mv), self.delta(x, cache, mv));
            }
        }
    }
}

impl<R: Scalar> Multilinear for BlockModel<R> {}
