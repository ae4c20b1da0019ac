//! Names of types, as `typeof` writes them.

use std::fmt;

use super::TrinoType;

impl TrinoType {
    /// The text that [`TrinoType::parse`] makes this type of again, whatever the fields of rows are called.
    pub(crate) fn to_sql(&self) -> String {
        match self {
            Self::Array(of) => format!("array({})", of.to_sql()),
            Self::Map(keys, values) => format!("map({}, {})", keys.to_sql(), values.to_sql()),
            Self::Row(fields) => {
                let fields = fields.iter().map(|(name, of)| match name {
                    Some(name) => format!("\"{}\" {}", name.replace('"', "\"\""), of.to_sql()),
                    None => of.to_sql(),
                });
                format!("row({})", fields.collect::<Vec<_>>().join(", "))
            }
            other => other.to_string(),
        }
    }
}

impl fmt::Display for TrinoType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => formatter.write_str("unknown"),
            Self::Boolean => formatter.write_str("boolean"),
            Self::Tinyint => formatter.write_str("tinyint"),
            Self::Smallint => formatter.write_str("smallint"),
            Self::Integer => formatter.write_str("integer"),
            Self::Bigint => formatter.write_str("bigint"),
            Self::Real => formatter.write_str("real"),
            Self::Double => formatter.write_str("double"),
            Self::Decimal { precision, scale } => write!(formatter, "decimal({precision},{scale})"),
            Self::Varchar(None) => formatter.write_str("varchar"),
            Self::Varchar(Some(length)) => write!(formatter, "varchar({length})"),
            Self::Char(length) => write!(formatter, "char({length})"),
            Self::Varbinary => formatter.write_str("varbinary"),
            Self::Date => formatter.write_str("date"),
            Self::Time(digits) => write!(formatter, "time({digits})"),
            Self::Timestamp(digits) => write!(formatter, "timestamp({digits})"),
            Self::TimestampWithTimeZone(digits, _) => write!(formatter, "timestamp({digits}) with time zone"),
            Self::IntervalYearToMonth => formatter.write_str("interval year to month"),
            Self::IntervalDayToSecond => formatter.write_str("interval day to second"),
            Self::Json => formatter.write_str("json"),
            Self::Uuid => formatter.write_str("uuid"),
            Self::HyperLogLog => formatter.write_str("HyperLogLog"),
            Self::TDigest => formatter.write_str("tdigest"),
            Self::QDigest(of) => write!(formatter, "qdigest({of})"),
            Self::Array(of) => write!(formatter, "array({of})"),
            Self::Map(keys, values) => write!(formatter, "map({keys}, {values})"),
            Self::Row(fields) => {
                formatter.write_str("row(")?;
                for (at, (name, of)) in fields.iter().enumerate() {
                    if at > 0 {
                        formatter.write_str(", ")?;
                    }
                    if let Some(name) = name {
                        write!(formatter, "{name} ")?;
                    }
                    write!(formatter, "{of}")?;
                }
                formatter.write_str(")")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_back_whatever_their_fields_are_called() {
        let fields = vec![
            (Some("a \"b\", C".to_owned()), TrinoType::Varchar(Some(3))),
            (Some("date".to_owned()), TrinoType::Date),
            (None, TrinoType::Map(Box::new(TrinoType::Integer), Box::new(TrinoType::Real))),
        ];
        let of = TrinoType::Array(Box::new(TrinoType::Row(fields)));
        assert_eq!(TrinoType::parse(&of.to_sql()), Ok(of));
    }
}
