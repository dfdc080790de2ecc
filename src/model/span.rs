//! Byte ranges in a text and their lines and columns.

use std::ops::Range;

/// A half-open range of bytes, `start <= end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether one of `spans` holds all of it.
    pub fn within(self, spans: &[Self]) -> bool {
        spans.iter().any(|span| span.start <= self.start && self.end <= span.end)
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A place as people count: lines by LF and columns in characters, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

impl Position {
    /// The first character of a text.
    pub const FIRST: Self = Self { line: 1, column: 1 };
}

/// Turns byte offsets into positions. Offsets must not go down, so that many
/// offsets on one line of any length cost one pass over it.
pub struct Cursor<'t> {
    text: &'t [u8],
    offset: usize,
    position: Position,
}

impl<'t> Cursor<'t> {
    /// For a text whose first byte stands at `position`. A byte order mark at the start of all is no character.
    pub fn starting(text: &'t [u8], position: Position) -> Self {
        let column = match position == Position::FIRST && text.starts_with(b"\xef\xbb\xbf") {
            true => 0,
            false => position.column,
        };
        Self { text, offset: 0, position: Position { column, ..position } }
    }

    /// The position of the byte at `offset`, which must be at or after the last one asked for.
    pub fn advance(&mut self, offset: usize) -> Position {
        debug_assert!(offset >= self.offset);
        if offset == 0 {
            return Position { column: self.position.column.max(1), ..self.position };
        }
        let mut passed = &self.text[self.offset..offset];
        let lines = memchr::memchr_iter(b'\n', passed).count();
        if lines > 0 {
            self.position.line += lines as u64;
            self.position.column = 1;
            let last = memchr::memrchr(b'\n', passed).expect("a line feed was counted");
            passed = &passed[last + 1..];
        }
        self.position.column += characters(passed);
        self.offset = offset;
        self.position
    }
}

/// Characters begun in `bytes`: all but UTF-8 continuation bytes, so that it adds up over any split.
fn characters(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_line_feeds() {
        let text = "añb\r\nc\nd".as_bytes();
        let mut cursor = Cursor::starting(text, Position::FIRST);
        assert_eq!(cursor.advance(0), Position { line: 1, column: 1 });
        assert_eq!(cursor.advance(3), Position { line: 1, column: 3 });
        assert_eq!(cursor.advance(6), Position { line: 2, column: 1 });
        assert_eq!(cursor.advance(8), Position { line: 3, column: 1 });
        assert_eq!(cursor.advance(9), Position { line: 3, column: 2 });
    }

    #[test]
    fn a_byte_order_mark_is_no_character() {
        let text = "\u{feff}ab\nc".as_bytes();
        let mut cursor = Cursor::starting(text, Position::FIRST);
        assert_eq!(cursor.advance(0), Position::FIRST);
        assert_eq!(cursor.advance(3), Position { line: 1, column: 1 });
        assert_eq!(cursor.advance(4), Position { line: 1, column: 2 });
        assert_eq!(cursor.advance(6), Position { line: 2, column: 1 });
    }
}
