//! Scans of compressed text, before and after they have travelled.

use std::{io::Write, sync::Arc};

use arrow::util::pretty::pretty_format_batches;
use datafusion::{
    datasource::file_format::file_compression_type::FileCompressionType,
    physical_plan::{collect, displayable},
    prelude::{CsvReadOptions, SessionContext},
};
use datafusion_proto::bytes::{
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use udfs::{codec::SeguePhysicalCodec, session};

#[tokio::test]
async fn compressed_text_is_read_after_it_has_travelled() {
    let folder = tempfile::TempDir::new().unwrap();
    for number in 0..3 {
        let file = std::fs::File::create(folder.path().join(format!("part-{number}.csv.gz"))).unwrap();
        let mut file = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        for row in 0..1000 {
            writeln!(file, "{number},{row}").unwrap();
        }
        file.finish().unwrap();
    }
    let config = session::session_config(&session::EngineOptions::default());
    let runtime = session::runtime_env(Arc::default(), None).unwrap();
    let context = SessionContext::new_with_state(session::session_state(config, runtime).unwrap());
    let options = CsvReadOptions::new()
        .has_header(false)
        .file_extension(".csv.gz")
        .file_compression_type(FileCompressionType::GZIP);
    let path = folder.path().display().to_string();
    let frame = context.read_csv(path, options).await.unwrap();
    context.register_table("text", frame.into_view()).unwrap();
    let sql = "SELECT column_1, count(*) AS n, sum(column_2) AS s FROM text GROUP BY column_1 ORDER BY column_1";
    let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    assert!(shown.contains("CompressedScanExec: GZIP"), "{shown}");
    let codec = SeguePhysicalCodec::default();
    let bytes = physical_plan_to_bytes_with_extension_codec(plan, &codec).unwrap();
    let plan = physical_plan_from_bytes_with_extension_codec(&bytes, &context.task_ctx(), &codec).unwrap();
    let rows = pretty_format_batches(&collect(plan, context.task_ctx()).await.unwrap()).unwrap().to_string();
    // 0 + 1 + … + 999
    let expected: Vec<String> = (0..3).map(|number| format!("| {number}        | 1000 | 499500 |")).collect();
    assert_eq!(rows.lines().skip(3).take(3).collect::<Vec<_>>(), expected);
}
