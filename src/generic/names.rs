//! Names that stand where values might: of keys, settings, constants, labels, states, servers.
//!
//! Looks at a spot in its window. Knows no path.

use super::find::{Form, Spot};
use super::lexicon::{by_chance, split};
use super::read::{self, Quote};

/// What a value names, if it is a name.
pub fn known_name(w: &[u8], s: &Spot, v: &[u8]) -> Option<&'static str> {
    let name = &w[s.key.clone()];
    Some(match () {
        () if selects(w, s) => "a label that is selected by",
        () if grammar(w, s, v) => "what a grammar is made of",
        () if by_chance(name) || turn(name) => "what a word is followed by that is none for secrets",
        // Palau, in lists of countries, and a browser in lists of those.
        () if name == b"PW" && !v.iter().any(u8::is_ascii_digit) => "what a code stands for",
        () if looks_up(name, s) || dotted(name, v) || entry(w, s) || section(w, s) => "the name of a key",
        () if kept(w, s) || attribute(name) => "the name of what is kept elsewhere",
        () if handed_on(name, s) => "where requests are handed on to",
        () if state(w, s, v) => "a state, or an event",
        () if variable(w, s, v) || bound(w, s, v) => "the name of a variable",
        () if constant(w, s, v) || named_before(w, s, v) => "the name of a constant",
        () if handler(w, s, name, v) => "what is done at an event",
        () if signature(name, s) => "how a kind of file begins or ends",
        () => return None,
    })
}

/// The words of a language (`tokens = "PLUS MINUS"`), or a text that is cut into them (`new StringTokenizer("1,2")`).
fn grammar(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let name = &w[s.key.clone()];
    let word = |b: &u8| b.is_ascii_uppercase() || matches!(b, b'_' | b',' | b' ');
    name == b"tokens" && v.iter().all(word)
        || [name, &w[s.wrapper.clone()]]
            .iter()
            .any(|call| [&b"tokenizer"[..], b"tokenize"].iter().any(|end| read::ends_ci(call, end)))
}

/// A label that Kubernetes selects by: `key: name` and then `operator: In`.
fn selects(w: &[u8], s: &Spot) -> bool {
    let next = w[s.end..].iter().take(40).position(u8::is_ascii_alphanumeric).unwrap_or_default();
    w[s.key.clone()] == *b"key" && w[s.end + next..].starts_with(b"operator")
}

/// Asks whether something has a key (`has_key?("x")`), for what is kept under it (`objectForKey:@"x"`), or for one of
/// the keyboard (`useHotkey("Shift+F1")`).
fn looks_up(name: &[u8], s: &Spot) -> bool {
    const NAMES: &[&[u8]] = &[
        b"has_key",
        b"haskey",
        b"contains_key",
        b"containskey",
        b"hotkey",
        b"messagekey",
        // moment.js, in very many bundles
        b"formattoken",
        b"regextoken",
        b"parsetoken",
        b"bylogin",
    ];
    s.form == Form::Call && NAMES.iter().any(|asks| read::ends_ci(name, asks))
        || s.form == Form::Colon && (name == b"forKey" || name.ends_with(b"ForKey"))
}

/// What a section or a file of settings is called, in which something is looked up: `config.get("db", "password")`,
/// `open("db").get("password")`.
fn section(w: &[u8], s: &Spot) -> bool {
    const READS: &[&[u8]] = &[b".get", b".getstring", b".getproperty", b".read"];
    let rest = &w[s.end..];
    s.nth == 0
        && !s.call(w).is_empty()
        && (rest.starts_with(b").get") || rest.starts_with(b",") && s.called_by(w, READS))
}

/// A secret's name, by which AWS gives it (`aws secretsmanager get-secret-value --secret-id x`, `arn:…:secret:x`), or
/// the type of what it keeps (`AWS::IAM::AccessKey: x`).
fn kept(w: &[u8], s: &Spot) -> bool {
    let lead = &w[read::line_start(w, s.key.start)..s.key.start];
    let names = |part: &[u8]| memchr::memmem::find(lead, part).is_some();
    match &w[s.key.clone()] {
        b"secret-id" => names(b"secretsmanager"),
        b"secretsmanager" => lead.ends_with(b":") && names(b"arn:"),
        b"secret" if lead.ends_with(b":") => names(b"arn:") && names(b":secretsmanager:"),
        _ => lead.ends_with(b"::") && names(b"AWS::"),
    }
}

/// What else is known of a credential, as the last part of a name says: `vcap.services.db.credentials.username`.
fn attribute(name: &[u8]) -> bool {
    const PARTS: &[&[u8]] = &[b"name", b"username", b"user", b"host", b"hostname", b"port", b"label"];
    memchr::memrchr(b'.', name).is_some_and(|dot| PARTS.contains(&&name[dot + 1..]))
}

