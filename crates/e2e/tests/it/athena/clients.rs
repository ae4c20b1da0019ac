//! Each client finds what it looks for.

use super::place::Place;

async fn check(program: &str) {
    let Some(s3) = testkit::services::s3() else { return };
    Place::start(s3).await.ask(program).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_finds_queries_files_and_tables() {
    check("with_boto3.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_of_aws_runs_a_query() {
    check("with_cli.sh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pyathena_and_sqlalchemy_read_in_all_their_ways() {
    check("with_pyathena.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn awswrangler_reads_and_writes_with_its_defaults() {
    check("with_awswrangler.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_written_and_read_in_every_format() {
    check("with_tables.py").await;
}
