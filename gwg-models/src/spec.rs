//! Models by name: `ising-lattice:side=40,theta=0.2`, or the path of a model file.
//!
//! # Grammar
//!
//! ```text
//! spec    = name | name ":" setting { "," setting } | path of a .safetensors file
//! setting = key "=" value
//! ```
//!
//! - A value runs to the next comma and may contain `:` and `=`; blanks around it are dropped.
//! - A value in double quotes runs to the closing quote, so it may hold commas and outer blanks;
//!   inside it `""` stands for one quote: `ising-file:path="couplings, first try.txt"`.
//! - A key that is left out has its default. No key may stand twice.
//! - What begins with a known name (up to the first `:`) is a built-in model, whatever follows; any
//!   other text that ends in `.safetensors` is a model file. For a file with such a name, write `./`.
//!
//! Everything, the parser included, is made from one table: [`table()`]. The same grammar reads other tables:
//! [`open`], for whatever has an [`Entry`], values by [`Setting`].
//!
//! ```
//! use gwg_models::ModelSpec;
//!
//! let spec = ModelSpec::parse("ising-lattice:side=10")?;
//! assert_eq!(spec.to_string(), "ising-lattice:side=10,theta=0.2,bias=0,dims=2");
//!
//! let error = ModelSpec::parse("ising-latice").unwrap_err();
//! assert!(error.to_string().contains("did you mean `ising-lattice`"));
//! # Ok::<(), gwg_models::SpecError>(())
//! ```

mod closest;
mod error;
mod settings;
mod table;
mod value;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

pub use closest::closest;
pub use error::{SpecError, ValueFault};
pub use settings::{Entry, Keys, Settings, open};
pub use table::{KeyEntry, ModelSpec, SpecEntry, table};
pub use value::{Allowed, Setting};

/// What the name of a model file ends in.
const MODEL_FILE: &str = ".safetensors";

impl ModelSpec {
    /// Reads a spec. Nothing is opened: whether a file exists is seen when the model is built.
    ///
    /// # Errors
    /// [`SpecError`], which quotes the spec and says what is allowed.
    pub fn parse(spec: &str) -> Result<Self, SpecError> {
        let text = spec.trim();
        match open(table(), text) {
            Ok((entry, settings)) => (entry.make)(settings),
            Err(SpecError::UnknownName { .. }) if is_model_file(text) => {
                Ok(Self::File(PathBuf::from(text)))
            }
            Err(error) => Err(error),
        }
    }
}

fn is_model_file(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.len() > MODEL_FILE.len() && lower.ends_with(MODEL_FILE)
}

impl FromStr for ModelSpec {
    type Err = SpecError;

    fn from_str(spec: &str) -> Result<Self, SpecError> {
        Self::parse(spec)
    }
}

/// The canonical spec, every key written out: [`ModelSpec::parse`] reads it back to the same value.
impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::File(path) = self {
            return write!(f, "{}", path.display());
        }
        f.write_str(self.name())?;
        for (i, (key, value)) in self.settings().into_iter().enumerate() {
            write!(f, "{}{key}={value}", if i == 0 { ':' } else { ',' })?;
        }
        Ok(())
    }
}
