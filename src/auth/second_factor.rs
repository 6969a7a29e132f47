//! The second factor: a code from an authenticator (RFC 6238), or one from a list on paper.
//!
//! The secret lies in the database only in hidden form, each code is taken once, and nothing counts
//! before the first code was right.

use std::{collections::HashMap, fmt::Write as _};

use entity::{account, recovery_code};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::seq::IndexedRandom as _;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, Set,
};
use sha1::Sha1;
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

use super::{
    keyring::{Keyring, Purpose},
    password::LETTERS,
};
use crate::{
    clock,
    content::log::{self, Actor, Deed},
    error::{Answer, Failure},
    id,
};

/// How long a code is shown, in seconds.
const STEP: i64 = 30;

/// How many codes on paper there are at a time.
const CODES: usize = 10;

/// A secret that an authenticator is to keep.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

impl Secret {
    fn new() -> Self {
        Self(rand::random())
    }

    fn of(account: &account::Model, keys: &Keyring) -> Answer<Option<Self>> {
        let Some(hidden) = &account.totp_secret else { return Ok(None) };
        let text = keys.reveal(account.id.as_bytes(), hidden).map_err(Failure::internal)?;
        let bytes = hex::decode(text).map_err(Failure::internal)?;
        bytes.try_into().map(Self).map(Some).map_err(|_| {
            Failure::internal(anyhow::anyhow!("the secret of a second factor is too short"))
        })
    }

    /// As people type it into an authenticator: Base32, as RFC 4648 writes it.
    #[must_use]
    pub fn written(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut text = String::new();
        for five in self.0.chunks(5) {
            let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for place in (0..8).rev() {
                text.push(char::from(LETTERS[(bits >> (5 * place) & 31) as usize]));
            }
        }
        text
    }

    /// As an authenticator reads it from a picture.
    #[must_use]
    pub fn address(&self, email: &str) -> String {
        let email: String = byte_serialize(email.as_bytes()).collect();
        format!("otpauth://totp/Koffer:{email}?secret={}&issuer=Koffer", self.written())
    }

    /// The code of a step: six digits.
    fn code(&self, step: i64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let from = usize::from(hash[19] & 15);
        let number = hash[from..from + 4].iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }

    /// The step of which this is the code; clocks may differ by one.
    fn step_of(&self, code: &str) -> Option<i64> {
        let now = clock::now().timestamp().div_euclid(STEP);
        (now - 1..=now + 1).find(|step| {
            let ours = self.code(*step);
            aws_lc_rs::constant_time::verify_slices_are_equal(ours.as_bytes(), code.as_bytes())
                .is_ok()
        })
    }
}

/// Whether somebody has to show a code to sign in.
#[must_use]
pub fn is_asked(account: &account::Model) -> bool {
    account.totp_confirmed_at.is_some()
}

/// Takes a code, from the authenticator or from paper, if it is right and was not used before.
pub async fn takes(
    tx: &DatabaseTransaction,
    keys: &Keyring,
    account: &account::Model,
    code: &str,
) -> Answer<bool> {
    let code: String = code.chars().filter(|letter| letter.is_alphanumeric()).collect();
    if code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()) {
        takes_shown(tx, keys, account, &code).await
    } else {
        takes_written(tx, keys, account.id, &code.to_lowercase()).await
    }
}

async fn takes_shown(
    tx: &DatabaseTransaction,
    keys: &Keyring,
    account: &account::Model,
    code: &str,
) -> Answer<bool> {
    let Some(secret) = Secret::of(account, keys)? else { return Ok(false) };
    let Some(step) = secret.step_of(code) else { return Ok(false) };
    if account.totp_last_step.is_some_and(|last| step <= last) {
        return Ok(false);
    }
    let mut changed = account.clone().into_active_model();
    changed.totp_last_step = Set(Some(step));
    changed.update(tx).await?;
    Ok(true)
}

async fn takes_written(
    tx: &DatabaseTransaction,
    keys: &Keyring,
    account: Uuid,
    code: &str,
) -> Answer<bool> {
    let found = recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.eq(account))
        .filter(recovery_code::Column::Hash.eq(hash(keys, account, code)))
        .filter(recovery_code::Column::UsedAt.is_null())
        .one(tx)
        .await?;
    let Some(found) = found else { return Ok(false) };
    let mut used = found.into_active_model();
    used.used_at = Set(Some(clock::now()));
    used.update(tx).await?;
    Ok(true)
}

