//! A bucket: the store behind an address, and files brought from and to it.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart};
use url::Url;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::{BUCKET, Place, StoreError};

/// A file goes in parts of so many bytes, each a request.
const PART: usize = 8 << 20;
/// So many parts are on their way at once.
const PARTS_AHEAD: usize = 4;
/// A server that does not answer is given up after so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// The stores asked for so far, by bucket: each keeps its connections.
static STORES: LazyLock<Mutex<BTreeMap<String, Arc<dyn ObjectStore>>>> = LazyLock::new(Mutex::default);

/// Whether the address lies in a bucket.
#[must_use]
pub fn is_bucket(url: &Url) -> bool {
    url.scheme() == BUCKET
}

/// The store behind an address: the disks of this machine, or a bucket. A commit asks it to write a file only where there
/// is none.
///
/// # Errors
/// When the environment's settings make no sense to a bucket.
pub fn store_of(url: &Url) -> Result<Arc<dyn ObjectStore>, StoreError> {
    if !is_bucket(url) {
        return Ok(super::disk::store());
    }
    let bucket = url.host_str().unwrap_or_default();
    let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = stores.get(bucket) {
        return Ok(store.clone());
    }
    let client = ClientOptions::new().with_connect_timeout(Duration::from_secs(5)).with_timeout(PATIENCE);
    let client = match std::env::var("AWS_ALLOW_HTTP") {
        Ok(text) => client.with_allow_http(text.eq_ignore_ascii_case("true") || text == "1"),
        Err(_) => client,
    };
    let retry = RetryConfig { max_retries: 4, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let store = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_client_options(client)
        .with_retry(retry)
        .build()
        .map_err(|cause| StoreError::refused(url, cause))?;
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    stores.insert(bucket.to_owned(), store.clone());
    Ok(store)
}

/// What the bucket calls the file of an address.
///
/// # Errors
/// When the address is no name that a bucket can hold.
pub fn path_in(url: &Url) -> Result<Key, StoreError> {
    Key::from_url_path(url.path())
        .map_err(|cause| StoreError::Address { found: url.to_string(), cause: cause.to_string() })
}

/// All bytes of a small file.
///
/// # Errors
/// When the store refuses or holds no such file.
pub async fn read(url: &Url) -> Result<Bytes, StoreError> {
    if let Ok(path) = url.to_file_path() {
        return std::fs::read(&path).map(Bytes::from).map_err(|cause| StoreError::Disk(path, cause));
    }
    let failed = |cause| StoreError::refused(url, cause);
    let found = store_of(url)?.get(&path_in(url)?).await.map_err(failed)?;
    found.bytes().await.map_err(failed)
}

/// The last bytes of a file, all of it where it is shorter.
///
/// # Errors
/// When the store refuses or holds no such file.
pub async fn read_end(url: &Url, byte_count: u64) -> Result<Bytes, StoreError> {
    if let Ok(path) = url.to_file_path() {
        let read = || {
            let mut file = std::fs::File::open(&path)?;
            let size = file.metadata()?.len();
            file.seek(SeekFrom::Start(size.saturating_sub(byte_count)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(Bytes::from(bytes))
        };
        return read().map_err(|cause| StoreError::Disk(path.clone(), cause));
    }
    let failed = |cause| StoreError::refused(url, cause);
    let options = GetOptions { range: Some(GetRange::Suffix(byte_count)), ..GetOptions::default() };
    let found = store_of(url)?.get_opts(&path_in(url)?, options).await.map_err(failed)?;
    found.bytes().await.map_err(failed)
}

/// What a file holds, told in a few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// How long it is.
    pub byte_count: u64,
    hash: u128,
}

impl Checksum {
    /// Of bytes that are there.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { byte_count: bytes.len() as u64, hash: xxh3_128(bytes) }
    }

    /// As it is kept: the file's XXH3 of 128 bits, in hexadecimal digits.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{:032x}", self.hash)
    }
}

/// Reads a file for its checksum; nothing where there is none.
///
/// # Errors
/// When disk or store refuses.
pub async fn checksum(url: &Url) -> Result<Option<Checksum>, StoreError> {
    let failed = |cause| StoreError::refused(url, cause);
    let mut bytes = match store_of(url)?.get(&path_in(url)?).await {
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        found => found.map_err(failed)?.into_stream(),
    };
    let mut hasher = Xxh3::new();
    let mut byte_count = 0;
    while let Some(part) = bytes.next().await {
        let part = part.map_err(failed)?;
        byte_count += part.len() as u64;
        hasher.update(&part);
    }
    Ok(Some(Checksum { byte_count, hash: hasher.digest128() }))
}

/// Gives a file another name, in the same folder or bucket or another place of it.
///
/// # Errors
/// When disk or store refuses.
pub async fn rename(from: &Url, to: &Url) -> Result<(), StoreError> {
    let failed = |cause| StoreError::refused(from, cause);
    store_of(from)?.rename(&path_in(from)?, &path_in(to)?).await.map_err(failed)
}

