//! `leakgate pack`: one file of many patterns, its signature, and what a new one would change.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ed25519_dalek::{Signature, VerifyingKey};

use super::{
    allow::replace,
    args::{Flags, PackCommand},
    plan::{Plan, Root},
    print, scan,
};
use crate::{
    error::Error,
    exit,
    matcher::can_run,
    model::{Confidence, Severity},
    pattern::{self, File, Pack, Packed, Rule, sha256},
    pipeline::{self, HistoryOptions},
    report::{Masker, escape},
};

pub fn run(flags: &Flags, command: PackCommand) -> Result<u8, Error> {
    match command {
        PackCommand::Build { folder, version } => build(flags, &folder, &version),
        PackCommand::Verify { file, key, signature } => verify(&file, &key, &signature),
        PackCommand::Diff { old, new, repo } => diff(flags, &old, &new, repo.as_deref()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| Error::io("read", path, error))
}

fn build(flags: &Flags, folder: &Path, version: &str) -> Result<u8, Error> {
    let output = flags
        .output
        .as_ref()
        .ok_or_else(|| Error::new("a pack is written to a file").mend("name it with -o FILE"))?;
    let mut files = Vec::new();
    for path in pattern::files(folder)? {
        let (path, text) = pattern::read_pinned(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        pattern::parse(&name, &text)?.iter().try_for_each(can_run)?;
        files.push(File { name, text });
    }
    let count = files.len();
    let packed = Packed::new(version, files).write();
    // What is written must be what is read.
    let mut rules = Vec::new();
    for (name, part) in pattern::sources(&output.display().to_string(), &packed)? {
        rules.extend(pattern::parse(&name, &part)?);
    }
    if rules.is_empty() {
        return Err(Error::new(format!("{}: no rule in it", folder.display()))
            .mend("write at least one [[rule]] into a file *.toml there"));
    }
    Pack::new(rules.clone())?;
    replace(output, &packed)?;
    let (name, hash) = (output.display(), sha256(packed.as_bytes()));
    print(&format!("{} rules of {count} files\nuse it with --rules '{name}#sha256={hash}'\n", rules.len()))?;
    Ok(exit::CLEAN)
}

fn rules(path: &Path) -> Result<Vec<Rule>, Error> {
    Ok(pattern::load(path)?.rules)
}

/// DER of an Ed25519 public key, up to the key itself.
const DER_HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

fn verify(file: &Path, key: &Path, signature: &Path) -> Result<u8, Error> {
    let wrong = |path: &Path, what: &str| Error::new(format!("{} is not {what}", path.display()));
    let bytes: [u8; 32] = key_bytes(&read(key)?)
        .ok_or_else(|| wrong(key, "an Ed25519 public key: 32 bytes as PEM, base64, hexadecimal or raw"))?;
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| wrong(key, "a point of the curve"))?;
    let bytes: [u8; 64] = decoded(&read(signature)?).ok_or_else(|| {
        wrong(signature, "a detached Ed25519 signature: 64 bytes as base64, hexadecimal or raw")
    })?;
    let text = read(file)?;
    // The strict form refuses keys and signatures that more than one text would fit.
    if key.verify_strict(&text, &Signature::from_bytes(&bytes)).is_err() {
        print(&format!("{}: the signature is NOT good\n", file.display()))?;
        return Ok(exit::FINDINGS);
    }
    print(&format!("{}: the signature is good; sha256 {}\n", file.display(), sha256(&text)))?;
    Ok(exit::CLEAN)
}

fn key_bytes(raw: &[u8]) -> Option<[u8; 32]> {
    let Ok(text) = std::str::from_utf8(raw) else { return decoded(raw) };
    let Some(body) = text.trim().strip_prefix("-----BEGIN PUBLIC KEY-----") else { return decoded(raw) };
    let body: String = body.split_once("-----END")?.0.split_whitespace().collect();
    let der = BASE64.decode(body.as_bytes()).ok()?;
    der.strip_prefix(&DER_HEAD[..])?.try_into().ok()
}

/// So many bytes, raw or written in one of two ways.
fn decoded<const N: usize>(raw: &[u8]) -> Option<[u8; N]> {
    if let Ok(bytes) = raw.try_into() {
        return Some(bytes);
    }
    let text = raw.trim_ascii();
    let hex = HEXLOWER_PERMISSIVE.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    hex.or_else(|| BASE64.decode(text).ok()?.try_into().ok())
}

/// Rule by rule, and with a repository what each pack finds in its history.
fn diff(flags: &Flags, old: &Path, new: &Path, repo: Option<&Path>) -> Result<u8, Error> {
    let (before, after) = (by_id(rules(old)?), by_id(rules(new)?));
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("writing to a string");
    let ids: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes = 0_u64;
    for id in ids {
        match (before.get(id), after.get(id)) {
            (None, Some(rule)) => line(format!("+ {id}: {}", rule.description)),
            (Some(rule), None) => line(format!("- {id}: {}", rule.description)),
            (Some(old), Some(new)) => match changed(old, new) {
                fields if fields.is_empty() => continue,
                fields => line(format!("~ {id}: {}", fields.join(", "))),
            },
            (None, None) => continue,
        }
        changes += 1;
    }
    line(format!("{changes} rules differ"));
    if let Some(repo) = repo {
        let (before, after) = (found(flags, before, repo)?, found(flags, after, repo)?);
        for name in after.keys().filter(|name| !before.contains_key(*name)) {
            line(format!("+ finding {name} at {}", after[name]));
        }
        for name in before.keys().filter(|name| !after.contains_key(*name)) {
            line(format!("- finding {name} at {}", before[name]));
        }
        line(format!("{} findings before, {} after", before.len(), after.len()));
    }
    print(&out)?;
    Ok(exit::CLEAN)
}

fn by_id(rules: Vec<Rule>) -> BTreeMap<String, Rule> {
    rules.into_iter().map(|rule| (rule.id.to_string(), rule)).collect()
}

/// The fields in which two forms of a rule differ.
fn changed(old: &Rule, new: &Rule) -> Vec<&'static str> {
    let fields = [
        ("kind", old.find != new.find),
        ("severity", old.severity != new.severity),
        ("confidence", old.confidence != new.confidence),
        ("keywords", old.keywords != new.keywords),
        ("pair", old.pair != new.pair),
        ("regex", old.regex != new.regex),
        ("entropy", old.entropy != new.entropy),
        ("check", old.check != new.check),
        ("person", old.person != new.person),
        ("stage", old.warn != new.warn),
        ("words", old.description != new.description || old.revoke != new.revoke),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Every finding of a pack in a history, by fingerprint, with its first place.
fn found(
    flags: &Flags,
    rules: BTreeMap<String, Rule>,
    repo: &Path,
) -> Result<BTreeMap<String, String>, Error> {
    let flags = Flags { min_confidence: Confidence::Medium, min_severity: Severity::Low, ..flags.clone() };
    let repo = scan::repo_at(&Some(repo.to_owned()))?;
    let pack = Pack::new(rules.into_values().collect())?;
    let report = Plan::with(&flags, &Root::Repo(&repo), pack)?
        .scan(&|path| path.to_owned(), |run| pipeline::history(run, &repo, HistoryOptions::default()))?;
    if !report.complete() {
        return Err(Error::new("that history cannot be read in full, so the two cannot be compared")
            .mend("`leakgate history` tells what cannot be read"));
    }
    let masker = Masker::new(&report.findings);
    let place = |finding: &crate::model::Finding| {
        let first = &finding.places[0];
        format!("{}:{}", escape(masker.mask_path(&first.origin)), first.start.line)
    };
    Ok(report.findings.iter().map(|finding| (finding.fingerprint.clone(), place(finding))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_every_form() {
        let key: [u8; 32] = std::array::from_fn(|at| at as u8 + 200);
        let der = [&DER_HEAD[..], &key].concat();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(&der));
        let forms = [
            key.to_vec(),
            pem.into_bytes(),
            BASE64.encode(&key).into_bytes(),
            format!("{}\n", HEXLOWER_PERMISSIVE.encode(&key)).into_bytes(),
        ];
        for form in forms {
            assert_eq!(key_bytes(&form), Some(key), "{form:?}");
        }
        assert_eq!(key_bytes(b"short"), None);
    }
}
