//! Java class files: the strings of the constant pool, one a line. In the file, a byte of its length stands right before
//! each, which may be a letter. What follows the pool stays as it is.

use std::io::{self, Read};

/// The text of a class file.
pub struct Constants<R> {
    from: R,
    /// Entries that are left of the pool; without them, the rest is raw.
    left: u16,
    begun: bool,
    ready: Vec<u8>,
    at: usize,
    /// Whether what follows the pool is wanted.
    all: bool,
}

impl<R: Read> Constants<R> {
    pub fn new(from: R, all: bool) -> Constants<R> {
        Constants { from, left: 0, begun: false, ready: Vec::new(), at: 0, all }
    }

    /// As many bytes as there are, up to this many.
    fn bytes(&mut self, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(len);
        (&mut self.from).take(len as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Makes the next line ready. Nothing is ready at the end of the pool.
    fn next(&mut self) -> io::Result<()> {
        if !self.begun {
            self.begun = true;
            let head = self.bytes(10)?;
            self.left = match head[..] {
                [.., high, low] if head.len() == 10 => u16::from_be_bytes([high, low]).saturating_sub(1),
                _ => 0,
            };
        }
        while self.left > 0 && self.ready.is_empty() {
            self.left -= 1;
            let tag = self.bytes(1)?;
            match tag.first() {
                Some(1) => {
                    let len = self.bytes(2)?;
                    let len = if let [high, low] = len[..] { u16::from_be_bytes([high, low]) } else { 0 };
                    self.ready = self.bytes(usize::from(len))?;
                    self.ready.push(b'\n');
                }
                Some(3 | 4 | 9..=12 | 17 | 18) => drop(self.bytes(4)?),
                // These take two places.
                Some(5 | 6) => {
                    self.bytes(8)?;
                    self.left = self.left.saturating_sub(1);
                }
                Some(7 | 8 | 16 | 19 | 20) => drop(self.bytes(2)?),
                Some(15) => drop(self.bytes(3)?),
                // No class file after all: all else is raw.
                other => {
                    self.ready.extend(other);
                    self.left = 0;
                    self.all = true;
                }
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Constants<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.ready.len() {
            self.ready.clear();
            self.at = 0;
            self.next()?;
            if self.ready.is_empty() {
                return if self.all { self.from.read(buffer) } else { Ok(0) };
            }
        }
        let got = (&self.ready[self.at..]).read(buffer)?;
        self.at += got;
        Ok(got)
    }
}
