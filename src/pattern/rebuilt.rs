//! A parsed regex built again with some of its parts replaced.

use regex_syntax::hir::{Capture, Hir, HirKind};

/// Builds the same again, but for what `change` replaces.
pub fn rebuilt(hir: &Hir, change: &mut dyn FnMut(&HirKind) -> Option<Hir>) -> Hir {
    if let Some(changed) = change(hir.kind()) {
        return changed;
    }
    match hir.kind() {
        HirKind::Repetition(all) => Hir::repetition(all.with(rebuilt(&all.sub, change))),
        HirKind::Capture(group) => Hir::capture(Capture {
            index: group.index,
            name: group.name.clone(),
            sub: Box::new(rebuilt(&group.sub, change)),
        }),
        HirKind::Concat(subs) => Hir::concat(subs.iter().map(|sub| rebuilt(sub, change)).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.iter().map(|sub| rebuilt(sub, change)).collect()),
        _ => hir.clone(),
    }
}
