//! Zip. Promises every entry of the central directory, also those of the same name, and every entry that only the local
//! headers know, where there is no directory, or where it leaves a gap.
//!
//! Neither of the two headers of an entry is believed: where they disagree, that is told, and the bytes decide.

use std::{
    cell::Cell,
    io::{self, BufReader, Read, SeekFrom},
};

use bstr::ByteSlice;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::LzmaReader;

use super::{
    Input,
    budget::{FREE, Share, damaged, fill, over_ratio, told},
    kind::Kind,
    read::{Checked, Counted, Exactly, Source, Window},
    run::Run,
    stream::{self, DICTIONARY, Frames},
};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const END64_AT: &[u8] = b"PK\x06\x07";

const LOCAL_LEN: usize = 30;
const CENTRAL_LEN: usize = 46;
const END_LEN: usize = 22;

/// Bytes that an entry of the directory has at most: three lengths of two bytes.
const LONGEST: u64 = CENTRAL_LEN as u64 + 3 * u16::MAX as u64;

/// Bytes of the end, with the longest comment.
const TAIL: usize = END_LEN + u16::MAX as usize;

const STORED: u16 = 0;
const DEFLATE: u16 = 8;
const LZMA: u16 = 14;

const OVERLAP: &str = "lying header: entries overlap one another; the rest was not read";

/// Headers say that a size stands elsewhere.
const ELSEWHERE: u64 = u32::MAX as u64;

pub fn read(run: &mut Run, input: &mut dyn Input, len: u64) -> io::Result<()> {
    let mut zip = Zip { window: Window::default(), input, len, taken: Vec::new(), fed: 0 };
    match zip.end()? {
        Some(end) => {
            if !end.comment.is_empty() {
                run.text(b"archive comment", &end.comment);
            }
            zip.listed(run, &end)?;
        }
        None => run.closed("damaged: no central directory; what its entries say themselves was read"),
    }
    zip.unlisted(run)
}

/// The mark of the end in a tail that reaches to the end of the file, and holds together with what stands before it.
pub fn end_within(tail: &[u8]) -> Option<usize> {
    let mut to = tail.len();
    while let Some(at) = tail[..to].rfind(END) {
        let comment = tail.get(at + 20..at + 22).map(|it| usize::from(short(it, 0)));
        if comment.is_some_and(|comment| at + END_LEN + comment <= tail.len()) {
            return Some(at);
        }
        to = at;
    }
    None
}

/// Whether an archive ends in these last bytes of a file, with a comment or with a few bytes behind it that are not its.
pub fn ends(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    // Most files are text, which has none.
    if memchr::memchr(0, tail).is_none() {
        return false;
    }
    tail.rfind_iter(END).any(|at| at + END_LEN == tail.len() || has_directory(tail, at))
}

/// Whether a directory stands before the mark of the end at `at`: these four bytes stand in programs as well.
fn has_directory(tail: &[u8], at: usize) -> bool {
    let Some(end) = tail.get(at..at + END_LEN) else { return false };
    let [disk, first, here, entries, comment] = [4, 6, 8, 10, 20].map(|field| short(end, field));
    if (disk, first) != (0, 0) || here != entries || entries == 0 {
        return false;
    }
    let (size, entries) = (word(end, 12), u64::from(entries));
    let begins = match at.checked_sub(size as usize) {
        Some(from) => tail[from..].starts_with(CENTRAL),
        // It begins before what is seen.
        None => (entries * CENTRAL_LEN as u64..=entries * LONGEST).contains(&size),
    };
    let wide = tail[at.saturating_sub(20)..].starts_with(END64_AT);
    (begins || wide) && at + END_LEN + usize::from(comment) <= tail.len()
}

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")))
}

fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

struct End {
    /// Where the central directory begins and where it must end.
    directory: (u64, u64),
    /// What stands before the archive: all positions count from there.
    base: u64,
    entries: u64,
    comment: Vec<u8>,
}

/// What one of the two headers of an entry says.
struct Entry {
    flags: u16,
    method: u16,
    sum: u32,
    packed: u64,
    size: u64,
    local: u64,
    /// By the central directory.
    listed: bool,
    name: Vec<u8>,
    comment: Vec<u8>,
}

impl Entry {
    fn encrypted(&self) -> bool {
        self.flags & 1 != 0 || self.method == 99
    }

