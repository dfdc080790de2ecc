//! The text that a page draws: strings before an operator that shows them, joined where only the spacing parts them.

use std::io::{self, Read};

/// Bytes of text of one stream.
pub const MOST: u64 = 16 << 20;

/// Bytes of the strings before one operator.
const OPERANDS: usize = 1 << 20;

/// Thousandths of the font's size: a wider gap between two strings is a space.
const GAP: f64 = -180.0;

#[derive(Default, Clone, Copy)]
enum State {
    #[default]
    Plain,
    Name,
    Comment,
    /// In parentheses, which may be nested.
    Quoted(u32),
    Escaped(u32),
    /// Digits so far, and their value.
    Octal(u32, u8, u32),
    /// After a first `<`.
    Angle,
    /// The first digit of two.
    Hex(Option<u8>),
    /// A picture within the page: the last three bytes.
    Picture([u8; 3]),
}

/// Reads the operators of a page.
#[derive(Default)]
pub struct Words {
    state: State,
    token: Vec<u8>,
    /// The last number before the operator.
    number: Option<f64>,
    in_array: bool,
    /// Strings before the operator.
    strings: Vec<u8>,
    /// How long the last string was that was shown.
    last: usize,
    /// Where the line stands that is drawn now.
    line: Option<f64>,
    text: Vec<u8>,
    cut: bool,
}

impl Words {
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    pub fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.state = self.step(*byte);
        }
    }

    fn step(&mut self, byte: u8) -> State {
        match self.state {
            State::Plain => self.plain(byte),
            State::Name if is_word(byte) => State::Name,
            State::Name => self.plain(byte),
            State::Comment if matches!(byte, b'\r' | b'\n') => State::Plain,
            State::Comment => State::Comment,
            State::Quoted(depth) => self.quoted(byte, depth),
            State::Escaped(depth) => {
                match byte {
                    b'0'..=b'7' => return State::Octal(1, byte - b'0', depth),
                    b'n' => self.push(b'\n'),
                    b'r' => self.push(b'\r'),
                    b't' => self.push(b'\t'),
                    b'\r' | b'\n' | b'b' | b'f' => {}
                    other => self.push(other),
                }
                State::Quoted(depth)
            }
            State::Octal(digits, value, depth) => {
                if digits < 3 && matches!(byte, b'0'..=b'7') {
                    return State::Octal(digits + 1, value.wrapping_mul(8).wrapping_add(byte - b'0'), depth);
                }
                self.push(value);
                self.quoted(byte, depth)
            }
            State::Angle if byte == b'<' => State::Plain,
            State::Angle => self.hex(byte, None),
            State::Hex(first) => self.hex(byte, first),
            State::Picture([_, a, b]) => {
                let is_end = a == b'E' && b == b'I' && !is_word(byte);
                if is_end { State::Plain } else { State::Picture([a, b, byte]) }
            }
        }
    }

    fn plain(&mut self, byte: u8) -> State {
        if is_word(byte) {
            if self.token.len() < 32 {
                self.token.push(byte);
            }
            return State::Plain;
        }
        if !self.token.is_empty() && self.operator() {
            return State::Picture([0; 3]);
        }
        match byte {
            b'(' => return State::Quoted(1),
            b'<' => return State::Angle,
            b'/' => return State::Name,
            b'%' => return State::Comment,
            b'[' => self.in_array = true,
            b']' => self.in_array = false,
            _ => {}
        }
        State::Plain
    }

    fn quoted(&mut self, byte: u8, depth: u32) -> State {
        match byte {
            b'\\' => return State::Escaped(depth),
            b')' if depth == 1 => return State::Plain,
            _ => self.push(byte),
        }
        State::Quoted(match byte {
            b'(' => depth.saturating_add(1),
            b')' => depth - 1,
            _ => depth,
        })
    }

    fn hex(&mut self, byte: u8, first: Option<u8>) -> State {
        let digit = (byte as char).to_digit(16).map(|it| it as u8);
        match (first, digit) {
            (_, None) if byte == b'>' => {
                if let Some(first) = first {
                    self.push(first << 4);
                }
                State::Plain
            }
            (first, None) => State::Hex(first),
            (None, digit) => State::Hex(digit),
            (Some(first), Some(digit)) => {
                self.push(first << 4 | digit);
                State::Hex(None)
            }
        }
    }

    fn push(&mut self, byte: u8) {
        if self.strings.len() < OPERANDS {
            self.strings.push(byte);
        } else {
            self.cut = true;
        }
    }

    /// A word is whole: a number, or an operator. Returns whether a picture begins.
    fn operator(&mut self) -> bool {
        let token = std::mem::take(&mut self.token);
        let number = std::str::from_utf8(&token).ok().and_then(|it| it.parse::<f64>().ok());
        if let Some(number) = number {
            if self.in_array && number <= GAP && !self.strings.is_empty() {
                self.push(b' ');
            }
            self.number = Some(number);
            return false;
        }
        match &token[..] {
            b"Tj" | b"TJ" => self.show(),
            b"'" | b"\"" => {
                self.part(b'\n');
                self.show();
            }
            b"Td" | b"TD" => self.moved(self.number == Some(0.0)),
            b"Tm" => {
                self.moved(self.number.is_some() && self.number == self.line);
                self.line = self.number;
            }
            b"T*" | b"ET" => self.part(b'\n'),
            _ => {}
        }
        self.strings.clear();
        self.number = None;
        self.in_array = false;
        token == b"ID"
    }

    /// Single glyphs that are placed one by one on a line are one word.
    fn moved(&mut self, on_the_line: bool) {
        if !on_the_line {
            self.part(b'\n');
        } else if self.last > 2 {
            self.part(b' ');
        }
    }

    fn show(&mut self) {
        self.last = self.strings.len();
        let room = (MOST as usize).saturating_sub(self.text.len());
        self.cut |= self.strings.len() > room;
        self.text.extend_from_slice(&self.strings[..self.strings.len().min(room)]);
    }

    fn part(&mut self, by: u8) {
        if self.text.last().is_some_and(|it| !matches!(it, b'\n' | b' ')) {
            self.text.push(by);
        }
    }
}

