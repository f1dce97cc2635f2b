//! A dense target that caches fields, and checks its arguments.

use gwg_core::*;

/// `f = sum_i b_i(x_i) + sum_{i<j} J_ij(x_i, x_j)`; the cache contains the contribution of each symbol at each site.
/// Every call checks that `x` and the cache are consistent.
pub(crate) struct Fields<R> {
    space: Categorical,
    bias: Vec<f64>,
    coupling: Vec<f64>,
    real: core::marker::PhantomData<R>,
}

impl<R: Real> Fields<R> {
    pub(crate) fn new(sites: usize, states: usize, scale: f64, seed: u64) -> Self {
        let mut bits = SplitMix64::new(seed);
        let mut draw = || scale * (2.0 * bits.unit::<f64>() - 1.0);
        let n = sites * states;
        let bias = (0..n).map(|_| draw()).collect();
        let mut coupling = vec![0.0; n * n];
        for a in 0..n {
            for b in 0..a {
                if a / states != b / states {
                    coupling[a * n + b] = draw() / sites as f64;
                    coupling[b * n + a] = coupling[a * n + b];
                }
            }
        }
        Self {
            space: Categorical::new(sites, states).unwrap(),
            bias,
            coupling,
            real: core::marker::PhantomData,
        }
    }

    fn fields(&self, x: &[u8]) -> Vec<f64> {
        let (q, n) = (self.space.states(), self.bias.len());
        (0..n)
            .map(|a| {
                let couplings = x.iter().enumerate();
                let couplings =
                    couplings.map(|(j, &b)| self.coupling[a * n + j * q + usize::from(b)]);
                self.bias[a] + couplings.sum::<f64>()
            })
            .collect()
    }

    fn audit(&self, x: &[u8], memory: &[R]) {
        let tolerance = 1e5 * R::EPSILON.to_f64();
        for (kept, fresh) in memory.iter().zip(self.fields(x)) {
            let error = (kept.to_f64() - fresh).abs();
            assert!(
                error < tolerance,
                "the memory is not that of x: off by {error}"
            );
        }
    }
}

impl<R: Real> Target for Fields<R> {
    type Real = R;
    type Space = Categorical;

    fn space(&self) -> &Categorical {
        &self.space
    }

    fn log_prob(&self, x: &[u8]) -> f64 {
        let (q, fields) = (self.space.states(), self.fields(x));
        let at = |i: usize, s: u8| i * q + usize::from(s);
        let own = x
            .iter()
            .enumerate()
            .map(|(i, &s)| 0.5 * (fields[at(i, s)] + self.bias[at(i, s)]));
        own.sum()
    }
}

impl<R: Real> Delta for Fields<R> {
    fn cache_len(&self) -> usize {
        self.bias.len()
    }

    fn init_cache(&self, x: &[u8], memory: &mut [R]) -> f64 {
        for (m, f) in memory.iter_mut().zip(self.fields(x)) {
            *m = R::from_f64(f);
        }
        self.log_prob(x)
    }

    fn delta(&self, x: &[u8], memory: &[R], mv: Move) -> R {
        assert_eq!(x[mv.site].widen(), mv.from, "a move out of x");
        assert_ne!(mv.from, mv.to, "no kernel asks for an idle move");
        self.audit(x, memory);
        let first = mv.site * self.space.states();
        memory[first + usize::from(mv.to)] - memory[first + usize::from(mv.from)]
    }

    fn update(&self, x: &[u8], memory: &mut [R], mv: Move) {
        assert_eq!(x[mv.site].widen(), mv.to, "a move that has been made");
        let mut before = x.to_vec();
        mv.revert(&mut before);
        self.audit(&before, memory);
        let (q, n) = (self.space.states(), self.bias.len());
        let column = |s: u16| mv.site * q + usize::from(s);
        for (a, field) in memory.iter_mut().enumerate() {
            let row = a * n;
            let change = self.coupling[row + column(mv.to)] - self.coupling[row + column(mv.from)];
            *field += R::from_f64(change);
        }
    }
}

impl<R: Real> Local for Fields<R> {
    fn max_affected(&self) -> usize {
        self.space.moves()
    }

    fn update_affected(
        &self,
        x: &[u8],
        memory: &mut [R],
        mv: Move,
        affected: &mut AffectedMoves<'_, R>,
    ) {
        self.update(x, memory, mv);
        for m in 0..self.space.moves() {
            let other = self.space.decode(x, m);
            if other.from != other.to {
                affected.push(m, self.delta(x, memory, other));
            }
        }
    }
}
