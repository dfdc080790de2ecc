//! SQLite databases: the texts and blobs of every record, a record a line, with tabs between.
//!
//! Reads every page that looks like a leaf or an index, and needs no schema. Free pages keep their rows and are read too, which
//! is why a cell that makes no sense is passed over in silence: the raw bytes are scanned besides. Knows nothing of write-ahead logs.

use std::io::{self, Read, SeekFrom};

use super::{
    Input,
    budget::{damaged, fill, size},
    run::Run,
};

const HEADER: usize = 100;

/// B-tree pages that hold records: index branches, index leaves, table leaves.
const INDEX_BRANCH: u8 = 2;
const INDEX_LEAF: u8 = 10;
const TABLE_LEAF: u8 = 13;

/// Bytes of one record.
const RECORD: usize = 32 << 20;

pub fn read(run: &mut Run, input: &mut dyn Input, len: u64) -> io::Result<()> {
    let mut head = [0; HEADER];
    input.rewind()?;
    if fill(input, &mut head) < HEADER {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let page = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 1 << 16,
        stated if stated.is_power_of_two() && stated >= 512 => usize::from(stated),
        _ => return Err(damaged("the size of a page")),
    };
    // SQLite itself asks for 480 bytes.
    let usable = page - usize::from(head[20]);
    if usable < 480 {
        return Err(damaged("the size of a page"));
    }
    let pages = len / page as u64;
    let mut records = Records {
        input,
        page,
        usable,
        pages,
        encoding: head[59],
        next: 1,
        leaf: Leaf::default(),
        followed: 0,
        ready: Vec::new(),
        at: 0,
        trouble: (!len.is_multiple_of(page as u64)).then(|| "damaged: the last page is cut".to_owned()),
    };
    run.member(b"records", &mut records, None);
    match records.trouble {
        Some(why) if run.goes_on() => {
            run.closed_member(b"records", why);
            Ok(())
        }
        _ => Ok(()),
    }
}

struct Records<'i> {
    input: &'i mut dyn Input,
    page: usize,
    /// Bytes of a page without what is reserved at its end.
    usable: usize,
    pages: u64,
    encoding: u8,
    /// The next page, from 1 on.
    next: u64,
    leaf: Leaf,
    /// Overflow pages that were read: each belongs to one record.
    followed: u64,
    ready: Vec<u8>,
    at: usize,
    trouble: Option<String>,
}

/// A page, and where in it the reader stands.
#[derive(Default)]
struct Leaf {
    page: Vec<u8>,
    kind: u8,
    /// Where the position of the next cell stands.
    pointer: usize,
    /// Cells that are left.
    left: u16,
    /// Bytes of the cells so far.
    within: usize,
}

impl Leaf {
    fn new(page: Vec<u8>, start: usize) -> Leaf {
        let Some(&[kind, _, _, high, low, ..]) = page.get(start..start + 8) else { return Leaf::default() };
        let pointer = match kind {
            INDEX_BRANCH => start + 12,
            INDEX_LEAF | TABLE_LEAF => start + 8,
            _ => return Leaf::default(),
        };
        Leaf { page, kind, pointer, left: u16::from_be_bytes([high, low]), within: 0 }
    }

    /// Where the next cell begins, behind the number of its branch.
    fn cell(&self) -> Option<usize> {
        let &[high, low] = self.page.get(self.pointer..self.pointer + 2)? else { return None };
        let at = usize::from(u16::from_be_bytes([high, low]));
        Some(if self.kind == INDEX_BRANCH { at + 4 } else { at })
    }
}