/// Gives an account a new secret. It does not count before [`confirm`].
pub async fn start(
    tx: &DatabaseTransaction,
    keys: &Keyring,
    account: account::Model,
) -> Answer<Secret> {
    let secret = Secret::new();
    let hidden = keys.hide(account.id.as_bytes(), &hex::encode(secret.0));
    let mut changed = account.into_active_model();
    changed.totp_secret = Set(Some(hidden.map_err(Failure::internal)?));
    changed.totp_confirmed_at = Set(None);
    changed.totp_last_step = Set(None);
    changed.update(tx).await?;
    Ok(secret)
}

/// From now on a code is asked for. Answers the codes for paper, or nothing if the code is wrong.
pub async fn confirm(
    tx: &DatabaseTransaction,
    keys: &Keyring,
    actor: &Actor,
    account: &account::Model,
    code: &str,
) -> Answer<Option<Vec<String>>> {
    if !takes_shown(tx, keys, account, code.trim()).await? {
        return Ok(None);
    }
    let mut changed = super::account::locked(tx, account.id).await?.into_active_model();
    changed.totp_confirmed_at = Set(Some(clock::now()));
    changed.update(tx).await?;
    log::append(tx, actor, deed("second-factor-on", account.id)).await?;
    renew_codes(tx, keys, account.id).await.map(Some)
}

/// From now on the password is enough.
pub async fn remove(
    tx: &DatabaseTransaction,
    actor: &Actor,
    account: account::Model,
) -> Answer<account::Model> {
    forget_codes(tx, account.id).await?;
    let mut changed = account.into_active_model();
    changed.totp_secret = Set(None);
    changed.totp_confirmed_at = Set(None);
    changed.totp_last_step = Set(None);
    let changed = changed.update(tx).await?;
    log::append(tx, actor, deed("second-factor-off", changed.id)).await?;
    Ok(changed)
}

/// New codes for paper; the old ones are worth nothing any more.
pub async fn renew_codes(
    tx: &DatabaseTransaction,
    keys: &Keyring,
    account: Uuid,
) -> Answer<Vec<String>> {
    forget_codes(tx, account).await?;
    let codes: Vec<String> = (0..CODES).map(|_| new_code()).collect();
    let rows = codes.iter().map(|code| {
        let hash = hash(keys, account, &code.replace('-', ""));
        recovery_code::Model { id: id::new(), account_id: account, hash, used_at: None }
            .into_active_model()
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(codes)
}

pub async fn note_new_codes(tx: &DatabaseTransaction, actor: &Actor, account: Uuid) -> Answer<()> {
    log::append(tx, actor, deed("recovery-codes", account)).await
}

/// How many codes on paper each of these accounts has left.
pub async fn codes_left(
    db: &impl ConnectionTrait,
    accounts: Vec<Uuid>,
) -> Answer<HashMap<Uuid, u64>> {
    let left = recovery_code::Entity::find()
        .filter(recovery_code::Column::AccountId.is_in(accounts))
        .filter(recovery_code::Column::UsedAt.is_null())
        .all(db)
        .await?;
    let mut counts = HashMap::new();
    for code in left {
        *counts.entry(code.account_id).or_default() += 1;
    }
    Ok(counts)
}

async fn forget_codes(tx: &DatabaseTransaction, account: Uuid) -> Answer<()> {
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    Ok(())
}

/// Three times four letters and digits.
fn new_code() -> String {
    let mut chance = rand::rng();
    let mut code = String::new();
    for group in 0..3 {
        let dash = if group > 0 { "-" } else { "" };
        let letters = (0..4).filter_map(|_| LETTERS.choose(&mut chance));
        let letters: String = letters.map(|letter| char::from(*letter)).collect();
        let _ = write!(code, "{dash}{letters}");
    }
    code
}

/// A code has sixty bits of chance; without the key of the house there is nothing to try it on.
fn hash(keys: &Keyring, account: Uuid, code: &str) -> String {
    hex::encode(keys.seal_of(Purpose::RecoveryCode, &[account.as_bytes(), code.as_bytes()]))
}

fn deed(action: &'static str, account: Uuid) -> Deed<'static> {
    Deed { action, subject_kind: "account", subject: account, revision: None, detail: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = Secret(*b"12345678901234567890");
        // The last six of the eight digits of RFC 6238, appendix B.
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(secret.code(time / STEP), code);
        }
    }

    #[test]
    fn a_secret_is_written_as_authenticators_read_it() {
        let secret = Secret(*b"12345678901234567890");
        assert_eq!(secret.written(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            secret.address("erika@example.org"),
            "otpauth://totp/Koffer:erika%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Koffer"
        );
    }

    #[test]
    fn codes_on_paper_can_be_read_aloud() {
        let code = new_code();
        assert_eq!(code.len(), 14);
        assert_ne!(code, new_code());
    }
}
