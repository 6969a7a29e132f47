//! The key of the house, and everything that is derived from it.
//!
//! There is one secret: a setting, or a file in the data folder that the first start makes. Keys
//! for signing, sealing and for tokens follow from it and a purpose, so none of them is stored and
//! none can be used for another's work. Signing keys change by themselves every thirty days; those
//! of the period before and of the one to come are known as well, and no others.

use std::{collections::BTreeMap, fs, io, io::Write as _, path::Path};

use anyhow::{Context as _, bail, ensure};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jsonwebtoken::{DecodingKey, EncodingKey};
use sha2::{Digest as _, Sha256};

use crate::{clock, config::Config};

/// Where the key lies when no setting names it.
const FILE: &str = "koffer.key";

/// How long one signing key is used.
const PERIOD: i64 = 30 * 24 * 60 * 60;

/// What makes a bare Ed25519 seed a key in PKCS#8, as RFC 8410 writes it.
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What a key is for; each purpose has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    RefreshToken,
    RecoveryCode,
    OneTimeToken,
    /// Leave to load a file that is not public.
    FileAddress,
    /// Not a key for anything: what two processes compare.
    Fingerprint,
}

/// Everything that is derived from the key of the house.
pub struct Keyring {
    secret: [u8; 32],
}

impl Keyring {
    /// The key that the settings name, or the one in the data folder; made there if there is none.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let text = match &config.secret_key {
            Some(secret) => secret.expose().to_owned(),
            None => from_folder(&config.data)?,
        };
        Ok(Self::of(&text))
    }

    /// The key that [`Keyring::open`] would find; nothing is made.
    pub fn look(config: &Config) -> anyhow::Result<Option<Self>> {
        if let Some(secret) = &config.secret_key {
            return Ok(Some(Self::of(secret.expose())));
        }
        Ok(read(&config.data.join(FILE))?.map(|text| Self::of(&text)))
    }

    fn of(text: &str) -> Self {
        Self { secret: Sha256::digest(text.as_bytes()).into() }
    }

    /// A seal that only this house can make, over all the parts.
    #[must_use]
    pub fn seal_of(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = keyed(&self.derived(purpose.name()));
        for part in parts {
            // With its length in front no part can pass for the end of another.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether the seal is ours; the time it takes tells nothing.
    #[must_use]
    pub fn is_seal_of(&self, purpose: Purpose, parts: &[&[u8]], seal: &[u8]) -> bool {
        let ours = self.seal_of(purpose, parts);
        aws_lc_rs::constant_time::verify_slices_are_equal(&ours, seal).is_ok()
    }

    /// By what two processes see that they hold the same key.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.seal_of(Purpose::Fingerprint, &[])[..16])
    }

    /// Hides something that has to be read again; it can only be opened for the same owner.
    pub fn hide(&self, owner: &[u8], text: &str) -> anyhow::Result<String> {
        let nonce: [u8; 24] = rand::random();
        let payload = Payload { msg: text.as_bytes(), aad: owner };
        let hidden = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let mut hidden = hidden.map_err(|_| anyhow::anyhow!("something cannot be encrypted"))?;
        hidden.splice(0..0, nonce);
        Ok(BASE64.encode(hidden))
    }

    /// What was hidden for this owner.
    pub fn reveal(&self, owner: &[u8], hidden: &str) -> anyhow::Result<String> {
        let changed = "what was encrypted cannot be read; was the key of the house changed?";
        let bytes = BASE64.decode(hidden).context(changed)?;
        let (nonce, hidden) = bytes.split_first_chunk::<24>().context(changed)?;
        let payload = Payload { msg: hidden, aad: owner };
        let text = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        String::from_utf8(text.map_err(|_| anyhow::anyhow!(changed))?).context(changed)
    }

    /// The key to sign with now, and its name.
    pub fn signing(&self) -> (String, EncodingKey) {
        let period = period_now();
        (period.to_string(), EncodingKey::from_ed_der(&pkcs8(&self.seed(period))))
    }

    /// The key of this name. Only three names mean anything, whatever the caller writes.
    pub fn verifying(&self, name: &str) -> anyhow::Result<Option<DecodingKey>> {
        let now = period_now();
        let known: BTreeMap<String, i64> =
            (now - 1..=now + 1).map(|period| (period.to_string(), period)).collect();
        let Some(period) = known.get(name) else { return Ok(None) };
        let pair = Ed25519KeyPair::from_seed_unchecked(&self.seed(*period))
            .map_err(|_| anyhow::anyhow!("a signing key cannot be derived"))?;
        Ok(Some(DecodingKey::from_ed_der(pair.public_key().as_ref())))
    }

    fn seed(&self, period: i64) -> [u8; 32] {
        self.derived(&format!("signing/{period}"))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.derived("hiding").into())
    }

    fn derived(&self, purpose: &str) -> [u8; 32] {
        let mut mac = keyed(&self.secret);
        mac.update(b"koffer/");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh-token",
            Self::RecoveryCode => "recovery-code",
            Self::OneTimeToken => "one-time-token",
            Self::FileAddress => "file-address",
            Self::Fingerprint => "fingerprint",
        }
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn pkcs8(seed: &[u8; 32]) -> Vec<u8> {
    [&PKCS8[..], seed].concat()
}

