//! Many secrets under one name: `api_keys: [a, b]`, `tokens = {"bob": "x"}`, `passwords:` and then a line for each.
//!
//! Bounded look-ahead, no grammar. A value counts only if no word is like it, as much else stands in lists and maps.

use std::ops::Range;

use super::find::{Form, Spot, nth, spot};
use super::read::{
    Literal, Quote, ends_ci, is_key, line_end, line_start, literal, skip_blank, skip_gap, unquoted,
};

/// Items of a list, or pairs of a map, that are gone through.
const MOST: usize = 16;

/// Letters of the shortest value.
const SHORTEST: usize = 16;

/// Whether a name is one of many secrets.
pub fn is_collective(name: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[b"keys", b"tokens", b"secrets", b"passwords", b"credentials", b"creds"];
    ENDS.iter().any(|end| ends_ci(name, end))
}

/// The values of a map in braces, or of the lines of a list or a map, behind the separator at `p` of the name at `key`.
pub fn values(w: &[u8], p: usize, key: usize, each: &mut impl FnMut(Spot)) {
    let from = skip_gap(w, p);
    if w.get(from) == Some(&b'{') {
        return pairs(w, from + 1, each);
    }
    if w[p.min(from)..from].contains(&b'\n') {
        lines(w, from, indent(w, key), each);
    }
}

/// `"name": "value", name => 'value'`, up to the closing brace.
fn pairs(w: &[u8], p: usize, each: &mut impl FnMut(Spot)) {
    let mut i = p;
    for item in 0..MOST {
        i = skip_gap(w, i);
        i += usize::from(w.get(i) == Some(&b':'));
        let name = literal(w, i).map_or_else(
            || i + w[i.min(w.len())..].iter().take(60).take_while(|b| is_key(**b)).count(),
            |name| name.end,
        );
        let sign = skip_blank(w, name, 4);
        let value = match w.get(sign) {
            _ if name == i => return,
            Some(b'=') if w.get(sign + 1) == Some(&b'>') => sign + 2,
            Some(b':' | b'=') => sign + 1,
            _ => return,
        };
        let Some(Literal { text, end, quote }) = literal(w, skip_gap(w, value)) else { return };
        tell(w, text, end, quote, item, each);
        let next = skip_gap(w, end);
        if w.get(next) != Some(&b',') {
            return;
        }
        i = next + 1;
    }
}

/// `- value` or `name: value`, each on a line that is indented more than the name, or as a list's may be as much.
fn lines(w: &[u8], p: usize, least: usize, each: &mut impl FnMut(Spot)) {
    let mut line = line_start(w, p);
    for row in 0..MOST {
        if line >= w.len() {
            return;
        }
        let start = skip_blank(w, line, 60);
        let item = w[start..].starts_with(b"- ");
        if start - line < least + usize::from(!item) {
            return;
        }
        let value = if item {
            skip_blank(w, start + 2, 8)
        } else {
            let name = w[start..].iter().take(60).take_while(|b| is_key(**b)).count();
            if name == 0 || !w[start + name..].starts_with(b": ") {
                return;
            }
            skip_blank(w, start + name + 2, 8)
        };
        if let Some(Literal { text, end, quote }) = literal(w, value) {
            tell(w, text, end, quote, row, each);
        } else if let Some(text) = unquoted(w, value, true) {
            tell(w, text.clone(), text.end, Quote::None, row, each);
        }
        line = line_end(w, start) + 1;
    }
}

fn indent(w: &[u8], at: usize) -> usize {
    let line = line_start(w, at);
    skip_blank(w, line, 60) - line
}

fn tell(w: &[u8], text: Range<usize>, end: usize, quote: Quote, item: usize, each: &mut impl FnMut(Spot)) {
    let value = &w[text.clone()];
    let token = |b: &u8| is_key(*b) || matches!(b, b'+' | b'/' | b'=' | b'~' | b'!' | b'@' | b'#');
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    if value.len() >= SHORTEST && digits >= 2 && digits < value.len() && value.iter().all(token) {
        each(Spot { quote, end, nth: nth(item), ..spot(Form::Item, 0..0, text) });
    }
}

#[cfg(test)]
mod tests {
    const VALUE: &str = "dXZx9n5023Xl3Pwr7gQ2";

    fn count(text: &str) -> usize {
        let text = text.replace('@', VALUE);
        super::super::find(text.as_bytes()).iter().filter(|c| text[c.value.clone()] == *VALUE).count()
    }

    #[test]
    fn all_that_stand_under_one_name_are_values() {
        for (text, wanted) in [
            ("api_keys:\n  - @\n  - @\n", 2),
            ("api_keys:\n- @\n- \"@\"\nother: x\n", 2),
            ("API_KEYS = {\"billing\": \"@\", 'b': '@'}", 2),
            ("api_keys = {\n  billing: '@',\n  :b => '@'\n}", 2),
            ("  passwords:\n    root: @\n    ops: '@'\n  next: 1", 2),
            ("tokens: {\"bob\": \"@\"}", 1),
            ("secrets = [\"@\", \"@\", \"@\", \"@\", \"@\", \"@\"]", 6),
            ("api_key:\n  - @\n", 0),
            ("tokens:\n  colour: brand-primary-500\n", 0),
            ("passwords:\nroot: @\n", 0),
            ("tokens: {bob: load(\"@\")}", 0),
        ] {
            assert_eq!(count(text), wanted, "{text}");
        }
    }
}