    /// Sum and sizes stand behind the data.
    fn descriptor(&self) -> bool {
        self.flags & 8 != 0
    }

    fn stated(&self) -> Option<(u64, u32)> {
        (!self.open_ended()).then_some((self.size, self.sum))
    }

    /// Only the data itself knows its end.
    fn open_ended(&self) -> bool {
        !self.listed && self.descriptor() && self.packed == 0
    }
}

struct Zip<'i> {
    window: Window,
    input: &'i mut dyn Input,
    len: u64,
    /// Stretches that were read as something.
    taken: Vec<(u64, u64)>,
    /// Packed bytes that were given to decoders.
    fed: u64,
}

impl Zip<'_> {
    fn at(&mut self, at: u64, bytes: &mut [u8]) -> io::Result<usize> {
        self.input.seek(SeekFrom::Start(at))?;
        Ok(fill(self.input, bytes))
    }

    fn bytes(&mut self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len.min(usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX))];
        let got = self.at(at, &mut bytes)?;
        if got < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(bytes)
    }

    fn end(&mut self) -> io::Result<Option<End>> {
        let tail_len = self.len.min(TAIL as u64);
        let start = self.len - tail_len;
        let tail = self.bytes(start, tail_len as usize)?;
        let Some(found) = end_within(&tail) else { return Ok(None) };
        let at = start + found as u64;
        let end = &tail[found..];
        let comment = end[END_LEN..END_LEN + usize::from(short(end, 20))].to_vec();
        let (mut entries, mut size, mut offset) = (u64::from(short(end, 10)), word(end, 12), word(end, 16));
        let mut directory_end = at;
        if let Some(locator) = at.checked_sub(20)
            && let locator = self.bytes(locator, 20)?
            && locator.starts_with(END64_AT)
        {
            // Where it says, or right before it if something stands before the archive.
            for place in [long(&locator, 8), at.saturating_sub(20 + 56)] {
                if let Ok(end64) = self.bytes(place.min(self.len), 56)
                    && end64.starts_with(END64)
                {
                    (entries, size, offset) = (long(&end64, 32), long(&end64, 40), long(&end64, 48));
                    directory_end = place;
                    break;
                }
            }
        }
        // Positions count from the start of the archive, which need not be that of the file.
        let (mut first, mut base) = (offset, 0);
        if let Some(from_end) = directory_end.checked_sub(size)
            && self.bytes(from_end, 4).is_ok_and(|it| it == CENTRAL)
        {
            first = from_end;
            base = from_end.saturating_sub(offset);
        }
        self.taken.push((at, at + (END_LEN + comment.len()) as u64));
        Ok(Some(End { directory: (first.min(directory_end), directory_end), base, entries, comment }))
    }

    /// Reads what the central directory lists, whatever number it states.
    fn listed(&mut self, run: &mut Run, end: &End) -> io::Result<()> {
        let (mut at, to) = end.directory;
        let mut seen = 0_u64;
        while at + CENTRAL_LEN as u64 <= to && run.goes_on() {
            let Some(entry) = listed(&mut self.window, self.input, at, to)? else { break };
            self.taken.push((at, at + entry.1));
            at += entry.1;
            seen += 1;
            if !self.one(run, entry.0, end.base)? {
                return Ok(());
            }
        }
        // Two bytes count to 65,535, and programs go on from 0.
        if run.goes_on() && seen != end.entries && seen % (1 << 16) != end.entries {
            run.closed(format!("lying header: {} entries are stated, {seen} are listed", end.entries));
        }
        Ok(())
    }

    /// One entry of the directory. Returns whether to go on.
    fn one(&mut self, run: &mut Run, listed: Entry, base: u64) -> io::Result<bool> {
        if !listed.comment.is_empty() {
            run.text(&[&listed.name[..], b" (comment)"].concat(), &listed.comment);
        }
        let at = base.saturating_add(listed.local);
        let Some((local, data)) = self.local(at, self.len)? else {
            run.closed_member(&listed.name, "lying header: the directory points to no entry");
            return Ok(true);
        };
        let data_end = data.saturating_add(listed.packed).min(self.len);
        if let Some(what) = disagreement(&listed, &local) {
            run.closed_member(
                &listed.name,
                format!("lying header: the directory and the entry itself state different {what}"),
            );
        }
        if self.fed_enough() {
            run.closed(OVERLAP);
            return Ok(false);
        }
        // Where the packed data ends before its stated end, another entry may hide.
        let used = self.open(run, &listed, data, data_end)?;
        self.taken.push((at, data + used));
        if listed.method != local.method && !local.encrypted() && run.goes_on() {
            self.open(run, &local, data, data_end)?;
        }
        Ok(true)
    }

    /// The local header there, and where its data begins.
    fn local(&mut self, at: u64, to: u64) -> io::Result<Option<(Entry, u64)>> {
        let mut head = [0; LOCAL_LEN];
        if at.saturating_add(LOCAL_LEN as u64) > to
            || self.at(at, &mut head)? < LOCAL_LEN
            || !head.starts_with(LOCAL)
        {
            return Ok(None);
        }
        let (name_len, extra_len) = (usize::from(short(&head, 26)), usize::from(short(&head, 28)));
        let data = at + (LOCAL_LEN + name_len + extra_len) as u64;
        if data > to {
            return Ok(None);
        }
        let rest = self.bytes(at + LOCAL_LEN as u64, name_len + extra_len)?;
        self.fed += rest.len() as u64;
        let (name, extra) = rest.split_at(name_len);
        let mut entry = Entry {
            flags: short(&head, 6),
            method: short(&head, 8),
            sum: word(&head, 14) as u32,
            packed: word(&head, 18),
            size: word(&head, 22),
            local: at,
            listed: false,
            name: name.to_vec(),
            comment: Vec::new(),
        };
        wide(extra, [&mut entry.size, &mut entry.packed, &mut 0]);
        Ok(Some((entry, data)))
    }

    /// Decodes what stands in a stretch. Returns how much of it the packed data takes.
    fn open(&mut self, run: &mut Run, entry: &Entry, from: u64, to: u64) -> io::Result<u64> {
        let name = &entry.name[..];
        let packed = to - from;
        let mut used = packed;
        if name.ends_with(b"/") && from == to {
            return Ok(used);
        }
        if entry.encrypted() {
            run.closed_member(name, "encrypted");
            return Ok(used);
        }
        let share = Share {
            most: FREE.saturating_add(run.limits.ratio.saturating_mul(packed)),
            over: over_ratio(run.limits.ratio, packed),
        };
        self.input.seek(SeekFrom::Start(from))?;
        let fed = Cell::new(0);
        let raw = Counted { inner: self.input, left: packed, fed: &fed };
        // Where the size is not known, the stream must know its end.
        let mut raw = Exactly::new(raw, if entry.open_ended() { packed } else { entry.packed });
        match entry.method {
            STORED => run.member(name, &mut Checked::new(&mut raw, entry.stated()), Some(share)),
            DEFLATE => {
                let mut decoder = DeflateDecoder::new(BufReader::with_capacity(32 << 10, raw));
                if run.whole_member(name, &mut Checked::new(&mut decoder, entry.stated()), Some(share)) {
                    used = decoder.total_in();
                }
            }
            LZMA => {
                let budget = run.budget;
                match budget
                    .hold(DICTIONARY)
                    .ok_or_else(stream::no_room)
                    .and_then(|held| Ok((held, lzma(BufReader::new(raw), entry)?)))
                {
                    Ok((_held, mut decoder)) => {
                        run.member(name, &mut Checked::new(&mut decoder, entry.stated()), Some(share))
                    }
                    Err(error) => run.closed_member(name, told(&error)),
                }
            }
            12 | 93 | 95 => {
                let kind = match entry.method {
                    12 => Kind::Bzip2,
                    93 => Kind::Zstd,
                    _ => Kind::Xz,
                };
                let mut source = Source::new(&[], &mut raw);
                match Frames::new(run.budget, kind, &mut source) {
                    Ok(mut frames) => {
                        run.member(name, &mut Checked::new(&mut frames, entry.stated()), Some(share));
                    }
                    Err(error) => run.closed_member(name, told(&error)),
                }
            }
            other => run.closed_member(name, format!("unsupported: compression method {other}")),
        }
        self.fed += fed.get();
        Ok(used)
    }

    fn fed_enough(&self) -> bool {
        self.fed > self.len.saturating_mul(2)
    }

    /// Looks for entries where nothing was read yet.
    fn unlisted(&mut self, run: &mut Run) -> io::Result<()> {
        let mut taken = std::mem::take(&mut self.taken);
        taken.push((self.len, self.len));
        taken.sort_unstable();
        let mut at = 0;
        for (from, to) in taken {
            while at + LOCAL_LEN as u64 <= from && run.goes_on() {
                let Some(found) = self.window.find(self.input, &[LOCAL], at, from)? else { break };
                if self.fed_enough() {
                    run.closed(OVERLAP);
                    return Ok(());
                }
                at = self.one_unlisted(run, found, from)?;
            }
            at = at.max(to);
        }
        Ok(())
    }

    /// Reads an entry by its own header, and returns where to look on.
    fn one_unlisted(&mut self, run: &mut Run, at: u64, to: u64) -> io::Result<u64> {
        let Some((entry, data)) = self.local(at, to)? else { return Ok(at + 4) };
        let end = if entry.open_ended() {
            self.window.find(self.input, &[DESCRIPTOR, LOCAL, CENTRAL], data, to)?.unwrap_or(to)
        } else {
            data.saturating_add(entry.packed).min(to)
        };
        // A stream that knows its end may go on behind what only looks like a mark.
        let most = if entry.open_ended() && entry.method != STORED { to } else { end };
        self.open(run, &entry, data, most)?;
        Ok(end)
    }
}

