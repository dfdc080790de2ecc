//! PDF: every stream of the file, decoded, and what text it draws.
//!
//! Reads from front to back, and needs neither the cross-references nor any object. Pictures in a picture's own coding are
//! passed over. Glyphs of fonts that number them in their own way stay numbers.

mod text;

use std::{
    cell::Cell,
    io::{self, BufReader, Read, SeekFrom},
    ops::Range,
};

use bstr::ByteSlice;
use flate2::bufread::ZlibDecoder;

use super::{
    Input,
    budget::{because, fill, size},
    kind::kind,
    read::{Counted, Window},
    run::Run,
};
use text::{WithWords, Words};

/// Bytes before a stream in which its dictionary is looked for.
const DICTIONARY: u64 = 64 << 10;

/// Coded pictures and sounds: no text.
const PICTURES: [&[u8]; 6] = [b"DCTDecode", b"DCT", b"JPXDecode", b"CCITTFaxDecode", b"CCF", b"JBIG2Decode"];

pub fn read(run: &mut Run, input: &mut dyn Input, len: u64) -> io::Result<()> {
    let mut window = Window::default();
    if encrypted(&mut window, input, len)? {
        return Err(because("encrypted"));
    }
    let (mut at, mut fed) = (0, 0);
    while run.goes_on() {
        let Some(found) = window.find(input, &[b"stream"], at, len)? else { return Ok(()) };
        let before = at.max(found.saturating_sub(DICTIONARY));
        at = found + 6;
        let skip = match window.get(input, at, 2)? {
            Some(b"\r\n") => 2,
            Some([b'\r' | b'\n', _]) => 1,
            _ => continue,
        };
        let before = bytes(input, before, found)?;
        let Some(obj) = before.rfind(b"obj").filter(|_| !before.ends_with(b"end")) else { continue };
        let dictionary = plain_names(&before[obj..]);
        at += skip;
        if fed > 2 * len {
            run.closed("lying header: streams overlap one another; the rest was not read");
            return Ok(());
        }
        let name = name(&before[..obj], found);
        let (took, whole) = one(run, &mut window, input, &name, &dictionary, at..len)?;
        fed += took;
        // A stream that did not end of itself may have swallowed others.
        if whole {
            at += took;
        }
    }
    Ok(())
}

