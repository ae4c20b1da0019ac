//! Texts of queries: parsed or refused, and what is printed of a query is the same query.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trino::sql;

fuzz_target!(|text: &str| {
    // Cuts at semicolons never leave the text or fall within a character.
    if let Ok(statements) = sql::statements(text) {
        for statement in statements {
            assert!(text.contains(statement));
        }
    }
    let Ok(query) = sql::parse(text) else { return };
    // The tree has no place for PASSING, so that it is printed as arguments with names.
    if text.to_uppercase().contains("PASSING") {
        return;
    }
    let printed = query.to_string();
    match sql::parse(&printed) {
        Ok(again) => assert_eq!(again, query, "printed as {printed}"),
        Err(error) => panic!("printed as {printed}: {error}"),
    }
});
