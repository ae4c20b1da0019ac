//! The arguments and ready files of scheduler and executor, checked on programs that only obey them.

use testkit::process::{Cluster, ClusterBuilder, ProcessCommand, SchedulerBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Writes the arguments to stdout and addresses to the ready file. `$0` names the ports.
const PROGRAM: &str = r#"
echo "$@"
ports=$0
while [ "$1" != --ready-file ]; do shift; done
for port in $ports; do
    fields="$fields${fields:+, }\"$port\": \"${ADDRESS:-127.0.0.1:4711}\""
done
echo "{$fields}" > "$2.new"
mv "$2.new" "$2"
exec sleep 60
"#;

#[tokio::test]
async fn a_cluster_passes_on_addresses_and_settings() {
    let mut cluster = fake_cluster().executors(2).vcores(3).executor_arg("--verbose").start().await.unwrap();
    let scheduler = cluster.scheduler();
    assert_eq!(scheduler.url(), "df://127.0.0.1:4711");
    let args = scheduler.process().stdout();
    assert!(args.starts_with("--bind-host 127.0.0.1 --admin-port 0 --bind-port 0 --ready-file "), "{args}");
    assert_eq!(cluster.executors().len(), 2);
    for executor in cluster.executors() {
        let args = executor.process().stdout();
        let expected = format!(
            "--verbose --bind-host 127.0.0.1 --admin-port 0 --scheduler-host 127.0.0.1 \
             --scheduler-port 4711 --vcores 3 --work-dir {} --ready-file ",
            executor.work_dir().display()
        );
        assert!(args.starts_with(&expected), "{args}");
    }
    cluster.add_executor().await.unwrap();
    assert_eq!(cluster.executors().len(), 3);
    cluster.remove_executor(0).unwrap().process().sigkill().await.unwrap();
    assert_eq!(cluster.executors().len(), 2);
    assert!(cluster.remove_executor(2).is_err());
}

#[tokio::test]
async fn each_executor_has_a_folder_that_goes_with_it() {
    let cluster = fake_cluster().executors(2).start().await.unwrap();
    let folders: Vec<_> = cluster.executors().iter().map(|e| e.work_dir().to_owned()).collect();
    assert_ne!(folders[0], folders[1]);
    assert!(folders.iter().all(|folder| folder.is_dir()));
    drop(cluster);
    assert!(folders.iter().all(|folder| !folder.exists()));
}

#[tokio::test]
async fn the_admin_port_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let admin = listener.local_addr().unwrap();
    tokio::spawn(answer(listener));
    let scheduler = SchedulerBuilder::new(fake("grpc admin"))
        .env("ADDRESS", admin.to_string())
        .bind_port(50050)
        .start()
        .await
        .unwrap();
    assert!(scheduler.process().stdout().contains("--bind-port 50050"));
    assert_eq!(scheduler.admin_get("/metrics").await.unwrap(), "GET /metrics HTTP/1.1");
    let error = format!("{:#}", scheduler.admin_get("/missing").await.unwrap_err());
    assert!(error.contains("404"), "{error}");
}

#[tokio::test]
async fn a_ready_file_without_the_address_is_an_error() {
    let error = SchedulerBuilder::new(fake("grpc")).start().await.unwrap_err().to_string();
    assert!(error.contains("expected an address as `admin`"), "{error}");
}

#[tokio::test]
async fn an_executor_that_cannot_start_fails_the_cluster() {
    let broken = ProcessCommand::new("/bin/sh").args(["-c", "echo no scheduler there >&2; exit 1"]);
    let result = ClusterBuilder::new(fake("grpc admin"), broken).start().await;
    let error = result.map(|_: Cluster| ()).unwrap_err().to_string();
    assert!(error.contains("no scheduler there"), "{error}");
}

fn fake_cluster() -> ClusterBuilder {
    ClusterBuilder::new(fake("grpc admin"), fake("flight grpc admin"))
}

fn fake(ports: &str) -> ProcessCommand {
    ProcessCommand::new("/bin/sh").args(["-c", PROGRAM, ports])
}

/// Answers each request with its first line, and what is missing with 404.
async fn answer(listener: TcpListener) {
    while let Ok((mut connection, _peer)) = listener.accept().await {
        let mut request = vec![0; 4096];
        let length = connection.read(&mut request).await.unwrap();
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        let line = request.lines().next().unwrap_or_default();
        let status = if line.contains("missing") { "404 Not Found" } else { "200 OK" };
        let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}", line.len());
        connection.write_all(format!("{head}\r\n\r\n{line}").as_bytes()).await.unwrap();
    }
}
