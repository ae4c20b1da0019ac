//! Mail: a server that speaks enough of SMTP (RFC 5321) to take one message.

use notify::Notifier;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};

use crate::notification;

/// Starts a server that takes one message and returns what was said to it.
async fn serve() -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = socket.into_split();
        let mut lines = BufReader::new(reader).lines();
        let (mut said, mut is_message) = (String::new(), false);
        writer.write_all(b"220 here\r\n").await.unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            said.push_str(&line);
            said.push('\n');
            let answer: &[u8] = match line.split(' ').next().unwrap() {
                "." if is_message => {
                    is_message = false;
                    b"250 taken\r\n"
                }
                _ if is_message => continue,
                "DATA" => {
                    is_message = true;
                    b"354 go on\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            writer.write_all(answer).await.unwrap();
            if answer.starts_with(b"250 taken") {
                break;
            }
        }
        said
    });
    (port, serving)
}

#[tokio::test]
async fn mail_has_a_subject_and_says_what_to_do() {
    let (port, serving) = serve().await;
    let address = format!("smtp://127.0.0.1:{port}/?from=segue@music.example&to=ops@music.example");
    assert!(Notifier::parse(&address, None).unwrap().tell(&notification()).await.is_empty());
    let said = serving.await.unwrap();
    for part in [
        "MAIL FROM:<segue@music.example>",
        "RCPT TO:<ops@music.example>",
        "Subject: [page] nightly: a run failed",
        "why: no space left on device",
        "next: make room",
    ] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}
