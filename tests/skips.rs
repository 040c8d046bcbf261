//! Tests that cannot run where something is missing: they say so, `tests/run` counts them, and where all should be there
//! they fail. Read by the integration tests and by the unit tests of the library.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of ledgers nobody here wrote: `ENCOURS_SHARED`, else beside the project.
fn shared_folder() -> PathBuf {
    std::env::var_os("ENCOURS_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from)
}

/// A file of the real ledgers; `None`, counted as a skip, where it is absent.
pub fn real(name: &str) -> Option<PathBuf> {
    let path = shared_folder().join(name);
    if path.exists() {
        return Some(path);
    }
    skip(&format!("{name} is not there (ENCOURS_SHARED names the folder of real ledgers)"));
    None
}

/// Says that a test is skipped, and why. `tests/run` collects these lines in the file that `ENCOURS_SKIPS` names.
///
/// # Panics
/// Where `CI` is set and the real ledgers are there: everything should be, so a skipped test would be a test lost.
pub fn skip(reason: &str) {
    let is_complete = std::env::var_os("CI").is_some() && shared_folder().exists();
    assert!(!is_complete, "nothing may be skipped here: {reason}");
    let test = std::env::var("NEXTEST_TEST_NAME")
        .ok()
        .or_else(|| std::thread::current().name().map(str::to_owned))
        .unwrap_or_default();
    let line = format!("skipped: {test}: {reason}\n");
    let mut out = std::io::stderr();
    out.write_all(line.as_bytes()).ok();
    if let Some(path) = std::env::var_os("ENCOURS_SKIPS") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        let mut file = file.expect("skips are counted in the file that ENCOURS_SKIPS names");
        file.write_all(line.as_bytes()).ok();
    }
}
