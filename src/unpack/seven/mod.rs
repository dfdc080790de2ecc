//! 7z. Reads the coders that the packers use for text (LZMA, LZMA2, Deflate, bzip2, stored) and the filters for programs,
//! in a chain. What is encrypted, branches (BCJ2), or is packed by PPMd, zstd or others is told.

mod header;

use std::io::{self, BufReader, Read, SeekFrom};

use bzip2::bufread::BzDecoder;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::{
    Lzma2Reader, LzmaReader,
    filter::{bcj::BcjReader, delta::DeltaReader},
};

use super::{
    Input,
    budget::{because, damaged, fill, size, told},
    read::{Checked, Exactly},
    run::Run,
    stream::{DICTIONARY, no_room},
};

use header::{Coder, Header, Names, Streams};

const START: u64 = 32;

/// Bytes of a header, and what is unpacked of it.
const HEADER: u64 = 16 << 20;

pub fn read(run: &mut Run, input: &mut dyn Input, len: u64) -> io::Result<()> {
    let mut start = [0; START as usize];
    input.rewind()?;
    if fill(input, &mut start) < start.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let long = |at: usize| u64::from_le_bytes(start[at..at + 8].try_into().expect("eight bytes"));
    let (offset, header_len) = (long(12), long(20));
    if header_len == 0 {
        return Ok(());
    }
    let at = offset.checked_add(START).filter(|at| at.checked_add(header_len).is_some_and(|end| end <= len));
    let at = at.ok_or_else(|| damaged("the header is not where it should be"))?;
    let mut header =
        header_bytes(&mut Exactly::new(Stretch::new(input, at, header_len)?, header_len), header_len)?;
    let most = usize::try_from(run.limits.entries).unwrap_or(usize::MAX).saturating_add(1);
    // A header that was packed may have been packed again.
    for _ in 0..4 {
        let mut from = Header { bytes: &header, at: 0, most };
        match from.byte()? {
            0x01 => return files(run, input, len, from),
            0x17 => {
                let streams = from.streams()?;
                let [folder, ..] = &streams.folders[..] else { return Err(damaged("its header is empty")) };
                let unpacked = folder.size()?;
                let (pack_at, pack_len) = folder.packed(&streams, 0, len)?;
                let _held = run.budget.hold(DICTIONARY).ok_or_else(no_room)?;
                let mut decoder = folder.decoder(Stretch::new(input, pack_at, pack_len)?)?;
                header = header_bytes(&mut decoder, unpacked)?;
            }
            _ => break,
        }
    }
    Err(damaged("the header is none"))
}

fn header_bytes(from: &mut dyn Read, len: u64) -> io::Result<Vec<u8>> {
    if len > HEADER {
        return Err(because(format!("over the budget of {} for a header", size(HEADER))));
    }
    let mut bytes = Vec::new();
    from.take(len).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < len { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
}

/// Walks the folders, and the files in each.
fn files(run: &mut Run, input: &mut dyn Input, len: u64, mut from: Header) -> io::Result<()> {
    let mut streams = Streams::default();
    let mut names = Names::default();
    loop {
        match from.byte()? {
            0x00 => break,
            0x02 => from.properties()?,
            // Only for the program that made it.
            0x03 => drop(from.streams()?),
            0x04 => streams = from.streams()?,
            0x05 => {
                names = from.names()?;
                break;
            }
            _ => return Err(damaged("the header")),
        }
    }
    let mut first_pack = 0;
    let mut stated = streams.files.iter();
    for folder in &streams.folders {
        let here: Vec<_> = stated.by_ref().take(folder.files).collect();
        let budget = run.budget;
        let decoder = folder.packed(&streams, first_pack, len).and_then(|(at, len)| {
            let held = budget.hold(DICTIONARY).ok_or_else(no_room)?;
            Ok((held, folder.decoder(Stretch::new(input, at, len)?)?))
        });
        first_pack += folder.packs;
        let (_held, mut decoder) = match decoder {
            Ok(decoder) => decoder,
            Err(error) => {
                for _ in here {
                    let name = names.next(run);
                    run.closed_member(&name, told(&error));
                    if !run.goes_on() {
                        return Ok(());
                    }
                }
                continue;
            }
        };
        let mut broken = false;
        for file in here {
            let name = names.next(run);
            if !run.goes_on() {
                return Ok(());
            }
            // After an error, the decoder is not asked again.
            if broken {
                run.closed_member(&name, "what it is packed with was not read to its end");
                continue;
            }
            let mut data = Exactly::new(&mut decoder, file.size);
            let whole = run.whole_member(
                &name,
                &mut Checked::new(&mut data, file.sum.map(|sum| (file.size, sum))),
                None,
            );
            let left = data.left;
            broken = left > 0 && (!whole || run.pass(&mut decoder, left).is_err());
        }
    }
    // Those behind the last file that has bytes.
    while names.seen < names.count && run.goes_on() {
        names.next(run);
    }
    Ok(())
}

/// A stretch of the input.
struct Stretch<'i> {
    input: io::Take<&'i mut dyn Input>,
}

