//! Encodings as they stand in the wild: with their keys, amid other text, and what only looks like them.

use data_encoding::{BASE64, HEXLOWER};

use super::Random;
use crate::decode::{Limits, views};

/// All views, one after the other.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    let spent = views(text.as_bytes(), &Limits::of(text.len()), &mut |view| {
        out.push_str(&String::from_utf8_lossy(view.text()));
        out.push_str("\n====\n");
    });
    assert_eq!(spent.cut, None, "{text}");
    out
}

#[track_caller]
fn becomes(text: &str, wanted: &str) {
    let decoded = decoded(text);
    assert!(decoded.contains(wanted), "{text}\nhas no\n{wanted}\nbut\n{decoded}");
}

#[track_caller]
fn stays(text: &str) {
    let decoded = decoded(text);
    assert!(decoded.is_empty(), "{text}\nhas\n{decoded}");
}

#[test]
fn values_stand_behind_their_keys() {
    let token = Random(51).token();
    let code = BASE64.encode(token.as_bytes());
    let short = BASE64.encode(b"hunter2!");
    becomes(&format!("data:\n  weather: {short}\n  user: me\n"), "  weather: hunter2!\n  user: me");
    becomes(&format!("{{\"weather\": \"{short}\"}}"), "\"weather\": \"hunter2!\"");
    becomes(&format!("data: {{weather: {short}}}"), "weather: hunter2!}");
    becomes(&format!("export TOKEN={code}\n"), "export TOKEN=zork_");
    becomes(&format!("Authorization: Basic {code}\r\n"), &format!("Authorization: Basic {token}\r\n"));
    becomes(&format!("x = path/{code}"), &token);
    becomes(&format!("https://a.example/v1/{code}?x=1"), &token);
    let long = BASE64.encode(format!("first = 1\nsecond = {token}\nthird = 3 and so on\n").as_bytes());
    let lines: Vec<&str> =
        long.as_bytes().chunks(40).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    becomes(
        &format!("data:\n  all: |\n    {}\n  next: 1\n", lines.join("\n    ")),
        &format!("second = {token}\nthird"),
    );
    becomes(&format!("  all: {}\n  next: 1\n", lines.join("\n    ")), &format!("second = {token}\nthird"));
}

#[test]
fn codes_are_read_as_programs_write_them() {
    let token = Random(54).token();
    let hex = HEXLOWER.encode(token.as_bytes());
    becomes(&format!("let data = hex(0x{hex});"), &token);
    becomes(&format!("key: 0X{}\n", hex.to_uppercase()), &token);
    becomes(&format!("INSERT INTO t VALUES ('\\x{hex}');"), &token);
    // Lines that are no whole number of groups.
    let code = BASE64.encode(format!("second = {token}\nthird = 3 and so on\n").as_bytes());
    for width in [60, 61, 62, 63, 70] {
        let (one, two) = code.split_at(width);
        becomes(&format!("-----BEGIN-----\n{one}\r\n{two}\r\n-----END-----\n"), &token);
    }
    // Python wraps mail at 78.
    let line = format!("{} token=3D{}", "x".repeat(78 - 9 - 11 - 1), &token[..11]);
    becomes(&format!("{line}=\n{} and so on\n", &token[11..]), &token);
    for wide in [u32::to_le_bytes, u32::to_be_bytes] {
        let bytes: Vec<u8> = token.bytes().flat_map(|byte| wide(byte.into())).collect();
        becomes(&format!("key: {}\n", BASE64.encode(&bytes)), &token);
        becomes(&format!("key: {}\n", HEXLOWER.encode(&bytes)), &token);
    }
}

