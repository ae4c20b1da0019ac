//! What the rows of a table depend on besides its input: the query, the settings, and the engine that ran it.

use udfs::scan::BadInput;
use url::Position;

use crate::{RunOptions, Step, fingerprint::Fingerprint};

/// Raised when tables must be made anew although neither their query nor Segue's version tells.
const GENERATION: u32 = 1;

/// Identity of what a step makes of its input. A table with another definition is made anew from all of it.
pub(crate) fn of(options: &RunOptions, step: Step, sql: &str) -> String {
    let mut print = Fingerprint::new();
    print.field(env!("CARGO_PKG_VERSION"));
    print.field(GENERATION.to_le_bytes());
    print.field(sql);
    if step.slice_column().is_some() {
        // The path of a slice does not tell its bucket.
        print.field(&options.input[..Position::BeforePath]);
        print.field(match options.bad_input {
            BadInput::Fail => "fail",
            BadInput::Quarantine => "quarantine",
        });
    }
    print.finish()
}
