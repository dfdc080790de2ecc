//! Moments as credentials write them. The clock is never read: "now" comes from the caller.

use super::{Context, Level, Outcome};

/// Seconds since 1970 as `2024-05-01T12:00:00Z`; `None` outside the years that can be written.
pub(super) fn stamp(seconds: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_second(seconds).ok()?;
    Some(moment.to_string())
}

/// An ISO date (`2024-05-01`) or moment (`2024-05-01T12:00:00Z`) in seconds since 1970.
pub(super) fn parse(text: &str) -> Option<i64> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(moment.as_second());
    }
    let date: jiff::civil::Date = text.parse().ok()?;
    let moment = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(moment.timestamp().as_second())
}

impl Outcome {
    /// Tells when the value was made.
    pub(super) fn created(self, seconds: i64) -> Self {
        self.fact_if("created", stamp(seconds))
    }

    /// Tells when the value ends, and calls it expired if the caller's clock is past that.
    pub(super) fn expires(self, seconds: i64, context: &Context<'_>) -> Self {
        let told = self.fact_if("expires", stamp(seconds));
        match context.now {
            Some(now) if now >= seconds => told.advise(Level::Low, "expired"),
            _ => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!(stamp(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(stamp(i64::MAX), None);
        assert_eq!(parse("2024-05-01T12:00:00Z"), Some(1_714_564_800));
        assert_eq!(parse("2024-05-01"), Some(1_714_521_600));
        assert_eq!(parse("yesterday"), None);
    }

    #[test]
    fn expiry_needs_the_callers_clock() {
        let at = |now| {
            let context = Context { now, beside: None };
            Outcome::pass("made").expires(100, &context).advice
        };
        assert_eq!(at(None), None);
        assert_eq!(at(Some(99)), None);
        assert_eq!(at(Some(100)).map(|advice| advice.level), Some(Level::Low));
    }
}