/// No blank, and none of the marks that end a word.
fn is_word(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'\t'
            | b'\n'
            | 0x0c
            | b'\r'
            | b' '
            | b'('
            | b')'
            | b'<'
            | b'>'
            | b'['
            | b']'
            | b'/'
            | b'%'
            | b'{'
            | b'}'
    )
}

/// Hands out what it reads, and then the words that stood in it.
pub struct WithWords<R> {
    from: R,
    words: Words,
    ended: bool,
    at: usize,
}

impl<R: Read> WithWords<R> {
    pub fn new(from: R) -> WithWords<R> {
        WithWords { from, words: Words::default(), ended: false, at: 0 }
    }

    /// Everything was read.
    pub fn ended(&self) -> bool {
        self.ended
    }

    pub fn cut(&self) -> bool {
        self.words.cut
    }
}

impl<R: Read> Read for WithWords<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.ended && !buffer.is_empty() {
            let got = self.from.read(buffer)?;
            if got > 0 {
                self.words.read(&buffer[..got]);
                return Ok(got);
            }
            self.ended = true;
            self.words.read(b"\n");
            if !self.words.text.is_empty() {
                self.words.text.insert(0, b'\n');
            }
        }
        let got = (&self.words.text[self.at.min(self.words.text.len())..]).read(buffer)?;
        self.at += got;
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(page: &str) -> String {
        let mut words = Words::default();
        words.read(page.as_bytes());
        words.read(b"\n");
        String::from_utf8(words.text).expect("the pages are ASCII")
    }

    #[test]
    fn strings_are_joined_unless_a_gap_parts_them() {
        for (page, text) in [
            ("BT /F1 12 Tf (one) Tj ET", "one\n"),
            ("BT [(on) -20 (e) 3.5 (two)] TJ ET", "onetwo\n"),
            ("BT [(one)-300(two)] TJ ET", "one two\n"),
            ("BT (a\\(b\\)\\\\c\\101\\\nd(e)) Tj ET", "a(b)\\cAd(e)\n"),
            ("BT <6F6e 65> Tj <7> Tj ET", "onep\n"),
            (
                "BT (one) Tj (two) Tj 0 -12 Td (three) Tj T* (four) Tj (five) ' ET",
                "onetwo\nthree\nfour\nfive\n",
            ),
            ("BT (a) Tj 5 0 Td (b) Tj 5 0 Td (c) Tj 9 0 Td (word) Tj 9 0 Td (next) Tj ET", "abcword next\n"),
            ("BT 1 0 0 1 5 9 Tm (a) Tj 1 0 0 1 8 9 Tm (b) Tj 1 0 0 1 5 2 Tm (c) Tj ET", "ab\nc\n"),
            ("<< /Length (5) >> (not shown) Tf % (comment) Tj\n(shown) Tj", "shown"),
            ("BI /W 2 ID (((\x01 EI BT (after) Tj ET", "after\n"),
        ] {
            assert_eq!(words(page), text, "{page}");
        }
    }
}
