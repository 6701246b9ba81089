//! Compresses files for the wire and remembers each result under a hash of what went in.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::Outcome;

/// One file as it is and as browsers ask for it.
pub(crate) struct Packed {
    pub(crate) brotli: Vec<u8>,
    pub(crate) gzip: Vec<u8>,
}

/// Brotli 11 takes seconds for a page of four megabytes, so a result is kept in `<cache>/<hash>.br` and `.gz`.
pub(crate) struct Compressor {
    cache: PathBuf,
    quality: u32,
}

impl Compressor {
    /// `quality` is brotli's, 0 to 11.
    pub(crate) fn new(cache: &Path, quality: u32) -> Outcome<Self> {
        fs::create_dir_all(cache)?;
        Ok(Self { cache: cache.to_owned(), quality })
    }

    pub(crate) fn pack(&self, bytes: &[u8]) -> Outcome<Packed> {
        let name = hash_of(bytes);
        let brotli = self.kept(&format!("{name}.{}.br", self.quality), || brotli_of(bytes, self.quality))?;
        let gzip = self.kept(&format!("{name}.gz"), || gzip_of(bytes))?;
        Ok(Packed { brotli, gzip })
    }

    fn kept(&self, name: &str, make: impl FnOnce() -> Outcome<Vec<u8>>) -> Outcome<Vec<u8>> {
        let path = self.cache.join(name);
        if let Ok(found) = fs::read(&path) {
            return Ok(found);
        }
        let made = make()?;
        // Renamed into place, so that a build that was stopped leaves no half file to be found.
        let part = self.cache.join(format!("{name}.{}.part", std::process::id()));
        fs::write(&part, &made)?;
        fs::rename(part, path)?;
        Ok(made)
    }
}

fn brotli_of(bytes: &[u8], quality: u32) -> Outcome<Vec<u8>> {
    let mut packed = Vec::new();
    // Window of 2^22 bytes: what every browser must accept.
    let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, quality, 22);
    writer.write_all(bytes)?;
    writer.flush()?;
    drop(writer);
    Ok(packed)
}

fn gzip_of(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// SHA-256 in hexadecimal.
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
