//! Makes the fonts of further scripts, which the page fetches only when a text needs them.
//!
//! They are subsets of what Debian's `fonts-noto-core`, `fonts-nanum` (SIL Open Font License 1.1) and
//! `fonts-droid-fallback` (Apache 2.0) install. A machine without these packages makes a page without these scripts, and says so.

use std::fs;
use std::path::{Path, PathBuf};

use fontcull_read_fonts::collections::IntSet;
use fontcull_skrifa::Tag;
use sha2::{Digest, Sha256};

use crate::{Outcome, compress, fonts};

const TABLE: &str = "shared/ui/src/look/scripts.txt";
const FOLDERS: [&str; 3] =
    ["/usr/share/fonts/truetype/noto", "/usr/share/fonts/truetype/droid", "/usr/share/fonts/truetype/nanum"];
const PACKAGES: &str = "fonts-noto-core fonts-droid-fallback fonts-nanum";
/// Signs of these stand side by side as they are, and the tables are larger than the subsetter can count.
const UNSHAPED: [&str; 2] = ["DroidSansFallbackFull.ttf", "NanumGothic.ttf"];
/// Raise it when the way of making changes, so that every machine makes its fonts again.
const RECIPE: u8 = 1;

struct Script {
    name: String,
    file: String,
    blocks: String,
}

/// Name and bytes of every script that this machine has a font for; made once and kept in `<target>/scripts`.
pub(crate) fn make(target: &Path) -> Outcome<Vec<(String, Vec<u8>)>> {
    let folder = target.join("scripts");
    fs::create_dir_all(&folder)?;
    let (mut made, mut missing) = (Vec::new(), Vec::new());
    for script in table(&fs::read_to_string(TABLE)?)? {
        match FOLDERS.iter().map(|folder| Path::new(folder).join(&script.file)).find(|path| path.is_file()) {
            Some(source) => made.push((script.name.clone(), subset(&folder, &script, &source)?)),
            None => missing.push(script.name),
        }
    }
    println!("scripts: {} fetched on demand", made.len());
    if !missing.is_empty() {
        println!("scripts: no font for {} (Debian: apt-get install {PACKAGES})", missing.join(", "));
    }
    Ok(made)
}

fn table(text: &str) -> Outcome<Vec<Script>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let mut words = line.splitn(3, ' ').map(str::to_owned);
            let (name, file, blocks) = (words.next(), words.next(), words.next());
            let (Some(name), Some(file), Some(blocks)) = (name, file, blocks) else {
                return Err(format!("{TABLE}: no blocks in `{line}`").into());
            };
            Ok(Script { name, file, blocks })
        })
        .collect()
}

/// The subset of one font; found again under a hash of everything that went in.
fn subset(folder: &Path, script: &Script, source: &Path) -> Outcome<Vec<u8>> {
    let font = fs::read(source)?;
    let mut hash = Sha256::new();
    hash.update([RECIPE]);
    hash.update(&font);
    hash.update(&script.blocks);
    let hash = compress::hex(&hash.finalize());
    let kept: PathBuf = folder.join(format!("{}-{}.ttf", script.name, hash.get(..16).unwrap_or_default()));
    if let Ok(found) = fs::read(&kept) {
        return Ok(found);
    }
    let mut wanted = IntSet::empty();
    for block in script.blocks.split_whitespace() {
        let (first, last) = block.split_once('-').ok_or_else(|| format!("{TABLE}: `{block}` is no block"))?;
        wanted.insert_range(u32::from_str_radix(first, 16)?..=u32::from_str_radix(last, 16)?);
    }
    let subset = shaped(script, &font, &wanted)?;
    println!("scripts: {} {} kB", script.name, subset.len() / 1000);
    fs::write(kept, &subset)?;
    Ok(subset)
}

/// The subset, with as much of what shapes it as the subsetter can read.
fn shaped(script: &Script, font: &[u8], wanted: &IntSet<u32>) -> Outcome<Vec<u8>> {
    let tables = [b"GPOS", b"GSUB", b"GDEF"].map(Tag::new);
    if UNSHAPED.contains(&script.file.as_str()) {
        return fonts::subset(font, wanted, &tables);
    }
    fonts::subset(font, wanted, &[]).or_else(|error| {
        // Letters stand well without their distances.
        println!("scripts: {} without distances: {error}", script.name);
        fonts::subset(font, wanted, &tables[..1])
    })
}
