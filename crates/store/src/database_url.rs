//! The address of a database, with its password kept out of sight.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use crate::Error;

/// What takes the place of a password wherever a URL is shown.
const REDACTED: &str = "***";

/// The options that a MySQL URL may carry; they are those of the driver.
const MYSQL_OPTIONS: [&str; 12] = [
    "ssl-mode",
    "sslmode",
    "ssl-ca",
    "sslca",
    "ssl-cert",
    "sslcert",
    "ssl-key",
    "sslkey",
    "charset",
    "collation",
    "socket",
    "statement-cache-capacity",
];

/// Where the store lives.
///
/// | form | meaning |
/// |---|---|
/// | `sqlite://PATH`, `sqlite:PATH` | a file; `sqlite:///var/lib/segue.db` is absolute, `sqlite://segue.db` relative |
/// | `sqlite::memory:` | a database that ends with the process; for tests and trials |
/// | `mysql://USER:PASSWORD@HOST:PORT/DATABASE` | MySQL 8 or 9, or MariaDB 10.6 and later (`mariadb://` is the same) |
///
/// A server on another machine has to show a certificate for its name, of an authority that the system trusts or that
/// `?ssl-ca=/path/ca.pem` names; `?ssl-mode=` with `DISABLED`, `REQUIRED` or `VERIFY_CA` asks for less.
/// `Debug` and `Display` show `***` for the password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    target: Target,
}

/// The parsed forms.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Target {
    SqliteFile(PathBuf),
    SqliteMemory,
    MySql(Url),
}

impl DatabaseUrl {
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let target = match text.split_once(':') {
            Some(("sqlite", rest)) => parse_sqlite(rest),
            Some(("mysql" | "mariadb", _)) => parse_mysql(text),
            _ => Err("the scheme is neither `sqlite` nor `mysql`".to_owned()),
        };
        target.map(|target| Self { target }).map_err(|reason| Error::InvalidUrl { url: redact_unparsed(text), reason })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::SqliteFile(path) => write!(f, "sqlite://{}", path.display()),
            Target::SqliteMemory => f.write_str("sqlite::memory:"),
            Target::MySql(url) => f.write_str(redact_password(url).as_str()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Shows a lake's URL without credentials: no user, no password, no query (which may be a presigned signature).
///
/// A text that is not a URL, such as a path, stays as it is.
pub(crate) fn redact_lake_url(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return text.to_owned();
    };
    // The setters refuse URLs that cannot have credentials; those have none to hide.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

fn parse_sqlite(rest: &str) -> Result<Target, String> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path == ":memory:" {
        return Ok(Target::SqliteMemory);
    }
    if path.is_empty() {
        return Err("the path of the file is missing".to_owned());
    }
    if path.contains('?') {
        return Err("a SQLite URL takes no options; remove everything from `?`".to_owned());
    }
    Ok(Target::SqliteFile(PathBuf::from(path)))
}

fn parse_mysql(text: &str) -> Result<Target, String> {
    let text = text.replacen("mariadb:", "mysql:", 1);
    let url = Url::parse(&text).map_err(|error| error.to_string())?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err("the host is missing; expected `mysql://user:password@host/database`".to_owned());
    }
    let database = url.path().trim_start_matches('/');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_$-".contains(&byte);
    if database.is_empty() || database.len() > 64 || !database.bytes().all(allowed) {
        return Err("the database is missing or has a character outside of `A-Za-z0-9_$-`".to_owned());
    }
    for (option, _) in url.query_pairs() {
        if !MYSQL_OPTIONS.contains(&option.as_ref()) {
            return Err(format!("option `{option}` is unknown; known are {}", MYSQL_OPTIONS.join(", ")));
        }
    }
    Ok(Target::MySql(url))
}

fn redact_password(url: &Url) -> Url {
    let mut shown = url.clone();
    if shown.password().is_some() {
        // A URL with a password has a host, and then the setter cannot refuse.
        let _ = shown.set_password(Some(REDACTED));
    }
    shown
}

