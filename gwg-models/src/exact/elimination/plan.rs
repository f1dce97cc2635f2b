//! What is eliminated when: the order, the tables, and the terms that each step multiplies.

use super::factors::LogFactors;
use super::kernel::entries;
use super::order::{Graph, Ordered, best};
use crate::exact::ExactError;

/// Entries of a product of terms at most, where the terms have fewer.
const MERGED: usize = 1 << 12;
/// `log2` of the entries of a table of an order that is considered.
const MOST_BITS: f64 = 48.0;
/// The range of logarithms that products of weights may span.
const SPAN: f64 = 650.0;

/// A product of terms that a variable is eliminated with; variables are numbered by their places in the order.
#[derive(Clone, Debug)]
pub(super) struct Local {
    pub(super) scope: Vec<u32>,
    /// The sum of the terms.
    pub(super) log: Vec<f64>,
}

/// The tree of tables.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The site of each variable, in the order of elimination.
    pub(super) sites: Vec<u32>,
    pub(super) states: Vec<u32>,
    /// The variables of the table that eliminating a variable makes, ascending.
    pub(super) scopes: Vec<Vec<u32>>,
    /// The variables whose tables a variable is eliminated with.
    pub(super) children: Vec<Vec<u32>>,
    pub(super) locals: Vec<Vec<Local>>,
    /// Terms of no variable.
    pub(super) constant: f64,
    pub(super) width: usize,
    pub(super) cost: f64,
}

impl Plan {
    /// The model with some sites `observed`, in the best order that is found.
    ///
    /// # Errors
    /// [`ExactError::Width`].
    pub(super) fn new(
        factors: &LogFactors,
        observed: &dyn Fn(usize) -> Option<usize>,
        most: usize,
    ) -> Result<Self, ExactError> {
        let mut variable = vec![u32::MAX; factors.states.len()];
        let mut sites = Vec::new();
        for (site, &q) in factors.states.iter().enumerate() {
            if observed(site).is_none() && q > 1 {
                variable[site] = sites.len() as u32;
                sites.push(site as u32);
            }
        }
        let (reduced, constant) = reduced(factors, observed, &variable);
        let states: Vec<u32> = sites
            .iter()
            .map(|&site| factors.states[site as usize])
            .collect();
        let graph = graph(&reduced, &states);
        let ordered = best(&graph, MOST_BITS).map_err(|(width, bits)| ExactError::Width {
            width,
            bits,
            allowed: most,
        })?;
        Ok(Self::of(ordered, reduced, &sites, &states, constant))
    }

    fn of(
        ordered: Ordered,
        reduced: Vec<Local>,
        sites: &[u32],
        states: &[u32],
        constant: f64,
    ) -> Self {
        let Ordered {
            order,
            scopes,
            width,
            cost,
            ..
        } = ordered;
        let mut place = vec![0_u32; order.len()];
        for (k, &v) in order.iter().enumerate() {
            place[v as usize] = k as u32;
        }
        let pick = |from: &[u32]| order.iter().map(|&v| from[v as usize]).collect::<Vec<_>>();
        let (sites, states) = (pick(sites), pick(states));
        let mut children = vec![Vec::new(); order.len()];
        for (k, scope) in scopes.iter().enumerate() {
            if let Some(&parent) = scope.first() {
                children[parent as usize].push(k as u32);
            }
        }
        let mut of_first: Vec<Vec<Local>> = vec![Vec::new(); order.len()];
        for mut local in reduced {
            local.scope.iter_mut().for_each(|v| *v = place[*v as usize]);
            let local = sorted(&local, &states);
            of_first[local.scope[0] as usize].push(local);
        }
        let locals = of_first
            .into_iter()
            .enumerate()
            .map(|(v, terms)| merged(v as u32, terms, &states))
            .collect();
        Self {
            sites,
            states,
            scopes,
            children,
            locals,
            constant,
            width,
            cost,
        }
    }

    /// The number of variables.
    pub(super) fn len(&self) -> usize {
        self.sites.len()
    }

    /// Entries of the table that eliminating a variable makes.
    pub(super) fn size(&self, v: usize) -> usize {
        entries(&self.scopes[v], &self.states)
    }

    /// Entries of all tables that exist at once when each is dropped as soon as it is used.
    pub(super) fn live(&self) -> usize {
        let (mut now, mut most) = (0_usize, 0);
        for v in 0..self.len() {
            now = now.saturating_add(self.size(v));
            most = most.max(now);
            for &child in &self.children[v] {
                now -= self.size(child as usize);
            }
            now -= if self.scopes[v].is_empty() { 1 } else { 0 };
        }
        most
    }

