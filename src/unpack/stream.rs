//! Compressed streams: gzip, bzip2, xz, zstd. Frames that stand one behind the other read as one.

use std::io::{self, BufRead, Read};

use bstr::ByteSlice;
use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder, errors::FrameDecoderError};

use super::{
    budget::{Budget, Held, because, damaged},
    kind::{self, Kind},
    read::Source,
    run::{HEAD, Run},
};

/// The largest dictionary or window that a decoder may ask for, in bytes.
pub const DICTIONARY: u64 = 64 << 20;

/// What a stream's content is called if nothing says it.
const NAMELESS: &[u8] = b"content";

const ENDINGS: [(&[u8], &[u8]); 8] = [
    (b".gz", b""),
    (b".bz2", b""),
    (b".xz", b""),
    (b".zst", b""),
    (b".tgz", b".tar"),
    (b".tbz2", b".tar"),
    (b".txz", b".tar"),
    (b".tzst", b".tar"),
];

pub fn read(run: &mut Run, kind: Kind, source: &mut Source) -> io::Result<()> {
    let mut name = run.name().map_or_else(|| NAMELESS.to_vec(), inner_name);
    let mut frames = Frames::new(run.budget, kind, source)?;
    frames.next()?;
    if let State::Gzip(decoder) = &frames.state
        && let Some(header) = decoder.header()
    {
        if let Some(given) = header.filename().filter(|it| !it.is_empty()) {
            name = given.to_vec();
        }
        for (what, text) in [("gzip comment", header.comment()), ("gzip extra field", header.extra())] {
            if let Some(text) = text.filter(|it| !it.is_empty()) {
                run.text(what.as_bytes(), text);
            }
        }
    }
    run.member(&name, &mut frames, None);
    let failed = frames.failed;
    match frames.state {
        // What stands behind the last frame is left in the source, unless it is a container.
        State::Between(source) => {
            if kind::kind(source.peek(HEAD)?).is_some() {
                run.member(b"behind the stream", source, None);
            }
        }
        state => {
            let source = state.into_source();
            // A decoder that fails may have been given plain text behind a mark.
            if failed {
                source.back();
            } else {
                source.finish();
            }
        }
    }
    Ok(())
}

pub fn no_room() -> io::Error {
    because("over the budget of 192 MiB for decoders inside one another")
}

/// A name without what the packer appended.
fn inner_name(outer: &[u8]) -> Vec<u8> {
    for (ending, instead) in ENDINGS {
        let cut = outer.len().saturating_sub(ending.len());
        if cut > 0 && outer[cut..].eq_ignore_ascii_case(ending) {
            let name = outer[..cut].rsplit_str("/").next().unwrap_or_default();
            return [name, instead].concat();
        }
    }
    NAMELESS.to_vec()
}

/// All frames of a stream, decoded.
pub struct Frames<'s, 'a> {
    kind: Kind,
    state: State<'s, 'a>,
    failed: bool,
    _dictionary: Option<Held<'s>>,
}

enum State<'s, 'a> {
    Between(&'s mut Source<'a>),
    Gzip(Box<GzDecoder<&'s mut Source<'a>>>),
    Bzip2(BzDecoder<&'s mut Source<'a>>),
    Xz(Box<XzReader<&'s mut Source<'a>>>),
    Zstd(Box<FrameDecoder>, &'s mut Source<'a>),
    /// Only while one state becomes another.
    Moving,
}

impl<'s, 'a> State<'s, 'a> {
    fn into_source(self) -> &'s mut Source<'a> {
        match self {
            State::Between(source) => source,
            State::Gzip(decoder) => decoder.into_inner(),
            State::Bzip2(decoder) => decoder.into_inner(),
            State::Xz(decoder) => decoder.into_inner(),
            State::Zstd(_, source) => source,
            State::Moving => unreachable!("no state is left moving"),
        }
    }
}

