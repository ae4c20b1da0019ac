//! The Open Inference Protocol over gRPC, spoken in bytes: the numbers of the fields are written down here from the
//! public definition and shared with nothing of the server.

use bytes::{Buf, BufMut};
use model::artefact;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;
use tonic::{
    Code, Request, Status,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::Endpoint,
};

use crate::{
    fixture::{small_config, torch, track_uri},
    serving::{Server, lake_with_model},
    training::train,
};

/// Messages as bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Plain;

impl Codec for Plain {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, message: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&message);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut message = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut message);
        Ok(Some(message))
    }
}

/// A field of bytes, text or a message: number and wire type 2, length, content.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    varint(content.len(), &mut bytes);
    bytes.extend(content);
    bytes
}

fn varint(mut value: usize, bytes: &mut Vec<u8>) {
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
}

/// The fields of a message in order; a number's bytes are its little-endian form.
fn fields(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let take = |bytes: &mut &[u8]| {
        let (mut value, mut shift) = (0usize, 0);
        loop {
            let byte = bytes.get_u8();
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return value;
            }
        }
    };
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = take(&mut bytes);
        assert!([0, 2].contains(&(key & 7)), "wire type {}", key & 7);
        let value = take(&mut bytes);
        let content = if key & 7 == 0 { value.to_le_bytes().to_vec() } else { bytes.copy_to_bytes(value).to_vec() };
        found.push((u8::try_from(key >> 3).unwrap(), content));
    }
    found
}

fn texts(message: &[u8], number: u8) -> Vec<String> {
    let of = fields(message).into_iter().filter(|(found, _)| *found == number);
    of.map(|(_, content)| String::from_utf8(content).unwrap()).collect()
}

fn contents(message: &[u8], number: u8) -> Vec<Vec<u8>> {
    fields(message).into_iter().filter(|(found, _)| *found == number).map(|(_, content)| content).collect()
}

async fn call(address: &str, method: &'static str, message: Vec<u8>) -> Result<Vec<u8>, Status> {
    let channel = Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let path = format!("/inference.GRPCInferenceService/{method}").parse().unwrap();
    client.unary(Request::new(message), path, Plain).await.map(tonic::Response::into_inner)
}

/// `ModelInferRequest`: model_name 1, id 3, parameters 4 (a map: key 1, value 2; int64_param 2), inputs 5.
fn infer_request(k: u8, input: &[u8]) -> Vec<u8> {
    let parameter = [field(1, b"k"), field(2, &[2 << 3, k])].concat();
    [field(1, b"segue"), field(3, b"7"), field(4, &parameter), field(5, input)].concat()
}

/// `InferInputTensor` without contents: name 1, datatype 2, shape 3, of one element.
fn input(name: &[u8], datatype: &[u8]) -> Vec<u8> {
    [field(1, name), field(2, datatype), field(3, &[1])].concat()
}

