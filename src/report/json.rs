//! JSON Lines (one object a line, the summary last) and the same in one object.
//!
//! A path or author that is not UTF-8 is written with U+FFFD for what is not; `path_bytes` then has the
//! path in hex. Characters that a terminal would act on are written as `\u` escapes, which changes
//! nothing for whoever parses it.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::{escape::unsafe_to_show, shown::View};

pub fn write_lines(view: &View, out: &mut dyn Write) -> io::Result<()> {
    for finding in view.findings() {
        value(&Line { kind: "finding", rest: finding }, out)?;
        writeln!(out)?;
    }
    value(&Line { kind: "summary", rest: view.summary() }, out)?;
    writeln!(out)
}

pub fn write_object(view: &View, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"findings\":[")?;
    for (index, finding) in view.findings().enumerate() {
        writeln!(out, "{}", if index == 0 { "" } else { "," })?;
        value(&Line { kind: "finding", rest: finding }, out)?;
    }
    write!(out, "\n],\"summary\":")?;
    value(&Line { kind: "summary", rest: view.summary() }, out)?;
    writeln!(out, "}}")
}

/// Writes any value as JSON that is safe to print.
pub fn value(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Printable)).map_err(io::Error::from)
}

#[derive(Serialize)]
struct Line<T> {
    kind: &'static str,
    #[serde(flatten)]
    rest: T,
}

struct Printable;

impl Formatter for Printable {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = CompactFormatter;
        let mut done = 0;
        for (at, character) in fragment.char_indices().filter(|&(_, character)| unsafe_to_show(character)) {
            plain.write_string_fragment(out, &fragment[done..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            done = at + character.len_utf8();
        }
        plain.write_string_fragment(out, &fragment[done..])
    }
}
