//! A bucket that could not be reached is not asked again for a short while.
//!
//! Everybody would wait as long as the first one did, for the same answer. When the while is over,
//! one asks again and the others still hear at once that there is nothing to be had.

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_sdk_s3::{config::http::HttpResponse, error::SdkError};

/// How long a bucket is left alone.
const REST: Duration = Duration::from_secs(10);

/// Knows when the bucket was last asked in vain.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<Option<Instant>>);

impl Breaker {
    /// Asks, unless somebody has just done so in vain.
    pub async fn ask<T, E>(&self, asked: impl Asked<T, E>) -> Result<T, SdkError<E, HttpResponse>> {
        if self.is_resting(Instant::now()) {
            return Err(SdkError::timeout_error("it could not be reached a moment ago"));
        }
        self.ask_anyway(asked).await
    }

    /// Asks, and remembers whether there was any answer.
    pub async fn ask_anyway<T, E>(
        &self,
        asked: impl Asked<T, E>,
    ) -> Result<T, SdkError<E, HttpResponse>> {
        let answer = asked.await;
        let in_vain =
            matches!(&answer, Err(SdkError::TimeoutError(_) | SdkError::DispatchFailure(_)));
        *self.last_in_vain() = in_vain.then(Instant::now);
        answer
    }

    /// Whoever hears no is the one who finds out for all.
    fn is_resting(&self, now: Instant) -> bool {
        let mut last = self.last_in_vain();
        let is_resting = last.is_some_and(|last| now.duration_since(last) < REST);
        if last.is_some() && !is_resting {
            *last = Some(now);
        }
        is_resting
    }

    fn last_in_vain(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request on its way.
pub trait Asked<T, E>: Future<Output = Result<T, SdkError<E, HttpResponse>>> {}

impl<T, E, F: Future<Output = Result<T, SdkError<E, HttpResponse>>>> Asked<T, E> for F {}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    type Said = Result<&'static str, SdkError<(), HttpResponse>>;

    #[tokio::test]
    async fn after_a_question_in_vain_the_others_hear_so_at_once() {
        let breaker = Breaker::default();
        let in_vain = ready(Said::Err(SdkError::timeout_error("nobody there")));
        assert!(breaker.ask(in_vain).await.is_err());
        assert!(breaker.ask(ready(Said::Ok("here"))).await.is_err(), "it is left alone");

        assert_eq!(breaker.ask_anyway(ready(Said::Ok("here"))).await.unwrap(), "here");
        assert_eq!(breaker.ask(ready(Said::Ok("here"))).await.unwrap(), "here");
    }

    #[tokio::test]
    async fn one_asks_again_when_the_while_is_over() {
        let breaker = Breaker::default();
        assert!(!breaker.is_resting(Instant::now()));
        let in_vain = ready(Said::Err(SdkError::timeout_error("nobody there")));
        assert!(breaker.ask(in_vain).await.is_err());

        let later = Instant::now() + REST;
        assert!(!breaker.is_resting(later), "the first may ask");
        assert!(breaker.is_resting(later), "the others wait for the first");
    }
}
