//! `-I dummy`: raw C structures over a UNIX socket, so that one scripted responder can drive stock and this program.
//!
//! Layout, as stock 1.8.19 writes it on a 64-bit little-endian machine (`src/plugins/dummy/dummy.h`): a request is a
//! header of 16 bytes (netfn, LUN, cmd, target cmd, `u16` data length, 2 bytes of padding, an 8-byte pointer that means
//! nothing to the peer) and the data; an answer is a header of 24 bytes (netfn, cmd, seq, LUN, completion code, 3 bytes
//! of padding, `i32` data length, 4 bytes of padding, a pointer) and the data, without the completion code. The client
//! says goodbye with netfn 3Fh, cmd FFh. Nothing in this module panics.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use ipmi_rs::connection::{IpmiConnection, Message, Request, Response};

use super::{BmcConnection, TransportError, system_text};

/// A connected dummy interface.
#[derive(Debug)]
pub struct Dummy {
    socket: UnixStream,
    /// Netfn and command of the request that is not yet answered.
    pending: Option<(u8, u8)>,
}

impl Dummy {
    /// Connects to the socket that `IPMI_DUMMY_SOCK` names, or to `/tmp/.ipmi_dummy`.
    ///
    /// # Errors
    ///
    /// [`TransportError::Open`] with stock's line.
    pub fn open() -> Result<Self, TransportError> {
        let path =
            std::env::var_os(SOCKET_VARIABLE).unwrap_or_else(|| OsString::from(DEFAULT_SOCKET));
        Self::open_at(Path::new(&path))
    }

    /// Connects to the socket at `path`.
    ///
    /// # Errors
    ///
    /// [`TransportError::Open`] with stock's line.
    pub fn open_at(path: &Path) -> Result<Self, TransportError> {
        let socket = UnixStream::connect(path).map_err(|error| {
            TransportError::Open(format!(
                "dummy failed on connect(): : {}",
                system_text(&error)
            ))
        })?;
        Ok(Self {
            socket,
            pending: None,
        })
    }

    /// Says goodbye and closes the socket.
    pub fn close(mut self) {
        let mut goodbye = [0; REQUEST_HEADER];
        goodbye[0] = 0x3f;
        goodbye[2] = 0xff;
        // The peer may be gone already; then there is nobody left to say goodbye to.
        let _ = self.socket.write_all(&goodbye);
    }
}

/// What `-v` shows.
fn note(line: std::fmt::Arguments<'_>) {
    log::info!("{line}");
}

impl IpmiConnection for Dummy {
    type SendError = TransportError;
    type RecvError = TransportError;
    type Error = TransportError;

    fn send(&mut self, request: &mut Request) -> Result<(), TransportError> {
        let data = request.data();
        let length = u16::try_from(data.len())
            .map_err(|_| TransportError::Unsendable("more than 65535 bytes of data"))?;
        let (netfn, cmd, lun) = (
            request.netfn_raw(),
            request.cmd(),
            request.target().lun().value(),
        );

        note(format_args!(">>> IPMI req"));
        note(format_args!("msg.data_len: {length}"));
        note(format_args!("msg.netfn: {netfn:x}"));
        note(format_args!("msg.cmd: {cmd:x}"));
        note(format_args!("msg.target_cmd: 0"));
        note(format_args!("msg.lun: {lun:x}"));
        note(format_args!(">>>"));

        let mut packet = Vec::with_capacity(REQUEST_HEADER + data.len());
        packet.extend_from_slice(&[netfn, lun, cmd, 0]);
        packet.extend_from_slice(&length.to_le_bytes());
        packet.resize(REQUEST_HEADER, 0);
        packet.extend_from_slice(data);
        self.socket.write_all(&packet).map_err(failed)?;
        self.pending = Some((netfn, cmd));
        Ok(())
    }

    fn recv(&mut self) -> Result<Response, TransportError> {
        let (netfn, cmd) = self.pending.take().ok_or(TransportError::Closed)?;
        let mut header = [0; RESPONSE_HEADER];
        self.socket.read_exact(&mut header).map_err(failed)?;
        let length = i32::from_le_bytes([header[8], header[9], header[10], header[11]]);
        let length =
            usize::try_from(length).map_err(|_| TransportError::Malformed("negative length"))?;
        if length > MAX_ANSWER {
            return Err(TransportError::Malformed("longer than 1024 bytes"));
        }
        let mut data = vec![0; length + 1];
        data[0] = header[4];
        self.socket.read_exact(&mut data[1..]).map_err(failed)?;

        note(format_args!("<<< IPMI rsp"));
        note(format_args!("ccode: {:x}", header[4]));
        note(format_args!("data_len: {length}"));
        note(format_args!("msg.netfn: {:x}", header[0]));
        note(format_args!("msg.cmd: {:x}", header[1]));
        note(format_args!("msg.seq: {:x}", header[2]));
        note(format_args!("msg.lun: {:x}", header[3]));
        note(format_args!("<<<"));

        // The socket carries one answer per request, in order: as in stock, the answer's own netfn is not looked at.
        Response::new(Message::new_raw(netfn, cmd, data), i64::from(header[2]))
            .ok_or(TransportError::Malformed("no completion code"))
    }

