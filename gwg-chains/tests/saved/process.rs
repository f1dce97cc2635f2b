//! Chains that go on in another process.

use crate::interrupt::spec;
use gwg_chains::{Chains, ChainsOf, SavedChains, Threads};
use gwg_core::kernel::informed::PathAuxiliary;
use gwg_core::{Informed, Sqrt, Taylor};
use gwg_models::Rbm;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The folder that the other process finds the chains in.
const FOLDER: &str = "GWG_TEST_SAVED_CHAINS";

type Model = Taylor<Rbm<f32>>;

fn model_and_kernel() -> (Model, Informed<PathAuxiliary<Sqrt>>) {
    let model = Rbm::random(24, 10, 3).unwrap();
    let kernel = Informed::new(PathAuxiliary::pas(3.0).unwrap());
    (Taylor(model), kernel)
}

/// What the other process does.
fn go_on(folder: &Path) {
    let (model, kernel) = model_and_kernel();
    let saved = SavedChains::from_bytes(&fs::read(folder.join("saved")).unwrap()).unwrap();
    let mut chains = Chains::restore(&saved, &model, &kernel, Threads::one()).unwrap();
    chains.warm_up(&model, &kernel, 17).unwrap();
    chains.advance(&model, &kernel, 50).unwrap();
    let bytes = chains.save().to_bytes().unwrap();
    fs::write(folder.join("continued"), bytes).unwrap();
}

#[test]
fn chains_continue_in_another_process() {
    if let Some(folder) = env::var_os(FOLDER) {
        return go_on(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let (model, kernel) = model_and_kernel();
    for replicas in [1, 3] {
        let mut chains: ChainsOf<Model> = Chains::new(&model, &kernel, &spec(replicas)).unwrap();
        let mut uninterrupted = chains.clone();
        uninterrupted.warm_up(&model, &kernel, 40).unwrap();
        uninterrupted.advance(&model, &kernel, 50).unwrap();

        chains.warm_up(&model, &kernel, 23).unwrap();
        let bytes = chains.save().to_bytes().unwrap();
        fs::write(folder.path().join("saved"), bytes).unwrap();
        let output = Command::new(env::current_exe().unwrap())
            .args(["process::chains_continue_in_another_process", "--exact"])
            .env(FOLDER, folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let continued = fs::read(folder.path().join("continued")).unwrap();
        let continued = SavedChains::from_bytes(&continued).unwrap();
        assert_eq!(continued, uninterrupted.save());
        let continued = Chains::restore(&continued, &model, &kernel, Threads::one()).unwrap();
        assert!(continued.states().eq(uninterrupted.states()));
        fs::remove_file(folder.path().join("continued")).unwrap();
    }
}
