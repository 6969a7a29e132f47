//! Lingering: whoever is refused while they still send is heard out, so that they hear the answer.
//!
//! A connection that is closed before everything was read is reset, and the answer is lost with it
//! (RFC 9112, section 9.6).

use std::{pin::pin, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, copy, sink},
    time::timeout,
};

/// Whoever goes on for longer, or sends more, has been told often enough.
const PATIENCE: Duration = Duration::from_secs(5);
const MOST: u64 = 64 * 1024 * 1024;

/// Reads what somebody still sends, and throws it away.
pub async fn hear_out(rest: impl AsyncRead) {
    let mut rest = pin!(rest.take(MOST));
    // It does not matter how it ends.
    let _ = timeout(PATIENCE, copy(&mut rest, &mut sink())).await;
}
