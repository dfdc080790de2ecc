//! Secrets that no format betrays: found alike at every gate, and judged under their path.

use crate::harness::{Dir, Repo, Told, made};

fn secret(number: u64) -> String {
    made::filled("{alnum:32}", number)
}

fn assigned(value: &str) -> String {
    format!("host = db.internal\napi_key = \"{value}\"\nuser = app\n")
}

/// Rule, value, path of all places, sorted.
fn places(told: &Told) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let mut all = Vec::new();
    for finding in &told.findings {
        all.push((text(&finding["rule"]), text(&finding["secret"]), text(&finding["path"])));
        for place in finding["places"].as_array().expect("a list") {
            all.push((text(&finding["rule"]), text(&finding["secret"]), text(&place["path"])));
        }
    }
    all.sort();
    all
}

/// What `history` tells, whose answer must not depend on how it reads.
fn history(repo: &Repo) -> Told {
    let told = repo.history();
    assert_eq!(places(&told), places(&repo.scan(&["history", "--exhaustive"])));
    told
}

#[test]
fn every_gate_tells_the_same() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let text = assigned(&secret(1));
    let first = repo.commit("README.md", "hello\n");
    repo.stage("settings.ini", &text);
    let staged = repo.staged();
    let wanted = [("generic-secret".to_owned(), secret(1), "settings.ini".to_owned())];
    assert_eq!(places(&staged), wanted);
    repo.record("Settings");
    assert_eq!(places(&repo.range(&format!("{first}..HEAD"))), wanted);
    assert_eq!(places(&history(&repo)), wanted);
    assert_eq!(places(&repo.scan(&["dir"])), wanted);
    let mut command = repo.leakgate(&["stdin", "--path", "settings.ini"]);
    assert_eq!(places(&Told::fed(&mut command, text.as_bytes())), wanted);
}

#[test]
fn the_same_blob_is_told_under_the_paths_that_make_it_one() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let text = assigned(&secret(2));
    // A style sheet holds no secrets.
    repo.commit("theme/app.css", &text);
    assert!(history(&repo).findings.is_empty());
    repo.commit("deep/er/settings.ini", &text);
    repo.commit("again.ini", &text);
    let told = history(&repo);
    let paths: Vec<_> = places(&told).into_iter().map(|(_, _, path)| path).collect();
    assert_eq!(paths, ["again.ini", "deep/er/settings.ini"]);
    assert_eq!(told.findings.len(), 1, "one value is one finding");
    assert_eq!(places(&repo.scan(&["dir"])), places(&told));
}

#[test]
fn an_assignment_beside_a_token_is_told_too() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    repo.commit("app.ini", format!("github = {}\n{}", made::token(5), assigned(&secret(5))));
    let told = history(&repo);
    assert_eq!(told.secrets().len(), 2, "{told:?}");
    assert_eq!(places(&told), places(&repo.scan(&["dir"])));
}

#[test]
fn several_assignments_in_one_file_are_all_told() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let text: String = (10..14).map(|number| assigned(&secret(number))).collect();
    repo.commit("settings.ini", &text);
    let told = history(&repo);
    assert_eq!(told.findings.len(), 4, "{told:?}");
    assert_eq!(places(&told), places(&repo.scan(&["dir"])));
}

#[test]
fn a_later_version_that_is_believed_is_told() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let value = secret(3);
    for round in 0..5 {
        // Grows, so that git has something to say by difference.
        let filler: String = (0..round * 40).map(|line| format!("line {line}\n")).collect();
        let text = if round < 2 { filler } else { format!("{filler}{}", assigned(&value)) };
        repo.commit("conf/app.ini", text);
    }
    repo.git(&["gc", "--quiet", "--aggressive"]);
    let told = history(&repo);
    assert_eq!(places(&told), [("generic-secret".to_owned(), value, "conf/app.ini".to_owned())]);
    assert_eq!(told.findings[0]["history"]["commits"], 3);
}

#[test]
fn a_rule_that_knows_the_form_has_the_last_word() {
    let dir = Dir::new();
    dir.write("app.ini", format!("token = \"{}\"\n", made::token(4)));
    let told = dir.scan("", &["dir", "app.ini"]);
    assert_eq!(places(&told).len(), 1);
    assert_eq!(told.findings[0]["rule"], "github-pat-classic");
    // A stand-in that a rule knows is none for the detector either.
    dir.write(
        "app.ini",
        "aws_secret_token = \"AKIAIOSFODNN7EXAMPLE\"\n".replace("EXAMPLE\"", &["EXAM", "PLE\""].concat()),
    );
    dir.scan("", &["dir", "app.ini"]).clean();
}

#[test]
fn weak_passwords_are_graver_where_they_configure_something() {
    let dir = Dir::new();
    let text = "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: postgres\n";
    dir.write("docker-compose.yml", text);
    dir.write("tests/docker-compose.yml", text);
    let severity = |path: &str| {
        let told = dir.scan("", &["dir", path]);
        let weak = told.findings.iter().find(|finding| finding["rule"] == "weak-password");
        weak.map(|finding| finding["severity"].as_str().expect("a word").to_owned())
    };
    assert_eq!(severity("docker-compose.yml").as_deref(), Some("medium"));
    assert!(severity("tests/docker-compose.yml").is_none_or(|severity| severity == "low"));
}

