use super::RunError;

/// Checks rows of initial states: one for all chains, or one per chain, each with symbols of its sites and the observed ones.
pub(crate) fn check(
    rows: &[u16],
    chains: usize,
    sites: usize,
    states_at: impl Fn(usize) -> usize,
    observed: impl Fn(usize) -> Option<u16>,
) -> Result<(), RunError> {
    if rows.len() != sites && rows.len() != chains * sites {
        return Err(RunError::InitShape {
            found: rows.len(),
            sites,
            chains,
        });
    }
    for (row, x) in rows.chunks(sites).enumerate() {
        for (site, &found) in x.iter().enumerate() {
            let states = states_at(site);
            if usize::from(found) >= states {
                return Err(RunError::InitSymbol {
                    row,
                    site,
                    found,
                    states,
                });
            }
            match observed(site) {
                Some(observed) if observed != found => {
                    return Err(RunError::InitObserved {
                        row,
                        site,
                        found,
                        observed,
                    });
                }
                _ => {}
            }
        }
    }
    Ok(())
}
