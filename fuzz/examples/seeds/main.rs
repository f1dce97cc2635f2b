//! Writes the seeds of all targets: `cargo run --no-default-features --example seeds -- TRACE...`, with traces that `gwg sample --out` wrote. Run in this folder.

mod learning;

use flate2::Compression;
use flate2::write::GzEncoder;
use gwg_chains::{ChainSpec, Chains, Checkpoint, Observer, Plan, Tempering, Threads, run};
use gwg_core::{LocallyBalanced, Taylor};
use gwg_models::LatticeIsing;
use gwg_models::io::Parameters;
use gwg_models::io::tensors::to_bytes;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    specs()?;
    edges()?;
    quadratic()?;
    factors()?;
    arrays()?;
    tensors()?;
    observed()?;
    learning::all()?;
    seed("pbm", "text", b"P1\n# c\n5 2\n01010\n1 1 1 0 0\n")?;
    seed("pbm", "bits", b"P4 # c\n10\n2\n\x55\x7f\xf8\x3f")?;
    seed("pbm", "cut", b"P4\n9 2\n\x01\x02\x03")?;
    seed(
        "coloring",
        "once",
        b"p edge 4 4\ne 1 2\ne 2 3\ne 3 1\ne 3 4\n",
    )?;
    seed(
        "coloring",
        "twice",
        b"c c\np col 3 4\ne 1 2\ne 2 1\ne 2 3\ne 3 2\n",
    )?;
    seed(
        "max_sat",
        "cnf",
        b"c c\np cnf 3 2\n1 -3 0\n2 3 -1 0\n%\n0\n",
    )?;
    seed("max_sat", "old", b"p wcnf 3 2 9\n9 1 -3 0\n2.5 2 3 -1 0\n")?;
    seed("max_sat", "new", b"h 1 -3 0\n4 2 3 -1 0\n")?;
    for (i, path) in std::env::args_os().skip(1).enumerate() {
        seed(
            "trace",
            &format!("trace-{i}"),
            &gwg_fuzz::pack(Path::new(&path))?,
        )?;
    }
    saved()
}

