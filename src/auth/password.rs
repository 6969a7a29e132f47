//! Passwords: what may be one, and the only form in which one is kept.

mod guessable;

use std::{fmt, sync::LazyLock};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash,
};
use icu_normalizer::ComposingNormalizerBorrowed;
use rand::seq::IndexedRandom as _;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::{Answer, Failure};

/// A password that may be used, in one Unicode form, so that every keyboard writes the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why something cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    Length,
    /// Whoever tries passwords tries this one early.
    Guessable,
}

/// How many characters a password has.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

/// Nothing here is easily taken for something else, in print or on the telephone.
pub(super) const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

impl Password {
    /// What a person has chosen. Long is good; digits and signs are not asked for.
    pub fn chosen(text: &str) -> Result<Self, Unfit> {
        let password = Self::entered(text);
        if !LENGTH.contains(&password.0.chars().count()) {
            return Err(Unfit::Length);
        }
        if guessable::is(&password.0) {
            return Err(Unfit::Guessable);
        }
        Ok(password)
    }

    /// What somebody has typed to sign in; whether it is right will be seen.
    #[must_use]
    pub fn entered(text: &str) -> Self {
        Self(ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned())
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

impl Unfit {
    /// For programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Length => "PASSWORD_LENGTH",
            Self::Guessable => "PASSWORD_GUESSABLE",
        }
    }

    /// For people in the admin.
    #[must_use]
    pub fn german(self) -> &'static str {
        match self {
            Self::Length => {
                "Ein Passwort hat 12 bis 256 Zeichen. Ein kurzer Satz ist ein gutes Passwort."
            }
            Self::Guessable => {
                "Dieses Passwort ist leicht zu erraten. Nehmen Sie zum Beispiel vier Wörter, die nichts miteinander zu tun haben."
            }
        }
    }
}

/// For people at the command line.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(
                f,
                "a password has {} to {} characters; a short sentence is a good one",
                LENGTH.start(),
                LENGTH.end()
            ),
            Self::Guessable => f.write_str(
                "this password is easily guessed; take, say, four words that have nothing to do with one another",
            ),
        }
    }
}

/// Hashing takes a core and 64 MiB; more at once than there are cores would only be slower.
static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(cores()));

/// Who would have to wait behind so many is told to come back.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(cores() + 32));

fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Waits for a turn; both are given back together.
async fn turn() -> Answer<(SemaphorePermit<'static>, SemaphorePermit<'static>)> {
    let place = PLACES
        .try_acquire()
        .map_err(|_| Failure::unavailable(anyhow::anyhow!("too many passwords at once")))?;
    Ok((place, TURNS.acquire().await.map_err(Failure::internal)?))
}

/// The password as it may be kept: Argon2id in PHC form, with a salt of its own.
pub async fn hash(password: &Password) -> Answer<String> {
    let _turn = turn().await?;
    let password = password.clone();
    let hashing = tokio::task::spawn_blocking(move || hash_here(&password));
    hashing.await.map_err(Failure::internal)?
}

/// Whether the password is the one that was kept. Where nothing was kept, as much work is done for
/// nothing, so that the time does not tell whether somebody has an account.
pub async fn is(password: &Password, kept: Option<&str>) -> Answer<bool> {
    let _turn = turn().await?;
    let (password, kept) = (password.clone(), kept.map(str::to_owned));
    let verifying = tokio::task::spawn_blocking(move || {
        let hash = match &kept {
            Some(kept) => kept.clone(),
            None => nobodys()?,
        };
        let hash = PasswordHash::new(&hash)
            .map_err(|cause| Failure::internal(anyhow::anyhow!("reading a hash: {cause}")))?;
        let right = argon2()?.verify_password(password.0.as_bytes(), &hash).is_ok();
        Ok(right && kept.is_some())
    });
    verifying.await.map_err(Failure::internal)?
}

/// Whether what is kept was made with other parameters than we would use today.
#[must_use]
pub fn is_outdated(kept: &str) -> bool {
    !kept.starts_with(PARAMETERS)
}

/// How a hash begins that was made with today's parameters.
const PARAMETERS: &str = "$argon2id$v=19$m=65536,t=2,p=1$";

/// A hash that no password fits; made once, like any other.
fn nobodys() -> Answer<String> {
    static NOBODYS: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    if let Some(made) = NOBODYS.get() {
        return Ok(made.clone());
    }
    let made = hash_here(&Password::one_time())?;
    Ok(NOBODYS.get_or_init(|| made).clone())
}

/// Makes the hash for those who have no account, so that the first of them waits no longer.
pub async fn prepare() -> Answer<()> {
    let making = tokio::task::spawn_blocking(nobodys);
    making.await.map_err(Failure::internal)?.map(drop)
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
    use super::*;

    #[tokio::test]
    async fn what_is_kept_tells_the_password_from_others_and_is_never_the_same() {
        let password = Password::chosen("Zwölf Boxkämpfer jagen").unwrap();
        let (one, other) = (hash(&password).await.unwrap(), hash(&password).await.unwrap());

        assert!(one.starts_with("$argon2id$v=19$m=65536,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(!is_outdated(&one));
        let entered = |text: &str| Password::entered(text);
        assert!(is(&entered("Zwo\u{308}lf Boxkämpfer jagen"), Some(&one)).await.unwrap());
        assert!(!is(&entered("Zwölf Boxkämpfer jagen."), Some(&one)).await.unwrap());
        assert!(!is(&entered("Zwölf Boxkämpfer jagen"), None).await.unwrap());
    }

    #[test]
    fn the_same_letters_are_the_same_password_on_every_keyboard() {
        let composed = Password::chosen("B\u{fc}rgermeisterin tanzt").unwrap();
        let decomposed = Password::chosen("Bu\u{308}rgermeisterin tanzt").unwrap();
        assert_eq!(composed, decomposed);
    }

    #[test]
    fn too_short_and_too_long_are_refused() {
        assert_eq!(Password::chosen("elf Zeichen"), Err(Unfit::Length));
        assert!(Password::chosen("zwölfmal üben").is_ok());
        assert!(Password::chosen(&"zwölfmal üben".repeat(19)).is_ok());
        assert_eq!(Password::chosen(&"zwölfmal üben".repeat(20)), Err(Unfit::Length));
        // Eleven letters stay eleven, however they are written.
        assert_eq!(Password::chosen(&"u\u{308}".repeat(11)), Err(Unfit::Length));
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
