//! What an assignment is worth under a path: the detector's judgement, in the words of a verdict.

use super::Verdict;
use crate::{
    generic::{self, Candidate, Model, Place},
    model::{Confidence, Severity},
};

/// How probable it is that the candidate is a secret at this place, and the verdict, as yet without reasons.
/// `None` if it is believed too little to be called one at all.
pub fn judge_assignment(candidate: &Candidate, place: &Place) -> Option<(f32, Verdict)> {
    let judged = generic::judge_at(Model::builtin(), candidate, place);
    let confidence = match judged.confidence {
        generic::Confidence::None => return None,
        generic::Confidence::Low => Confidence::Low,
        generic::Confidence::Medium => Confidence::Medium,
        generic::Confidence::High => Confidence::High,
    };
    let severity = match judged.severity {
        generic::Severity::Low => Severity::Low,
        generic::Severity::Medium => Severity::Medium,
        generic::Severity::High => Severity::High,
    };
    Some((judged.probability, Verdict { confidence, severity, ..Verdict::none() }))
}

/// Why a candidate is believed at a place. Costs more than to judge it, so it is asked of what is told alone.
pub fn explain_assignment(candidate: &Candidate, place: &Place) -> Vec<String> {
    let mut reasons = Vec::new();
    for reason in generic::reasons(Model::builtin(), candidate, place).into_iter().flatten() {
        let reason = generic::words::of(reason);
        if !reasons.iter().any(|known| known == reason) {
            reasons.push(reason.to_owned());
        }
    }
    if reasons.is_empty() {
        reasons.push("name and value".to_owned());
    }
    reasons
}

/// How sure an assignment must be to be told.
pub fn least(confidence: Confidence) -> generic::Confidence {
    match confidence {
        Confidence::Low => generic::Confidence::Low,
        Confidence::Medium => generic::Confidence::Medium,
        Confidence::High => generic::Confidence::High,
    }
}
