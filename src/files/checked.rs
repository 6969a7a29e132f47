//! Bytes on their way out of a store: hashed while they are read, and compared with their name.
//!
//! A disk that rots and a wire that garbles change bytes without saying so. The last piece is
//! held back until all are known to be right, so that whoever counts them sees that some are
//! missing, and nobody takes wrong bytes for the file.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt as _, ReadBuf, Take};

use super::{Digest, Opened};

impl Opened {
    /// The same bytes, which end with an error if they are not those of this digest. Only for a
    /// whole file: of a part, the digest says nothing.
    #[must_use]
    pub fn checked(self, digest: &Digest) -> Self {
        let (size, rest) = (self.size, self.stream.take(self.size));
        let stream = Checked { rest, digest: *digest, hash: Sha256::new() };
        Self { size, stream: Box::pin(stream) }
    }
}

struct Checked<R> {
    /// Not a byte more than the file has.
    rest: Take<R>,
    digest: Digest,
    hash: Sha256,
}

impl<R: AsyncRead + Unpin> AsyncRead for Checked<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.rest).poll_read(cx, buffer))?;
        let piece = &buffer.filled()[before..];
        self.hash.update(piece);

        let goes_on = !piece.is_empty() && self.rest.limit() > 0;
        let told = if goes_on { Ok(()) } else { self.verdict() };
        if told.is_err() {
            buffer.set_filled(before);
        }
        Poll::Ready(told)
    }
}

impl<R: AsyncRead> Checked<R> {
    /// Whether what was read is the file.
    fn verdict(&self) -> io::Result<()> {
        let missing = self.rest.limit();
        if missing > 0 {
            let told = format!("{missing} bytes of {} did not come", self.digest);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, told));
        }
        let found = Digest::from(self.hash.clone());
        if found != self.digest {
            // Nobody above sees why a stream has ended.
            tracing::error!(digest = %self.digest, %found, "the bytes in the store are not the file");
            let told = format!("these bytes are {found} and not {}", self.digest);
            return Err(io::Error::new(io::ErrorKind::InvalidData, told));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes out in pieces of this size, and how it ends.
    async fn read(
        kept: &[u8],
        size: u64,
        digest: &Digest,
        piece: usize,
    ) -> (Vec<u8>, Option<io::ErrorKind>) {
        let opened = Opened { size, stream: Box::pin(io::Cursor::new(kept.to_vec())) };
        let mut stream = opened.checked(digest).stream;
        let (mut got, mut buffer) = (Vec::new(), vec![0; piece]);
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) => return (got, None),
                Ok(count) => got.extend_from_slice(&buffer[..count]),
                Err(cause) => return (got, Some(cause.kind())),
            }
        }
    }

    fn bytes() -> Vec<u8> {
        (0..10_000u32).map(|n| (n ^ n >> 8) as u8).collect()
    }

    #[tokio::test]
    async fn the_right_bytes_come_through_whole() {
        let bytes = bytes();
        for piece in [1, 3, 100, 9_999, 10_000, 64_000] {
            let (got, end) = read(&bytes, 10_000, &Digest::of(&bytes), piece).await;
            assert_eq!((got == bytes, end), (true, None), "{piece}");
        }
        assert_eq!(read(b"", 0, &Digest::of(b""), 10).await, (vec![], None));
    }

    #[tokio::test]
    async fn wrong_bytes_never_come_through_whole() {
        let bytes = bytes();
        let digest = Digest::of(&bytes);
        for wrong in [0, 5_000, 9_999] {
            let mut kept = bytes.clone();
            kept[wrong] ^= 1;
            for piece in [1, 3, 100, 10_000, 64_000] {
                let (got, end) = read(&kept, 10_000, &digest, piece).await;
                assert_eq!(end, Some(io::ErrorKind::InvalidData), "{wrong} {piece}");
                assert!(got.len() < 10_000, "{wrong} {piece}: {}", got.len());
            }
        }
        let nothing = read(b"", 0, &digest, 10).await;
        assert_eq!(nothing, (vec![], Some(io::ErrorKind::InvalidData)));
    }

    #[tokio::test]
    async fn bytes_that_are_missing_are_missed_and_more_are_left_alone() {
        let bytes = bytes();
        let short = read(&bytes[..9_000], 10_000, &Digest::of(&bytes), 4_000).await;
        assert_eq!(short.1, Some(io::ErrorKind::UnexpectedEof));
        let long = read(&bytes, 9_000, &Digest::of(&bytes[..9_000]), 4_000).await;
        assert_eq!((long.0.len(), long.1), (9_000, None));
    }
}
