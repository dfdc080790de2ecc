//! Tar: v7, ustar, pax, GNU. Promises to find the next header after a broken one, and to hand over what stands between.

use std::io::{self, BufRead, Read};

use bstr::ByteSlice;

use super::{
    budget::fill,
    read::{Exactly, Source},
    run::Run,
};

const BLOCK: usize = 512;

type Block = [u8; BLOCK];

/// Bytes of a long name or of a pax header. Longer ones are read as members, and name nothing.
const NAME: u64 = 1 << 20;

const BROKEN: &str = "damaged: something that is no header stands between the members";

/// Whether a tar archive begins so. Old ones have no mark, but the sum of a header must be right.
pub fn begins(head: &[u8]) -> bool {
    if head.get(257..262) == Some(b"ustar") {
        return true;
    }
    let Some(block) = head.first_chunk::<BLOCK>() else { return false };
    // Letters there, as in nearly every text, make it cheap.
    block[148..154].iter().all(|it| matches!(it, b' ' | b'0'..=b'7')) && block[0] != 0 && sum_is_right(block)
}

/// The sum was made with blanks in its own place, by some with signed bytes.
fn sum_is_right(block: &Block) -> bool {
    let Some(stated) = number(&block[148..156]) else { return false };
    let (mut plain, mut signed) = (8 * u64::from(b' '), 8 * i64::from(b' '));
    for byte in block[..148].iter().chain(&block[156..]) {
        plain += u64::from(*byte);
        signed += i64::from(*byte as i8);
    }
    stated == plain || i64::try_from(stated) == Ok(signed)
}

/// An octal number, or a binary one as GNU writes it.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let (high, low) = field.split_at(field.len().checked_sub(8)?);
        let clear = high.iter().enumerate().all(|(at, it)| *it == if at == 0 { 0x80 } else { 0 });
        return (clear && !high.is_empty()).then(|| u64::from_be_bytes(low.try_into().expect("eight bytes")));
    }
    let text = field.trim_with(|it| it == ' ' || it == '\0');
    text.iter().try_fold(0_u64, |sum, it| match it {
        b'0'..=b'7' => sum.checked_mul(8)?.checked_add(u64::from(it - b'0')),
        _ => None,
    })
}

fn until_nul(field: &[u8]) -> &[u8] {
    &field[..field.find_byte(0).unwrap_or(field.len())]
}

/// What is said ahead of a member about it.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
}

pub fn read(run: &mut Run, source: &mut Source) -> io::Result<()> {
    let mut ahead = Ahead::default();
    let mut ended = false;
    let mut broken = false;
    while run.goes_on() {
        let block = source.peek(BLOCK)?;
        if block.is_empty() {
            return Ok(());
        }
        let Some(block) = block.first_chunk::<BLOCK>().copied().filter(sum_is_right) else {
            // A block of zeros marks the end, but what follows it is looked at all the same.
            if block.iter().all(|it| *it == 0) {
                let len = block.len();
                source.consume(len);
                ended = true;
                continue;
            }
            if !ended && !broken {
                run.closed(BROKEN);
                broken = true;
            }
            run.member(b"between members", &mut Between { source, block: Vec::new() }, None);
            Between { source, block: Vec::new() }.pass(run)?;
            continue;
        };
        source.read_exact(&mut [0; BLOCK])?;
        ended = false;
        one(run, source, &block, &mut ahead)?;
    }
    Ok(())
}

