//! Of assignments whose values overlap, the most probable stays: which that is depends on the place.
//!
//! Knows no text, only where values stand in it.

use std::collections::HashMap;

use super::bound::Taken;
use crate::model::Span;

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// In the text itself: encoded, if it is.
    pub span: Span,
    /// The decoded text that it stands in, by number, and where.
    pub inner: Option<(u32, Span)>,
}

/// Which of them stay, each given with how probable it is. Of two as probable the first in the text stays.
pub fn stay(all: &[(f32, Spot)]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| {
        let ((more, one), (less, other)) = (all[a], all[b]);
        less.total_cmp(&more).then(one.span.start.cmp(&other.span.start))
    });
    let mut stays = vec![false; all.len()];
    let (mut plain, mut encoded) = (Taken::default(), Taken::default());
    let mut views: HashMap<u32, Taken> = HashMap::new();
    let free = |taken: &Taken, span: Span| !taken.meets(span.start, span.end);
    let take = |taken: &mut Taken, span: Span| taken.add(span.start, span.end);
    for number in order {
        let Spot { span, inner } = all[number].1;
        stays[number] = match inner {
            None => free(&plain, span) && free(&encoded, span),
            // What is packed in one run of characters stands nowhere else in it, but side by side inside.
            Some((view, within)) => free(&plain, span) && free(views.entry(view).or_default(), within),
        };
        match inner {
            _ if !stays[number] => {}
            None => take(&mut plain, span),
            Some((view, within)) => {
                take(&mut encoded, span);
                take(views.entry(view).or_default(), within);
            }
        }
    }
    stays
}

/// Which of them overlap another: all others stay, whatever the place.
pub fn contested(all: &[Spot]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&number| all[number].span.start);
    let mut contested = vec![false; all.len()];
    let mut last: Option<(usize, usize)> = None;
    for number in order {
        let Span { start, end } = all[number].span;
        match last {
            Some((before, reach)) if start < reach => {
                (contested[before], contested[number]) = (true, true);
                last = Some((number, reach.max(end)));
            }
            _ => last = Some((number, end)),
        }
    }
    contested
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(start: usize, end: usize) -> Spot {
        Spot { span: Span::new(start, end), inner: None }
    }

    fn decoded(start: usize, end: usize, view: u32, within: (usize, usize)) -> Spot {
        Spot { inner: Some((view, Span::new(within.0, within.1))), ..plain(start, end) }
    }

    #[test]
    fn the_most_probable_stays_and_what_is_side_by_side_inside() {
        let all = [
            (0.5, plain(0, 10)),
            (0.9, plain(5, 15)),
            (0.5, plain(15, 20)),
            (0.8, decoded(30, 60, 1, (0, 5))),
            (0.7, decoded(30, 60, 1, (5, 9))),
            (0.6, decoded(30, 60, 1, (4, 6))),
            (0.6, plain(40, 50)),
        ];
        assert_eq!(stay(&all), [false, true, true, true, true, false, false]);
    }

    #[test]
    fn what_overlaps_nothing_stays_anyway() {
        let mut random = 5_u64;
        let mut below = |bound: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as usize % bound
        };
        let mut apart = 0;
        for _ in 0..2000 {
            let all: Vec<_> = (0..below(8))
                .map(|_| {
                    let start = below(60);
                    let spot = plain(start, start + 1 + below(9));
                    (
                        below(4) as f32,
                        if below(3) == 0 { Spot { inner: Some((1, spot.span)), ..spot } } else { spot },
                    )
                })
                .collect();
            let spots: Vec<_> = all.iter().map(|one| one.1).collect();
            let (stays, contested) = (stay(&all), contested(&spots));
            for number in 0..all.len() {
                let overlaps =
                    |other: &usize| *other != number && spots[*other].span.overlaps(spots[number].span);
                assert_eq!(contested[number], (0..all.len()).any(|other| overlaps(&other)), "{all:?}");
                assert!(stays[number] || contested[number], "{all:?}");
                apart += usize::from(!contested[number]);
            }
        }
        assert!(apart > 1000, "{apart}");
    }
}
