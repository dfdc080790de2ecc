//! Turns `patterns/*.toml` into tables, so that the built-in pack costs nothing at start-up: numbers and one text,
//! and what the prefilter enters for the leads. A wrong pattern fails the build, naming file and rule.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

#[path = "src/block.rs"]
#[allow(dead_code)]
mod block;
#[path = "src/prefilter/grams.rs"]
#[allow(dead_code)]
mod grams;
#[path = "src/pattern/hash.rs"]
#[allow(dead_code)]
mod hash;
#[path = "src/pattern/lead.rs"]
#[allow(dead_code)]
pub mod lead;
#[path = "src/model/level.rs"]
#[allow(dead_code)]
mod level;
#[path = "src/pattern/made.rs"]
mod made;
#[path = "src/prefilter/pairs.rs"]
mod pairs;
#[path = "src/pattern/rule.rs"]
#[allow(dead_code)]
mod rule;
#[path = "src/prefilter/runs.rs"]
#[allow(dead_code)]
mod runs;
#[path = "src/pattern/schema.rs"]
#[allow(dead_code)]
mod schema;
#[path = "src/prefilter/table.rs"]
#[allow(dead_code)]
mod table;

/// Where these files look for one another.
mod model {
    pub use crate::level::{Confidence, Severity};
}
mod pattern {
    pub use crate::lead::{self, Lead};
}

use lead::Lead;
use rule::{Find, Pair, Rule, Word};

fn main() {
    println!("cargo::rerun-if-changed=patterns");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let root = Path::new(&root);
    println!("cargo::rustc-env=LEAKGATE_SOURCES={}", sources(root));
    let folder = root.join("patterns");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("patterns/ is part of the package")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();

    let mut rules = Vec::new();
    let mut sources = Vec::new();
    let mut ids = BTreeSet::new();
    for path in &files {
        let name = path.file_name().expect("it has one").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("patterns/{name}: {error}"));
        let file: schema::PatternFile =
            toml::from_str(&text).unwrap_or_else(|error| panic!("patterns/{name}:\n{error}"));
        let made = made::rules(&file).unwrap_or_else(|(id, fault)| {
            panic!("patterns/{name}: rule {id}: {}: {}", fault.field, fault.what)
        });
        for rule in &file.rules {
            let bounded = schema::measure(rule).is_ok_and(|measured| measured.bounded);
            assert!(
                bounded,
                "patterns/{name}: rule {}: regex: bound every repetition, as in {{1,64}}",
                rule.id
            );
        }
        for rule in &made {
            assert!(
                ids.insert(rule.id.to_string()),
                "patterns/{name}: rule {}: the id stands twice",
                rule.id
            );
        }
        rules.extend(made);
        sources.push((name, text));
    }

    let mut out = Tables::default();
    let leads: BTreeSet<&Lead> = rules.iter().flat_map(|rule| rule.leads.iter()).collect();
    let leads: Vec<&Lead> = leads.into_iter().collect();
    let entries: String = rules.iter().map(|rule| out.entry(rule, &leads)).collect();
    let sources = sources.iter().map(|(name, text)| {
        let (name, text) = (out.text(name), out.text(text));
        format!("Source {{ name: {name}, text: {text} }},\n")
    });
    let sources: Vec<String> = sources.collect();
    let tables = [
        ("ENTRIES", "Entry", rules.len(), entries),
        ("LEADS", "Lead", leads.len(), leads.iter().map(|lead| written(lead)).collect()),
        ("LED_BY", "u16", out.led_by.len(), out.led_by.iter().map(|lead| format!("{lead},")).collect()),
        ("LISTS", "Text", out.lists.len(), out.lists.iter().map(|text| format!("{text},\n")).collect()),
        ("SOURCES", "Source", sources.len(), sources.concat()),
    ];
    let mut code = format!("static HASH: &str = {:?};\n", hash::hash(rules.iter(), None));
    for (name, of, count, rows) in tables {
        writeln!(code, "static {name}: [{of}; {count}] = [{rows}];").expect("writing to a string");
    }
    let numbered = || (0..).zip(leads.iter().copied());
    let (short, other): (Vec<_>, Vec<_>) = numbered().partition(|(_, lead)| runs::fit(lead));
    let packed = |entered: Vec<table::Entered>| -> Vec<u8> {
        entered.into_iter().flat_map(table::Entered::to_bytes).collect()
    };
    let dir = env::var("OUT_DIR").expect("cargo sets it");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(Path::new(&dir).join(name), bytes).expect("a writable OUT_DIR");
    };
    write("tables.rs", code.as_bytes());
    write("texts.txt", out.texts.as_bytes());
    write("runs.bin", &packed(runs::Runs::entered(short.into_iter())));
    write("grams.bin", &packed(grams::Grams::entered(other.into_iter())));
}

