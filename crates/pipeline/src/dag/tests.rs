use super::*;

fn builtin() -> Dag {
    Dag::builtin().unwrap()
}

/// The program's own file with one text in place of another, which it must have once.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(BUILTIN.matches(from).count(), 1, "{from}");
    BUILTIN.replace(from, to)
}

/// The line of a text that the file has once, from 1.
fn line_of(text: &str, part: &str) -> usize {
    text[..text.find(part).unwrap()].lines().count() + usize::from(text[..text.find(part).unwrap()].ends_with('\n'))
}

#[track_caller]
fn refused(text: &str, at: &str, reason: &str) {
    let error = Dag::parse(text, "p.toml", None).unwrap_err().to_string();
    let line = line_of(text, at);
    assert!(error.starts_with(&format!("p.toml:{line}: ")) && error.contains(reason), "{error}, expected line {line}");
}

#[test]
fn the_program_has_a_graph_of_all_steps() {
    assert_eq!(builtin().steps(), Step::ALL);
    let publish = builtin().node(Step::Publish).unwrap().clone();
    assert_eq!((publish.timeout, publish.freshness.is_some()), (Duration::from_secs(120 * 60), true));
}

#[test]
fn the_order_follows_from_inputs_and_outputs_alone() {
    let (head, steps) = BUILTIN.split_at(BUILTIN.find("[[step]]").unwrap());
    let mut blocks: Vec<&str> = steps.split("[[step]]").filter(|block| !block.trim().is_empty()).collect();
    blocks.reverse();
    let text: String = blocks.iter().map(|block| format!("[[step]]{block}\n")).collect();
    assert_eq!(Dag::parse(&format!("{head}{text}"), "p.toml", None).unwrap().steps(), Step::ALL);
}

#[test]
fn a_file_may_have_less() {
    let text = BUILTIN.split("[[step]]\nname = \"train\"").next().unwrap();
    assert_eq!(Dag::parse(text, "p.toml", None).unwrap().steps(), Step::ALL[..6]);
}

#[test]
fn cycles_are_refused() {
    let text = changed("inputs = [\"slices\", \"quarantine\"]", "inputs = [\"slices\", \"quarantine\", \"tracks\"]");
    let reason = "playlists waits for tracks waits for playlist_tracks waits for playlists";
    refused(&text, "\"playlists\"\nkind", reason);
    let text = changed("inputs = [\"playlist_tracks\"]", "inputs = [\"playlist_tracks\", \"tracks\"]");
    refused(&text, "\"tracks\"\nkind", "tracks waits for tracks");
}

#[test]
fn unknown_names_are_refused_with_their_lines() {
    let text = changed("name = \"sequences\"", "name = \"sequnces\"");
    refused(&text, "\"sequnces\"", "unknown step `sequnces`");
    let text = changed("inputs = [\"predictions\", \"tracks\"]", "inputs = [\n  \"predictions\",\n  \"trakcs\"]");
    refused(&text, "\"trakcs\"", "unknown input `trakcs`: expected one of current_predictions, model");
    let text = changed("\"durations\"]", "\"duration\"]");
    refused(&text, "\"duration\"", "unknown check `duration`");
    let text = changed("kind = \"predict\"", "kind = \"sql\"");
    refused(&text, "\"sql\"\ninputs = [\"sequences\", \"tracks\", \"model\"]", "of the kind `predict`, not `sql`");
    let text = changed("freshness_hours = 50\n\n", "freshness_hours = 50\nretires = 2\n\n");
    refused(&text, "retires", "unknown field `retires`");
}

#[test]
fn what_is_not_true_of_a_step_is_refused() {
    let text =
        changed("inputs = [\"playlists\", \"playlist_tracks\", \"tracks\"]", "inputs = [\"playlists\", \"tracks\"]");
    refused(&text, "\"sequences\"\nkind", "reads `playlist_tracks`, which its inputs do not name");
    let text = changed("\"malformed_uris\", ", "");
    refused(&text, "\"playlist_tracks\"\nkind", "check `malformed_uris`");
    let text = changed("outputs = [\"model\"]", "outputs = [\"models\"]");
    refused(&text, "\"train\"\nkind", "writes [\"model\"]");
    let text = changed("timeout_minutes = 720", "timeout_minutes = 0");
    refused(&text, "0\n\n[[step]]\nname = \"predict\"", "expected more than 0 and at most 10080");
    let twice = format!("{BUILTIN}\n[[step]]{}", BUILTIN.rsplit("[[step]]").next().unwrap());
    let error = Dag::parse(&twice, "p.toml", None).unwrap_err().to_string();
    assert!(error.ends_with("step `publish` is declared twice"), "{error}");
}

