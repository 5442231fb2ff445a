//! The thread that receives datagrams.

use std::io;
use std::net::UdpSocket;
use std::os::fd::AsFd;

use crossbeam_channel::{Receiver, bounded};

use super::stop::{self, Stop};

/// The datagrams of a connected socket.
#[derive(Debug)]
pub struct Network {
    socket: UdpSocket,
    datagrams: Receiver<Vec<u8>>,
    _stop: Stop,
}

impl Network {
    /// Starts the thread that receives on `socket`, which is connected to the BMC.
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn start(socket: UdpSocket) -> io::Result<Self> {
        let theirs = socket.try_clone()?;
        let (sender, datagrams) = bounded(QUEUE);
        let (stop, listener) = stop::pair()?;
        stop::spawn("network", move || {
            let mut buffer = [0; MAX_DATAGRAM];
            while listener.readable(theirs.as_fd()) {
                match theirs.recv(&mut buffer) {
                    Ok(got) => {
                        // A longer datagram arrives truncated, and its integrity check then fails: no harm.
                        let datagram = buffer.get(..got).unwrap_or(&buffer).to_vec();
                        if sender.send(datagram).is_err() {
                            return;
                        }
                    }
                    // An ICMP message (port or network unreachable), an interface that is down: the BMC may come
                    // back, and only the keepalive decides how long to wait for it.
                    Err(error) => {
                        log::debug!("receive: {error}");
                        if !matches!(
                            error.kind(),
                            io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                        ) && !listener.pause(PAUSE_AFTER_ERROR)
                        {
                            return;
                        }
                    }
                }
            }
        })?;
        Ok(Self {
            socket,
            datagrams,
            _stop: stop,
        })
    }

    /// Sends a datagram. What cannot be sent is as good as lost on the way: the core sends it again.
    pub fn send(&self, datagram: &[u8]) {
        // The first try also reports, and clears, an error of an earlier datagram; so try twice.
        if let Err(error) = self
            .socket
            .send(datagram)
            .or_else(|_| self.socket.send(datagram))
        {
            log::debug!("send: {error}");
        }
    }

    /// Where datagrams arrive.
    pub fn datagrams(&self) -> &Receiver<Vec<u8>> {
        &self.datagrams
    }
}

/// Datagrams that wait for the main loop; more wait in the kernel.
const QUEUE: usize = 64;

/// Bytes: more than any RMCP+ packet.
const MAX_DATAGRAM: usize = 4096;

/// Milliseconds; keeps a socket that fails on every call from using up the processor.
const PAUSE_AFTER_ERROR: u16 = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_closed_port_does_not_end_reception() {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = peer.local_addr().unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(address).unwrap();
        let ours = socket.local_addr().unwrap();
        let network = Network::start(socket).unwrap();
        drop(peer);
        for _ in 0..3 {
            network.send(b"lost");
            std::thread::sleep(Duration::from_millis(5));
        }
        let peer = UdpSocket::bind(address).unwrap();
        peer.send_to(b"back", ours).unwrap();
        assert_eq!(
            network
                .datagrams()
                .recv_timeout(Duration::from_secs(5))
                .unwrap(),
            b"back"
        );
        network.send(b"again");
        let mut buffer = [0; 16];
        peer.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(peer.recv(&mut buffer).unwrap(), 5);
    }
}
