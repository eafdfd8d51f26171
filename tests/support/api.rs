//! Unsigned calls of AWS JSON APIs. The local AWS verifies no signature.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::local_aws::LocalAws;

/// Calls `action` of Step Functions.
///
/// # Errors
/// If the service responds with an error.
pub(crate) fn states(aws: &LocalAws, action: &str, input: &Value) -> anyhow::Result<Value> {
    let body = input.to_string();
    let endpoint = aws.endpoint();
    let address = endpoint.trim_start_matches("http://");
    let request = format!(
        "POST / HTTP/1.0\r\nHost: states.us-east-1.amazonaws.com\r\nContent-Length: {}\r\n\
         Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AWSStepFunctions.{action}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/states/aws4_request\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(request.as_bytes())?;
    let mut response = String::new();
    connection.read_to_string(&mut response)?;
    let (head, body) = response
        .split_once("\r\n\r\n")
        .with_context(|| format!("{action} got no response"))?;
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    ensure!(status == "200", "{action}: {status} {body}");
    serde_json::from_str(body).with_context(|| format!("{action} responded {body}"))
}
