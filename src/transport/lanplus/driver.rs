//! The blocking loops: send what is to be sent, wait for a datagram or the deadline, hand it in, again.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::proto::handshake::{Established, Failure, Handshake};
use crate::proto::inflight::RequestId;
use crate::proto::link::{Answer, Link};
use crate::wire::session::Packet;

/// A socket connected to the BMC.
#[derive(Debug)]
pub(super) struct Wire {
    socket: UdpSocket,
    refused: bool,
    buffer: Box<[u8; MAX_DATAGRAM]>,
}

impl Wire {
    pub(super) fn connect(address: SocketAddr) -> io::Result<Self> {
        let any: SocketAddr = match address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any)?;
        socket.connect(address)?;
        Ok(Self {
            socket,
            refused: false,
            buffer: Box::new([0; MAX_DATAGRAM]),
        })
    }

    /// Whether the host has said that nothing listens on the port.
    pub(super) fn was_refused(&self) -> bool {
        self.refused
    }

    pub(super) fn into_socket(self) -> UdpSocket {
        self.socket
    }

    /// Errors of a datagram socket say something about an earlier packet, never about the session: they are noted,
    /// and the packet counts as lost.
    fn send(&mut self, datagram: &[u8]) {
        if let Err(error) = self.socket.send(datagram) {
            self.note(&error);
        }
    }

    /// The next datagram, or `None` once `deadline` has passed.
    fn receive(&mut self, deadline: Instant) -> Option<&[u8]> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            // A time-out of 0 would mean for ever; it cannot be 0 here.
            if let Err(error) = self
                .socket
                .set_read_timeout(Some(left.max(Duration::from_micros(100))))
            {
                log::debug!("set_read_timeout: {error}");
            }
            match self.socket.recv(&mut *self.buffer) {
                Ok(length) => return Some(&self.buffer[..length]),
                Err(error) => self.note(&error),
            }
        }
    }

    fn note(&mut self, error: &io::Error) {
        match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
            ErrorKind::ConnectionRefused => self.refused = true,
            _ => {
                log::debug!("socket: {error}");
                // An error that comes back at once, every time, must not become a busy loop.
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// Runs a handshake to its end. With `impatient`, a port that nothing listens on ends it at once (`None`).
pub(super) fn shake(
    wire: &mut Wire,
    handshake: &mut Handshake,
    impatient: bool,
) -> Option<Result<Established, Failure>> {
    loop {
        while let Some(datagram) = handshake.poll_transmit() {
            wire.send(&datagram);
        }
        if let Some(outcome) = handshake.poll_outcome() {
            return Some(outcome);
        }
        if impatient && wire.was_refused() {
            return None;
        }
        let deadline = handshake.poll_timeout()?;
        // A refused port is noticed without a datagram; look up now and then.
        let wake = if impatient {
            deadline.min(Instant::now() + GLANCE)
        } else {
            deadline
        };
        match wire.receive(wake) {
            Some(datagram) => handshake.handle_datagram(Instant::now(), datagram),
            None => handshake.handle_timeout(Instant::now()),
        }
    }
}

/// Sends what the link has to send.
pub(super) fn flush(wire: &mut Wire, link: &mut Link) {
    while let Some(datagram) = link.poll_transmit() {
        wire.send(&datagram);
    }
}

/// Waits for the answer to `id`; whatever else comes is consumed.
pub(super) fn converse(wire: &mut Wire, link: &mut Link, id: RequestId) -> Option<Answer> {
    loop {
        flush(wire, link);
        while let Some(done) = link.poll_done() {
            if done.id == id {
                return done.answer;
            }
        }
        let deadline = link.poll_timeout()?;
        if let Some(datagram) = wire.receive(deadline)
            && let Ok(Packet::V20(packet)) = Packet::parse(datagram)
        {
            link.handle_packet(Instant::now(), &packet);
        }
        // Checked after every packet: a flood must not put off the deadline.
        link.handle_timeout(Instant::now());
    }
}

/// No IPMI datagram is anywhere near as long.
const MAX_DATAGRAM: usize = 4096;

/// How soon a refused port is noticed.
const GLANCE: Duration = Duration::from_millis(20);
