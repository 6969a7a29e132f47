//! What was written, where, before anybody has checked it.
//!
//! Here the names are checked; the values are checked by whoever asks for them.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail};

use super::setting::{IN_FILE, PREFIX, Setting, Usual};

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Environment,
    /// The settings' file.
    File(PathBuf),
    /// A file that holds just this secret.
    OwnFile(PathBuf),
    Default,
}

/// A setting as it is, fit to be shown.
#[derive(Debug, Clone)]
pub struct InForce {
    pub setting: &'static Setting,
    /// `***` where it is a secret.
    pub value: String,
    pub source: Source,
}

/// The values as they were written.
#[derive(Default)]
pub struct Gathered {
    written: BTreeMap<&'static str, Written>,
    in_force: Vec<InForce>,
}

struct Written {
    value: String,
    source: Source,
}

impl Gathered {
    /// Takes everything from `koffer.toml`.
    pub fn add_file(&mut self, path: &Path, text: &str) -> anyhow::Result<()> {
        let table: toml::Table = text.parse().map_err(|cause: toml::de::Error| {
            let line = cause.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            anyhow!("{}, line {line}: {}", path.display(), cause.message())
        })?;
        for (key, value) in table {
            let value = plain(&value).with_context(|| {
                format!(
                    "`{key}` in {} must be a text, a number, a truth value or a list of texts",
                    path.display()
                )
            })?;
            self.add(
                &key,
                &format!("`{key}` in {}", path.display()),
                value,
                Source::File(path.to_owned()),
            )?;
        }
        Ok(())
    }

    /// Takes every `KOFFER_…` variable; these count more than the file.
    pub fn add_environment(
        &mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> anyhow::Result<()> {
        // So that a secret given twice is noticed within the environment, not across it and the file.
        let mut here = Self::default();
        for (name, value) in variables {
            let Some(key) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
                continue;
            };
            // These belong to the test suite, which starts Koffer with its own environment.
            if key.starts_with("TEST_") {
                continue;
            }

            let name = format!("{PREFIX}{key}");
            let value =
                value.into_string().map_err(|_| anyhow!("{name} is not UTF-8; write it anew"))?;
            // Compose files set what they do not know to nothing.
            if !value.is_empty() {
                here.add(&key.to_lowercase(), &name, value, Source::Environment)?;
            }
        }
        self.written.extend(here.written);
        Ok(())
    }

    fn add(
        &mut self,
        key: &str,
        called: &str,
        value: String,
        source: Source,
    ) -> anyhow::Result<()> {
        let in_file = key
            .strip_suffix(IN_FILE)
            .and_then(Setting::named)
            .filter(|setting| setting.confidential);
        let (setting, written) = match in_file {
            Some(setting) => (setting, from_own_file(called, &value)?),
            None => (known(key, called)?, Written { value, source }),
        };
        if self.written.insert(setting.key, written).is_some() {
            bail!("{called} is given twice, as it is and as a file; keep one of them");
        }
        Ok(())
    }

    /// A setting that has a default.
    pub fn setting<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> anyhow::Result<T> {
        self.setting_or(key, String::new, read)
    }

    /// A setting whose default is worked out.
    pub fn setting_or<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        otherwise: impl Fn() -> String,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> anyhow::Result<T> {
        let setting = Setting::named(key).with_context(|| format!("there is no setting {key}"))?;
        let written = self.written.remove(key).unwrap_or_else(|| Written {
            value: match setting.usual {
                Usual::Value(value) => value.to_owned(),
                Usual::Otherwise(_) => otherwise(),
            },
            source: Source::Default,
        });

        let value = read(&written.value).map_err(|wrong| unusable(setting, &written, &wrong))?;
        self.in_force.push(written.shown(setting));
        Ok(value)
    }

    /// A setting that may be left out.
    pub fn optional<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> anyhow::Result<Option<T>> {
        let some = |text: &str| if text.is_empty() { Ok(None) } else { read(text).map(Some) };
        self.setting_or(key, String::new, some)
    }

    /// What was asked for, in the order of the list.
    pub fn in_force(mut self) -> Vec<InForce> {
        let place = |shown: &InForce| {
            Setting::ALL.iter().position(|setting| setting.key == shown.setting.key)
        };
        self.in_force.sort_by_key(place);
        self.in_force
    }
}

impl Written {
    fn shown(&self, setting: &'static Setting) -> InForce {
        let value = match (setting.key, self.value.as_str()) {
            (_, "") => "none".to_owned(),
            // Without its password it is worth knowing.
            ("database_url", url) => super::address::without_password(url),
            _ if setting.confidential => "***".to_owned(),
            (_, value) => value.to_owned(),
        };
        InForce { setting, value, source: self.source.clone() }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("environment"),
            Self::File(path) | Self::OwnFile(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

fn known(key: &str, called: &str) -> anyhow::Result<&'static Setting> {
    if let Some(setting) = Setting::named(key) {
        return Ok(setting);
    }
    let alike = |setting: &&Setting| strsim::damerau_levenshtein(setting.key, key);
    let closest = Setting::ALL.iter().min_by_key(alike).filter(|setting| alike(setting) <= 3);
    let remedy = match closest {
        Some(setting) if called.starts_with(PREFIX) => {
            format!("did you mean {}?", setting.variable())
        }
        Some(setting) => format!("did you mean `{}`?", setting.key),
        None => "remove it; `koffer doctor --help` lists all settings".to_owned(),
    };
    bail!("{called} is not a setting; {remedy}")
}

fn unusable(setting: &Setting, written: &Written, wrong: &impl fmt::Display) -> anyhow::Error {
    let name = match &written.source {
        Source::File(path) => format!("`{}` in {}", setting.key, path.display()),
        Source::OwnFile(path) => format!("{} in {}", setting.variable(), path.display()),
        Source::Environment | Source::Default => setting.variable(),
    };
    if setting.confidential {
        anyhow!("{name} cannot be used: {wrong}")
    } else {
        anyhow!("{name} cannot be {:?}: {wrong}", written.value)
    }
}

/// Secrets come with the line break that editors add.
fn from_own_file(called: &str, path: &str) -> anyhow::Result<Written> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{called} names {path}, which cannot be read"))?;
    let value = text.trim_end_matches(['\r', '\n']).to_owned();
    if value.is_empty() {
        bail!("{called} names {path}, which is empty");
    }
    Ok(Written { value, source: Source::OwnFile(path.into()) })
}

/// Numbers and truth values as the environment would say them.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(list) => {
            let texts: Option<Vec<_>> =
                list.iter().map(|text| text.as_str().map(str::to_owned)).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}
