//! Work on several tables or files at once, on all processors: a log takes milliseconds, one in a bucket many of them.

use std::panic::resume_unwind;

use futures::{StreamExt, stream};

/// Logs that are read or written at once.
const LOGS_AT_ONCE: usize = 16;

/// What each work came to, in their order; all of them are ended.
pub(super) async fn at_once<T: Send + 'static>(
    works: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let begun = stream::iter(works).map(|work| async move {
        match tokio::spawn(work).await {
            Ok(done) => done,
            // nobody stops them from outside
            Err(stopped) => resume_unwind(stopped.into_panic()),
        }
    });
    begun.buffered(LOGS_AT_ONCE).collect().await
}
