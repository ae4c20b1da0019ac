//! What a query asks of its session: the time at which it began, and where its names are looked up.

use datafusion::{
    arrow::datatypes::{DataType, TimeUnit},
    common::ScalarValue,
    functions::expr_fn::now,
    logical_expr::{Expr as Engine, cast},
};

use super::literal::constant;
use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{Place, error, refuse},
        planner::Planner,
        scope::Typed,
    },
};

/// Zone of every session.
const ZONE: &str = "UTC";
/// User of every session: Segue tells none apart.
const USER: &str = "segue";
/// Digits of a second that times have unless a query says how many.
const DIGITS: u8 = 3;

impl Planner<'_> {
    /// Functions of the session; `None` if it is none of these.
    pub(super) fn of_session(&self, name: &str, values: &[Typed], at: Place) -> Option<SqlResult<Typed>> {
        let takes_digits = matches!(name, "current_timestamp" | "localtimestamp" | "localtime" | "current_time");
        let digits = match values {
            [] => DIGITS,
            [digits] if takes_digits => match digits_of(digits) {
                Ok(digits) => digits,
                Err(error) => return Some(Err(error)),
            },
            _ => return None,
        };
        let began = |of: TrinoType| Ok(Typed::new(cast(now(), of.data_type()), of, at));
        Some(match name {
            "now" | "current_timestamp" => began(TrinoType::TimestampWithTimeZone(digits, ZONE.to_owned())),
            "localtimestamp" => began(TrinoType::Timestamp(digits)),
            "current_date" => began(TrinoType::Date),
            "localtime" => {
                let wall = cast(now(), DataType::Timestamp(TimeUnit::Millisecond, None));
                let of = TrinoType::Time(digits);
                Ok(Typed::new(cast(wall, of.data_type()), of, at))
            }
            "current_time" => refuse(at, "current_time, as there is no type of times with time zone; use localtime"),
            "current_timezone" => Ok(text(ZONE, at)),
            _ => return self.of_catalog(name, at).map(Ok),
        })
    }

    /// `current_catalog`, `current_schema` and `current_user`, which are words and no calls.
    pub(super) fn of_catalog(&self, name: &str, at: Place) -> Option<Typed> {
        let catalog = &self.state.config_options().catalog;
        match name {
            "current_catalog" => Some(text(&catalog.default_catalog, at)),
            "current_schema" => Some(text(&catalog.default_schema, at)),
            "current_user" => Some(text(USER, at)),
            _ => None,
        }
    }
}

fn text(value: &str, at: Place) -> Typed {
    constant(ScalarValue::Utf8(Some(value.to_owned())), TrinoType::Varchar(None), at)
}

/// How many digits of a second are asked for.
fn digits_of(value: &Typed) -> SqlResult<u8> {
    let digits = match &value.expr {
        Engine::Literal(digits, _) => digits.to_string().parse().ok(),
        _ => None,
    };
    match digits {
        Some(digits @ (3 | 6 | 9)) => Ok(digits),
        Some(_) => refuse(value.at, "other digits of a second than 3, 6 and 9"),
        None => error(ErrorName::SyntaxError, value.at, "the digits of a second are a whole number"),
    }
}