fn one(run: &mut Run, source: &mut Source, block: &Block, ahead: &mut Ahead) -> io::Result<()> {
    let kind = block[156];
    let size = number(&block[124..136]);
    let own_name = || {
        let name = until_nul(&block[..100]);
        let prefix = until_nul(&block[345..500]);
        // GNU keeps other things where ustar keeps the prefix.
        if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
            [prefix, b"/", name].concat()
        } else {
            name.to_vec()
        }
    };
    if let (b'L' | b'K' | b'x' | b'X' | b'g', Some(len)) = (kind, size)
        && len <= NAME
    {
        let mut text = Vec::new();
        Exactly::new(&mut *source, len).read_to_end(&mut text)?;
        run.skip(source, padding(len))?;
        match kind {
            b'L' => ahead.name = Some(until_nul(&text).to_vec()),
            b'K' => ahead.target = Some(until_nul(&text).to_vec()),
            _ => {
                // It may say anything in attributes and comments.
                run.text(&own_name(), &text);
                if kind != b'g' {
                    pax(&text, ahead);
                }
            }
        }
        return Ok(());
    }
    let ahead = std::mem::take(ahead);
    let name = ahead.name.unwrap_or_else(own_name);
    let target = ahead.target.unwrap_or_else(|| until_nul(&block[157..257]).to_vec());
    match kind {
        b'1' | b'2' => run.member(&name, &mut target.as_slice(), None),
        // Devices, folders, pipes.
        b'3'..=b'6' => return Ok(()),
        b'S' => {
            // The map of holes goes on in blocks of its own. What is stored is the file without its holes.
            let mut more = block[482] != 0;
            while more && run.goes_on() {
                let mut map = [0; BLOCK];
                source.read_exact(&mut map)?;
                more = map[504] != 0;
            }
        }
        _ => {}
    }
    let Some(len) = ahead.size.or(size) else {
        run.closed_member(&name, "damaged: its size is no number");
        return Ok(());
    };
    if matches!(kind, b'1' | b'2') {
        return Ok(());
    }
    let mut data = Exactly::new(&mut *source, len);
    run.member(&name, &mut data, None);
    let left = data.left;
    run.skip(source, left)?;
    run.skip(source, padding(len))
}

fn padding(len: u64) -> u64 {
    (BLOCK as u64 - len % BLOCK as u64) % BLOCK as u64
}

/// Records of `length key=value\n`, the length counting all of it.
fn pax(text: &[u8], ahead: &mut Ahead) {
    let mut rest = text;
    while let Some((digits, _)) = rest.split_once_str(" ") {
        let Some(len) = digits.to_str().ok().and_then(|it| it.parse().ok()) else { return };
        let Some(record) = rest.get(digits.len() + 1..len) else { return };
        rest = &rest[len..];
        let Some((key, value)) = record.strip_suffix(b"\n").unwrap_or(record).split_once_str("=") else {
            return;
        };
        match key {
            b"path" | b"GNU.sparse.name" => ahead.name = Some(value.to_vec()),
            b"linkpath" => ahead.target = Some(value.to_vec()),
            b"size" => ahead.size = value.to_str().ok().and_then(|it| it.parse().ok()),
            _ => {}
        }
    }
}

/// What stands before the next header, or the next block of zeros.
struct Between<'x, 's> {
    source: &'x mut Source<'s>,
    /// What is left of a block that was handed out in part.
    block: Vec<u8>,
}

impl Between<'_, '_> {
    fn next(&mut self) -> io::Result<bool> {
        let block = self.source.peek(BLOCK)?;
        let ends = block.is_empty()
            || block.iter().all(|it| *it == 0)
            || block.first_chunk::<BLOCK>().is_some_and(sum_is_right);
        if !ends {
            self.block = vec![0; BLOCK];
            let got = fill(self.source, &mut self.block);
            self.block.truncate(got);
        }
        Ok(!ends)
    }

    /// Passes over what a visitor did not want.
    fn pass(&mut self, run: &mut Run) -> io::Result<()> {
        while self.next()? {
            if !run.goes_on() {
                break;
            }
        }
        Ok(())
    }
}

impl Read for Between<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.block.is_empty() && !buffer.is_empty() {
            self.next()?;
        }
        let got = self.block.as_slice().read(buffer)?;
        self.block.drain(..got);
        Ok(got)
    }
}
