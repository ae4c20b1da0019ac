//! The examples of `sql/README.md`: each statement does what the page says that it does.

use arrow::util::pretty::pretty_format_batches;

use crate::{fixture::session, sql_files::query};

#[tokio::test]
async fn examples_answer_as_the_reference_says() {
    let page = query("README.md");
    let mut blocks = page.split("\n```").skip(1).filter_map(|block| block.split_once('\n')).peekable();
    let context = session(3);
    let mut checked = 0;
    while let Some((language, text)) = blocks.next() {
        if language != "sql" {
            continue;
        }
        let answer = context.sql(text).await.unwrap_or_else(|error| panic!("{text}: {error}"));
        let answer = answer.collect().await.unwrap_or_else(|error| panic!("{text}: {error}"));
        // Between a block and the next stands the page's prose, as a block without a language.
        let next = blocks.next_if(|(language, _)| language.is_empty()).and_then(|_| blocks.peek());
        if let Some((_, expected)) = next.filter(|(language, _)| *language == "text") {
            let found = pretty_format_batches(&answer).unwrap().to_string();
            let found: Vec<&str> = found.lines().filter(|line| line.starts_with("| ")).collect();
            assert_eq!(found, expected.lines().collect::<Vec<_>>(), "{text}");
            checked += 1;
        }
    }
    assert!(checked >= 3, "{checked} examples were found");
}
