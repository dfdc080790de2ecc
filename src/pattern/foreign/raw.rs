//! Packs of other tools as they are written: which keys there are, and how one pack amends another.
//!
//! Knows nothing of what a rule comes to.

use std::path::PathBuf;

use serde::Deserialize;
use toml::{Table, Value};

/// Keys as other tools write them; they do not mind case, so all are read in lower case.
#[derive(Deserialize)]
pub struct RawPack {
    #[serde(default)]
    pub extend: RawExtend,
    #[serde(default)]
    pub rules: Vec<RawRule>,
    pub allowlist: Option<RawAllow>,
    #[serde(default)]
    pub allowlists: Vec<RawAllow>,
    #[serde(flatten)]
    pub rest: Table,
}

#[derive(Default, Deserialize)]
pub struct RawExtend {
    pub path: Option<PathBuf>,
    pub url: Option<String>,
    #[serde(default)]
    pub usedefault: bool,
    #[serde(default)]
    pub disabledrules: Vec<String>,
    #[serde(flatten)]
    pub rest: Table,
}

#[derive(Deserialize)]
pub struct RawRule {
    /// The file that it stands in.
    #[serde(skip)]
    pub file: String,
    pub id: Option<String>,
    #[serde(default)]
    pub description: String,
    pub regex: Option<String>,
    pub path: Option<String>,
    #[serde(default)]
    pub entropy: f32,
    #[serde(default)]
    pub secretgroup: u32,
    pub allowlist: Option<RawAllow>,
    #[serde(default)]
    pub allowlists: Vec<RawAllow>,
    #[serde(default)]
    pub skipreport: bool,
    #[serde(flatten)]
    pub rest: Table,
}

#[derive(Default, Deserialize)]
pub struct RawAllow {
    #[serde(skip)]
    pub file: String,
    #[serde(default)]
    pub condition: String,
    #[serde(default)]
    pub regextarget: String,
    #[serde(default)]
    pub regexes: Vec<String>,
    #[serde(default)]
    pub paths: Vec<String>,
    #[serde(default)]
    pub stopwords: Vec<String>,
    #[serde(default)]
    pub commits: Vec<String>,
    #[serde(default)]
    pub targetrules: Vec<String>,
    #[serde(flatten)]
    pub rest: Table,
}

impl RawPack {
    /// Reads the text of the file of that name.
    pub fn parse(file: &str, text: &str) -> Result<Self, toml::de::Error> {
        let table: Table = text.parse()?;
        let mut pack: Self = lowered(Value::Table(table)).try_into()?;
        for rule in &mut pack.rules {
            rule.file = file.to_owned();
            rule.allowlists.extend(rule.allowlist.take());
            rule.allowlists.iter_mut().for_each(|allow| allow.file = file.to_owned());
        }
        pack.allowlists.extend(pack.allowlist.take());
        pack.allowlists.iter_mut().for_each(|allow| allow.file = file.to_owned());
        Ok(pack)
    }
}

impl RawRule {
    /// What a rule of the same id says in a pack that extends this one's.
    pub fn amend(&mut self, by: Self) {
        let Self {
            file, description, regex, path, entropy, secretgroup, allowlists, skipreport, rest, ..
        } = by;
        self.file = file;
        if !description.is_empty() {
            self.description = description;
        }
        self.regex = regex.filter(|regex| !regex.is_empty()).or_else(|| self.regex.take());
        self.path = path.filter(|path| !path.is_empty()).or_else(|| self.path.take());
        if entropy != 0.0 {
            self.entropy = entropy;
        }
        if secretgroup != 0 {
            self.secretgroup = secretgroup;
        }
        self.allowlists.extend(allowlists);
        self.skipreport |= skipreport;
        self.rest.extend(rest);
    }
}

/// All keys in lower case.
fn lowered(value: Value) -> Value {
    match value {
        Value::Table(table) => {
            Value::Table(table.into_iter().map(|(key, value)| (key.to_lowercase(), lowered(value))).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(lowered).collect()),
        other => other,
    }
}