/// A folder with the program's graph, one more step, its query and its check.
fn with_own(step: &str, sql: &str, check: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("checks")).unwrap();
    std::fs::write(folder.path().join("own.sql"), sql).unwrap();
    std::fs::write(folder.path().join("checks/judged.sql"), check).unwrap();
    let file = folder.path().join("p.toml");
    std::fs::write(&file, format!("{BUILTIN}\n{step}")).unwrap();
    (folder, file)
}

const OWN: &str = "[[step]]\nname = \"own\"\nkind = \"sql\"\nfile = \"own.sql\"\ninputs = [\"tracks\"]\n\
                   outputs = [\"own\"]\nchecks = [\"judged\"]\ntimeout_minutes = 5\n";
const QUERY: &str = "-- tracks\nWITH long AS (SELECT * FROM tracks) SELECT * FROM long;";
const CHECK: &str = "-- purpose: nothing.\n-- inputs: own\nSELECT 1";

#[test]
fn a_file_may_have_steps_of_its_own() {
    let (_folder, file) = with_own(OWN, QUERY, CHECK);
    let dag = Dag::read(&file).unwrap();
    let step = dag.step("own").unwrap();
    assert_eq!((step.table(), step.inputs(), step.slice_column()), (Some("own"), ["tracks"].as_slice(), None));
    assert_eq!(step.sql(), Some(QUERY));
    let checks: Vec<_> = crate::Check::of(step).map(|check| (check.name, check.allowed())).collect();
    assert_eq!(checks, [("judged", 0.0)]);
    let order = dag.steps();
    let place = |name: &str| order.iter().position(|step| step.name() == name);
    assert!(place("own") > place("tracks"));
}

#[track_caller]
fn own_refused(step: &str, sql: &str, check: &str, reason: &str) {
    let (_folder, file) = with_own(step, sql, check);
    let error = Dag::read(&file).unwrap_err().to_string();
    assert!(error.contains("p.toml:") && error.contains(reason), "{error}");
}

#[test]
fn steps_of_ones_own_that_cannot_be_are_refused() {
    let step = |from: &str, to: &str| OWN.replace(from, to);
    own_refused(&step("name = \"own\"", "name = \"tracks\""), QUERY, CHECK, "step `tracks` is the program's own");
    own_refused(&step("name = \"own\"", "name = \"Own\""), QUERY, CHECK, "cannot name a table");
    own_refused(&step("name = \"own\"", "name = \"model\""), QUERY, CHECK, "means something else");
    own_refused(&step("kind = \"sql\"", "kind = \"train\""), QUERY, CHECK, "of the kind `sql`");
    own_refused(&step("file = \"own.sql\"", "file = \"none.sql\""), QUERY, CHECK, "none.sql`: No such file");
    own_refused(&step("file = \"own.sql\"\n", ""), QUERY, CHECK, "a step of one's own has a `file`");
    own_refused(&step("outputs = [\"own\"]", "outputs = [\"other\"]"), QUERY, CHECK, "writes [\"own\"]");
    own_refused(&step("[\"judged\"]", "[\"other\"]"), QUERY, CHECK, "other.sql`: No such file");
    own_refused(OWN, "SELECT 1; SELECT 2", CHECK, "`own.sql` has 2 statements: expected one query");
    own_refused(OWN, "DROP TABLE tracks", CHECK, "`own.sql` is not a query");
    own_refused(OWN, "SELEC 1", CHECK, "`own.sql` is not valid SQL");
    own_refused(OWN, "SELECT * FROM raw_playlists", CHECK, "reads `raw_playlists`");
    own_refused(OWN, "SELECT * FROM a.tracks", CHECK, "plain names");
    let undeclared = "SELECT * FROM tracks JOIN (SELECT * FROM playlists) AS p ON true";
    own_refused(OWN, undeclared, CHECK, "reads `playlists`, which its inputs do not name");
    own_refused(OWN, QUERY, "SELECT 1", "needs the header lines");
    own_refused(&format!("{OWN}\n{OWN}"), QUERY, CHECK, "step `own` is declared twice");
}
