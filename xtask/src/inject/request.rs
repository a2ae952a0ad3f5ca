//! What was asked for on the command line.

/// How the command is called.
pub(crate) const USAGE: &str = "inject [--attribute audited|timed|both] [--test | --integration NAME] [--json FILE] CRATE[@VERSION][:FEATURES]...";

/// What `cargo xtask inject` is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// The attributes of each run.
    pub(crate) attributes: Vec<Attribute>,
    /// Whether unit tests are run.
    pub(crate) test: bool,
    /// The integration test that is annotated and run, in the place of the library.
    pub(crate) integration: Option<String>,
    /// Where the rows are written.
    pub(crate) json: Option<String>,
    pub(crate) crates: Vec<Krate>,
}

/// What is put in front of each function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    Audited,
    Timed,
    Both,
}

/// A crate of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Krate {
    pub(crate) name: String,
    /// The newest that cargo chooses, unless one is named.
    pub(crate) version: Option<String>,
    /// All, or the default ones where all together do not compile, unless some are named.
    pub(crate) features: Option<String>,
}

impl Attribute {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Audited => "audited",
            Self::Timed => "timed",
            Self::Both => "both",
        }
    }

    /// As it is written in front of a function.
    pub(crate) fn written(self) -> &'static str {
        match self {
            Self::Audited => "#[::audit_runtime::audited] ",
            Self::Timed => "#[::audit_runtime::timed] ",
            Self::Both => "#[::audit_runtime::audited] #[::audit_runtime::timed] ",
        }
    }
}

impl Request {
    /// Reads the arguments behind `inject`.
    pub(crate) fn read(arguments: &[&str]) -> Result<Self, String> {
        let mut request = Self {
            attributes: vec![Attribute::Audited, Attribute::Timed],
            test: false,
            integration: None,
            json: None,
            crates: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(&word) = rest.next() {
            let mut value = || {
                let value = rest.next().map(|value| (*value).to_owned());
                value.ok_or_else(|| format!("{word} needs a value\nusage: cargo xtask {USAGE}"))
            };
            match word {
                "--attribute" => request.attributes = vec![attribute(&value()?)?],
                "--test" => request.test = true,
                "--integration" => request.integration = Some(value()?),
                "--json" => request.json = Some(value()?),
                _ if word.starts_with('-') => {
                    return Err(format!("unknown option {word}\nusage: cargo xtask {USAGE}"));
                }
                _ => request.crates.push(Krate::read(word)?),
            }
        }
        if request.crates.is_empty() {
            return Err(format!("name at least one crate\nusage: cargo xtask {USAGE}"));
        }
        Ok(request)
    }
}

fn attribute(word: &str) -> Result<Attribute, String> {
    let all = [Attribute::Audited, Attribute::Timed, Attribute::Both];
    all.into_iter()
        .find(|attribute| attribute.name() == word)
        .ok_or_else(|| format!("--attribute {word:?}: expected one of audited, timed, both"))
}

impl Krate {
    /// Reads `name@version:features`.
    pub(crate) fn read(word: &str) -> Result<Self, String> {
        let (word, features) = match word.split_once(':') {
            Some((word, features)) => (word, Some(features.to_owned())),
            None => (word, None),
        };
        let (name, version) = match word.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (word, None),
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || !name.chars().all(fits) {
            return Err(format!(
                "{word:?} is no crate: expected NAME, NAME@VERSION or NAME:FEATURES"
            ));
        }
        Ok(Self { name: name.to_owned(), version, features })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_have_a_version_and_features_on_request() {
        let krate = |version: Option<&str>, features: Option<&str>| Krate {
            name: "a-b".to_owned(),
            version: version.map(str::to_owned),
            features: features.map(str::to_owned),
        };
        assert_eq!(Krate::read("a-b"), Ok(krate(None, None)));
        assert_eq!(Krate::read("a-b@1.2"), Ok(krate(Some("1.2"), None)));
        assert_eq!(Krate::read("a-b@1.2:x,y"), Ok(krate(Some("1.2"), Some("x,y"))));
        assert_eq!(Krate::read("a-b:"), Ok(krate(None, Some(""))));
        assert!(Krate::read("../a").is_err());
        assert!(Krate::read("@1").is_err());
    }

    #[test]
    fn options_are_read_and_mistakes_named() {
        let request = Request::read(&["--attribute", "both", "--test", "a", "b@2"]).unwrap();
        assert_eq!(request.attributes, [Attribute::Both]);
        assert!(request.test && request.crates.len() == 2);
        for (words, says) in [
            (&["--attribute", "x", "a"][..], "expected one of audited, timed, both"),
            (&["--fast", "a"], "unknown option --fast"),
            (&["a", "--json"], "--json needs a value"),
            (&["--test"], "at least one crate"),
        ] {
            assert!(Request::read(words).unwrap_err().contains(says), "{words:?}");
        }
    }
}
