//! Tests of views as a whole.

mod encode;
mod found;
mod limits;
mod property;
mod usual;

/// Numbers that are the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    /// A token that no vendor issues.
    pub fn token(&mut self) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let body = (0..36).map(|_| char::from(letters[self.below(letters.len())]));
        format!("{}_{}", "zork", body.collect::<String>())
    }
}