/// Shows what is certainly not a secret of a text that could not be parsed: the scheme, a file's path, and the host and
/// path that follow the last `@`. A password may stand anywhere else, even in options.
fn redact_unparsed(text: &str) -> String {
    let (scheme, rest) = text.split_once(':').unwrap_or(("", text));
    let address = rest.rsplit_once('@').map(|(_, address)| address.split('?').next().unwrap_or_default());
    match (scheme, address) {
        ("sqlite", _) => text.to_owned(),
        ("mysql" | "mariadb" | "postgres" | "postgresql", Some(address)) => {
            format!("{scheme}://{REDACTED}@{address}")
        }
        ("mysql" | "mariadb" | "postgres" | "postgresql", None) => format!("{scheme}://{REDACTED}"),
        _ => REDACTED.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_shown(text: &str, shown: &str) {
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), format!("DatabaseUrl({shown})"));
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let error = text.parse::<DatabaseUrl>().unwrap_err().to_string();
        assert_eq!(error, expected);
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn shows_every_form_without_its_password() {
        check_shown("sqlite://data/segue.db", "sqlite://data/segue.db");
        check_shown("sqlite:data/segue.db", "sqlite://data/segue.db");
        check_shown("sqlite:///var/lib/segue.db", "sqlite:///var/lib/segue.db");
        check_shown("sqlite::memory:", "sqlite::memory:");
        check_shown("sqlite://:memory:", "sqlite::memory:");
        check_shown("mysql://segue:hunter2@db:3306/segue", "mysql://segue:***@db:3306/segue");
        check_shown("mariadb://segue:hunter2@db/segue", "mysql://segue:***@db/segue");
        check_shown("mysql://segue@db/segue?ssl-mode=REQUIRED", "mysql://segue@db/segue?ssl-mode=REQUIRED");
    }

    #[test]
    fn refuses_what_it_does_not_understand_without_showing_secrets() {
        check_refused(
            "postgres://segue:hunter2@db/segue",
            "invalid database url `postgres://***@db/segue`: the scheme is neither `sqlite` nor `mysql`; \
             use `sqlite://PATH`, `sqlite::memory:` or `mysql://USER:PASSWORD@HOST:PORT/DATABASE`",
        );
        check_refused(
            "hunter2",
            "invalid database url `***`: the scheme is neither `sqlite` nor `mysql`; \
             use `sqlite://PATH`, `sqlite::memory:` or `mysql://USER:PASSWORD@HOST:PORT/DATABASE`",
        );
        check_refused(
            "mysql://db/segue?password=hunter2",
            "invalid database url `mysql://***`: option `password` is unknown; known are ssl-mode, sslmode, ssl-ca, \
             sslca, ssl-cert, sslcert, ssl-key, sslkey, charset, collation, socket, statement-cache-capacity; \
             use `sqlite://PATH`, `sqlite::memory:` or `mysql://USER:PASSWORD@HOST:PORT/DATABASE`",
        );
        check_refused(
            "mysql://segue:hunter2@db/",
            "invalid database url `mysql://***@db/`: the database is missing or has a character outside of \
             `A-Za-z0-9_$-`; use `sqlite://PATH`, `sqlite::memory:` or `mysql://USER:PASSWORD@HOST:PORT/DATABASE`",
        );
    }

    #[test]
    fn names_the_reason() {
        for (text, reason) in [
            ("sqlite:", "the path of the file is missing"),
            ("sqlite://a.db?mode=rwc", "takes no options"),
            ("mysql://u:p@db:notaport/segue", "invalid port number"),
            ("mysql://u@db/a`b", "character outside of"),
            ("mysql://u@db/segue?sslmod=REQUIRED", "option `sslmod` is unknown"),
        ] {
            let error = text.parse::<DatabaseUrl>().unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn hides_credentials_of_a_lake() {
        for (text, shown) in [
            ("s3://bucket/models/a", "s3://bucket/models/a"),
            ("https://key:hunter2@host/a?X-Amz-Signature=hunter2#x", "https://host/a"),
            ("/data/lake/models/a", "/data/lake/models/a"),
        ] {
            assert_eq!(redact_lake_url(text), shown);
        }
    }
}
