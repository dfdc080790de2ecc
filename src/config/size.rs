//! Sizes as people write them: `500 KiB`, `5MiB`, `2 MB`.

use std::str::FromStr;

/// So many bytes, one at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

/// 1024 where the unit says so, else 1000.
const UNITS: &[(&str, u64)] = &[
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("kb", 1000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("bytes", 1),
    ("b", 1),
    ("", 1),
];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let folded = text.trim().to_ascii_lowercase();
        let digits = folded.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = folded.split_at(digits);
        let unit = UNITS.iter().find(|(word, _)| *word == unit.trim());
        let size =
            number.parse::<u64>().ok().zip(unit).and_then(|(number, (_, unit))| number.checked_mul(*unit));
        size.filter(|size| *size > 0)
            .map(Self)
            .ok_or_else(|| "not a size: give a number and a unit, such as 500 KiB or 5 MiB".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, size) in [
            ("5 MiB", 5 << 20),
            ("5mib", 5 << 20),
            (" 2 MB ", 2_000_000),
            ("1GiB", 1 << 30),
            ("7", 7),
            ("7 bytes", 7),
        ] {
            assert_eq!(text.parse(), Ok(Size(size)), "{text}");
        }
        for text in
            ["", "MiB", "5 apples", "0", "-1", "1.5 MiB", "99999999999999999999", "18446744073709551615 KiB"]
        {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
