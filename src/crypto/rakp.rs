//! The key exchange: codes of RAKP messages 2, 3 and 4 and the session's keys (IPMI 2.0 sections 13.28 to 13.32).

use zeroize::Zeroizing;

use super::seal::SessionKeys;
use super::suite::{Authentication, Suite};
use super::{Key20, tags_match};

/// All that both sides put into the exchange.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The suite agreed on.
    pub suite: Suite,
    /// K_[UID], the user's password.
    pub password: Key20,
    /// K_g, where two-key login is in use.
    pub kg: Option<Key20>,
    /// SID_M, the remote console's session id.
    pub console_session: u32,
    /// SID_C, the managed system's session id.
    pub bmc_session: u32,
    /// R_M, the remote console's random number.
    pub console_random: [u8; 16],
    /// R_C, the managed system's random number.
    pub bmc_random: [u8; 16],
    /// GUID_C, the managed system's GUID.
    pub guid: [u8; 16],
    /// ROLE_M: requested privilege with the name-only bit, as sent in RAKP Message 1.
    pub role: u8,
    /// User name.
    pub username: Vec<u8>,
    /// Deviations of some boards.
    pub quirk: Quirk,
}

/// Known deviations in the key exchange, named after ipmitool's `-o` types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quirk {
    /// None: as the specification says.
    #[default]
    Standard,
    /// `intelplus`: RAKP 3 is computed without the name-only bit, and RAKP 4 with the integrity algorithm.
    IntelPlus,
    /// `i82571spt`: no code is computed with the name-only bit.
    I82571spt,
}

impl Exchange {
    /// The code of RAKP Message 2, by which the BMC shows that it knows the password. Empty with RAKP-none.
    pub fn rakp2_code(&self) -> Vec<u8> {
        let role = self.role_for(self.quirk == Quirk::I82571spt);
        self.keyed(&[
            &self.console_session.to_le_bytes(),
            &self.bmc_session.to_le_bytes(),
            &self.console_random,
            &self.bmc_random,
            &self.guid,
            &[role, self.username.len() as u8],
            &self.username,
        ])
    }

    /// The code of RAKP Message 3, by which the console shows that it knows the password. Empty with RAKP-none.
    pub fn rakp3_code(&self) -> Vec<u8> {
        let role = self.role_for(self.quirk != Quirk::Standard);
        self.keyed(&[
            &self.bmc_random,
            &self.console_session.to_le_bytes(),
            &[role, self.username.len() as u8],
            &self.username,
        ])
    }

    /// The integrity check value of RAKP Message 4, by which the BMC shows that it has the same session integrity
    /// key, K_g included. Empty with RAKP-none.
    pub fn rakp4_check(&self) -> Vec<u8> {
        let algorithm = match self.quirk {
            Quirk::IntelPlus => match self.suite.integrity as u8 {
                1 => Authentication::HmacSha1,
                2 | 3 => Authentication::HmacMd5,
                4 => Authentication::HmacSha256,
                _ => Authentication::None,
            },
            _ => self.suite.authentication,
        };
        let Some(hash) = algorithm.hash() else {
            return Vec::new();
        };
        let mut check = hash.hmac(
            &self.sik(),
            &[
                &self.console_random,
                &self.bmc_session.to_le_bytes(),
                &self.guid,
            ],
        );
        check.truncate(algorithm.check_len());
        check
    }

    /// Whether `code` is the right code of RAKP Message 2; anything is with RAKP-none.
    pub fn rakp2_matches(&self, code: &[u8]) -> bool {
        let want = self.rakp2_code();
        want.is_empty() || tags_match(&want, code)
    }

    /// Whether `code` is the right code of RAKP Message 3; anything is with RAKP-none.
    pub fn rakp3_matches(&self, code: &[u8]) -> bool {
        let want = self.rakp3_code();
        want.is_empty() || tags_match(&want, code)
    }

