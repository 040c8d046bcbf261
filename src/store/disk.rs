//! The disks of this machine as an object store: what is put is on the disk before it bears its name, so that a power cut
//! leaves all of a file or none of it.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use futures::FutureExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart,
};

/// The store of all files of this machine.
pub(super) fn store() -> Arc<dyn ObjectStore> {
    static DISK: LazyLock<Arc<Disk>> = LazyLock::new(|| Arc::new(Disk { files: LocalFileSystem::new() }));
    DISK.clone()
}

/// Flushes a file, or a folder and so the names in it, to the disk.
///
/// # Errors
/// When it is not there or the disk refuses.
pub fn flush(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes a folder and those above it where they are missing, each on the disk before the next.
///
/// # Errors
/// When the disk refuses.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent() {
        make_folder(above)?;
        match std::fs::create_dir(path) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
            made => made?,
        }
        return flush(above);
    }
    std::fs::create_dir(path)
}

/// Who may read what is written new; what is there keeps its readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readers {
    /// Who runs the program.
    #[default]
    Owner,
    /// The group of who runs it too.
    Group,
    /// Everybody on the machine.
    Everyone,
}

impl Readers {
    /// The rights of a new file, as Unix writes them.
    #[must_use]
    pub const fn file_mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Group => 0o640,
            Self::Everyone => 0o644,
        }
    }

    /// The rights of a new folder: who reads it may go into it.
    const fn folder_mode(self) -> u32 {
        self.file_mode() | (self.file_mode() & 0o444) >> 2
    }
}

/// Makes a folder for some readers where it is missing, and those above it as the system usually does.
///
/// # Errors
/// When the disk refuses.
pub fn make_folder_for(path: &Path, readers: Readers) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let path = std::path::absolute(path)?;
    let above = path.parent().unwrap_or_else(|| Path::new("/"));
    make_folder(above)?;
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, readers.folder_mode());
    match builder.create(&path) {
        Err(cause) if cause.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    flush(above)
}

#[derive(Debug)]
struct Disk {
    files: LocalFileSystem,
}

fn refused(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Generic { store: "disk", source: Box::new(source) }
}

/// What is done on a disk waits for it, beside the tasks that do not.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(refused)?
}

/// Writes a file under a name of its own, flushes it, gives it its name and flushes that.
fn put(path: &Path, payload: &PutPayload, mode: &PutMode) -> Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("/"));
    make_folder(folder).map_err(refused)?;
    let (mut file, waiting) = waiting_file(path).map_err(refused)?;
    let named = payload.iter().try_for_each(|part| file.write_all(part)).and_then(|()| file.sync_all());
    let named = named.and_then(|()| match mode {
        PutMode::Create => std::fs::hard_link(&waiting, path),
        PutMode::Overwrite | PutMode::Update(_) => std::fs::rename(&waiting, path),
    });
    // gone already where it was renamed; one that stays behind is no file to any reader
    drop(std::fs::remove_file(&waiting));
    match named.and_then(|()| flush(folder)) {
        Err(source) if source.kind() == ErrorKind::AlreadyExists => {
            Err(Error::AlreadyExists { path: path.display().to_string(), source: Box::new(source) })
        }
        done => done.map_err(refused),
    }
}

/// `<name>#<number>`, as `LocalFileSystem` calls files that readers do not see yet.
fn waiting_file(path: &Path) -> io::Result<(File, PathBuf)> {
    for number in 1_u64.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("#{number}"));
        match OpenOptions::new().write(true).create_new(true).open(&name) {
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {}
            opened => return Ok((opened?, name.into())),
        }
    }
    Err(io::Error::other("no name is free"))
}

#[async_trait::async_trait]
impl ObjectStore for Disk {
    async fn put_opts(&self, location: &Key, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let path = self.files.path_to_filesystem(location)?;
        if let PutMode::Update(_) = options.mode {
            return Err(Error::NotImplemented { operation: "update".to_owned(), implementer: self.to_string() });
        }
        on_disk(move || put(&path, &payload, &options.mode)).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(&self, location: &Key, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(Parts { path: self.files.path_to_filesystem(location)?, parts: Vec::new() }))
    }

    async fn get_opts(&self, location: &Key, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Key, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.files.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Key>>) -> BoxStream<'static, Result<Key>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Key>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Key, to: &Key, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Key, to: &Key, options: RenameOptions) -> Result<()> {
        self.files.rename_opts(from, to, options).await
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "disk")
    }
}

/// A file that comes in parts: kept until it is whole (nothing large comes this way), then put.
#[derive(Debug)]
struct Parts {
    path: PathBuf,
    parts: Vec<Bytes>,
}

#[async_trait::async_trait]
impl MultipartUpload for Parts {
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        self.parts.extend(part);
        async { Ok(()) }.boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let (path, payload) = (self.path.clone(), PutPayload::from_iter(std::mem::take(&mut self.parts)));
        on_disk(move || put(&path, &payload, &PutMode::Overwrite)).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn abort(&mut self) -> Result<()> {
        self.parts.clear();
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a disk that refuses stops the test")]
mod tests {
    use object_store::{ObjectStoreExt, WriteMultipart};

    use super::*;
    use crate::store::{Place, path_in, store_of};

    #[tokio::test]
    async fn a_file_is_put_once_whole_and_nothing_is_left_waiting() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["plain", "a b", "back\\slash", "ünï", "q?#x"] {
            let url = Place::folder(&folder.path().join(name)).file("_delta_log/1.json").unwrap();
            let (store, key) = (store_of(&url).unwrap(), path_in(&url).unwrap());
            let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            store.put_opts(&key, "one".into(), create.clone()).await.unwrap();
            let again = store.put_opts(&key, "two".into(), create).await;
            assert!(matches!(again, Err(Error::AlreadyExists { .. })), "{name}");
            let path = folder.path().join(name).join("_delta_log/1.json");
            assert_eq!(std::fs::read(&path).unwrap(), b"one", "{name}");
            let mut parts = WriteMultipart::new(store.put_multipart(&key).await.unwrap());
            parts.write(b"three");
            parts.finish().await.unwrap();
            assert_eq!(store.get(&key).await.unwrap().bytes().await.unwrap(), "three", "{name}");
            store.delete(&key).await.unwrap();
            let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
            assert_eq!(left, 0, "{name}: nothing waits any more");
        }
    }
}
