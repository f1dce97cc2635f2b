use super::{Function, Quantity, QuantityError, projection};
use gwg_core::Symbol;

/// Names that variables of a trace have already.
const RESERVED: [&str; 7] = ["chain", "draw", "site", "c", "x", "accepted", "hops"];

/// The longest name: it is the name of a folder in a trace.
const MAX_NAME: usize = 64;

/// Checks the name of a quantity that is not built in.
pub(super) fn check_name<S: Symbol>(name: &str) -> Result<(), QuantityError> {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !starts || !goes_on || name.len() > MAX_NAME {
        let name = name.to_owned();
        return Err(QuantityError::Name { name });
    }
    let built_in = Quantity::<S>::built_in();
    let mut taken = built_in.iter().map(Quantity::name).chain(RESERVED);
    let projection = name.get(..projection::NAME.len());
    let projection = projection.is_some_and(|name| name.eq_ignore_ascii_case(projection::NAME));
    if projection || taken.any(|taken| taken.eq_ignore_ascii_case(name)) {
        let name = name.to_owned();
        return Err(QuantityError::Reserved { name });
    }
    Ok(())
}

/// Checks a list of quantities for a run of `chains` chains on sites of at most `states` states.
pub(crate) fn check<S: Symbol>(
    all: &[Quantity<S>],
    chains: usize,
    states: usize,
) -> Result<(), QuantityError> {
    for (k, quantity) in all.iter().enumerate() {
        let name = &quantity.name;
        // Folders of a trace: some file systems do not distinguish case.
        if all[..k].iter().any(|q| q.name.eq_ignore_ascii_case(name)) {
            let name = name.to_string();
            return Err(QuantityError::Twice { name });
        }
        match quantity.function {
            Function::Overlap if chains < 2 => {
                return Err(QuantityError::OneChain);
            }
            Function::Magnetization if states != 2 => {
                return Err(QuantityError::NotSpins { states });
            }
            _ => {}
        }
    }
    Ok(())
}
