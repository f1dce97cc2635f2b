/// Why a quantity cannot be recorded. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuantityError {
    /// A name is a letter or `_`, then letters, digits and `_`.
    #[error(
        "quantity {name:?}: a name is a letter or _ followed by letters, digits and _, at most 64 characters; choose such a name"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A name is no built-in quantity's and no other variable's of a trace.
    #[error(
        "quantity {name:?}: the name belongs to a built-in quantity or to another variable of a trace; choose another name"
    )]
    Reserved {
        /// The name.
        name: String,
    },
    /// The name is a known one.
    #[error("quantity {name:?}: there is no such quantity; choose one of {known}")]
    Unknown {
        /// The name.
        name: String,
        /// The known names.
        known: String,
    },
    /// A name occurs once in a list, whatever the case of its letters.
    #[error("quantity {name:?}: occurs twice in the list; leave one out")]
    Twice {
        /// The name.
        name: String,
    },
    /// `overlap` compares at least two chains.
    #[error("quantity \"overlap\": found 1 chain, at least 2 are needed; run more chains")]
    OneChain,
    /// `magnetization` is of sites with two states.
    #[error(
        "quantity \"magnetization\": found sites of {states} states, 2 are needed; record mean_symbol instead"
    )]
    NotSpins {
        /// The largest number of states of a site.
        states: usize,
    },
}
