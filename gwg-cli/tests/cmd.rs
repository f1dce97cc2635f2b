//! What the command prints, to the letter; `TRYCMD=overwrite` writes the files anew.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
