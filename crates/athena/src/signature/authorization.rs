//! The `Authorization` header.

/// What the header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Authorization<'h> {
    pub(super) access_key_id: &'h str,
    /// Day of the signature, `YYYYMMDD`.
    pub(super) date: &'h str,
    pub(super) region: &'h str,
    pub(super) service: &'h str,
    /// Names of the headers that are signed, in lower case.
    pub(super) signed_headers: Vec<&'h str>,
    /// Signature in hexadecimal digits.
    pub(super) signature: &'h str,
}

/// Reads `AWS4-HMAC-SHA256 Credential=ID/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=hex`.
pub(super) fn parse(header: &str) -> Option<Authorization<'_>> {
    let parts = header.strip_prefix("AWS4-HMAC-SHA256")?;
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for part in parts.split(',') {
        match part.trim().split_once('=')? {
            ("Credential", value) => credential = Some(value),
            ("SignedHeaders", value) => signed_headers = Some(value),
            ("Signature", value) => signature = Some(value),
            _ => return None,
        }
    }
    // The id comes first and may have slashes of its own.
    let mut scope = credential?.rsplitn(5, '/');
    let terminator = scope.next()?;
    let (service, region, date) = (scope.next()?, scope.next()?, scope.next()?);
    let access_key_id = scope.next()?;
    (terminator == "aws4_request").then_some(())?;
    let signed_headers = signed_headers?.split(';').collect();
    Some(Authorization { access_key_id, date, region, service, signed_headers, signature: signature? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_header_and_nothing_else() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-west-1/athena/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=00ff";
        let parsed = parse(header).unwrap();
        assert_eq!((parsed.access_key_id, parsed.date, parsed.region), ("AKIA", "20261123", "eu-west-1"));
        assert_eq!((parsed.service, parsed.signature), ("athena", "00ff"));
        assert_eq!(parsed.signed_headers, ["host", "x-amz-date"]);
        assert_eq!(parse("Bearer token"), None);
        assert_eq!(parse(&header.replace("aws4_request", "other")), None);
        assert_eq!(parse(&header.replace("Signature", "Sig")), None);
    }
}
