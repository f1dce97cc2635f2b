//! Seeds of the readers of `gwg-learn`.

use super::{Done, packed, seed};
use gwg_core::Target;
use gwg_learn::{Alphabet, PairPotts, RbmLayers, Vae, chain_names, params_text, write_ladder};
use gwg_nets::{Base, Description, Layer, NeuralEnergy, Symbols, network_to_bytes, random};
use std::fs;
use std::path::Path;

pub(super) fn all() -> Done {
    alignments()?;
    params()?;
    contacts()?;
    ladder()?;
    networks()?;
    trainers()
}

/// The first two bytes choose alphabet and options.
fn alignments() -> Done {
    let of = |choices: [u8; 2], text: &str| [&choices[..], text.as_bytes()].concat();
    for (name, choices, text) in [
        ("protein", [0, 0], ">a one\nMKV-\nLAG\n>b\nMRVA\nLA-\n"),
        ("rna", [2, 0], "; comment\n>a\nGGau.C\n>b\nGUAU-C\n"),
        ("dna", [0, 0], ">a\r\nACGT\r\n>b\r\nACG-\r\n"),
        ("binary", [4, 1], ">a\n0110\n>b\n0011\n"),
        ("own", [5, 1], "xyZ-\n>a\nxy-Z\n>b\nZZyx\n"),
        ("a2m", [1, 2], ">a\nMKv.-\n>b\nM-..A\n"),
        ("a3m", [1, 0], "#A3M#\n>ss_pred\nHHH\n>a\nMKvv-\n>b\nM-A\n"),
        ("gaps", [1, 6], ">a\nMXK\n>b\nBKL\n"),
        ("drop", [1, 12], ">a\nMXK\n>b\nMKL\n"),
        (
            "stockholm",
            [0, 0],
            "# STOCKHOLM 1.0\n#=GF ID x\na MKVL\nb MR-L\n\na AG\nb AG\n//\n",
        ),
        (
            "clustal",
            [0, 0],
            "CLUSTAL W (1.83)\n\na MKVL 4\nb MR-L 3\n  *  *\n\na AG\nb AG\n",
        ),
        ("numerical", [0, 0], "2 3 21\n0 1 20\n3 3 0\n"),
    ] {
        seed("alignments", name, &of(choices, text))?;
    }
    Ok(())
}

/// The first byte chooses the alphabet.
fn params() -> Done {
    let mut model = PairPotts::<f64>::zeros(3, 5)?;
    for (k, value) in model.coupling_mut().iter_mut().enumerate() {
        *value = (k as f64).sin();
    }
    let sparse = params_text(&model, &Alphabet::rna(), true);
    seed("params", "rna", &[&[2], sparse.as_bytes()].concat())?;
    for (name, choice, text) in [
        (
            "both",
            3,
            "J 0 1 A C .5\nJ 1 0 C A 1e-3\nh 0 - 1\nh 1 T -2\n",
        ),
        ("numbers", 0, "J 0 1 0 4 0.5\nh 0 0 1\nh 1 4 2\n"),
        (
            "own",
            0,
            "# x\nnothing\nh 0 A 1\nJ 1 1 D D 2\nJ 0 0 A C 9\n",
        ),
        ("binary", 4, "h 0 0 1\nh 1 1 -1\nJ 0 1 1 1 0.25\n"),
        ("letters", 5, "h 0 A 1\nh 1 b -1\nJ 0 1 1 2 0.25\n"),
    ] {
        seed("params", name, &[&[choice], text.as_bytes()].concat())?;
    }
    let names = chain_names(&[-15.5, 0.25, 1e-300]).join("\n");
    seed("params", "chains", &[&[0], names.as_bytes()].concat())
}

fn contacts() -> Done {
    seed(
        "contacts",
        "distances",
        b"# i j d\n1 9 7.5\r\n3 2 1e1 # x\n",
    )?;
    seed("contacts", "mark", b"\xef\xbb\xbf1 2\n")
}

fn ladder() -> Done {
    let first = RbmLayers {
        units: 1,
        weights: vec![0.0; 6],
        visible_bias: vec![0.5, -1.0, 0.25],
        hidden_bias: vec![0.0, 1.0],
    };
    let last = RbmLayers {
        weights: vec![0.5, -0.5, 0.25, 1.0, -2.0, 0.125],
        ..first.clone()
    };
    let folder = Path::new("seeds/ladder");
    fs::create_dir_all(folder)?;
    write_ladder(&folder.join("one"), std::slice::from_ref(&first))?;
    write_ladder(&folder.join("two"), &[first, last])?;
    let two = fs::read(folder.join("two"))?;
    seed("ladder", "packed", &packed(&two)?)?;
    seed("ladder", "cut", &two[..two.len() - 5])
}

fn networks() -> Done {
    let conv = |channels| Layer::Conv {
        channels,
        kernel: vec![3],
        stride: 1,
        padding: 1,
        bias: true,
    };
    let residual = Layer::Residual {
        body: vec![conv(2)],
        shortcut: vec![],
    };
    let (epsilon, features, bias) = (1e-5, 1, true);
    let layers = vec![
        Layer::Embedding { features: 2 },
        conv(2),
        Layer::Norm { epsilon },
        Layer::Swish { learned: true },
        residual,
        Layer::MeanPool,
        Layer::Linear { features, bias },
    ];
    let description = Description {
        shape: vec![4],
        symbols: Symbols::Categorical { states: 3 },
        layers,
    };
    let energy = NeuralEnergy::new(random::<f32>(description, 1)?)?;
    let base = Base::of_frequencies(energy.space(), &[0.5; 12], 0.1)?;
    let bytes = network_to_bytes(&energy.with_base(base)?)?;
    seed("networks", "sequence", &bytes)?;
    seed("networks", "cut", &bytes[..bytes.len() - 5])?;
    let vae = Vae::<f32>::random((4, 2), 1, 2, 1, 1)?;
    seed("networks", "vae", &vae.to_bytes()?)
}

fn trainers() -> Done {
    let mut trainer = gwg_fuzz::potts();
    seed("trainers", "potts-start", &trainer.save())?;
    trainer.update();
    seed("trainers", "potts", &trainer.save())?;
    let mut trainer = gwg_fuzz::rbm();
    trainer.update();
    seed("trainers", "rbm", &trainer.save())?;
    let mut trainer = gwg_fuzz::pcd();
    seed("trainers", "pcd-start", &trainer.save()?)?;
    trainer.update(&gwg_fuzz::with_gibbs)?;
    seed("trainers", "pcd", &trainer.save()?)
}
