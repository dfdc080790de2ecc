//! gzip and zlib out of an encoded run, never more than is allowed.

use zlib_rs::{Inflate, InflateFlush, Status};

use super::map::Step;

/// What every attempt is charged, as it costs time even if nothing comes of it.
pub const ATTEMPT: u64 = 256;

/// Bytes of what came out that must be read before it is believed to be text.
const LOOK: usize = 64;

/// Whether the bytes begin as gzip or zlib does.
pub fn magic(bytes: &[u8]) -> Option<Step> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some(Step::Gzip),
        [0x78, flags, ..] if (0x7800 + u32::from(*flags)) % 31 == 0 && flags & 0x20 == 0 => Some(Step::Zlib),
        _ => None,
    }
}

/// What came out, and whether there was more than `most` bytes.
pub struct Inflated {
    pub bytes: Vec<u8>,
    pub cut: bool,
}

/// Inflates what `more` gives piece by piece, as much as can be. What comes before an error counts, if it is text.
pub fn inflate(kind: Step, most: usize, more: &mut dyn FnMut() -> Option<Vec<u8>>) -> Option<Inflated> {
    super::work::count(ATTEMPT as usize);
    let mut state = Inflate::new(true, 32 + 15);
    let mut bytes = Vec::new();
    let (mut cut, mut whole) = (false, false);
    'pieces: while let Some(piece) = more() {
        let mut at = 0;
        loop {
            let (was_in, made) = (state.total_in(), state.total_out() as usize);
            if made == most {
                cut = true;
                break 'pieces;
            }
            if bytes.len() == made {
                bytes.resize((made * 2).clamp(4 << 10, made + (1 << 20)).min(most), 0);
            }
            let status = state.decompress(&piece[at..], &mut bytes[made..], InflateFlush::NoFlush);
            at += (state.total_in() - was_in) as usize;
            match status {
                Ok(Status::StreamEnd) => {
                    whole = true;
                    break 'pieces;
                }
                // Room is left, so it waits for more.
                Ok(_) if (state.total_out() as usize) < bytes.len() => continue 'pieces,
                Ok(_) => {}
                Err(_) => break 'pieces,
            }
        }
    }
    bytes.truncate(state.total_out() as usize);
    let look = &bytes[..bytes.len().min(LOOK)];
    let readable = look.iter().filter(|byte| super::chars::is_readable(**byte)).count();
    let text = look.len() >= 12 && readable * 10 >= look.len() * 9;
    let strong = kind == Step::Gzip && bytes.len() >= 12;
    (whole && !bytes.is_empty() || text || strong).then_some(Inflated { bytes, cut })
}