#[test]
fn without_the_kinds_there_is_no_detector() {
    let dir = Dir::new();
    dir.write("app.ini", assigned(&secret(6)));
    dir.write(
        "acme.toml",
        "provider = 'Acme'\n[[word]]\nid = 'acme-key'\ndescription = 'Acme key'\nseverity = 'high'\n\
         words = ['acme']\nvalue = '[A-Za-z0-9]{32}'\nexamples = ['ACME_KEY={alnum:32}']\nnear_misses = ['KEY={alnum:32}']\n",
    );
    dir.scan("", &["dir", "app.ini", "--no-builtin", "--rules", "acme.toml"]).clean();
    dir.write("app.ini", format!("[acme]\n{}", assigned(&secret(6))));
    let told = dir.scan("", &["dir", "app.ini", "--no-builtin", "--rules", "acme.toml"]);
    assert_eq!(places(&told), [("acme-key".to_owned(), secret(6), "app.ini".to_owned())]);
}

/// Under a name that says secret, in a header, and as a password.
fn in_many_places(dir: &Dir, number: usize, value: &str) {
    dir.write(format!("{number}/settings.ini"), format!("api_key = \"{value}\"\n"));
    dir.write(format!("{number}/app.yaml"), format!("app:\n  password: {value}\n"));
    dir.write(
        format!("{number}/call.sh"),
        format!("curl -H \"Authorization: Bearer {value}\" https://api.host.dev\n"),
    );
}

#[test]
fn what_is_public_by_design_encrypted_or_published_is_no_secret_under_any_name() {
    let dir = Dir::new();
    let filled = |template: &str| made::filled(template, 7);
    let text = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
    let user = text(br#"{"u":"somebody","a":"ck1"}"#);
    let jwt = |claims: &[u8]| {
        format!("{}.{}.{}", text(br#"{"alg":"HS256"}"#), text(claims), filled("{b64url:42}A"))
    };
    let silent = [
        filled("pk_live_51{alnum:97}"),
        filled("pk_test_{alnum:24}"),
        filled("sb_publishable_{b64url:22}_{b64url:8}"),
        format!("pk.{user}.{}", filled("{b64url:22}")),
        filled("k4.public.{b64url:43}"),
        ["age1", &"qpzry9x8gf2tvdw0s3jn54khce6mua7l".repeat(2)[..58]].concat(),
        jwt(br#"{"iss":"supabase","ref":"x","role":"anon"}"#),
        jwt(br#"{"iss":"supabase-demo","role":"service_role"}"#),
        // A sealed secret, and a ciphertext of AWS KMS.
        filled("AgA{b64:749}"),
        filled("AQICAH{b64:194}"),
        // What Cloudflare, Discord and Twitter publish.
        ["1x", &"0".repeat(20), "AA"].concat(),
        ["2x", &"0".repeat(31), "AA"].concat(),
        ["MTk4NjIyNDgzNDcxOTI1MjQ4", ".Cl2FMQ.", "ZnCjm1XVW7vRze4b7Cq4se7kKWs"].concat(),
        ["AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2BuSeid", "%2BULvsea4JtiGRiSDSJSI%3DEUifiRBkKG5E2XzM"].concat(),
    ];
    for (number, value) in silent.iter().enumerate() {
        in_many_places(&dir, number, value);
    }
    let told = dir.scan("", &["dir", "."]);
    assert_eq!(places(&told), []);
    // The neighbours of them are told.
    let secret = [
        filled("sk_live_51{alnum:97}"),
        filled("sb_secret_{b64url:22}_{b64url:8}"),
        format!("sk.{user}.{}", filled("{b64url:22}")),
        jwt(br#"{"iss":"supabase","ref":"x","role":"service_role"}"#),
        filled("BgA{b64:749}"),
        ["1x", &"0".repeat(12), "7b3", &"0".repeat(5), "AA"].concat(),
    ];
    let dir = Dir::new();
    for (number, value) in secret.iter().enumerate() {
        in_many_places(&dir, number, value);
    }
    let told = dir.scan("", &["dir", "."]);
    for number in 0..secret.len() {
        let found = places(&told).iter().any(|(_, _, path)| path.starts_with(&format!("{number}/")));
        assert!(found, "{number}");
    }
}

#[test]
fn who_asks_for_more_is_told_no_less_surely() {
    let dir = Dir::new();
    let repo = dir.repo("app");
    let value = secret(9);
    repo.commit("settings.ini", format!("url = postgres://app:{value}@db.internal/app\n"));
    let wanted = history(&repo);
    assert_eq!(places(&wanted), [("url-password".to_owned(), value, "settings.ini".to_owned())]);
    for gate in ["dir", "history"] {
        let told = repo.scan(&[gate, "--min-confidence", "low"]);
        assert_eq!(places(&told), places(&wanted), "{gate}");
        assert_eq!(told.findings[0]["confidence"], wanted.findings[0]["confidence"], "{gate}");
    }
}