/// What the headers of one entry do not agree on.
fn disagreement(listed: &Entry, local: &Entry) -> Option<&'static str> {
    // A directory may itself be encrypted, and then masks what the entries say.
    if listed.flags & (1 << 13) != 0 {
        return None;
    }
    let sizes = !local.descriptor() && (listed.packed, listed.size) != (local.packed, local.size);
    if listed.name != local.name {
        Some("names")
    } else if listed.method != local.method {
        Some("compression methods")
    } else if listed.encrypted() != local.encrypted() {
        Some("encryption")
    } else if sizes {
        Some("sizes")
    } else {
        None
    }
}

/// Sizes and a position of more than 32 bits stand in an extra field, each only if its place in the header is full.
fn wide(extra: &[u8], fields: [&mut u64; 3]) {
    let mut rest = extra;
    while rest.len() >= 4 {
        let (id, len) = (short(rest, 0), usize::from(short(rest, 2)));
        let Some(data) = rest.get(4..4 + len) else { return };
        if id == 1 {
            let mut values = data.chunks_exact(8);
            for field in fields {
                if *field == ELSEWHERE
                    && let Some(value) = values.next()
                {
                    *field = long(value, 0);
                }
            }
            return;
        }
        rest = &rest[4 + len..];
    }
}

/// LZMA as in zip: a version, the length of the properties, the properties.
fn lzma<R: Read>(mut raw: R, entry: &Entry) -> io::Result<LzmaReader<R>> {
    let mut head = [0; 9];
    raw.read_exact(&mut head)?;
    let dictionary = word(&head, 5);
    if short(&head, 2) != 5 {
        return Err(damaged("LZMA properties"));
    }
    if dictionary > DICTIONARY {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    // An end mark may stand in for the size.
    let size = if entry.flags & 2 != 0 || entry.open_ended() { u64::MAX } else { entry.size };
    LzmaReader::new_with_props(raw, size, head[4], dictionary as u32, None)
}

/// The entry of the central directory there, and how long it is.
fn listed(window: &mut Window, input: &mut dyn Input, at: u64, to: u64) -> io::Result<Option<(Entry, u64)>> {
    let Some(head) = window.get(input, at, CENTRAL_LEN)? else { return Ok(None) };
    if !head.starts_with(CENTRAL) {
        return Ok(None);
    }
    let [name_len, extra_len, comment_len] = [28, 30, 32].map(|it| usize::from(short(head, it)));
    let len = CENTRAL_LEN + name_len + extra_len + comment_len;
    if at + len as u64 > to {
        return Ok(None);
    }
    let Some(all) = window.get(input, at, len)? else { return Ok(None) };
    let (head, rest) = all.split_at(CENTRAL_LEN);
    let (name, rest) = rest.split_at(name_len);
    let (extra, comment) = rest.split_at(extra_len);
    let mut entry = Entry {
        flags: short(head, 8),
        method: short(head, 10),
        sum: word(head, 16) as u32,
        packed: word(head, 20),
        size: word(head, 24),
        local: word(head, 42),
        listed: true,
        name: name.to_vec(),
        comment: comment.to_vec(),
    };
    wide(extra, [&mut entry.size, &mut entry.packed, &mut entry.local]);
    Ok(Some((entry, len as u64)))
}
