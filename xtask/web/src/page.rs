//! Makes the folder that the server embeds: hashed names, compressed twice, with a manifest.
//!
//! `<target>/page/manifest.json` is the contract with the server's build script:
//!
//! ```json
//! {"version": 1, "profile": "web", "files": [
//!   {"path": "assets/ui-0123456789abcdef.wasm", "type": "application/wasm", "immutable": true, "on_demand": false,
//!    "sha256": "…", "raw_bytes": 4000000, "gzip_bytes": 1450000, "brotli_bytes": 1090000}]}
//! ```
//!
//! A file lies at `path`, its compressed forms at `path` + `.gz` and `path` + `.br`; all three always exist. `type` is the
//! `Content-Type` to send. `immutable` files have a hash in their name and never change; the others (`index.html`,
//! `favicon.svg`) are asked for again with `sha256` as their entity tag. `on_demand` files are not fetched by opening the
//! page. `index.html` answers every address of the
//! application and refers to `/assets/...` by absolute paths. Files come sorted by path, and unchanged ones keep their
//! time, so that a build that depends on the folder stays fresh.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::compress::{self, Compressor};
use crate::{Outcome, glue, notices, scripts};

/// Hexadecimal digits of a content hash in a file's name.
const HASH_DIGITS: usize = 16;
/// Brotli 11 for what ships, 4 for a page that is looked at once.
const BEST_QUALITY: u32 = 11;
const FAST_QUALITY: u32 = 4;

struct File {
    content_type: &'static str,
    bytes: Vec<u8>,
    /// Not fetched by opening the page, but when somebody or something asks for it.
    on_demand: bool,
}

/// Packs what Cargo built with `profile` and the host page in `source` into `<target>/page`.
pub(crate) fn make(target: &Path, profile: &str, source: &Path) -> Outcome {
    let built = target.join("wasm32-unknown-unknown").join(if profile == "dev" { "debug" } else { profile });
    let glue = glue::make(&built.join("ui.wasm"), &target.join("page-glue"))?;
    let worker = glue::without_custom_sections(&fs::read(built.join("worker.wasm"))?)?;
    let exchange = glue::without_custom_sections(&fs::read(built.join("exchange.wasm"))?)?;
    let files = lay_out(glue, [worker, exchange], source, scripts::make(target)?)?;
    let quality = if profile == "web" { BEST_QUALITY } else { FAST_QUALITY };
    write_folder(&target.join("page"), profile, &files, &Compressor::new(&target.join("page-cache"), quality)?)
}

/// Names every file by its content, innermost first, so that a name changes when anything below it does.
fn lay_out(
    glue: glue::Glue,
    [worker, exchange]: [Vec<u8>; 2],
    source: &Path,
    scripts: Vec<(String, Vec<u8>)>,
) -> Outcome<BTreeMap<String, File>> {
    let read = |name: &str| fs::read_to_string(source.join(name)).map_err(|error| format!("{name}: {error}"));
    let wasm_bytes = glue.wasm.len().to_string();
    let mut names = Names::default();
    names.add("ui.wasm", "application/wasm", glue.wasm);
    names.add("worker.wasm", "application/wasm", worker);
    names.add("ui.js", SCRIPT, glue.script);
    names.add("style.css", "text/css; charset=utf-8", read("style.css")?.into_bytes());
    let worker_script = names.resolved(&read("worker.js")?)?;
    names.add("worker.js", SCRIPT, worker_script.into_bytes());
    names.add_later("exchange.wasm", "application/wasm", exchange);
    for (script, font) in scripts {
        names.add_later(&format!("script-{script}.ttf"), "font/ttf", font);
    }
    let notices = notices::make(&fs::read_to_string("icons/NOTICES.md")?)?;
    names.add_later("notices.txt", "text/plain; charset=utf-8", notices.into_bytes());
    let boot = read("boot.js")?.replace("@ui.wasm bytes@", &wasm_bytes).replace("/*@files@*/", &names.later());
    let boot = names.resolved(&boot)?;
    names.add("boot.js", SCRIPT, boot.into_bytes());
    let page = names.resolved(&read("index.html")?)?;
    let mut files = names.files;
    let html = File { content_type: "text/html; charset=utf-8", bytes: page.into_bytes(), on_demand: false };
    files.insert("index.html".to_owned(), html);
    for (path, source, content_type) in PLAIN {
        let on_demand = *path != "favicon.svg";
        files.insert((*path).to_owned(), File { content_type, bytes: fs::read(source)?, on_demand });
    }
    Ok(files)
}

