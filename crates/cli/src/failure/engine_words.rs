//! Takes the engine's messages out of their packaging.

/// Stands before the error of a task, which follows in Rust's debug form.
const TASK_FAILED: &str = "Task failed due to runtime execution error: ";
/// Stands before the name of the job and the error of its planning, in the same form.
const PLANNING_FAILED: &str = "Error planning job ";
/// Begins what Ballista says around it.
const JOB_FAILED: &str = "Execution error: Job ";
/// Begins the advice to report what is mostly no defect but something that a cluster cannot do.
const REPORT_ADVICE: &str = "\nThis issue was likely caused by a bug in DataFusion";
/// Joins an error to its cause.
const CAUSED_BY: &str = "\ncaused by\n";

/// What the engine means to say: of a failed job the task's own error, and no advice to report it elsewhere.
pub(super) fn unpacked(text: &str) -> String {
    let text = text.split(REPORT_ADVICE).next().unwrap_or_default().replace(CAUSED_BY, ": ");
    let planning =
        || text.split_once(PLANNING_FAILED).and_then(|(before, job)| Some((before, job.split_once(": ")?.1)));
    match text.split_once(TASK_FAILED).or_else(planning) {
        Some((before, debug)) => {
            let context = before.split(JOB_FAILED).next().unwrap_or_default();
            format!("{context}{}", without_wrappers(debug))
        }
        None => text,
    }
}

/// The innermost of `DataFusionError(Shared(Execution("…")))`.
fn without_wrappers(debug: &str) -> String {
    let mut rest = debug.trim();
    while let Some((name, inside)) = rest.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        if name.is_empty() || !name.chars().all(char::is_alphanumeric) {
            break;
        }
        rest = inside;
    }
    // A quoted text in debug form is nearly always one in JSON form, too.
    serde_json::from_str(rest).unwrap_or_else(|_| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(unpacked(text), expected);
    }

    #[test]
    fn finds_what_a_task_says() {
        let job = format!("{JOB_FAILED}0A failed: Job failed due to stage 1 failed: {}", TASK_FAILED.trim_end());
        check(&format!("{job} DataFusionError(Shared(External(ArrowError(DivideByZero))))"), "DivideByZero");
        check(
            &format!(
                "step `tracks` failed: {job} DataFusionError(Shared(Execution(\"bad input in `a` (\\\"b\\\")\")))"
            ),
            "step `tracks` failed: bad input in `a` (\"b\")",
        );
        check(&format!("{job} DataFusionError(Context(\"a\", Plan(\"b\")))"), "\"a\", Plan(\"b\")");
        check(&format!("{job} cut off(("), "cut off((");
    }

    #[test]
    fn finds_what_planning_says() {
        check(
            "step `tracks` failed: Execution error: Job 0A failed: Error planning job 0A: \
             DataFusionError(Execution(\"`a/` is not empty\"))",
            "step `tracks` failed: `a/` is not empty",
        );
    }

    #[test]
    fn leaves_other_words_alone() {
        check("Error during planning: table 'a' not found", "Error during planning: table 'a' not found");
        check("rule failed\ncaused by\nArrow error: x", "rule failed: Arrow error: x");
        check("Internal error: x.\nThis issue was likely caused by a bug in DataFusion's code.", "Internal error: x.");
    }
}
