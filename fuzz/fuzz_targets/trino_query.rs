//! Texts of queries: parsed or refused, and so is what is printed of a query.
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
    // The parser takes reserved words for names, so that `SELECT NOT EXISTS` is printed as another query: that well-formed
    // queries are printed as what they are is for the tests. Whatever is printed is parsed or refused.
    let _again = sql::parse(&query.to_string());
});
