//! What the build script has entered for the leads of the built-in rules, so that no start has to.

use super::table::Entered;

/// Leads whose entries are known.
#[derive(Default)]
pub struct Prepared {
    pub runs: Packed,
    pub grams: Packed,
}

/// Entries as they stand in the binary, eight bytes each.
#[derive(Clone, Copy, Default)]
pub struct Packed(&'static [u8]);

impl Prepared {
    /// Those of `builtin::leads()`, under their numbers there.
    pub fn builtin() -> Self {
        Self {
            runs: Packed(include_bytes!(concat!(env!("OUT_DIR"), "/runs.bin"))),
            grams: Packed(include_bytes!(concat!(env!("OUT_DIR"), "/grams.bin"))),
        }
    }
}

impl Packed {
    pub fn entered(self) -> impl Iterator<Item = Entered> + Clone {
        let (entries, _) = self.0.as_chunks();
        entries.iter().map(|bytes| Entered::from_bytes(*bytes))
    }
}
