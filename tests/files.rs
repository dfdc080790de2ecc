//! Files that people name after what they hold: their formats are read, their names alone say nothing.

use std::collections::BTreeSet;

use data_encoding::BASE64;

use crate::harness::{Dir, Ran, Repo, made};

/// A password of a person, as no list has it.
fn password(number: u64) -> String {
    made::filled("{word:6}{digits:3}{alnum:4}", number)
}

fn basic(number: u64) -> String {
    BASE64.encode(format!("ann:{}", password(number)).as_bytes())
}

/// Path, content, and rules with the lines on which they must find something.
type Telling = (&'static str, Vec<u8>, Vec<(&'static str, u64)>);

fn telling() -> Vec<Telling> {
    let hex = |number| made::filled("{hex:40}", number);
    let text = |text: String| text.into_bytes();
    vec![
        (
            ".env",
            text(format!(
                "DEBUG=1\nDB_PASSWORD={}\nAPI_KEY={}\n",
                password(1),
                made::filled("{alnum:32}", 1)
            )),
            vec![("generic-password", 2), ("generic-secret", 3)],
        ),
        (".env.production", text(format!("MAIL_PASS={}\n", password(2))), vec![("generic-password", 1)]),
        ("id_rsa", text(made::private_key()), vec![("private-key-rsa", 1)]),
        ("deploy.pem", text(made::checked("pem-private-key", 4)), vec![]),
        (
            ".npmrc",
            text(format!("//npm.internal/:_authToken={}\n//npm.internal/:_password={}\n", hex(3), basic(3))),
            vec![("npm-rc-auth-token", 1), ("npm-rc-basic-auth", 2)],
        ),
        (
            ".pypirc",
            text(format!("[pypi]\nusername = ann\npassword = {}\n", password(4))),
            vec![("config-file-pypirc", 3)],
        ),
        (
            ".netrc",
            text(format!("machine api.internal\n  login ann\n  password {}\n", password(5))),
            vec![("basic-auth-netrc", 3)],
        ),
        (
            "_netrc",
            text(format!("machine api.internal login ann password {}\n", password(6))),
            vec![("basic-auth-netrc", 1)],
        ),
        (
            ".pgpass",
            text(format!("db.internal:5432:app:ann:{}\n*:*:*:admin:{}\n", password(7), password(8))),
            vec![("config-file-pgpass", 1), ("config-file-pgpass", 2)],
        ),
        (
            ".git-credentials",
            text(format!("https://ann:{}@git.internal\n", password(9))),
            vec![("url-password", 1)],
        ),
        (
            ".htpasswd",
            text(format!(
                "ann:$apr1${}${}\nbob:{{SHA}}{}=\n",
                made::filled("{alnum:8}", 10),
                made::filled("{alnum:22}", 10),
                made::filled("{b64:27}", 10)
            )),
            vec![("password-hash-md5crypt", 1), ("password-hash-htpasswd-sha", 2)],
        ),
        (
            ".docker/config.json",
            text(format!("{{\"auths\": {{\"reg.internal\": {{\"auth\": \"{}\"}}}}}}\n", basic(11))),
            vec![("docker-config-auth", 1)],
        ),
        (
            ".dockercfg",
            text(format!("{{\"https://reg.internal\": {{\"auth\": \"{}\"}}}}\n", basic(12))),
            vec![("generic-secret", 1)],
        ),
        (
            ".kube/config",
            text(format!(
                "kind: Config\nusers:\n- name: ann\n  user:\n    token: {}\n",
                made::filled("{alnum:40}", 13)
            )),
            vec![("generic-secret", 5)],
        ),
        (
            ".bash_history",
            text(format!(
                "ls\nsshpass -p {} ssh h\nexport API_TOKEN={}\n",
                password(14),
                made::filled("{alnum:32}", 14)
            )),
            vec![("command-line-sshpass", 2), ("generic-secret", 3)],
        ),
        (
            "dump.sql",
            text(format!("CREATE USER 'app'@'%' IDENTIFIED BY '{}';\n", password(15))),
            vec![("database-sql-password", 1)],
        ),
        (
            "client.ovpn",
            text(format!("client\n<auth-user-pass>\nann\n{}\n</auth-user-pass>\n", password(16))),
            vec![("openvpn-inline-password", 4)],
        ),
        (
            "terraform.tfstate",
            text(format!("{{\n\"username\": \"app\",\n\"password\": \"{}\"}}\n", password(17))),
            vec![("generic-password", 3)],
        ),
        (
            // A database of which the rows are text.
            ".config/gcloud/credentials.db",
            [
                b"SQLite format 3\0\x10\0\x01\x01\0".as_slice(),
                &made::filled("{alnum:30}", 18).into_bytes(),
                format!("{{\"refresh_token\": \"1//0{}\"}}", made::filled("{alnum:99}", 18)).as_bytes(),
            ]
            .concat(),
            vec![("google-oauth-refresh-token", 1)],
        ),
    ]
}

fn sample(template: &str) -> Vec<u8> {
    leakgate::pattern::sample(template, 7)
}

fn found(told: &crate::harness::Told) -> BTreeSet<(String, String, u64)> {
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let one = |finding: &serde_json::Value| {
        (text(&finding["path"]), text(&finding["rule"]), finding["line"].as_u64().expect("a number"))
    };
    told.findings.iter().map(one).collect()
}

fn repo<'d>(dir: &'d Dir, files: &[(&str, Vec<u8>)]) -> Repo<'d> {
    let repo = dir.repo("home");
    for (path, content) in files {
        repo.write(path, content);
        repo.git(&["add", "-f", "--", path]);
    }
    repo
}

