//! Words for "password" that no ASCII name holds, and how a value follows them.
//!
//! Bounded look-ahead, no grammar. Knows no path.

use std::ops::Range;

use super::find::{Form, Spot};
use super::read::{Quote, skip_blank};
use super::values::value;

/// The words, each an anchor of its own.
pub const WORDS: &[&str] = &[
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "пароль",
    "Пароль",
    "contraseña",
    "hasło",
    "Hasło",
    "şifre",
    "Şifre",
    "lösenord",
    "Lösenord",
    "mot de passe",
    "κωδικός",
    "סיסמה",
    "jelszó",
];

/// The bytes that open one of them, in either case.
const FIRST: [bool; 256] = {
    let mut first = [false; 256];
    let mut i = 0;
    while i < WORDS.len() {
        let byte = WORDS[i].as_bytes()[0];
        first[byte.to_ascii_lowercase() as usize] = true;
        first[byte.to_ascii_uppercase() as usize] = true;
        i += 1;
    }
    first
};

/// The length of the word that stands at `at`, or 0.
pub fn word(w: &[u8], at: usize) -> usize {
    if !w.get(at).is_some_and(|b| FIRST[usize::from(*b)]) {
        return 0;
    }
    let stands = |word: &&&str| {
        w[at..].get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
    };
    WORDS.iter().find(stands).map_or(0, |word| word.len())
}

/// Whether a name is one of the words, as far as it goes.
pub fn names(name: &[u8]) -> bool {
    !name.is_ascii() && (0..name.len()).any(|at| word(name, at) > 0)
}

/// Reads the value behind the word: behind a sign, or a verb as Chinese and Japanese have it.
pub fn after(w: &[u8], p: usize, key: &Range<usize>, each: &mut impl FnMut(Spot)) {
    const SIGNS: &[&[u8]] =
        &["：".as_bytes(), b":", b"=>", b"=", "为".as_bytes(), "是".as_bytes(), "は".as_bytes()];
    let sign = skip_blank(w, p, 4);
    // `label="密码" :width="9"`: the next attribute.
    if sign > p && matches!(w[p - 1], b'"' | b'\'') {
        return;
    }
    let Some(len) = SIGNS.iter().find(|text| w[sign..].starts_with(text)).map(|text| text.len()) else {
        return;
    };
    let more = usize::from(w[sign + len..].starts_with("：".as_bytes())) * 3;
    value(w, sign + len + more, false, false, &mut |mut s| {
        if s.quote == Quote::None {
            let ascii = w[s.value.clone()].iter().take_while(|b| b.is_ascii()).count();
            s.value.end = s.value.start + ascii;
            s.end = s.value.end;
        }
        // What people read beside it is in their own script.
        if s.value.len() > 3 && w[s.value.clone()].is_ascii() {
            let form = if s.form == Form::Assign { Form::Colon } else { s.form };
            each(Spot { form, key: key.clone(), ..s });
        }
    });
}

#[cfg(test)]
mod tests {
    #[test]
    fn passwords_are_found_behind_words_of_other_languages() {
        let value = ["Tr0ub4", "dor!3"].concat();
        let found =
            |text: &str| super::super::find(text.as_bytes()).iter().any(|c| text[c.value.clone()] == value);
        for text in [
            "用户名：admin 密码：@，请修改",
            "默认密码为@",
            "密码: @",
            "ユーザー名: admin パスワードは @ です",
            "비밀번호: @",
            "Логин: admin Пароль: @",
            "Mot de passe : @",
            "Contraseña: @",
            "hasło = \"@\"",
        ] {
            assert!(found(&text.replace('@', &value)), "{text}");
        }
        assert!(!found(&"密码太短 @".replace('@', &value)));
        assert!(super::super::find("\"密码\": \"请输入密码\"".as_bytes()).is_empty());
    }
}