/// Brings a file into a folder, under its own name; answers its path.
///
/// # Errors
/// When the store or the disk refuses, or the address names no file.
pub async fn fetch(url: &Url, folder: &Path) -> Result<PathBuf, StoreError> {
    let failed = |cause| StoreError::refused(url, cause);
    let key = path_in(url)?;
    let name = key.filename().filter(|name| !name.contains(['/', '\\', '\0']) && *name != ".." && *name != ".");
    let name = name.ok_or_else(|| StoreError::Address {
        found: url.to_string(),
        cause: "names a bucket and no file".to_owned(),
    })?;
    let path = folder.join(name);
    let unwritable = |cause| StoreError::Disk(path.clone(), cause);
    let mut bytes = store_of(url)?.get(&key).await.map_err(failed)?.into_stream();
    let mut file = std::fs::File::create_new(&path).map_err(unwritable)?;
    while let Some(part) = bytes.next().await {
        std::io::Write::write_all(&mut file, &part.map_err(failed)?).map_err(unwritable)?;
    }
    Ok(path)
}

/// Sends a file of this machine to an address.
///
/// # Errors
/// When the disk or the store refuses; nothing is then at the address.
pub async fn upload(path: &Path, url: &Url) -> Result<(), StoreError> {
    let unreadable = |cause| StoreError::Disk(path.to_owned(), cause);
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size <= PART as u64 {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        return send(bytes, url).await;
    }
    let failed = |cause| StoreError::refused(url, cause);
    let parts = store_of(url)?.put_multipart(&path_in(url)?).await.map_err(failed)?;
    let mut parts = WriteMultipart::new_with_chunk_size(parts, PART);
    let mut buffer = vec![0_u8; PART];
    loop {
        let sent = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => parts.wait_for_capacity(PARTS_AHEAD).await.map(|()| count).map_err(failed),
            Err(cause) => Err(unreadable(cause)),
        };
        match sent {
            Ok(count) => parts.write(&buffer[..count]),
            Err(cause) => {
                // parts that stay behind are no file, and buckets forget them by their own rules
                drop(parts.abort().await);
                return Err(cause);
            }
        }
    }
    parts.finish().await.map(|_| ()).map_err(failed)
}

/// Sends bytes to an address.
///
/// # Errors
/// When the store refuses.
pub async fn send(bytes: Vec<u8>, url: &Url) -> Result<(), StoreError> {
    let sent = store_of(url)?.put(&path_in(url)?, bytes.into()).await;
    sent.map(|_| ()).map_err(|cause| StoreError::refused(url, cause))
}

/// The names of what is in a place, of files and of places within it; none where there is no such place.
///
/// # Errors
/// When disk or store refuses.
pub async fn names_in(place: &Place) -> Result<Vec<String>, StoreError> {
    match place {
        Place::Folder(path) => match std::fs::read_dir(path) {
            Ok(entries) => Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(cause) => Err(StoreError::Disk(path.clone(), cause)),
        },
        Place::Bucket(url) => {
            let found = store_of(url)?.list_with_delimiter(Some(&path_in(url)?)).await;
            let found = found.map_err(|cause| StoreError::refused(url, cause))?;
            let files = found.objects.into_iter().map(|object| object.location);
            let all = files.chain(found.common_prefixes);
            Ok(all.filter_map(|key| key.filename().map(str::to_owned)).collect())
        }
    }
}

/// The files of a place, those of places within it left out, with their sizes in bytes; none where there is no such place.
///
/// # Errors
/// When disk or store refuses.
pub async fn sizes_in(place: &Place) -> Result<BTreeMap<String, u64>, StoreError> {
    match place {
        Place::Folder(path) => {
            let refused = |cause| StoreError::Disk(path.clone(), cause);
            let entries = match std::fs::read_dir(path) {
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
                entries => entries.map_err(refused)?,
            };
            let mut sizes = BTreeMap::new();
            for entry in entries {
                let entry = entry.map_err(refused)?;
                match (entry.metadata(), entry.file_name().into_string()) {
                    (Ok(facts), Ok(name)) if facts.is_file() => drop(sizes.insert(name, facts.len())),
                    // another load takes its waiting files away meanwhile
                    (Err(cause), _) if cause.kind() != std::io::ErrorKind::NotFound => return Err(refused(cause)),
                    _ => {}
                }
            }
            Ok(sizes)
        }
        Place::Bucket(url) => {
            let found = store_of(url)?.list_with_delimiter(Some(&path_in(url)?)).await;
            let found = found.map_err(|cause| StoreError::refused(url, cause))?;
            Ok(found
                .objects
                .into_iter()
                .filter_map(|object| Some((object.location.filename()?.to_owned(), object.size)))
                .collect())
        }
    }
}

/// Removes a place and all that is in it; one that is not there is removed already.
///
/// # Errors
/// When disk or store refuses.
pub async fn remove_all(place: &Place) -> Result<(), StoreError> {
    match place {
        Place::Folder(path) => match std::fs::remove_dir_all(path) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(StoreError::Disk(path.clone(), cause)),
            _ => Ok(()),
        },
        Place::Bucket(url) => {
            let failed = |cause| StoreError::refused(url, cause);
            let store = store_of(url)?;
            let found = store.list(Some(&path_in(url)?)).map_ok(|object| object.location).boxed();
            store.delete_stream(found).try_collect::<Vec<_>>().await.map(|_| ()).map_err(failed)
        }
    }
}
