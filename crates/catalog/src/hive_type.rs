//! Hive's type names, Arrow's types and Trino's.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use trino::TrinoType;

/// The Hive name of a type, such as `struct<a:int,b:array<string>>`.
#[must_use]
pub fn hive_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean => "boolean".to_owned(),
        DataType::Int8 => "tinyint".to_owned(),
        DataType::Int16 | DataType::UInt8 => "smallint".to_owned(),
        DataType::Int32 | DataType::UInt16 => "int".to_owned(),
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => "bigint".to_owned(),
        DataType::Float16 | DataType::Float32 => "float".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "binary".to_owned()
        }
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            format!("array<{}>", hive_name(item.data_type()))
        }
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) if fields.len() == 2 => {
                format!("map<{},{}>", hive_name(fields[0].data_type()), hive_name(fields[1].data_type()))
            }
            _ => "string".to_owned(),
        },
        DataType::Struct(fields) => {
            let field =
                |field: &Arc<Field>| format!("{}:{}", field.name().to_lowercase(), hive_name(field.data_type()));
            format!("struct<{}>", fields.iter().map(field).collect::<Vec<_>>().join(","))
        }
        DataType::Dictionary(_, values) => hive_name(values),
        _ => "string".to_owned(),
    }
}

/// The Arrow type of a Hive name.
///
/// # Errors
/// What is wrong with the name.
pub fn arrow_type(name: &str) -> Result<DataType, String> {
    let mut parser = Parser { rest: name.trim() };
    let parsed = parser.parse().map_err(|reason| format!("`{name}` is not a type: {reason}"))?;
    if parser.rest.is_empty() { Ok(parsed) } else { Err(format!("`{name}` is not a type: `{}` follows", parser.rest)) }
}

/// Trino's type of a Hive name: `varchar(n)` and `char(n)` have their lengths, which Arrow's types do not know, unless
/// they stand within another type.
///
/// # Errors
/// What is wrong with the name.
pub fn trino_type(name: &str) -> Result<TrinoType, String> {
    let parsed = arrow_type(name)?;
    match TrinoType::parse(name) {
        Ok(text @ (TrinoType::Varchar(Some(_)) | TrinoType::Char(_))) if name.contains('(') => Ok(text),
        _ => Ok(TrinoType::of_data_type(&parsed)),
    }
}

struct Parser<'n> {
    rest: &'n str,
}

impl<'n> Parser<'n> {
    fn parse(&mut self) -> Result<DataType, String> {
        let word = self.word().to_ascii_lowercase();
        Ok(match word.as_str() {
            "boolean" => DataType::Boolean,
            "tinyint" => DataType::Int8,
            "smallint" => DataType::Int16,
            "int" | "integer" => DataType::Int32,
            "bigint" => DataType::Int64,
            "float" | "real" => DataType::Float32,
            "double" => DataType::Float64,
            "string" => DataType::Utf8,
            "varchar" | "char" => {
                self.numbers()?;
                DataType::Utf8
            }
            "binary" => DataType::Binary,
            "date" => DataType::Date32,
            "timestamp" => DataType::Timestamp(TimeUnit::Millisecond, None),
            "decimal" => self.decimal()?,
            "array" => {
                self.expect('<')?;
                let item = self.parse()?;
                self.expect('>')?;
                DataType::List(Arc::new(Field::new("item", item, true)))
            }
            "map" => {
                self.expect('<')?;
                let key = self.parse()?;
                self.expect(',')?;
                let value = self.parse()?;
                self.expect('>')?;
                let fields = Fields::from(vec![Field::new("key", key, false), Field::new("value", value, true)]);
                DataType::Map(Arc::new(Field::new("entries", DataType::Struct(fields), false)), false)
            }
            "struct" => self.fields()?,
            "" => return Err("a name is missing".to_owned()),
            other => return Err(format!("`{other}` is not known")),
        })
    }

    fn fields(&mut self) -> Result<DataType, String> {
        self.expect('<')?;
        let mut fields = Vec::new();
        loop {
            let name = self.word().to_owned();
            self.expect(':')?;
            fields.push(Field::new(name, self.parse()?, true));
            if !self.accept(',') {
                self.expect('>')?;
                return Ok(DataType::Struct(fields.into()));
            }
        }
    }

    fn decimal(&mut self) -> Result<DataType, String> {
        let numbers = self.numbers()?;
        let precision = numbers.first().copied().unwrap_or(10);
        let scale = numbers.get(1).copied().unwrap_or(0);
        if !(1..=38).contains(&precision) || scale > precision {
            return Err(format!("decimal({precision},{scale}) is out of range"));
        }
        Ok(DataType::Decimal128(precision, i8::try_from(scale).unwrap_or_default()))
    }

    /// `(10)` or `(10, 2)`, or nothing.
    fn numbers(&mut self) -> Result<Vec<u8>, String> {
        let mut numbers = Vec::new();
        if self.accept('(') {
            loop {
                let word = self.word();
                // Lengths of varchar go beyond; they are not kept.
                numbers.push(
                    word.parse::<u32>().map_err(|_| format!("`{word}` is not a number"))?.try_into().unwrap_or(u8::MAX),
                );
                if !self.accept(',') {
                    self.expect(')')?;
                    break;
                }
            }
        }
        Ok(numbers)
    }

    fn word(&mut self) -> &'n str {
        self.rest = self.rest.trim_start();
        let quoted = self.rest.strip_prefix('`').and_then(|rest| rest.split_once('`'));
        if let Some((word, rest)) = quoted {
            self.rest = rest;
            return word;
        }
        let end = self.rest.find(|c: char| "<>(),: ".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn accept(&mut self, character: char) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(character) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, character: char) -> Result<(), String> {
        if self.accept(character) { Ok(()) } else { Err(format!("expected `{character}` before `{}`", self.rest)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, trino: &str) {
        let parsed = arrow_type(name).unwrap();
        assert_eq!(hive_name(&parsed), name);
        assert_eq!(trino_type(name).map(|of| of.to_string()).as_deref(), Ok(trino));
    }

    #[test]
    fn names_are_read_and_written_alike() {
        check("int", "integer");
        check("decimal(10,1)", "decimal(10,1)");
        check("array<array<string>>", "array(array(varchar))");
        check("map<string,int>", "map(varchar, integer)");
        check("struct<a:int,b:struct<c:double>>", "row(a integer, b row(c double))");
        check("binary", "varbinary");
    }

    #[test]
    fn spaces_lengths_and_letter_case_do_not_matter() {
        assert_eq!(hive_name(&arrow_type("STRUCT< a : Int , b: varchar(10)>").unwrap()), "struct<a:int,b:string>");
        assert_eq!(hive_name(&arrow_type("decimal").unwrap()), "decimal(10,0)");
        assert_eq!(hive_name(&arrow_type("varchar(65535)").unwrap()), "string");
    }

    #[test]
    fn trino_knows_lengths() {
        for (name, expected) in [
            ("VARCHAR( 10 )", "varchar(10)"),
            ("char(3)", "char(3)"),
            ("varchar", "varchar"),
            ("char", "varchar"),
            ("array<varchar(3)>", "array(varchar)"),
        ] {
            assert_eq!(trino_type(name).map(|of| of.to_string()).as_deref(), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for name in ["", "integr", "array<int", "map<int>", "struct<a>", "int int", "decimal(40,2)"] {
            assert!(arrow_type(name).is_err(), "{name}");
        }
    }
}
