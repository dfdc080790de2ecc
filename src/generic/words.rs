//! What a feature is called where people read it.

/// The words for a feature; several features share some.
pub fn of(feature: &str) -> &'static str {
    match feature {
        "K_PASS" => "the name says password",
        "K_SECRET" => "the name says secret",
        "K_TOKEN" => "the name says token",
        "K_KEY" | "K_API" => "the name says key",
        "K_AUTH" => "the name says authorization",
        "K_NONCE" | "K_SALT" => "the name says salt or nonce",
        "C_USER" | "C_USER_NEAR" => "a user name beside it",
        "C_SECRET_NEAR" => "secrets on the lines around",
        "C_CLIENT" => "on a client's command line",
        "C_HOST_NEAR" | "C_LOCAL" => "a host or service beside it",
        "F_HEADER" => "in a header",
        "F_URL" | "F_QUERY" => "in a URL or on a command line",
        "V_LEN" => "length",
        "V_ENTROPY" | "V_REL_ENTROPY" | "V_DISTINCT" => "entropy",
        "V_PAIRS" | "V_PAIRS_LOW" | "V_RANDOM" | "V_VOWEL" => "letters as random ones follow each other",
        "V_HEX" | "V_HEX_LEN" => "hexadecimal",
        "V_BASE64" | "V_PADDED" | "V_B64_TEXT" => "base64",
        "V_VENDOR" => "a vendor's prefix",
        "V_WEAK" | "E_VALUE_WHOLE" | "E_VALUE_MOST" | "E_VALUE_LEAST" | "E_VALUE_MEAN" => {
            "its words, as passwords have them"
        }
        "V_VOCAB" | "V_LONG_WORD" | "V_WORDS" | "V_FILLER" | "V_SECRETWORD" | "V_SENTENCE" => {
            "no text that people read"
        }
        "V_PLACEHOLDER" | "V_MASK" | "V_REPEAT" | "V_ASCEND" | "V_TEMPLATE" | "V_PRINTF" => "no placeholder",
        name => match name.as_bytes().first() {
            Some(b'K' | b'E') => "name",
            Some(b'F') => "form of the assignment",
            Some(b'C') => "text around",
            Some(b'P') => "path",
            _ => "characters of the value",
        },
    }
}
