use super::*;
use crate::flags::{self, Command};
use crate::learn::engine::fixed::Fixed;
use gwg_learn::{Alphabet, Data, PairPotts, RbmLayers, parse_alignment};

fn engine() -> Fixed {
    Fixed {
        states: vec![1, 0, 0, 1],
        ..Fixed::default()
    }
}

fn learn(line: &str) -> LearnFlags {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    match flags::of(&words).unwrap().command {
        Command::Learn(flags) => *flags,
        _ => panic!("another command"),
    }
}

/// Two updates with a figure that no list names.
fn history() -> History {
    let mut history = History::default();
    for update in 1..=2 {
        let value = update as f64;
        let values = vec![
            ("data", -value),
            ("model", -value - 0.5),
            ("swap_rate", 0.25 * value),
            ("rate", 0.125),
            ("pearson", f64::NAN),
        ];
        history.push(&Figures { update, values });
    }
    history
}

fn page(engine: &Fixed, rows: &Rows, state: State, line: &str) -> String {
    let (flags, history) = (learn(line), history());
    Page {
        flags: &flags,
        rows,
        image: Some(Shape {
            rows: 2,
            columns: 2,
        }),
        engine,
        state,
        seconds: 1.5,
        resumed: None,
        history: &history,
        facts: &Figures::default(),
        warnings: engine.warnings.clone(),
    }
    .render()
}

fn rows() -> Rows {
    Rows {
        data: Data::new(vec![0, 1, 1, 0, 1, 1, 1, 1], 4, 2).unwrap(),
        alignment: None,
    }
}

const LINE: &str = "gwg learn ising d.npy -o m.safetensors --updates 7";

#[test]
fn only_a_running_page_loads_itself_again() {
    let refresh = "http-equiv=\"refresh\"";
    let of = |state| page(&engine(), &rows(), state, LINE);
    let running = of(State::Running);
    assert!(running.contains(refresh) && running.contains("Running: update 2 of 7 after 1.5 s."));
    for (state, said) in [
        (State::Done, "2 updates in 1.5 s."),
        (State::Enough, "2 of at most 7 updates in 1.5 s"),
        (State::Interrupted, "Interrupted after update 2 of 7"),
        (
            State::Failed("a <b>".into()),
            "Failed after update 2 of 7, 1.5 s: a &lt;b&gt;.",
        ),
    ] {
        let page = of(state);
        assert!(page.contains(said) && !page.contains(refresh), "{said}");
    }
    let line = format!("{LINE} --checkpoint c.bin");
    let page = page(&engine(), &rows(), State::Interrupted, &line);
    assert!(page.contains("the same command with --resume c.bin --force goes on"));
}

#[test]
fn every_figure_has_a_curve_or_a_sentence() {
    let page = page(&engine(), &rows(), State::Done, LINE);
    // Data and model are in one chart; the constant rate and what is undefined have none of a line.
    let curves = ["curve-data-t", "curve-swap-rate-t", "curve-pearson-t"];
    for id in curves {
        assert_eq!(
            page.matches(&format!("id=\"{id}\"")).count(),
            usize::from(id != "curve-pearson-t"),
            "{id}"
        );
    }
    assert!(!page.contains("id=\"curve-model-t\""));
    assert!(page.contains("<b>rate</b> is 0.125 at every update"));
    assert!(page.contains("<b>pearson</b> is undefined at every update"));
    assert!(page.contains("<data value=\"-2.5\">-2.5</data>"));
    assert!(page.contains("No warnings."));
}

#[test]
fn warnings_are_shown_first_and_change_the_verdict() {
    let engine = Fixed {
        warnings: vec!["chains <stay> in one mode".into()],
        ..engine()
    };
    let page = page(&engine, &rows(), State::Done, LINE);
    assert!(page.contains("<li>chains &lt;stay&gt; in one mode</li>"));
    assert!(page.contains("class=\"verdict warn\""));
}

#[test]
fn a_machine_has_filters_in_the_order_of_their_norms() {
    let layers = RbmLayers {
        units: 1,
        weights: vec![0.1, 3.0, 0.1, -3.0, 0.1, 0.0, 0.1, 3.0],
        visible_bias: vec![0.0; 4],
        hidden_bias: vec![0.0; 2],
    };
    let engine = Fixed {
        layers: Some(layers),
        ..engine()
    };
    let page = page(&engine, &rows(), State::Done, LINE);
    assert!(page.contains("Weights of 2 hidden units of 2"));
    // The first tile is the unit of the largest weights: light, dark, gray, light.
    assert!(page.contains("<path class=\"h0\" d=\"m2 1h1\"/>"), "{page}");
    assert!(
        page.contains("<path class=\"h6\" d=\"m1 1h1m0 1h1\"/>"),
        "{page}"
    );
    // What a Potts model and a machine have in common are data and chains.
    for id in ["image-data-t", "image-chains-t", "image-filters-t"] {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn a_machine_of_categorical_sites_has_maps_of_its_weights() {
    let layers = RbmLayers {
        units: 3,
        // Of site 0 and states 0 to 2, then of site 1.
        weights: vec![0.0, 2.0, -2.0, 0.0, 0.0, 2.0],
        visible_bias: vec![0.0; 6],
        hidden_bias: vec![0.0],
    };
    let engine = Fixed {
        layers: Some(layers),
        ..engine()
    };
    let page = page(&engine, &rows(), State::Done, LINE);
    assert!(page.contains("A row for each of 3 states, and a column for each of 2 sites"));
    assert!(page.contains("Weights of 1 hidden unit of 1"));
    // Rows of the image: 0 0, 2 0, -2 2.
    assert!(page.contains("<path class=\"h0\" d=\"m1 3h1\"/>"), "{page}");
    assert!(
        page.contains("<path class=\"h6\" d=\"m1 2h1m0 1h1\"/>"),
        "{page}"
    );
}

#[test]
fn a_model_of_an_alignment_has_a_map_of_its_couplings() {
    let text = b">a\nACGUAC-\n>b\nACGUACG\n";
    let options = gwg_learn::AlignmentOptions {
        alphabet: Some(Alphabet::rna()),
        ..gwg_learn::AlignmentOptions::default()
    };
    let alignment = parse_alignment(text, &options).unwrap();
    let rows = Rows {
        data: alignment.data().unwrap(),
        alignment: Some(alignment),
    };
    let mut pairs = PairPotts::<f32>::zeros(7, 5).unwrap();
    let none = Fixed {
        pairs: Some(pairs.clone()),
        states: vec![0; 14],
        ..engine()
    };
    let without = page(&none, &rows, State::Done, LINE);
    assert!(without.contains("There is no map"));
    let block = pairs.block_mut(0, 5);
    (block[6], block[12], block[18]) = (2.0, 2.0, 2.0);
    let engine = Fixed {
        pairs: Some(pairs),
        ..none
    };
    let page = page(&engine, &rows, State::Done, LINE);
    assert!(
        page.contains("The pairs with the highest scores are 1-6, "),
        "{page}"
    );
    assert!(page.contains("without the gap"));
}

#[test]
fn the_command_has_all_flags_and_is_escaped() {
    let line = "gwg learn rbm:hidden=3 <d>.npy -o m.safetensors --l2 0.5";
    let page = page(&engine(), &rows(), State::Done, line);
    // Flags are resolved by the parser of the process alone.
    assert!(page.contains("gwg learn"));
    assert!(!page.contains("<d>") && page.contains("&lt;d&gt;.npy"));
}
