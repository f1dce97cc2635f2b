use gwg_core::target::ParameterError;
use gwg_nets::NetError;

/// Why there is no such model or no such observations. Each variant's doc is the violated condition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LatentError {
    /// A belief network has a visible layer and at least one hidden layer, all of at least one unit, and fits into memory.
    #[error(
        "layers of {found:?} units: allowed are at least two layers, the visible one first, of at least one unit each, that fit into memory"
    )]
    Layers {
        /// The units of each layer.
        found: Vec<usize>,
    },
    /// A block model has 2 to 256 classes.
    #[error("classes: found {found}, allowed are 2 to 256")]
    Classes {
        /// The number of classes.
        found: usize,
    },
    /// A slice has the length that the model implies.
    #[error("`{name}`: found {found} numbers, needed {needed}")]
    Length {
        /// The slice.
        name: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        needed: usize,
    },
    /// Data of a belief network are binary rows of its visible units.
    #[error(
        "data with {} sites of {} states: the network has {visible} visible units of 2 states", found.0, found.1
    )]
    Data {
        /// Sites and states of the data.
        found: (usize, usize),
        /// The visible units.
        visible: usize,
    },
    /// Observed symbols are below the number of states.
    #[error("observations: row {row}, site {site}: found {found}, allowed are 0 to {}", states.saturating_sub(1))]
    Symbol {
        /// The row, from 0.
        row: usize,
        /// The site, from 0.
        site: usize,
        /// The symbol.
        found: u8,
        /// The number of states of the site.
        states: usize,
    },
    /// There is at least one row, and at least one site that is not observed.
    #[error(
        "observations: found {rows} rows with {free} sites that are not observed, allowed are at least 1 of both"
    )]
    Empty {
        /// Rows.
        rows: usize,
        /// Sites that are not observed.
        free: usize,
    },
    /// There is one finite weight above 0 for each row.
    #[error("observations: {found}, allowed is one finite weight above 0 for each row")]
    Weight {
        /// What was found.
        found: String,
    },
    /// All parameters are finite, and so are the log-odds that follow from them.
    #[error(transparent)]
    Parameters(#[from] ParameterError),
    /// There is a network of these sizes with one output, of pairs of embeddings.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The network of log-odds receives two embeddings, and has one output.
    #[error(
        "the network of log-odds has {inputs} inputs and {outputs} outputs: needed are {needed} inputs, two embeddings, and 1 output"
    )]
    Network {
        /// Its inputs.
        inputs: usize,
        /// Its outputs.
        outputs: usize,
        /// The inputs needed.
        needed: usize,
    },
    /// There is a space of as many sites and states.
    #[error(transparent)]
    Space(#[from] gwg_core::Error),
    /// The graph is valid.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Why there is no such graph. Each variant's doc is the violated condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// There are at least two nodes, and few enough for numbers of 32 bits.
    #[error("nodes: found {found}, allowed are 2 to 4294967295")]
    Nodes {
        /// The number of nodes.
        found: usize,
    },
    /// A pair of a list joins two nodes, once.
    #[error("{list} {index} (counted from 0), {i} - {j}: {fault}")]
    Pair {
        /// `edge` or `missing pair`.
        list: &'static str,
        /// The index in its list.
        index: usize,
        /// One node.
        i: usize,
        /// The other.
        j: usize,
        /// What is wrong with it.
        fault: PairFault,
    },
    /// A matrix has as many entries as pairs of nodes.
    #[error("adjacency: found {found} entries, needed {nodes} x {nodes}")]
    Length {
        /// The number of entries.
        found: usize,
        /// The number of nodes.
        nodes: usize,
    },
    /// Entries are 0, 1 or [`MISSING`](super::MISSING).
    #[error(
        "adjacency[{i}, {j}]: found {found}, allowed are 0, 1 and {} for a missing pair",
        super::MISSING
    )]
    Entry {
        /// The row.
        i: usize,
        /// The column.
        j: usize,
        /// The entry.
        found: u8,
    },
    /// The matrix is symmetric.
    #[error(
        "adjacency[{i}, {j}]: found {found}, but the entry [{j}, {i}] is {mirrored}; edges have no direction: set both to the same"
    )]
    Asymmetric {
        /// The row.
        i: usize,
        /// The column.
        j: usize,
        /// The entry.
        found: u8,
        /// Its mirror image.
        mirrored: u8,
    },
}

/// What is wrong with a pair of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PairFault {
    /// A node that does not exist.
    #[error("the graph has {nodes} nodes, allowed are 0 to {}", nodes.saturating_sub(1))]
    OutOfRange {
        /// The number of nodes.
        nodes: usize,
    },
    /// A node with itself.
    #[error("a self-loop: remove it")]
    SelfLoop,
    /// The pair is in a list already, in either order.
    #[error("repeats {list} {index}; give each pair once, as an edge or as missing")]
    Repeated {
        /// The list of the other.
        list: &'static str,
        /// Its index there.
        index: usize,
    },
}
