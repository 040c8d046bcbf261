//! What is expensive to make and read by many tests is made once a run: the first test that needs it makes it, the
//! others wait for it. A fixture is never written to; tests that write take a copy.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The folder of this run's fixtures: `ENCOURS_FIXTURES`, which `tests/run` makes and takes away; else one for each run.
fn folder() -> PathBuf {
    std::env::var_os("ENCOURS_FIXTURES").map_or_else(
        || {
            let run = std::env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| std::process::id().to_string());
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fixtures-{run}"))
        },
        PathBuf::from,
    )
}

/// The folder of a fixture, filled by `make` if no test of this run has done so yet.
pub fn made(name: &str, make: impl FnOnce(&Path)) -> PathBuf {
    let fixtures = folder();
    fs::create_dir_all(&fixtures).unwrap();
    let (whole, part) = (fixtures.join(name), fixtures.join(format!("{name}.part")));
    // held until the fixture is there; a test that dies lets go of it
    let lock = File::create(fixtures.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    if !whole.exists() {
        if part.exists() {
            fs::remove_dir_all(&part).unwrap();
        }
        fs::create_dir_all(&part).unwrap();
        make(&part);
        fs::rename(&part, &whole).unwrap();
    }
    whole
}

/// Copies a folder with all it holds.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
