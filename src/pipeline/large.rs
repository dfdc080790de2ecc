//! Files that a change adds above a size. No secret, but what some do not take into a repository.
//!
//! What is moved, or grows, was there before. What stands on disk, or in the past, is no change.

use super::{Scan, examine::Hit, settle::told};
use crate::{
    filter::Inline,
    model::{Confidence, Position, Secret, Severity, Snippet, Span},
    pattern::RuleIndex,
    report::{bytes, grouped},
    score::Verdict,
    source::{Before, Content},
};

/// The rule for them.
#[derive(Clone, Copy, Debug)]
pub struct LargeFile {
    pub rule: RuleIndex,
    pub above: u64,
}

/// What is told of a text of that size. Its value is the name of the blob: what is allowed is this content.
pub fn hit(scan: &Scan, content: &Content, size: u64, before: &Before) -> Option<Hit> {
    let LargeFile { rule, above } = scan.large_file.filter(|large| size > large.above)?;
    let Content::Blob(id) = content else { return None };
    let was_there = match before {
        Before::Nothing => false,
        Before::Parents { versions, gone } => {
            versions.iter().any(Option::is_some)
                || gone.iter().flat_map(|gone| &gone.files).any(|(_, old)| old == id)
        }
    };
    let (size, most) = (format!("{} bytes", grouped(size)), bytes(above));
    let verdict = Verdict {
        confidence: Confidence::High,
        severity: Severity::Low,
        reasons: vec![format!("{size}, more than {most}")],
        ..Verdict::none()
    };
    let hit = Hit {
        rule,
        secret: Secret::new(id.to_string().as_bytes()),
        span: Span::new(0, 0),
        start: Position::FIRST,
        end: Position::FIRST,
        lines: (1, 1),
        snippet: Snippet { mark: (0, size.len()), text: size },
        inline: Inline::None,
        near: None,
        inner: None,
        partner: None,
        verdict,
    };
    (!was_there && told(&hit.verdict, scan.levels)).then_some(hit)
}
