//! Colours the pixels of a span: one colour, one colour as much as a texture covers, or whatever the corners mix to.

use crate::span::{Plane, Slope};
use crate::texture::{Coverage, Stripe, Texture};
use crate::{Pixel, Vertex};

/// How the pixels of one polygon get their colours.
pub(crate) enum Shade<'a> {
    Plain([u8; 4]),
    /// What is covered changes along one direction alone, as across a line.
    Striped {
        stripe: Stripe<'a>,
        height: f32,
        v: Slope,
        colour: [u8; 4],
    },
    Covered {
        coverage: Coverage<'a>,
        size: [f32; 2],
        u: Slope,
        v: Slope,
        colour: [u8; 4],
    },
    Mixed {
        channels: [Slope; 4],
        sampled: Option<(&'a Texture, Slope, Slope)>,
    },
}

/// Where a texture is white; egui puts it there for shapes without one.
const WHITE: [f32; 2] = [0.0, 0.0];

impl<'a> Shade<'a> {
    /// The cheapest way for these corners, whose places `plane` was made of.
    pub(crate) fn new(plane: &Plane, corners: [&Vertex; 3], texture: &'a Texture) -> Self {
        let [a, b, c] = corners;
        let is_plain = a.colour == b.colour && b.colour == c.colour && is_premultiplied(a.colour);
        let is_one_texel = a.uv == b.uv && b.uv == c.uv;
        let is_white = is_one_texel && a.uv == WHITE;
        let slope = |of: fn(&Vertex) -> f32| plane.slope(corners.map(of));
        let (u, v) = (slope(|corner| corner.uv[0]), slope(|corner| corner.uv[1]));
        match texture.coverage() {
            _ if is_plain && is_white => Self::Plain(a.colour),
            Some(coverage) if is_plain && is_one_texel => {
                let [u, v] = a.uv;
                let [width, height] = texture.size.map(|side| side as f32);
                Self::Plain(thinned(a.colour, coverage.at(texels(u * width - 0.5), texels(v * height - 0.5))))
            }
            Some(coverage) if is_plain && a.uv[0] == b.uv[0] && b.uv[0] == c.uv[0] => {
                let [width, height] = texture.size.map(|side| side as f32);
                Self::Striped { stripe: coverage.stripe(texels(a.uv[0] * width)), height, v, colour: a.colour }
            }
            Some(coverage) if is_plain => {
                Self::Covered { coverage, size: texture.size.map(|side| side as f32), u, v, colour: a.colour }
            }
            _ => Self::Mixed {
                channels: [
                    slope(|corner| f32::from(corner.colour[0])),
                    slope(|corner| f32::from(corner.colour[1])),
                    slope(|corner| f32::from(corner.colour[2])),
                    slope(|corner| f32::from(corner.colour[3])),
                ],
                sampled: (!is_white).then_some((texture, u, v)),
            },
        }
    }

    /// Colours the pixels from column `first` of `row` on.
    pub(crate) fn fill(&self, pixels: &mut [Pixel], first: usize, row: usize) {
        let (x, y) = (first as f32 + 0.5, row as f32 + 0.5);
        match self {
            Self::Plain(colour) if colour[3] == 255 => pixels.fill(Pixel::from_ne_bytes(*colour)),
            Self::Plain(colour) => pixels.iter_mut().for_each(|pixel| *pixel = over(*pixel, *colour)),
            Self::Striped { stripe, height, v, colour } => {
                let (mut at, by) = (texels(v.at(x, y) * height - 0.5), texels(v.across * height));
                for pixel in pixels {
                    let covered = stripe.at(at);
                    if covered > 0 {
                        *pixel = over(*pixel, thinned(*colour, covered));
                    }
                    at = at.wrapping_add(by);
                }
            }
            Self::Covered { coverage, size: [width, height], u, v, colour } => {
                let (mut at_x, mut at_y) = (texels(u.at(x, y) * width - 0.5), texels(v.at(x, y) * height - 0.5));
                let (by_x, by_y) = (texels(u.across * width), texels(v.across * height));
                for pixel in pixels {
                    let covered = coverage.at(at_x, at_y);
                    if covered > 0 {
                        *pixel = over(*pixel, thinned(*colour, covered));
                    }
                    (at_x, at_y) = (at_x.wrapping_add(by_x), at_y.wrapping_add(by_y));
                }
            }
            Self::Mixed { channels, sampled } => {
                for (pixel, step) in pixels.iter_mut().zip(0u16..) {
                    let x = x + f32::from(step);
                    let mut colour = channels.map(|channel| channel.at(x, y).clamp(0.0, 255.0));
                    if let Some((texture, u, v)) = sampled {
                        let texel = texture.sample(u.at(x, y), v.at(x, y));
                        colour.iter_mut().zip(texel).for_each(|(mixed, channel)| *mixed *= channel / 255.0);
                    }
                    *pixel = mixed_over(*pixel, colour);
                }
            }
        }
    }
}

/// In 65536ths.
fn texels(value: f32) -> i32 {
    (value * 65_536.0) as i32
}

/// A colour that covers only so much, from 0 to 255.
#[inline]
fn thinned(colour: [u8; 4], covered: u32) -> [u8; 4] {
    colour.map(|channel| times(u32::from(channel), covered) as u8)
}

/// No channel is above alpha, so that a sum never leaves a byte.
fn is_premultiplied([red, green, blue, alpha]: [u8; 4]) -> bool {
    red <= alpha && green <= alpha && blue <= alpha
}

/// The product of two numbers from 0 to 255 as such a number, rounded.
#[inline]
fn times(a: u32, b: u32) -> u32 {
    let product = a * b + 128;
    (product + (product >> 8)) >> 8
}

/// A colour over an opaque one, two channels at a time.
#[inline]
fn over(below: Pixel, colour: [u8; 4]) -> Pixel {
    const EVEN: u32 = 0x00ff_00ff;
    const HALVES: u32 = 0x0080_0080;
    let kept = 255 - u32::from(colour[3]);
    let shrunk = |pair: u32| {
        let product = pair * kept + HALVES;
        ((product + ((product >> 8) & EVEN)) >> 8) & EVEN
    };
    let rest = shrunk(below & EVEN) | (shrunk((below >> 8) & EVEN) << 8);
    rest + Pixel::from_ne_bytes(colour)
}

fn mixed_over(below: Pixel, [red, green, blue, alpha]: [f32; 4]) -> Pixel {
    let kept = 1.0 - alpha / 255.0;
    let [r, g, b, a] = below.to_ne_bytes();
    // `as u8` stops at 255.
    let channel = |add: f32, below: u8| (add + f32::from(below) * kept + 0.5) as u8;
    Pixel::from_ne_bytes([channel(red, r), channel(green, g), channel(blue, b), a])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_rounded_like_a_quotient_of_255() {
        for a in 0..=255 {
            for b in 0..=255 {
                assert_eq!(times(a, b), (f64::from(a) * f64::from(b) / 255.0).round() as u32);
            }
        }
    }

    #[test]
    fn a_colour_covers_as_much_as_its_alpha_says() {
        let over = |below: [u8; 4], colour| over(Pixel::from_ne_bytes(below), colour).to_ne_bytes();
        assert_eq!(over([10, 20, 30, 255], [0; 4]), [10, 20, 30, 255]);
        assert_eq!(over([10, 20, 30, 255], [1, 2, 3, 255]), [1, 2, 3, 255]);
        assert_eq!(over([200, 100, 0, 255], [64, 64, 64, 128]), [164, 114, 64, 255]);
    }
}
