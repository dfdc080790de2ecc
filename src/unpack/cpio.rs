//! cpio: the portable forms, `newc` (with or without sums) and `odc`. What follows the trailer is looked at too: an initial
//! RAM disk has a compressed archive there.

use std::io::{self, Read};

use super::{
    budget::{because, damaged},
    read::{Exactly, Source},
    run::Run,
};

/// Bytes of a name.
const NAME: u64 = 64 << 10;

const FOLDER: u64 = 0o4;

struct Header {
    mode: u64,
    name: u64,
    data: u64,
    len: usize,
    /// Name and data begin at multiples of this.
    align: u64,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let field = |from: usize, len: usize, radix: u32| {
        let digits = bytes.get(from..from + len)?;
        // No sign is a digit.
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
    };
    match bytes.get(..6)? {
        b"070701" | b"070702" => {
            let field = |at: usize| field(6 + 8 * at, 8, 16);
            Some(Header { mode: field(1)?, data: field(6)?, name: field(11)?, len: 110, align: 4 })
        }
        b"070707" => Some(Header {
            mode: field(18, 6, 8)?,
            name: field(59, 6, 8)?,
            data: field(65, 11, 8)?,
            len: 76,
            align: 1,
        }),
        _ => None,
    }
}

pub fn read(run: &mut Run, source: &mut Source) -> io::Result<()> {
    while run.goes_on() {
        let bytes = source.peek(110)?;
        if bytes.starts_with(b"07070X") {
            return Err(because("unsupported: a cpio archive that leaves its headers to the RPM package"));
        }
        let Some(header) = header(bytes) else { return Err(damaged("a header is none")) };
        if header.name > NAME {
            return Err(damaged("the length of a name"));
        }
        let mut name = vec![0; header.name as usize];
        source.read_exact(&mut vec![0; header.len])?;
        source.read_exact(&mut name)?;
        while name.last() == Some(&0) {
            name.pop();
        }
        let gap = |len: u64| (header.align - len % header.align) % header.align;
        run.skip(source, gap(header.len as u64 + header.name))?;
        if name == b"TRAILER!!!" && header.data == 0 {
            return behind(run, source);
        }
        if header.mode >> 12 != FOLDER || header.data > 0 {
            let mut data = Exactly::new(&mut *source, header.data);
            run.member(&name, &mut data, None);
            let left = data.left;
            run.skip(source, left)?;
        }
        run.skip(source, gap(header.data))?;
    }
    Ok(())
}

/// Blocks are filled up with zeros, and then another archive may follow.
fn behind(run: &mut Run, source: &mut Source) -> io::Result<()> {
    while let Some(at) = source.peek(512)?.iter().position(|it| *it != 0).or(Some(512)) {
        let zeros = at.min(source.peek(512)?.len());
        source.read_exact(&mut vec![0; zeros])?;
        if zeros < 512 {
            break;
        }
    }
    if !source.peek(1)?.is_empty() {
        run.member(b"behind the trailer", source, None);
    }
    Ok(())
}
