//! Sorts numbers by keys, a byte at a time.
#![expect(clippy::indexing_slicing, reason = "a byte is below the number of slots, a slot below the length")]

/// Keys with what they stand for, and room to sort them in, which is given back.
#[derive(Default)]
pub(crate) struct Radix {
    pub(crate) keys: Vec<u32>,
    pub(crate) order: Vec<u32>,
    spare_keys: Vec<u32>,
    spare_order: Vec<u32>,
}

impl Radix {
    /// Takes `keys` for the numbers from 0 on, and sorts both; what has equal keys stays in order.
    pub(crate) fn sort(&mut self, keys: impl Iterator<Item = u32>) {
        self.keys.clear();
        self.keys.extend(keys);
        let len = self.keys.len();
        self.order.clear();
        self.order.extend(0..len as u32);
        self.spare_keys.resize(len, 0);
        self.spare_order.resize(len, 0);
        let differing = self.keys.iter().fold(0, |bits, key| bits | (key ^ self.keys[0]));
        for shift in (0..u32::BITS).step_by(8).filter(|shift| (differing >> shift) & 255 != 0) {
            self.pass(shift);
        }
        // What comes next needs the room more.
        (self.spare_keys, self.spare_order) = (Vec::new(), Vec::new());
    }

    fn pass(&mut self, shift: u32) {
        let byte = |key: u32| ((key >> shift) & 255) as usize;
        let mut next = [0u32; 257];
        self.keys.iter().for_each(|&key| next[byte(key) + 1] += 1);
        for at in 0..256 {
            next[at + 1] += next[at];
        }
        for (&key, &number) in self.keys.iter().zip(&self.order) {
            let slot = &mut next[byte(key)];
            self.spare_keys[*slot as usize] = key;
            self.spare_order[*slot as usize] = number;
            *slot += 1;
        }
        std::mem::swap(&mut self.keys, &mut self.spare_keys);
        std::mem::swap(&mut self.order, &mut self.spare_order);
    }
}
