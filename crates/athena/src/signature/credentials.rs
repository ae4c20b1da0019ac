//! Who may sign, and what they may do.

use std::{collections::HashMap, fmt};

use serde::Deserialize;

/// What the holder of a key may do; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Query and look.
    Read,
    /// Change tables, databases and what they hold.
    Write,
    /// Change workgroups.
    Admin,
}

/// A key.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Public part.
    pub access_key_id: String,
    /// Secret part.
    pub secret_access_key: String,
    /// What its holder may do.
    pub permission: Permission,
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Key")
            .field("access_key_id", &self.access_key_id)
            .field("permission", &self.permission)
            .finish_non_exhaustive()
    }
}

/// The keys that are accepted; without any, every caller is, and may do everything.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    keys: HashMap<String, Key>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    keys: Vec<Key>,
}

impl Credentials {
    /// No keys: callers are not asked who they are.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Keys from a TOML text of `[[keys]]` tables with `access_key_id`, `secret_access_key` and `permission`.
    ///
    /// # Errors
    /// A description that shows no secret, if the text is something else or has no key.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        // The parser's message would repeat the line, and a secret with it.
        let file: KeyFile = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            format!("line {line}: expected [[keys]] tables with access_key_id, secret_access_key and permission")
        })?;
        if file.keys.is_empty() {
            return Err("it has no [[keys]] table".to_owned());
        }
        Ok(Self { keys: file.keys.into_iter().map(|key| (key.access_key_id.clone(), key)).collect() })
    }

    /// Whether callers are not asked who they are.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key of this id.
    #[must_use]
    pub fn key(&self, access_key_id: &str) -> Option<&Key> {
        self.keys.get(access_key_id)
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_toml_and_secrets_stay_there() {
        let text = "[[keys]]\naccess_key_id = \"AKIA1\"\nsecret_access_key = \"hush\"\npermission = \"write\"\n";
        let credentials = Credentials::from_toml(text).unwrap();
        assert_eq!(credentials.key("AKIA1").unwrap().permission, Permission::Write);
        assert!(!format!("{credentials:?}").contains("hush"));
        let broken = text.replace("write", "everything");
        let reason = Credentials::from_toml(&broken).unwrap_err();
        assert!(reason.starts_with("line 4:") && !reason.contains("hush"), "{reason}");
        assert!(Credentials::from_toml("keys = []").is_err());
    }

    #[test]
    fn permissions_include_each_other() {
        assert!(Permission::Read < Permission::Write && Permission::Write < Permission::Admin);
    }
}
