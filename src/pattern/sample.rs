//! Made-up tokens from templates: `{alnum:36}` becomes 36 letters and digits, the same for the same
//! seed. So rules can show examples without a live-looking token standing in any file.

/// Fills in a template. Braces that hold no class stay as they are; `{{` and `}}` are braces.
pub fn sample(template: &str, seed: u64) -> Vec<u8> {
    let mut random = Random(seed ^ 0x9e37_79b9_7f4a_7c15);
    let mut out = Vec::with_capacity(template.len() + 64);
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("{{") || rest.starts_with("}}") {
            out.push(first as u8);
            rest = &rest[2..];
        } else if let Some((bytes, after)) = raw(rest) {
            out.extend(bytes);
            rest = after;
        } else if let Some((class, count, after)) = placeholder(rest) {
            out.extend((0..count).map(|_| class[random.below(class.len())]));
            rest = after;
        } else {
            let (plain, after) = rest.split_at(first.len_utf8());
            out.extend(plain.as_bytes());
            rest = after;
        }
    }
    out
}

/// `{raw:feedfeed}` at the start of `text`: these very bytes.
fn raw(text: &str) -> Option<(Vec<u8>, &str)> {
    let (hex, after) = text.strip_prefix("{raw:")?.split_once('}')?;
    Some((data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?, after))
}

/// `{class:count}` at the start of `text`, and what follows it.
fn placeholder(text: &str) -> Option<(&'static [u8], usize, &str)> {
    let (inside, after) = text.strip_prefix('{')?.split_once('}')?;
    let (class, count) = inside.split_once(':')?;
    Some((alphabet(class)?, count.parse().ok()?, after))
}

/// All of them, for files that are no text.
const BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut at = 0;
    while at < 256 {
        bytes[at] = at as u8;
        at += 1;
    }
    bytes
};

fn alphabet(class: &str) -> Option<&'static [u8]> {
    Some(match class {
        "bytes" => &BYTES,
        "digits" => b"0123456789",
        "lower" | "word" => b"abcdefghijklmnopqrstuvwxyz",
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "alpha" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "alnum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "lowernum" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "uppernum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "b32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "b64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "b64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        _ => return None,
    })
}

/// SplitMix64: a few lines, good enough for samples, the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_the_same_way_each_time() {
        let made = sample("a={digits:4};{{x}} {no:such} {", 7);
        assert_eq!(made, sample("a={digits:4};{{x}} {no:such} {", 7));
        assert_ne!(made, sample("a={digits:4};{{x}} {no:such} {", 8));
        let text = String::from_utf8(made).expect("ASCII");
        assert!(text.starts_with("a=") && text.ends_with(";{x} {no:such} {"), "{text}");
        assert!(text[2..6].bytes().all(|byte| byte.is_ascii_digit()));
    }
}