    /// Whether `check` is the right check value of RAKP Message 4; anything is with RAKP-none.
    pub fn rakp4_matches(&self, check: &[u8]) -> bool {
        let want = self.rakp4_check();
        want.is_empty() || tags_match(&want, check)
    }

    /// The keys that seal and open the session's packets.
    pub fn session_keys(&self) -> SessionKeys {
        let (k1, k2) = match self.suite.authentication.hash() {
            Some(hash) => {
                let sik = self.sik();
                (hash.hmac(&sik, &[&CONST_1]), hash.hmac(&sik, &[&CONST_2]))
            }
            None => (CONST_1.to_vec(), CONST_2.to_vec()),
        };
        SessionKeys::new(self.suite, k1, k2, self.password.clone())
    }

    /// The session integrity key, made with K_g where there is one and with the password where there is none.
    fn sik(&self) -> Zeroizing<Vec<u8>> {
        let key = match &self.kg {
            Some(kg) if !kg.is_null() => kg,
            _ => &self.password,
        };
        let role = self.role_for(self.quirk == Quirk::I82571spt);
        let head = [role, self.username.len() as u8];
        let parts: [&[u8]; 4] = [
            &self.console_random,
            &self.bmc_random,
            &head,
            &self.username,
        ];
        Zeroizing::new(
            self.suite
                .authentication
                .hash()
                .map_or_else(Vec::new, |hash| hash.hmac(key.bytes(), &parts)),
        )
    }

    fn keyed(&self, parts: &[&[u8]]) -> Vec<u8> {
        self.suite
            .authentication
            .hash()
            .map_or_else(Vec::new, |hash| hash.hmac(self.password.bytes(), parts))
    }

    fn role_for(&self, bare: bool) -> u8 {
        if bare { self.role & 0x0f } else { self.role }
    }
}

const CONST_1: [u8; 20] = [1; 20];
const CONST_2: [u8; 20] = [2; 20];

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn exchange(suite: u8) -> Exchange {
        Exchange {
            suite: Suite::by_id(suite).unwrap(),
            password: Key20::new(b"secret").unwrap(),
            kg: None,
            console_session: 0x0102_0304,
            bmc_session: 0x0506_0708,
            console_random: [1; 16],
            bmc_random: [2; 16],
            guid: [3; 16],
            role: 0x14,
            username: b"admin".to_vec(),
            quirk: Quirk::Standard,
        }
    }

    #[test]
    fn another_password_makes_every_code_wrong() {
        for suite in Suite::all().filter(|s| s.authentication != Authentication::None) {
            let good = exchange(suite.id);
            let bad = Exchange {
                password: Key20::new(b"Secret").unwrap(),
                ..good.clone()
            };
            assert!(good.rakp2_matches(&good.rakp2_code()));
            assert!(good.rakp3_matches(&good.rakp3_code()));
            assert!(good.rakp4_matches(&good.rakp4_check()));
            assert!(!good.rakp2_matches(&bad.rakp2_code()));
            assert!(!good.rakp3_matches(&bad.rakp3_code()));
            assert!(!good.rakp4_matches(&bad.rakp4_check()));
            assert!(!good.rakp2_matches(&[]));
        }
    }

    #[test]
    fn k_g_changes_the_session_key_but_not_the_password_proofs() {
        let plain = exchange(17);
        let two_key = Exchange {
            kg: Key20::new(b"kg"),
            ..plain.clone()
        };
        assert_eq!(plain.rakp2_code(), two_key.rakp2_code());
        assert_ne!(plain.rakp4_check(), two_key.rakp4_check());
        let null = Exchange {
            kg: Key20::new(b""),
            ..plain.clone()
        };
        assert_eq!(plain.rakp4_check(), null.rakp4_check());
    }

    #[test]
    fn the_check_value_has_the_length_of_its_algorithm() {
        assert_eq!(exchange(3).rakp4_check().len(), 12);
        assert_eq!(exchange(8).rakp4_check().len(), 16);
        assert_eq!(exchange(17).rakp4_check().len(), 16);
        assert_eq!(exchange(0).rakp4_check().len(), 0);
    }
}
