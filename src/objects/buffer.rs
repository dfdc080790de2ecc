//! Buffers that are used again. Their bytes stay initialised, so that taking one costs no clearing.

/// Buffers larger than this go back to the allocator.
const LARGEST_KEPT: usize = 8 << 20;
/// A worker keeps no more than this in spare buffers.
const MOST_KEPT: usize = 24 << 20;

/// A byte buffer with room for more than it holds.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    room: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// Make it `len` bytes long; what they are is left open.
    pub(super) fn sized(&mut self, len: usize) -> &mut [u8] {
        if self.room.len() < len {
            let room = len + len / 4; // objects of a family grow bit by bit
            self.room.clear();
            self.room.reserve_exact(room);
            self.room.resize(room, 0);
        }
        (self.start, self.end) = (0, len);
        &mut self.room[..len]
    }

    /// Leave the first `n` bytes out of it.
    pub(super) fn skip(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
    }

    /// Give the memory back if it is much.
    pub(super) fn shrink(&mut self) {
        if self.room.len() > LARGEST_KEPT {
            *self = Self::default();
        }
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.room[self.start..self.end]
    }
}

/// The spare buffers of one worker.
#[derive(Default)]
pub(super) struct Spares {
    list: Vec<Buffer>,
    held: usize,
}

impl Spares {
    pub(super) fn take(&mut self) -> Buffer {
        let buffer = self.list.pop().unwrap_or_default();
        self.held -= buffer.room.len();
        buffer
    }

    pub(super) fn give(&mut self, mut buffer: Buffer) {
        buffer.shrink();
        if self.held + buffer.room.len() <= MOST_KEPT {
            self.held += buffer.room.len();
            self.list.push(buffer);
        }
    }
}
