use super::*;
use crate::report::axis::Axis;
use crate::report::text::shortened;

fn series(name: &str, style: usize, points: &[(f64, f64)]) -> Series {
    Series {
        name: name.into(),
        style,
        draw: Draw::Both,
        points: points.iter().map(|p| Point::new(p.0, p.1)).collect(),
    }
}

fn chart(series: Vec<Series>) -> Chart<'static> {
    Chart {
        id: "t",
        title: "A title",
        subtitle: "",
        describe: "Words.",
        x: Scale::logarithmic("steps"),
        y: Scale::logarithmic("error"),
        series,
        references: vec![],
    }
}

/// Checks that every element is closed, in order, and no attribute is NaN or infinite.
fn well_formed(svg: &str) {
    let body = svg.split("</style>").nth(1).expect("a style");
    let mut open = vec!["svg"];
    for tag in body.split('<').skip(1) {
        let name = tag.split(['>', ' ', '/']).next().unwrap_or_default();
        match tag.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), closed.split('>').next(), "{tag}"),
            None if tag.split('>').next().is_some_and(|t| t.ends_with('/')) => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    assert!(!body.contains("NaN") && !body.contains("inf"), "{body}");
}

#[test]
fn points_that_cannot_be_shown_are_omitted() {
    let svg = chart(vec![
        series(
            "a",
            0,
            &[(0.0, 1.0), (1.0, 0.1), (10.0, f64::NAN), (100.0, 0.01)],
        ),
        series("b", 13, &[(5.0, -1.0)]),
    ])
    .svg();
    well_formed(&svg);
    // Two data points, and one marker per row of the legend.
    assert_eq!(svg.matches("class=\"mark ").count(), 2 + 2);
    assert!(svg.contains("role=\"img\"") && svg.contains("<title id=\"t-t\">A title</title>"));
    assert!(svg.contains("prefers-color-scheme: dark"));
}

#[test]
fn empty_charts_contain_a_message() {
    for points in [&[][..], &[(f64::NAN, 1.0)], &[(1.0, 0.0)]] {
        let svg = chart(vec![series("a", 0, points)]).svg();
        well_formed(&svg);
        assert!(svg.contains("Nothing to show"));
    }
    let bars = Bars {
        id: "b",
        title: "None",
        subtitle: "",
        describe: "None.",
        x: Scale::logarithmic("x"),
        bars: vec![],
    };
    assert!(bars.svg().contains("Nothing to show"));
}

#[test]
fn texts_are_escaped_and_degenerate_ranges_are_drawn() {
    let mut odd = chart(vec![series("<&\">", 1, &[(1.0, 1.0)])]);
    odd.references = vec![
        Reference::Diagonal {
            label: "y = x".into(),
        },
        Reference::Level {
            at: 1e-3,
            label: "floor <1>".into(),
        },
        Reference::Level {
            at: f64::NAN,
            label: "never".into(),
        },
        Reference::Upright {
            at: 1e3,
            label: "here".into(),
        },
    ];
    let svg = odd.svg();
    well_formed(&svg);
    assert!(svg.contains("&lt;&amp;&quot;&gt;") && svg.contains("floor &lt;1&gt;"));
    assert!(!svg.contains("never") && svg.contains("here") && svg.contains("y = x"));
    odd.y = Scale::linear("flat");
    odd.series[0].points = vec![Point::between(1.0, 0.0, -1e-3, f64::INFINITY)];
    well_formed(&odd.svg());
}

#[test]
fn undefined_bars_keep_their_rows_and_notes() {
    let bar = |value, range, note: &str| Bar {
        name: "n".into(),
        style: 3,
        value,
        range,
        note: note.into(),
        hollow: false,
    };
    for x in [Scale::linear("x"), Scale::logarithmic("x")] {
        let svg = Bars {
            id: "b",
            title: "Bars",
            subtitle: "of things",
            describe: "Bars.",
            x,
            bars: vec![
                bar(Some(10.0), Some((-1.0, 30.0)), "10"),
                bar(None, None, "undefined"),
                bar(Some(1000.0), Some((900.0, 1100.0)), "1000"),
            ],
        }
        .svg();
        well_formed(&svg);
        assert_eq!(svg.matches("class=\"bar ").count(), 2);
        assert_eq!(svg.matches("class=\"whisker\"").count(), 6);
        assert!(svg.contains(">undefined<"));
    }
}

#[test]
fn a_note_without_room_beside_the_name_has_its_own_line() {
    let page = |name: &str| {
        let bar = Bar {
            name: name.into(),
            style: 0,
            value: Some(1.0),
            range: None,
            note: "1.24e-2 ± 0.04e-2 (R-hat 1.38)".into(),
            hollow: false,
        };
        Bars {
            id: "b",
            title: "Bars",
            subtitle: "",
            describe: "Bars.",
            x: Scale::linear("x"),
            bars: vec![bar],
        }
        .svg()
    };
    let heights = |svg: &str| -> Vec<String> {
        let said = svg.split("<text class=\"said").skip(1);
        let y = said.filter_map(|text| text.split(" y=\"").nth(1)?.split('"').next());
        y.map(str::to_owned).collect()
    };
    let (short, long) = (
        heights(&page("gwg")),
        heights(&page("hamming-ball:block=10,radius=1")),
    );
    assert_eq!(short[0], short[1]);
    assert_eq!(long[0], short[0]);
    assert_ne!(long[0], long[1]);
}

