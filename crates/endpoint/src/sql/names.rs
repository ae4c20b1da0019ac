//! Names of columns: what has none is `_col0`, `_col1` and so on.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, Ident, ObjectNamePart, Query, SelectItem, SetExpr, Statement, Value,
    visit_expressions_mut, visit_relations_mut,
};

/// Stands for "unnamed" in plans.
const MARK: &str = "__unnamed_";

/// Gives names and literals the meaning that they have in Athena: names of tables do not tell upper from lower case, not
/// even in quotes; a decimal has the digits that it is written with; the outermost columns without a name are marked,
/// and small whole numbers among them are integers.
pub(super) fn as_in_athena(statement: &mut Statement) {
    // Nothing breaks off, here and below.
    let _ = visit_relations_mut(statement, |name| {
        for part in &mut name.0 {
            if let ObjectNamePart::Identifier(ident) = part {
                ident.value = ident.value.to_lowercase();
            }
        }
        ControlFlow::<()>::Continue(())
    });
    let _ = visit_expressions_mut(statement, |expr| {
        if let Expr::TypedString(typed) = expr
            && let DataType::Decimal(ExactNumberInfo::None) = typed.data_type
            && let Value::SingleQuotedString(text) = &typed.value.value
        {
            let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let precision = text.bytes().filter(u8::is_ascii_digit).count().max(1);
            let scale = i64::try_from(scale).unwrap_or(i64::MAX);
            typed.data_type = DataType::Decimal(ExactNumberInfo::PrecisionAndScale(precision as u64, scale));
        }
        ControlFlow::<()>::Continue(())
    });
    mark_unnamed(statement);
}

fn mark_unnamed(statement: &mut Statement) {
    if let Statement::Query(query) = statement {
        mark_query(query);
    }
}

fn mark_query(query: &mut Query) {
    mark_body(&mut query.body);
}

fn mark_body(body: &mut SetExpr) {
    match body {
        SetExpr::Select(select) => {
            for (index, item) in select.projection.iter_mut().enumerate() {
                if let SelectItem::UnnamedExpr(expr) = item
                    && !has_name(expr)
                {
                    let expr = typed(std::mem::replace(expr, Expr::Identifier(Ident::new("x"))));
                    *item = SelectItem::ExprWithAlias { expr, alias: Ident::new(format!("{MARK}{index}")) };
                } else if let SelectItem::ExprWithAlias { expr, .. } = item {
                    *expr = typed(std::mem::replace(expr, Expr::Identifier(Ident::new("x"))));
                }
            }
        }
        SetExpr::Query(query) => mark_query(query),
        // The first part gives the names.
        SetExpr::SetOperation { left, .. } => mark_body(left),
        _ => {}
    }
}

fn has_name(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => true,
        Expr::Nested(inner) => has_name(inner),
        _ => false,
    }
}

/// A whole number that fits is an integer and not a bigint.
fn typed(expr: Expr) -> Expr {
    let is_small = |text: &str| text.parse::<i32>().is_ok();
    match &expr {
        Expr::Value(value) if matches!(&value.value, Value::Number(text, _) if is_small(text)) => Expr::Cast {
            kind: CastKind::Cast,
            expr: Box::new(expr),
            data_type: DataType::Integer(None),
            array: false,
            format: None,
        },
        _ => expr,
    }
}

/// A text with the names that are shown, such as a plan.
pub(crate) fn without_marks(text: &str) -> String {
    text.replace(MARK, "_col")
}

/// The names that are shown.
pub(super) fn shown<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let values_column = |name: &str| name.strip_prefix("column").and_then(|number| number.parse::<usize>().ok());
    names
        .enumerate()
        .map(|(index, name)| {
            let unnamed = name.starts_with(MARK) || values_column(name) == Some(index + 1);
            if unnamed { format!("_col{index}") } else { name.to_owned() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::{dialect::GenericDialect, parser::Parser};

    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        let mut statement = Parser::parse_sql(&GenericDialect {}, sql).unwrap().remove(0);
        as_in_athena(&mut statement);
        assert_eq!(statement.to_string(), expected);
    }

    #[test]
    fn what_has_no_name_is_marked() {
        check("SELECT a, t.b, a + 1, 5", "SELECT a, t.b, a + 1 AS __unnamed_2, CAST(5 AS INTEGER) AS __unnamed_3");
        check("SELECT 3000000000 AS x", "SELECT 3000000000 AS x");
        check("SELECT 1 + 1 UNION SELECT 2 + 2", "SELECT 1 + 1 AS __unnamed_0 UNION SELECT 2 + 2");
        check("SELECT x FROM \"AwsDataCatalog\".\"D\".T", "SELECT x FROM \"awsdatacatalog\".\"d\".t");
        check("SELECT DECIMAL '1.50' AS d", "SELECT DECIMAL(3,2) '1.50' AS d");
        check("(SELECT count(*) FROM t)", "(SELECT count(*) AS __unnamed_0 FROM t)");
    }

    #[test]
    fn marks_become_athenas_names() {
        assert_eq!(shown(["a", "__unnamed_1"].into_iter()), ["a", "_col1"]);
        assert_eq!(shown(["column1", "column2"].into_iter()), ["_col0", "_col1"]);
        assert_eq!(shown(["x", "column1"].into_iter()), ["x", "column1"]);
    }
}
