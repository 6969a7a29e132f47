//! Bytes on their way into the bucket: in one request, or in parts where they are many.

use anyhow::Context as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::S3Store;
use super::fault::{for_bytes, is_garbled};
use crate::error::{Answer, Failure};
use crate::files::{Digest, Staged, Store as _};

/// What of a larger file is held in memory at a time.
const PART: u64 = 8 * 1024 * 1024;

impl S3Store {
    pub(super) async fn put_whole(&self, staged: &Staged) -> Answer<()> {
        // From the path and not from a reader, so that a retry can begin at the beginning.
        let body = ByteStream::from_path(staged.path()).await.map_err(Failure::internal)?;
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket.name)
            .key(self.bucket.key(staged.digest()))
            .checksum_sha256(BASE64.encode(staged.digest().as_bytes()))
            .body(body)
            .customize()
            .config_override(for_bytes())
            .send()
            .await;
        if put.as_ref().is_err_and(is_garbled) {
            self.discard_if_wrong(staged.digest()).await;
        }
        put.map(drop).map_err(|error| self.failed("keeping", staged.digest(), error))
    }

    /// Some buckets compare only when they have kept; under this name, it would be taken for the
    /// file by the next one who brings it.
    async fn discard_if_wrong(&self, digest: &Digest) {
        let Ok(Some(kept)) = self.get(digest, None).await else { return };
        let read = tokio::io::copy(&mut kept.checked(digest).stream, &mut tokio::io::sink()).await;
        if !read.is_err_and(|cause| cause.kind() == std::io::ErrorKind::InvalidData) {
            return;
        }
        if let Err(failure) = self.remove(digest).await {
            let cause = failure.into_report();
            tracing::error!(%digest, "wrong bytes stay in the bucket: {cause:#}");
        }
    }

    pub(super) async fn put_in_parts(&self, staged: &Staged) -> Answer<()> {
        let key = self.bucket.key(staged.digest());
        let upload = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket.name)
            .key(&key)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .send()
            .await
            .map_err(|error| self.failed("beginning", staged.digest(), error))?;
        let upload = upload
            .upload_id
            .with_context(|| format!("{} began an upload without a name", self.bucket))
            .map_err(Failure::internal)?;

        let sent = self.put_parts(staged, &key, &upload).await;

        if sent.is_err() {
            let abort = self.client.abort_multipart_upload().bucket(&self.bucket.name);
            if let Err(error) = abort.key(&key).upload_id(&upload).send().await {
                let error = self.failed("aborting", staged.digest(), error);
                tracing::warn!(?error, key, upload, "parts of a file stay in the bucket");
            }
        }
        sent
    }

    async fn put_parts(&self, staged: &Staged, key: &str, upload: &str) -> Answer<()> {
        let mut file = File::open(staged.path()).await.map_err(Failure::internal)?;
        let mut parts = Vec::new();
        for number in 1.. {
            let mut part = Vec::with_capacity(PART as usize);
            (&mut file).take(PART).read_to_end(&mut part).await.map_err(Failure::internal)?;
            if part.is_empty() {
                break;
            }

            let checksum = BASE64.encode(Digest::of(&part).as_bytes());
            let kept = self
                .client
                .upload_part()
                .bucket(&self.bucket.name)
                .key(key)
                .upload_id(upload)
                .part_number(number)
                .checksum_sha256(&checksum)
                .body(ByteStream::from(part))
                .customize()
                .config_override(for_bytes())
                .send()
                .await
                .map_err(|error| self.failed("keeping a part of", staged.digest(), error))?;
            parts.push(
                CompletedPart::builder()
                    .part_number(number)
                    .set_e_tag(kept.e_tag)
                    .checksum_sha256(checksum)
                    .build(),
            );
        }

        self.client
            .complete_multipart_upload()
            .bucket(&self.bucket.name)
            .key(key)
            .upload_id(upload)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .customize()
            .config_override(for_bytes())
            .send()
            .await
            .map_err(|error| self.failed("completing", staged.digest(), error))?;
        Ok(())
    }
}