fn seed(target: &str, name: &str, bytes: &[u8]) -> Done {
    let folder = Path::new("seeds").join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

const SPECS: [&str; 30] = [
    "20*gwg+gibbs",
    "0.9*gwg:flips=2|0.1*window2",
    "9*gwg|gibbs",
    "ising-file:path=\"a, \"\"b\"\".txt\",scale=-1e-3",
    "rbm.safetensors",
    "rbm.safetensors.gz",
    "ising-lattice:side=40,theta=0.2,bias=0,dims=2",
    "ising-er:sites=200,degree=4,seed=1",
    "ising-dense:sites=64,scale=0.1,seed=1",
    "ising-file:path=F,scale=1,fields=none",
    "potts-lattice:side=10,states=3,theta=0.1,dims=2",
    "potts-dense:sites=100,states=21,scale=0.01,seed=1",
    "potts-file:path=F,states=auto,scale=1,fields=H",
    "ordinal-lattice:side=10",
    "rbm:visible=784,hidden=500,seed=1",
    "fhmm:length=100,factors=10,seed=1,extension=quadratic",
    "bernoulli:sites=100,seed=1",
    "categorical:sites=100,states=4,seed=1",
    "log-bilinear:sites=20,words=5000,dim=16",
    "gwg:balance=sqrt,temperature=2,flips=auto",
    "lb:balance=barker",
    "pas:path=5",
    "dmala:step=0.2",
    "acs",
    "dlmc",
    "gibbs:scan=systematic",
    "block-gibbs:block=2",
    "hamming-ball:block=10,radius=1",
    "random-walk:flips=1",
    "structured",
];

fn specs() -> Done {
    for (i, text) in SPECS.iter().enumerate() {
        seed("specs", &format!("spec-{i}"), text.as_bytes())?;
    }
    Ok(())
}

fn quadratic() -> Done {
    let texts = [
        (
            "qubo",
            "c a problem\np qubo 0 3 2 1\n0 0 -1.5\n2 2 0.5\n0 2 3e0\n",
        ),
        ("coo", "# vartype=BINARY\n0 0 1\n0 2 -0.5\n2 0 1\n"),
        ("spins", "# vartype=SPIN\n0 0 1.75\n0 1 -0.5\n"),
        ("list", "# bq\n3 2\n1 1 5\n1 3 -2\n"),
        ("beasley", "2\n2 1\n1 2 4\n1 1\n1 1 3\n"),
        (
            "symmetric",
            "%%MatrixMarket matrix coordinate real symmetric\n% c\n2 2 2\n1 1 1\n2 1 0.5\n",
        ),
        (
            "array",
            "%%MatrixMarket matrix array integer general\n2 2\n1\n0\n-2\n3\n",
        ),
        (
            "lp",
            "\\ c\nMaximize\n obj: 2 x - y + [ 3 x * y - x ^ 2 ] / 2 + 1\nSubject To\nBounds\n 0 <= x <= 1\nBinary\n x y\nEnd\n",
        ),
    ];
    for (name, text) in texts {
        seed("quadratic", name, text.as_bytes())?;
    }
    Ok(())
}

const LIST: &str = "# a graph\n4 3\n1 2 0.5\n2 3 -1\n4 1 2\n";

fn edges() -> Done {
    seed("edges", "list", LIST.as_bytes())?;
    seed("edges", "plain", b"3 2\n1 2\n2 3 % no weights\n")?;
    seed("edges", "mark", b"\xef\xbb\xbf2 1\r\n1 2 1e-3\r\n")?;
    seed(
        "edges",
        "dimacs",
        b"c a graph\np col 3 4\ne 1 2\ne 2 1\ne 2 3\ne 3 2\n",
    )?;
    seed("edges", "weighted", b"p edge 3 2\ne 1 2 0.5\ne 2 3 -1\n")?;
    seed(
        "edges",
        "market",
        b"%%MatrixMarket matrix coordinate real symmetric\n% c\n3 3 3\n2 1 0.5\n3 2 -1\n1 1 0\n",
    )?;
    seed(
        "edges",
        "general",
        b"%%MatrixMarket matrix coordinate integer general\n2 2 2\n1 2 3\n2 1 3\n",
    )?;
    seed(
        "edges",
        "pattern",
        b"%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n",
    )?;
    seed(
        "edges",
        "coo",
        b"# vartype=SPIN\n0 0 1.75\n0 2 -0.5\n2 0 1\n1 1 0.5\n",
    )?;
    seed("edges", "binary", b"# vartype=BINARY\n0 0 1.75\n")
}

const FACTORS: &str =
    "MARKOV\n3\n2 2 3\n3\n1 0\n2 0 2\n2 2 0\n\n2\n 0.4 0.6\n6\n 1 2 3 4 5 6\n6\n 1 1 1 1 1 2\n";

fn factors() -> Done {
    seed("factors", "markov", FACTORS.as_bytes())?;
    seed("factors", "bayes", b"BAYES 1 2 1 1 0 2 0.5 0.5")?;
    seed("factors", "packed", &packed(FACTORS.as_bytes())?)?;
    seed("factors", "list", LIST.as_bytes())?;
    seed("factors", "spins", b"# vartype=SPIN\n0 0 1.75\n")
}

/// An array as NumPy writes it.
fn npy(descr: &str, shape: &str, body: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(body);
    bytes
}

fn arrays() -> Done {
    let sites = |sites: u8, bytes: Vec<u8>| [vec![sites - 1], bytes].concat();
    seed(
        "arrays",
        "bytes",
        &sites(3, npy("|u1", "(2, 3)", &[0, 1, 0, 1, 1, 1])),
    )?;
    seed(
        "arrays",
        "grid",
        &sites(4, npy("<i2", "(2, 2)", &[0, 0, 1, 0, 0, 0, 1, 0])),
    )?;
    seed(
        "arrays",
        "longs",
        &sites(1, npy("<u8", "(1,)", &[7, 0, 0, 0, 0, 0, 0, 0])),
    )?;
    seed("arrays", "floats", &sites(2, npy("<f4", "(2,)", &[0; 8])))?;
    seed(
        "arrays",
        "doubles",
        &sites(1, npy("<f8", "(1, 1)", &[0; 8])),
    )?;
    seed(
        "arrays",
        "packed",
        &sites(3, packed(&npy("|u1", "(3,)", &[0, 1, 0]))?),
    )?;
    seed(
        "arrays",
        "text",
        &sites(3, b"0.5 -1 # two\n1e-3\n".to_vec()),
    )?;
    seed("arrays", "archive", &sites(3, b"PK\x03\x04\x14\0".to_vec()))
}

fn tensors() -> Done {
    let rbm: Parameters<'_, f32> = Parameters::Rbm {
        weights: vec![0.5, -1.0, 2.0, 0.25].into(),
        visible_bias: vec![0.0, 1.0].into(),
        hidden_bias: vec![-1.0, 0.5].into(),
    };
    let ising: Parameters<'_, f64> = Parameters::IsingDense {
        coupling: vec![0.0, 0.5, 0.5, 0.0].into(),
        field: vec![0.0, 1.0].into(),
    };
    let mut coupling = vec![0.0; 16];
    (coupling[4], coupling[8]) = (0.5, 0.5);
    let potts: Parameters<'_, f32> = Parameters::PottsDense {
        sites: 2,
        states: 2,
        coupling: coupling.into(),
        field: vec![0.0; 4].into(),
    };
    let rbm = to_bytes(&rbm)?;
    seed("tensors", "rbm", &rbm)?;
    seed("tensors", "packed", &packed(&rbm)?)?;
    seed("tensors", "cut", &rbm[..rbm.len() - 3])?;
    seed("tensors", "ising", &to_bytes(&ising)?)?;
    seed("tensors", "potts", &to_bytes(&potts)?)
}

