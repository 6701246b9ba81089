//! What is sampled: a picture, and whether it is smoothed when drawn larger or smaller than it is.

/// A texture; `texels` row by row from the top, red, green, blue, alpha, premultiplied.
#[derive(Clone, Debug)]
pub struct Texture {
    pub(crate) size: [usize; 2],
    texels: Vec<[u8; 4]>,
    /// One byte per texel where all four channels are the same everywhere: fonts and stamps say only how much is covered.
    coverage: Option<Vec<u8>>,
    pub(crate) smooth: bool,
}

impl Texture {
    /// A texture of `width * height` texels; what is missing is transparent.
    pub fn new(size: [usize; 2], mut texels: Vec<[u8; 4]>, smooth: bool) -> Self {
        texels.resize(size[0] * size[1], [0; 4]);
        let is_coverage = texels.iter().all(|[red, green, blue, alpha]| red == green && green == blue && blue == alpha);
        let coverage = is_coverage.then(|| texels.iter().map(|texel| texel[3]).collect());
        Self { size, texels, coverage, smooth }
    }

    /// A smoothed one that only says how much is covered, one byte per texel.
    pub fn of_coverage(size: [usize; 2], bytes: &[u8]) -> Self {
        Self::new(size, bytes.iter().map(|byte| [*byte; 4]).collect(), true)
    }

    /// Its width and height in texels.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// One byte per texel, where it only says how much is covered.
    pub fn coverage_bytes(&self) -> Option<&[u8]> {
        self.coverage.as_deref()
    }

    /// Puts a smaller picture at these texels; what lies outside is left out.
    pub fn patch(&mut self, [left, top]: [usize; 2], width: usize, texels: &[[u8; 4]]) {
        let mut patched = std::mem::take(&mut self.texels);
        for (row, source) in texels.chunks_exact(width.max(1)).enumerate() {
            let kept = source.len().min(self.size[0].saturating_sub(left));
            let start = (top + row) * self.size[0] + left;
            if let (Some(target), Some(source)) = (patched.get_mut(start..start + kept), source.get(..kept)) {
                target.copy_from_slice(source);
            }
        }
        *self = Self::new(self.size, patched, self.smooth);
    }

    /// Whether it only says how much is covered.
    pub(crate) fn coverage(&self) -> Option<Coverage<'_>> {
        let [width, height] = self.size;
        let bytes = self.coverage.as_deref().filter(|bytes| self.smooth && !bytes.is_empty())?;
        Some(Coverage { bytes, width, last: [width as i32 - 1, height as i32 - 1] })
    }

    /// The colour at texture coordinates from 0 to 1, each channel from 0 to 255.
    pub(crate) fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let [width, height] = self.size;
        let (x, y) = (u * width as f32, v * height as f32);
        if !self.smooth {
            return self.texel(x.floor(), y.floor());
        }
        let (left, top) = ((x - 0.5).floor(), (y - 0.5).floor());
        let (fx, fy) = (x - 0.5 - left, y - 0.5 - top);
        let upper = mix(self.texel(left, top), self.texel(left + 1.0, top), fx);
        let lower = mix(self.texel(left, top + 1.0), self.texel(left + 1.0, top + 1.0), fx);
        mix(upper, lower, fy)
    }

    fn texel(&self, x: f32, y: f32) -> [f32; 4] {
        let [width, height] = self.size;
        // `as usize` saturates, so what lies outside is clamped to the edge.
        let (x, y) = ((x.max(0.0) as usize).min(width.max(1) - 1), (y.max(0.0) as usize).min(height.max(1) - 1));
        self.texels.get(y * width + x).copied().unwrap_or_default().map(f32::from)
    }
}

/// How much is covered, with coordinates in 65536ths of a texel.
#[derive(Clone, Copy)]
pub(crate) struct Coverage<'a> {
    bytes: &'a [u8],
    width: usize,
    /// The last column and row.
    last: [i32; 2],
}

impl<'a> Coverage<'a> {
    /// From 0 to 255, smoothed between texels; `x` and `y` are measured from the middle of the first one.
    #[inline]
    pub(crate) fn at(&self, x: i32, y: i32) -> u32 {
        let (left, right) = (self.clamp(x >> 16, 0), self.clamp((x >> 16) + 1, 0));
        let (above, below) = (self.clamp(y >> 16, 1) * self.width, self.clamp((y >> 16) + 1, 1) * self.width);
        let (fx, fy) = (((x >> 8) & 255) as u32, ((y >> 8) & 255) as u32);
        let byte = |at: usize| u32::from(self.bytes.get(at).copied().unwrap_or(0));
        let upper = byte(above + left) * (256 - fx) + byte(above + right) * fx;
        let lower = byte(below + left) * (256 - fx) + byte(below + right) * fx;
        (upper * (256 - fy) + lower * fy + (1 << 15)) >> 16
    }

    /// The column at `x`, in 65536ths of a texel from the left edge.
    pub(crate) fn stripe(&self, x: i32) -> Stripe<'a> {
        Stripe { bytes: self.bytes, width: self.width, column: self.clamp(x >> 16, 0), last: self.last[1].max(0) }
    }

    fn clamp(&self, texel: i32, along: usize) -> usize {
        let last = if along == 0 { self.last[0] } else { self.last[1] };
        texel.clamp(0, last.max(0)) as usize
    }
}

/// One column of what is covered.
#[derive(Clone, Copy)]
pub(crate) struct Stripe<'a> {
    bytes: &'a [u8],
    width: usize,
    column: usize,
    /// The last row.
    last: i32,
}

impl Stripe<'_> {
    /// From 0 to 255, smoothed between texels; `y` is measured from the middle of the first one.
    #[inline]
    pub(crate) fn at(&self, y: i32) -> u32 {
        let byte = |row: i32| {
            let row = row.clamp(0, self.last) as usize;
            u32::from(self.bytes.get(row * self.width + self.column).copied().unwrap_or(0))
        };
        let part = ((y >> 8) & 255) as u32;
        (byte(y >> 16) * (256 - part) + byte((y >> 16) + 1) * part + (1 << 7)) >> 8
    }
}

fn mix(a: [f32; 4], b: [f32; 4], t: f32) -> [f32; 4] {
    let [a0, a1, a2, a3] = a;
    let [b0, b1, b2, b3] = b;
    [a0 + (b0 - a0) * t, a1 + (b1 - a1) * t, a2 + (b2 - a2) * t, a3 + (b3 - a3) * t]
}
