//! Looks for what the machine needs to build and test Clew, and installs what is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, shell};

/// A main cluster that nobody asked for would start a server; tests make their own in a temporary folder.
const NO_CLUSTER: &str = "mkdir -p /etc/postgresql-common/createcluster.d && \
    echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/clew.conf";

/// What the page is built for.
const WASM: &str = "wasm32-unknown-unknown";

/// What building the server and the page needs: the wasm target of this toolchain.
pub(crate) fn ready_to_build() -> Outcome {
    fonts_of_scripts();
    ready_to_build_for(WASM)
}

/// What a static program is built for: this processor, and no library of the machine's.
pub(crate) fn static_target() -> String {
    format!("{}-unknown-linux-musl", std::env::consts::ARCH)
}

/// What building the static program needs beside: its target, and a C compiler for it.
pub(crate) fn ready_to_build_static() -> Outcome {
    if shell::find_program(&["musl-gcc"]).is_none() {
        install(&["musl-tools"])?;
    }
    ready_to_build_for(&static_target())
}

/// The target in this toolchain.
fn ready_to_build_for(target: &str) -> Outcome {
    let told = Command::new("rustc").args(["--print", "sysroot"]).output()?;
    let sysroot = PathBuf::from(String::from_utf8_lossy(&told.stdout).trim());
    if sysroot.join("lib/rustlib").join(target).join("lib").is_dir() {
        println!("toolchain: {}, with {target}", sysroot.display());
        return Ok(());
    }
    if shell::find_program(&["rustup"]).is_none() {
        return Err(format!(
            "this toolchain has no target {target}, and rustup, which could add it, is missing (https://rustup.rs)"
        )
        .into());
    }
    println!("installing the {target} target of the toolchain");
    shell::run(Command::new("rustup").args(["target", "add", target]))
}

/// Fonts of further scripts, where they can be installed; a page without them is whole but for those scripts.
fn fonts_of_scripts() {
    let there = Path::new("/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf").exists()
        && Path::new("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf").exists()
        && Path::new("/usr/share/fonts/truetype/nanum/NanumGothic.ttf").exists();
    if !there && let Err(error) = install(&["fonts-noto-core", "fonts-droid-fallback", "fonts-nanum"]) {
        println!("further scripts: {error}");
    }
}

/// What the tests need besides: a browser with its driver, PostgreSQL, a proxy, another time, strace, and Node
/// with its packages.
pub(crate) fn ready_to_test() -> Outcome {
    let mut missing = Vec::new();
    let chromium = ["chromium", "chromium-browser", "google-chrome"];
    if std::env::var_os("CLEW_CHROMIUM").is_none() && shell::find_program(&chromium).is_none() {
        missing.push("chromium");
    }
    if shell::find_program(&["chromedriver"]).is_none() {
        missing.push("chromium-driver");
    }
    if !has_postgresql() {
        missing.push("postgresql");
    }
    if shell::find_program(&["node"]).is_none() {
        missing.push("nodejs");
    }
    // It stands outside of most people's path.
    if !Path::new("/usr/sbin/haproxy").exists() && shell::find_program(&["haproxy"]).is_none() {
        missing.push("haproxy");
    }
    if !has_faketime() {
        missing.push("faketime");
    }
    // It writes down where the program connects.
    if shell::find_program(&["strace"]).is_none() {
        missing.push("strace");
    }
    if missing.is_empty() {
        println!("chromium, chromedriver, PostgreSQL, Node, haproxy, faketime, strace: there");
    } else {
        install(&missing)?;
    }
    // Some packages of Node bring it along, others do not.
    if shell::find_program(&["npm"]).is_none() {
        install(&["npm"])?;
    }
    packages_of_node()
}

/// The provider and the client of OpenID Connect that are not ours, as `tests/oidc/package-lock.json` names them: into a
/// folder beside the build results, so that nothing of them lies in the checkout.
fn packages_of_node() -> Outcome {
    let (from, folder) = (Path::new("tests/oidc"), shell::target_folder()?.join("oidc"));
    let lock = "package-lock.json";
    let is_there = std::fs::read(folder.join(lock)).ok() == std::fs::read(from.join(lock)).ok();
    if is_there && folder.join("node_modules/.package-lock.json").is_file() {
        println!("packages of Node: {}", folder.display());
        return Ok(());
    }
    println!("installing the packages of tests/oidc in {}", folder.display());
    std::fs::create_dir_all(&folder)?;
    for name in ["package.json", ".npmrc"] {
        std::fs::copy(from.join(name), folder.join(name))?;
    }
    std::fs::copy(from.join(lock), folder.join(lock))?;
    let installed = shell::run(Command::new("npm").arg("ci").current_dir(&folder));
    // What broke off is installed again.
    if installed.is_err() {
        std::fs::remove_file(folder.join(lock))?;
    }
    installed
}

fn has_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path()).any(|folder| folder.join("bin/postgres").is_file())
        || shell::find_program(&["postgres"]).is_some()
}

fn has_faketime() -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.map(|folder| folder.path()).any(|folder| folder.join("faketime/libfaketimeMT.so.1").is_file())
}

fn install(packages: &[&str]) -> Outcome {
    let line = format!("apt-get -o DPkg::Lock::Timeout=900 -y install --no-install-recommends {}", packages.join(" "));
    if shell::find_program(&["apt-get"]).is_none() {
        return Err(format!("missing: {}. Install them with this system's package manager", packages.join(", ")).into());
    }
    let Some(mut root) = as_root() else {
        return Err(format!("missing: {}. Run as root: {line}", packages.join(", ")).into());
    };
    println!("installing {}", packages.join(", "));
    let cluster = if packages.contains(&"postgresql") && !Path::new("/etc/postgresql-common").exists() {
        NO_CLUSTER
    } else {
        "true"
    };
    let update = "apt-get -o DPkg::Lock::Timeout=900 -q update";
    shell::run(root.args([
        "sh",
        "-c",
        &format!("export DEBIAN_FRONTEND=noninteractive; {cluster} && {update} && {line}"),
    ]))
}

/// A command that runs what follows as root without asking for a password.
fn as_root() -> Option<Command> {
    let me = Command::new("id").arg("-u").output().ok()?;
    if me.stdout.starts_with(b"0\n") {
        return Some(Command::new("env"));
    }
    let may = Command::new("sudo").args(["-n", "true"]).output().is_ok_and(|told| told.status.success());
    may.then(|| {
        let mut command = Command::new("sudo");
        command.arg("-n");
        command
    })
}
