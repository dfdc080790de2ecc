//! A log of decisions that only grows: whole lines, however many write to it and whatever happens to them.
//! Knows nothing of what the lines say.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use crate::error::Error;

/// Appends one line, which must end with a line feed, and returns once the disk has it. Writers wait for one
/// another. Where a writer died within its line, the next one begins on a fresh line.
pub fn append(path: &Path, line: &[u8]) -> Result<(), Error> {
    debug_assert!(line.ends_with(b"\n") && !line[..line.len() - 1].contains(&b'\n'));
    try_append(path, line).map_err(|error| {
        Error::io("write the audit log", path, error)
            .mend("without its record no decision holds: make the file writable, or leave --audit out")
    })
}

fn try_append(path: &Path, line: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    {
        // Who pushed what is nobody else's business; an existing file keeps its own rights.
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o640);
    }
    let mut file = options.open(path)?;
    file.lock()?;
    // In one call, so that a writer who is killed leaves all or a beginning, never a gap.
    let whole = if torn(&mut file)? { [b"\n", line].concat() } else { line.to_vec() };
    file.write_all(&whole)?;
    file.sync_data()
    // The lock goes with the file.
}

/// Whether the last line lacks its end.
fn torn(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}
