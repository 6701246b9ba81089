//! What is shipped of the server: one static program with the page inside, laid out as its image holds it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, machine, shell, web};

/// Where the authorities of the web lie on the machine that builds: in the image they lie there, too.
const AUTHORITIES: &str = "etc/ssl/certs/ca-certificates.crt";

/// Builds the program and lays out the file system of its image in a new folder.
pub(crate) fn server(words: &[&str]) -> Outcome {
    let program = build()?;
    match words {
        [] => println!("{}", program.display()),
        ["--into", folder] => lay_out(&program, Path::new(folder))?,
        _ => return Err("it is `cargo xtask server`, or `cargo xtask server --into FOLDER`".into()),
    }
    Ok(())
}

/// The static program, which runs on any Linux of this processor.
fn build() -> Outcome<PathBuf> {
    machine::ready_to_build()?;
    machine::ready_to_build_static()?;
    web::build(web::Profile::Web)?;
    let triple = machine::static_target();
    let words = ["build", "--release", "--package", "server", "--features", "embedded-ui", "--target", &triple];
    let mut cargo = shell::cargo_command();
    cargo.args(words).env("CLEW_WEB_DIR", web::folder()?).env(shell::FLAGS, shell::without_own_paths()?);
    shell::run(&mut cargo)?;
    let program = shell::target_folder()?.join(&triple).join("release").join("clew");
    assert_static(&program)?;
    Ok(program)
}

fn assert_static(program: &Path) -> Outcome {
    let told = Command::new("ldd").arg(program).output()?;
    let said = [told.stdout, told.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let is_static = ["statically linked", "not a dynamic executable"].iter().any(|words| said.contains(words));
    if is_static { Ok(()) } else { Err(format!("{} is not static: {said}", program.display()).into()) }
}

fn lay_out(program: &Path, folder: &Path) -> Outcome {
    if folder.exists() && fs::read_dir(folder)?.next().is_some() {
        return Err(format!("{} is not empty", folder.display()).into());
    }
    fs::create_dir_all(folder.join("opt/clew/data"))?;
    fs::copy(program, folder.join("clew"))?;
    let authorities = folder.join(AUTHORITIES);
    if let Some(above) = authorities.parent() {
        fs::create_dir_all(above)?;
    }
    fs::copy(Path::new("/").join(AUTHORITIES), authorities)?;
    println!("{}: {:.1} MB", folder.display(), bytes_in(folder)? as f64 / 1e6);
    Ok(())
}

fn bytes_in(folder: &Path) -> Outcome<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += if found.is_dir() { bytes_in(&entry.path())? } else { found.len() };
    }
    Ok(bytes)
}
