//! What a container is, told by its first bytes. Promises a few comparisons and no belief in names.

use super::{tar, zip};

/// A kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Zip,
    Tar,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
    SevenZip,
    Ar,
    Cpio,
    Rpm,
    Pdf,
    Sqlite,
    Class,
}

impl Kind {
    pub const ALL: [Kind; 13] = [
        Kind::Zip,
        Kind::Tar,
        Kind::Gzip,
        Kind::Bzip2,
        Kind::Xz,
        Kind::Zstd,
        Kind::SevenZip,
        Kind::Ar,
        Kind::Cpio,
        Kind::Rpm,
        Kind::Pdf,
        Kind::Sqlite,
        Kind::Class,
    ];

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Zip => "zip archive",
            Kind::Tar => "tar archive",
            Kind::Gzip => "gzip stream",
            Kind::Bzip2 => "bzip2 stream",
            Kind::Xz => "xz stream",
            Kind::Zstd => "zstd stream",
            Kind::SevenZip => "7z archive",
            Kind::Ar => "ar archive",
            Kind::Cpio => "cpio archive",
            Kind::Rpm => "RPM package",
            Kind::Pdf => "PDF document",
            Kind::Sqlite => "SQLite database",
            Kind::Class => "Java class file",
        }
    }

    /// Cannot be read from front to back: an inner one is held in memory.
    pub fn seeks(self) -> bool {
        matches!(self, Kind::Zip | Kind::SevenZip | Kind::Pdf | Kind::Sqlite)
    }

    /// One stream of compressed bytes, in which there may be anything.
    pub fn compresses(self) -> bool {
        matches!(self, Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd)
    }
}

/// What begins with these bytes: give 512 of them if there are so many.
pub fn kind(head: &[u8]) -> Option<Kind> {
    let kind = match *head.first()? {
        b'P' if head.starts_with(b"PK") => {
            let sign = head.get(2..4)?;
            let known = [b"\x03\x04", b"\x05\x06", b"\x07\x08"].iter().any(|it| sign == *it);
            known.then_some(Kind::Zip)
        }
        0x1f => (head.starts_with(b"\x1f\x8b\x08") && head.get(3)? & 0xe0 == 0).then_some(Kind::Gzip),
        b'B' => {
            let block = head.get(4..10)?;
            let known = block == b"1AY&SY" || block == b"\x17\x72\x45\x38\x50\x90";
            (head.starts_with(b"BZh") && matches!(head[3], b'1'..=b'9') && known).then_some(Kind::Bzip2)
        }
        0xfd => head.starts_with(b"\xfd7zXZ\0").then_some(Kind::Xz),
        0x28 => head.starts_with(b"\x28\xb5\x2f\xfd").then_some(Kind::Zstd),
        // A frame to be skipped may stand first.
        0x50..=0x5f if head.get(1..4)? == b"\x2a\x4d\x18" => Some(Kind::Zstd),
        b'7' => head.starts_with(b"7z\xbc\xaf\x27\x1c").then_some(Kind::SevenZip),
        b'!' => head.starts_with(b"!<arch>\n").then_some(Kind::Ar),
        b'0' => {
            let sign = head.get(..6)?;
            let known = [b"070701", b"070702", b"070707"].iter().any(|it| sign == *it);
            (known && head.get(6..64)?.iter().all(u8::is_ascii_hexdigit)).then_some(Kind::Cpio)
        }
        0xed => head.starts_with(b"\xed\xab\xee\xdb").then_some(Kind::Rpm),
        // What stands before the mark is passed over by every reader.
        b'%' => head.starts_with(b"%PDF-").then_some(Kind::Pdf),
        b'S' => head.starts_with(b"SQLite format 3\0").then_some(Kind::Sqlite),
        // Mach-O shares the mark, but has the number of its parts where the version stands: a small one.
        0xca => {
            (head.starts_with(b"\xca\xfe\xba\xbe") && head.get(6..8)? >= &[0, 45][..]).then_some(Kind::Class)
        }
        _ => None,
    };
    kind.or_else(|| tar::begins(head).then_some(Kind::Tar))
}

/// What ends with these bytes, which may begin as something else: a zip archive behind a program or a picture. Give the
/// last 64 KiB and 22 bytes of a file, or more.
pub fn kind_by_end(tail: &[u8]) -> Option<Kind> {
    zip::ends(tail).then_some(Kind::Zip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_files_are_none() {
        for plain in [
            &b""[..],
            b"P",
            b"PK",
            b"PKCS#7",
            b"BZh is a word",
            b"7z x a",
            b"070701",
            b"!<arch",
            b"\xca\xfe\xba\xbe\0\0\0\x02\0\0\0\x07",
            b"SQLite format",
            &[0; 512],
            &[b' '; 512],
            &[b'0'; 512],
        ] {
            assert_eq!(kind(plain), None, "{plain:?}");
        }
    }
}