impl<'s, 'a> Frames<'s, 'a> {
    pub fn new(budget: &'s Budget, kind: Kind, source: &'s mut Source<'a>) -> io::Result<Frames<'s, 'a>> {
        let _dictionary = match kind {
            Kind::Xz | Kind::Zstd => Some(budget.hold(DICTIONARY).ok_or_else(no_room)?),
            _ => None,
        };
        Ok(Frames { kind, state: State::Between(source), failed: false, _dictionary })
    }

    /// From between two frames into the next one, if there is one.
    fn next(&mut self) -> io::Result<bool> {
        let State::Between(source) = &mut self.state else { return Ok(true) };
        match self.kind {
            Kind::Zstd => skip_frames(source)?,
            // Files are filled up with zeros, and then another may have been appended.
            _ => skip_zeros(source)?,
        }
        let head = source.peek(10)?;
        let begins = match self.kind {
            Kind::Gzip => head.starts_with(b"\x1f\x8b\x08"),
            Kind::Bzip2 => head.starts_with(b"BZh"),
            Kind::Xz => head.starts_with(b"\xfd7zXZ\0"),
            _ => head.starts_with(b"\x28\xb5\x2f\xfd"),
        };
        if !begins {
            return Ok(false);
        }
        let State::Between(source) = std::mem::replace(&mut self.state, State::Moving) else {
            unreachable!("it is between frames")
        };
        self.state = match self.kind {
            Kind::Gzip => State::Gzip(Box::new(GzDecoder::new(source))),
            Kind::Bzip2 => State::Bzip2(BzDecoder::new(source)),
            Kind::Xz => {
                State::Xz(Box::new(XzReader::new_mem_limit(source, false, (DICTIONARY >> 10) as u32 + 1024)))
            }
            _ => {
                let mut decoder = Box::new(FrameDecoder::new());
                decoder.set_max_window_size(DICTIONARY);
                let begun = decoder.init(&mut *source);
                self.state = State::Zstd(decoder, source);
                return begun.map(|()| true).map_err(zstd_trouble);
            }
        };
        Ok(true)
    }
}

impl Read for Frames<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.failed {
            return Ok(0);
        }
        loop {
            let got = match &mut self.state {
                State::Between(_) => match self.next() {
                    Ok(true) => continue,
                    Ok(false) => return Ok(0),
                    Err(error) => Err(error),
                },
                State::Gzip(decoder) => decoder.read(buffer),
                State::Bzip2(decoder) => decoder.read(buffer),
                State::Xz(decoder) => decoder.read(buffer),
                State::Zstd(decoder, source) => blocks(decoder, source).and_then(|()| decoder.read(buffer)),
                State::Moving => unreachable!("no state is left moving"),
            };
            match got {
                Ok(0) => {
                    let source = std::mem::replace(&mut self.state, State::Moving).into_source();
                    self.state = State::Between(source);
                }
                Ok(got) => return Ok(got),
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }
}

/// Decodes until there is something to collect, or the frame ends.
fn blocks(decoder: &mut FrameDecoder, source: &mut Source) -> io::Result<()> {
    while decoder.can_collect() == 0 && !decoder.is_finished() {
        decoder.decode_blocks(&mut *source, BlockDecodingStrategy::UptoBlocks(1)).map_err(zstd_trouble)?;
    }
    Ok(())
}

fn zstd_trouble(error: FrameDecoderError) -> io::Error {
    match error {
        FrameDecoderError::WindowSizeTooBig { .. } => io::ErrorKind::OutOfMemory.into(),
        FrameDecoderError::DictNotProvided { .. } => because("its dictionary is not in it"),
        error => damaged(&error.to_string()),
    }
}

fn skip_zeros(source: &mut Source) -> io::Result<()> {
    loop {
        let zeros = source.fill_buf()?.iter().take_while(|it| **it == 0).count();
        if zeros == 0 {
            return Ok(());
        }
        source.consume(zeros);
    }
}

/// Passes over frames that are marked as not for decoders.
fn skip_frames(source: &mut Source) -> io::Result<()> {
    loop {
        let &[0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d] = source.peek(8)? else { return Ok(()) };
        let len = 8 + u64::from(u32::from_le_bytes([a, b, c, d]));
        if io::copy(&mut (&mut *source).take(len), &mut io::sink())? < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
