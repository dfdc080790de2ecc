//! A value whose place, and no sign, says which name it belongs to: the same place in a list, a column, a body, a tag.
//!
//! Bounded look-ahead, no grammar. Knows nothing of what a key means.

use std::ops::Range;

use super::find::{Form, REACH, Spot, Tie, spot};
use super::read::{ends_ci, is_ident, line_end, line_start, literal, skip_blank, skip_gap, starts_ci};
use super::values::{markup_start, value};

/// Names or values of one line that are gone through.
const MOST: usize = 6;

/// `user, password = "x", "y"`: the value in the name's place. Whether names stand so at all.
pub fn parallel(w: &[u8], key: &Range<usize>, each: &mut impl FnMut(Spot)) -> bool {
    let behind = &w[key.end..line_end(w, key.end)];
    let lead = w[line_start(w, key.start)..key.start].trim_ascii_start();
    if !lead.contains(&b',') && !behind.starts_with(b",") {
        return false;
    }
    let Some(sign) = memchr::memchr(b'=', behind) else { return false };
    // Arguments that are named have no blank there: `host, user, password="x")`.
    if !matches!(behind[..sign].last(), Some(b' ' | b':')) {
        return false;
    }
    let mut names = behind[..sign].trim_ascii_end();
    names = names.strip_suffix(b":").unwrap_or(names).trim_ascii_end();
    names = names.strip_suffix(b"]").or(names.strip_suffix(b")")).unwrap_or(names);
    let words = [&b"const "[..], b"let ", b"var ", b"local ", b"my "];
    let before = words.iter().find_map(|word| lead.strip_prefix(*word)).unwrap_or(lead);
    let before = before.strip_prefix(b"[").or(before.strip_prefix(b"(")).unwrap_or(before);
    let nth = before.iter().filter(|b| **b == b',').count();
    let is_name = |text: &[u8]| {
        let text = text.trim_ascii();
        !text.is_empty() && text.iter().all(|b| is_ident(*b) || matches!(b, b'$' | b'.' | b'@'))
    };
    let more = names.strip_prefix(b",");
    let alone = nth == 0 && more.is_none();
    let others = before.split(|b| *b == b',').take(nth);
    let others = others.chain(more.iter().flat_map(|more| more.split(|b| *b == b',')));
    if alone || nth >= MOST || more.is_none() && !names.is_empty() || !others.clone().all(is_name) {
        return false;
    }
    let mut at = skip_blank(w, key.end + sign + 1, 4);
    at += usize::from(matches!(w.get(at), Some(b'[' | b'(')));
    for _ in 0..nth {
        let end = match literal(w, at) {
            Some(text) => text.end,
            None => at + w[at..].iter().take(60).take_while(|b| is_ident(**b) || b"$.@".contains(b)).count(),
        };
        if end == at || w.get(end) != Some(&b',') {
            return true;
        }
        at = skip_gap(w, end + 1);
    }
    value(w, at, true, false, &mut |s| each(Spot { form: Form::Assign, key: key.clone(), ..s }));
    true
}

/// The cells below a table's head: `| User | Password |`, a line of dashes, and then rows.
pub fn column(w: &[u8], key: &Range<usize>, each: &mut impl FnMut(Spot)) {
    let next = skip_blank(w, key.end, REACH);
    if !matches!(w.get(next), Some(b'|' | b'*' | b'\r' | b'\n')) {
        return;
    }
    let (start, end) = (line_start(w, key.start), line_end(w, key.end));
    let head = &w[start..end];
    let bars = |text: &[u8]| memchr::memchr_iter(b'|', text).count();
    let nth = bars(&w[start..key.start]);
    if bars(head) == 0 || end == w.len() {
        return;
    }
    let ruler = &w[end + 1..line_end(w, end + 1)];
    let dashes = ruler.iter().all(|b| matches!(b, b'-' | b':' | b'|' | b' ' | b'\t' | b'\r'));
    if !dashes || memchr::memmem::find(ruler, b"--").is_none() || bars(ruler) == 0 {
        return;
    }
    for (cells, at) in rows(w, end + 1 + ruler.len() + 1, b'|', nth) {
        let Some(at) = at.filter(|_| cells > 1) else { return };
        let cell = &w[at.clone()];
        let mark = |b: &u8| matches!(b, b' ' | b'`' | b'*' | b'\t' | b'\r');
        let from = cell.iter().take_while(|b| mark(b)).count();
        let len = cell[from..].iter().rev().skip_while(|b| mark(b)).count();
        if len > 3 {
            let text = at.start + from;
            each(Spot { key: key.clone(), ..spot(Form::Table, 0..0, text..text + len) });
        }
    }
}

