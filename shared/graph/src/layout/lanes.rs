//! Eight numbers at a time. Of plain loops over arrays the compiler makes vector instructions on the machine itself, but not in
//! wasm, so there each operation is named, and the kernels are written once for each.
//!
//! Whoever calls these has `target_feature(enable = "simd128")`, or each of them would be a call.

#[cfg(target_arch = "wasm32")]
pub(super) use wasm::Lanes;

/// Two registers of baseline x86-64 and of wasm's SIMD.
pub(super) const LANES: usize = 8;

/// The smaller of two numbers; `f32::min` is a call in wasm, because of what is no number.
#[inline]
pub(super) fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The greater of two numbers.
#[inline]
pub(super) fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use core::arch::wasm32::{
        f32x4, f32x4_add, f32x4_div, f32x4_extract_lane, f32x4_mul, f32x4_pmin, f32x4_splat, f32x4_sub, v128,
    };

    use super::{LANES, smaller};

    #[derive(Clone, Copy)]
    pub(in super::super) struct Lanes(v128, v128);

    impl Lanes {
        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn of([a, b, c, d, e, f, g, h]: &[f32; LANES]) -> Self {
            Self(f32x4(*a, *b, *c, *d), f32x4(*e, *f, *g, *h))
        }

        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn all(number: f32) -> Self {
            Self(f32x4_splat(number), f32x4_splat(number))
        }

        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn plus(self, other: Self) -> Self {
            Self(f32x4_add(self.0, other.0), f32x4_add(self.1, other.1))
        }

        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn minus(self, other: Self) -> Self {
            Self(f32x4_sub(self.0, other.0), f32x4_sub(self.1, other.1))
        }

        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn times(self, other: Self) -> Self {
            Self(f32x4_mul(self.0, other.0), f32x4_mul(self.1, other.1))
        }

        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn over(self, other: Self) -> Self {
            Self(f32x4_div(self.0, other.0), f32x4_div(self.1, other.1))
        }

        /// The smaller of each two.
        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn least(self, other: Self) -> Self {
            Self(f32x4_pmin(self.0, other.0), f32x4_pmin(self.1, other.1))
        }

        /// All added up.
        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn sum(self) -> f32 {
            let [a, b, c, d] = numbers(f32x4_add(self.0, self.1));
            (a + c) + (b + d)
        }

        /// The smallest of all.
        #[inline]
        #[target_feature(enable = "simd128")]
        pub(in super::super) fn smallest(self) -> f32 {
            numbers(f32x4_pmin(self.0, self.1)).into_iter().fold(f32::MAX, smaller)
        }
    }

    #[inline]
    #[target_feature(enable = "simd128")]
    fn numbers(of: v128) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(of),
            f32x4_extract_lane::<1>(of),
            f32x4_extract_lane::<2>(of),
            f32x4_extract_lane::<3>(of),
        ]
    }
}
