use crate::Shape;
use gwg_models::io::IoError;

/// Why there is no network. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NetError {
    /// The sites are those of a sequence or an image.
    #[error(
        "`shape` is {}: allowed is [length] or [height, width], all at least 1",
        list(found)
    )]
    Sites {
        /// What was found.
        found: Vec<usize>,
    },
    /// A site has 2 to 256 symbols.
    #[error("`states` is {found}: allowed is 2 to 256")]
    States {
        /// What was found.
        found: usize,
    },
    /// A number of the description is in its range.
    #[error("layer {layer}: `{name}` is {found}; allowed is {allowed}")]
    Layer {
        /// The layer, such as `3.body.0`.
        layer: String,
        /// The number.
        name: &'static str,
        /// What was found.
        found: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// An embedding receives symbols.
    #[error("layer {layer}: an embedding is the first layer, of categorical symbols")]
    Embedding {
        /// The layer.
        layer: String,
    },
    /// Both branches of a residual layer end in the same shape.
    #[error(
        "layer {layer}: the body gives {body} (height x width x channels) and the shortcut {shortcut}; they have to be the same"
    )]
    Branches {
        /// The layer.
        layer: String,
        /// Of the body.
        body: Shape,
        /// Of the shortcut.
        shortcut: Shape,
    },
    /// The last layer leaves one number.
    #[error(
        "the last layer gives {found} (height x width x channels): allowed is 1 x 1 x 1; end with a pool or `flatten`, and `linear` of 1 feature"
    )]
    Output {
        /// What was found.
        found: Shape,
    },
    /// The network fits into memory.
    #[error(
        "the network needs {bytes:.1e} bytes: allowed are {allowed:.1e}; take fewer channels or layers"
    )]
    TooLarge {
        /// What it needs.
        bytes: f64,
        /// What is allowed.
        allowed: f64,
    },
    /// There are as many parameters as the layers have.
    #[error("{found} parameters, the layers have {expected}")]
    Parameters {
        /// What was found.
        found: usize,
        /// What is needed.
        expected: usize,
    },
    /// A slice has the length that its use needs.
    #[error("`{name}` has {found} numbers; needed are {expected}")]
    Length {
        /// The slice.
        name: &'static str,
        /// What was found.
        found: usize,
        /// What is needed.
        expected: usize,
    },
    /// Products have operands of their shapes: always.
    #[error(transparent)]
    Product(#[from] gwg_linalg::Error),
    /// All weights are finite.
    #[error("`{tensor}` has {found} at {index:?}; allowed are finite numbers")]
    NotFinite {
        /// The tensor.
        tensor: String,
        /// The place.
        index: Vec<usize>,
        /// What was found.
        found: f64,
    },
    /// The base distribution fits the sites.
    #[error("the base distribution `{tensor}` has {found} numbers; allowed are {expected}")]
    Base {
        /// The tensor.
        tensor: &'static str,
        /// What was found.
        found: usize,
        /// What is needed.
        expected: usize,
    },
    /// Sites are binary, where a machine is added.
    #[error("sites of {found} symbols; allowed is 2: the machine has binary sites")]
    Binary {
        /// The symbols that were found.
        found: usize,
    },
    /// A file has a description.
    #[error("the description of the network: {what}")]
    Description {
        /// What is wrong with it.
        what: String,
    },
    /// The tensors of a file are those of its layers.
    #[error("the file has tensors that no layer has: {names}; the layers have {expected}")]
    Unknown {
        /// Their names.
        names: String,
        /// Those of the layers.
        expected: String,
    },
    /// Every tensor of the layers is in the file.
    #[error("`{tensor}` of shape {expected:?} is missing; the file has {found}")]
    Missing {
        /// The tensor.
        tensor: String,
        /// Its shape.
        expected: Vec<usize>,
        /// The tensors of the file.
        found: String,
    },
    /// A tensor of the file has the shape of its layer.
    #[error("`{tensor}` has shape {}; its layer needs {expected:?}", list(found))]
    Shape {
        /// The tensor.
        tensor: String,
        /// What was found.
        found: Vec<usize>,
        /// What is needed.
        expected: Vec<usize>,
    },
    /// The file can be read.
    #[error(transparent)]
    Read(#[from] IoError),
}

/// Some numbers of a file, in a message.
pub(crate) fn list(numbers: &[usize]) -> String {
    const SHOWN: usize = 8;
    match numbers.len() {
        n if n > SHOWN => format!("{:?} and {} more", &numbers[..SHOWN], n - SHOWN),
        _ => format!("{numbers:?}"),
    }
}
