//! The pass from the root of the tree to its leaves.

use super::algebra::Algebra;
use super::blocks::Blocks;
use super::forward::{Message, Terms, eliminate, forward, with_operands};
use super::kernel::{Operand, marginal, product};
use super::plan::Plan;
use crate::exact::ExactError;

/// Probabilities of symbols by variable, and the mean of `f`.
pub(super) struct Beliefs {
    pub(super) of_variable: Vec<Vec<f64>>,
    pub(super) mean_log_prob: f64,
    pub(super) log_total: f64,
}

pub(super) fn beliefs<A: Algebra>(
    algebra: A,
    plan: &Plan,
    (terms, blocks): (&Terms, &Blocks),
    stop: &dyn Fn() -> bool,
) -> Result<Beliefs, ExactError> {
    let mut pass = forward(algebra, plan, terms, &|v| blocks.kept[v], stop)?;
    let mut all = Beliefs {
        of_variable: vec![Vec::new(); plan.len()],
        mean_log_prob: plan.constant,
        log_total: pass.log_total,
    };
    // What the rest of the tree says of a variable's table.
    let mut above: Vec<Option<Vec<f64>>> = vec![None; plan.len()];
    for block in &blocks.blocks {
        let (_, inside) = block.split_last().unwrap_or((&0, &[]));
        for &v in inside {
            let (made, _) = eliminate(algebra, plan, terms, &pass.messages, v as usize);
            pass.messages[v as usize] = Some(made);
        }
        for &v in block.iter().rev() {
            if stop() {
                return Err(ExactError::Stopped);
            }
            step(
                algebra,
                plan,
                terms,
                &pass.messages,
                (v as usize, &mut above),
                &mut all,
            );
            pass.messages[v as usize] = None;
        }
    }
    Ok(all)
}

/// The belief of a variable and its table's variables, and what follows for its children.
fn step<A: Algebra>(
    algebra: A,
    plan: &Plan,
    terms: &Terms,
    messages: &[Option<Message>],
    (v, above): (usize, &mut [Option<Vec<f64>>]),
    all: &mut Beliefs,
) {
    let scope = [&[v as u32], &plan.scopes[v][..]].concat();
    let from_above = above[v].take();
    let (belief, _) = with_operands::<A, _>(plan, terms, messages, v, |operands| {
        let mut operands = operands.to_vec();
        if let Some(table) = &from_above {
            operands.push(Operand {
                scope: &plan.scopes[v],
                table,
            });
        }
        product(algebra, &scope, None, &operands, &plan.states)
    });
    let belief = Operand {
        scope: &scope,
        table: &belief,
    };
    all.of_variable[v] = probabilities::<A>(marginal(algebra, belief, &scope[..1], &plan.states));
    for local in &plan.locals[v] {
        let p = probabilities::<A>(marginal(algebra, belief, &local.scope, &plan.states));
        all.mean_log_prob += p.iter().zip(&local.log).map(|(p, t)| p * t).sum::<f64>();
    }
    for &child in &plan.children[v] {
        let child = child as usize;
        let mut table = marginal(algebra, belief, &plan.scopes[child], &plan.states);
        if let Some(message) = &messages[child] {
            for (entry, &other) in table.iter_mut().zip(&message.table) {
                *entry = A::over(*entry, other);
            }
        }
        let most = table
            .iter()
            .fold(A::ZERO, |a, &b| if b > a { b } else { a });
        let scale = A::over(A::ONE, most);
        table
            .iter_mut()
            .for_each(|entry| *entry = A::times(*entry, scale));
        above[child] = Some(table);
    }
}

/// Entries that add up to 1, as weights.
fn probabilities<A: Algebra>(table: Vec<f64>) -> Vec<f64> {
    let most = table
        .iter()
        .fold(A::ZERO, |a, &b| if b > a { b } else { a });
    let weights: Vec<f64> = table.iter().map(|&entry| A::weight(entry, most)).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}
