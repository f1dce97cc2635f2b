//! What repeats a run.

use super::Settings;
use crate::flags::plain;
use crate::report::quote;
use serde::Serialize;
use serde_json::{Map, Value};

/// How a run is repeated: by a line of a shell, or by a file of `--config`. As [`Settings`], it does not depend on the machine, on threads or on
/// outputs.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Origin {
    pub(crate) command: String,
    pub(crate) config: Map<String, Value>,
}

impl Origin {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (model, flags) = settings.flags();
        let words = flags
            .iter()
            .map(|(flag, value)| format!(" --{flag} {}", quote(value)));
        let pairs = [("model", model)].into_iter();
        let pairs = pairs.chain(flags.iter().map(|(flag, value)| (*flag, value.as_str())));
        Self {
            command: format!("gwg sample {}{}", quote(model), words.collect::<String>()),
            config: pairs
                .map(|(flag, value)| (flag.to_owned(), plain(value)))
                .collect(),
        }
    }
}
