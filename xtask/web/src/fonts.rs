//! Makes the fonts of the page: subsets of what Rust packages carry, so that no font file is in the repository.
//!
//! | file | from | licence |
//! |---|---|---|
//! | `text-regular.ttf` | Noto Sans Regular in `notosans` | Apache 2.0, OFL 1.1 |
//! | `text-semibold.ttf` | its Bold, with stems a third of the way back to Regular | Apache 2.0, OFL 1.1 |
//! | `mono-regular.ttf` | Hack in `epaint_default_fonts` | MIT, Bitstream Vera |
//! | `icons.ttf` | Material Symbols Rounded in `egui_material_icons` | Apache 2.0 |
//!
//! A stamp beside them holds a hash of everything that went in; while it fits, nothing is made again.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use fontcull_klippa::{DEFAULT_LAYOUT_FEATURES, Plan, SubsetFlags, subset_font};
use fontcull_read_fonts::collections::IntSet;
use fontcull_skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use fontcull_write_fonts::types::NameId;
use sha2::{Digest, Sha256};

use crate::{Outcome, between, charset, compress, places};

const ICONS_TABLE: &str = "shared/ui/src/look/icons.txt";
/// Raise it when the way of making changes, so that every machine makes its fonts again.
const RECIPE: u8 = 3;
/// How far semibold (600) lies on the way from regular (400) to bold (700).
const SEMIBOLD: f64 = 2.0 / 3.0;

/// Copyright, family, style, licence and its address stay inside the font, as the Open Font License asks.
const LEGAL_NAMES: [u16; 5] = [0, 1, 2, 13, 14];
const ENGLISH: u16 = 0x409;

struct Sources {
    regular: Vec<u8>,
    bold: Vec<u8>,
    mono: Vec<u8>,
    icons: Vec<u8>,
    table: String,
}

/// Fills `<target>/fonts`, or finds it already right.
pub(crate) fn make(target: &Path) -> Outcome {
    let folder = target.join("fonts");
    let sources = read_sources()?;
    let stamp = stamp_of(&sources);
    let stamp_file = target.join("fonts.stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) && folder.join("icons.ttf").exists() {
        println!("fonts: unchanged");
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    let semibold = between::blend(&sources.regular, &sources.bold, SEMIBOLD)?;
    write_face(&folder, "text-regular.ttf", &sources.regular, &spread(charset::TEXT))?;
    write_face(&folder, "text-semibold.ttf", &semibold, &spread(charset::TEXT))?;
    write_face(&folder, "mono-regular.ttf", &sources.mono, &spread(charset::MONO))?;
    write_face(&folder, "icons.ttf", &sources.icons, &icon_codes(&sources.table)?)?;
    fs::write(stamp_file, stamp)?;
    Ok(())
}

fn read_sources() -> Outcome<Sources> {
    let packages = places::packages()?;
    let read = |package: &str, file: &str| -> Outcome<Vec<u8>> {
        let folder = packages.get(package).ok_or_else(|| format!("Cargo has not downloaded `{package}`"))?;
        let path: PathBuf = folder.join(file);
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()).into())
    };
    Ok(Sources {
        regular: read("notosans", "fonts/NotoSans-Regular.ttf")?,
        bold: read("notosans", "fonts/NotoSans-Bold.ttf")?,
        mono: read("epaint_default_fonts", "fonts/Hack-Regular.ttf")?,
        icons: read("egui_material_icons", "MaterialSymbolsRounded_Filled-Regular.ttf")?,
        table: fs::read_to_string(ICONS_TABLE)?,
    })
}

fn stamp_of(sources: &Sources) -> String {
    let mut hash = Sha256::new();
    hash.update([RECIPE]);
    for part in [&sources.regular, &sources.bold, &sources.mono, &sources.icons] {
        hash.update(part);
    }
    hash.update(&sources.table);
    for range in charset::TEXT.iter().chain(charset::MONO) {
        hash.update(range.start().to_le_bytes());
        hash.update(range.end().to_le_bytes());
    }
    compress::hex(&hash.finalize())
}

fn spread(ranges: &[RangeInclusive<u32>]) -> IntSet<u32> {
    ranges.iter().cloned().flatten().collect()
}

fn icon_codes(table: &str) -> Outcome<IntSet<u32>> {
    let lines = table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let code = line.split_whitespace().nth(1).ok_or_else(|| format!("{ICONS_TABLE}: no code in `{line}`"))?;
            Ok(u32::from_str_radix(code, 16)?)
        })
        .collect()
}

fn write_face(folder: &Path, file: &str, font: &[u8], wanted: &IntSet<u32>) -> Outcome {
    let subset = subset(font, wanted, &[])?;
    let kept = FontRef::new(&subset)?.charmap().mappings().count();
    println!("fonts: {file} {} kB, {kept} characters", subset.len() / 1000);
    fs::write(folder.join(file), subset)?;
    Ok(())
}

/// The part of a font that draws these characters, with what shapes them, but for the tables `without`.
pub(crate) fn subset(font: &[u8], wanted: &IntSet<u32>, without: &[Tag]) -> Outcome<Vec<u8>> {
    let font = FontRef::new(font)?;
    let scripts: IntSet<Tag> = IntSet::all();
    let features: IntSet<Tag> = DEFAULT_LAYOUT_FEATURES.iter().copied().collect();
    let plan = Plan::new(
        &IntSet::<GlyphId>::empty(),
        wanted,
        &font,
        SubsetFlags::SUBSET_FLAGS_NO_HINTING | SubsetFlags::SUBSET_FLAGS_NOTDEF_OUTLINE,
        &without.iter().copied().collect(),
        &scripts,
        &features,
        &LEGAL_NAMES.into_iter().map(NameId::new).collect(),
        &[ENGLISH].into_iter().collect(),
    );
    subset_font(&font, &plan).map_err(|error| format!("subset: {error:?}").into())
}