/// The rows from `start` on: how many cells each has, and where its `nth` stands.
fn rows(w: &[u8], start: usize, sign: u8, nth: usize) -> impl Iterator<Item = (usize, Option<Range<usize>>)> {
    let lines = w.get(start..).unwrap_or_default().split(|b| *b == b'\n').take(MOST);
    lines.scan(start, move |row, line| {
        let cells = line.split(|b| *b == sign);
        let from = *row + cells.clone().take(nth).map(|cell| cell.len() + 1).sum::<usize>();
        *row += line.len() + 1;
        let cell = cells.clone().nth(nth).map(|cell| from..from + cell.len());
        Some((cells.count(), cell))
    })
}

/// The cells below the head of a file of columns: `user,password,url`, and then rows of as many cells.
pub fn record(w: &[u8], key: &Range<usize>, each: &mut impl FnMut(Spot)) {
    // Nearly every name is no cell by itself.
    let past = |quote: Option<&u8>| usize::from(quote == Some(&b'"'));
    let before = key.start - past(w[..key.start].last());
    let behind = key.end + past(w.get(key.end));
    let edge = |b: &u8| matches!(b, b',' | b';' | b'\t' | b'\r' | b'\n' | b' ');
    if !w[..before].last().is_none_or(edge) || !w.get(behind).is_none_or(edge) {
        return;
    }
    let (start, end) = (line_start(w, key.start), line_end(w, key.end));
    let head = w[start..end].trim_ascii_end();
    let Some(sign) = head.iter().copied().find(|b| matches!(b, b',' | b';' | b'\t')) else { return };
    let is_name = |cell: &[u8]| {
        let cell = &cell[bare(cell)];
        cell.first().is_some_and(u8::is_ascii_alphabetic)
            && cell.iter().all(|b| is_ident(*b) || matches!(b, b' ' | b'-'))
    };
    let cells = head.split(|b| *b == sign);
    let count = cells.clone().count();
    if count < 3 || !cells.clone().all(is_name) {
        return;
    }
    let nth = w[start..key.start].iter().filter(|b| **b == sign).count();
    if cells.clone().nth(nth).is_none_or(|cell| cell[bare(cell)] != w[key.clone()]) {
        return;
    }
    for (cells, at) in rows(w, end + 1, sign, nth) {
        let Some(at) = at.filter(|_| cells == count) else { return };
        let text = bare(&w[at.clone()]);
        let text = at.start + text.start..at.start + text.end;
        let value = &w[text.clone()];
        if value.len() >= 6 && value.iter().any(u8::is_ascii_digit) && !value.contains(&b' ') {
            each(Spot { key: key.clone(), ..spot(Form::Table, 0..0, text) });
        }
    }
}

/// Where in a cell its text stands, without quotes.
fn bare(cell: &[u8]) -> Range<usize> {
    let end = cell.len() - usize::from(cell.ends_with(b"\r"));
    let quoted = end >= 2 && cell[0] == b'"' && cell[end - 1] == b'"';
    if quoted { 1..end - 1 } else { 0..end }
}

