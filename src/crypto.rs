//! Keys, keyed hashes, sealing and randomness. Primitives are `ring`'s and `rand`'s; nothing is invented here.

use crate::{
    clock::Clock,
    domain::{ids::MailId, time::Timestamp},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{Rng as _, RngExt as _, SeedableRng, rngs::StdRng};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest, hkdf, hmac,
};
use std::{
    fs::OpenOptions,
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use uuid::Uuid;

/// Bytes of the key file's key, and of every secret that we make.
pub const KEY_BYTES: usize = 32;

/// Bytes as base64url without padding: how secrets and digests are written everywhere.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads [`encode`]'s output.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// SHA-256, for values with 128 random bits or more, which need no key.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// A shared source of randomness. Seeded by the system in earnest, by a number in tests.
#[derive(Clone)]
pub struct Rng(Arc<Mutex<StdRng>>);

impl Rng {
    /// Seeded from the operating system.
    ///
    /// # Errors
    /// If the operating system has no randomness to give.
    pub fn from_system() -> Result<Self, ring::error::Unspecified> {
        let mut seed = [0u8; KEY_BYTES];
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut seed)?;
        Ok(Self::from_seed(seed))
    }

    /// Always the same sequence: for tests and for seeding the demonstration.
    pub fn from_seed(seed: [u8; KEY_BYTES]) -> Self {
        Self(Arc::new(Mutex::new(StdRng::from_seed(seed))))
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0u8; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut out);
        out
    }

    /// A number below `bound`, each equally likely.
    pub fn below(&self, bound: u32) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..bound)
    }

    /// A UUIDv7 (RFC 9562): sorts by the clock given.
    pub fn uuid(&self, clock: &dyn Clock) -> Uuid {
        self.uuid_at(clock.now())
    }

    /// A UUIDv7 for what came to be at a moment of its own.
    pub fn uuid_at(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.0).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A secret for a link: 256 random bits, base64url.
    pub fn token(&self) -> String {
        encode(&self.bytes::<KEY_BYTES>())
    }

    /// Eight digits, each code equally likely.
    pub fn code(&self) -> String {
        format!("{:08}", self.below(100_000_000))
    }
}

/// The keys derived from the key file, one per purpose (HKDF, RFC 5869), so that none serves two.
#[derive(Clone)]
pub struct Keys {
    secrets: hmac::Key,
    audit: hmac::Key,
    seal: Arc<LessSafeKey>,
    check: String,
}

impl Keys {
    /// Derives the keys.
    ///
    /// # Panics
    /// Never: the lengths are constants that HKDF allows.
    pub fn derive(master: &[u8; KEY_BYTES]) -> Self {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"vestibule 1").extract(master);
        let expand = |purpose: &str| -> [u8; KEY_BYTES] {
            let mut out = [0u8; KEY_BYTES];
            prk.expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut out))
                .expect("32 bytes are within HKDF's limit");
            out
        };
        let seal = UnboundKey::new(&CHACHA20_POLY1305, &expand("seal")).expect("the key has the cipher's length");
        Self {
            secrets: hmac::Key::new(hmac::HMAC_SHA256, &expand("secrets")),
            audit: hmac::Key::new(hmac::HMAC_SHA256, &expand("audit")),
            seal: Arc::new(LessSafeKey::new(seal)),
            check: encode(&expand("check")),
        }
    }

    /// Reads the key file; makes it with mode 0600 if it is absent.
    ///
    /// # Errors
    /// If it cannot be read or made, or does not hold 32 bytes in base64url.
    pub fn from_file(path: &Path, rng: &Rng) -> io::Result<Self> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                let key = rng.bytes::<KEY_BYTES>();
                writeln!(file, "{}", encode(&key))?;
                file.sync_all()?;
                Ok(Self::derive(&key))
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Self::read(path),
            Err(e) => Err(e),
        }
    }

    /// Reads an existing key file.
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut text = String::new();
        OpenOptions::new().read(true).open(path)?.read_to_string(&mut text)?;
        let key = decode(text.trim()).and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
        key.map(|key| Self::derive(&key))
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it does not hold a key of Vestibule's"))
    }

    /// Tells this key file from another without giving it away; kept in the database.
    pub fn check_value(&self) -> &str {
        &self.check
    }

    /// Keyed hash of a secret, bound to what it is for.
    pub fn hash_secret(&self, purpose: &str, secret: &str) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.secrets);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(secret.as_bytes());
        context.sign().as_ref().to_vec()
    }

    /// Whether the secret has this hash, in constant time.
    pub fn verify_secret(&self, purpose: &str, secret: &str, hash: &[u8]) -> bool {
        let message = [purpose.as_bytes(), &[0], secret.as_bytes()].concat();
        hmac::verify(&self.secrets, &message, hash).is_ok()
    }

    /// MAC of an audit entry over the one before it.
    pub fn chain(&self, previous: &[u8], entry: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.audit);
        context.update(&u64::try_from(previous.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(previous);
        context.update(entry);
        context.sign().as_ref().to_vec()
    }

    /// Seals a secret for the outbox row that carries it: nonce, then ciphertext and tag.
    ///
    /// # Panics
    /// Never: secrets are far below the cipher's limit.
    pub fn seal(&self, rng: &Rng, mail: MailId, secret: &str) -> Vec<u8> {
        let nonce = rng.bytes::<NONCE_LEN>();
        let mut sealed = secret.as_bytes().to_vec();
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(mail.0.as_bytes()), &mut sealed)
            .expect("a secret is far below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Self::seal`] sealed for the same row.
    pub fn open(&self, mail: MailId, sealed: &[u8]) -> Option<String> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut buffer = rest.to_vec();
        let plain = self.seal.open_in_place(nonce, Aad::from(mail.0.as_bytes()), &mut buffer).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng() -> Rng {
        Rng::from_seed([7; KEY_BYTES])
    }

    #[test]
    fn a_hash_holds_for_one_purpose_and_one_key() {
        let keys = Keys::derive(&[1; KEY_BYTES]);
        let hash = keys.hash_secret("sign-in", "12345678");
        assert!(keys.verify_secret("sign-in", "12345678", &hash));
        assert!(!keys.verify_secret("leave", "12345678", &hash));
        assert!(!keys.verify_secret("sign-in", "12345679", &hash));
        assert!(!Keys::derive(&[2; KEY_BYTES]).verify_secret("sign-in", "12345678", &hash));
    }

    #[test]
    fn a_sealed_secret_opens_only_for_its_row_and_key() {
        let keys = Keys::derive(&[1; KEY_BYTES]);
        let (mine, other) = (MailId(Uuid::from_u128(1)), MailId(Uuid::from_u128(2)));
        let sealed = keys.seal(&rng(), mine, "12345678");
        assert_eq!(keys.open(mine, &sealed).as_deref(), Some("12345678"));
        assert_eq!(keys.open(other, &sealed), None);
        assert_eq!(Keys::derive(&[2; KEY_BYTES]).open(mine, &sealed), None);
        assert_eq!(keys.open(mine, &sealed[..8]), None);
        assert!(!String::from_utf8_lossy(&sealed).contains("12345678"));
    }

    #[test]
    fn the_key_file_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("vestibule-key-{}", std::process::id()));
        let made = Keys::from_file(&path, &rng()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Keys::from_file(&path, &rng()).unwrap().check_value(), made.check_value());
        std::fs::write(&path, "nonsense").unwrap();
        assert!(Keys::from_file(&path, &rng()).is_err());
        std::fs::remove_file(&path).unwrap();
    }
}