fn period_now() -> i64 {
    clock::now().timestamp().div_euclid(PERIOD)
}

/// The key in the folder. Of two processes that start at once, the second finds the first's.
fn from_folder(data: &Path) -> anyhow::Result<String> {
    let path = data.join(FILE);
    if let Some(text) = read(&path)? {
        return Ok(text);
    }
    // It is written elsewhere first, so that nobody reads half of it.
    let mut made = tempfile::NamedTempFile::new_in(data).context("making the key of the house")?;
    writeln!(made, "{}", hex::encode(rand::random::<[u8; 32]>()))?;
    made.as_file().sync_all()?;
    match made.persist_noclobber(&path) {
        Ok(_) => fs::File::open(data)?.sync_all()?,
        Err(no) if no.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(no) => return Err(no.error).context("making the key of the house"),
    }
    read(&path)?.with_context(|| format!("{} is gone again", path.display()))
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text.trim().to_owned(),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => bail!("the key of the house in {} cannot be read: {cause}", path.display()),
    };
    ensure!(
        text.len() >= 32,
        "{} is too short for a key; put back the one from your backup, or remove the file to get a new one",
        path.display()
    );
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_read_only_with_the_same_key_and_for_the_same_owner() {
        let ours = Keyring::of("ours");
        let hidden = ours.hide(b"erika", "geheim").unwrap();
        assert!(!hidden.contains("geheim"));
        assert_ne!(hidden, ours.hide(b"erika", "geheim").unwrap());
        assert_eq!(ours.reveal(b"erika", &hidden).unwrap(), "geheim");
        assert!(ours.reveal(b"otto", &hidden).is_err());
        assert!(Keyring::of("theirs").reveal(b"erika", &hidden).is_err());
    }

    #[test]
    fn a_seal_is_for_one_purpose_and_its_parts_do_not_run_together() {
        let ours = Keyring::of("ours");
        let seal = ours.seal_of(Purpose::RefreshToken, &[b"ab", b"c"]);
        assert!(ours.is_seal_of(Purpose::RefreshToken, &[b"ab", b"c"], &seal));
        assert!(!ours.is_seal_of(Purpose::RefreshToken, &[b"a", b"bc"], &seal));
        assert!(!ours.is_seal_of(Purpose::RecoveryCode, &[b"ab", b"c"], &seal));
        assert_ne!(ours.fingerprint(), Keyring::of("theirs").fingerprint());
    }

    #[test]
    fn two_that_start_at_once_find_one_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let data = folder.path().to_owned();
                std::thread::spawn(move || from_folder(&data).unwrap())
            })
            .collect();
        let keys: std::collections::BTreeSet<String> =
            starts.into_iter().map(|start| start.join().unwrap()).collect();
        assert_eq!(keys.len(), 1);
        let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn only_three_names_mean_a_key() {
        let ours = Keyring::of("ours");
        let (name, _) = ours.signing();
        assert!(ours.verifying(&name).unwrap().is_some());
        for stranger in
            ["", "0", "-1", "../../etc/passwd", &format!("0{name}"), &format!("{name} ")]
        {
            assert!(ours.verifying(stranger).unwrap().is_none(), "{stranger:?}");
        }
    }
}
