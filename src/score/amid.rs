//! Tokens that chance made: a prefix and the characters behind it, amid a text of base64.

use std::ops::Range;

/// Characters around a value that make it a part of a longer text. No path in an address is so long without a dot
/// or a dash.
const AROUND: usize = 128;

/// The shortest lines that base64 is wrapped to.
const LINE: usize = 56;

/// Whether a value stands within base64: in a long run of its characters, or in one of lines of them alone.
pub fn base64(text: &[u8], value: Range<usize>) -> bool {
    if value.len() > AROUND || !text[value.clone()].iter().all(in_run) {
        return false;
    }
    let before = text[..value.start].iter().rev().take(AROUND).take_while(|byte| in_run(byte)).count();
    let behind = text[value.end..].iter().take(AROUND).take_while(|byte| in_run(byte)).count();
    before + behind >= AROUND
        || before + behind > 0 && in_block(text, value.start - before..value.end + behind)
}

fn in_run(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Whether a run is a line, blanks aside, and so is a neighbour of its length.
fn in_block(text: &[u8], run: Range<usize>) -> bool {
    if run.len() < LINE {
        return false;
    }
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    let is_line = |line: Option<&[u8]>| {
        let line = line.unwrap_or_default().trim_ascii();
        line.len() == run.len() && line.iter().all(in_run)
    };
    let left = run.start - text[..run.start].iter().rev().take(AROUND).take_while(blank).count();
    let right = run.end + text[run.end..].iter().take(AROUND).take_while(blank).count();
    let above =
        text[..left].strip_suffix(b"\n").map(|above| &above[above.len().saturating_sub(2 * AROUND)..]);
    let below = text[right..].strip_prefix(b"\n").map(|below| &below[..below.len().min(2 * AROUND)]);
    (left == 0 || above.is_some())
        && (right == text.len() || below.is_some())
        && (is_line(above.and_then(|above| above.rsplit(|byte| *byte == b'\n').next()))
            || is_line(below.and_then(|below| below.split(|byte| *byte == b'\n').next())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `TOKEN0` is amid base64 in a text.
    fn amid(text: &str) -> bool {
        let at = text.find("TOKEN0").expect("it is there");
        base64(text.as_bytes(), at..at + 6)
    }

    #[test]
    fn what_stands_in_a_long_run_is_chance() {
        let run = "aB3+/".repeat(20);
        assert!(amid(&format!("'{run}TOKEN0{run}'")) && !amid(&format!("'{run}.TOKEN0.{run}'")));
        assert!(!amid(&format!("https://host.dev/services/{}/TOKEN0", &run[..50])) && !amid("key = TOKEN0"));
    }

    #[test]
    fn what_stands_in_a_wrapped_block_is_chance() {
        let line = |part: &str| format!("{part}{}", "aB3+".repeat(16))[..64].to_owned();
        let (plain, token) = (line(""), line("x/TOKEN0"));
        for text in
            [format!(" {plain}\n {token}\n"), format!("{token}\r\n{plain}\r\n"), format!("{token}\n{plain}")]
        {
            assert!(amid(&text), "{text:?}");
        }
        for text in [token.clone(), format!("key: {token}\n{plain}"), format!("{plain}+\n{token}\n")] {
            assert!(!amid(&text), "{text:?}");
        }
        assert!(!amid("x/TOKEN0\nx/TOKEN1\n"), "short lines are no block");
    }
}
