//! What is updated against what is counted anew.

use gwg_core::SplitMix64;
use proptest::prelude::*;

use super::*;
use crate::coloring::saturation;
use crate::coloring::tabu::Tabu;

fn check(table: &Table<'_>) -> Result<(), TestCaseError> {
    let (graph, x) = (table.graph(), table.colors());
    for v in 0..graph.len() {
        for (color, &count) in table.row(v).iter().enumerate() {
            let of_color =
                |&&u: &&u32| table.is_colored(u as usize) && usize::from(x[u as usize]) == color;
            let counted = graph.neighbors(v).iter().filter(of_color).count();
            prop_assert_eq!(count as usize, counted);
        }
        let in_conflict = table.is_colored(v) && table.row(v)[usize::from(x[v])] > 0;
        prop_assert_eq!(table.in_conflict().contains(&(v as u32)), in_conflict);
    }
    if (0..graph.len()).all(|v| table.is_colored(v)) {
        prop_assert_eq!(table.conflicts(), graph.conflicts(x));
    }
    Ok(())
}

proptest! {
    #[test]
    fn counts_are_those_of_the_coloring(
        pairs in prop::collection::vec((0_usize..9, 0_usize..9), 0..40), colors in 1_usize..5, seed: u64
    ) {
        let edges: Vec<_> = pairs.into_iter().filter(|(i, j)| i != j).collect();
        let graph = Graph::new(&edges, 9).unwrap();
        let mut bits = SplitMix64::new(seed);
        let mut table = Table::new(&graph, colors);
        table.color(4, 0);
        check(&table)?;
        let mut table = Table::new(&graph, colors);
        saturation::color(&mut table, &mut bits);
        check(&table)?;
        let mut tabu = Tabu::new(table);
        for _ in 0..40 {
            tabu.step(&mut bits);
            check(tabu.table())?;
        }
    }

    #[test]
    fn peeled_vertices_add_no_conflict(
        pairs in prop::collection::vec((0_usize..12, 0_usize..12), 0..40), colors in 1_usize..5, seed: u64
    ) {
        let edges: Vec<_> = pairs.into_iter().filter(|(i, j)| i != j).collect();
        let graph = Graph::new(&edges, 12).unwrap();
        let peeled = crate::coloring::Peeled::new(&graph, colors);
        let core = peeled.core();
        prop_assert!((0..core.len()).all(|v| core.neighbors(v).len() >= colors));
        let mut table = Table::new(core, colors);
        saturation::color(&mut table, &mut SplitMix64::new(seed));
        let mut x = vec![0; 12];
        peeled.extend(table.colors(), &mut x);
        prop_assert_eq!(graph.conflicts(&x), table.conflicts());
        prop_assert_eq!(peeled.project(&x), table.colors());
    }
}