/// Which time something is gone through: `FirstPass`, `render_pass`.
fn turn(name: &[u8]) -> bool {
    const TIMES: &[&[u8]] = &[
        b"first",
        b"second",
        b"third",
        b"one",
        b"two",
        b"single",
        b"multi",
        b"render",
        b"final",
        b"next",
        b"last",
        b"shadow",
        b"depth",
        b"compute",
        b"blur",
        b"bloom",
        b"optimizer",
        b"compiler",
    ];
    let mut last = [&name[..0]; 2];
    split(name, |r, _, _| last = [last[1], &name[r]]);
    last[1].eq_ignore_ascii_case(b"pass") && TIMES.iter().any(|time| last[0].eq_ignore_ascii_case(time))
}

/// What Angular binds a name to: `#password="ngModel"`.
fn bound(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    w[..s.key.start].ends_with(b"#") && (v == b"ngModel" || v == b"ngForm")
}

/// A variable of the environment: `getenv("PGPASSWORD")`.
fn variable(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const ASKS: &[&[u8]] = &[b"getenv", b"environ.get", b"lookupenv", b"var", b"getenvironmentvariable"];
    s.nth == 0
        && v.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
        && s.called_by(w, ASKS)
}

/// A name in parts, where a key is the name of a setting: `Key("service.instance.id")`.
fn dotted(name: &[u8], v: &[u8]) -> bool {
    let part = |part: &[u8]| {
        part.first().is_some_and(u8::is_ascii_lowercase)
            && part.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
    };
    read::ends_ci(name, b"key")
        && v.iter().filter(|b| **b == b'.').count() >= 2
        && v.iter().filter(|b| b.is_ascii_digit()).count() <= 2
        && v.split(|b| *b == b'.').all(part)
}

/// The name of an entry in a property list: `<key>CPUSpeed</key>` and then its value.
fn entry(w: &[u8], s: &Spot) -> bool {
    const VALUES: &[&[u8]] = &[
        b"<string>",
        b"<integer>",
        b"<dict>",
        b"<array>",
        b"<true/>",
        b"<false/>",
        b"<data>",
        b"<date>",
        b"<real>",
    ];
    let behind = w[s.end..].strip_prefix(b"</key>").unwrap_or_default().trim_ascii_start();
    s.form == Form::Markup && w[s.key.clone()] == *b"key" && VALUES.iter().any(|tag| behind.starts_with(tag))
}

