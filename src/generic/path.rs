//! What a path says: the kind of file, and whether it configures, tests, documents or translates.
//!
//! Knows nothing of contents.

use super::translation::translates;

macro_rules! path_features {
    ($($name:ident),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        #[repr(usize)]
        enum Index { $($name),* }
        /// Names of the path features, in order.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[allow(dead_code)] pub const $name: usize = Index::$name as usize;)*
    };
}

path_features! {
    P_KIND, P_CODE, P_BARE_IS_VALUE, P_TEST, P_DOC, P_EXAMPLE, P_LOCALE, P_FIXTURE, P_VENDOR, P_CI, P_ENV, P_DOCKER, P_GENERATED, P_HIDDEN, P_CONFIG,
}

/// How many there are.
pub const COUNT: usize = NAMES.len();

/// Kinds of files, as far as assignments differ in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    Other,
    /// Bare words are variables: C, Java, Python, Go, JavaScript, …
    Code,
    /// Bare words are strings: shell, batch, PowerShell, Dockerfile, make
    Shell,
    Json,
    Yaml,
    /// INI, properties, TOML, .env, conf
    Config,
    Markup,
    Sql,
    Doc,
    Log,
    Lock,
    Style,
    Data,
}

/// The kind that a file's name tells.
pub fn kind(path: &[u8]) -> Kind {
    let name = path.rsplit(|b| *b == b'/' || *b == b'\\').next().unwrap_or(path);
    let mut lower = [0u8; 64];
    let n = name.len().min(64);
    lower[..n].copy_from_slice(&name[name.len() - n..]);
    lower[..n].make_ascii_lowercase();
    let mut name = &lower[..n];
    // the kind of x.yml.example is that of x.yml
    for end in [
        &b".example"[..],
        b".sample",
        b".dist",
        b".tmpl",
        b".template",
        b".tpl",
        b".j2",
        b".erb",
        b".bak",
        b".orig",
        b".in",
        b".travis",
        b".stub",
        b".default",
    ] {
        if name.len() > end.len() && name.ends_with(end) {
            name = &name[..name.len() - end.len()];
        }
    }
    let locks = [&b"-lock.json"[..], b"-lock.yaml", b"-lock.yml", b".lock.json"]
        .iter()
        .any(|end| name.ends_with(end));
    if locks || [&b"lock.yaml"[..], b"lock.yml", b"go.sum", b"go.mod"].contains(&name) {
        return Kind::Lock;
    }
    // tools write these, into very many repositories
    const MADE: &[&[u8]] = &[
        b"ltmain.sh",
        b"aclocal.m4",
        b"libtool.m4",
        b"config.guess",
        b"config.sub",
        b"searchindex.js",
        b".php-cs-fixer.cache",
    ];
    const MADE_ENDINGS: &[&[u8]] = &[b".xccheckout", b".xcscmblueprint", b".xib", b".storyboard"];
    let yarn = name.starts_with(b"yarn-") && (name.ends_with(b".cjs") || name.ends_with(b".js"));
    if yarn || MADE.contains(&name) || MADE_ENDINGS.iter().any(|end| name.ends_with(end)) {
        return Kind::Lock;
    }
    if name.starts_with(b".env") || name.ends_with(b".env") {
        return Kind::Config;
    }
    if name.starts_with(b"dockerfile") || name.starts_with(b"makefile") {
        return Kind::Shell;
    }
    match name.rsplit(|b| *b == b'.').next().unwrap_or(b"") {
        b"c" | b"h" | b"cc" | b"cpp" | b"cxx" | b"hpp" | b"hh" | b"m" | b"mm" | b"java" | b"kt" | b"kts"
        | b"scala" | b"sc" | b"groovy" | b"gradle" | b"go" | b"rs" | b"py" | b"pyi" | b"rb" | b"php"
        | b"phtml" | b"js" | b"jsx" | b"mjs" | b"cjs" | b"ts" | b"tsx" | b"vue" | b"svelte" | b"cs"
        | b"fs" | b"vb" | b"swift" | b"dart" | b"lua" | b"pl" | b"pm" | b"t" | b"r" | b"jl" | b"hs"
        | b"elm" | b"ex" | b"exs" | b"erl" | b"clj" | b"cljs" | b"ml" | b"mli" | b"d" | b"nim" | b"zig"
        | b"v" | b"sol" | b"proto" | b"graphql" | b"coffee" | b"rake" | b"gemspec" | b"haml" | b"slim"
        | b"cr" | b"vala" | b"hx" | b"purs" | b"f90" | b"adb" | b"ads" | b"rkt" | b"cu" | b"sbt" | b"pyx"
        | b"astro" | b"mts" | b"cts" | b"cljc" | b"ipynb" | b"nix" | b"tf" | b"hcl" | b"pas" | b"asm"
        | b"tcl" | b"hrl" | b"hxx" | b"ino" | b"fsx" | b"gd" | b"bzl" | b"rego" | b"rakefile"
        | b"gemfile" | b"vagrantfile" | b"jenkinsfile" => Kind::Code,
        b"sh" | b"bash" | b"zsh" | b"fish" | b"ksh" | b"bat" | b"cmd" | b"ps1" | b"psm1" | b"mk" => {
            Kind::Shell
        }
        b"json" | b"json5" | b"jsonc" | b"avsc" | b"map" | b"har" => Kind::Json,
        b"yml" | b"yaml" => Kind::Yaml,
        b"ini" | b"cfg" | b"conf" | b"cnf" | b"config" | b"properties" | b"toml" | b"env" | b"tfvars"
        | b"npmrc" | b"netrc" | b"pgpass" | b"editorconfig" | b"service" | b"htpasswd" | b"rc" | b"prefs" => {
            Kind::Config
        }
        b"xml" | b"html" | b"htm" | b"xhtml" | b"plist" | b"xaml" | b"resx" | b"csproj" | b"svg" | b"jsp"
        | b"aspx" | b"cshtml" | b"pom" => Kind::Markup,
        b"sql" | b"psql" | b"cql" | b"ddl" => Kind::Sql,
        b"md" | b"markdown" | b"rst" | b"adoc" | b"asciidoc" | b"txt" | b"textile" | b"tex" | b"org"
        | b"mdx" | b"pod" | b"readme" | b"1" | b"5" | b"8" => Kind::Doc,
        b"log" | b"out" | b"cast" => Kind::Log,
        b"lock" | b"sum" | b"resolved" => Kind::Lock,
        // what people see is no secret, and neither is what they read
        b"css" | b"scss" | b"less" | b"sass" | b"styl" | b"po" | b"pot" | b"eps" => Kind::Style,
        b"csv" | b"tsv" | b"ldif" | b"snap" | b"pem" | b"key" | b"crt" | b"strings" => Kind::Data,
        _ => Kind::Other,
    }
}