#[test]
fn strings_within_strings_are_read() {
    let token = Random(52).token();
    becomes(r#"{"body": "{\"weather\": \"hunter2!\"}"}"#, r#"{"weather": "hunter2!"}"#);
    becomes(r#"x = "{\\\"weather\\\": \\\"hunter2!\\\"}""#, r#"{"weather": "hunter2!"}"#);
    becomes("<a data='{&quot;weather&quot;:&quot;hunter2!&quot;}'>", r#"{"weather":"hunter2!"}"#);
    becomes("a=%7B%22weather%22%3A%22hunter2%21%22%7D", r#"{"weather":"hunter2!"}"#);
    becomes(&format!(r#"log("sent\n{token}\n")"#), &format!("sent\n{token}\n"));
    becomes(&format!(r#"log("sent\t{token}")"#), &format!("sent\t{token}"));
    becomes(&format!("the key is {}", token.replace('_', "\\_")), &format!("the key is {token}"));
    becomes(&format!("?next=%2Fhome%3Ftoken%3D{token}"), &format!("?next=/home?token={token}"));
    becomes(&token.replace('_', "\\u005f"), &token);
    becomes(&token.replace('_', "&lowbar;"), &token);
}

#[test]
fn literals_are_joined() {
    let token = Random(53).token();
    let (one, two) = token.split_at(4);
    for seam in [
        "\" + \"",
        "\" +\n    \"",
        "' . '",
        "\" .. \"",
        "\"\n  \"",
        "\" \"",
        "\" \\\n \"",
        "\" & _\n  \"",
        "\" ~ \"",
        "\" <> \"",
        "\" + f\"",
        "' + \"",
    ] {
        becomes(&format!("key = \"{one}{seam}{two}\""), &format!("key = \"{token}\""));
    }
    becomes(&format!("key = {one}\\\n    {two}\n"), &format!("key = {token}\n"));
    let small: Vec<String> =
        token.as_bytes().chunks(2).map(|two| format!("\"{}\"", String::from_utf8_lossy(two))).collect();
    becomes(&format!("key = {};", small.join(" + ")), &format!("key = \"{token}\";"));
    let body = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2";
    becomes(
        &format!(
            "[\n  \"-----BEGIN MADE UP-----\\n\",\n  \"{body}\\n\",\n  \"abcd==\\n\",\n  \"-----END MADE UP-----\\n\"\n]"
        ),
        &format!("-----BEGIN MADE UP-----\n{body}\nabcd==\n-----END MADE UP-----\n"),
    );
}

#[test]
fn what_is_no_text_stays_as_it_is() {
    stays("printf(\"%d of %s, %5.2f %x\\n\", some_value, another_value_of_it);");
    stays("let path = \"C:\\\\Users\\\\name\\\\AppData\"; // a \"quote\" and 'another'");
    stays("import someVeryLongIdentifier from './components/SomeVeryLongIdentifier.js'");
    stays("puts \"Hello, world\" + \" and \" + name\nputs 'a' + 'b'");
    stays("a = b & c; if (x && y) { return d % 4; }");
    stays("| a | b |\n|---|---|\n| `one` | `two` |\n");
    stays("SOME_OTHER_VARIABLE=20\nMAXIMUM_BUFFER_SIZE=4096\n");
}

#[test]
fn random_bytes_are_no_text_but_by_chance() {
    let mut random = Random(54);
    let (mut views, mut texts) = (0, 0);
    for _ in 0..700 {
        let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.below(256) as u8).collect();
        let code = BASE64.encode(&bytes);
        let lines: Vec<&str> =
            code.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
        for text in [
            format!("sha = {}\n", HEXLOWER.encode(&bytes)),
            format!("sha512-{code}\n"),
            format!("-----BEGIN MADE UP-----\n{}\n-----END MADE UP-----\n", lines.join("\n")),
        ] {
            texts += 1;
            views += usize::from(!decoded(&text).is_empty());
        }
    }
    assert!(views * 1000 < texts * 2, "{views} of {texts}");
}

#[test]
fn groups_that_are_far_apart_are_kept_apart() {
    let mut random = Random(55);
    let (one, two) = (random.token(), random.token());
    let code = |token: &str| BASE64.encode(token.as_bytes());
    let between = "nothing of interest stands here\n".repeat(100);
    let text = format!("a: {}\n{between}b: {}\n", code(&one), code(&two));
    let mut seen = 0;
    views(text.as_bytes(), &Limits::of(text.len()), &mut |view| {
        let find = |token: &str| memchr::memmem::find(view.text(), token.as_bytes()).expect("it is there");
        let (first, second) = (find(&one), find(&two));
        assert!(view.text().len() < 1200);
        assert!(view.within_group(first - 3..first + one.len()));
        assert!(!view.within_group(first..second + two.len()));
        assert_eq!(view.chain(first..second + two.len()), None);
        assert_eq!(view.chain(first - 3..first), None);
        assert_eq!(view.chain(second..second + two.len()), Some(vec!["base64".to_owned()]));
        assert_eq!(view.source(first - 3..first), 0..3);
        assert_eq!(&text[view.source(second..second + two.len())], code(&two));
        seen += 1;
    });
    assert_eq!(seen, 1);
}

#[test]
fn two_kinds_at_one_level_are_named_together() {
    let token = Random(56).token();
    let text = format!("key = %7A&#111;{}", &token[2..]);
    let mut chains = Vec::new();
    views(text.as_bytes(), &Limits::of(text.len()), &mut |view| {
        if let Some(at) = memchr::memmem::find(view.text(), token.as_bytes()) {
            chains.extend(view.chain(at..at + token.len()));
        }
    });
    assert_eq!(chains, [["percent+html"]]);
}
