//! Which service and operation a request is for.

use http::{HeaderMap, Method, header};

/// A service behind the one port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An operation of Athena.
    Athena(String),
    /// An operation of Glue.
    Glue(String),
    /// A request to STS: a form that names its action.
    Sts,
    /// Whatever is left is for S3.
    S3,
}

impl Target {
    /// Tells what a request is for by its headers.
    #[must_use]
    pub fn of(method: &Method, path: &str, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(target) = text("x-amz-target") {
            return match target.split_once('.') {
                Some(("AmazonAthena", operation)) => Self::Athena(operation.to_owned()),
                Some(("AWSGlue", operation)) => Self::Glue(operation.to_owned()),
                _ => Self::Athena(target.to_owned()),
            };
        }
        let is_form = text(header::CONTENT_TYPE.as_str())
            .is_some_and(|found| found.starts_with("application/x-www-form-urlencoded"));
        if method == Method::POST && path == "/" && is_form { Self::Sts } else { Self::S3 }
    }

    /// The name under which requests to the service are signed.
    #[must_use]
    pub fn signing_name(&self) -> &'static str {
        match self {
            Self::Athena(_) => "athena",
            Self::Glue(_) => "glue",
            Self::Sts => "sts",
            Self::S3 => "s3",
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(method: &Method, path: &str, header: Option<(&'static str, &'static str)>, expected: &Target) {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        assert_eq!(Target::of(method, path, &headers), *expected);
    }

    #[test]
    fn tells_services_apart() {
        let start = ("x-amz-target", "AmazonAthena.StartQueryExecution");
        check(&Method::POST, "/", Some(start), &Target::Athena("StartQueryExecution".to_owned()));
        check(&Method::POST, "/", Some(("x-amz-target", "AWSGlue.GetTable")), &Target::Glue("GetTable".to_owned()));
        let form = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        check(&Method::POST, "/", Some(form), &Target::Sts);
        check(&Method::POST, "/bucket/key", Some(form), &Target::S3);
        check(&Method::GET, "/bucket", None, &Target::S3);
    }
}
