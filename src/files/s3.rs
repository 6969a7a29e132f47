//! Files in an S3 bucket: the store of a house that runs in several processes.
//!
//! Whatever speaks the protocol will do (AWS, MinIO, Ceph, Garage …), so only its old and plain
//! parts are used. Checksums go along with the bytes, and the bucket compares before it keeps.
//! A process that dies during a large upload leaves parts behind that only the bucket can see;
//! its rule `AbortIncompleteMultipartUpload` is the broom for them.

mod breaker;
mod bucket;
mod fault;
mod put;

use std::ops::Range;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::meta::region::RegionProviderChain;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{self, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;

use self::breaker::Breaker;
pub use self::bucket::Bucket;
use self::fault::{failed, patience, status};
use super::delivery::ADDRESS_IS_GOOD_FOR;
use super::{Delivery, Digest, Opened, Shown, Staged, Store};
use crate::error::{Answer, Failure};

/// Up to here a file goes in one request.
const ONE_REQUEST: u64 = 16 * 1024 * 1024;

/// How S3 says that a range begins behind the end.
const RANGE_NOT_SATISFIABLE: u16 = 416;

/// Keeps files in a bucket.
#[derive(Debug, Clone)]
pub struct S3Store {
    client: Client,
    bucket: Bucket,
    delivery: Delivery,
    breaker: Arc<Breaker>,
}

impl S3Store {
    /// With credentials, region and endpoint as every S3 tool takes them, from `AWS_*` variables.
    pub async fn from_environment(bucket: Bucket) -> Self {
        // The variables and nothing else: left to itself, the SDK also looks into files of the
        // user and asks the network who this machine is, and takes what it finds there.
        let region = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
            .or_else("eu-central-1");
        let account = aws_config::defaults(BehaviorVersion::latest())
            .credentials_provider(EnvironmentVariableCredentialsProvider::new())
            .region(region)
            .load()
            .await;

        // Only AWS itself has a host name for each bucket.
        let elsewhere = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
            .into_iter()
            .any(|name| std::env::var_os(name).is_some_and(|url| !url.is_empty()));
        Self::new(bucket, config::Builder::from(&account).force_path_style(elsewhere))
    }

    /// With an account of the caller's choice; timeouts, retries and checksums are ours.
    pub fn new(bucket: Bucket, account: config::Builder) -> Self {
        let config = account
            .timeout_config(patience())
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            // We name the SHA-256 ourselves; the SDK's default of a CRC32 trailer is not
            // understood by every bucket.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build();
        let (client, delivery) = (Client::from_conf(config), Delivery::default());
        Self { client, bucket, delivery, breaker: Arc::default() }
    }

    /// The same store, which hands out its files in this way.
    #[must_use]
    pub fn with_delivery(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }

    async fn get(&self, digest: &Digest, range: Option<String>) -> Answer<Option<Opened>> {
        let get = self.client.get_object().bucket(&self.bucket.name).key(self.bucket.key(digest));
        let object = match self.breaker.ask(get.set_range(range).send()).await {
            Ok(object) => object,
            Err(error) if error.code() == Some("NoSuchKey") => return Ok(None),
            Err(error) if status(&error) == Some(RANGE_NOT_SATISFIABLE) => {
                return Ok(self.size(digest).await?.map(Opened::without_bytes));
            }
            Err(error) => return Err(self.failed("opening", digest, error)),
        };

        // Of a part, the content range says the size of the whole: `bytes 0-99/1234`.
        let size = match object.content_range().and_then(|range| range.rsplit_once('/')) {
            Some((_, whole)) => whole.parse().ok(),
            None => object.content_length().and_then(|length| length.try_into().ok()),
        };
        let size =
            size.with_context(|| format!("{} does not say the size of {digest}", self.bucket));
        let size = size.map_err(Failure::internal)?;
        Ok(Some(Opened { size, stream: Box::pin(object.body.into_async_read()) }))
    }

    fn failed<E>(&self, doing: &str, digest: &Digest, error: SdkError<E, HttpResponse>) -> Failure
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        failed(format!("{doing} {digest} in {}", self.bucket), error)
    }
}

#[async_trait]
impl Store for S3Store {
    async fn keep(&self, staged: &Staged) -> Answer<()> {
        let size = staged.size();
        if self.size(staged.digest()).await? == Some(size) {
            return Ok(());
        }

        if size <= ONE_REQUEST {
            self.put_whole(staged).await?;
        } else {
            self.put_in_parts(staged).await?;
        }

        // Not every bucket compares checksums; all of them can at least count.
        match self.size(staged.digest()).await? {
            Some(kept) if kept == size => Ok(()),
            kept => Err(Failure::internal(anyhow!(
                "{} has {kept:?} instead of {size} bytes of {}",
                self.bucket,
                staged.digest(),
            ))),
        }
    }

    async fn open(&self, digest: &Digest, range: Option<Range<u64>>) -> Answer<Option<Opened>> {
        match range {
            None => self.get(digest, None).await,
            // There is no way to ask S3 for nothing.
            Some(range) if range.is_empty() => {
                Ok(self.size(digest).await?.map(Opened::without_bytes))
            }
            Some(Range { start, end }) => {
                self.get(digest, Some(format!("bytes={start}-{}", end - 1))).await
            }
        }
    }

    async fn remove(&self, digest: &Digest) -> Answer<()> {
        let delete = self.client.delete_object().bucket(&self.bucket.name);
        match self.breaker.ask(delete.key(self.bucket.key(digest)).send()).await {
            Ok(_) => Ok(()),
            // Most buckets do not mind.
            Err(error) if error.code() == Some("NoSuchKey") => Ok(()),
            Err(error) => Err(self.failed("removing", digest, error)),
        }
    }

    async fn presigned(&self, digest: &Digest, shown: &Shown<'_>) -> Answer<Option<String>> {
        if self.delivery == Delivery::Stream {
            return Ok(None);
        }
        let good_for =
            PresigningConfig::expires_in(ADDRESS_IS_GOOD_FOR).map_err(Failure::internal)?;
        let get = self.client.get_object().bucket(&self.bucket.name).key(self.bucket.key(digest));
        let signed = get
            .response_content_type(shown.media_type)
            .response_content_disposition(shown.disposition)
            .set_response_content_language(shown.language.map(Into::into))
            .response_cache_control(shown.caching)
            .presigned(good_for)
            .await
            .map_err(|error| self.failed("signing an address of", digest, error))?;
        Ok(Some(signed.uri().to_owned()))
    }

    async fn size(&self, digest: &Digest) -> Answer<Option<u64>> {
        let head = self.client.head_object().bucket(&self.bucket.name).key(self.bucket.key(digest));
        match self.breaker.ask(head.send()).await {
            Ok(about) => Ok(about.content_length().and_then(|length| length.try_into().ok())),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(error) => Err(self.failed("looking for", digest, error)),
        }
    }

    async fn probe(&self) -> Answer<()> {
        let head = self.client.head_bucket().bucket(&self.bucket.name);
        let answer = self.breaker.ask_anyway(head.send()).await;
        answer.map(drop).map_err(|error| failed(format!("asking for {}", self.bucket), error))
    }

    fn describe(&self) -> String {
        self.bucket.to_string()
    }
}

impl Opened {
    fn without_bytes(size: u64) -> Self {
        Self { size, stream: Box::pin(tokio::io::empty()) }
    }
}
