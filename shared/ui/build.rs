//! Hands the fonts that xtask made, and one constant per icon, to the screens as generated Rust.
//!
//! `fonts.rs`: `TEXT_REGULAR`, `TEXT_SEMIBOLD`, `MONO_REGULAR` and `ICONS`, each `Option<&'static [u8]>` with a TrueType
//! file; `None` when no font was made yet, so that `cargo test -p ui` works before `cargo xtask fonts` ever ran.
//! `mark.rs`: the strokes of `icons/clew.svg`, so that the mark on the screen and in the browser's tab are one drawing.
//! `scripts.rs`: the Unicode blocks of `src/look/scripts.txt`, each with the name of its script.
//! `icons.rs`: `pub const SEARCH: char` and so on for every line of `src/look/icons.txt`, and `ALL: &[(&str, char)]`,
//! sorted by name, for icons that a configuration names.
//!
//! The folder is `CLEW_FONTS_DIR`, or `fonts` in the target folder. xtask refuses to build a page without fonts.
#![expect(clippy::disallowed_methods, reason = "a build script is told its paths by the environment")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

const FACES: [(&str, &str); 4] = [
    ("TEXT_REGULAR", "text-regular.ttf"),
    ("TEXT_SEMIBOLD", "text-semibold.ttf"),
    ("MONO_REGULAR", "mono-regular.ttf"),
    ("ICONS", "icons.ttf"),
];

/// The scripts that the text face lacks.
const SCRIPTS: &str = "src/look/scripts.txt";
/// The mark, as seen from here.
const MARK: &str = "../../icons/clew.svg";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let fonts = fonts_folder(&out)?;
    // An empty folder is made so that Cargo notices when xtask fills it.
    fs::create_dir_all(&fonts)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/look/icons.txt");
    println!("cargo::rerun-if-env-changed=CLEW_FONTS_DIR");
    println!("cargo::rerun-if-changed={}", fonts.display());
    println!("cargo::rerun-if-changed={SCRIPTS}");
    fs::write(out.join("scripts.rs"), scripts_source(&fs::read_to_string(SCRIPTS)?)?)?;
    println!("cargo::rerun-if-changed={MARK}");
    fs::write(out.join("mark.rs"), mark_source(&fs::read_to_string(MARK)?)?)?;
    fs::write(out.join("fonts.rs"), fonts_source(&fonts)?)?;
    fs::write(out.join("icons.rs"), icons_source(&fs::read_to_string("src/look/icons.txt")?)?)?;
    Ok(())
}

fn fonts_folder(out: &Path) -> Result<PathBuf, Box<dyn Error>> {
    if let Ok(folder) = env::var("CLEW_FONTS_DIR") {
        return Ok(PathBuf::from(folder));
    }
    if let Ok(target) = env::var("CARGO_TARGET_DIR") {
        return Ok(PathBuf::from(target).join("fonts"));
    }
    // <target>/[triple/]<profile>/build/ui-<hash>/out
    let above = out.ancestors().nth(4).ok_or("OUT_DIR is not inside a target folder")?;
    let with_triple = above.file_name().is_some_and(|name| name.to_str() == env::var("TARGET").ok().as_deref());
    let target = if with_triple { above.parent().unwrap_or(above) } else { above };
    Ok(target.join("fonts"))
}

fn fonts_source(fonts: &Path) -> Result<String, Box<dyn Error>> {
    let mut source = String::new();
    for (name, file) in FACES {
        let path = fonts.join(file);
        let value = match fs::canonicalize(&path) {
            Ok(found) => format!("Some(include_bytes!({found:?}))"),
            Err(_) => "None".to_owned(),
        };
        writeln!(source, "/// `{file}`, or `None` when xtask has not made it.")?;
        writeln!(source, "pub const {name}: Option<&[u8]> = {value};")?;
    }
    Ok(source)
}

fn icons_source(table: &str) -> Result<String, Box<dyn Error>> {
    let mut lines: Vec<(&str, u32)> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let (name, code) = line.split_once(' ').ok_or_else(|| format!("icons.txt: no code point in `{line}`"))?;
        lines.push((name, u32::from_str_radix(code.trim(), 16)?));
    }
    lines.sort_unstable();
    let mut source = String::new();
    for (name, code) in &lines {
        writeln!(source, "/// `{name}`")?;
        writeln!(source, "pub const {}: char = '\\u{{{code:x}}}';", name.to_uppercase())?;
    }
    writeln!(source, "/// Every icon by name, sorted.")?;
    writeln!(source, "pub const ALL: &[(&str, char)] = &[")?;
    for (name, code) in &lines {
        writeln!(source, "    (\"{name}\", '\\u{{{code:x}}}'),")?;
    }
    writeln!(source, "];")?;
    Ok(source)
}

/// The blocks as constants, sorted: first and last code point, and the script.
fn scripts_source(table: &str) -> Result<String, Box<dyn Error>> {
    let mut blocks: Vec<(u32, u32, &str)> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        for block in words.skip(1) {
            let (first, last) = block.split_once('-').ok_or_else(|| format!("{SCRIPTS}: `{block}` is no block"))?;
            blocks.push((u32::from_str_radix(first, 16)?, u32::from_str_radix(last, 16)?, name));
        }
    }
    blocks.sort_unstable();
    let lines: String = blocks.iter().map(|block| format!("    {block:?},\n")).collect();
    Ok(format!("pub const BLOCKS: &[(u32, u32, &str)] = &[\n{lines}];\n"))
}

/// The mark as constants, in units of its view box: its width, the stroke, circles (centre and radius) and cubic curves
/// (four points). Reads only what the mark is drawn with: one `<circle>` or `<path>` a line, and of paths M and absolute C.
fn mark_source(svg: &str) -> Result<String, Box<dyn Error>> {
    let number = |text: &str| text.parse::<f32>().map_err(|error| format!("{MARK}: `{text}`: {error}"));
    let attribute = |line: &str, name: &str| {
        let value = line.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
        value.map(|(value, _)| value.to_owned()).ok_or_else(|| format!("{MARK}: no {name} in `{line}`"))
    };
    let (mut circles, mut curves) = (String::new(), String::new());
    for line in svg.lines() {
        if line.starts_with("<circle ") {
            let [x, y, r] = ["cx", "cy", "r"].map(|name| attribute(line, name));
            writeln!(circles, "    [{:?}, {:?}, {:?}],", number(&x?)?, number(&y?)?, number(&r?)?)?;
        } else if line.starts_with("<path ") {
            let path = attribute(line, "d")?.replace('M', "").replace('C', " ");
            let numbers = path.split([' ', ',']).map(number).collect::<Result<Vec<f32>, _>>()?;
            let points: Vec<[f32; 2]> = numbers.chunks_exact(2).filter_map(|at| at.try_into().ok()).collect();
            // Each curve begins where the one before it ends.
            for curve in points.windows(4).step_by(3) {
                writeln!(curves, "    {curve:?},")?;
            }
        }
    }
    let head = svg.lines().next().unwrap_or_default();
    let width = attribute(head, "viewBox")?.rsplit(' ').next().map(number).ok_or("an empty view box")??;
    let stroke = number(&attribute(head, "stroke-width")?)?;
    Ok(format!(
        "pub const WIDTH: f32 = {width:?};\npub const STROKE: f32 = {stroke:?};\n\
         pub const CIRCLES: &[[f32; 3]] = &[\n{circles}];\npub const CURVES: &[[[f32; 2]; 4]] = &[\n{curves}];\n"
    ))
}
