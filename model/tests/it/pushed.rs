//! A trainer ends before anybody asks for its metrics, so it tells them.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::Command,
};

use crate::fixture::{playlists, torch, write_lake};

#[tokio::test(flavor = "multi_thread")]
async fn a_pushgateway_hears_how_training_went() {
    let _torch = torch().await;
    let place = tempfile::tempdir().unwrap();
    write_lake(place.path(), &playlists(200, 41)).await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let gateway = format!("http://{}", listener.local_addr().unwrap());
    let heard = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&mut stream);
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
        (head, String::from_utf8(body).unwrap())
    });
    let trained = Command::new(env!("CARGO_BIN_EXE_segue-model"))
        .args(["train", "--lake", place.path().to_str().unwrap(), "--epochs", "2", "--threads", "1", "--device", "cpu"])
        .args(["--admin-bind", "127.0.0.1:0", "--push-metrics", &gateway])
        .output()
        .unwrap();
    assert!(trained.status.success(), "{}", String::from_utf8_lossy(&trained.stderr));
    let (head, body) = heard.join().unwrap();
    assert!(head.starts_with("POST /metrics/job/segue_train HTTP/1.1\r\n"), "{head}");
    let value = |name: &str| -> f64 {
        let line = body.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in\n{body}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(value("segue_train_steps_total ") >= 2.0);
    assert!(
        value("segue_train_validation_ndcg{which=\"best\"}") >= value("segue_train_validation_ndcg{which=\"last\"}")
    );
    assert!(value("segue_train_epoch ") <= value("segue_train_planned_epochs "));
}
