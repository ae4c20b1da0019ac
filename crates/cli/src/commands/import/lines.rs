//! Reads interactions, line by line; what does not fit is named by its line.

use std::io::{BufRead, Read};

use anyhow::{Context, Result, bail, ensure};

use super::histories::Histories;

/// `user item1 item2 …` on each line, separated by white space.
pub(super) fn sequences(file: impl BufRead) -> Result<Histories> {
    let mut histories = Histories::default();
    for (number, line) in (1u64..).zip(file.lines()) {
        let line = line.with_context(|| format!("line {number} cannot be read as UTF-8 text"))?;
        let mut fields = line.split_whitespace();
        let Some(user) = fields.next() else { continue };
        let mut items = fields.peekable();
        ensure!(items.peek().is_some(), "line {number}: expected `user item1 item2 …`, found only `{user}`");
        // All times are equal, so the order of the line counts.
        items.for_each(|item| histories.push(user, item, 0.0));
    }
    Ok(histories)
}

/// `user item` or `user item time` on each line, separated by white space.
pub(super) fn pairs(file: impl BufRead) -> Result<Histories> {
    let mut histories = Histories::default();
    for (number, line) in (1u64..).zip(file.lines()) {
        let line = line.with_context(|| format!("line {number} cannot be read as UTF-8 text"))?;
        let fields: Vec<&str> = line.split_whitespace().collect();
        match fields[..] {
            [] => {}
            [user, item] => histories.push(user, item, 0.0),
            [user, item, time] => histories.push(user, item, moment(time, number)?),
            _ => bail!("line {number}: expected `user item [time]`, found {} fields", fields.len()),
        }
    }
    Ok(histories)
}

/// Names of the columns that count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) user: &'a str,
    pub(super) item: &'a str,
    pub(super) time: Option<&'a str>,
}

/// Columns with names in the first line; fields may stand in double quotes.
pub(super) fn table(file: impl Read, separator: u8, columns: Columns<'_>) -> Result<Histories> {
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(file);
    let header = reader.headers().context("line 1 cannot be read as names of columns")?.clone();
    let place = |name: &str| {
        let found = header.iter().position(|column| column.trim() == name);
        found.with_context(|| {
            let columns: Vec<&str> = header.iter().collect();
            format!("there is no column `{name}`; line 1 has `{}`", columns.join("`, `"))
        })
    };
    let (user, item, time) = (place(columns.user)?, place(columns.item)?, columns.time.map(place).transpose()?);
    let mut histories = Histories::default();
    for record in reader.records() {
        let record = record.context("a record cannot be read")?;
        let number = record.position().map_or(0, csv::Position::line);
        // The reader has seen to it that all records are as long as the header.
        let field = |place: usize| record.get(place).unwrap_or_default().trim();
        ensure!(!field(user).is_empty() && !field(item).is_empty(), "line {number}: user or item is empty");
        let time = time.map_or(Ok(0.0), |time| moment(field(time), number))?;
        histories.push(field(user), field(item), time);
    }
    Ok(histories)
}

fn moment(text: &str, line: u64) -> Result<f64> {
    let time: Option<f64> = text.parse().ok().filter(|time: &f64| !time.is_nan());
    time.with_context(|| format!("line {line}: expected a time as a number, found `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_yields_the_same_histories() {
        check(sequences("u1 a b c\n\nu2 b\n".as_bytes()));
        check(pairs("u1 c 30\nu1 a 10\nu2 b 5\nu1 b 20\n".as_bytes()));
        check(pairs("u1 a\nu1 b\nu2 b\nu1 c\n".as_bytes()));
        let columns = Columns { user: "who", item: "what", time: Some("when") };
        check(table("when,who,what\n3,u1,c\n1e-1,u1,a\n2,u2,b\n0.2,u1,\"b\"\n".as_bytes(), b',', columns));
        check(table("who\twhat\twhen\nu1\ta\t-5\nu1\tc\t7\nu1\tb\t6\nu2\tb\t1\n".as_bytes(), b'\t', columns));
    }

    #[track_caller]
    fn check(histories: Result<Histories>) {
        let (items, histories) = histories.unwrap().in_order(1);
        let mut named: Vec<(String, Vec<&str>)> = histories
            .into_iter()
            .map(|history| (history.user, history.items.iter().map(|&item| items[item as usize].as_str()).collect()))
            .collect();
        named.sort();
        assert_eq!(named, [("u1".to_owned(), vec!["a", "b", "c"]), ("u2".to_owned(), vec!["b"])]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        refused(sequences("u1 a\nu2\n".as_bytes()), "line 2: expected `user item1 item2 …`, found only `u2`");
        refused(pairs("u1 a 1 2\n".as_bytes()), "line 1: expected `user item [time]`, found 4 fields");
        refused(pairs("u1 a noon\n".as_bytes()), "line 1: expected a time as a number, found `noon`");
        let columns = Columns { user: "who", item: "what", time: None };
        refused(table("who,item\nu1,a\n".as_bytes(), b',', columns), "there is no column `what`");
        refused(table("who,what\nu1,\n".as_bytes(), b',', columns), "line 2: user or item is empty");
        refused(table("who,what\nu1\n".as_bytes(), b',', columns), "a record cannot be read");
    }

    #[track_caller]
    fn refused(histories: Result<Histories>, expected: &str) {
        let error = histories.unwrap_err().to_string();
        assert!(error.contains(expected), "`{error}` does not say {expected}");
    }
}
