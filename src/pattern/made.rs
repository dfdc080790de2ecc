//! From a pattern file's entries, which were checked, to rules. Shared with the build script, so this file imports
//! nothing of the crate but its neighbours.

use super::{Find, Pair, Rule, Word, schema};

/// Every rule of a file, or what is wrong with one of them, by its id.
pub fn rules(file: &schema::PatternFile) -> Result<Vec<Rule>, (String, schema::Fault)> {
    let mut rules = Vec::new();
    for rule in &file.rules {
        let measured = schema::measure(rule).map_err(|fault| (rule.id.clone(), fault))?;
        rules.push(rule_of(file, rule, measured));
    }
    for word in &file.words {
        let lengths = schema::measure_word(word).map_err(|fault| (word.id.clone(), fault))?;
        rules.push(word_of(file, word, lengths));
    }
    for kind in &file.kinds {
        schema::measure_kind(kind).map_err(|fault| (kind.id.clone(), fault))?;
        rules.push(bare(file, &kind.id, &kind.description, kind.person));
    }
    Ok(rules)
}

fn word_of(
    file: &schema::PatternFile,
    entry: &schema::WordEntry,
    (shortest, longest): (usize, usize),
) -> Rule {
    let own = |list: &[String]| list.iter().map(|text| text.clone().into()).collect();
    Rule {
        find: Find::Word(Word {
            words: own(&entry.words),
            name: own(&entry.name),
            shortest,
            longest,
            anchor: entry.anchor,
        }),
        severity: entry.severity.parse().expect("measure_word checked it"),
        confidence: entry.confidence.parse().expect("measure_word checked it"),
        regex: entry.value.clone().into(),
        entropy: entry.entropy,
        check: entry.check.clone().map(Into::into),
        warn: warns(&entry.stage),
        pair: entry.pair.as_ref().map(pair_of),
        paths: entry.paths.iter().map(|glob| glob.clone().into()).collect(),
        ..bare(file, &entry.id, &entry.description, entry.person)
    }
}

/// What every rule of a file has; the rest is as a kind has it.
fn bare(file: &schema::PatternFile, id: &str, description: &str, person: bool) -> Rule {
    let bare = Rule::bare(id.to_owned().into(), file.provider.clone().into(), description.to_owned().into());
    Rule { person, revoke: file.revoke.clone().into(), ..bare }
}

fn pair_of(entry: &schema::PairEntry) -> Pair {
    Pair {
        with: entry.with.iter().map(|id| id.clone().into()).collect(),
        within: entry.within,
        needed: entry.needed,
    }
}

fn warns(stage: &str) -> bool {
    stage == schema::WARN
}

fn rule_of(file: &schema::PatternFile, entry: &schema::RuleEntry, measured: schema::Measured) -> Rule {
    Rule {
        find: Find::Regex,
        severity: entry.severity.parse().expect("measure checked the word"),
        confidence: entry.confidence.parse().expect("measure checked the word"),
        keywords: entry.keywords.iter().map(|word| word.clone().into()).collect(),
        leads: measured.leads.into(),
        led: measured.led,
        regex: entry.regex.clone().into(),
        reach: measured.reach,
        entropy: entry.entropy,
        check: entry.check.clone().map(Into::into),
        warn: warns(&entry.stage),
        pair: entry.pair.as_ref().map(pair_of),
        paths: entry.paths.iter().map(|glob| glob.clone().into()).collect(),
        ..bare(file, &entry.id, &entry.description, entry.person)
    }
}
