//! Traces: a folder of the files that the input lists.
#![no_main]

use gwg_chains::trace::TraceReader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let root = gwg_fuzz::unpack(bytes);
    let Ok(trace) = TraceReader::open(&root) else {
        return;
    };
    let whole = trace.check().is_ok();
    let (chains, draws, sites) = (trace.chains(), trace.draws(), trace.sites());
    let mut seen = 0;
    let read = trace.for_each_x::<u16>(|chain, first, rows| {
        assert!(chain < chains && first < draws && rows.len() % sites == 0);
        seen += rows.len() / sites;
    });
    if whole {
        assert!(read.is_ok(), "a trace that was checked is read");
        assert_eq!(seen, chains * draws);
    }
});
