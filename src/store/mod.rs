//! Where files are: folders, and buckets of object stores that speak S3.
//!
//! In: what the user names, `DIR` or `s3://bucket/prefix`. Out: addresses, and files brought from and to a bucket.
//! Refused: a bucket without a name, an address of another kind. Credentials, region and endpoint come from the
//! environment, under the names the AWS tools give them (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
//! `AWS_ENDPOINT_URL`; `AWS_ALLOW_HTTP=true` for a server without TLS). The only door to `object_store`.

mod bucket;
mod disk;

use std::fmt;
use std::path::{Component, Path, PathBuf};

pub use object_store::ObjectStore;
use url::Url;

pub use bucket::{
    Checksum, checksum, fetch, is_bucket, names_in, path_in, read, read_end, remove_all, rename, send, sizes_in,
    store_of, upload,
};
pub use disk::{Readers, flush, make_folder, make_folder_for};

/// The scheme of addresses in buckets.
const BUCKET: &str = "s3";

/// What to do where a store refuses or does not answer.
pub const REFUSED: &str = "check the bucket's name, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION, and for a \
                           server of your own AWS_ENDPOINT_URL (with AWS_ALLOW_HTTP=true where it has no TLS)";

/// A folder, or a prefix in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine, or of a disk it shares with others.
    Folder(PathBuf),
    /// A prefix in a bucket; its path ends with `/`.
    Bucket(Url),
}

impl Place {
    /// What the user names: `s3://bucket/prefix`, or a folder below `here`.
    ///
    /// # Errors
    /// When it is an address of neither kind.
    pub fn parse(text: &str, here: &Path) -> Result<Self, StoreError> {
        if !is_address(text) {
            let place = Self::folder(&here.join(text));
            if let Self::Folder(folder) = &place
                && !means_itself(folder)
            {
                let found = folder.display().to_string().escape_debug().to_string();
                let cause = "as an address this path means another; a lake's path holds no `%41`, no `\\` and no control \
                             character, and is UTF-8";
                return Err(StoreError::Address { found, cause: cause.to_owned() });
            }
            return Ok(place);
        }
        let mut url = address(text)?;
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self::Bucket(url))
    }

    /// A folder, which need not exist yet.
    #[must_use]
    pub fn folder(path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Self::Folder(without_parents(&path))
    }

    /// The place within this one.
    #[must_use]
    pub fn within(&self, name: &str) -> Self {
        match self {
            Self::Folder(path) => Self::Folder(path.join(name)),
            Self::Bucket(url) => Self::Bucket(below(url, name, "/")),
        }
    }

    /// The address of a file here.
    ///
    /// # Errors
    /// When the folder has no absolute path.
    pub fn file(&self, name: &str) -> Result<Url, StoreError> {
        match self {
            Self::Folder(path) => of_file(&path.join(name)),
            Self::Bucket(url) => Ok(below(url, name, "")),
        }
    }

    /// The address of the place itself, which ends with `/`.
    ///
    /// # Errors
    /// When the folder has no absolute path.
    pub fn url(&self) -> Result<Url, StoreError> {
        match self {
            Self::Folder(path) => Url::from_directory_path(path).map_err(|()| StoreError::not_absolute(path)),
            Self::Bucket(url) => Ok(url.clone()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(out, "{}", path.display()),
            Self::Bucket(url) => write!(out, "{}", url.as_str().trim_end_matches('/')),
        }
    }
}

/// Whether what the user names is an address rather than a path.
#[must_use]
pub fn is_address(text: &str) -> bool {
    text.split_once("://")
        .is_some_and(|(scheme, _)| !scheme.is_empty() && scheme.bytes().all(|mark| mark.is_ascii_alphanumeric()))
}