fn observed() -> Done {
    let sites = |sites: u8, bytes: Vec<u8>| [vec![sites - 1], bytes].concat();
    seed(
        "observed",
        "lines",
        &sites(9, b"# some\n0 1\n7 0\n".to_vec()),
    )?;
    seed(
        "observed",
        "mark",
        &sites(9, b"\xef\xbb\xbf0 1\r\n".to_vec()),
    )?;
    seed(
        "observed",
        "row",
        &sites(4, npy("|i1", "(4,)", &[1, 255, 0, 255])),
    )?;
    seed(
        "observed",
        "grid",
        &sites(4, npy("<i2", "(2, 2)", &[1, 0, 255, 255, 0, 0, 255, 255])),
    )?;
    seed("observed", "packed", &sites(9, packed(b"0 1\n7 0\n")?))
}

fn saved() -> Done {
    let (model, kernel) = (Taylor(gwg_fuzz::model()), LocallyBalanced::gwg());
    for (name, tempering) in [
        ("plain", None),
        ("replicas", Some(Tempering::geometric(2, 0.5)?)),
    ] {
        let spec = ChainSpec {
            chains: 2,
            tempering,
            threads: Threads::one(),
            ..ChainSpec::default()
        };
        let mut chains = Chains::<f32>::new(&model, &kernel, &spec)?;
        chains.advance(&model, &kernel, 5)?;
        seed("saved", name, &chains.save().to_bytes()?)?;
    }
    run_seed(&model)
}

/// The last checkpoint of a run.
#[derive(Default)]
struct Last(Vec<u8>);

impl Observer for Last {
    fn checkpoint_due(&mut self, last: bool) -> bool {
        last
    }

    fn checkpoint(
        &mut self,
        checkpoint: &Checkpoint<'_>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        self.0 = checkpoint.to_bytes("{}")?;
        Ok(())
    }
}

fn run_seed(model: &Taylor<LatticeIsing<f32>>) -> Done {
    let kernel = LocallyBalanced::gwg();
    let plan = Plan {
        chains: 2,
        warmup: 10,
        draws: 9,
        threads: std::num::NonZeroUsize::new(1),
        ..Plan::default()
    };
    let mut last = Last::default();
    run(model, &kernel, &plan, &mut last)?;
    seed("saved", "run", &last.0)
}