#[test]
fn formats_are_read() {
    let dir = Dir::new();
    let files = telling();
    let repo =
        repo(&dir, &files.iter().map(|(path, content, _)| (*path, content.clone())).collect::<Vec<_>>());
    let staged = repo.staged();
    let all = found(&staged);
    for (path, _, rules) in &files {
        let here: Vec<_> =
            all.iter().filter(|(at, ..)| at == path).map(|(_, rule, line)| (rule.as_str(), *line)).collect();
        assert!(!here.is_empty(), "{path}: nothing");
        assert!(rules.iter().all(|rule| here.contains(rule)), "{path}: {here:?}");
    }
    repo.record("Home");
    assert_eq!(found(&repo.history()), all);
    assert_eq!(found(&repo.scan(&["dir", "--no-ignore"])), all);
}

#[test]
fn what_is_public_or_left_to_be_filled_in_says_nothing() {
    let dir = Dir::new();
    let (cert, line) = (made::filled("{b64:1000}", 1), |body: &str| {
        body.as_bytes()
            .chunks(64)
            .map(|line| format!("{}\n", String::from_utf8_lossy(line)))
            .collect::<String>()
    });
    let certificate = format!("-----BEGIN CERTIFICATE-----\nMIID{}-----END CERTIFICATE-----\n", line(&cert));
    let trust = sample("{raw:feedfeed00000002}{raw:0000000100000002}{bytes:900}");
    let example = "DB_PASSWORD=<password>\nAPI_KEY=your-api-key\nJWT_SECRET=\nTOKEN=<token>\nSECRET=xxxxxxxx\nKEY=${KEY}\n";
    let files = [
        ("server.pem", certificate.into_bytes()),
        (
            "id_ed25519.pub",
            format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{} ann@host\n", made::filled("{alnum:43}", 2))
                .into_bytes(),
        ),
        ("truststore.jks", trust),
        (".env.example", example.as_bytes().to_vec()),
        (
            ".npmrc",
            b"registry=https://registry.internal/\n//registry.internal/:_authToken=${NPM_TOKEN}\n".to_vec(),
        ),
        (".pgpass", b"# host:port:database:user:password\n".to_vec()),
        (".netrc", b"machine api.internal\n  login ann\n".to_vec()),
        ("client.ovpn", b"client\nauth-user-pass pass.txt\n".to_vec()),
        (
            ".docker/config.json",
            b"{\"auths\": {\"reg.internal\": {}}, \"credsStore\": \"desktop\"}\n".to_vec(),
        ),
    ];
    let repo = repo(&dir, &files);
    assert_eq!(found(&repo.staged()), BTreeSet::new());
}

#[test]
fn key_stores_are_known_by_their_first_bytes() {
    let dir = Dir::new();
    let stores = [
        ("store.jks", "{raw:feedfeed00000002}{raw:0000000100000001}{bytes:900}", "key-store-java"),
        (
            "store.p12",
            "{raw:3082080002010330820700}{raw:06092a864886f70d010701}{bytes:900}",
            "key-store-pkcs12",
        ),
        ("passwords.kdbx", "{raw:03d9a29a67fb4bb5}{bytes:900}", "key-store-keepass"),
    ];
    // The name is of no weight.
    let files: Vec<_> = stores.iter().map(|(name, content, _)| (*name, sample(content))).collect();
    let repo = repo(&dir, &[&files[..], &[("data.bin", files[0].1.clone())]].concat());
    let all = ["--min-confidence", "low"];
    let staged = repo.scan(&[&["staged"], &all[..]].concat());
    let told = found(&staged);
    for (name, _, rule) in stores {
        assert!(
            told.contains(&(name.to_owned(), rule.to_owned(), 1)) || name == "store.jks",
            "{name}: {told:?}"
        );
    }
    let java =
        staged.findings.iter().find(|finding| finding["rule"] == "key-store-java").expect("it is told");
    assert_eq!((&java["path"], &java["places"][0]["path"]), (&"data.bin".into(), &"store.jks".into()));
    repo.record("Stores");
    assert_eq!(found(&repo.scan(&[&["history"], &all[..]].concat())), told);
    // Tests of many projects hold some of the first two kinds.
    let sure: Vec<_> = found(&repo.scan(&["dir"])).into_iter().map(|(_, rule, _)| rule).collect();
    assert_eq!(sure, ["key-store-keepass"]);
}

#[test]
fn a_key_store_has_its_own_fingerprint_and_is_shown_as_a_line() {
    let dir = Dir::new();
    let store =
        |seed| leakgate::pattern::sample("{raw:feedfeed00000002}{raw:0000000100000001}{bytes:900}", seed);
    dir.write("a.jks", store(1));
    dir.write("b.jks", store(2));
    dir.write("copy/a.jks", store(1));
    let rules = |paths: &[&str], more: &[&str]| {
        Ran::of(&mut dir.leakgate("", &[&["dir", "--min-confidence", "low"], paths, more].concat()))
    };
    let ran = rules(&["a.jks", "b.jks", "copy"], &["--format", "jsonl"]);
    assert_eq!(ran.stdout.matches("\"rule\":\"key-store-java\"").count(), 2, "one for each store");
    let ran = rules(&["a.jks"], &[]);
    assert!(ran.stdout.contains("Java key store"), "{}", ran.stdout);
    assert!(ran.stdout.chars().all(|c| c == '\n' || !c.is_control()), "no byte of it acts on the terminal");
}