/// The address of a file or prefix in a bucket.
///
/// # Errors
/// When it is none.
pub fn address(text: &str) -> Result<Url, StoreError> {
    let wrong = |cause: &str| StoreError::Address { found: text.to_owned(), cause: cause.to_owned() };
    let url = Url::parse(text).map_err(|cause| wrong(&cause.to_string()))?;
    if url.scheme() != BUCKET {
        return Err(wrong("neither a path nor `s3://…`"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("names no bucket"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("holds more than bucket and prefix"));
    }
    Ok(url)
}

/// The address of a file of this machine.
///
/// # Errors
/// When the path is not absolute.
pub fn of_file(path: &Path) -> Result<Url, StoreError> {
    Url::from_file_path(path).map_err(|()| StoreError::not_absolute(path))
}

/// Whether a path comes back as itself where it is made an address, a key of a store and an address again, as what reads Delta
/// logs does (2026-11-28): otherwise one lake would be written into the folder of another.
fn means_itself(path: &Path) -> bool {
    let again = of_file(path).ok().and_then(|url| {
        let key = path_in(&url).ok()?;
        let mut again = url.clone();
        again.set_path(&format!("/{key}"));
        again.to_file_path().ok()
    });
    again.is_some_and(|again| again == path)
}

fn below(url: &Url, name: &str, ending: &str) -> Url {
    let mut below = url.clone();
    below.set_path(&format!("{}{name}{ending}", url.path()));
    below
}

/// A path without `..`, which addresses of object stores refuse; what exists of it is asked, since `a/link/..` is
/// rarely `a`.
fn without_parents(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        if component == Component::ParentDir {
            plain = plain.canonicalize().unwrap_or(plain);
            plain.pop();
        } else {
            plain.push(component);
        }
    }
    plain
}

/// What a place can refuse.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No address of a file or bucket.
    #[error("`{found}`: {cause}")]
    Address {
        /// What was named.
        found: String,
        /// What is wrong.
        cause: String,
    },
    /// The object store refused or cannot be reached.
    #[error("`{}`: {}", .0.0, .0.1)]
    Store(Box<(Url, object_store::Error)>),
    /// The disk refused.
    #[error("`{0}`: {1}")]
    Disk(PathBuf, std::io::Error),
}

impl StoreError {
    fn refused(url: &Url, cause: object_store::Error) -> Self {
        Self::Store(Box::new((url.clone(), cause)))
    }

    fn not_absolute(path: &Path) -> Self {
        Self::Address { found: path.display().to_string(), cause: "not an absolute path".to_owned() }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address { .. } => "name another path, or a bucket and what is in it as `s3://bucket/prefix`",
            Self::Store(refusal) if matches!(refusal.1, object_store::Error::NotFound { .. }) => {
                "check the name; nothing in the bucket bears it, or the bucket is not there"
            }
            Self::Store(..) => REFUSED,
            Self::Disk(..) => "check that the folder exists, can be written and has room",
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "an address that is none must stop the test")]
mod tests {
    use super::*;

    #[test]
    fn a_lake_is_named_by_a_folder_or_a_prefix_in_a_bucket() {
        let here = Path::new("/books");
        assert_eq!(Place::parse("lake", here).unwrap(), Place::Folder("/books/lake".into()));
        assert_eq!(Place::parse("/a/b", here).unwrap(), Place::Folder("/a/b".into()));
        let bucket = Place::parse("s3://books/lake of 2024", here).unwrap();
        assert_eq!(bucket.to_string(), "s3://books/lake%20of%202024");
        let file = bucket.within("items").file("fec-123-20260101t000000z-1a2b3c.parquet").unwrap();
        assert_eq!(file.as_str(), "s3://books/lake%20of%202024/items/fec-123-20260101t000000z-1a2b3c.parquet");
        assert_eq!(Place::parse("s3://books", here).unwrap().to_string(), "s3://books");
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_is_wrong() {
        for (text, cause) in [
            ("http://books/lake", "neither a path nor `s3://…`"),
            ("s3:///lake", "names no bucket"),
            ("s3://key:secret@books/lake", "holds more than bucket and prefix"),
            ("s3://books/lake?versionId=1", "holds more than bucket and prefix"),
        ] {
            let refused = Place::parse(text, Path::new("/books")).unwrap_err().to_string();
            assert!(refused.contains(cause), "{text}: {refused}");
        }
    }
}
