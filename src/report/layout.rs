//! Text within the width of a terminal: wrapped prose, and one line of code with what to underline.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::escape;
use crate::model::Snippet;

/// Columns that `text` takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` in lines of at most `room` columns; a longer word has a line of its own.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let columns = width(word);
        match lines.last_mut() {
            Some(line) if used + 1 + columns <= room => {
                line.push(' ');
                line.push_str(word);
                used += 1 + columns;
            }
            _ => {
                lines.push(word.to_owned());
                used = columns;
            }
        }
    }
    lines
}

/// A line of code as shown, and the columns to underline.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CodeLine {
    pub text: String,
    pub indent: usize,
    pub underline: usize,
}

const CUT: &str = "...";

/// The snippet, escaped, tabs as four blanks, cut to `room` columns around its mark.
pub fn code_line(snippet: &Snippet, room: usize) -> CodeLine {
    let mut shown = String::new();
    // Where each character begins in `shown`, and in which column; one more for the end.
    let mut cells = vec![(0, 0)];
    for character in snippet.text.trim_end().chars() {
        let (begin, column) = cells[cells.len() - 1];
        match character {
            '\t' => shown.push_str("    "),
            _ => escape::push(character, &mut shown),
        }
        let columns = match shown.len() - begin == character.len_utf8() {
            true => character.width().unwrap_or(0),
            false => shown.len() - begin,
        };
        cells.push((shown.len(), column + columns));
    }
    let last = cells.len() - 1;
    let mark_from = snippet.mark.0.min(last);
    let mark_to = snippet.mark.0.saturating_add(snippet.mark.1).min(last);

    let (from, to) = window(&cells, mark_from, mark_to, room);
    let head = if from > 0 { CUT } else { "" };
    let tail = if to < last { CUT } else { "" };
    let underlined = mark_from.clamp(from, to)..mark_to.clamp(from, to);
    CodeLine {
        text: format!("{head}{}{tail}", &shown[cells[from].0..cells[to].0]),
        indent: head.len() + cells[underlined.start].1 - cells[from].1,
        underline: cells[underlined.end].1 - cells[underlined.start].1,
    }
}

/// Which characters to show: all if they fit; else from the start if the mark is then seen; else some
/// before the mark and the more after it.
fn window(cells: &[(usize, usize)], mark_from: usize, mark_to: usize, room: usize) -> (usize, usize) {
    let last = cells.len() - 1;
    let column = |cell: usize| cells[cell].1;
    if column(last) <= room {
        return (0, last);
    }
    let from = if column(mark_to) + CUT.len() <= room {
        0
    } else {
        let marked = column(mark_to) - column(mark_from);
        let context = room.saturating_sub(marked + 2 * CUT.len()) / 3;
        let full = (column(last) + CUT.len()).saturating_sub(room);
        let wanted = column(mark_from).saturating_sub(context).min(full);
        cells.partition_point(|cell| cell.1 < wanted).min(mark_from)
    };
    let room = if from > 0 { room.saturating_sub(CUT.len()) } else { room };
    let fits = |room: usize| cells.partition_point(|cell| cell.1 <= column(from) + room).saturating_sub(1);
    match fits(room) {
        to if to == last => (from, last),
        _ => (from, fits(room.saturating_sub(CUT.len())).max(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, mark: (usize, usize), room: usize) -> (String, String) {
        let line = code_line(&Snippet { text: text.to_owned(), mark }, room);
        assert!(width(&line.text) <= room, "{line:?}");
        assert!(line.indent + line.underline <= room, "{line:?}");
        (line.text, format!("{}{}", " ".repeat(line.indent), "^".repeat(line.underline)))
    }

    #[test]
    fn words_stay_whole_and_lines_short() {
        assert_eq!(wrap("one two  three\nfour", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("a longerthanthat b", 5), ["a", "longerthanthat", "b"]);
        assert!(wrap("  ", 5).is_empty());
    }

    #[test]
    fn a_line_that_fits_stays_whole() {
        let (text, under) = cut("key = ********;", (6, 8), 40);
        assert_eq!(text, "key = ********;");
        assert_eq!(under, "      ^^^^^^^^");
    }

    #[test]
    fn the_underline_follows_tabs_escapes_and_wide_characters() {
        let (text, under) = cut("\t日\x1b=****\r", (4, 4), 40);
        assert_eq!(text, "    日\\x1b=****");
        assert_eq!(under, "           ^^^^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_mark() {
        let long = format!("{}********{}", "a".repeat(100), "b".repeat(100));
        let (text, under) = cut(&long, (100, 8), 30);
        assert_eq!(text, "...aaaaa********bbbbbbbbbbb...");
        assert_eq!(under, "        ^^^^^^^^");
    }

    #[test]
    fn a_line_is_cut_at_one_end_where_that_will_do() {
        assert_eq!(cut(&format!("k=****{}", "b".repeat(40)), (2, 4), 20).0, "k=****bbbbbbbbbbb...");
        assert_eq!(cut(&format!("{}k=****", "b".repeat(40)), (42, 4), 20).0, "...bbbbbbbbbbbk=****");
    }

    #[test]
    fn no_mark_and_no_room_do_no_harm() {
        for room in 0..12 {
            for from in 0..8 {
                for marked in 0..8 {
                    code_line(&Snippet { text: "日a\x1bb\t".to_owned(), mark: (from, marked) }, room);
                }
            }
        }
        assert_eq!(code_line(&Snippet::default(), 10), CodeLine::default());
    }
}
