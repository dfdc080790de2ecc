//! A pack in one file: the pattern files of a folder as they stand, each with its name. So it can be pinned by
//! hash, signed, and handed on.

use serde::{Deserialize, Serialize};

/// The first line tells people what it is.
const HEADER: &str = "# leakgate pack: made by `leakgate pack build`, used with `--rules FILE`\n";

/// The only form there is so far.
const FORMAT: u32 = 1;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Packed {
    pub format: u32,
    /// As the one who makes it counts.
    #[serde(default)]
    pub version: String,
    #[serde(rename = "file")]
    pub files: Vec<File>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub name: String,
    pub text: String,
}

impl Packed {
    pub fn new(version: &str, files: Vec<File>) -> Self {
        Self { format: FORMAT, version: version.to_owned(), files }
    }

    /// `None` if the text is something else.
    pub fn read(text: &str) -> Option<Self> {
        toml::from_str::<Self>(text).ok().filter(|packed| packed.format == FORMAT)
    }

    pub fn write(&self) -> String {
        format!("{HEADER}{}", toml::to_string(self).expect("names and texts only"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let text = "provider = 'P'\n[[rule]]\nregex = '''a'b\"c\\d'''\n";
        let file = File { name: "p.toml".to_owned(), text: text.to_owned() };
        let packed = Packed::read(&Packed::new("7", vec![file]).write()).expect("a pack");
        assert_eq!((&*packed.version, &*packed.files[0].name, &*packed.files[0].text), ("7", "p.toml", text));
        assert!(Packed::read(text).is_none());
    }
}
