//! Writes what a scan found, for people and for machines.
//!
//! Two promises. No format sees a `model::Secret`: they are written from `shown`, which has settled
//! once what may be shown. And no byte of a repository reaches a terminal or a page as it stands.
//! The same report gives the same bytes: there is no clock here. Knows nothing of how things were found.

mod csv;
mod escape;
mod event;
mod github;
mod gitlab;
mod json;
mod junit;
mod layout;
mod markdown;
mod mask;
mod paint;
mod push;
mod sarif;
mod shown;
mod style;
mod text;
mod words;

pub use words::{bytes, grouped};

#[cfg(test)]
mod tests;

use std::{fmt, io, str::FromStr};

use crate::model::Report;
use shown::View;

pub use escape::escape;
pub use event::{Event, Update, event};
pub use mask::Masker;
pub use style::{Program, Push, Style, Times, VersionControl};

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Text,
    /// One object with all findings and the summary.
    Json,
    /// One object a line, the summary last.
    Jsonl,
    Sarif,
    /// GitLab's secret-detection report.
    Gitlab,
    /// GitHub workflow annotations.
    Github,
    Junit,
    Csv,
    /// A comment for a merge request.
    Markdown,
    /// A short message for whoever pushed.
    Push,
}

impl Format {
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Gitlab,
        Self::Github,
        Self::Junit,
        Self::Csv,
        Self::Markdown,
        Self::Push,
    ];

    /// The word used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Gitlab => "gitlab",
            Self::Github => "github",
            Self::Junit => "junit",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Push => "push",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|format| format.word() == word).ok_or_else(|| {
            let words: Vec<_> = Self::ALL.iter().map(|format| format.word()).collect();
            format!("no report format is called {word:?}; expected one of: {}", words.join(", "))
        })
    }
}

/// Writes `report` as `format`. Fails where `out` does, or where `style` lacks what the format demands.
pub fn write(format: Format, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let view = View::new(report, style);
    match format {
        Format::Text => text::write(&view, out),
        Format::Json => json::write_object(&view, out),
        Format::Jsonl => json::write_lines(&view, out),
        Format::Sarif => sarif::write(&view, out),
        Format::Gitlab => gitlab::write(&view, out),
        Format::Github => github::write(&view, out),
        Format::Junit => junit::write(&view, out),
        Format::Csv => csv::write(&view, out),
        Format::Markdown => markdown::write(&view, out),
        Format::Push => push::write(&view, out),
    }
}