/// Whether a trailer says so.
fn encrypted(window: &mut Window, input: &mut dyn Input, len: u64) -> io::Result<bool> {
    let mut at = 0;
    while let Some(found) = window.find(input, &[b"/Encrypt"], at, len)? {
        at = found + 8;
        if window
            .get(input, at, 1)?
            .and_then(|it| it.first())
            .is_some_and(|it| b" \t\r\n<0123456789".contains(it))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn bytes(input: &mut dyn Input, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; to.saturating_sub(from) as usize];
    input.seek(SeekFrom::Start(from))?;
    let got = fill(input, &mut bytes);
    bytes.truncate(got);
    Ok(bytes)
}

/// `12 0 obj` gives `object 12 0`.
fn name(before: &[u8], at: u64) -> Vec<u8> {
    let line = before.trim_end();
    let start = line.iter().rposition(|it| !it.is_ascii_digit() && *it != b' ').map_or(0, |it| it + 1);
    let numbers = line[start..].trim();
    if numbers.is_empty() { format!("stream at {at}").into_bytes() } else { [b"object ", numbers].concat() }
}

/// Letters in names may be written as `#41`.
fn plain_names(dictionary: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(dictionary.len());
    let mut rest = dictionary;
    while let Some((first, after)) = rest.split_first() {
        let hex = |it: u8| (it as char).to_digit(16);
        match (first, after) {
            (b'#', [a, b, after @ ..]) if hex(*a).is_some() && hex(*b).is_some() => {
                out.push((hex(*a).unwrap_or(0) * 16 + hex(*b).unwrap_or(0)) as u8);
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

/// The value of a key: what follows it, up to the next key, or the end of the list.
fn value<'d>(dictionary: &'d [u8], keys: &[&[u8]]) -> Option<&'d [u8]> {
    keys.iter().find_map(|key| {
        let mut from = 0;
        while let Some(found) = dictionary[from..].find(key) {
            let rest = &dictionary[from + found + key.len()..];
            if !rest.first()?.is_ascii_alphanumeric() {
                return Some(rest.trim_start());
            }
            from += found + key.len();
        }
        None
    })
}

fn filters(dictionary: &[u8]) -> Vec<&[u8]> {
    let word = |name: &[u8]| name.find_byteset(b" \t\r\n/[]<>()").unwrap_or(name.len());
    match value(dictionary, &[b"/Filter", b"/F"]) {
        Some([b'/', name @ ..]) => vec![&name[..word(name)]],
        Some([b'[', list @ ..]) => {
            let list = &list[..list.find_byte(b']').unwrap_or(list.len())];
            list.split_str("/").skip(1).map(|name| &name[..word(name)]).collect()
        }
        _ => Vec::new(),
    }
}

/// Hands over one stream. Returns how many bytes it took, and whether it ended of itself.
fn one(
    run: &mut Run,
    window: &mut Window,
    input: &mut dyn Input,
    name: &[u8],
    dictionary: &[u8],
    within: Range<u64>,
) -> io::Result<(u64, bool)> {
    let filters = filters(dictionary);
    match filters[..] {
        [] => return stored(run, window, input, name, within),
        [b"FlateDecode" | b"Fl"] => {}
        _ if filters.iter().any(|it| PICTURES.contains(it)) => return Ok((0, false)),
        _ => {
            let names = filters.iter().map(|it| it.to_str_lossy()).collect::<Vec<_>>().join(", ");
            run.closed_member(name, format!("unsupported: coded by {names}"));
            return Ok((0, false));
        }
    }
    let foretold = value(dictionary, &[b"/Predictor"])
        .is_some_and(|it| !it.starts_with(b"1") || it.get(1).is_some_and(u8::is_ascii_digit));
    let known = [&b"/XRef"[..], b"/Image"].iter().any(|it| dictionary.contains_str(it));
    if foretold && !known {
        run.closed_member(name, "unsupported: coded by a predictor");
    }
    input.seek(SeekFrom::Start(within.start))?;
    let fed = Cell::new(0);
    let raw = Counted { inner: input, left: within.end - within.start, fed: &fed };
    let mut decoder = ZlibDecoder::new(BufReader::with_capacity(16 << 10, raw));
    let mut words = WithWords::new(&mut decoder);
    run.member(name, &mut words, None);
    let (whole, cut) = (words.ended(), words.cut());
    if cut {
        run.closed_member(
            name,
            format!("over the budget of {} for the text of one stream", size(text::MOST)),
        );
    }
    let took = if whole { decoder.total_in() } else { fed.get() };
    Ok((took, whole))
}

/// A stream that is stored as it is: its bytes are in the raw file, but not the words that it draws, and what else may be in it.
fn stored(
    run: &mut Run,
    window: &mut Window,
    input: &mut dyn Input,
    name: &[u8],
    within: Range<u64>,
) -> io::Result<(u64, bool)> {
    let end = window.find(input, &[b"endstream"], within.start, within.end)?.unwrap_or(within.end);
    let head = bytes(input, within.start, end.min(within.start + 512))?;
    input.seek(SeekFrom::Start(within.start))?;
    let mut raw = input.take(end - within.start);
    if kind(&head).is_some() {
        run.member(name, &mut raw, None);
    } else {
        let mut words = Words::default();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let got = fill(&mut raw, &mut buffer);
            words.read(&buffer[..got]);
            if got < buffer.len() {
                break;
            }
        }
        if !words.text().is_empty() {
            run.text(name, words.text());
        }
    }
    Ok((end - within.start, true))
}
