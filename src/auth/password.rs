//! Passwords: what may be one, and the only form in which one is kept.

use std::{fmt, sync::LazyLock};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use icu_normalizer::ComposingNormalizerBorrowed;
use rand::seq::IndexedRandom as _;
use tokio::sync::Semaphore;

use crate::error::{Answer, Failure};

/// A password that may be used, in one Unicode form, so that every keyboard writes the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// How many characters a password has.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

/// Nothing here is easily taken for something else, in print or on the telephone.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

impl Password {
    /// What a person has chosen. Long is good; digits and signs are not asked for.
    pub fn chosen(text: &str) -> Result<Self, String> {
        let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
        if !LENGTH.contains(&text.chars().count()) {
            return Err(format!(
                "a password has {} to {} characters; a short sentence is a good one",
                LENGTH.start(),
                LENGTH.end()
            ));
        }
        Ok(Self(text.into_owned()))
    }

    /// Five times four letters and digits, to be replaced at the first sign-in.
    #[must_use]
    pub fn one_time() -> Self {
        let mut chance = rand::rng();
        let mut group = || -> String {
            (0..4)
                .filter_map(|_| LETTERS.choose(&mut chance))
                .map(|letter| char::from(*letter))
                .collect()
        };
        Self([group(), group(), group(), group(), group()].join("-"))
    }

    /// For showing it once to the one it belongs to.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Hashing takes a core and 64 MiB; more at once than there are cores would only be slower.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// The password as it may be kept: Argon2id in PHC form, with a salt of its own.
pub async fn hash(password: &Password) -> Answer<String> {
    let _turn = TURNS.acquire().await.map_err(Failure::internal)?;
    let password = password.clone();
    let hashing = tokio::task::spawn_blocking(move || hash_here(&password));
    hashing.await.map_err(Failure::internal)?
}

fn hash_here(password: &Password) -> Answer<String> {
    let hash = argon2()?.hash_password(password.0.as_bytes());
    Ok(hash
        .map_err(|cause| Failure::internal(anyhow::anyhow!("hashing a password: {cause}")))?
        .to_string())
}

/// 64 MiB, two passes, one lane: three times what OWASP asks at least.
fn argon2() -> Answer<Argon2<'static>> {
    let params = Params::new(64 * 1024, 2, 1, None)
        .map_err(|cause| Failure::internal(anyhow::anyhow!("the parameters of Argon2: {cause}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordVerifier as _, password_hash::phc::PasswordHash};

    use super::*;

    #[tokio::test]
    async fn what_is_kept_tells_the_password_from_others_and_is_never_the_same() {
        let password = Password::chosen("Zwölf Boxkämpfer jagen").unwrap();
        let (one, other) = (hash(&password).await.unwrap(), hash(&password).await.unwrap());

        assert!(one.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        let kept = PasswordHash::new(&one).unwrap();
        let is = |text: &str| Argon2::default().verify_password(text.as_bytes(), &kept).is_ok();
        assert!(is("Zwölf Boxkämpfer jagen"));
        assert!(!is("Zwölf Boxkämpfer jagen."));
    }

    #[test]
    fn the_same_letters_are_the_same_password_on_every_keyboard() {
        let composed = Password::chosen("B\u{fc}rgermeister").unwrap();
        let decomposed = Password::chosen("Bu\u{308}rgermeister").unwrap();
        assert_eq!(composed, decomposed);
    }

    #[test]
    fn too_short_and_too_long_are_refused() {
        assert!(Password::chosen("elf Zeichen").is_err());
        assert!(Password::chosen("äöüäöüäöüäöü").is_ok());
        assert!(Password::chosen(&"ä".repeat(256)).is_ok());
        assert!(Password::chosen(&"a".repeat(257)).is_err());
        // Eleven letters stay eleven, however they are written.
        assert!(Password::chosen(&"u\u{308}".repeat(11)).is_err());
    }

    #[test]
    fn one_time_passwords_are_good_ones_and_hide_from_the_log() {
        let (one, other) = (Password::one_time(), Password::one_time());
        assert_ne!(one, other);
        assert_eq!(one.expose().len(), 24);
        assert!(!one.expose().contains(['0', 'o', '1', 'l', 'i']));
        assert_eq!(Password::chosen(one.expose()).unwrap(), one);
        assert_eq!(format!("{one:?}"), "***");
    }
}
