//! Values that vendors and standards publish themselves: never a leak.
//!
//! Exact values, and families that a rule describes better than a list. No sample stands here in one piece, so
//! that no scanner, this one included, trips over the file.

pub use super::placeholder::{is_default_password, placeholder};

/// A published value.
struct Sample {
    what: &'static str,
    place: Place,
    /// The value is their concatenation.
    pieces: &'static [&'static str],
}

/// How much of a candidate the published text must be.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Whole,
    Start,
    /// Long texts that stand inside connection strings, tokens or key blocks.
    Inside,
}

/// How far into a candidate an `Inside` text is looked for.
const REACH: usize = 4096;

/// What the value is, if a vendor or a standard published it.
pub fn is_sample(value: &[u8]) -> Option<&'static str> {
    let exact = |value: &[u8]| {
        let sample = SAMPLES.iter().find(|sample| sample.is(value));
        sample.map(|sample| sample.what)
    };
    exact(value).or_else(|| exact(&ungrouped(value)?)).or_else(|| family(value))
}

/// A card or account number without the spaces or dashes between its groups.
fn ungrouped(value: &[u8]) -> Option<Vec<u8>> {
    let short = (14..=45).contains(&value.len());
    let grouped = value.chunks(5).all(|group| matches!(group.get(4), None | Some(b' ' | b'-')));
    let plain = value.iter().copied().filter(u8::is_ascii_alphanumeric);
    (short && grouped).then(|| plain.collect())
}

impl Sample {
    fn is(&self, value: &[u8]) -> bool {
        match self.place {
            Place::Whole => self.length() == value.len() && self.starts(value),
            Place::Start => self.starts(value),
            Place::Inside => {
                let last = value.len().min(REACH).saturating_sub(self.length());
                (0..=last).any(|at| self.starts(&value[at..]))
            }
        }
    }

    fn length(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    fn starts(&self, value: &[u8]) -> bool {
        let rest = self.pieces.iter().try_fold(value, |rest, piece| rest.strip_prefix(piece.as_bytes()));
        rest.is_some()
    }
}

/// Families of samples that a rule describes better than a list.
fn family(value: &[u8]) -> Option<&'static str> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| value.starts_with(prefix.as_bytes()));
    if value.len() == 20
        && value.ends_with(b"EXAMPLE")
        && starts(&["AKIA", "ASIA", "ABIA", "ACCA", "AIDA", "AROA"])
    {
        return Some("AWS documentation key id");
    }
    if value.len() == 40 && value.ends_with(b"EXAMPLEKEY") {
        return Some("AWS documentation secret");
    }
    if value.len() == 20 && starts(&["LKIA", "LSIA"]) {
        return Some("LocalStack key id");
    }
    if starts(&["1x0", "2x0", "3x0"]) && is_turnstile(value) {
        return Some("Turnstile test key");
    }
    if starts(&["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xapp-"]) && groups_of_one(value) {
        return Some("Slack documentation token");
    }
    if starts(&["AC", "SK"]) && value.len() == 34 && one_character(&value[2..]) {
        return Some("Twilio documentation id");
    }
    if starts(&["00000000-", "00000003-"]) && value.len() == 36 && holds(value, b"-0000-0000-") {
        return Some("Microsoft's own or an all-zero id");
    }
    if starts(&["tskey-"]) && holds(value, b"abcDEF1CNTRL") {
        return Some("Tailscale documentation key");
    }
    None
}

/// A digit, `x`, zeros and two letters: 24 characters for a page, 35 for its server.
fn is_turnstile(value: &[u8]) -> bool {
    let zeros = matches!(value.len(), 24 | 35) && value[2..value.len() - 2].iter().all(|&byte| byte == b'0');
    zeros && matches!(&value[value.len() - 2..], b"AA" | b"AB" | b"BB" | b"FF")
}

fn holds(value: &[u8], part: &[u8]) -> bool {
    value.windows(part.len()).any(|window| window == part)
}

fn one_character(value: &[u8]) -> bool {
    value.iter().all(|byte| *byte == value[0])
}

/// Every group after the first is one character, repeated.
fn groups_of_one(value: &[u8]) -> bool {
    let mut groups = value.split(|&byte| byte == b'-').skip(1).peekable();
    groups.peek().is_some() && groups.all(|group| !group.is_empty() && one_character(group))
}