impl<'i> Stretch<'i> {
    fn new(input: &'i mut dyn Input, at: u64, len: u64) -> io::Result<Stretch<'i>> {
        input.seek(SeekFrom::Start(at))?;
        Ok(Stretch { input: input.take(len) })
    }
}

impl Read for Stretch<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

/// Files that were packed as one.
struct Folder {
    coders: Vec<Coder>,
    /// Which input is another's output.
    pairs: Vec<(u64, u64)>,
    packs: usize,
    sizes: Vec<u64>,
    sum: Option<u32>,
    files: usize,
}

impl Folder {
    /// The coder whose output is the folder's.
    fn last(&self) -> io::Result<usize> {
        (0..self.coders.len())
            .find(|at| !self.pairs.iter().any(|(_, out)| *out == *at as u64))
            .ok_or_else(|| damaged("its coders run in a circle"))
    }

    fn size(&self) -> io::Result<u64> {
        self.sizes.get(self.last()?).copied().ok_or_else(|| damaged("a size is missing"))
    }

    /// Where its packed bytes stand.
    fn packed(&self, streams: &Streams, first: usize, len: u64) -> io::Result<(u64, u64)> {
        let before = streams.packs.iter().take(first).try_fold(0_u64, |sum, it| sum.checked_add(*it));
        let at = before.and_then(|it| it.checked_add(streams.at)?.checked_add(START));
        let size = streams.packs.get(first).copied();
        match (at, size) {
            (Some(at), Some(size)) if at.checked_add(size).is_some_and(|end| end <= len) => Ok((at, size)),
            _ => Err(damaged("its bytes are not there")),
        }
    }

    /// From the packed bytes to the folder's.
    fn decoder<'r>(&self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        if let Some(coder) = self.coders.iter().find(|it| it.id == 0x06f1_0701) {
            return Err(because(format!(
                "encrypted{}",
                if coder.properties.is_empty() { " (unusually)" } else { "" }
            )));
        }
        if self.coders.iter().any(|it| it.ins != 1 || it.outs != 1) {
            return Err(because("unsupported: coders that branch"));
        }
        let mut chain = vec![self.last()?];
        while let Some((_, out)) = self.pairs.iter().find(|(into, _)| Some(&(*into as usize)) == chain.last())
        {
            let next = *out as usize;
            if chain.contains(&next) || next >= self.coders.len() {
                return Err(damaged("its coders run in a circle"));
            }
            chain.push(next);
        }
        let mut reader: Box<dyn Read + 'r> = Box::new(packed);
        for at in chain.into_iter().rev() {
            let size = self.sizes.get(at).copied().ok_or_else(|| damaged("a size is missing"))?;
            reader = self.coders[at].on(reader, size)?;
        }
        Ok(reader)
    }
}

impl Coder {
    fn on<'r>(&self, from: Box<dyn Read + 'r>, size: u64) -> io::Result<Box<dyn Read + 'r>> {
        // Nothing is copied from before the first byte.
        let dictionary = |stated: u64| -> io::Result<u32> {
            let used = stated.min(size).max(4096);
            if used > DICTIONARY { Err(io::ErrorKind::OutOfMemory.into()) } else { Ok(used as u32) }
        };
        Ok(match self.id {
            0x00 => from,
            0x03 => Box::new(DeltaReader::new(from, usize::from(self.property(0)?) + 1)),
            0x21 => {
                let bits = u64::from(self.property(0)?);
                let stated = if bits < 40 { (2 | bits & 1) << (bits / 2 + 11) } else { u64::from(u32::MAX) };
                Box::new(Lzma2Reader::new(BufReader::new(from), dictionary(stated)?, None))
            }
            0x03_01_01 => {
                let stated = u32::from_le_bytes([
                    self.property(1)?,
                    self.property(2)?,
                    self.property(3)?,
                    self.property(4)?,
                ]);
                let used = dictionary(u64::from(stated))?;
                Box::new(LzmaReader::new_with_props(
                    BufReader::new(from),
                    size,
                    self.property(0)?,
                    used,
                    None,
                )?)
            }
            0x04_01_08 => Box::new(DeflateDecoder::new(BufReader::new(from))),
            0x04_02_02 => Box::new(BzDecoder::new(BufReader::new(from))),
            0x03_03_01_03 | 0x04 => Box::new(BcjReader::new_x86(from, 0)),
            0x03_03_02_05 | 0x05 => Box::new(BcjReader::new_ppc(from, 0)),
            0x03_03_04_01 | 0x06 => Box::new(BcjReader::new_ia64(from, 0)),
            0x03_03_05_01 | 0x07 => Box::new(BcjReader::new_arm(from, 0)),
            0x03_03_07_01 | 0x08 => Box::new(BcjReader::new_arm_thumb(from, 0)),
            0x03_03_08_05 | 0x09 => Box::new(BcjReader::new_sparc(from, 0)),
            0x0a => Box::new(BcjReader::new_arm64(from, 0)),
            0x0b => Box::new(BcjReader::new_riscv(from, 0)),
            0x03_04_01 => return Err(because("unsupported: packed by PPMd")),
            other => return Err(because(format!("unsupported: coder {other:x}"))),
        })
    }

    fn property(&self, at: usize) -> io::Result<u8> {
        self.properties.get(at).copied().ok_or_else(|| damaged("the properties of a coder"))
    }
}