/// The SHA-256 of all that the program is built from, but for the patterns, which have a hash of their own.
fn sources(root: &Path) -> String {
    let mut files: Vec<PathBuf> = ["build.rs", "Cargo.toml", "Cargo.lock"].map(|name| root.join(name)).into();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src/ is part of the package") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut all = Vec::new();
    for path in &files {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = match fs::read(path) {
            // Who builds it as a dependency may have none beside it.
            Err(error) if error.kind() == ErrorKind::NotFound && path.ends_with("Cargo.lock") => Vec::new(),
            read => read.unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        };
        all.extend(path.strip_prefix(root).expect("it is in there").to_string_lossy().as_bytes());
        all.extend((text.len() as u64).to_le_bytes());
        all.extend(text);
    }
    hash::sha256(&all)
}

/// What the rules' texts and lists come to, each text once.
#[derive(Default)]
struct Tables {
    texts: String,
    known: BTreeMap<String, String>,
    /// Texts as they are written down.
    lists: Vec<String>,
    led_by: Vec<usize>,
}

impl Tables {
    fn text(&mut self, text: &str) -> String {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let place = format!("Text {{ at: {}, len: {} }}", self.texts.len(), text.len());
        self.texts.push_str(text);
        self.known.insert(text.to_owned(), place.clone());
        place
    }

    fn list(&mut self, texts: &[std::borrow::Cow<'static, str>]) -> String {
        let at = self.lists.len();
        for text in texts {
            let text = self.text(text);
            self.lists.push(text);
        }
        format!("List {{ at: {at}, len: {} }}", texts.len())
    }

    fn entry(&mut self, rule: &Rule, leads: &[&Lead]) -> String {
        let how = match &rule.find {
            Find::Regex => "How::Regex".to_owned(),
            Find::Assignment => "How::Assignment".to_owned(),
            Find::Size(_) | Find::Path => unreachable!("no file of ours has one"),
            Find::Word(Word { words, name, shortest, longest, anchor }) => format!(
                "How::Word {{ words: {}, name: {}, shortest: {shortest}, longest: {longest}, anchor: {anchor} }}",
                self.list(words),
                self.list(name),
            ),
        };
        let pair = rule.pair.as_ref().map_or("None".to_owned(), |Pair { with, within, needed }| {
            let with = self.list(with);
            format!("Some(PairEntry {{ with: {with}, within: {within}, needed: {needed} }})")
        });
        let first = self.led_by.len();
        let number = |lead| leads.binary_search(&lead).expect("they are all there");
        self.led_by.extend(rule.leads.iter().map(number));
        format!(
            "Entry {{ how: {how}, id: {}, provider: {}, description: {}, severity: Severity::{:?}, \
             confidence: Confidence::{:?}, keywords: {}, leads: List {{ at: {first}, len: {} }}, led: {:?}, regex: {}, \
             reach: {}, entropy: {:?}, check: {}, person: {}, revoke: {}, warn: {}, paths: {}, pair: {pair} }},\n",
            self.text(&rule.id),
            self.text(&rule.provider),
            self.text(&rule.description),
            rule.severity,
            rule.confidence,
            self.list(&rule.keywords),
            rule.leads.len(),
            rule.led,
            self.text(&rule.regex),
            rule.reach,
            rule.entropy,
            rule.check.as_ref().map_or("None".to_owned(), |check| format!("Some({})", self.text(check))),
            rule.person,
            self.text(&rule.revoke),
            rule.warn,
            self.list(&rule.paths),
        )
    }
}

fn written(lead: &Lead) -> String {
    let Lead { literal, fold, boundary, class, count } = lead;
    let mut bytes = [0; lead::LONGEST];
    bytes[..literal.len()].copy_from_slice(literal);
    let literal = format!("Literal::new({bytes:?}, {})", literal.len());
    format!(
        "Lead {{ literal: {literal}, fold: {fold}, boundary: {boundary}, class: {class:?}, count: {count} }},\n"
    )
}
