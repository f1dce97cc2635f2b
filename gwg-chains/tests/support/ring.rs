//! A model for every space: a ring of sites with fields and couplings between neighbors.

use gwg_core::target::Batch;
use gwg_core::{
    AffectedMoves, AnySpace, Binary, Categorical, Delta, Gradient, Local, Mixed, Move, Ordinal,
    Real, Space, Target,
};

/// The first move of each site of the mixed space: 2, 4, 3, 2, 5, 3 and 2 states.
const OFFSETS: [u32; 8] = [0, 2, 6, 9, 11, 16, 19, 21];

/// `f(x) = sum_i h_i v_i(x_i) + sum_i J_i v_i(x_i) v_(i+1)(x_(i+1))`.
///
/// `v` is the symbol itself on a binary or an ordinal space and an entry of a table elsewhere, so that `f` is multilinear in
/// the encoding of every space. What the model caches are running sums: a chain whose cache is computed anew, instead of
/// restored, has other bits.
#[derive(Clone, Debug)]
pub(crate) struct Ring<R> {
    space: AnySpace<'static>,
    /// Site by site, [`stride`](Self::stride) numbers each.
    values: Vec<R>,
    stride: usize,
    fields: Vec<R>,
    couplings: Vec<R>,
}

impl<R: Real> Ring<R> {
    /// On seven sites of the space that this is the name of.
    pub(crate) fn new(space: &str) -> Self {
        let space = match space {
            "binary" => AnySpace::from(Binary::new(7)),
            "categorical" => Categorical::new(7, 4).unwrap().into(),
            "ordinal" => Ordinal::new(7, 4).unwrap().into(),
            "mixed" => Mixed::from_offsets(&OFFSETS).unwrap().into(),
            _ => unreachable!("no space is called {space}"),
        };
        let (sites, stride) = (space.sites(), space.states());
        let number = |site: usize, symbol: usize| match space {
            AnySpace::Binary(_) | AnySpace::Ordinal(_) => symbol as f64,
            _ => ((3 * site + 7 * symbol) % 5) as f64 / 2.0 - 1.0,
        };
        let values = (0..sites * stride).map(|k| R::from_f64(number(k / stride, k % stride)));
        let wave = |scale: f64, step: f64| {
            move |site: usize| R::from_f64(scale * (step * (site + 1) as f64).sin())
        };
        Self {
            values: values.collect(),
            stride,
            fields: (0..sites).map(wave(0.4, 1.3)).collect(),
            couplings: (0..sites).map(wave(0.3, 0.7)).collect(),
            space,
        }
    }

    fn value(&self, site: usize, symbol: impl Into<usize>) -> R {
        self.values[site * self.stride + symbol.into()]
    }

    fn next(&self, site: usize) -> usize {
        (site + 1) % self.fields.len()
    }

    fn previous(&self, site: usize) -> usize {
        (site + self.fields.len() - 1) % self.fields.len()
    }

    /// The derivative of `f` with respect to `v_site`.
    fn local_field(&self, x: &[u8], site: usize) -> R {
        let (left, right) = (self.previous(site), self.next(site));
        self.fields[site]
            + self.couplings[site] * self.value(right, x[right])
            + self.couplings[left] * self.value(left, x[left])
    }

    fn step(&self, mv: Move) -> R {
        self.value(mv.site, mv.to) - self.value(mv.site, mv.from)
    }

    /// Adds what `mv` changes to the local fields of its neighbors.
    fn follow(&self, local_fields: &mut [R], mv: Move) {
        let (left, right) = (self.previous(mv.site), self.next(mv.site));
        local_fields[left] += self.couplings[left] * self.step(mv);
        local_fields[right] += self.couplings[mv.site] * self.step(mv);
    }

    fn gradient(&self, local_fields: &[R], gradient: &mut [R]) {
        if self.space.gradient_len() == local_fields.len() {
            gradient.copy_from_slice(local_fields);
            return;
        }
        for (site, &field) in local_fields.iter().enumerate() {
            let row = self.space.first_move(site)..self.space.first_move(site + 1);
            for (symbol, entry) in gradient[row].iter_mut().enumerate() {
                *entry = field * self.value(site, symbol);
            }
        }
    }
}

impl<R: Real> Target for Ring<R> {
    type Real = R;
    type Space = AnySpace<'static>;

    fn space(&self) -> &AnySpace<'static> {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let term = |site: usize| {
            let right = self.next(site);
            let field = self.fields[site] + self.couplings[site] * self.value(right, x[right]);
            (field * self.value(site, x[site])).to_f64()
        };
        (0..x.len()).map(term).sum()
    }
}

impl<R: Real> Gradient for Ring<R> {
    fn value_and_gradient(&self, x: &[u8], gradient: &mut [R], scratch: &mut [R]) -> f64 {
        self.init_cache(x, scratch);
        self.gradient(scratch, gradient);
        self.log_prob(x)
    }

    fn gradient_cache_len(&self) -> usize {
        self.fields.len()
    }

    fn gradient_scratch_len(&self, _: usize) -> usize {
        self.fields.len()
    }

    /// From the local fields before the changes, where there are some.
    fn evaluate(&self, batch: &mut dyn Batch<R, u8>, _: &mut [R]) {
        for k in 0..batch.rows() {
            let mut row = batch.row(k);
            let f = match row.before {
                Some(before) => {
                    row.cache.copy_from_slice(before.cache);
                    let mut f = before.log_prob();
                    for &mv in row.changes {
                        f += (row.cache[mv.site] * self.step(mv)).to_f64();
                        self.follow(row.cache, mv);
                    }
                    f
                }
                None => self.init_cache(row.x, row.cache),
            };
            row.set_log_prob(f);
            let gradient = &mut row.differences[..self.space.gradient_len()];
            self.gradient(row.cache, gradient);
            row.differences_from_gradient(&self.space);
        }
    }
}

impl<R: Real> Delta for Ring<R> {
    fn cache_len(&self) -> usize {
        self.fields.len()
    }

    fn init_cache(&self, x: &[u8], cache: &mut [R]) -> f64 {
        for (site, field) in cache.iter_mut().enumerate() {
            *field = self.local_field(x, site);
        }
        self.log_prob(x)
    }

    fn delta(&self, _: &[u8], cache: &[R], mv: Move) -> R {
        cache[mv.site] * self.step(mv)
    }

    fn update(&self, _: &[u8], cache: &mut [R], mv: Move) {
        self.follow(cache, mv);
    }
}

impl<R: Real> Local for Ring<R> {
    fn max_affected(&self) -> usize {
        3 * self.stride
    }

    fn update_affected(
        &self,
        x: &[u8],
        cache: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        self.follow(cache, mv);
        for site in [self.previous(mv.site), mv.site, self.next(mv.site)] {
            for m in self.space.first_move(site)..self.space.first_move(site + 1) {
                let mv = self.space.decode(x, m);
                if !mv.is_idle() {
                    affected.push(m, cache[site] * self.step(mv));
                }
            }
        }
    }
}
