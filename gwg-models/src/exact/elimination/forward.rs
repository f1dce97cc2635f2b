//! The pass from the leaves of the tree to its root.

use super::algebra::Algebra;
use super::kernel::{Operand, product};
use super::plan::Plan;
use crate::exact::ExactError;

/// Entries of a table that is divided by its largest at once.
const SMALL: usize = 1 << 10;

/// The terms at an inverse temperature, as entries, each relative to its largest.
pub(super) struct Terms {
    /// Of each variable, one table for each of its [locals](Plan::locals).
    pub(super) tables: Vec<Vec<Vec<f64>>>,
    /// The sum of what they are relative to.
    log_scale: f64,
}

impl Terms {
    pub(super) fn new<A: Algebra>(plan: &Plan, beta: f64) -> Self {
        let mut log_scale = beta * plan.constant;
        let mut of_variable = Vec::with_capacity(plan.len());
        for locals in &plan.locals {
            let mut tables = Vec::with_capacity(locals.len());
            for local in locals {
                let scaled: Vec<f64> = local.log.iter().map(|t| beta * t).collect();
                let most = scaled.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
                log_scale += most;
                tables.push(scaled.iter().map(|t| A::of_log(t - most)).collect());
            }
            of_variable.push(tables);
        }
        Self {
            tables: of_variable,
            log_scale,
        }
    }
}

/// A table over the [scope](Plan::scopes) of a variable, and its largest entry.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) table: Vec<f64>,
    pub(super) largest: f64,
}

/// The tables that are kept, by variable, and `log Z` or the largest `beta f`.
pub(super) struct Pass {
    pub(super) messages: Vec<Option<Message>>,
    pub(super) log_total: f64,
}

/// Eliminates one variable after the other; of the tables, those that `keep` names are kept.
pub(super) fn forward<A: Algebra>(
    algebra: A,
    plan: &Plan,
    terms: &Terms,
    keep: &dyn Fn(usize) -> bool,
    stop: &dyn Fn() -> bool,
) -> Result<Pass, ExactError> {
    let mut pass = Pass {
        messages: vec![None; plan.len()],
        log_total: terms.log_scale,
    };
    for v in 0..plan.len() {
        if stop() {
            return Err(ExactError::Stopped);
        }
        let (made, log) = eliminate(algebra, plan, terms, &pass.messages, v);
        pass.log_total += log;
        pass.messages[v] = Some(made);
        for &child in &plan.children[v] {
            if !keep(child as usize) {
                pass.messages[child as usize] = None;
            }
        }
    }
    Ok(pass)
}

/// The table that eliminating a variable makes, of the terms and tables on it, each table relative to its largest entry; and the logarithm of its own.
pub(super) fn eliminate<A: Algebra>(
    algebra: A,
    plan: &Plan,
    terms: &Terms,
    messages: &[Option<Message>],
    v: usize,
) -> (Message, f64) {
    let (mut table, mut largest) = with_operands::<A, _>(plan, terms, messages, v, |operands| {
        product(
            algebra,
            &plan.scopes[v],
            Some(v as u32),
            operands,
            &plan.states,
        )
    });
    let log = A::log(largest);
    // Of many children, the product of their scales could underflow; tables that are large have few of them.
    if table.len() <= SMALL {
        let scale = A::over(A::ONE, largest);
        table
            .iter_mut()
            .for_each(|entry| *entry = A::times(*entry, scale));
        largest = A::ONE;
    }
    (Message { table, largest }, log)
}

/// Calls `then` with the terms of a variable and its children's tables, relative to their largest entries.
pub(super) fn with_operands<A: Algebra, V>(
    plan: &Plan,
    terms: &Terms,
    messages: &[Option<Message>],
    v: usize,
    then: impl FnOnce(&[Operand<'_>]) -> V,
) -> V {
    let children = plan.children[v].iter().map(|&child| child as usize);
    let below = children.filter_map(|child| Some((child, messages[child].as_ref()?)));
    // The scale of all of them goes to the smallest table.
    let scale = below
        .clone()
        .fold(A::ONE, |all, (_, message)| A::over(all, message.largest));
    let mut first = terms.tables[v][0].clone();
    first
        .iter_mut()
        .for_each(|entry| *entry = A::times(*entry, scale));
    let mut operands = vec![Operand {
        scope: &plan.locals[v][0].scope,
        table: &first,
    }];
    for (local, table) in plan.locals[v].iter().zip(&terms.tables[v]).skip(1) {
        operands.push(Operand {
            scope: &local.scope,
            table,
        });
    }
    for (child, message) in below {
        operands.push(Operand {
            scope: &plan.scopes[child],
            table: &message.table,
        });
    }
    then(&operands)
}