    /// True where weights at this inverse temperature, relative to the largest of a table, are numbers: no entry can underflow.
    pub(super) fn spans_few(&self, beta: f64) -> bool {
        // Of each variable: the spans of the terms on it that have been multiplied.
        let mut absorbed = vec![0.0; self.len()];
        let mut of_table = vec![0.0_f64; self.len()];
        for v in 0..self.len() {
            let mut inside = 0.0;
            for local in &self.locals[v] {
                let span = span(&local.log) * beta.abs();
                inside += span;
                for &u in &local.scope {
                    absorbed[u as usize] += span;
                }
            }
            inside += self.children[v]
                .iter()
                .map(|&c| of_table[c as usize])
                .sum::<f64>();
            let outside: f64 = self.scopes[v].iter().map(|&u| absorbed[u as usize]).sum();
            of_table[v] = inside.min(outside);
            if inside.is_nan() || inside > SPAN {
                return false;
            }
        }
        true
    }
}

fn span(log: &[f64]) -> f64 {
    let (low, high) = ends(log);
    high - low
}

fn ends(log: &[f64]) -> (f64, f64) {
    log.iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &t| {
            (a.min(t), b.max(t))
        })
}

/// The terms at the observed symbols, over variables; terms of none, and those that do not vary, are added up.
fn reduced(
    factors: &LogFactors,
    observed: &dyn Fn(usize) -> Option<usize>,
    variable: &[u32],
) -> (Vec<Local>, f64) {
    let (mut all, mut constant) = (Vec::new(), 0.0);
    for factor in &factors.factors {
        let sizes: Vec<usize> = factor
            .sites
            .iter()
            .map(|&s| factors.states[s as usize] as usize)
            .collect();
        let mut log = factor.table.clone();
        let mut scope = Vec::new();
        // From the last axis on, so that the entries before it are not renumbered.
        let mut below = 1;
        for (&site, &q) in factor.sites.iter().zip(&sizes).rev() {
            let v = variable[site as usize];
            if v == u32::MAX {
                let symbol = observed(site as usize).unwrap_or(0).min(q - 1);
                let rows = log.chunks_exact(below * q);
                log = rows
                    .flat_map(|row| row[symbol * below..(symbol + 1) * below].iter().copied())
                    .collect();
            } else {
                scope.insert(0, v);
                below *= q;
            }
        }
        let (low, high) = ends(&log);
        if scope.is_empty() || low == high {
            constant += high;
        } else {
            all.push(Local { scope, log });
        }
    }
    (all, constant)
}

fn graph(terms: &[Local], states: &[u32]) -> Graph {
    let mut neighbors = vec![Vec::new(); states.len()];
    for term in terms {
        for &v in &term.scope {
            neighbors[v as usize].extend(term.scope.iter().copied().filter(|&u| u != v));
        }
    }
    for all in &mut neighbors {
        all.sort_unstable();
        all.dedup();
    }
    Graph {
        neighbors,
        bits: states.iter().map(|&q| f64::from(q).log2()).collect(),
    }
}

/// The same term with its axes in ascending order.
fn sorted(of: &Local, states: &[u32]) -> Local {
    let mut scope = of.scope.clone();
    scope.sort_unstable();
    let mut step = vec![1; of.scope.len()];
    for axis in (1..of.scope.len()).rev() {
        step[axis - 1] = step[axis] * states[of.scope[axis] as usize] as usize;
    }
    let mut from = vec![0_usize];
    for v in &scope {
        let axis = of.scope.iter().position(|u| u == v).unwrap_or_default();
        let symbols = 0..states[*v as usize] as usize;
        from = from
            .iter()
            .flat_map(|&at| symbols.clone().map(move |s| (at, s)))
            .map(|(at, s)| at + s * step[axis])
            .collect();
    }
    Local {
        scope,
        log: from.into_iter().map(|at| of.log[at]).collect(),
    }
}

/// The terms of a variable as few sums of them; at least one.
fn merged(v: u32, mut terms: Vec<Local>, states: &[u32]) -> Vec<Local> {
    terms.sort_by_key(|term| term.log.len());
    let mut all = vec![Local {
        scope: vec![v],
        log: vec![0.0; states[v as usize] as usize],
    }];
    for term in terms {
        let fits = |sum: &&mut Local| {
            let union = union(&sum.scope, &term.scope);
            let size = entries(&union, states);
            size <= MERGED || size <= sum.log.len().max(term.log.len())
        };
        if let Some(sum) = all.iter_mut().find(fits) {
            *sum = added(sum, &term, states);
        } else {
            all.push(term);
        }
    }
    all
}

fn union(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    all.dedup();
    all
}

fn added(a: &Local, b: &Local, states: &[u32]) -> Local {
    let scope = union(&a.scope, &b.scope);
    let [from_a, from_b] = [a, b].map(|of| super::kernel::offsets(&scope, &of.scope, states));
    let pairs = from_a.iter().zip(&from_b);
    let log = pairs
        .map(|(&i, &j)| a.log[i as usize] + b.log[j as usize])
        .collect();
    Local { scope, log }
}
