//! Why the demo company could not be written.

use std::path::PathBuf;

/// What stopped the generator.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The options ask for a company that cannot be made.
    #[error("the demo company was asked for {found}; wanted {wanted}")]
    Options {
        /// What was asked.
        found: String,
        /// What is possible.
        wanted: String,
    },
    /// A parameter file built into the program cannot be understood.
    #[error("`data/demo/{file}` has {found}; wanted {wanted}")]
    Parameters {
        /// Its name under `data/demo/`.
        file: &'static str,
        /// What stands there.
        found: String,
        /// What should.
        wanted: &'static str,
    },
    /// A file or folder could not be written.
    #[error("could not write `{path}`")]
    Write {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl DemoError {
    /// What to do next.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Options { .. } => "start from `DemoOptions::default()` and change one number at a time",
            Self::Parameters { .. } => "the file is part of the program: compare it with the released one",
            Self::Write { .. } => "choose a folder that can be written to, with some 20 MB free",
        }
    }
}