/// What a property or function gives that is named so: `{ get; set; } = "x"`, `() => "x"`, `: String { return "x"; }`,
/// `:` and `return "x"` on the next line. The position of the literal.
pub fn returned(w: &[u8], p: usize) -> Option<usize> {
    /// Bytes of types, brackets and words before the value.
    const FAR: usize = 80;
    let text_at = |v: usize| literal(w, v).map(|_| v);
    let mut i = skip_blank(w, p, 4);
    // A type: `: String`, `-> str`
    let typed = match w.get(i..i + 2)? {
        b"->" => 2,
        [b':', _] => 1,
        _ => 0,
    };
    if typed > 0 {
        i = skip_blank(w, i + typed, 4);
        i = skip_blank(w, i + w[i..].iter().take(40).take_while(|b| is_ident(**b) || **b == b'?').count(), 4);
        i += usize::from(w.get(i) == Some(&b':') && typed == 2);
    }
    if w[i..].starts_with(b"=>") || w[i..].starts_with(b"= ") {
        return text_at(skip_blank(w, i + 2, 4));
    }
    let text = &w[i..w.len().min(i + FAR)];
    // Nothing but the words of a property, or a line's end, stands before.
    let words = |text: &[u8]| {
        text.split(|b| !b.is_ascii_alphabetic())
            .all(|word| matches!(word, b"" | b"get" | b"set" | b"init" | b"private" | b"internal"))
            && text.iter().all(|b| b.is_ascii_alphabetic() || b.is_ascii_whitespace() || b"{};".contains(b))
    };
    if let Some(at) = memchr::memmem::find(text, b"return").filter(|at| words(&text[..*at])) {
        return text_at(skip_blank(w, i + at + 6, 4));
    }
    let close = memchr::memchr(b'}', text).filter(|close| words(&text[..*close]))?;
    let sign = skip_blank(w, i + close + 1, 4);
    if !text.starts_with(b"{") || w.get(sign) != Some(&b'=') {
        return None;
    }
    text_at(skip_blank(w, sign + 1, 4))
}

/// What a name without quotes is, to which a comma hands a text: compared (`strcmp(password, "x")`), or set
/// (`set :password, "x"`, `-define(PASSWORD, "x")`).
pub fn handed(w: &[u8], key: usize) -> Option<Form> {
    let lead = &w[line_start(w, key)..key];
    let lead = lead.strip_suffix(b"$").unwrap_or(lead);
    match () {
        // Parsers compare what they call tokens.
        () if lead.ends_with(b"cmp(") && !starts_ci(w, key, b"tok") => Some(Form::Compare),
        () if lead.ends_with(b"set :") || lead.ends_with(b"-define(") => Some(Form::Comma),
        () => None,
    }
}

/// The text behind a key that PHP has serialized: `s:8:"password";s:3:"x…";`.
pub fn serialized(w: &[u8], p: usize) -> Option<usize> {
    let rest = w[p..].strip_prefix(b";s:")?;
    let digits = rest.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    let v = p + 3 + digits + 1;
    (digits > 0 && rest.get(digits) == Some(&b':') && literal(w, v).is_some()).then_some(v)
}

/// The item of a list behind a flag that is an item itself: `- --password`, `- x`.
pub fn list_item(w: &[u8], p: usize, tie: &Tie) -> Option<usize> {
    let lead = w[line_start(w, tie.key.start)..tie.key.start].trim_ascii();
    let flag = tie.flag
        && lead
            .strip_prefix(b"- ")
            .is_some_and(|dashes| dashes.iter().all(|b| matches!(b, b'-' | b'"' | b'\'')));
    if !flag || !matches!(w.get(p), Some(b'\n' | b'\r')) {
        return None;
    }
    let next = skip_gap(w, p);
    w[next..].starts_with(b"- ").then(|| skip_blank(w, next + 2, 4))
}

