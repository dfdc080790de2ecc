//! Assignments that overlap: which of them is told, and where.

use std::collections::BTreeSet;

use super::{Dir, made};

#[test]
fn a_value_that_stood_within_another_is_told_where_it_stands_alone() {
    let mut both = 0;
    for number in 0..12 {
        let dir = Dir::new();
        let repo = dir.repo("app");
        let [first, second] = [0, 1].map(|nth| made::filled("{alnum:12}", 2 * number + nth));
        let versions =
            [format!("db_password = \"{first}\" + \"{second}\"\n"), format!("db_password = \"{first}\"\n")];
        // Which of two that overlap is told, the detector says.
        let mut wanted = BTreeSet::new();
        let mut alone = String::new();
        for version in versions {
            alone = repo.commit("app.py", version);
            wanted.extend(repo.scan(&["dir"]).secrets().into_iter().map(str::to_owned));
        }
        for flags in [&["history"][..], &["history", "--exhaustive"]] {
            let told = repo.scan(flags).hits(&wanted.iter().map(String::as_str).collect::<Vec<_>>());
            if wanted.len() == 2 {
                let short =
                    told.findings.iter().find(|finding| finding["secret"] == *first).expect("it is told");
                assert_eq!(
                    (&short["commit"], &short["history"]["commits"]),
                    (&alone.clone().into(), &1.into())
                );
            }
        }
        both += usize::from(wanted.len() == 2);
    }
    assert!(both > 1, "{both}");
}
