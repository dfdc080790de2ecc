//! Text from a repository is never trusted on a terminal: what could move the cursor, change colours,
//! turn the direction of writing or stand there unseen is written out as an escape.
//!
//! A character below U+0080 becomes `\x1b` (`\t`, `\r`, `\n` by name), another `\u{202e}`, a byte that
//! is not UTF-8 `\xff`. A backslash stays as it is: this is for reading, not for reading back.

use std::fmt::Write as _;

/// `text` made fit to be shown.
pub fn escape(text: impl AsRef<[u8]>) -> String {
    let text = text.as_ref();
    let mut shown = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        chunk.valid().chars().for_each(|character| push(character, &mut shown));
        chunk.invalid().iter().for_each(|byte| write!(shown, "\\x{byte:02x}").expect(INFALLIBLE));
    }
    shown
}

/// Appends one character as it may be shown.
pub fn push(character: char, shown: &mut String) {
    match character {
        '\t' => shown.push_str("\\t"),
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        _ if !unsafe_to_show(character) => shown.push(character),
        '\0'..='\x7f' => write!(shown, "\\x{:02x}", u32::from(character)).expect(INFALLIBLE),
        _ => write!(shown, "\\u{{{:x}}}", u32::from(character)).expect(INFALLIBLE),
    }
}

const INFALLIBLE: &str = "a String takes all that is written to it";

/// Controls, format characters (bidirectional controls among them), separators of lines, all that
/// Unicode calls ignorable, blanks that are letters by name, and what is no character.
pub fn unsafe_to_show(character: char) -> bool {
    matches!(character,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}'
        | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{3164}' | '\u{ffa0}' // blank letters
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' // blank Braille
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' // tags and more variation selectors
    ) || u32::from(character) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        let text = "src/naïve café/日本語 (1)\\n.rs é😀";
        assert_eq!(escape(text), text);
    }

    #[test]
    fn nothing_reaches_the_terminal_that_acts_on_it() {
        assert_eq!(escape("a\x1b[31mb"), "a\\x1b[31mb");
        assert_eq!(escape("\0\t\r\n\x7f"), "\\x00\\t\\r\\n\\x7f");
        assert_eq!(escape("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(escape("a\u{202e}b\u{2066}c"), "a\\u{202e}b\\u{2066}c");
        assert_eq!(escape("pass\u{200b}word\u{feff}"), "pass\\u{200b}word\\u{feff}");
        assert_eq!(escape(b"caf\xe9 \xf0\x9f\x98"), "caf\\xe9 \\xf0\\x9f\\x98");
    }

    #[test]
    fn every_control_and_every_bidirectional_control_is_unsafe() {
        for character in (0..=0x10_ffff).filter_map(char::from_u32) {
            let code = u32::from(character);
            if character.is_control()
                || (0x202a..=0x202e).contains(&code)
                || (0x2066..=0x2069).contains(&code)
            {
                assert!(unsafe_to_show(character), "{code:x}");
                assert!(!escape(character.to_string()).contains(character), "{code:x}");
            }
            if character.is_ascii_graphic() || character == ' ' {
                assert!(!unsafe_to_show(character), "{code:x}");
            }
        }
    }
}
