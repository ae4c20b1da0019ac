//! Expressions as Trino reads them, for a session that has its functions and not yet its grammar: operators, casts and
//! literals become calls of Trino's functions.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::{
    ast::{
        BinaryOperator, CastKind, CeilFloorKind, Expr, TrimWhereField, TypedString, UnaryOperator, Value,
        ValueWithSpan, visit_expressions_mut,
    },
    dialect::GenericDialect,
    parser::Parser,
};

/// The statement with calls in it; as it is if it cannot be read.
pub(crate) fn rewritten(sql: &str) -> String {
    let Ok(mut statements) = Parser::parse_sql(&GenericDialect {}, sql) else { return sql.to_owned() };
    let _ = visit_expressions_mut(&mut statements, |expression| {
        if let Some(call) = call(expression) {
            *expression = Parser::new(&GenericDialect {}).try_with_sql(&call).unwrap().parse_expr().unwrap();
        }
        ControlFlow::<()>::Continue(())
    });
    statements[0].to_string()
}

fn operator(of: &BinaryOperator) -> Option<&'static str> {
    Some(match of {
        BinaryOperator::Plus => "add",
        BinaryOperator::Minus => "subtract",
        BinaryOperator::Multiply => "multiply",
        BinaryOperator::Divide => "divide",
        BinaryOperator::Modulo => "modulus",
        BinaryOperator::StringConcat => "concat",
        _ => return None,
    })
}

fn call(expression: &Expr) -> Option<String> {
    Some(match expression {
        Expr::Value(ValueWithSpan { value: Value::Number(digits, _), .. }) => {
            let value: i32 = digits.parse().ok()?;
            format!("trino$cast({value}, 'integer')")
        }
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match expr.as_ref() {
            Expr::Value(_) => return None,
            _ => format!("trino$negate({expr})"),
        },
        Expr::BinaryOp { left, op, right } => format!("trino${}({left}, {right})", operator(op)?),
        Expr::Cast { kind, expr, data_type, .. } => {
            let name = if *kind == CastKind::TryCast { "try_cast" } else { "cast" };
            format!("trino${name}({expr}, '{data_type}')")
        }
        Expr::TypedString(TypedString { data_type, value, .. }) => {
            let text = value.value.clone().into_string()?;
            format!("trino$cast('{text}', '{}')", literal_type(&data_type.to_string(), &text))
        }
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let rest = [substring_from, substring_for].into_iter().flatten();
            format!("trino$substr({expr}{})", rest.map(|argument| format!(", {argument}")).collect::<String>())
        }
        Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
            let name = match trim_where {
                None | Some(TrimWhereField::Both) => "trim",
                Some(TrimWhereField::Leading) => "ltrim",
                Some(TrimWhereField::Trailing) => "rtrim",
            };
            let what = trim_what.as_deref().or(trim_characters.as_ref().and_then(|all| all.first()));
            format!("trino${name}({expr}{})", what.map(|what| format!(", {what}")).unwrap_or_default())
        }
        Expr::Position { expr, r#in: text } => format!("trino$strpos({text}, {expr})"),
        Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(_) } => format!("trino$ceil({expr})"),
        Expr::Floor { expr, field: CeilFloorKind::DateTimeField(_) } => format!("trino$floor({expr})"),
        Expr::Like { negated, expr, pattern, escape_char, .. } => {
            let escape = escape_char.as_ref().map(|escape| format!(", {escape}")).unwrap_or_default();
            format!("{}trino$like({expr}, {pattern}{escape})", if *negated { "NOT " } else { "" })
        }
        _ => return None,
    })
}

/// The type that Trino reads a literal such as `TIMESTAMP '…'` with, which depends on its digits.
fn literal_type(name: &str, text: &str) -> String {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let fraction = text.split_once('.').map_or(0, |(_, fraction)| digits(fraction));
    match name {
        "TIMESTAMP" | "TIME" => format!("{name}({fraction})"),
        "DECIMAL" => {
            let whole = digits(text.trim_start_matches(['-', '+', '0']));
            format!("DECIMAL({},{fraction})", (whole + fraction).max(1))
        }
        _ => name.to_owned(),
    }
}
