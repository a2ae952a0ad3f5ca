//! A crate's source, out of the registry's cache into a directory of its own.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::request::Krate;
use crate::run::{cargo, output, root};

/// A copy of a crate, with our runtime among its dependencies.
pub(crate) struct Copied {
    pub(crate) dir: PathBuf,
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether the crate itself does without std; it is compiled for this machine all the same.
    pub(crate) no_std: bool,
}

/// Where everything of this command lies: it stays, so that the next run is short.
pub(crate) fn home() -> PathBuf {
    root().join("target/inject")
}

/// Lets cargo fetch the crate, and copies it.
pub(crate) fn copy(krate: &Krate) -> Result<Copied, String> {
    let scratch = home().join("fetch").join(&krate.name);
    let version = krate.version.as_ref().map_or_else(|| "*".to_owned(), |v| format!("={v}"));
    let features: Vec<&str> = krate.features.iter().flat_map(|list| list.split(',')).collect();
    let features: Vec<&str> = features.into_iter().filter(|name| !name.is_empty()).collect();
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n{} = {{ version = \"{version}\", features = {features:?} }}\n\n[workspace]\n",
        krate.name
    );
    fresh(&scratch)?;
    store(&scratch.join("Cargo.toml"), &manifest)?;
    std::fs::create_dir(scratch.join("src")).map_err(|error| failed(&scratch, &error))?;
    store(&scratch.join("src/lib.rs"), "")?;
    seed(&scratch)?;
    let arguments = ["metadata", "--format-version", "1", "--filter-platform", &host()?];
    let metadata = output(cargo(&arguments).current_dir(&scratch))?;
    let metadata: Value = serde_json::from_str(&metadata)
        .map_err(|error| format!("`cargo metadata` is not JSON: {error}"))?;
    let (version, source) = find(&metadata, &krate.name)
        .ok_or_else(|| format!("cargo did not fetch {}", krate.name))?;
    let dir = home().join("crates").join(format!("{}-{version}", krate.name));
    fresh(&dir)?;
    tree(&source, &dir)?;
    let library = std::fs::read_to_string(dir.join("src/lib.rs")).unwrap_or_default();
    Ok(Copied { no_std: library.contains("no_std"), dir, name: krate.name.clone(), version })
}

/// Adds our runtime to the dependencies, and makes the package stand alone.
pub(crate) fn depend(copied: &Copied, section: &str) -> Result<(), String> {
    let path = copied.dir.join("Cargo.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
    let runtime = Value::from(root().join("runtime").to_string_lossy().into_owned());
    let text = format!("{text}\n[{section}.audit-runtime]\npath = {runtime}\n\n[workspace]\n");
    store(&path, &text)?;
    seed(&copied.dir)
}

/// The versions of this workspace, so far as they fit.
fn seed(dir: &Path) -> Result<(), String> {
    let lock = root().join("Cargo.lock");
    std::fs::copy(&lock, dir.join("Cargo.lock")).map(drop).map_err(|error| failed(&lock, &error))
}

/// Version and directory of the newest package of that name.
fn find(metadata: &Value, name: &str) -> Option<(String, PathBuf)> {
    let roots = metadata["resolve"]["nodes"].as_array()?.iter();
    let own = roots.clone().find(|node| node["id"] == metadata["resolve"]["root"])?;
    let direct: Vec<&Value> = own["deps"].as_array()?.iter().map(|dep| &dep["pkg"]).collect();
    let mut packages = metadata["packages"].as_array()?.iter();
    let package =
        packages.find(|package| package["name"] == name && direct.contains(&&package["id"]))?;
    let manifest = Path::new(package["manifest_path"].as_str()?);
    Some((package["version"].as_str()?.to_owned(), manifest.parent()?.to_owned()))
}

/// The platform that the compiler compiles for.
fn host() -> Result<String, String> {
    let said = output(&mut cargo(&["-vV"]))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "cargo does not name its platform".to_owned())
}

fn tree(from: &Path, to: &Path) -> Result<(), String> {
    for entry in std::fs::read_dir(from).map_err(|error| failed(from, &error))? {
        let entry = entry.map_err(|error| failed(from, &error))?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            std::fs::create_dir(&copy).map_err(|error| failed(&copy, &error))?;
            tree(&source, &copy)?;
        } else {
            std::fs::copy(&source, &copy).map_err(|error| failed(&copy, &error))?;
        }
    }
    Ok(())
}

fn fresh(dir: &Path) -> Result<(), String> {
    if dir.exists() {
        std::fs::remove_dir_all(dir).map_err(|error| failed(dir, &error))?;
    }
    std::fs::create_dir_all(dir).map_err(|error| failed(dir, &error))
}

fn store(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_that_was_asked_for_is_found_among_its_namesakes() {
        let metadata = serde_json::json!({
            "resolve": {"root": "r", "nodes": [{"id": "r", "deps": [{"pkg": "syn 3"}]}, {"id": "syn 2"}]},
            "packages": [
                {"id": "syn 2", "name": "syn", "version": "2.0.0", "manifest_path": "/c/syn-2/Cargo.toml"},
                {"id": "syn 3", "name": "syn", "version": "3.0.0", "manifest_path": "/c/syn-3/Cargo.toml"},
            ],
        });
        assert_eq!(find(&metadata, "syn"), Some(("3.0.0".to_owned(), PathBuf::from("/c/syn-3"))));
        assert_eq!(find(&metadata, "quote"), None);
    }
}