#[rustfmt::skip]
const SAMPLES: &[Sample] = &[
    Sample { what: "Algolia demo key", place: Place::Whole, pieces: &["6be0576ff61c053d", "5f9a3225e2a90f76"] },
    Sample { what: "all-zero id", place: Place::Whole, pieces: &["00000000-000", "0-0000-0000-", "000000000000"] },
    Sample { what: "AWS documentation account", place: Place::Whole, pieces: &["111122", "223333"] },
    Sample { what: "AWS documentation account", place: Place::Whole, pieces: &["123456", "789012"] },
    Sample { what: "AWS documentation key id", place: Place::Whole, pieces: &["AKIAI44QH8", "DHBEXAMPLE"] },
    Sample { what: "AWS documentation key id", place: Place::Whole, pieces: &["AKIAIOSFOD", "NN7EXAMPLE"] },
    Sample { what: "AWS documentation key id", place: Place::Whole, pieces: &["ASIAIOSFOD", "NN7EXAMPLE"] },
    Sample { what: "AWS documentation secret", place: Place::Whole, pieces: &["je7MtGbClwBF/2", "Zp9Utk/h3yCo8n", "vbEXAMPLEKEY"] },
    Sample { what: "AWS documentation secret", place: Place::Whole, pieces: &["wJalrXUtnFEMI/", "K7MDENG/bPxRfi", "CYEXAMPLEKEY"] },
    Sample { what: "Azure Storage emulator key", place: Place::Inside, pieces: &["Eby8vdM02xNOcqF", "lqUwJPLlmEtlCDX", "J1OUzFT50uSRZ6I", "FsuFq2UVErCz4I6", "tq/K1SZFPTOtr/K", "BHBeksoGMGw=="] },
    Sample { what: "BIP-32 test vector", place: Place::Whole, pieces: &["xprv9s21ZrQH143K", "3QTDL4LXw2F7HEK3", "wJUD2nW2nRk4stbP", "y6cq3jPPqjiChkVv", "vNKmPGJxWUtg6LnF", "5kejMRNNU3TGtRBe", "Jgk33yuGBxrMPHi"] },
    Sample { what: "BIP-39 test phrase", place: Place::Whole, pieces: &["abandon abandon ", "abandon abandon ", "abandon abandon ", "abandon abandon ", "abandon abandon ", "abandon about"] },
    Sample { what: "BIP-39 test phrase", place: Place::Start, pieces: &["legal winner", " thank year "] },
    Sample { what: "Bitcoin wiki test key", place: Place::Whole, pieces: &["5HueCGU8rMjxE", "XxiPuD5BDku4M", "kFqeZyd4dZ1jv", "hTVqvbTLvyTJ"] },
    Sample { what: "Cosmos DB emulator key", place: Place::Inside, pieces: &["C2y6yDjf5/R+ob0", "N8A7Cgv30VRDJIW", "EHLM+4QDU5DE2nQ", "9nDuVTqobD4b8mG", "GyPMbIZnqyMsEca", "GQy67XIw/Jw=="] },
    // Its first part is base64, so it is read in clear, too.
    Sample { what: "Discord documentation token", place: Place::Whole, pieces: &["198622483471", "925248.Cl2FM", "Q.ZnCjm1XVW7vRz", "e4b7Cq4se7kKWs"] },
    Sample { what: "Discord documentation token", place: Place::Whole, pieces: &["MTk4NjIyNDgzNDc", "xOTI1MjQ4.Cl2FM", "Q.ZnCjm1XVW7vRz", "e4b7Cq4se7kKWs"] },
    Sample { what: "documentation IBAN", place: Place::Whole, pieces: &["DE893704004", "40532013000"] },
    Sample { what: "documentation IBAN", place: Place::Whole, pieces: &["FR142004101005", "0500013M02606"] },
    Sample { what: "documentation IBAN", place: Place::Whole, pieces: &["GB29NWBK601", "61331926819"] },
    Sample { what: "documentation IBAN", place: Place::Whole, pieces: &["GB82WEST123", "45698765432"] },
    Sample { what: "documentation IBAN", place: Place::Whole, pieces: &["NL91ABNA0", "417164300"] },
    Sample { what: "Dynatrace documentation token", place: Place::Start, pieces: &["dt0s01.ST2EY72KQ", "INMH574WMNVI7YN."] },
    Sample { what: "Ganache test phrase", place: Place::Whole, pieces: &["myth like bonus ", "scare over probl", "em client lizard", " pioneer submit ", "female collect"] },
    Sample { what: "GitHub documentation token", place: Place::Whole, pieces: &["gho_16C7e42F29", "2c6912E7710c83", "8347Ae178B4a"] },
    Sample { what: "GitHub documentation token", place: Place::Start, pieces: &["ghr_1B4a2e77838", "347a7E420ce178F", "2E7c6912E1692"] },
    Sample { what: "GitHub documentation token", place: Place::Whole, pieces: &["ghu_16C7e42F29", "2c6912E7710c83", "8347Ae178B4a"] },
    Sample { what: "GitHub secret-scanning test token", place: Place::Start, pieces: &["secret_s", "canning_", "ab85fc6f", "8d7638cf", "1c11da81", "2da308d4", "3_"] },
    Sample { what: "Google documentation API key", place: Place::Whole, pieces: &["AIzaSyDOCAbC1", "23dEf456GhI78", "9jKl012-MnO"] },
    Sample { what: "Hardhat and Anvil test key", place: Place::Inside, pieces: &["ac0974bec39a17e3", "6ba4a6b4d238ff94", "4bacb478cbed5efc", "ae784d7bf4f2ff80"] },
    Sample { what: "Hardhat and Anvil test phrase", place: Place::Whole, pieces: &["test test test ", "test test test ", "test test test ", "test test junk"] },
    Sample { what: "hCaptcha test key", place: Place::Whole, pieces: &["0x000000000000", "00000000000000", "00000000000000"] },
    Sample { what: "hCaptcha test key", place: Place::Whole, pieces: &["10000000-fff", "f-ffff-ffff-", "000000000001"] },
    Sample { what: "i18n-tasks template key", place: Place::Whole, pieces: &["48E92789-57A", "3-466A-9959-", "1A1A1A1A1A1A"] },
    Sample { what: "i18n-tasks template key", place: Place::Whole, pieces: &["AbC-", "dEf5"] },
    Sample { what: "jwt.io sample secret", place: Place::Whole, pieces: &["your-25", "6-bit-s", "ecret"] },
    Sample { what: "jwt.io sample token", place: Place::Inside, pieces: &["SflKxwRJSMeKKF2", "QT4fwpMeJf36POk", "6yJV_adQssw5c"] },
    Sample { what: "LM hash of nothing", place: Place::Whole, pieces: &["aad3b435b51404ee", "aad3b435b51404ee"] },
    Sample { what: "MD5 of nothing", place: Place::Whole, pieces: &["d41d8cd98f00b204", "e9800998ecf8427e"] },
    Sample { what: "Microsoft's own tenant", place: Place::Whole, pieces: &["72f988bf-86f", "1-41af-91ab-", "2d7cd011db47"] },
    Sample { what: "MinIO default login", place: Place::Whole, pieces: &["minioadmin:", "minioadmin"] },
    Sample { what: "MinIO default password", place: Place::Whole, pieces: &["minio", "admin"] },
    Sample { what: "MinIO playground key id", place: Place::Whole, pieces: &["Q3AM3UQ867", "SPQQA43P2F"] },
    Sample { what: "MinIO playground secret", place: Place::Whole, pieces: &["zuf+tfteSlswRu", "7BJ86wekitnifI", "LbZam1KYY3TG"] },
    Sample { what: "MongoDB documentation id", place: Place::Whole, pieces: &["507f1f77", "bcf86cd7", "99439011"] },
    Sample { what: "NT hash of nothing", place: Place::Whole, pieces: &["31d6cfe0d16ae931", "b73c59d7e0c089c0"] },
    Sample { what: "OpenID Connect sample token", place: Place::Whole, pieces: &["8xLO", "xBtZp8"] },
    Sample { what: "OpenID Connect sample token", place: Place::Whole, pieces: &["SlAV", "32hkKG"] },
    Sample { what: "reCAPTCHA test key", place: Place::Whole, pieces: &["6LeIxAcTAAAAAG", "G-vFI1TnRWxMZN", "FuojJ4WifJWe"] },
    Sample { what: "reCAPTCHA test key", place: Place::Whole, pieces: &["6LeIxAcTAAAAAJ", "cZVRqyHh71UMIE", "GNQ_MXjiZKhI"] },
    Sample { what: "RFC 2617 sample password", place: Place::Whole, pieces: &["Circle O", "f Life"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["9djdj82h", "48djs9d2"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["dpf43f3p", "2l4k3l03"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["hdhd0244", "k9j7ao03"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["hfdp7dh3", "9dks9884"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["hh5s93j4", "hdidpola"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["kd94hf93", "k423kf44"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["kkk9d7dh", "3k39sjv7"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["nnch734d", "00sl2jdk"] },
    Sample { what: "RFC 5849 sample token", place: Place::Whole, pieces: &["pfkkdhi9", "sl3r4s00"] },
    Sample { what: "RFC 6455 sample key", place: Place::Whole, pieces: &["dGhlIHNhbXBs", "ZSBub25jZQ=="] },
    Sample { what: "RFC 6749 sample login", place: Place::Whole, pieces: &["czZCaGRSa3F0Mz", "o3RmpmcDBaQnIx", "S3REUmJuZlZkbUl3"] },
    Sample { what: "RFC 6749 sample login", place: Place::Whole, pieces: &["czZCaGRSa3F0", "MzpnWDFmQmF0", "M2JW"] },
    Sample { what: "RFC 6749 sample login", place: Place::Whole, pieces: &["s6BhdRkqt3:", "7Fjfp0ZBr1K", "tDRbnfVdmIw"] },
    Sample { what: "RFC 6749 sample login", place: Place::Whole, pieces: &["s6BhdRkqt3:", "gX1fBat3bV"] },
    Sample { what: "RFC 6749 sample password", place: Place::Whole, pieces: &["A3dd", "j3w"] },
    Sample { what: "RFC 6749 sample secret", place: Place::Whole, pieces: &["7Fjfp0ZBr1K", "tDRbnfVdmIw"] },
    Sample { what: "RFC 6749 sample secret", place: Place::Whole, pieces: &["gX1fB", "at3bV"] },
    Sample { what: "RFC 6749 sample token", place: Place::Whole, pieces: &["2YotnFZFEjr", "1zCsicMWpAA"] },
    Sample { what: "RFC 6749 sample token", place: Place::Whole, pieces: &["tGzv3JOkF0X", "G5Qx2TlKWIA"] },
    Sample { what: "RFC 6750 sample token", place: Place::Whole, pieces: &["mF_9.B5", "f-4.1JqM"] },
    Sample { what: "RFC 7009 sample token", place: Place::Whole, pieces: &["45ghiukldj", "ahdnhzdauz"] },
    Sample { what: "RFC 7519 sample token", place: Place::Start, pieces: &["eyJ0eXAiOiJKV1", "QiLA0KICJhbGci", "OiJIUzI1NiJ9"] },
    Sample { what: "RFC 7616 sample password", place: Place::Whole, pieces: &["Circle o", "f Life"] },
    Sample { what: "RFC 7617 sample login", place: Place::Whole, pieces: &["QWxhZGRpbjpv", "cGVuIHNlc2Ft", "ZQ=="] },
    Sample { what: "RFC 7628 sample token", place: Place::Start, pieces: &["vF9dft4qmTc2Nvb", "3RlckBhbHRhdml", "zdGEuY29tCg"] },
    Sample { what: "RFC 9449 sample token", place: Place::Whole, pieces: &["Kz~8mXK1EalYzn", "wH-LC-1fBAo.4L", "jp~zsPE_NeO.gxU"] },
    Sample { what: "Service Bus and Event Hubs emulator key", place: Place::Whole, pieces: &["SAS_KEY", "_VALUE"] },
    Sample { what: "SHA-1 of nothing", place: Place::Whole, pieces: &["da39a3ee5e6b4b", "0d3255bfef9560", "1890afd80709"] },
    Sample { what: "SHA-256 of nothing", place: Place::Whole, pieces: &["e3b0c44298fc1c14", "9afbf4c8996fb924", "27ae41e4649b934c", "a495991b7852b855"] },
    Sample { what: "Slack documentation webhook", place: Place::Inside, pieces: &["hooks.slack.co", "m/services/T00", "000000/B000000", "00/XXXXXXXXXXX", "XXXXXXXXXXXXX"] },
    Sample { what: "Stripe documentation key", place: Place::Whole, pieces: &["pk_test_6pRNASCo", "BOKtIshFeQd4XMUh"] },
    Sample { what: "Stripe documentation key", place: Place::Whole, pieces: &["pk_test_TYooMQau", "vdEDq54NiTphI7jx"] },
    Sample { what: "Stripe documentation key", place: Place::Whole, pieces: &["sk_test_4eC39HqL", "yjWDarjtT1zdp7dc"] },
    Sample { what: "Stripe documentation key", place: Place::Whole, pieces: &["sk_test_BQokikJO", "vBiI2HlWgH4olfQ2"] },
    Sample { what: "Supabase local-stack JWT secret", place: Place::Whole, pieces: &["super-se", "cret-jwt", "-token-w", "ith-at-l", "east-32-", "characte", "rs-long"] },
    Sample { what: "Supabase local-stack key", place: Place::Whole, pieces: &["sb_publishable_A", "CJWlzQHlZjBrEguH", "vfOxg_3BJgxAaH"] },
    Sample { what: "Supabase local-stack key", place: Place::Whole, pieces: &["sb_secr", "et_N7UN", "D0UgjKT", "VK-Uodk", "m0Hg_xS", "vEMPvz"] },
    Sample { what: "Telegram documentation token", place: Place::Whole, pieces: &["110201543:AAHdq", "TcvCH1vGWJxfSeo", "fSAs0K5PALDsaw"] },
    Sample { what: "Telegram documentation token", place: Place::Whole, pieces: &["123456:ABC-DEF", "1234ghIkl-zyx5", "7W2v1u123ew11"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["30569300", "09020004"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["35660020", "20360505"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["37144963", "5398431"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["37828224", "6310005"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["40128888", "88881881"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["41111111", "11111111"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["42424242", "42424242"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["51051051", "05105100"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["55555555", "55554444"] },
    Sample { what: "test card", place: Place::Whole, pieces: &["60111111", "11111117"] },
    Sample { what: "Truffle test phrase", place: Place::Whole, pieces: &["candy maple cak", "e sugar pudding", " cream honey ri", "ch smooth crumb", "le sweet treat"] },
    Sample { what: "Twitter documentation bearer token", place: Place::Start, pieces: &["AAAAAAAAAAAAAA", "AAAAAAAMLheAAA", "AAAA0%2BuSeid"] },
    Sample { what: "Twitter documentation bearer token", place: Place::Start, pieces: &["AAAAAAAAAAAAAA", "AAAAAAAMLheAAA", "AAAA0+uSeid"] },
    Sample { what: "Twitter documentation consumer key", place: Place::Whole, pieces: &["xvz1evFS4wE", "EPTGEFPHBog"] },
    Sample { what: "Vagrant insecure key", place: Place::Inside, pieces: &["MIIEogIBAAKCAQEA", "6NF8iallvQVp22WD", "kTkyrtvp9eWW6A8Y", "Vr+kz4TjGYe7gHzI"] },
];

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;
    use sha2::{Digest, Sha256};

    fn joined() -> impl Iterator<Item = (&'static Sample, String)> {
        SAMPLES.iter().map(|sample| (sample, sample.pieces.concat()))
    }

    /// The pieces give what was published: the digests were taken from the whole values.
    #[test]
    fn pieces_are_the_published_values() {
        let digests: Vec<String> =
            joined().map(|(_, value)| HEXLOWER.encode(&Sha256::digest(value.as_bytes()))).collect();
        assert_eq!(digests, DIGESTS);
    }

    #[test]
    fn every_sample_is_known_and_its_neighbours_are_not() {
        for (sample, value) in joined() {
            assert_eq!(is_sample(value.as_bytes()), Some(sample.what));
            let mut changed = value.clone().into_bytes();
            let at = changed.len() / 3;
            changed[at] = if changed[at] == b'k' { b'm' } else { b'k' };
            assert!(!SAMPLES.iter().any(|other| other.is(&changed)), "{}", sample.what);
            if sample.place == Place::Whole {
                assert_eq!(is_sample(format!("{value}k").as_bytes()), None, "{}", sample.what);
            }
        }
    }

    #[test]
    fn none_stands_in_one_piece() {
        let file = include_str!("published.rs");
        for (sample, value) in joined().filter(|(_, value)| value.len() >= 16) {
            assert!(!file.contains(&value), "{}", sample.what);
        }
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(SAMPLES.is_sorted_by_key(|sample| (sample.what.to_lowercase(), sample.pieces.concat())));
    }

    #[test]
    fn inside_connection_strings() {
        let key = joined().find(|(sample, _)| sample.what == "Azure Storage emulator key").expect("listed").1;
        let text = format!("AccountName=devstoreaccount1;AccountKey={key};");
        assert_eq!(is_sample(text.as_bytes()), Some("Azure Storage emulator key"));
    }

    #[test]
    fn families() {
        let known = |pieces: &[&str]| is_sample(pieces.concat().as_bytes());
        assert_eq!(known(&["AKIA", "QWERTYUIO", "EXAMPLE"]), Some("AWS documentation key id"));
        assert_eq!(known(&["xoxb-", "1111111111-", "aaaaaaaaaaaa"]), Some("Slack documentation token"));
        assert_eq!(known(&["xoxb-", "1111111111-", "aaaaaaaaaaab"]), None);
        assert_eq!(known(&["AC", &"x".repeat(32)]), Some("Twilio documentation id"));
        for (zeros, end) in [(20, "AA"), (20, "AB"), (20, "BB"), (20, "FF"), (31, "AA")] {
            assert_eq!(known(&["2x", &"0".repeat(zeros), end]), Some("Turnstile test key"), "{zeros} {end}");
        }
        assert_eq!(known(&["2x", &"0".repeat(20), "BC"]), None);
        assert_eq!(known(&["2x", &"0".repeat(19), "1AA"]), None);
    }

    #[test]
    fn grouped_numbers_and_well_known_ids() {
        let known = |pieces: &[&str]| is_sample(pieces.concat().as_bytes());
        assert_eq!(known(&["4242 4242 ", "4242 4242"]), Some("test card"));
        assert_eq!(known(&["4242-4242-", "4242-4242"]), Some("test card"));
        assert_eq!(known(&["42424242-", "4242-4242"]), None);
        assert_eq!(known(&["GB82 WEST 1234", " 5698 7654 32"]), Some("documentation IBAN"));
        assert_eq!(
            known(&["00000003-0000-0000", "-c000-000000000000"]),
            Some("Microsoft's own or an all-zero id")
        );
    }

    #[rustfmt::skip]
    const DIGESTS: &[&str] = &[
        "f7e7896182dcde5db5a8b852a505f0487035ca8a1618d5591e6bb8f18523f581",
        "12b9377cbe7e5c94e8a70d9d23929523d14afa954793130f8a3959c7b849aca8",
        "aeb221660ff09134bb3a46b295554820f5cdcaae8971d75d9ffa62468c850dca",
        "2a33349e7e606a8ad2e30e3c84521f9377450cf09083e162e0a9b1480ce0f972",
        "c6ea27c534f993d31f0aef882e3d200e7b87470c379ae79c8f9b19d3bd363dc9",
        "1a5d44a2dca19669d72edf4c4f1c27c4c1ca4b4408fbb17f6ce4ad452d78ddb3",
        "cb20d34a7adda2f5d2043836051e242fd4c2b233e02c80c91fe9d5af9b100574",
        "e21b597ba6b9cafa59d9ebc4d65c0385f5eb3fa56abab2607fa76589ad849a33",
        "78314b11be2e581549ac1c4f616563fad3fdf0c3b71678f6e2299182080e0598",
        "0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059",
        "2243ae4c730144699810edff877f309b57c9f62289420157926505582ea6d1f9",
        "c557eec878dfd852ba3f88087c4f350f09c55537ab5e549c3cd14320ec3cef38",
        "ae7685ce4136948ed375f76e73e9ec2b42f688ff8b6139dca37e2f2a3140d6fe",
        "9d6a2b9d1f01d4577cbdce4de6f0834ac6b21d675518ace150009338685b5276",
        "aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615",
        "fffde46720d1af494abb3d368cfb5b8b1653876b28ddbb06826137eea16eb1f7",
        "02f7ce3c263f85c019eeeeea4b08f1b7f6ade2b7a2199c14f3efdac0eef382e1",
        "faf7e1c0107370ff6f5d03205da7d8ae41ba8e22b31e94b986a65210075d9a1d",
        "cb2609a461853b2a8da2f9392168c656488985655c10715585be40662cb0f9e9",
        "5488b036f43dca672fa2b95bf5dbb2a3674f433a2d051c5003fbe5eb0ef115cc",
        "45c755c9e88ba16735daa1e465dde67bfcb209ea707ea9955ebb853683b8a248",
        "701502320c05f830e08c212f53ec9c540c1a45ce59b1abc51eb0685778bb5998",
        "f91c2fed2d495f04cc266a45b6982be36a1f224799f3554d91f5094bceeed6cd",
        "9c5d0a6656e5d3f36601d0bf98762be09bad5d7b164382c1d6c826324d6d599a",
        "bc3ae723f57c6b9e3fd80b699fcc420f6074b0b1718039669d22631d508ac0a7",
        "efe4e2f9a14fb6b7d24378a923ed2eb46c17d01ea2e07f6e922d5248fd64ce27",
        "82e74299544e00738f9c0acb69b1eb348b3e20ffcfabcb34779bd37590fead6c",
        "820350d9047103b6ece5b5c65ed1b04c14e414584c52e66d52e16b06e817ee9b",
        "95a4db2dd430bb3f690bf0c7487f3bc86017ee3030c65ed28f9c66141c4d99d7",
        "bc1a50966c9e6486bc4ebf880b51611a2a97fcb8e7a6976e9b81a9e3e8ca0e3c",
        "f79cd64f9cea237897b8133e4b905b361c6f166faa5a1c64c32280938f5b707e",
        "0fff9ee671b05ea25f58ed9584635fad2558e23c031003fd52d393bff5973fb0",
        "a69c47e0e9deeb992e6a22cd3b0563858333607361cd7907895b79ea084abe44",
        "c953c8977a6b2799ac9639b773ed636850b2637e278d411f485771f22fa48bdf",
        "9d7db4ba6553daec02d1ceb55c86fe2a76489a36c12eef184f90fefd73551703",
        "f7d838701b86c5dfb57bf95fbc5ce6df204cfc9f15ad6cdb39fd22f8776e47b6",
        "051d093c4bdedbf23f905ad01d9c6111414d54e2170e1d7f76657c4e76e3e65b",
        "9febce9f2c53c049e6325a75af79ab7e0db577fb07f57a5b8f116c6da992b894",
        "f215faf9d88b7f0a881632ee22459ee452a296c808d261b6cc993d3a1fd0600e",
        "2ae8f8066baab9e36c122f5eb5425f33ab2f5ffbea767ea5a7d9f82de680faec",
        "bccbd48466f9974e975b7822c12bff9757e3b6cc6a17ba0147d75990bf9bb3fe",
        "ad9858116e63b0c5a4d7dc7f50f034c7247e56838dae22c1832712ffde48e694",
        "1bbb9293c38acc5e510d904495845d532df64a9e5996b2ec7c86cc2e2ac33b5a",
        "df452eef23e8cf2c74af54c0c7419c05a5ec70ef4d5c2eb04082b02af8c55598",
        "0a35c47b4f43f44da14961b8101d359b3a4c4634cea51375f2b10c526440f925",
        "5db21f1ad63d9b336bf2f3487f1e8222e18be68f5331196941a307bb5244010c",
        "9e309cccd311ea64d04133daf7760f71f38a566db7aa98b71e043ede9325680f",
        "ad71fb4165536675d80a8bbfe957697e4b9e17b35d5500406abc219705337107",
        "f5e95c9954635b65acab57e6d5ea663eb900f06dc8794a90358f5abb1c77d4e0",
        "03b970ed8171d73b58bbc9a5c72e3e4eec28503b56b3bb400a0801857dd45614",
        "19f0704d4a78f5ea78acd711fed72d5ab414cc17c03bb9e1a223ac60c3403bc4",
        "80f8b7c904d4a43f3b7036db73247daafe15b3f647b337d19031ff67b7c1a177",
        "293257ab6495ebb11cf9e4aee0686ca30df8de2ab8d251f2cbbcf177bdfcae91",
        "6aa14267d94944e6b6483c81f5ad37f87bbc7e88aa368d4aba1e71e0b79cd8c4",
        "5586407997f5e8492fa0d6d310460386c80cc3542de6c876f75582bc219d4b82",
        "4c20e6f5cc11b93731e74cbe20739821d61c3563c9f50ecb884a27cd369f01fb",
        "cb87c87e4a138d9a72259d2a01bab15623c9846e568c1509b287721645a6ea53",
        "2ff8b0fb93aca981c78f1e94355c298c23435461f1072ef4674848e620371787",
        "bb9b1163338b2a51495834ad5c65420443d6327381cf0f94ebf92b117f209d72",
        "649e1f5c769e718ba10d1a702a36499a731441d960b06da91c4c97786bf84595",
        "15cef4b629cc2d07a4563df9516739d4c8d6097eb283e5260fd59299a3c99c56",
        "584b27d64ebc1b3341f7fc9a9c3f1a54422e9a1ca3079fd5531d9f489219f8d0",
        "ca7459e2b26776de081b9a07e40227fd6cff232a1e3233ff6b6aa6d036ca9981",
        "2999cd44ff70d54a68d9e576af7fd512ad8eaf2e3e0397ff1dd41133215469d6",
        "3e545ee08a590a6bb0ef9b1b5df39c4a6b28a5ccf276d74ebf637743552ddd73",
        "2c31d647d56670580effa322c4e0d2612e333bedb4331f09352828e4e3cef66d",
        "e9974c507d2a802143f614c878fcbb622a3800e05e6e0d329fee2c5b6b243329",
        "53f5da0aaa93d64cd5772c554cbf940f0539e689dddbeb8f923eec3f72c02ea9",
        "6c96130f130ab0d6d158397e24d2bcc1c9a5e73ae081f6e983f1c7b545d24a4c",
        "00cf4c781dc37003f7c7dd7d4c9a6ef1e0f4c62d9a291aa8bc398774e3fefd32",
        "b8e148545b13c78bc74da2f1a7275dd71e56ddece129d7d2f7b3ecc06f7994da",
        "ea9bdfd02c0c412c8cc36ba67f6c17f9b314b2c518e63ff3776077d68245736d",
        "d737d787aed3d2349f213a9b021ff61822fd8968cabf4d72091288792e224e18",
        "3a966e850a235bff9758745d2b9c396ce61caf8a1f5c56a4baecf48f05b206dc",
        "cf4d418ed3de92d71f767db5391d5a2dacd40e1ce49e75d1137e2ecf4982d844",
        "ba72c23f3953926d60eb6eca0016baf5c89d28434790bab2c860846afd09173e",
        "7d41f23b6af66770d9e7712c36b5816f4c565e868dcb9f4888a080aa4b26404a",
        "2f4643b13aeabe7e75acd68c4f0fe88685f91fb0579ceb8f81f05107b813c627",
        "07e23ede2756aa3f5f7cc9759117c4910875e032c27b8556a1e20626224f10ec",
        "cd372fb85148700fa88095e3492d3f9f5beb43e555e5ff26d95f5a6adc36f8e6",
        "a1f3235a12ea17c00af5565efba5be7fc9ae093158094bab5454365213dfaa91",
        "5895b89c8fb33402a5bfc23aad5aaf863fbb438a51e1a0bb02b0ce618c8fdf9d",
        "b1471f544ceeea31333bde7e1ecbaad6eac0d4a749412ad29bd66ef895b81c6b",
        "2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326",
        "f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397",
        "a064b502e61d27e94b8717290e5e1b32e36720e9fbdf952ec81a84c07128cb37",
        "9705102db0d5f99ee08daa19a73e510d9877a2a9add9369da247cbbe6c2a0140",
        "c85debb55f2f204d868cc1552c42faa143b4c675f61363ab040dd50b5b5304cd",
        "0b5dd075ccdd03c42f4edda8e299e6838e2a75d3486a2a8d86940ed1541e9178",
        "731fa294d036e54f19df879bfcd4fe72d967dc6327800c5f74a48414a3f258c9",
        "10f6a49b3088d98187bf43161da352a767662efa07658531b811edcf1b34fed6",
        "d79449f462cec9af0d857c3e1af888d4fa8bbdaa511b9eaaafcd2805c4ea6471",
        "53a8fc816e63b7a5ccd17aaff93f28bcf13abbf418209dcd93947722d7c326ba",
        "3a134ef77d4e2e4cdad2d2945ff1f76c1a23296c93c851f6244220a8cedea130",
        "dd13cdf9af9dd3baf46ce96aecd7163cabf381ccb21e63f15f0fa10b1c663fa9",
        "9bbef19476623ca56c17da75fd57734dbf82530686043a6e491c6d71befe8f6e",
        "477bba133c182267fe5f086924abdc5db71f77bfc27f01f2843f2cdc69d89f05",
        "304945e91de3deff52a61d08733141d72dd42ec9d47972f1060534d54c0c7f90",
        "2f725bbd1f405a1ed0336abaf85ddfeb6902a9984a76fd877c3b5cc3b5085a82",
        "19ff47cc8024c133d5845d3f8938caca289929031e7d508c3adf7adff177f0c2",
        "b83e96417f61cb148d0dc8a89b839ee4956ad45b5e4b6a2a6cae048e48782157",
        "e8fa1e3cd897a7a966489e3814de2f6afa0deae8ce828e6a550f8287ee4f3bcc",
        "46b28abec7829974b0d5e287b6c1482246595851a2e94420b1b3907a7a39bd68",
        "8e0628300c16fe3834b3b87d23e352618a27b0ca9973abd52cfc92abfc7667e3",
        "eca7c0796c0d28714d81ae48ae76a19440ace23ef593c9fd9aa66b59703512c7",
    ];
}
