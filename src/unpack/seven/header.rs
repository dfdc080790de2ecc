//! What the header of a 7z archive lists. No count in it is believed: each thing must stand there.

use std::io;

use super::{
    super::{
        budget::{because, damaged},
        run::Run,
    },
    Folder,
};

/// Coders of one folder.
const CODERS: usize = 8;

/// A file as the header has it.
pub(super) struct File {
    pub(super) size: u64,
    pub(super) sum: Option<u32>,
}

#[derive(Default)]
pub(super) struct Streams {
    pub(super) at: u64,
    pub(super) packs: Vec<u64>,
    pub(super) folders: Vec<Folder>,
    pub(super) files: Vec<File>,
}

pub(super) struct Coder {
    pub(super) id: u64,
    pub(super) properties: Vec<u8>,
    pub(super) ins: u64,
    pub(super) outs: u64,
}

/// The names of files that have bytes, and of those that have none.
#[derive(Default)]
pub(super) struct Names {
    pub(super) text: Vec<u8>,
    pub(super) at: usize,
    /// Files without bytes, and those of them that are no folders.
    pub(super) empty: Vec<bool>,
    pub(super) empty_files: Vec<bool>,
    pub(super) count: usize,
    pub(super) seen: usize,
    pub(super) seen_empty: usize,
}

impl Names {
    /// The name of the next file that has bytes. Those before it that have none are handed over.
    pub(super) fn next(&mut self, run: &mut Run) -> Vec<u8> {
        loop {
            let name = self.name();
            if self.seen >= self.count {
                return name;
            }
            let empty = self.empty.get(self.seen).copied().unwrap_or(false);
            self.seen += 1;
            if !empty {
                return name;
            }
            if self.empty_files.get(self.seen_empty) == Some(&true) {
                run.member(&name, &mut io::empty(), None);
            }
            self.seen_empty += 1;
        }
    }

    /// UTF-16, ended by a zero.
    fn name(&mut self) -> Vec<u8> {
        let rest = &self.text[self.at..];
        let units = rest.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]]));
        let units: Vec<u16> = units.take_while(|it| *it != 0).collect();
        self.at = (self.at + 2 * units.len() + 2).min(self.text.len());
        String::from_utf16_lossy(&units).into_bytes()
    }
}

pub(super) struct Header<'h> {
    pub(super) bytes: &'h [u8],
    pub(super) at: usize,
    /// Things of a kind.
    pub(super) most: usize,
}

