//! Turns `patterns/*.toml` into a static table, so that the built-in pack costs nothing at start-up.
//! A wrong pattern fails the build, naming file and rule.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::Path};

#[allow(dead_code)]
#[path = "src/pattern/lead.rs"]
mod lead;
#[allow(dead_code)]
#[path = "src/pattern/schema.rs"]
mod schema;

fn main() {
    println!("cargo::rerun-if-changed=patterns");
    println!("cargo::rerun-if-changed=build.rs");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&root).join("patterns");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("patterns/ is part of the package")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();

    let mut rules = String::new();
    let mut sources = String::new();
    let mut ids = BTreeSet::new();
    for path in &files {
        let name = path.file_name().expect("it has one").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("patterns/{name}: {error}"));
        let file: schema::PatternFile =
            toml::from_str(&text).unwrap_or_else(|error| panic!("patterns/{name}:\n{error}"));
        writeln!(sources, "({name:?}, include_str!({:?})),", path.display().to_string())
            .expect("writing to a string");
        for rule in &file.rules {
            let place = format!("patterns/{name}: rule {}", rule.id);
            let measured = schema::measure(rule)
                .unwrap_or_else(|fault| panic!("{place}: {}: {}", fault.field, fault.what));
            assert!(measured.bounded, "{place}: regex: bound every repetition, as in {{1,64}}");
            assert!(ids.insert(rule.id.clone()), "{place}: the id stands twice");
            write_rule(&mut rules, &file, rule, &measured);
        }
        for word in &file.words {
            let place = format!("patterns/{name}: word {}", word.id);
            let lengths = schema::measure_word(word)
                .unwrap_or_else(|fault| panic!("{place}: {}: {}", fault.field, fault.what));
            assert!(ids.insert(word.id.clone()), "{place}: the id stands twice");
            write_word(&mut rules, &file, word, lengths);
        }
        for kind in &file.kinds {
            let place = format!("patterns/{name}: kind {}", kind.id);
            schema::measure_kind(kind)
                .unwrap_or_else(|fault| panic!("{place}: {}: {}", fault.field, fault.what));
            assert!(ids.insert(kind.id.clone()), "{place}: the id stands twice");
            write_kind(&mut rules, &file, kind);
        }
    }
    let code = format!("&[\n{rules}]");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("rules.rs"), code).expect("a writable OUT_DIR");
    fs::write(Path::new(&out).join("sources.rs"), format!("&[\n{sources}]")).expect("a writable OUT_DIR");
}

fn write_rule(
    out: &mut String,
    file: &schema::PatternFile,
    rule: &schema::RuleEntry,
    measured: &schema::Measured,
) {
    let leads: Vec<_> = measured
        .leads
        .iter()
        .map(|lead::Lead { literal, fold, boundary, class, count }| {
            format!(
                "Lead {{ literal: Cow::Borrowed(&{literal:?}), fold: {fold}, boundary: {boundary}, \
                 class: {class:?}, count: {count} }}"
            )
        })
        .collect();
    let check = check(rule.check.as_deref());
    writeln!(
        out,
        "Rule {{ find: Find::Regex, id: Cow::Borrowed({:?}), provider: Cow::Borrowed({:?}), description: Cow::Borrowed({:?}), \
         severity: Severity::{}, confidence: Confidence::{}, keywords: {}, \
         leads: Cow::Borrowed(&[{}]), led: {:?}, regex: Cow::Borrowed({:?}), reach: {}, entropy: {:?}, check: {check}, person: {}, \
         revoke: Cow::Borrowed({:?}), warn: {}, pair: {} }},",
        rule.id,
        file.provider,
        rule.description,
        capitalised(&rule.severity),
        capitalised(&rule.confidence),
        list(&rule.keywords),
        leads.join(", "),
        measured.led,
        rule.regex,
        measured.reach,
        rule.entropy,
        rule.person,
        file.revoke,
        rule.stage == schema::WARN,
        pair(rule.pair.as_ref()),
    )
    .expect("writing to a string");
}

fn write_word(
    out: &mut String,
    file: &schema::PatternFile,
    word: &schema::WordEntry,
    (shortest, longest): (usize, usize),
) {
    let check = check(word.check.as_deref());
    writeln!(
        out,
        "Rule {{ find: Find::Word(Word {{ words: {}, name: {}, shortest: {shortest}, longest: {longest}, anchor: {} }}), \
         id: Cow::Borrowed({:?}), provider: Cow::Borrowed({:?}), description: Cow::Borrowed({:?}), \
         severity: Severity::{}, confidence: Confidence::{}, keywords: Cow::Borrowed(&[]), leads: Cow::Borrowed(&[]), led: None, \
         regex: Cow::Borrowed({:?}), reach: 0, entropy: {:?}, check: {check}, person: {}, revoke: Cow::Borrowed({:?}), \
         warn: {}, pair: {} }},",
        list(&word.words),
        list(&word.name),
        word.anchor,
        word.id,
        file.provider,
        word.description,
        capitalised(&word.severity),
        capitalised(&word.confidence),
        word.value,
        word.entropy,
        word.person,
        file.revoke,
        word.stage == schema::WARN,
        pair(word.pair.as_ref()),
    )
    .expect("writing to a string");
}

fn write_kind(out: &mut String, file: &schema::PatternFile, kind: &schema::KindEntry) {
    writeln!(
        out,
        "Rule {{ find: Find::Assignment, id: Cow::Borrowed({:?}), provider: Cow::Borrowed({:?}), \
         description: Cow::Borrowed({:?}), severity: Severity::High, confidence: Confidence::Medium, \
         keywords: Cow::Borrowed(&[]), leads: Cow::Borrowed(&[]), led: None, regex: Cow::Borrowed(\"\"), reach: 0, entropy: 0.0, \
         check: None, person: {}, revoke: Cow::Borrowed({:?}), warn: false, pair: None }},",
        kind.id, file.provider, kind.description, kind.person, file.revoke,
    )
    .expect("writing to a string");
}

fn pair(entry: Option<&schema::PairEntry>) -> String {
    let Some(schema::PairEntry { with, within, needed }) = entry else { return "None".to_owned() };
    format!("Some(Pair {{ with: {}, within: {within}, needed: {needed} }})", list(with))
}

fn list(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| format!("Cow::Borrowed({text:?})")).collect();
    format!("Cow::Borrowed(&[{}])", texts.join(", "))
}

fn check(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("Some(Cow::Borrowed({name:?}))"),
        None => "None".to_owned(),
    }
}

fn capitalised(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
