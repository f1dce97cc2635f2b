//! The grammar of specs, of samplers and of models alike: `name`, or `name:key=value,...`.
//!
//! - A value runs to the next comma and may contain `:` and `=`; blanks around it are dropped.
//! - A value in double quotes runs to the closing quote, so it may hold commas and outer blanks;
//!   inside it `""` stands for one quote: `ising-file:path="couplings, first try.txt"`.
//! - Bytes of a path that are not UTF-8 are written as U+10FF80 to U+10FFFF.
//! - A key that is left out has its default. No key may be set twice.
//!
//! [`open`] reads a spec by a table of whatever has an [`Entry`], values by [`Setting`].

mod closest;
mod error;
mod key;
mod path;
mod settings;
mod value;

pub use closest::closest;
pub use error::{SpecError, ValueFault};
pub use key::KeyEntry;
pub use path::text_of;
pub(crate) use path::{path_of, unquoted, written};
pub use settings::{Entry, Keys, Settings, open};
pub use value::{Allowed, Setting};
pub(crate) use value::{BitsOf, ExactMethod, quoted};