impl<'h> Header<'h> {
    pub(super) fn byte(&mut self) -> io::Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, len: usize) -> io::Result<&'h [u8]> {
        let end = self.at.checked_add(len).filter(|it| *it <= self.bytes.len());
        let end = end.ok_or_else(|| damaged("the header ends too early"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// The leading ones of the first byte tell how many bytes follow; its other bits are the highest.
    fn number(&mut self) -> io::Result<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut value = 0;
        for at in 0..more {
            value |= u64::from(self.byte()?) << (8 * at);
        }
        let high = u64::from(first) & (0x7f_u64 >> more);
        Ok(if more < 7 { value | high << (8 * more) } else { value })
    }

    fn count(&mut self) -> io::Result<usize> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if count > self.most {
            return Err(because(format!("over the budget of {} members", self.most - 1)));
        }
        Ok(count)
    }

    fn bits(&mut self, count: usize) -> io::Result<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8))?;
        Ok((0..count).map(|at| bytes[at / 8] & (0x80 >> (at % 8)) != 0).collect())
    }

    fn sums(&mut self, count: usize) -> io::Result<Vec<Option<u32>>> {
        let stated = if self.byte()? != 0 { vec![true; count] } else { self.bits(count)? };
        stated
            .into_iter()
            .map(|is| {
                if !is {
                    return Ok(None);
                }
                Ok(Some(u32::from_le_bytes(self.take(4)?.try_into().expect("four bytes"))))
            })
            .collect()
    }

    /// Properties of the archive, of no use here.
    pub(super) fn properties(&mut self) -> io::Result<()> {
        while self.byte()? != 0 {
            let len = self.number()?;
            self.take(usize::try_from(len).unwrap_or(usize::MAX))?;
        }
        Ok(())
    }

    pub(super) fn streams(&mut self) -> io::Result<Streams> {
        let mut streams = Streams::default();
        let mut listed = false;
        loop {
            match self.byte()? {
                0x00 => break,
                0x06 => self.packs(&mut streams)?,
                0x07 => self.folders(&mut streams)?,
                0x08 => {
                    self.substreams(&mut streams)?;
                    listed = true;
                }
                _ => return Err(damaged("the header")),
            }
        }
        if !listed {
            for folder in &streams.folders {
                streams.files.push(File { size: folder.size()?, sum: folder.sum });
            }
        }
        Ok(streams)
    }

    fn packs(&mut self, streams: &mut Streams) -> io::Result<()> {
        streams.at = self.number()?;
        let count = self.count()?;
        loop {
            match self.byte()? {
                0x00 => return Ok(()),
                0x09 => streams.packs = (0..count).map(|_| self.number()).collect::<io::Result<_>>()?,
                0x0a => drop(self.sums(count)?),
                _ => return Err(damaged("the header")),
            }
        }
    }

    fn folders(&mut self, streams: &mut Streams) -> io::Result<()> {
        if self.byte()? != 0x0b {
            return Err(damaged("the header"));
        }
        let count = self.count()?;
        if self.byte()? != 0 {
            return Err(because("unsupported: a header in parts"));
        }
        let mut coders = 0;
        for _ in 0..count {
            let folder = self.folder()?;
            coders += folder.coders.len();
            if coders > self.most {
                return Err(because("over the budget of coders"));
            }
            streams.folders.push(folder);
        }
        loop {
            match self.byte()? {
                0x00 => return Ok(()),
                0x0c => {
                    for folder in &mut streams.folders {
                        let outs = folder.coders.iter().map(|it| it.outs).sum();
                        folder.sizes = (0..outs).map(|_| self.number()).collect::<io::Result<_>>()?;
                    }
                }
                0x0a => {
                    let sums = self.sums(count)?;
                    for (folder, sum) in streams.folders.iter_mut().zip(sums) {
                        folder.sum = sum;
                    }
                }
                _ => return Err(damaged("the header")),
            }
        }
    }

    fn folder(&mut self) -> io::Result<Folder> {
        let count = self.number()? as usize;
        if count == 0 || count > CODERS {
            return Err(damaged("the number of coders"));
        }
        let mut coders = Vec::new();
        for _ in 0..count {
            let flags = self.byte()?;
            let id_len = usize::from(flags & 15);
            if id_len > 8 {
                return Err(damaged("the name of a coder"));
            }
            let id = self.take(id_len)?.iter().fold(0, |id, it| id << 8 | u64::from(*it));
            let (ins, outs) = if flags & 0x10 != 0 { (self.number()?, self.number()?) } else { (1, 1) };
            if ins > 8 || outs > 8 {
                return Err(damaged("the streams of a coder"));
            }
            let mut properties = &[][..];
            if flags & 0x20 != 0 {
                let len = self.number()?;
                properties = self.take(usize::try_from(len).unwrap_or(usize::MAX))?;
            }
            // No coder has more to say than a few bytes.
            let properties = properties[..properties.len().min(64)].to_vec();
            coders.push(Coder { id, properties, ins, outs });
        }
        let ins: u64 = coders.iter().map(|it| it.ins).sum();
        let outs: u64 = coders.iter().map(|it| it.outs).sum();
        let pairs =
            (1..outs).map(|_| Ok((self.number()?, self.number()?))).collect::<io::Result<Vec<_>>>()?;
        let packs = ins.checked_sub(pairs.len() as u64).filter(|it| *it > 0);
        let packs = packs.ok_or_else(|| damaged("the streams of a folder"))? as usize;
        if packs > 1 {
            for _ in 0..packs {
                self.number()?;
            }
        }
        Ok(Folder { coders, pairs, packs, sizes: Vec::new(), sum: None, files: 1 })
    }

    fn substreams(&mut self, streams: &mut Streams) -> io::Result<()> {
        let mut next = self.byte()?;
        if next == 0x0d {
            let mut all = 0_usize;
            for folder in &mut streams.folders {
                folder.files = self.count()?;
                all = all.saturating_add(folder.files);
            }
            if all > self.most {
                return Err(because(format!("over the budget of {} members", self.most - 1)));
            }
            next = self.byte()?;
        }
        // The last size of each folder is what is left of it.
        let stated = next == 0x09;
        for folder in &streams.folders {
            let mut left = folder.size()?;
            for file in 0..folder.files {
                let size = if file + 1 == folder.files {
                    left
                } else if stated {
                    self.number()?
                } else {
                    return Err(damaged("the sizes of files"));
                };
                left = left.checked_sub(size).ok_or_else(|| damaged("the sizes of files"))?;
                streams.files.push(File { size, sum: None });
            }
        }
        if stated {
            next = self.byte()?;
        }
        if next == 0x0a {
            // A folder of one file has its sum already.
            let unknown =
                |folder: &Folder| if folder.files == 1 && folder.sum.is_some() { 0 } else { folder.files };
            let count = streams.folders.iter().map(unknown).sum();
            let mut sums = self.sums(count)?.into_iter();
            let mut files = streams.files.iter_mut();
            for folder in &streams.folders {
                for file in files.by_ref().take(folder.files) {
                    file.sum = if unknown(folder) == 0 { folder.sum } else { sums.next().flatten() };
                }
            }
            next = self.byte()?;
        }
        if next == 0 { Ok(()) } else { Err(damaged("the header")) }
    }

    pub(super) fn names(&mut self) -> io::Result<Names> {
        let count = self.count()?;
        let mut names = Names { count, ..Names::default() };
        loop {
            let kind = self.byte()?;
            if kind == 0 {
                return Ok(names);
            }
            let len = usize::try_from(self.number()?).unwrap_or(usize::MAX);
            let mut part = Header { bytes: self.take(len)?, at: 0, most: self.most };
            match kind {
                0x0e => names.empty = part.bits(count)?,
                0x0f => {
                    let empty = names.empty.iter().filter(|it| **it).count();
                    names.empty_files = part.bits(empty)?;
                }
                0x11 => {
                    if part.byte()? != 0 {
                        return Err(because("unsupported: a header in parts"));
                    }
                    names.text = part.bytes[1..].to_vec();
                }
                _ => {}
            }
        }
    }
}
