//! `SHOW FUNCTIONS`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use athena::{
    files::{csv_header, csv_rows},
    values::column_info,
};
use datafusion::logical_expr::Volatility;

use super::{Done, Task, show::fits};
use crate::error::{QueryError, QueryResult};

/// What the grammar makes of operators and words of its own, which cannot be called by name.
const OF_GRAMMAR: [&str; 14] = [
    "add",
    "cast",
    "cast_to_json",
    "date_minus_interval",
    "date_plus_interval",
    "divide",
    "like",
    "modulus",
    "multiply",
    "negate",
    "subscript",
    "subtract",
    "timestamp_minus_timestamp",
    "try_cast",
];

/// A form of a function.
struct Form {
    name: String,
    returns: String,
    takes: String,
    kind: &'static str,
    is_deterministic: bool,
    about: &'static str,
}

pub(super) async fn show(task: &Task, like: Option<&str>) -> QueryResult<Done> {
    let mut forms = forms();
    // Patterns are SQL's here, and fit whole names.
    forms.retain(|form| like.is_none_or(|pattern| fits(pattern, &form.name)));
    let failed = |error: arrow::error::ArrowError| QueryError::internal(error.to_string());
    let batch = batch_of(&forms).map_err(failed)?;
    if let Some(caller) = &task.caller {
        caller.shows(batch);
        return Ok(Done::default());
    }
    let schema = batch.schema();
    let mut file = csv_header(schema.fields().iter().map(|field| field.name().as_str()));
    csv_rows(&batch, &mut file).map_err(failed)?;
    task.object(task.output())?.put(file).await?;
    let columns = schema.fields().iter().map(|field| column_info(field)).collect();
    task.write_metadata(columns, Some(("", 0))).await?;
    Ok(Done::default())
}

fn batch_of(forms: &[Form]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let texts = |text: fn(&Form) -> &str| -> ArrayRef {
        Arc::new(forms.iter().map(|form| Some(text(form))).collect::<StringArray>())
    };
    let deterministic: ArrayRef =
        Arc::new(forms.iter().map(|form| Some(form.is_deterministic)).collect::<BooleanArray>());
    RecordBatch::try_from_iter([
        ("Function", texts(|form| &form.name)),
        ("Return Type", texts(|form| &form.returns)),
        ("Argument Types", texts(|form| &form.takes)),
        ("Function Type", texts(|form| form.kind)),
        ("Deterministic", deterministic),
        ("Description", texts(|form| form.about)),
    ])
}

/// All functions by name; one whose types are told by a rule has a single form, in which they are not said.
fn forms() -> Vec<Form> {
    let known = trino::functions::functions();
    let name = |of: &str| of.trim_start_matches(trino::functions::PREFIX).to_owned();
    let described: std::collections::HashMap<&str, trino::functions::Entry> =
        trino::functions::catalogue().map(|entry| (entry.name, entry)).collect();
    let mut forms = Vec::new();
    let mut add = |of: &str, kind: &'static str, volatility: Volatility| {
        let name = name(of);
        if name.contains(['$', ' ']) || OF_GRAMMAR.contains(&name.as_str()) {
            return;
        }
        let entry = described.get(name.as_str());
        let about = entry.map_or("", |entry| entry.about);
        let is_deterministic = volatility == Volatility::Immutable;
        let written = entry.map_or(&[][..], |entry| entry.forms);
        for (takes, returns) in written.iter().filter_map(|form| form.split_once(" -> ")) {
            let (takes, returns) = (takes.to_owned(), returns.to_owned());
            forms.push(Form { name: name.clone(), returns, takes, kind, is_deterministic, about });
        }
        if written.is_empty() {
            let (takes, returns) = (String::new(), String::new());
            forms.push(Form { name, returns, takes, kind, is_deterministic, about });
        }
    };
    for function in &known.scalar {
        add(function.name(), "scalar", function.signature().volatility);
    }
    for function in &known.aggregate {
        add(function.name(), "aggregate", function.signature().volatility);
    }
    for function in &known.window {
        add(function.name(), "window", function.signature().volatility);
    }
    for name in trino::functions::lambda::names() {
        add(name, "scalar", Volatility::Immutable);
    }
    forms.sort_by(|one, other| (&one.name, &one.takes).cmp(&(&other.name, &other.takes)));
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_their_forms_and_descriptions() {
        let forms = forms();
        let of = |name: &str| forms.iter().filter(|form| form.name == name).collect::<Vec<_>>();
        assert!(of("upper").iter().any(|form| form.kind == "scalar" && form.about.ends_with('.')), "upper");
        assert!(of("max_by").iter().all(|form| form.kind == "aggregate"), "max_by");
        assert!(of("row_number").iter().all(|form| form.kind == "window"), "row_number");
        assert!(!of("transform").is_empty() && of("cast").is_empty());
        assert!(of("random").iter().all(|form| !form.is_deterministic), "random");
        assert!(forms.len() > 200, "{}", forms.len());
    }
}
