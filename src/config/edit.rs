//! Adds an entry to a configuration file and leaves every other byte of it as it is.

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

/// The list of entries, which is made if there is none.
pub fn allow_list<'d>(name: &str, document: &'d mut DocumentMut) -> Result<&'d mut ArrayOfTables, Error> {
    document
        .entry("allow")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| Error::new(format!("{name}: allow is not a list of tables")).mend("write [[allow]]"))
}

/// The text with the entry at its end. `None` if an entry for the fingerprint is there already.
pub fn add_allow(name: &str, text: &str, new: &NewAllow) -> Result<Option<String>, Error> {
    let mut document: DocumentMut = text.parse().map_err(|error| Error::new(format!("{name}: {error}")))?;
    let list = allow_list(name, &mut document)?;
    let known = |table: &Table| table.get("fingerprint").and_then(Item::as_str) == Some(new.fingerprint);
    if list.iter().any(known) {
        return Ok(None);
    }
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
    if !text.is_empty() {
        table.decor_mut().set_prefix("\n");
    }
    list.push(table);
    Ok(Some(document.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(fingerprint: &str) -> NewAllow<'_> {
        NewAllow { fingerprint, reason: "made up", owner: None, expires: Some("2027-01-31") }
    }

    #[test]
    fn comments_and_order_stay_and_an_entry_is_added_once() {
        let before = "# why\n[[allow]]  # first\nrule = 'z'\nreason = \"r\"\n";
        let after = add_allow("c", before, &new("a:1")).expect("valid").expect("new");
        assert!(after.starts_with(before), "{after}");
        assert!(
            after.ends_with(
                "\n\n[[allow]]\nfingerprint = \"a:1\"\nreason = \"made up\"\nexpires = 2027-01-31\n"
            ),
            "{after}"
        );
        assert!(add_allow("c", &after, &new("a:1")).expect("valid").is_none());
    }

    #[test]
    fn an_empty_file_will_do_and_a_wrong_one_is_told() {
        assert!(
            add_allow("c", "", &new("a:1")).expect("valid").is_some_and(|text| text.starts_with("[[allow]]"))
        );
        assert!(add_allow("c", "allow = 3\n", &new("a:1")).is_err());
        assert!(add_allow("c", "[[allow]", &new("a:1")).is_err());
    }
}
