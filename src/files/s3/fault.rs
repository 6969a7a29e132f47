//! How long we wait for a bucket, and whose fault it is when nothing comes of it.

use std::time::Duration;

use aws_sdk_s3::{
    config::{self, http::HttpResponse, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
};

use crate::error::Failure;

/// How a bucket says that what came is not what was sent, or not all of it.
const ON_THE_WIRE: [&str; 5] =
    ["BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest", "IncompleteBody", "RequestTimeout"];

/// For questions and for opening: somebody waits for it, who is to hear within ten seconds.
pub fn patience() -> TimeoutConfig {
    waiting(Duration::from_secs(4), Duration::from_secs(9))
}

/// More patience where megabytes travel; the SDK's read timeout counts sending, too.
pub fn for_bytes() -> config::Builder {
    let patience = waiting(Duration::from_secs(120), Duration::from_secs(240));
    config::Builder::default().timeout_config(patience)
}

/// How long to wait for one attempt, and for all of them together.
fn waiting(attempt: Duration, all: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .read_timeout(attempt)
        .operation_attempt_timeout(attempt)
        .operation_timeout(all)
        .build()
}

/// What is to be said of an error: worth another try where the wire or the bucket was at fault.
pub fn failed<E>(doing: String, error: SdkError<E, HttpResponse>) -> Failure
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let status = status(&error);
    let worth_trying_again = match &error {
        // An answer that cannot be read to its end has been cut or garbled.
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        SdkError::ServiceError(_) => {
            is_garbled(&error) || status.is_none_or(|status| status >= 500 || status == 429)
        }
        _ => false,
    };

    let status = status.map_or_else(|| "no answer".to_owned(), |status| format!("status {status}"));
    let cause = anyhow::Error::new(error).context(format!("{doing}: {status}"));
    if worth_trying_again { Failure::unavailable(cause) } else { Failure::internal(cause) }
}

/// Whether other bytes have arrived than were sent.
pub fn is_garbled<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    error.code().is_some_and(|code| ON_THE_WIRE.contains(&code))
}

pub fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::{
        config::http::HttpResponse, error::ErrorMetadata, operation::put_object::PutObjectError,
        primitives::SdkBody,
    };

    use super::*;

    fn said(status: u16, code: &str) -> SdkError<PutObjectError, HttpResponse> {
        let metadata = ErrorMetadata::builder().code(code).build();
        let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        SdkError::service_error(PutObjectError::generic(metadata), raw)
    }

    #[test]
    fn what_the_wire_did_is_worth_another_try_and_what_we_did_is_not() {
        for (status, code, again) in [
            (400, "BadDigest", true),
            (400, "XAmzContentSHA256Mismatch", true),
            (400, "InvalidDigest", true),
            (400, "RequestTimeout", true),
            (400, "InvalidArgument", false),
            (403, "AccessDenied", false),
            (403, "SignatureDoesNotMatch", false),
            (404, "NoSuchBucket", false),
            (429, "TooManyRequests", true),
            (500, "InternalError", true),
            (503, "SlowDown", true),
        ] {
            let failure = failed("keeping it".into(), said(status, code));
            assert_eq!(matches!(failure, Failure::Unavailable(_)), again, "{code}: {failure:?}");
        }
        let raw = HttpResponse::new(200.try_into().unwrap(), SdkBody::empty());
        let cut = SdkError::<PutObjectError, _>::response_error("cut off", raw);
        assert!(matches!(failed("beginning".into(), cut), Failure::Unavailable(_)));
    }
}
