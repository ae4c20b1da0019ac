//! Names of types: read or refused, and the name of what was read is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trino::TrinoType;

fuzz_target!(|text: &str| {
    let Ok(of) = TrinoType::parse(text) else { return };
    let name = of.to_string();
    // Names of fields stand in it without their quotes.
    if !text.contains('"') {
        assert_eq!(TrinoType::parse(&name), Ok(of), "{name}");
    }
});
