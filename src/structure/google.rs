//! Google service-account files: JSON whose private key is checked as PEM.

use serde_json::{Map, Value};

use super::sample::Made;
use super::text::{DIGITS, HEX, LOWER};
use super::{Check, Context, Outcome, Strength, pem};

pub(super) const CHECKS: &[Check] = &[Check {
    name: "gcp-service-account",
    what: "JSON of a service account, with a private key that checks",
    source: "https://cloud.google.com/iam/docs/keys-create-delete",
    strength: Strength::Structure,
    run: service_account,
    sample: service_account_sample,
}];

fn service_account(value: &[u8], context: &Context<'_>) -> Outcome {
    let Ok(json) = serde_json::from_slice::<Map<String, Value>>(value) else {
        return Outcome::fail("not a JSON object");
    };
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let kind = text("type").unwrap_or_default();
    let outcome = match (kind, text("private_key"), text("refresh_token")) {
        ("service_account", Some(key), _) => pem::pem(key.as_bytes(), context),
        ("authorized_user", _, Some(_)) => Outcome::decodes("a user's refresh token beside its client"),
        ("service_account" | "authorized_user", ..) => {
            return Outcome::harmless("credentials without their secret");
        }
        ("external_account", ..) => {
            return Outcome::harmless("workload identity: tells where to fetch a token, holds none");
        }
        _ => return Outcome::fail("no kind of Google credential"),
    };
    outcome
        .fact("account type", kind)
        .fact_if("account", text("client_email"))
        .fact_if("project", text("project_id"))
        .fact_if("key id", text("private_key_id"))
}

fn service_account_sample(made: &mut Made) -> Vec<u8> {
    let key = String::from_utf8(pem::pkcs8_sample(made)).expect("PEM is ASCII");
    let project = made.text(LOWER, 9);
    format!(
        r#"{{"type":"service_account","project_id":"{project}","private_key_id":"{}","private_key":"{}\n","client_email":"{}@{project}.iam.gserviceaccount.example","client_id":"{}"}}"#,
        made.text(HEX, 40),
        key.replace('\n', "\\n"),
        made.text(LOWER, 7),
        made.text(DIGITS, 21),
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::check;

    #[test]
    fn the_key_decides() {
        let value = String::from_utf8(service_account_sample(&mut Made::new(1))).expect("JSON");
        let outcome = |value: &str| check("gcp-service-account", value.as_bytes()).expect("registered");
        assert!(outcome(&value).is_pass());
        let start = value.find("KEY-----").expect("has a key") + 20;
        let cut = format!("{}{}", &value[..start], &value[start + 8..]);
        assert!(outcome(&cut).is_fail());
        assert_eq!(outcome(r#"{"type":"external_account"}"#).verdict.word(), "harmless");
    }
}
