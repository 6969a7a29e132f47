//! Files in an S3 bucket: the store of a house that runs in several processes.
//!
//! Whatever speaks the protocol will do (AWS, MinIO, Ceph, Garage …), so only its old and plain
//! parts are used. Checksums go along with the bytes, and the bucket compares before it keeps.
//! A process that dies during a large upload leaves parts behind that only the bucket can see;
//! its rule `AbortIncompleteMultipartUpload` is the broom for them.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use async_trait::async_trait;
use aws_config::BehaviorVersion;
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::meta::region::RegionProviderChain;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{self, RequestChecksumCalculation};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::{Digest, Opened, Staged, Store};
use crate::error::{Answer, Failure};

/// Up to here a file goes in one request.
const ONE_REQUEST: u64 = 16 * 1024 * 1024;

/// What of a larger file is held in memory at a time.
const PART: u64 = 8 * 1024 * 1024;

/// How S3 says that a range begins behind the end.
const RANGE_NOT_SATISFIABLE: u16 = 416;

/// The bucket, and where in it: `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    name: String,
    prefix: String,
}

/// Keeps files in a bucket.
#[derive(Debug, Clone)]
pub struct S3Store {
    client: Client,
    bucket: Bucket,
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
            .timeout_config(patience(Duration::from_secs(10)))
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            // We name the SHA-256 ourselves; the SDK's default of a CRC32 trailer is not
            // understood by every bucket.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .build();
        Self { client: Client::from_conf(config), bucket }
    }

    fn key(&self, digest: &Digest) -> String {
        match self.bucket.prefix.as_str() {
            "" => digest.address(),
            prefix => format!("{prefix}/{}", digest.address()),
        }
    }

    async fn put_whole(&self, staged: &Staged) -> Answer<()> {
        // From the path and not from a reader, so that a retry can begin at the beginning.
        let body = ByteStream::from_path(staged.path()).await.map_err(Failure::internal)?;
        self.client
            .put_object()
            .bucket(&self.bucket.name)
            .key(self.key(staged.digest()))
            .checksum_sha256(BASE64.encode(staged.digest().as_bytes()))
            .body(body)
            .customize()
            .config_override(for_bytes())
            .send()
            .await
            .map_err(|error| self.failed("keeping", staged.digest(), error))?;
        Ok(())
    }

    async fn put_in_parts(&self, staged: &Staged) -> Answer<()> {
        let key = self.key(staged.digest());
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
            let mut part = Vec::new();
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

    async fn get(&self, digest: &Digest, range: Option<String>) -> Answer<Option<Opened>> {
        let got = self
            .client
            .get_object()
            .bucket(&self.bucket.name)
            .key(self.key(digest))
            .set_range(range)
            .send()
            .await;
        let object = match got {
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
        E: std::error::Error + Send + Sync + 'static,
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

    async fn size(&self, digest: &Digest) -> Answer<Option<u64>> {
        let head = self.client.head_object().bucket(&self.bucket.name).key(self.key(digest));
        match head.send().await {
            Ok(about) => Ok(about.content_length().and_then(|length| length.try_into().ok())),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(error) => Err(self.failed("looking for", digest, error)),
        }
    }

    async fn probe(&self) -> Answer<()> {
        let head = self.client.head_bucket().bucket(&self.bucket.name).send().await;
        head.map(drop).map_err(|error| failed(format!("asking for {}", self.bucket), error))
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

/// How long to wait for one attempt, and for all of them together.
fn patience(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(attempt * 2)
        .build()
}

/// More patience where megabytes travel; the SDK's read timeout counts sending, too.
fn for_bytes() -> config::Builder {
    config::Builder::default().timeout_config(patience(Duration::from_secs(120)))
}

fn failed<E>(doing: String, error: SdkError<E, HttpResponse>) -> Failure
where
    E: std::error::Error + Send + Sync + 'static,
{
    let status = status(&error);
    let worth_trying_again = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => true,
        SdkError::ResponseError(_) | SdkError::ServiceError(_) => {
            status.is_none_or(|status| status >= 500 || status == 429)
        }
        _ => false,
    };

    let status = status.map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
    let cause = anyhow::Error::new(error).context(format!("{doing}: {status}"));
    if worth_trying_again { Failure::unavailable(cause) } else { Failure::internal(cause) }
}

fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

impl FromStr for Bucket {
    type Err = anyhow::Error;

    fn from_str(setting: &str) -> Result<Self, Self::Err> {
        let address = setting.strip_prefix("s3://").with_context(|| {
            format!(
                "files are kept on the \"disk\" or in \"s3://bucket/prefix\", not in {setting:?}"
            )
        })?;
        let (name, prefix) = address.split_once('/').unwrap_or((address, ""));

        let named = (3..=63).contains(&name.len())
            && name.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.'));
        ensure!(
            named,
            "{name:?} is not the name of a bucket (3 to 63 of a-z, 0-9, \"-\" and \".\")"
        );

        let prefix = prefix.trim_end_matches('/');
        let plain = prefix.is_empty()
            || prefix.split('/').all(|step| {
                !matches!(step, "" | "." | "..")
                    && step.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
            });
        ensure!(
            plain,
            "the prefix {prefix:?} may have folders of a-z, A-Z, 0-9, \"-\", \".\" and \"_\""
        );

        Ok(Self { name: name.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix.as_str() {
            "" => write!(f, "s3://{}", self.name),
            prefix => write!(f, "s3://{}/{prefix}", self.name),
        }
    }
}
