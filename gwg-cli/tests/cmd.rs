//! Snapshot tests of the command's output; `TRYCMD=overwrite` updates the snapshots.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
