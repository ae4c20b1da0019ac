//! `concat` and `concat_ws`.

use arrow::array::{ArrayRef, AsArray, BinaryArray, ListArray, StringArray};
use datafusion::error::Result;

use crate::{
    ErrorName, TrinoType,
    functions::scalar::{Arguments, Call, Fit},
};

/// Texts or bytes, two or more.
pub(super) fn typing(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let types = arguments.types;
    let of = if types.iter().all(|of| matches!(of, TrinoType::Varchar(_) | TrinoType::Char(_) | TrinoType::Unknown)) {
        TrinoType::Varchar(None)
    } else if types.iter().all(|of| matches!(of, TrinoType::Varbinary | TrinoType::Unknown)) {
        TrinoType::Varbinary
    } else {
        return Ok(None);
    };
    if types.len() < 2 {
        let message = "There must be two or more concatenation arguments";
        return Err(ErrorName::InvalidFunctionArgument.error(message));
    }
    Ok(Some(Fit { parameters: vec![of.clone(); types.len()], result: of }))
}

pub(super) fn concat(call: &Call) -> Result<ArrayRef> {
    if call.types.result == TrinoType::Varbinary {
        let columns = call.columns::<BinaryArray>(0)?;
        return call.collect::<_, BinaryArray>(|row| {
            Ok(columns.iter().map(|column| column.get(row)).collect::<Option<Vec<_>>>().map(|parts| parts.concat()))
        });
    }
    let columns = call.columns::<StringArray>(0)?;
    call.written(|row, into| {
        for column in &columns {
            match column.get(row) {
                Some(part) => into.push_str(part),
                None => return Ok(false),
            }
        }
        Ok(true)
    })
}

/// A separator and texts, or a separator and an array of texts.
pub(super) fn typing_ws(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let varchar = TrinoType::Varchar(None);
    let is_text = |of: &TrinoType| matches!(of, TrinoType::Varchar(_) | TrinoType::Char(_) | TrinoType::Unknown);
    let parameters = match arguments.types {
        [separator, TrinoType::Array(of)] if is_text(separator) && is_text(of) => {
            vec![varchar.clone(), TrinoType::Array(Box::new(varchar.clone()))]
        }
        types if types.len() > 1 && types.iter().all(is_text) => vec![varchar.clone(); types.len()],
        _ => return Ok(None),
    };
    Ok(Some(Fit { parameters, result: varchar }))
}

pub(super) fn concat_ws(call: &Call) -> Result<ArrayRef> {
    if matches!(call.types.parameters[1], TrinoType::Array(_)) {
        return call.map2::<StringArray, ListArray, _, StringArray>(|separator, list| {
            let parts: Vec<&str> = list.as_string::<i32>().iter().flatten().collect();
            Ok(Some(parts.join(separator)))
        });
    }
    let columns = call.columns::<StringArray>(0)?;
    call.collect::<_, StringArray>(|row| {
        let Some(separator) = columns[0].get(row) else { return Ok(None) };
        let parts: Vec<&str> = columns[1..].iter().filter_map(|column| column.get(row)).collect();
        Ok(Some(parts.join(separator)))
    })
}