/// The server behind nginx: `proxy_pass unix:/run/app.sock`.
fn handed_on(name: &[u8], s: &Spot) -> bool {
    const HEADS: &[&[u8]] = &[b"proxy", b"fastcgi", b"uwsgi", b"scgi", b"grpc", b"memcached"];
    /// Of Apache
    const DIRECTIVES: &[&[u8]] = &[b"proxypass", b"proxypassmatch", b"proxypassreverse"];
    s.form == Form::Space
        && (name.strip_suffix(b"_pass").is_some_and(|head| HEADS.contains(&head))
            || DIRECTIVES.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// The state of an element (`#password:focus`, `[type="password"]:disabled`), or the event or setting that a name in
/// quotes tells by its end (`'password:disableEdit'`).
fn state(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    const STATES: &[&[u8]] = &[
        b"focus",
        b"hover",
        b"active",
        b"visited",
        b"enabled",
        b"disabled",
        b"checked",
        b"visible",
        b"hidden",
        b"invalid",
        b"valid",
        b"required",
        b"optional",
        b"empty",
        b"not",
        b"first",
        b"last",
        b"before",
        b"after",
    ];
    const EVENTS: &[&[u8]] = &[
        b"confirm",
        b"confirmed",
        b"reset",
        b"change",
        b"changed",
        b"create",
        b"created",
        b"update",
        b"updated",
        b"delete",
        b"deleted",
        b"get",
        b"set",
        b"read",
        b"write",
        b"list",
        b"edit",
        b"show",
        b"hide",
        b"forgot",
        b"expired",
        b"expiry",
        b"length",
        b"strength",
        b"generate",
        b"revoke",
        b"revoked",
        b"refresh",
        b"validate",
        b"verify",
    ];
    let tied = matches!(s.form, Form::Colon | Form::Pair)
        && s.quote == Quote::None
        && w[..s.value.start].ends_with(b":");
    if !tied || !v.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let open = w[..s.key.start].iter().rev().take(60).find(|b| !read::is_key(**b) && **b != b':');
    let whole = s.key.end + 1 == s.value.start
        && open.is_some_and(|open| w.get(s.end) == Some(open) && b"\"'`".contains(open));
    let camel = v[0].is_ascii_lowercase() && v.iter().any(u8::is_ascii_uppercase);
    // Of Playwright's logs.
    let log = w[s.key.clone()] == *b"pw";
    STATES.contains(&v) || whole && (camel || log || EVENTS.contains(&v))
}

/// One of an enumeration (`TokenBearer = "Bearer"`; as Go writes it, `TokenTypeBearer TokenType = "Bearer"`), or the name of a setting
/// (`DefaultGatewayKey = "DefaultGatewayIPv4"`).
fn constant(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    /// Letters that a name and its value begin with alike, by no chance.
    const ALIKE: usize = 8;
    if s.form != Form::Assign {
        return false;
    }
    let name = &w[s.key.clone()];
    let alike = name.iter().zip(v).take_while(|(a, b)| a == b).count();
    let letters = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let word = |b: &u8| read::is_ident(*b) || matches!(b, b':' | b'.' | b'/');
    // In parts: `PerfTradeoffKey = "perf:tradeoff"`
    let told = || {
        let value = letters(v);
        value.len() >= ALIKE && letters(name).starts_with(&value) && !v.iter().all(|b| read::is_ident(*b))
    };
    if read::ends_ci(name, b"key")
        && (alike >= ALIKE && v.iter().all(|b| read::is_ident(*b)) || v.iter().all(word) && told())
        || v.len() > 4 && v[0].is_ascii_uppercase() && name.len() > v.len() && name.ends_with(v)
    {
        return true;
    }
    let lead = &w[read::line_start(w, s.key.start)..s.key.start];
    let name = lead.trim_ascii();
    lead.ends_with(b" ")
        && name.len() > v.len()
        && name.ends_with(v)
        && name.iter().all(|b| read::is_ident(*b))
}

/// A name in camel case that the line has told before: `OpenSesame => get("OpenSesame")`,
/// `<ArrowCircle key="ArrowCircle"`.
fn named_before(w: &[u8], s: &Spot, v: &[u8]) -> bool {
    let camel = v.len() >= 8
        && v.iter().all(u8::is_ascii_alphabetic)
        && v.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    let line = &w[read::line_start(w, s.key.start)..=s.key.end.min(w.len() - 1)];
    let whole = |at: usize| !line.get(at + v.len()).is_some_and(|b| read::is_ident(*b));
    camel && memchr::memmem::find_iter(line, v).any(whole)
}

/// What is called at an event: `@forget-pwd="forgetPwdClick"`, `onThirdLogin('dingtalk')`.
fn handler(w: &[u8], s: &Spot, name: &[u8], v: &[u8]) -> bool {
    let word = v.iter().all(u8::is_ascii_alphabetic);
    let event = || w[..s.key.start].ends_with(b" @") && w.get(s.key.end) == Some(&b'=');
    s.form == Form::Assign && s.quote == Quote::Double && word && event()
        || s.form == Form::Call && matches!(name, [b'o', b'n', b'A'..=b'Z', ..])
}

/// The bytes by which a kind of file is known.
fn signature(name: &[u8], s: &Spot) -> bool {
    s.form == Form::Bytes && read::ends_ci(name, b"signature")
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::nothing;

    #[test]
    fn types_attributes_and_names_of_settings_are_no_values() {
        let value = "d-XZ-x.9_n5023Xl-3Pw-r7g";
        for text in [
            format!("\"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{value}\""),
            format!("\"AWS::IAM::AccessKey\": \"{value}\""),
            format!("vcap.services.db.credentials.username: {value}"),
            "const string PerfTradeoffKey = \"perf:tradeoff\";".to_owned(),
            "DEBUG: \"pw:webserver\"".to_owned(),
            format!("hwFilterFirstPass = \"{value}\""),
            format!("pass = document.getElementById('{value}')"),
            format!("pass = $('{value}')"),
            "- 'apparmor(unix-chkpwd): disabled'".to_owned(),
            ["- Pass", "word: Disallow control characters"].concat(),
        ] {
            assert!(nothing(&text), "{text}");
        }
        for text in [
            format!("secret: {value}"),
            format!("Config::apiKey = \"{value}\";"),
            format!("vcap.services.db.credentials.password: {value}"),
            format!("pass = decode('{value}')"),
            format!("firstUserPass = '{value}'"),
            format!("- Password: {value}"),
        ] {
            assert!(!nothing(&text), "{text}");
        }
    }

    #[test]
    fn names_are_no_values() {
        let value = "d-XZ-x.9_n5023Xl-3Pw-r7g";
        for text in [
            "useHotkey('Shift+ArrowUp')".to_owned(),
            format!("versions.has_key?(\"{value}\")"),
            "attribute.Key(\"k8s.job.uid\")".to_owned(),
            format!("<key>{value}</key>\n  <integer>100</integer>"),
            "\tSyncPasswordsDisabled SyncPasswords = \"Disabled\"".to_owned(),
            format!("\tDefaultGatewayAuxKey = \"{}IPv4\"", "DefaultGateway"),
            "password: os.Getenv(\"PGPASSWORD\")".to_owned(),
            "[map setObject:@(x) forKey:@\"simulatesAskToBuy\"]".to_owned(),
            "proxy_pass unix:$PGHOST/.s.PGSQL.5432;".to_owned(),
            "ProxyPass \"/wekan\" \"http://127.0.0.1:3001/wekan\"".to_owned(),
            "$('#password:focus').length".to_owned(),
            "get('[value=\"password\"]:disabled')".to_owned(),
            "meta.config['password:disableEdit']".to_owned(),
            "\"admin:password:confirm\": x".to_owned(),
            "<property name=\"tokens\" value=\"ELLIPSIS\"/>".to_owned(),
            "overlay=eof_action=pass:repeatlast=0".to_owned(),
            "hashed_password = HKDF-SHA-256(SP, salt=x)".to_owned(),
            "no --client-pass provided".to_owned(),
            "\"PW\" => \"Melekeok\"".to_owned(),
            "addFormatToken('GGGG', 'isoWeekYear')".to_owned(),
            "String PASSWORD = open(\"redisSettings\").get(\"redis.password\");".to_owned(),
            "aws secretsmanager get-secret-value --secret-id ClusterAdmin-HAisfd87ASd".to_owned(),
            "string @Passphrase => GetValue(\"@Passphrase\", x)".replace('@', "Rijndael"),
            "<ArrowAltCircle key=\"ArrowAltCircle\" />".to_owned(),
            "<Login @forget-pwd=\"forgetPwdClick\" />".to_owned(),
            "onThirdLogin('dingtalk');".to_owned(),
            "var STREAM_SIGNATURE = [0x65, 0x6E, 0x64, 0x73, 0x74, 0x72, 0x65, 0x61, 0x6D];".to_owned(),
            "$fields['passwd1']->set('layout', 3)".to_owned(),
            "<item label=\"\u{5bc6}\u{7801}\" :labelCol=\"labelCol\">".to_owned(),
            "<input #password=\"ngModel\">".to_owned(),
            "tokens = new StringTokenizer(\"1,2,3,4,5,6,7,8,9,10\");".to_owned(),
            "users.findOneByLogin(\"johndoe\")".to_owned(),
            "[\"Turkiye\",\"Republic of Turkey\",\"T\u{fc}rkiye Cumhuriyeti\"]".to_owned(),
            "Rowkey: phone#4c410523#20190501, os: x".to_owned(),
        ] {
            assert!(nothing(&text), "{text}");
        }
        for text in [
            format!("api.set_key(\"{value}\")"),
            format!("<key>{value}</key>\n<owner>"),
            format!("\tstring password = \"{value}\""),
            format!("\tDefaultGatewayKey = \"DefaultGateway-{value}\""),
            format!("password: os.Getenv(\"PGPASSWORD\", \"{value}\")"),
            format!("proxy_pass = {value}"),
            format!("data['password:{}']", "Tr0ub4dor"),
            format!("-H 'Password:{}'", "swordfish"),
            format!("addToken('GGGG', '{value}')"),
            format!("password = config.get(\"db_password\", \"{value}\")"),
            format!("EXEC x @pwd=\"{value}\""),
            format!("client.login('{value}');"),
            format!("  @connection.password = \"{}\"", "swordfish"),
            "rabbitFishPassword: \"rabbitFishPass\"".to_owned(),
            format!("$fields['passwd1'] -> '{value}'"),
            format!("\"\u{5bc6}\u{7801}\": \"{value}\""),
            format!("vault write login --secret-id {value}"),
            format!("<input type=\"password\" password=\"ngModel{value}\">"),
            format!("tokens = Token(\"{value}\")"),
            format!("new Map([[\"user\", \"monk\"], [\"userkey\", \"{value}\"]])"),
        ] {
            assert!(!nothing(&text), "{text}");
        }
        let text = format!("password = config.get(\"Empire\", \"{value}\")");
        let found = crate::generic::find(text.as_bytes());
        assert!(found.iter().all(|c| text[c.value.clone()] == *value), "the section is no value");
    }
}
