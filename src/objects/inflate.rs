//! zlib, never trusting a size: whole streams into buffers of the stated size, or piecemeal for what is too large.

use super::problem::Fault;
use gix::zlib::{Decompress, FlushDecompress, Status};
use libdeflater::{DecompressionError, Decompressor};
use std::io::{self, BufRead, Read};

/// Deflate cannot make more than 1032 bytes of one; a little room for the headers of tiny streams.
pub(super) fn plausible(size: u64, compressed: u64) -> bool {
    size <= compressed.saturating_mul(1032).saturating_add(64)
}

/// Fill `out` from the zlib stream that `zlib` begins with; the stream must make exactly that many bytes.
/// Bytes behind the stream are not looked at. The stream's Adler-32 is checked.
pub(super) fn exact(fast: &mut Decompressor, zlib: &[u8], out: &mut [u8]) -> Result<(), Fault> {
    match fast.zlib_decompress(zlib, out) {
        Ok(made) if made == out.len() => Ok(()),
        Ok(_) => Err(Fault::Short),
        Err(DecompressionError::InsufficientSpace) => Err(Fault::Long),
        Err(DecompressionError::BadData) => Err(Fault::Zlib),
    }
}

/// A zlib stream read piecemeal that must make exactly `left` more bytes; whoever read to its end knows that it did,
/// and that its Adler-32 is right.
pub(super) struct Stream<R> {
    state: Decompress,
    input: R,
    left: u64,
    ended: bool,
    /// What was found wrong, for the caller: a reader can only say `io::Error`.
    pub(super) fault: Option<Fault>,
}

impl<R: BufRead> Stream<R> {
    pub(super) fn new(input: R, size: u64) -> Self {
        Self { state: Decompress::new(), input, left: size, ended: false, fault: None }
    }

    /// State the size after all: that of what has not been read yet.
    pub(super) fn expect(&mut self, left: u64) {
        self.left = left;
    }

    /// Up to `out.len()` bytes; zero at the end of the stream only.
    fn some(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            let input = self.input.fill_buf().map_err(|_| Fault::File)?;
            let (was_in, was_out) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, out, FlushDecompress::None).map_err(|_| Fault::Zlib)?;
            let taken = (self.state.total_in() - was_in) as usize;
            let made = (self.state.total_out() - was_out) as usize;
            let dry = input.is_empty();
            self.input.consume(taken);
            self.ended = matches!(status, Status::StreamEnd);
            if made > 0 || self.ended {
                return Ok(made);
            }
            if dry || taken == 0 {
                return Err(Fault::Zlib);
            }
        }
    }

    fn fill(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        if out.is_empty() {
            return Ok(0);
        }
        if self.left > 0 {
            let most = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
            let made = if self.ended { 0 } else { self.some(&mut out[..most])? };
            if made == 0 {
                return Err(Fault::Short);
            }
            self.left -= made as u64;
            return Ok(made);
        }
        // All bytes are there: the end, and with it the checksum, must follow.
        while !self.ended {
            if self.some(&mut [0])? > 0 {
                return Err(Fault::Long);
            }
        }
        Ok(0)
    }
}

impl<R: BufRead> Read for Stream<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = self.fault {
            return Err(io::Error::other(fault.why()));
        }
        self.fill(out).map_err(|fault| {
            self.fault = Some(fault);
            io::Error::other(fault.why())
        })
    }
}
