//! Mail: a server that speaks enough of SMTP (RFC 5321) to take one message, in the clear.
//!
//! STARTTLS, signing in and wrong certificates are tried on aiosmtpd, a server of others, by deploy/setup/mail.sh.

use std::process::Command;

use base64::{Engine, engine::general_purpose::STANDARD};
use notify::Notifier;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};

use crate::notification;

/// Starts a server that takes one message and returns what was said to it. `offers` is what it can do.
async fn serve(offers: &'static str, refuses: &'static str) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        let mut said = Vec::new();
        // The notifier tries again what is refused.
        while !said.iter().any(|line| line == "QUIT") {
            let (socket, _) = listener.accept().await.unwrap();
            let (reader, mut writer) = socket.into_split();
            let mut lines = BufReader::new(reader).lines();
            let mut is_message = false;
            writer.write_all(b"220-here\r\n220 and ready\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let verb = line.split(' ').next().unwrap().to_owned();
                said.push(line);
                let answer = match verb.as_str() {
                    "." if is_message && said.iter().any(|line| line == "MAIL FROM:<stall@b.example>") => continue,
                    "." if is_message => {
                        is_message = false;
                        "250 taken\r\n".to_owned()
                    }
                    _ if is_message => continue,
                    verb if verb == refuses || said.last().is_some_and(|line| line == refuses) => {
                        "550 not here\r\n".to_owned()
                    }
                    "EHLO" => format!("250-here\r\n250-SIZE 1000\r\n250 {offers}\r\n"),
                    "DATA" => {
                        is_message = true;
                        "354 go on\r\n".to_owned()
                    }
                    "QUIT" => "221 bye\r\n".to_owned(),
                    _ => "250 ok\r\n".to_owned(),
                };
                writer.write_all(answer.as_bytes()).await.unwrap();
            }
        }
        said
    });
    (port, serving)
}

async fn failures(address: &str) -> String {
    let failures = Notifier::parse(address, None).unwrap().tell(&notification()).await;
    failures.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn mail_has_a_subject_and_says_what_to_do() {
    let (port, serving) = serve("8BITMIME", "").await;
    let address =
        format!("smtp://127.0.0.1:{port}/?from=segue@music.example&to=ops@music.example;lead@b.example&tls=off");
    assert_eq!(failures(&address).await, "");
    let said = serving.await.unwrap();
    for line in [
        "MAIL FROM:<segue@music.example>",
        "RCPT TO:<ops@music.example>",
        "RCPT TO:<lead@b.example>",
        "To: ops@music.example, lead@b.example",
        "Subject: [page] nightly: a run failed",
    ] {
        assert!(said.iter().any(|found| found == line), "{line} is missing in {said:?}");
    }
    let body = said.iter().skip_while(|line| !line.is_empty()).take_while(|line| *line != ".");
    let body: String = body.cloned().collect();
    assert_eq!(String::from_utf8(STANDARD.decode(body).unwrap()).unwrap(), notification().text());
}

#[tokio::test]
async fn a_server_that_cannot_encrypt_gets_nothing() {
    let (port, serving) = serve("8BITMIME", "").await;
    let failure = failures(&format!("smtp://me:hunter2@127.0.0.1:{port}/?from=a@b.example&to=c@d.example")).await;
    assert!(failure.contains("mail to c@d.example") && failure.contains("does not offer STARTTLS"), "{failure}");
    assert!(!failure.contains("hunter2"), "{failure}");
    serving.abort();
}

#[tokio::test]
async fn a_refusal_is_told_with_the_servers_words() {
    let (port, serving) = serve("8BITMIME", "RCPT").await;
    let failure = failures(&format!("smtp://127.0.0.1:{port}/?from=a@b.example&to=c@d.example&tls=off")).await;
    assert!(failure.contains("to RCPT TO:<c@d.example> the server said 550 not here"), "{failure}");
    serving.abort();
}

/// Servers that take the connection and fall silent: at once, and when they have the message.
#[tokio::test]
async fn a_server_that_stalls_holds_nobody_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = tokio::spawn(async move {
        let mut connections = Vec::new();
        loop {
            connections.push(listener.accept().await.unwrap());
        }
    });
    let (late, serving) = serve("8BITMIME", "").await;
    for port in [port, late] {
        // This sender's message is swallowed, and the server never says that it has it.
        let from = if port == late { "stall@b.example" } else { "a@b.example" };
        let address = format!("smtp://127.0.0.1:{port}/?from={from}&to=c@d.example&tls=off&timeout=1");
        let failure = tokio::time::timeout(std::time::Duration::from_secs(60), failures(&address)).await.unwrap();
        assert!(failure.contains("mail to c@d.example") && failure.contains("not taken within 1 s"), "{failure}");
    }
    silent.abort();
    serving.abort();
}

#[tokio::test]
async fn mail_goes_to_the_mailboxes_that_are_accepted() {
    let (port, serving) = serve("8BITMIME", "RCPT TO:<gone@b.example>").await;
    let to = "to=gone@b.example;ops%2Bnight@b.example";
    assert_eq!(failures(&format!("smtp://127.0.0.1:{port}/?from=a@b.example&{to}&tls=off")).await, "");
    let said = serving.await.unwrap();
    assert!(said.iter().any(|line| line == "RCPT TO:<ops+night@b.example>"), "{said:?}");
    assert_eq!(said.iter().filter(|line| *line == "DATA").count(), 1, "{said:?}");
}

/// Tells aiosmtpd, which the Python of `SEGUE_TEST_PYTHON` has; deploy/setup/mail.sh makes sure of both.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test is told by the script that calls it")]
#[ignore = "needs a server, which deploy/setup/mail.sh starts"]
async fn tell_the_given_server() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/setup/mail.py");
    let python = std::env::var("SEGUE_TEST_PYTHON").unwrap();
    let mut server = Command::new(python)
        .arg(script)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(server.stdout.take().unwrap()));
    let place: Vec<String> = lines.next().unwrap().unwrap().split(' ').map(str::to_owned).collect();
    let [starttls, tls, ca] = place.as_slice() else { panic!("{place:?}") };
    let to = format!("from=segue@music.example&to=ops@music.example&ca={ca}");
    assert_eq!(failures(&format!("smtp://ops:p%40ss@localhost:{starttls}/?{to}")).await, "");
    assert_eq!(failures(&format!("smtps://ops:p%40ss@localhost:{tls}/?{to}")).await, "");
    let wrong = failures(&format!("smtps://ops:wrong@localhost:{tls}/?{to}")).await;
    assert!(wrong.contains("to AUTH PLAIN the server said 535") && !wrong.contains("wrong@"), "{wrong}");
    let strange = failures(&format!("smtps://localhost:{tls}/?from=a@b.example&to=c@d.example")).await;
    assert!(strange.contains("cannot encrypt: invalid peer certificate"), "{strange}");
    let misnamed = failures(&format!("smtps://127.0.0.1:{tls}/?{to}")).await;
    assert!(misnamed.contains("cannot encrypt: invalid peer certificate"), "{misnamed}");
    for _ in 0..2 {
        let taken = lines.next().unwrap().unwrap();
        assert_eq!(taken, "ops segue@music.example ops@music.example [page] nightly: a run failed");
    }
    drop(server.stdin.take());
    assert!(server.wait().unwrap().success());
}
