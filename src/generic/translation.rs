//! Whether a file holds what a program says to people in one language, as its path tells.
//!
//! Knows nothing of contents.

use super::read::starts_ci;

/// Languages, as names of files and folders tell them.
const LANGUAGES: &str = "aa ab ae af ak am an ar as ast av ay az ba be ber bg bi bm bn bo br bs ca cak ce ch co cr cs cu cv cy da de dsb \
    dv dz ee el en eo es et eu fa ff fi fil fj fo fr fy ga gd gl gn gu gv ha he hi ho hr hsb ht hu hy hz ia id \
    ie ig ii ik in is it iu iw ja jv ka kab kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv \
    mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru \
    rw sa sah sc sd se sg si sk sl sm sn so sq sr srp ss st su sv sw szl ta te tet tg th ti tk tl tn to tr tt tw \
    ty tzl ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Folders that hold a file or a folder for each language.
const FOLDERS: &[&str] = &[
    "locale",
    "locales",
    "_locales",
    "i18n",
    "l10n",
    "lang",
    "langs",
    "language",
    "languages",
    "translation",
    "translations",
    "nls",
    "msgs",
    "intl",
    "localization",
    "localisation",
];

/// Endings of files that may hold a list of texts.
const LISTS: &[&[u8]] = &[
    b"json",
    b"json5",
    b"yml",
    b"yaml",
    b"php",
    b"js",
    b"mjs",
    b"ts",
    b"xml",
    b"toml",
    b"ini",
    b"arb",
    b"ftl",
    b"strings",
    b"txt",
    b"rb",
    b"py",
    b"msg",
    b"inc",
    b"lua",
    b"dart",
    b"lng",
    b"lang",
    b"po",
    b"pot",
    b"properties",
    b"resx",
    b"csv",
    b"tr",
    b"xlf",
    b"xliff",
];

/// Whether a file holds what a program says in one language: `messages.properties`, `login_de.properties`,
/// `values-pt-rBR/strings.xml`, `de.lproj/Main.strings`, `locales/de.json`, `lang/pt-BR/auth.php`.
pub fn translates(path: &[u8]) -> bool {
    let mut above = path.rsplit(|b| *b == b'/');
    let name = above.next().unwrap_or(path);
    let folder = above.next().unwrap_or_default();
    let values = folder.strip_prefix(b"values-").and_then(|code| code.split(|b| *b == b'-').next());
    bundle(name)
        || folder.ends_with(b".lproj")
        || name.ends_with(b".xml") && values.is_some_and(language)
        || listed(path)
}

fn language(code: &[u8]) -> bool {
    code.len() <= 3 && LANGUAGES.split(' ').any(|known| known.as_bytes().eq_ignore_ascii_case(code))
}

/// A bundle of Java or .NET, named for its language, or so that it can be nothing else.
fn bundle(name: &[u8]) -> bool {
    const HEADS: &[&[u8]] = &[b"messages", b"strings", b"labels", b"language", b"localization"];
    const SETS: &[&[u8]] = &[b"application", b"env", b"database", b"server"];
    let begins = |heads: &[&[u8]]| heads.iter().any(|head| starts_ci(name, 0, head));
    let Some(stem) = name.strip_suffix(b".properties").or(name.strip_suffix(b".resx")) else { return false };
    let mut parts = stem.rsplit(|b| matches!(b, b'_' | b'-' | b'.'));
    let last = [parts.next(), parts.next()].into_iter().flatten();
    begins(HEADS) || stem.len() > 3 && !begins(SETS) && last.take_while(|part| *part != stem).any(language)
}

/// A list below a folder of languages, in the folder of one or named for one.
fn listed(path: &[u8]) -> bool {
    let mut dot = path.rsplitn(2, |b| *b == b'.');
    let (Some(ending), Some(stem)) = (dot.next(), dot.next()) else { return false };
    if !LISTS.contains(&ending) {
        return false;
    }
    let mut parts = stem.split(|b| *b == b'/');
    let holds = |part: &[u8]| FOLDERS.iter().any(|folder| folder.as_bytes().eq_ignore_ascii_case(part));
    if !parts.by_ref().any(holds) {
        return false;
    }
    let name = stem.rsplit(|b| *b == b'/').next().unwrap_or(stem);
    // `nl-NL.i18n.json`
    let infix = memchr::memrchr(b'.', name).filter(|dot| holds(&name[dot + 1..]));
    let name = infix.map_or(name, |dot| &name[..dot]);
    let mut last = name.rsplit(|b| matches!(b, b'_' | b'-' | b'.' | b'@'));
    // There a short name is a language, be it known or not.
    const TEXTS: &[&[u8]] = &[b"json", b"json5", b"yml", b"yaml", b"arb", b"ftl"];
    let short = (2..=3).contains(&name.len()) && name.iter().all(u8::is_ascii_lowercase);
    short && TEXTS.contains(&ending)
        || [last.next(), last.next()].into_iter().flatten().any(language)
        || parts.any(|part| part.split(|b| matches!(b, b'_' | b'-')).next().is_some_and(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_read_is_known_by_its_path() {
        for path in [
            "core/messages.properties",
            "core/messages_cs_CZ.properties",
            "hudson/PluginManager/advanced_da.properties",
            "Properties/Resources.pt-BR.resx",
            "app/src/main/res/values-pt-rBR/strings.xml",
            "Example/en.lproj/Main.strings",
            "src/locales/cs.json",
            "ui/assets/locale/locale.constant-ca_ES.json",
            "resources/lang/pt-BR/auth.php",
            "config/locales/devise.de.yml",
            "translations/messages.fr.yaml",
            "_locales/zh_CN/messages.json",
            "web/locale/fy-NL/viewer.ftl",
            "priv/msgs/pt-br.msg",
            "src/lang/vls.json",
            "imports/i18n/data/ace.i18n.json",
            "imports/i18n/data/fy-NL.i18n.json",
            "imports/i18n/data/ca@valencia.i18n.json",
            "program/localization/fi_FI/labels.inc",
            "plugins/enigma/localization/tzl.inc",
        ] {
            assert!(translates(path.as_bytes()), "{path}");
        }
        for path in [
            "application_it.properties",
            "gradle.properties",
            "de.properties",
            "db_qa.properties",
            "res/values/strings.xml",
            "res/values-v21/strings.xml",
            "res/values-land/strings.xml",
            "config/de.json",
            "locales/settings.json",
            "i18n/data/setting.i18n.json",
            "lang/go/main.go",
            "de/locales/settings.json",
        ] {
            assert!(!translates(path.as_bytes()), "{path}");
        }
    }
}
