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
    let error = Dag::parse(text, "p.toml").unwrap_err().to_string();
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
    assert_eq!(Dag::parse(&format!("{head}{text}"), "p.toml").unwrap().steps(), Step::ALL);
}

#[test]
fn a_file_may_have_less() {
    let text = BUILTIN.split("[[step]]\nname = \"train\"").next().unwrap();
    assert_eq!(Dag::parse(text, "p.toml").unwrap().steps(), Step::ALL[..6]);
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
    let error = Dag::parse(&twice, "p.toml").unwrap_err().to_string();
    assert!(error.ends_with("step `publish` is declared twice"), "{error}");
}
