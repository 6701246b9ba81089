//! Lists the files of the page for embedding, when the program is built with `embedded-ui`.
//!
//! The folder is the one that `cargo xtask web` made: `CLEW_WEB_DIR`, with its `manifest.json`.

#![expect(clippy::disallowed_methods, reason = "a build script is told everything by the environment")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=CLEW_WEB_DIR");
    println!("cargo:rerun-if-changed=migrations");
    let listed = if env::var_os("CARGO_FEATURE_EMBEDDED_UI").is_some() { list(&folder()?)? } else { String::new() };
    let out = PathBuf::from(env::var("OUT_DIR")?).join("assets.rs");
    fs::write(out, format!("/// Every file of the page.\nstatic ASSETS: &[Asset] = &[\n{listed}];\n"))?;
    Ok(())
}

fn folder() -> Result<PathBuf, Box<dyn Error>> {
    let folder = env::var_os("CLEW_WEB_DIR").map(PathBuf::from);
    folder.ok_or_else(|| {
        "`embedded-ui` needs CLEW_WEB_DIR: build with `cargo demo`, or run `cargo xtask web` first".into()
    })
}

fn list(folder: &Path) -> Result<String, Box<dyn Error>> {
    let manifest = folder.join("manifest.json");
    println!("cargo:rerun-if-changed={}", manifest.display());
    let manifest: Value = serde_json::from_slice(&fs::read(manifest)?)?;
    let files = manifest.get("files").and_then(Value::as_array).ok_or("the manifest lists no files")?;
    let mut listed = String::new();
    for file in files {
        let field = |name: &str| {
            file.get(name).and_then(Value::as_str).ok_or_else(|| format!("a file of the manifest has no {name}"))
        };
        let path = field("path")?;
        let bytes = |ending: &str| format!("include_bytes!({:?})", folder.join(format!("{path}{ending}")));
        writeln!(
            listed,
            "    Asset {{ path: {path:?}, content_type: {:?}, lasting: {}, tag: {:?}, raw: {}, brotli: {}, gzip: {} }},",
            field("type")?,
            file.get("immutable").and_then(Value::as_bool).unwrap_or(false),
            format!("\"{}\"", field("sha256")?.get(..16).unwrap_or_default()),
            bytes(""),
            bytes(".br"),
            bytes(".gz"),
        )?;
    }
    Ok(listed)
}
