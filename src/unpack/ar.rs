//! ar: libraries, and Debian packages, which are an ar archive of two tar archives. GNU's and BSD's long names.

use std::io::{self, Read};

use bstr::ByteSlice;

use super::{
    budget::damaged,
    read::{Exactly, Source},
    run::Run,
};

const MARK: usize = 8;

const HEADER: usize = 60;

/// Bytes of the table of long names, or of one long name.
const NAMES: u64 = 1 << 20;

pub fn read(run: &mut Run, source: &mut Source) -> io::Result<()> {
    source.read_exact(&mut [0; MARK])?;
    let mut names = Vec::new();
    while run.goes_on() {
        // Members begin at even places.
        if source.peek(1)? == b"\n" {
            source.read_exact(&mut [0])?;
        }
        let Some(header) = source.peek(HEADER)?.first_chunk::<HEADER>().copied() else {
            return if source.peek(1)?.is_empty() { Ok(()) } else { Err(damaged("a header is cut")) };
        };
        let len = decimal(&header[48..58]).filter(|_| header.ends_with(b"`\n"));
        let Some(len) = len else { return Err(damaged("a header is none")) };
        source.read_exact(&mut [0; HEADER])?;

        let mut data = Exactly::new(&mut *source, len);
        let field = header[..16].trim_end_with(|it| it == ' ');
        if field == b"//" && len <= NAMES {
            data.read_to_end(&mut names)?;
            run.text(b"//", &names);
            continue;
        }
        let name = if let Some(digits) = field.strip_prefix(b"#1/") {
            let name_len = decimal(digits).filter(|it| *it <= NAMES.min(len));
            let name_len = name_len.ok_or_else(|| damaged("the length of a name"))?;
            let mut name = Vec::new();
            (&mut data).take(name_len).read_to_end(&mut name)?;
            name.trim_end_with(|it| it == '\0').to_vec()
        } else if let Some(at) = field.strip_prefix(b"/").and_then(decimal) {
            let rest = names.get(usize::try_from(at).unwrap_or(usize::MAX)..).unwrap_or_default();
            let end = rest.find_byteset(b"/\n").unwrap_or(rest.len());
            rest[..end].to_vec()
        } else {
            field.strip_suffix(b"/").filter(|it| !it.is_empty()).unwrap_or(field).to_vec()
        };
        run.member(&name, &mut data, None);
        let left = data.left;
        run.skip(source, left)?;
    }
    Ok(())
}

fn decimal(field: &[u8]) -> Option<u64> {
    field.trim_end_with(|it| it == ' ').to_str().ok()?.parse().ok()
}
