//! Lake and sources in a bucket of a real S3 server, which the test starts.
