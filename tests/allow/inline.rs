//! `leakgate:allow RULE-ID reason` on the line itself.

use super::*;

fn staged(text: &str) -> Told {
    let dir = Dir::new();
    let repo = dir.repo("repo");
    repo.stage("app.env", text);
    repo.staged()
}

#[test]
fn a_comment_with_the_rule_and_a_reason_allows() {
    let line = line(1).trim_end().to_owned();
    for comment in [
        "# leakgate:allow github-pat-classic made up for a test",
        "// leakgate:allow github-pat-classic r",
        "/* leakgate:allow github-pat-classic test key */",
        "<!-- leakgate:allow github-pat-classic test key -->",
    ] {
        let told = staged(&format!("{line} {comment}\r\n")).clean();
        assert_eq!(told.summary["allowed"], 1, "{comment}");
        staged(&format!("{comment} {line}\n")).clean();
    }
}

#[test]
fn without_a_reason_or_for_another_rule_it_has_no_effect() {
    let line = line(1).trim_end().to_owned();
    for (comment, noted) in [
        ("# leakgate:allow github-pat-classic", true),
        ("/* leakgate:allow github-pat-classic */", true),
        ("# leakgate:allow", false),
        ("# leakgate:allow jwt made up", false),
        ("# leakgate:allow github-pat-classical made up", false),
        ("# leakgate: allow github-pat-classic made up", false),
    ] {
        let told = staged(&format!("{line} {comment}\n")).hits(&[&made::token(1)]);
        assert_eq!(told.summary["notes"] != serde_json::json!([]), noted, "{comment}: {}", told.summary);
    }
}

#[test]
fn it_reaches_no_other_line_and_no_other_rule() {
    let comment = "# leakgate:allow github-pat-classic made up";
    staged(&format!("{comment}\n{}", line(1))).hits(&[&made::token(1)]);
    staged(&format!("{}{comment}\n", line(1))).hits(&[&made::token(1)]);
    let password = made::password(1);
    let two = format!("{} {} {comment}\n", line(1).trim_end(), made::url(&password));
    staged(&two).hits(&[&password]);
}