fn has(path: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|w| path.len() >= w.len() && path.windows(w.len()).any(|x| x == *w))
}

/// What a path says, once a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub features: [u8; COUNT],
    pub kind: Kind,
    /// Whether it holds what a program says to people in one language.
    pub speaks: bool,
}

impl Place {
    pub fn of(path: &[u8]) -> Place {
        let kind = kind(path);
        let mut buffer = [0u8; 256];
        let n = path.len().min(255);
        buffer[1..=n].copy_from_slice(&path[path.len() - n..]);
        buffer[0] = b'/';
        buffer[..=n].make_ascii_lowercase();
        let p = &buffer[..=n];
        let mut f = [0u8; COUNT];
        let flag = u8::from;
        f[P_KIND] = kind as u8;
        f[P_CODE] = flag(kind == Kind::Code);
        f[P_BARE_IS_VALUE] = flag(matches!(kind, Kind::Shell | Kind::Yaml | Kind::Config));
        f[P_TEST] = flag(has(
            p,
            &[
                b"test",
                b"/t/",
                b"/spec/",
                b"_spec.",
                b".spec.",
                b"specs/",
                b"/e2e",
                b"/it/",
                b"integration",
                b"mock",
            ],
        ));
        f[P_DOC] = flag(
            kind == Kind::Doc
                || has(
                    p,
                    &[
                        b"/doc/",
                        b"/docs",
                        b"documentation",
                        b"readme",
                        b"changelog",
                        b"/guide",
                        b"tutorial",
                        b"/wiki",
                        b"/book/",
                        b"/man/",
                        b"/site/",
                        b"/website/",
                    ],
                ),
        );
        f[P_EXAMPLE] = flag(has(
            p,
            &[
                b"example",
                b"sample",
                b"demo",
                b".dist",
                b"template",
                b"boilerplate",
                b"starter",
                b"playground",
            ],
        ));
        f[P_LOCALE] = flag(has(
            p,
            &[
                b"locale",
                b"i18n",
                b"/lang/",
                b"translation",
                b"l10n",
                b"/messages",
                b".po",
                b"strings.xml",
                b"/nls/",
            ],
        ));
        f[P_FIXTURE] = flag(has(
            p,
            &[
                b"fixture",
                b"cassette",
                b"testdata",
                b"snapshot",
                b"replaydata",
                b"__snapshots__",
                b"/golden",
                b"/data/",
            ],
        ));
        f[P_VENDOR] = flag(has(
            p,
            &[
                b"vendor/",
                b"node_modules",
                b"third_party",
                b"thirdparty",
                b"third-party",
                b"/deps/",
                b"/external/",
                b"bower_components",
                b"site-packages",
            ],
        ));
        f[P_CI] = flag(has(
            p,
            &[
                b".github/",
                b".circleci",
                b".travis",
                b"gitlab-ci",
                b"jenkinsfile",
                b"azure-pipelines",
                b"/ci/",
                b"appveyor",
                b"/.ci",
                b"buildkite",
            ],
        ));
        f[P_ENV] = flag(has(p, &[b"/.env", b".env", b"/env.", b"environment"]));
        f[P_DOCKER] = flag(has(p, &[b"docker", b"compose", b"/k8s", b"kubernetes", b"/helm", b"/charts/"]));
        f[P_GENERATED] = flag(
            kind == Kind::Lock
                || kind == Kind::Style
                || has(p, &[b".min.", b"/dist/", b"generated", b".bundle.", b"/build/", b".pb.", b"_pb2"]),
        );
        f[P_HIDDEN] = flag(has(p, &[b"/."]));
        f[P_CONFIG] = flag(has(
            p,
            &[
                b"config",
                b"setting",
                b"/conf/",
                b"application.",
                b"credential",
                b"secret",
                b"properties",
                b"inventory",
                b"vars",
            ],
        ));
        Place { features: f, kind, speaks: translates(path) }
    }

    /// Of a file in a container, given what the container's path says: its own name says what kind of file it
    /// is, and both say what it is there for.
    #[must_use]
    pub fn inside(mut self, container: &Place) -> Place {
        for feature in [P_TEST, P_EXAMPLE, P_FIXTURE, P_VENDOR, P_CI] {
            self.features[feature] |= container.features[feature];
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_what_was_locked_are_known_by_their_whole_name() {
        for path in [
            "pnpm-lock.yaml",
            "a/package-lock.json",
            "go.sum",
            "web/yarn.lock",
            "lock.yaml",
            "packages.lock.json",
        ] {
            assert_eq!(kind(path.as_bytes()), Kind::Lock, "{path}");
        }
        for path in ["block.yaml", "app/unlock.yml", "clock.json"] {
            assert_ne!(kind(path.as_bytes()), Kind::Lock, "{path}");
        }
    }
}
