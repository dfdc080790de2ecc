//! An allowance on the line itself: `leakgate:allow RULE-ID reason`.

use bstr::ByteSlice;

const MARK: &[u8] = b"leakgate:allow";

/// What a comment on the line says of a finding of `rule`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inline {
    /// There is none for this rule.
    None,
    /// It allows the finding.
    Allowed,
    /// It names the rule but gives no reason, so it has no effect.
    NoReason,
}

/// Looks for an allowance of `rule` in the text of a line. For another rule, or for another
/// finding's rule on the same line, it says nothing.
pub fn inline_allow(line: &[u8], rule: &str) -> Inline {
    let mut found = Inline::None;
    for at in line.find_iter(MARK) {
        let mut words = line[at + MARK.len()..].fields();
        if words.next() != Some(rule.as_bytes()) {
            continue;
        }
        // The end of a comment is no reason.
        let reason =
            words.next().is_some_and(|word| word.iter().any(u8::is_ascii_alphanumeric) || !word.is_ascii());
        found = if reason { Inline::Allowed } else { Inline::NoReason };
        if reason {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_names_its_rule_and_gives_a_reason() {
        let of = |line: &str| inline_allow(line.as_bytes(), "some-rule");
        assert_eq!(of("x = 1  # leakgate:allow some-rule a made-up value"), Inline::Allowed);
        assert_eq!(of("/* leakgate:allow some-rule */"), Inline::NoReason);
        assert_eq!(of("# leakgate:allow other-rule because"), Inline::None);
        assert_eq!(of("# leakgate:allow other-rule b leakgate:allow some-rule because"), Inline::Allowed);
        assert_eq!(of("# leakgate:allow some-rule-2 because"), Inline::None);
        assert_eq!(of("nothing"), Inline::None);
    }
}
