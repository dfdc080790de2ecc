//! Writers of containers, for those kinds that no crate at hand writes, or writes wrongly enough.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use lzma_rust2::{Lzma2Options, Lzma2Writer, XzOptions, XzWriter};

use super::gz;

pub fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut to = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

pub fn xz_with(bytes: &[u8], dictionary: u32) -> Vec<u8> {
    let mut options = XzOptions::with_preset(1);
    options.lzma_options.dict_size = dictionary;
    let mut to = XzWriter::new(Vec::new(), options).unwrap();
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

pub fn xz(bytes: &[u8]) -> Vec<u8> {
    xz_with(bytes, 1 << 20)
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut to = ZlibEncoder::new(Vec::new(), Compression::default());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

/// Both headers of an entry, as they are to be written, whatever the data.
#[derive(Clone)]
pub struct Raw {
    pub name: Vec<u8>,
    /// In the local header, if another.
    pub local_name: Option<Vec<u8>>,
    pub flags: u16,
    pub method: u16,
    pub sum: u32,
    pub size: u32,
    pub data: Vec<u8>,
    /// Listed in the central directory.
    pub listed: bool,
}

impl Raw {
    pub fn stored(name: &str, data: &[u8]) -> Raw {
        Raw {
            name: name.into(),
            local_name: None,
            flags: 0,
            method: 0,
            sum: crc32fast::hash(data),
            size: data.len() as u32,
            data: data.to_vec(),
            listed: true,
        }
    }

    pub fn packed(name: &str, method: u16, data: &[u8], packed: Vec<u8>) -> Raw {
        Raw { method, data: packed, ..Raw::stored(name, data) }
    }
}

pub fn raw_zip(entries: &[Raw]) -> Vec<u8> {
    let (mut out, mut directory, mut listed) = (Vec::new(), Vec::new(), 0_u16);
    for entry in entries {
        let at = out.len() as u32;
        let head = |name: &[u8]| {
            let mut head = Vec::new();
            for value in [20, entry.flags, entry.method, 0, 0] {
                head.extend(value.to_le_bytes());
            }
            for value in [entry.sum, entry.data.len() as u32, entry.size] {
                head.extend(value.to_le_bytes());
            }
            head.extend((name.len() as u16).to_le_bytes());
            head.extend([0, 0]);
            head
        };
        let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
        out.extend(b"PK\x03\x04");
        out.extend(head(local_name));
        out.extend(local_name);
        out.extend(&entry.data);
        if entry.listed {
            listed += 1;
            directory.extend(b"PK\x01\x02\x14\0");
            directory.extend(head(&entry.name));
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(&entry.name);
        }
    }
    let at = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(listed.to_le_bytes());
    out.extend(listed.to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

pub fn ar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in entries {
        out.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, bytes.len()).bytes());
        out.extend(*bytes);
        if out.len() % 2 == 1 {
            out.push(b'\n');
        }
    }
    out
}

/// A name, its mode, its bytes.
pub fn newc(entries: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, mode, bytes) in entries.iter().chain(&[("TRAILER!!!", 0, &b""[..])]) {
        out.extend(b"070701");
        for value in [1, *mode, 0, 0, 1, 0, bytes.len() as u32, 0, 0, 0, 0, name.len() as u32 + 1, 0] {
            out.extend(format!("{value:08x}").bytes());
        }
        out.extend(name.bytes().chain([0]));
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(*bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

pub fn odc(entries: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, mode, bytes) in entries.iter().chain(&[("TRAILER!!!", 0, &b""[..])]) {
        out.extend(
            format!("070707{:06o}{:06o}{mode:06o}{:06o}{:06o}{:06o}{:06o}{:011o}", 1, 1, 0, 0, 1, 0, 0)
                .bytes(),
        );
        out.extend(format!("{:06o}{:011o}{name}\0", name.len() + 1, bytes.len()).bytes());
        out.extend(*bytes);
    }
    out
}

pub fn rpm(script: &str, files: &[(&str, u32, &[u8])]) -> Vec<u8> {
    let mut out = b"\xed\xab\xee\xdb\x03\0".to_vec();
    out.resize(96, 0);
    for store in [&b"signed"[..], format!("name\0{script}\0").as_bytes()] {
        out.resize(out.len().next_multiple_of(8), 0);
        out.extend(b"\x8e\xad\xe8\x01\0\0\0\0");
        out.extend(1_u32.to_be_bytes());
        out.extend((store.len() as u32).to_be_bytes());
        out.extend([0; 16]);
        out.extend(store);
    }
    out.extend(gz(&newc(files)));
    out
}

pub fn class(strings: &[&str]) -> Vec<u8> {
    let mut out = b"\xca\xfe\xba\xbe\0\0\0\x34".to_vec();
    // A long takes two places.
    out.extend((strings.len() as u16 + 4).to_be_bytes());
    out.extend([5, 0, 0, 0, 0, 0, 0, 0, 7]);
    out.extend([7, 0, 4]);
    for string in strings {
        out.push(1);
        out.extend((string.len() as u16).to_be_bytes());
        out.extend(string.bytes());
    }
    out.extend(b"\0\x21 and the rest");
    out
}

fn varint(value: u64) -> Vec<u8> {
    let mut bytes = vec![(value & 0x7f) as u8];
    let mut rest = value >> 7;
    while rest > 0 {
        bytes.insert(0, (rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    bytes
}

/// A database of a schema page, and a page with a row for each value, long ones in overflow pages of 512 bytes.
pub fn sqlite(values: &[&[u8]], encoding: u8) -> Vec<u8> {
    const PAGE: usize = 512;
    let mut pages = vec![vec![0; PAGE], vec![0; PAGE]];
    let mut content = PAGE;
    let mut pointers: Vec<u8> = Vec::new();
    for (row, value) in values.iter().enumerate() {
        // A number, a text, and a null.
        let kind = varint(value.len() as u64 * 2 + 13);
        let mut payload = vec![kind.len() as u8 + 3, 1];
        payload.extend(&kind);
        payload.extend([0, 77]);
        payload.extend(*value);
        let most = PAGE - 35;
        let least = (PAGE - 12) * 32 / 255 - 23;
        let spread = least + payload.len().saturating_sub(least) % (PAGE - 4);
        let local = if payload.len() <= most {
            payload.len()
        } else if spread <= most {
            spread
        } else {
            least
        };
        let mut cell = varint(payload.len() as u64);
        cell.extend(varint(row as u64 + 1));
        cell.extend(&payload[..local]);
        if local < payload.len() {
            cell.extend((pages.len() as u32 + 1).to_be_bytes());
            let chunks: Vec<&[u8]> = payload[local..].chunks(PAGE - 4).collect();
            for (at, chunk) in chunks.iter().enumerate() {
                let next = if at + 1 < chunks.len() { pages.len() as u32 + 2 } else { 0 };
                let mut page = next.to_be_bytes().to_vec();
                page.extend(*chunk);
                page.resize(PAGE, 0);
                pages.push(page);
            }
        }
        content -= cell.len();
        pages[1][content..content + cell.len()].copy_from_slice(&cell);
        pointers.extend((content as u16).to_be_bytes());
    }
    let head = |count: usize, content: usize| {
        let mut head = vec![13, 0, 0];
        head.extend((count as u16).to_be_bytes());
        head.extend((content as u16).to_be_bytes());
        head.push(0);
        head
    };
    let leaf = [head(values.len(), content), pointers].concat();
    pages[1][..leaf.len()].copy_from_slice(&leaf);

    let mut row = vec![0, 1, 6, 23, 15, 15, 1, 13 + 2 * 21];
    row.extend(b"tablett\x02CREATE TABLE t(a,b,c)");
    row[0] = row.len() as u8 - 2;
    let at = PAGE - row.len();
    pages[0][at..].copy_from_slice(&row);
    let count = pages.len() as u32;
    let first = &mut pages[0];
    first[..16].copy_from_slice(b"SQLite format 3\0");
    first[16..24].copy_from_slice(&[2, 0, 1, 1, 0, 64, 32, 32]);
    first[27] = 1;
    first[28..32].copy_from_slice(&count.to_be_bytes());
    first[43] = 1;
    first[47] = 4;
    first[59] = encoding;
    first[95] = 1;
    first[100..108].copy_from_slice(&head(1, at));
    first[108..110].copy_from_slice(&(at as u16).to_be_bytes());
    pages.concat()
}

/// Objects with their dictionaries and data.
pub fn pdf(streams: &[(&str, &[u8])], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n".to_vec();
    for (at, (dictionary, data)) in streams.iter().enumerate() {
        out.extend(
            format!("{} 0 obj\n<< /Length {} {dictionary} >>\nstream\r\n", at + 2, data.len()).bytes(),
        );
        out.extend(*data);
        out.extend(b"\nendstream\nendobj\n");
    }
    out.extend(format!("trailer\n<< /Root 1 0 R {trailer} >>\n%%EOF\n").bytes());
    out
}

/// Files packed as one by LZMA2, their sums, their names, and a folder and an empty file without bytes.
pub fn seven(files: &[(&str, &[u8])]) -> Vec<u8> {
    let all: Vec<u8> = files.iter().flat_map(|it| it.1.iter().copied()).collect();
    let mut to = Lzma2Writer::new(Vec::new(), Lzma2Options::with_preset(1));
    to.write_all(&all).unwrap();
    let packed = to.finish().unwrap();
    let number = |value: usize| {
        let mut bytes = vec![0xf0];
        bytes.extend((value as u32).to_le_bytes());
        bytes
    };
    let mut header = vec![1, 4, 6];
    header.extend(number(0));
    header.extend([1, 9]);
    header.extend(number(packed.len()));
    header.extend([0, 7, 0x0b, 1, 0, 1, 0x21, 0x21, 1, 24, 0x0c]);
    header.extend(number(all.len()));
    header.extend([0, 8, 0x0d]);
    header.extend(number(files.len()));
    header.push(9);
    for (_, bytes) in &files[..files.len() - 1] {
        header.extend(number(bytes.len()));
    }
    header.extend([0x0a, 1]);
    for (_, bytes) in files {
        header.extend(crc32fast::hash(bytes).to_le_bytes());
    }
    header.extend([0, 0, 5]);
    header.extend(number(files.len() + 2));
    let names = files.iter().map(|it| it.0).chain(["folder", "empty.txt"]);
    let names: Vec<u8> =
        names.flat_map(|it| it.encode_utf16().chain([0])).flat_map(u16::to_le_bytes).collect();
    let mut empty = vec![0_u8; (files.len() + 2).div_ceil(8)];
    for at in [files.len(), files.len() + 1] {
        empty[at / 8] |= 0x80 >> (at % 8);
    }
    header.extend([0x0e, empty.len() as u8]);
    header.extend(empty);
    header.extend([0x0f, 1, 0x40, 0x11]);
    header.extend(number(names.len() + 1));
    header.push(0);
    header.extend(names);
    header.extend([0, 0]);
    let mut start = Vec::new();
    start.extend((packed.len() as u64).to_le_bytes());
    start.extend((header.len() as u64).to_le_bytes());
    start.extend(crc32fast::hash(&header).to_le_bytes());
    let mut out = b"7z\xbc\xaf\x27\x1c\0\x04".to_vec();
    out.extend(crc32fast::hash(&start).to_le_bytes());
    out.extend(start);
    out.extend(packed);
    out.extend(header);
    out
}
