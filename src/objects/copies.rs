//! Finds the objects that a store holds more than once, so that each is visited once.

use super::store::Store;
use gix::hash::oid;
use rayon::prelude::*;

impl Store {
    /// For each pack, and last for the loose objects: whether the object of that name was there before, in a pack that
    /// comes earlier. Done for one first byte of the ids at a time, so that little memory is needed.
    pub(super) fn copies(&self) -> Vec<Vec<bool>> {
        let lens = self.packs.iter().map(|p| p.len() as usize).chain([self.loose.list.len()]);
        let mut copies: Vec<Vec<bool>> = lens.map(|len| vec![false; len]).collect();
        let found: Vec<Vec<(u32, u32)>> =
            (0..=u8::MAX).into_par_iter().map(|byte| self.copies_of(byte)).collect();
        for (source, name) in found.into_iter().flatten() {
            copies[source as usize][name as usize] = true;
        }
        copies
    }

    /// The source and the name of every later copy of an object whose id begins with `byte`.
    fn copies_of(&self, byte: u8) -> Vec<(u32, u32)> {
        let mut all: Vec<(&oid, u32, u32)> = Vec::new();
        for (number, pack) in self.packs.iter().enumerate() {
            let range = stretch(pack.len(), byte, |name| pack.id(name));
            all.extend(range.map(|name| (pack.id(name), number as u32, name)));
        }
        let loose = &self.loose.list;
        let range = stretch(loose.len() as u32, byte, |at| &loose[at as usize].0);
        all.extend(range.map(|at| (loose[at as usize].0.as_ref(), self.packs.len() as u32, at)));
        all.sort_unstable();
        all.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| (w[1].1, w[1].2)).collect()
    }
}

/// The names, of `len` in order, whose id begins with `byte`.
fn stretch<'a>(len: u32, byte: u8, id: impl Fn(u32) -> &'a oid) -> std::ops::Range<u32> {
    let first = |least: u16| {
        let (mut from, mut to) = (0, len);
        while from < to {
            let middle = from + (to - from) / 2;
            if u16::from(id(middle).first_byte()) < least {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    };
    let from = first(byte.into());
    from..first(u16::from(byte) + 1).max(from)
}