/// Files with a name of their own, which browsers and systems ask for: path, where it lies, type.
const PLAIN: &[(&str, &str, &str)] = &[
    ("favicon.svg", "icons/clew.svg", "image/svg+xml"),
    ("icon-180.png", "icons/clew-180.png", "image/png"),
    ("icon-192.png", "icons/clew-192.png", "image/png"),
    ("icon-512.png", "icons/clew-512.png", "image/png"),
    ("icon-512-maskable.png", "icons/clew-512-maskable.png", "image/png"),
    ("clew.webmanifest", "shared/ui/web/clew.webmanifest", "application/manifest+json"),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

#[derive(Default)]
struct Names {
    files: BTreeMap<String, File>,
    /// Plain name to hashed name.
    hashed: BTreeMap<String, String>,
}

impl Names {
    fn add(&mut self, name: &str, content_type: &'static str, bytes: Vec<u8>) {
        self.insert(name, File { content_type, bytes, on_demand: false });
    }

    /// A file that the page fetches when it is needed.
    fn add_later(&mut self, name: &str, content_type: &'static str, bytes: Vec<u8>) {
        self.insert(name, File { content_type, bytes, on_demand: true });
    }

    fn insert(&mut self, name: &str, file: File) {
        let hash = compress::hash_of(&file.bytes);
        let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}-{}.{ending}", hash.get(..HASH_DIGITS).unwrap_or(&hash));
        self.files.insert(format!("assets/{hashed}"), file);
        self.hashed.insert(name.to_owned(), hashed);
    }

    /// The files for later as the entries of a JavaScript object: name to address.
    fn later(&self) -> String {
        let is_later = |hashed: &str| self.files.get(&format!("assets/{hashed}")).is_some_and(|file| file.on_demand);
        let entries = self.hashed.iter().filter(|(_, hashed)| is_later(hashed));
        entries.fold(String::new(), |text, (name, hashed)| format!("{text}\n  \"{name}\": \"/assets/{hashed}\","))
    }

    /// The text with `"./name"` and `"/assets/name"` pointing to the hashed names.
    fn resolved(&self, text: &str) -> Outcome<String> {
        let text = self.hashed.iter().fold(text.to_owned(), |text, (name, hashed)| {
            text.replace(&format!("\"./{name}\""), &format!("\"./{hashed}\""))
                .replace(&format!("\"/assets/{name}\""), &format!("\"/assets/{hashed}\""))
        });
        let dangling = text.split('"').find(|quoted| {
            let file = quoted.strip_prefix("./").or_else(|| quoted.strip_prefix("/assets/"));
            file.is_some_and(|file| !self.hashed.values().any(|known| known == file))
        });
        match dangling {
            Some(name) => Err(format!("the page refers to `{name}`, which is not packed before it").into()),
            None => Ok(text),
        }
    }
}

fn write_folder(folder: &Path, profile: &str, files: &BTreeMap<String, File>, compressor: &Compressor) -> Outcome {
    let mut wanted: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let mut entries = Vec::new();
    for (path, file) in files {
        let packed = compressor.pack(&file.bytes)?;
        entries.push(json!({
            "path": path, "type": file.content_type, "immutable": path.starts_with("assets/"), "on_demand": file.on_demand,
            "sha256": compress::hash_of(&file.bytes), "raw_bytes": file.bytes.len(),
            "gzip_bytes": packed.gzip.len(), "brotli_bytes": packed.brotli.len(),
        }));
        wanted.insert(folder.join(path), file.bytes.clone());
        wanted.insert(folder.join(format!("{path}.br")), packed.brotli);
        wanted.insert(folder.join(format!("{path}.gz")), packed.gzip);
    }
    let manifest = json!({ "version": 1, "profile": profile, "files": entries });
    wanted.insert(folder.join("manifest.json"), serde_json::to_vec_pretty(&manifest)?);
    fs::create_dir_all(folder.join("assets"))?;
    remove_others(folder, &wanted)?;
    for (path, bytes) in wanted {
        if fs::read(&path).ok().as_ref() != Some(&bytes) {
            fs::write(path, bytes)?;
        }
    }
    Ok(())
}

fn remove_others(folder: &Path, wanted: &BTreeMap<PathBuf, Vec<u8>>) -> Outcome {
    for within in [folder.to_owned(), folder.join("assets")] {
        for entry in fs::read_dir(within)? {
            let path = entry?.path();
            if path.is_file() && !wanted.contains_key(&path) {
                fs::remove_file(path)?;
            }
        }
    }
    Ok(())
}
