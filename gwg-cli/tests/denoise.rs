//! `gwg denoise`: images made here, and those of ../shared.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "driver/command.rs"]
mod command;
#[path = "driver/lines.rs"]
mod lines;
#[path = "../../gwg-models/tests/support/shared_data.rs"]
mod shared_data;

use lines::{refused, run};
use serde_json::Value;
use shared_data::shared_data;
use std::fs;

/// Side of the image.
const SIDE: usize = 40;

/// A disk, and the same with every pixel flipped with probability 1/10, as P1.
fn disk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut state = 1_u64;
    let mut flip = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u8::from((state >> 33).is_multiple_of(10))
    };
    let middle = SIDE as f64 / 2.0;
    let inside = |k: usize| {
        let (x, y) = ((k % SIDE) as f64 - middle, (k / SIDE) as f64 - middle);
        u8::from(x * x + y * y < 150.0)
    };
    let clean: Vec<u8> = (0..SIDE * SIDE).map(inside).collect();
    let noisy: Vec<u8> = clean.iter().map(|pixel| pixel ^ flip()).collect();
    for (name, pixels) in [("clean.pbm", clean), ("noisy.pbm", noisy)] {
        let text: String = pixels.iter().map(u8::to_string).collect();
        let text = format!("P1\n# made by a test\n{SIDE} {SIDE}\n{text}\n");
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn summary(folder: &tempfile::TempDir, flags: &str) -> Value {
    let line = format!("denoise noisy.pbm -o out.pbm --force --quiet --summary - {flags}");
    serde_json::from_str(&run(folder.path(), &line)).unwrap()
}

#[test]
fn noise_is_removed_by_every_sampler_and_its_share_is_estimated() {
    let folder = disk();
    for sampler in ["gwg", "gibbs", "sweep", "pas", "lb"] {
        let s = summary(&folder, &format!("--truth clean.pbm --sampler {sampler}"));
        let (before, after) = (&s["error"]["before"], &s["error"]["after"]);
        let (before, after) = (before.as_f64().unwrap(), after.as_f64().unwrap());
        assert!((0.08..0.13).contains(&before), "{before}");
        assert!(after < 0.015, "{sampler}: {after}");
        let flips = s["flips"]["value"].as_f64().unwrap();
        assert!((0.07..0.13).contains(&flips), "{sampler}: {flips}");
        assert_eq!(s["flips"]["estimated"], true);
    }
}

#[test]
fn the_curve_compares_samplers_at_equal_steps() {
    let folder = disk();
    let states = |sampler: &str| -> Vec<(u64, f64)> {
        let s = summary(
            &folder,
            &format!("--truth clean.pbm --sampler {sampler} --flips 0.1 --warmup 2 --sweeps 5"),
        );
        let curve = s["curve"].as_array().unwrap();
        assert!(
            curve.iter().any(|p| p["mean"].is_null()) && curve.last().unwrap()["mean"].is_f64()
        );
        let point = |p: &Value| (p["steps"].as_u64().unwrap(), p["states"].as_f64().unwrap());
        curve.iter().map(point).collect()
    };
    let (gwg, gibbs) = (states("gwg"), states("gibbs:scan=random"));
    assert_eq!(gwg[0].0, 0);
    assert_eq!(gwg[0].1, gibbs[0].1);
    let early = |curve: &[(u64, f64)]| {
        let at = curve.iter().find(|p| p.0 >= (SIDE * SIDE / 4) as u64);
        at.unwrap().1
    };
    // A quarter of a sweep: random scan has visited fewer than a quarter of the pixels.
    assert!(early(&gwg) < 0.5 * early(&gibbs), "{gwg:?} {gibbs:?}");
}

#[test]
fn outputs_have_the_format_of_the_input_and_the_same_bits_for_any_number_of_threads() {
    let folder = disk();
    let line = "denoise noisy.pbm --quiet -o";
    run(folder.path(), &format!("{line} one.pbm --threads 1"));
    run(folder.path(), &format!("{line} three.pbm --threads 3"));
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("one.pbm"), read("three.pbm"));
    assert!(read("one.pbm").starts_with(b"P1\n40 40\n"));
    // The same pixels as bits.
    let text = String::from_utf8(read("noisy.pbm")).unwrap();
    let pixels: Vec<u8> = text
        .lines()
        .skip(3)
        .flat_map(str::bytes)
        .map(|b| b - b'0')
        .collect();
    let bits = pixels
        .chunks(8)
        .map(|byte| byte.iter().fold(0, |all, bit| 2 * all + bit));
    let packed = [b"P4\n40 40\n".to_vec(), bits.collect()].concat();
    fs::write(folder.path().join("packed.pbm"), packed).unwrap();
    run(folder.path(), "denoise packed.pbm --quiet -o bits.pbm");
    let bits = read("bits.pbm");
    assert!(bits.starts_with(b"P4\n40 40\n"));
    let unpacked = bits[9..]
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |k| byte >> k & 1));
    let unpacked: String = unpacked.map(|bit| bit.to_string()).collect();
    let text = String::from_utf8(read("one.pbm")).unwrap();
    assert_eq!(text.lines().skip(2).collect::<String>(), unpacked);
}

#[test]
fn images_and_flags_that_are_wrong_are_refused() {
    let folder = disk();
    for (name, bytes) in [
        ("cut.pbm", &b"P4\n40 40\nabc"[..]),
        ("large.pbm", b"P1\n99999 99999\n0"),
        ("gray.pgm", b"P5\n2 2\n255\nabcd"),
        ("small.pbm", b"P1\n2 2\n0101"),
        ("empty.pbm", b""),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let here = folder.path();
    refused(
        here,
        "denoise cut.pbm -o o.pbm",
        &["cut.pbm", "found 3 bytes", "needed 200"],
    );
    refused(
        here,
        "denoise large.pbm -o o.pbm",
        &["large.pbm", "at most 16777216"],
    );
    refused(
        here,
        "denoise gray.pgm -o o.pbm",
        &["gray.pgm", "found `P5`", "P1 and P4"],
    );
    refused(here, "denoise empty.pbm -o o.pbm", &["empty.pbm"]);
    refused(here, "denoise nothing.pbm -o o.pbm", &["nothing.pbm"]);
    refused(
        here,
        "denoise noisy.pbm -o o.pbm --truth small.pbm",
        &["--truth", "2 x 2", "40 x 40"],
    );
    refused(
        here,
        "denoise noisy.pbm -o noisy.pbm",
        &["noisy.pbm", "--force"],
    );
    refused(here, "denoise noisy.pbm -o -", &["--out -"]);
    refused(
        here,
        "denoise noisy.pbm -o o.pbm --flips 0.5",
        &["--flips", "below 0.5"],
    );
    refused(
        here,
        "denoise noisy.pbm -o o.pbm --coupling nan",
        &["--coupling"],
    );
    refused(here, "denoise noisy.pbm -o o.pbm --sampler no", &["no"]);
    assert!(!here.join("o.pbm").exists());
}

#[test]
fn the_horse_is_cleaned() {
    let Some(data) = shared_data("denoise") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (noisy, clean) = (data.join("horse128_flip10.pbm"), data.join("horse128.pbm"));
    let line = format!(
        "denoise {} --truth {} -o out.pbm --quiet --summary -",
        noisy.display(),
        clean.display()
    );
    let s: Value = serde_json::from_str(&run(folder.path(), &line)).unwrap();
    let after = s["error"]["after"].as_f64().unwrap();
    assert!(after < 0.015, "{after}");
}
