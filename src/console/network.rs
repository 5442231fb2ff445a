//! The threads that receive datagrams: one for the session's port, and one more for each other port that the BMC
//! names for SOL.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsFd;

use crossbeam_channel::{Receiver, Sender, bounded};
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrStorage, bind, setsockopt, socket, sockopt,
};

use super::stop::{self, Listener, Stop};
use crate::proto::console::Datagram;

/// The datagrams of the BMC's ports.
#[derive(Debug)]
pub struct Network {
    socket: UdpSocket,
    others: RefCell<BTreeMap<u16, Option<Other>>>,
    sender: Sender<Datagram>,
    datagrams: Receiver<Datagram>,
    _stop: Stop,
}

/// A socket connected to another port of the BMC.
#[derive(Debug)]
struct Other {
    socket: UdpSocket,
    _stop: Stop,
}

impl Network {
    /// Starts the thread that receives on `socket`, which is connected to the BMC.
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn start(socket: UdpSocket) -> io::Result<Self> {
        let (sender, datagrams) = bounded(QUEUE);
        let stop = receive(socket.try_clone()?, None, sender.clone())?;
        Ok(Self {
            socket,
            others: RefCell::default(),
            sender,
            datagrams,
            _stop: stop,
        })
    }

    /// Sends a datagram. What cannot be sent is as good as lost on the way: the core sends it again.
    pub fn send(&self, datagram: &Datagram) {
        let Some(port) = datagram.port else {
            return send(&self.socket, &datagram.bytes);
        };
        let mut others = self.others.borrow_mut();
        let other = others.entry(port).or_insert_with(|| {
            self.open(port)
                .inspect_err(|error| log::debug!("port {port}: {error}"))
                .ok()
        });
        if let Some(other) = other {
            send(&other.socket, &datagram.bytes);
        }
    }

    /// Where datagrams arrive.
    pub fn datagrams(&self) -> &Receiver<Datagram> {
        &self.datagrams
    }

    /// A socket with our own address and port, by which the BMC knows us, connected to another port of the BMC.
    fn open(&self, port: u16) -> io::Result<Other> {
        let (ours, mut theirs) = (self.socket.local_addr()?, self.socket.peer_addr()?);
        theirs.set_port(port);
        let family = match theirs {
            SocketAddr::V4(_) => AddressFamily::Inet,
            SocketAddr::V6(_) => AddressFamily::Inet6,
        };
        let fd = socket(family, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
        // Each is connected to a port of its own, so that the kernel tells their datagrams apart.
        setsockopt(&self.socket, sockopt::ReuseAddr, &true)?;
        setsockopt(&fd, sockopt::ReuseAddr, &true)?;
        bind(
            std::os::fd::AsRawFd::as_raw_fd(&fd),
            &SockaddrStorage::from(ours),
        )?;
        let socket = UdpSocket::from(fd);
        socket.connect(theirs)?;
        let stop = receive(socket.try_clone()?, Some(port), self.sender.clone())?;
        Ok(Other {
            socket,
            _stop: stop,
        })
    }
}

fn send(socket: &UdpSocket, bytes: &[u8]) {
    // The first try also reports, and clears, an error of an earlier datagram; so try twice.
    if let Err(error) = socket.send(bytes).or_else(|_| socket.send(bytes)) {
        log::debug!("send: {error}");
    }
}

fn receive(socket: UdpSocket, port: Option<u16>, sender: Sender<Datagram>) -> io::Result<Stop> {
    let (stop, listener) = stop::pair()?;
    stop::spawn("network", move || {
        receive_until_stopped(&socket, port, &sender, &listener)
    })?;
    Ok(stop)
}

fn receive_until_stopped(
    socket: &UdpSocket,
    port: Option<u16>,
    sender: &Sender<Datagram>,
    listener: &Listener,
) {
    let mut buffer = [0; MAX_DATAGRAM];
    while listener.readable(socket.as_fd()) {
        match socket.recv(&mut buffer) {
            Ok(got) => {
                // A longer datagram arrives truncated, and its integrity check then fails: no harm.
                let bytes = buffer.get(..got).unwrap_or(&buffer).to_vec();
                if sender.send(Datagram { port, bytes }).is_err() {
                    return;
                }
            }
            // An ICMP message (port or network unreachable), an interface that is down: the BMC may come back, and
            // only the keepalive decides how long to wait for it.
            Err(error) => {
                log::debug!("receive: {error}");
                let passing = matches!(
                    error.kind(),
                    io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                );
                if !passing && !listener.pause(PAUSE_AFTER_ERROR) {
                    return;
                }
            }
        }
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
            network.send(&b"lost".to_vec().into());
            std::thread::sleep(Duration::from_millis(5));
        }
        let peer = UdpSocket::bind(address).unwrap();
        peer.send_to(b"back", ours).unwrap();
        assert_eq!(
            network
                .datagrams()
                .recv_timeout(Duration::from_secs(5))
                .unwrap()
                .bytes,
            b"back"
        );
        network.send(&b"again".to_vec().into());
        let mut buffer = [0; 16];
        peer.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(peer.recv(&mut buffer).unwrap(), 5);
    }

    #[test]
    fn another_port_of_the_bmc_is_spoken_to_from_the_same_port_of_ours() {
        let (session, sol) = (
            UdpSocket::bind("127.0.0.1:0").unwrap(),
            UdpSocket::bind("127.0.0.1:0").unwrap(),
        );
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(session.local_addr().unwrap()).unwrap();
        let ours = socket.local_addr().unwrap();
        let network = Network::start(socket).unwrap();
        let port = Some(sol.local_addr().unwrap().port());
        let mut buffer = [0; 16];
        for round in 0..3 {
            network.send(&Datagram {
                port,
                bytes: vec![round],
            });
            sol.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            assert_eq!(sol.recv_from(&mut buffer).unwrap(), (1, ours));
            for (peer, port) in [(&sol, port), (&session, None)] {
                peer.send_to(&[round], ours).unwrap();
                let got = network
                    .datagrams()
                    .recv_timeout(Duration::from_secs(5))
                    .unwrap();
                assert_eq!(
                    got,
                    Datagram {
                        port,
                        bytes: vec![round]
                    }
                );
            }
        }
    }
}
