//! Adds entries to a configuration file and leaves every other byte of it as it is.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use crate::error::Error;

/// What `allow add` was told.
pub struct NewAllow<'a> {
    pub fingerprint: &'a str,
    pub reason: &'a str,
    pub owner: Option<&'a str>,
    /// `YYYY-MM-DD`.
    pub expires: Option<&'a str>,
}

/// The list of entries, empty if there is none.
pub fn allow_list(name: &str, text: &str) -> Result<ArrayOfTables, Error> {
    // The parser's whole error repeats the line, and who knows what stands there.
    let document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| Error::new(format!("{name}: {}", error.message())))?;
    match document.get("allow") {
        None => Ok(ArrayOfTables::new()),
        Some(Item::ArrayOfTables(list)) => Ok(list.clone()),
        Some(_) => Err(Error::new(format!("{name}: allow is not a list of tables")).mend("write [[allow]]")),
    }
}

/// The text with these entries at its end. It is not written anew from what was read: that would lose a byte order mark,
/// the way lines end, and where comments stand.
pub fn with_entries<'t>(text: &str, entries: impl IntoIterator<Item = &'t Table>) -> String {
    let crlf = text.split_inclusive('\n').next().is_some_and(|line| line.ends_with("\r\n"));
    let end = if crlf { "\r\n" } else { "\n" };
    let mut text = text.to_owned();
    for entry in entries {
        if !text.is_empty() {
            text += if text.ends_with('\n') { "" } else { end };
            text += end;
        }
        text += &format!("[[allow]]{end}");
        for (key, item) in entry {
            text += &format!("{key} = {}{end}", item.to_string().trim());
        }
    }
    text
}

/// The text with the entry at its end.
pub fn add_allow(name: &str, text: &str, new: &NewAllow) -> Result<String, Error> {
    allow_list(name, text)?;
    let mut table = Table::new();
    table.insert("fingerprint", value(new.fingerprint));
    table.insert("reason", value(new.reason));
    if let Some(owner) = new.owner {
        table.insert("owner", value(owner));
    }
    if let Some(expires) = new.expires {
        let date: toml_edit::Datetime = expires.parse().map_err(|_| {
            Error::new(format!("--expires {expires}: not a date")).mend("write it like 2027-01-31")
        })?;
        table.insert("expires", value(date));
    }
    Ok(with_entries(text, [&table]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(fingerprint: &str) -> NewAllow<'_> {
        NewAllow { fingerprint, reason: "made up", owner: None, expires: Some("2027-01-31") }
    }

    #[test]
    fn what_stands_there_stays_and_the_entry_comes_after_it() {
        let before = "# why\n[[allow]]  # first\nrule = 'z'\nreason = \"r\"\n";
        let after = add_allow("c", before, &new("a:1")).expect("valid");
        assert!(after.starts_with(before), "{after}");
        assert!(
            after.ends_with(
                "\n\n[[allow]]\nfingerprint = \"a:1\"\nreason = \"made up\"\nexpires = 2027-01-31\n"
            ),
            "{after}"
        );
    }

    #[test]
    fn an_empty_file_will_do_and_a_wrong_one_is_told() {
        assert!(add_allow("c", "", &new("a:1")).expect("valid").starts_with("[[allow]]"));
        assert!(add_allow("c", "allow = 3\n", &new("a:1")).is_err());
        assert!(add_allow("c", "[[allow]", &new("a:1")).is_err());
    }
}
