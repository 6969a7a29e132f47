//! Reading a POST: one GraphQL request as JSON, and nothing else.
//!
//! That only `application/json` is taken is also what keeps foreign sites out: a browser does not
//! send it across origins without asking first.

use poem::http::{StatusCode, header};
use tokio::io::AsyncReadExt as _;

use super::{Settings, answer::Refusal, asked::Asked, negotiate::is_json};
use crate::linger::hear_out;

pub(super) async fn read(http: &mut poem::Request, settings: &Settings) -> Result<Asked, Refusal> {
    if !is_json(http.headers().get(header::CONTENT_TYPE)) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the request as `Content-Type: application/json` in UTF-8.",
        ));
    }

    let body = body(http, settings).await?;
    match serde_json::from_slice(&body) {
        Ok(serde_json::Value::Object(members)) => Asked::from_json(members),
        Ok(serde_json::Value::Array(_)) => {
            Err(Refusal::bad("body", "Batches are not answered; send one request at a time."))
        }
        Ok(_) => Err(Refusal::bad("body", "The body must be a JSON object with a `query`.")),
        Err(wrong) => {
            let (line, column) = (wrong.line(), wrong.column());
            let message = format!("The body is not JSON, at line {line}, column {column}.");
            Err(Refusal::bad("body", message))
        }
    }
}

async fn body(http: &mut poem::Request, settings: &Settings) -> Result<Vec<u8>, Refusal> {
    let limit = settings.body_bytes;
    let too_large = || {
        let message = format!("The body is too large; at most {limit} bytes are taken.");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    let announced = http.header(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let mut body = http.take_body().into_async_read();
    if announced.is_some_and(|length: usize| length > limit) {
        // Whoever asks before sending has not begun to.
        if !http.headers().contains_key(header::EXPECT) {
            hear_out(body).await;
        }
        return Err(too_large());
    }

    // The announced length may be missing or untrue, so the bytes are counted as well.
    let mut bytes = Vec::new();
    let mut some = (&mut body).take(limit as u64 + 1);
    let reading = some.read_to_end(&mut bytes);
    match tokio::time::timeout(settings.body_time, reading).await {
        Ok(Ok(_)) if bytes.len() > limit => {
            hear_out(body).await;
            Err(too_large())
        }
        Ok(Ok(_)) => Ok(bytes),
        Ok(Err(_)) => Err(Refusal::bad("body", "The body ended before it was complete.")),
        Err(_elapsed) => {
            let message = "The body took too long to arrive; please send it again.";
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, message))
        }
    }
}
