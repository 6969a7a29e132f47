//! Chance that falls the same way every time.

use std::ops::RangeInclusive;

/// SplitMix64: small, quick, and good enough to make up texts.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// So many different numbers below the end.
    pub fn some(&mut self, how_many: RangeInclusive<u64>, end: u64) -> Vec<u64> {
        let wanted = self.within(how_many).min(end) as usize;
        let mut numbers = Vec::with_capacity(wanted);
        while numbers.len() < wanted {
            let number = self.below(end);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        numbers
    }
}