    fn send_recv(&mut self, request: &mut Request) -> Result<Response, TransportError> {
        self.send(request)?;
        self.recv()
    }
}

/// One request at a time: hints and patience mean nothing here.
impl BmcConnection for Dummy {}

/// Stock names reading in both directions.
fn failed(error: io::Error) -> TransportError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => TransportError::Closed,
        _ => TransportError::Medium(format!("dummy failed on read(): : {}", system_text(&error))),
    }
}

const SOCKET_VARIABLE: &str = "IPMI_DUMMY_SOCK";
const DEFAULT_SOCKET: &str = "/tmp/.ipmi_dummy";
const REQUEST_HEADER: usize = 16;
const RESPONSE_HEADER: usize = 24;
/// Stock's buffer (`IPMI_BUF_SIZE`), which it does not check.
const MAX_ANSWER: usize = 1024;

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use ipmi_rs::connection::{IpmiCommand, LogicalUnit, RequestTargetAddress};

    use super::*;

    fn exchange(answer: Vec<u8>) -> (Vec<u8>, Result<Response, TransportError>) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let peer = thread::spawn(move || {
            let mut request = vec![0; REQUEST_HEADER + 2];
            theirs.read_exact(&mut request).unwrap();
            theirs.write_all(&answer).unwrap();
            request
        });
        let mut dummy = Dummy {
            socket: ours,
            pending: None,
        };
        let message = Message::new_raw(0x2c, 0x3e, vec![7, 8]);
        let mut request = Request::new(message, RequestTargetAddress::Bmc(LogicalUnit::Two));
        let response = dummy.send_recv(&mut request);
        (peer.join().unwrap(), response)
    }

    fn answer(ccode: u8, length: i32, data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x2d, 0x3e, 5, 0, ccode, 0, 0, 0];
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.resize(RESPONSE_HEADER, 0);
        bytes.extend_from_slice(data);
        bytes
    }

    #[test]
    fn a_request_and_its_answer_have_stocks_layout() {
        let (sent, response) = exchange(answer(0xc1, 3, &[1, 2, 3]));
        assert_eq!(
            sent,
            [0x2c, 2, 0x3e, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8]
        );
        let response = response.unwrap();
        assert_eq!((response.cc(), response.data()), (0xc1, &[1, 2, 3][..]));
        assert_eq!((response.netfn_raw(), response.cmd()), (0x2c, 0x3e));
    }

    #[test]
    fn typed_commands_work_on_netfns_above_transport() {
        struct GroupExtension;
        impl From<GroupExtension> for Message {
            fn from(_: GroupExtension) -> Self {
                Message::new_raw(0x2c, 0x3e, vec![7, 8])
            }
        }
        impl IpmiCommand for GroupExtension {
            type Output = Vec<u8>;
            type Error = ();
            fn parse_success_response(data: &[u8]) -> Result<Vec<u8>, ()> {
                Ok(data.to_vec())
            }
        }
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let peer = thread::spawn(move || {
            theirs.read_exact(&mut [0; REQUEST_HEADER + 2]).unwrap();
            theirs.write_all(&answer(0, 2, &[5, 6])).unwrap();
        });
        let dummy = Dummy {
            socket: ours,
            pending: None,
        };
        let answer = ipmi_rs::Ipmi::new(dummy).send_recv(GroupExtension);
        assert_eq!(answer.unwrap(), [5, 6]);
        peer.join().unwrap();
    }

    #[test]
    fn hostile_answers_are_errors() {
        assert!(matches!(
            exchange(answer(0, -1, &[])).1,
            Err(TransportError::Malformed(_))
        ));
        assert!(matches!(
            exchange(answer(0, i32::MAX, &[])).1,
            Err(TransportError::Malformed(_))
        ));
        assert!(matches!(
            exchange(answer(0, 4, &[1])).1,
            Err(TransportError::Closed)
        ));
        assert!(matches!(
            exchange(vec![0; 5]).1,
            Err(TransportError::Closed)
        ));
    }

    #[test]
    fn a_missing_socket_is_reported_in_stocks_words() {
        let error = Dummy::open_at(Path::new("/nonexistent/socket")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "dummy failed on connect(): : No such file or directory"
        );
    }

    #[test]
    fn closing_says_goodbye() {
        let directory =
            std::env::temp_dir().join(format!("steadysol-dummy-{}", std::process::id()));
        let _ = std::fs::remove_file(&directory);
        let listener = UnixListener::bind(&directory).unwrap();
        let dummy = Dummy::open_at(&directory).unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        dummy.close();
        let mut goodbye = Vec::new();
        peer.read_to_end(&mut goodbye).unwrap();
        assert_eq!((goodbye.len(), goodbye[0], goodbye[2]), (16, 0x3f, 0xff));
        std::fs::remove_file(&directory).unwrap();
    }
}
