//! RPM packages: a lead, two headers, and a compressed cpio archive. What is in the headers (scripts stand there) is text.

use std::io::{self, Read};

use super::{
    budget::damaged,
    kind::kind,
    read::{Exactly, Source},
    run::Run,
};

const LEAD: u64 = 96;

const MARK: &[u8] = b"\x8e\xad\xe8\x01";

pub fn read(run: &mut Run, source: &mut Source) -> io::Result<()> {
    run.skip(source, LEAD)?;
    let signature = header(run, source, b"signature")?;
    run.skip(source, (8 - signature % 8) % 8)?;
    header(run, source, b"header")?;
    if !run.goes_on() {
        return Ok(());
    }
    let head = source.peek(512)?;
    if !head.is_empty() && kind(head).is_none() {
        run.closed_member(b"payload", "unsupported: it is packed in a way that is not known");
    }
    run.member(b"payload", source, None);
    source.finish();
    Ok(())
}

/// Hands over what a header holds, and returns how long that is.
fn header(run: &mut Run, source: &mut Source, name: &[u8]) -> io::Result<u64> {
    if !run.goes_on() {
        return Ok(0);
    }
    let mut head = [0; 16];
    source.read_exact(&mut head)?;
    if !head.starts_with(MARK) {
        return Err(damaged("a header is none"));
    }
    let number = |at: usize| u64::from(u32::from_be_bytes(head[at..at + 4].try_into().expect("four bytes")));
    let (entries, len) = (number(8), number(12));
    run.skip(source, 16 * entries)?;
    let mut store = Exactly::new(&mut *source, len);
    run.member(name, &mut store, None);
    let left = store.left;
    run.skip(source, left)?;
    Ok(len)
}