impl Records<'_> {
    fn page(&mut self, number: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.page];
        self.input.seek(SeekFrom::Start((number - 1) * self.page as u64))?;
        let got = fill(self.input, &mut bytes);
        bytes.truncate(got);
        Ok(bytes)
    }

    fn trouble(&mut self, why: impl Into<String>) {
        self.trouble.get_or_insert(why.into());
    }

    /// Makes the next record ready, if there is one.
    fn advance(&mut self) -> io::Result<bool> {
        while self.leaf.left == 0 {
            if self.next > self.pages {
                return Ok(false);
            }
            let page = self.page(self.next)?;
            self.leaf = Leaf::new(page, if self.next == 1 { HEADER } else { 0 });
            self.next += 1;
        }
        let leaf = std::mem::take(&mut self.leaf);
        let mut within = leaf.within;
        if let Some(at) = leaf.cell()
            && let Some((payload, local)) = self.payload(&leaf.page, leaf.kind, at)?
        {
            within += local;
            self.line(&payload);
        }
        self.leaf = Leaf { left: leaf.left - 1, pointer: leaf.pointer + 2, within, ..leaf };
        if within > 2 * self.page {
            self.trouble("lying header: cells overlap one another");
            self.leaf.left = 0;
        }
        Ok(true)
    }

    /// The record of a cell, and how many bytes of it stand in the page.
    fn payload(&mut self, page: &[u8], kind: u8, at: usize) -> io::Result<Option<(Vec<u8>, usize)>> {
        let Some((len, mut at)) = varint(page, at) else { return Ok(None) };
        if kind == TABLE_LEAF {
            let Some((_, after)) = varint(page, at) else { return Ok(None) };
            at = after;
        }
        let usable = self.usable as u64;
        let most = if kind == TABLE_LEAF { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
        let local = if len <= most {
            len
        } else {
            let least = (usable - 12) * 32 / 255 - 23;
            let spread = least + (len - least) % (usable - 4);
            if spread <= most { spread } else { least }
        };
        let local = local as usize;
        let Some(first) = page.get(at..at + local) else { return Ok(None) };
        let mut payload = first.to_vec();
        let mut next = overflow(page, at + local).filter(|_| len > local as u64);
        while let Some(number) = next.filter(|it| *it > 0 && *it <= self.pages) {
            let missing = (len - payload.len() as u64).min(usable - 4) as usize;
            if missing == 0 {
                break;
            }
            if payload.len() + missing > RECORD {
                self.trouble(format!("over the budget of {} for one record", size(RECORD as u64)));
                break;
            }
            self.followed += 1;
            if self.followed > 2 * self.pages {
                self.trouble("lying header: records overlap one another");
                break;
            }
            let page = self.page(number)?;
            let Some(more) = page.get(4..4 + missing) else { break };
            payload.extend_from_slice(more);
            next = overflow(&page, 0);
        }
        Ok(Some((payload, local)))
    }

    fn line(&mut self, payload: &[u8]) {
        let Some((head_len, mut at)) = varint(payload, 0) else { return };
        let mut data = usize::try_from(head_len).unwrap_or(usize::MAX);
        let head_end = data.min(payload.len());
        let before = self.ready.len();
        while at < head_end {
            let Some((kind, after)) = varint(payload, at) else { break };
            at = after;
            let len = match kind {
                0 | 8 | 9 => 0,
                1..=4 => kind,
                5 => 6,
                6 | 7 => 8,
                10 | 11 => break,
                _ => (kind - 12) / 2,
            };
            let end = data.saturating_add(usize::try_from(len).unwrap_or(usize::MAX));
            if kind >= 12 {
                // What is there counts, if it is cut.
                let Some(value) = payload.get(data..end.min(payload.len())) else { break };
                if self.ready.len() > before {
                    self.ready.push(b'\t');
                }
                if kind % 2 == 1 && matches!(self.encoding, 2 | 3) {
                    self.wide(value);
                } else {
                    self.ready.extend_from_slice(value);
                }
            }
            data = end;
        }
        if self.ready.len() > before {
            self.ready.push(b'\n');
        }
    }

    fn wide(&mut self, value: &[u8]) {
        let units = value.chunks_exact(2).map(|it| match self.encoding {
            2 => u16::from_le_bytes([it[0], it[1]]),
            _ => u16::from_be_bytes([it[0], it[1]]),
        });
        let text: String =
            char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.ready.extend_from_slice(text.as_bytes());
    }
}

impl Read for Records<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() {
            self.ready.clear();
            self.at = 0;
            if !self.advance()? {
                return Ok(0);
            }
        }
        let got = (&self.ready[self.at..]).read(buffer)?;
        self.at += got;
        Ok(got)
    }
}

/// Seven bits a byte, the highest first; a ninth byte counts whole. And where it ends.
fn varint(bytes: &[u8], from: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for at in from..from + 8 {
        let byte = *bytes.get(at)?;
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    Some((value << 8 | u64::from(*bytes.get(from + 8)?), from + 9))
}

fn overflow(page: &[u8], at: usize) -> Option<u64> {
    page.get(at..at + 4).map(|it| u64::from(u32::from_be_bytes(it.try_into().expect("four bytes"))))
}