/// Past further attributes of the tag that a name stands in, to what the tag holds: `<string name="key" type="x">`,
/// `<key type="x">`.
pub fn attributes(w: &[u8], p: usize, key: usize) -> Option<usize> {
    let lead = &w[line_start(w, key)..key];
    let tag = &lead[memchr::memrchr(b'<', lead)? + 1..];
    // The tag is named so, or its attribute says that it is a name.
    let naming = tag.strip_suffix(b"\"").and_then(|tag| tag.strip_suffix(b"="));
    let named = naming
        .is_some_and(|attribute| [&b"name"[..], b"key", b"id"].iter().any(|end| ends_ci(attribute, end)));
    if !named && !tag.is_empty() && !tag.ends_with(b":") || tag.contains(&b'>') {
        return None;
    }
    let mut i = p;
    for _ in 0..4 {
        let name =
            w[i..].iter().take(40).take_while(|b| is_ident(**b) || matches!(b, b':' | b'-' | b'.')).count();
        let told = [&b"value"[..], b"content", b"default"].iter().any(|end| ends_ci(&w[i..i + name], end));
        if told || name == 0 || w.get(i + name) != Some(&b'=') {
            return None;
        }
        i = skip_gap(w, literal(w, i + name + 1)?.end);
        if w.get(i) == Some(&b'>') {
            return Some(markup_start(w, i + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::generic::tests::found;

    #[test]
    fn places_tell_which_name_a_value_belongs_to() {
        for text in [
            "user, password = \"admin\", \"@\"",
            "USER, PASSWORD, HOST = 'svc', '@', 'db'",
            "const [user, password] = ['admin', '@'];",
            "user, password := name, \"@\"",
            "connect(\n  host, user, password=\"@\")",
            "| User | Password |\n|------|----------|\n| admin | @ |",
            "| User | Password | Note |\n|:--|:-:|---|\n| x | y | z |\n| admin | `@` | old |",
            "public string ApiKey { get; set; } = \"@\";",
            "static string Password { get { return \"@\"; } }",
            "public string GetApiKey() => \"@\";",
            "override fun getApiKey(): String { return \"@\" }",
            "var apiKey: String { return \"@\" }",
            "const [user, pass] = ['admin', '@'];",
            "user,password,url\nroot,@,x\n",
            "id;login;passwort;mail\n1;admin;x;y\n2;admin;@;y\n",
            "\"Account\",\"Password\",\"Web\"\n\"a\",\"@\",\"b\"\n",
            "def get_password():\n    return \"@\"",
            "def get_password() -> str:\n    return \"@\"",
            "if (strcmp(password, \"@\") == 0)",
            "set :password, \"@\"",
            "-define(DB_PASSWORD, \"@\").",
            "s:8:\"password\";s:24:\"@\";",
            "args:\n  - --password\n  - @",
            "<string name=\"client_secret\" translatable=\"false\">@</string>",
            "<setting name=\"FtpPassword\" type=\"s\">\n  <value>@</value>",
            "<password encrypted=\"false\">@</password>",
            "<secret><![CDATA[@]]></secret>",
            "<param-name>apiSecret</param-name><param-value>@</param-value>",
            "env: [{name: DB_PASS, value: \"@\"}]",
            "\"password\" -> \"@\"",
            "val password = getenv(\"PW\") ?: \"@\"",
            "let api_key = env::var(\"K\").unwrap_or_else(|_| \"@\".to_string());",
            "DB_PASSWORD: z.string().default('@'),",
            "String token = isProd ? \"@\" : other;",
            "password: {{ .Values.password | default \"@\" }}",
            "process.env['SESSION_SECRET'] ??= '@';",
            "DECLARE @pwd NVARCHAR(50) = N'@';",
            "$dbpass    = '@';",
            "db_pw: \"@\"",
        ] {
            // The `@` of a variable of SQL is none of the value.
            assert!(found(&text.replace("@pwd", "vpwd")), "{text}");
        }
    }

    #[test]
    fn other_places_tell_nothing() {
        for text in [
            "user, password = \"@\", other",
            "user, password = load(\"@\", \"b\")",
            "| User | Password |\n| admin | x |\n\n@",
            "f(user, password, url\n  root, @, x)",
            "user,password,url\nroot,x,@\n",
            "user,password,url\n@\n",
            "url,user,password\nx,root,\"Tr0ub4",
            "| User | Password |\n|------|----------|\n| @ | none |",
            "string Password { get { Log(); return \"@\"; } }",
            "def check_password():\n    log()\n    return \"@\"",
            "if (strcmp(token, \"@\") == 0)",
            "strncpy(password, \"@\")",
            "args:\n  - --password\n  - $(PW)\n  - @",
            "<a class=\"token\" href=\"x\">@</a>",
            "control: 'password',\n disabled: !x ? '@' : none,",
            "rp2040_pwm_ns.class_(\"@\")",
        ] {
            assert!(!found(text), "{text}");
        }
    }
}