#[test]
fn chart_and_report_use_the_same_colors() {
    let report = include_str!("../report/style.css");
    for theme in [1, 2] {
        let of = |sheet: &str, name: &str| {
            let key = format!("--{name}: ");
            let found = sheet.split(&key).nth(theme).unwrap_or_default();
            found.split(';').next().unwrap_or_default().to_owned()
        };
        let names = (0..STYLES).map(|c| format!("c{c}"));
        for name in names.chain(["paper", "ink", "soft", "rule"].map(String::from)) {
            let here = of(canvas::STYLE, &name);
            assert!(here.starts_with('#'), "{name}");
            assert_eq!(here, of(report, &name), "{name}");
        }
    }
}

#[test]
fn styles_have_distinct_markers() {
    let mut seen = std::collections::BTreeSet::new();
    for style in 0..STYLES {
        let mut canvas = Canvas::new("m", "", "", "");
        marks::mark(&mut canvas, style, (50.0, 50.0));
        let svg = canvas.finish();
        let shape = svg.split("d=\"M").nth(1).unwrap_or_default().to_owned();
        let filled = svg.contains(" full\"");
        assert!(seen.insert((shape, filled)), "style {style}");
    }
}

#[test]
fn long_texts_are_wrapped_or_truncated() {
    let lines = canvas::wrapped("one two,three four", 8);
    assert_eq!(lines, ["one two,", "three ", "four"]);
    assert_eq!(shortened("abcdef", 4), "abc\u{2026}");
    assert_eq!(shortened("abcd", 4), "abcd");
}

#[test]
fn a_single_value_gets_a_range_around_it() {
    let axis = range::across(&chart(vec![series("a", 0, &[(7.0, 1.0)])]));
    let axis: Axis = axis.expect("a positive value has an axis");
    assert!((axis.place(7.0) - 0.5).abs() < 1e-9);
}

#[test]
fn a_matrix_has_cells_in_rows_from_the_top() {
    let layer = |name: &str, size, cells: &[(usize, usize)]| Layer {
        name: name.into(),
        class: "c0",
        opacity: 0.5,
        size,
        cells: cells.to_vec(),
    };
    let matrix = |size, layers| Matrix {
        id: "m",
        title: "A map",
        subtitle: "",
        describe: "Words.",
        axis: "site",
        size,
        layers,
    };
    let svg = matrix(
        4,
        vec![
            layer("pairs", 1, &[(0, 3)]),
            layer("", 3, &[(0, 0), (3, 3)]),
        ],
    )
    .svg();
    well_formed(&svg);
    // Labels 1 to 4 on both axes.
    assert_eq!(svg.matches(">4</text>").count(), 2);
    let paths: Vec<&str> = svg
        .split("class=\"cell c0\" fill-opacity=\"0.5\" d=\"M")
        .skip(1)
        .collect();
    assert_eq!(paths.len(), 3, "two layers, and one square of the legend");
    // The right end of the plot is 16 from the border, its side 400 - 16 - 23.5.
    let side = 360.5 / 4.0;
    let number = |text: &str| {
        text.split([' ', 'h', 'v'])
            .next()
            .unwrap()
            .parse::<f64>()
            .unwrap()
    };
    assert!(
        (number(paths[0]) - (23.5 + 3.0 * side)).abs() < 0.01,
        "{}",
        paths[0]
    );
    // The block at the end is cut to one cell.
    let last = paths[1].split('M').nth(1).unwrap();
    let width = number(last.split('h').nth(1).unwrap());
    assert!((width - side).abs() < 0.01, "{width}");
    let none = matrix(0, vec![]).svg();
    well_formed(&none);
    assert!(none.contains("Nothing to show"));
}

#[test]
fn the_first_label_of_bars_does_not_leave_the_picture() {
    let x = Scale {
        range: Some((1e4, 1e6)),
        ..Scale::logarithmic("x")
    };
    let svg = Bars {
        id: "b",
        title: "Bars",
        subtitle: "",
        describe: "Bars.",
        x,
        bars: vec![Bar {
            name: "one".into(),
            style: 0,
            value: Some(2e4),
            range: None,
            note: "2e4".into(),
            hollow: false,
        }],
    }
    .svg();
    let before = svg.split(">1e4</text>").next().unwrap();
    let place = before.rsplit("x=\"").next().unwrap();
    let place: f64 = place.split('"').next().unwrap().parse().unwrap();
    assert!(place >= 1.5 * canvas::LETTER, "{place}");
}