#[tokio::test]
async fn grpc_gives_the_list_of_rest() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (_lake, id) = lake_with_model(folder.path()).await;
    let server = Server::serve(folder.path(), &["--grpc-port", "0"]).await;
    let address = server.grpc_address.clone().unwrap();
    let tracks = [track_uri(41), track_uri(42)];
    let (_, rest) = server.ask("/invocations", json!({ "tracks": tracks, "k": 4 })).await;
    let expected: Vec<&str> =
        rest["recommendations"].as_array().unwrap().iter().map(|line| line["track_uri"].as_str().unwrap()).collect();

    for method in ["ServerLive", "ServerReady"] {
        assert_eq!(call(&address, method, Vec::new()).await.unwrap(), [1 << 3, 1], "{method}");
    }
    assert_eq!(call(&address, "ModelReady", field(1, b"segue")).await.unwrap(), [1 << 3, 1]);
    let metadata = call(&address, "ServerMetadata", Vec::new()).await.unwrap();
    assert_eq!(texts(&metadata, 1), ["segue-model"]);
    let metadata = call(&address, "ModelMetadata", field(1, b"segue")).await.unwrap();
    assert_eq!((texts(&metadata, 1), texts(&metadata, 2)), (vec!["segue".to_owned()], vec![id.clone()]));
    let names = |number| contents(&metadata, number).iter().flat_map(|tensor| texts(tensor, 1)).collect::<Vec<_>>();
    assert_eq!((names(4), names(5)), (strings(&["tracks", "title"]), strings(&["track_uri", "score"])));

    // Contents of the input are field 5, and of these `bytes_contents` are field 8.
    let listed = tracks.join(",");
    let typed = [input(b"tracks", b"BYTES"), field(5, &field(8, listed.as_bytes()))].concat();
    let answer = call(&address, "ModelInfer", infer_request(4, &typed)).await.unwrap();
    assert_eq!(
        (texts(&answer, 1), texts(&answer, 2), texts(&answer, 3)),
        (strings(&["segue"]), vec![id], strings(&["7"]))
    );
    let outputs = contents(&answer, 5);
    assert_eq!(texts(&contents(&outputs[0], 5)[0], 8), expected);
    assert_eq!((texts(&outputs[0], 2), contents(&outputs[0], 3)), (strings(&["BYTES"]), vec![vec![1, 4]]));
    let scores = contents(&contents(&outputs[1], 5)[0], 6).concat();

    // Raw inputs are field 7, each element behind its length, and raw outputs field 6.
    let raw = [&u32::try_from(listed.len()).unwrap().to_le_bytes(), listed.as_bytes()].concat();
    let request = [infer_request(4, &input(b"tracks", b"BYTES")), field(7, &raw)].concat();
    let answer = call(&address, "ModelInfer", request).await.unwrap();
    let with_length = |uri: &&str| [&u32::try_from(uri.len()).unwrap().to_le_bytes(), uri.as_bytes()].concat();
    assert_eq!(contents(&answer, 6), [expected.iter().flat_map(with_length).collect(), scores]);

    // Requested outputs are field 6.
    let only = [infer_request(4, &typed), field(6, &field(1, b"score"))].concat();
    let answer = call(&address, "ModelInfer", only).await.unwrap();
    assert_eq!(contents(&answer, 5).iter().flat_map(|output| texts(output, 1)).collect::<Vec<_>>(), ["score"]);
    let metrics = server.get("/metrics").await.1;
    assert!(metrics.contains(r#"segue_model_requests_total{endpoint="ModelInfer",status="Ok"} 3"#), "{metrics}");
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[tokio::test]
async fn grpc_tells_what_it_cannot_answer() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let (lake, _) = lake_with_model(folder.path()).await;
    let server = Server::serve(folder.path(), &["--grpc-port", "0", "--queue", "2", "--batch", "1"]).await;
    let address = server.grpc_address.clone().unwrap();
    let typed = |text: &str| [input(b"tracks", b"BYTES"), field(5, &field(8, text.as_bytes()))].concat();
    let many: Vec<Vec<u8>> = (0..200).map(|track| field(8, track_uri(track % 120).as_bytes())).collect();
    let many = [field(1, b"tracks"), field(2, b"BYTES"), field(3, &[200, 1]), field(5, &many.concat())].concat();
    for (method, message, code, word) in [
        ("ModelReady", field(1, b"other"), Code::NotFound, "the model `segue`"),
        ("ModelInfer", field(1, b"segue"), Code::InvalidArgument, "expected the input `tracks`"),
        ("ModelInfer", infer_request(0, &typed("item:7")), Code::InvalidArgument, "`k` is 0"),
        ("ModelInfer", infer_request(4, &typed("nonsense")), Code::InvalidArgument, "`nonsense` is not a track"),
        ("ModelInfer", infer_request(4, &typed("item:7")), Code::FailedPrecondition, "none of which the model knows"),
        ("ModelInfer", infer_request(4, &input(b"tracks", b"FP32")), Code::InvalidArgument, "expected `BYTES`"),
        ("ModelInfer", infer_request(4, &input(b"tracks", b"BYTES")), Code::InvalidArgument, "0 elements do not fit"),
        ("ModelInfer", infer_request(4, &many), Code::ResourceExhausted, "the queue is full"),
        ("ModelStreamInfer", Vec::new(), Code::Unimplemented, "unknown"),
    ] {
        let status = call(&address, method, message).await.unwrap_err();
        assert!(status.code() == code && status.message().contains(word), "{method}: {status:?}");
    }
    drop(server);

    // What is under way when a stop is asked for is answered.
    artefact::save(&lake, &train(&lake, &small_config()).await).await.unwrap();
    let mut server = Server::serve(folder.path(), &["--grpc-port", "0", "--batch-wait-ms", "1000"]).await;
    let address = server.grpc_address.clone().unwrap();
    let pid = Pid::from_raw(i32::try_from(server.child.id()).unwrap());
    let mut metrics = String::new();
    let stop = async {
        // Either it waits for others of its batch, or the machine is so busy that it is answered already.
        let seen = ["queued_playlists 1", r#"endpoint="ModelInfer",status="Ok"} 1"#];
        while !seen.iter().any(|seen| metrics.contains(seen)) {
            metrics = server.get("/metrics").await.1;
        }
        kill(pid, Signal::SIGTERM).unwrap();
    };
    let (answer, ()) = tokio::join!(call(&address, "ModelInfer", infer_request(4, &typed(&track_uri(5)))), stop);
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}
