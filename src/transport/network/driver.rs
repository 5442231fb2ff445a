//! The blocking loops: send what is to be sent, wait for a datagram or the deadline, hand it in, again.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::commentary;
use crate::proto::ahead::{Ahead, Outcome};
use crate::proto::link::{Done, Link};
use crate::proto::login::Login;
use crate::proto::session::Session;
use crate::transport::interrupt::Interrupt;

/// A socket connected to the BMC.
#[derive(Debug)]
pub(super) struct Wire {
    socket: UdpSocket,
    refused: bool,
    /// When the last datagram went out that nothing has followed yet.
    unheard: Option<Instant>,
    round_trip: Option<Duration>,
    interrupt: Option<Interrupt>,
    /// What goes out behind every datagram.
    chaser: Option<&'static [u8]>,
    buffer: Box<[u8; MAX_DATAGRAM]>,
}

impl Wire {
    /// Waits are cut short by `interrupt`.
    pub(super) fn connect(address: SocketAddr, interrupt: Option<Interrupt>) -> io::Result<Self> {
        let any: SocketAddr = match address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any)?;
        socket.connect(address)?;
        // Readable does not mean that there is a datagram: its checksum may be wrong.
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket,
            refused: false,
            unheard: None,
            round_trip: None,
            interrupt,
            chaser: None,
            buffer: Box::new([0; MAX_DATAGRAM]),
        })
    }

    /// From here on this goes out behind every datagram.
    pub(super) fn chase(&mut self, chaser: Option<&'static [u8]>) {
        self.chaser = chaser;
    }

    /// Whether the host has said that nothing listens on the port.
    pub(super) fn was_refused(&self) -> bool {
        self.refused
    }

    /// The shortest time between a datagram and the next that came back.
    pub(super) fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// From here on waits are not cut short.
    pub(super) fn disregard_interrupts(&mut self) -> Option<Interrupt> {
        self.interrupt.take()
    }

    /// The socket, blocking as sockets are at first.
    pub(super) fn into_socket(self) -> UdpSocket {
        if let Err(error) = self.socket.set_nonblocking(false) {
            log::debug!("set_nonblocking: {error}");
        }
        self.socket
    }

    fn is_interrupted(&self) -> bool {
        self.interrupt.as_ref().is_some_and(Interrupt::is_raised)
    }

    /// Errors of a datagram socket say something about an earlier packet, never about the session: they are noted,
    /// and the packet counts as lost.
    fn send(&mut self, datagram: &[u8]) {
        commentary::sending(datagram);
        self.unheard = Some(Instant::now());
        for bytes in [datagram].into_iter().chain(self.chaser) {
            if let Err(error) = self.socket.send(bytes) {
                self.note(&error);
            }
        }
    }

    /// The next datagram, or `None` once `deadline` has passed, the socket has reported an error, or there is an
    /// interruption: the caller looks what it is.
    fn receive(&mut self, deadline: Instant) -> Option<&[u8]> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        // Rounded up, so that a deadline is past when it has been waited for; far ones are waited for in pieces.
        let timeout = u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX);
        let here = PollFd::new(self.socket.as_fd(), PollFlags::POLLIN);
        let woken = match &self.interrupt {
            Some(interrupt) => poll(
                &mut [here, PollFd::new(interrupt.as_fd(), PollFlags::POLLIN)],
                PollTimeout::from(timeout),
            ),
            None => poll(&mut [here], PollTimeout::from(timeout)),
        };
        if woken == Ok(0) || self.is_interrupted() {
            return None;
        }
        self.receive_ready()
    }

    /// The next datagram, if there is one already.
    fn receive_ready(&mut self) -> Option<&[u8]> {
        match self.socket.recv(&mut *self.buffer) {
            Ok(length) => {
                if let Some(sent) = self.unheard.take() {
                    let took = sent.elapsed();
                    self.round_trip = Some(self.round_trip.map_or(took, |known| known.min(took)));
                }
                let datagram = &self.buffer[..length];
                commentary::received(datagram);
                Some(datagram)
            }
            Err(error) => {
                self.note(&error);
                None
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

/// The user wants an end.
#[derive(Debug)]
pub(super) struct Interrupted;

/// Runs a handshake to its end. With `impatient`, a port that nothing listens on ends it at once (`None`).
///
/// Interrupted, it goes on for a moment: a session that is made within it can be closed, one that is left half made
/// takes a slot of the BMC.
pub(super) fn shake<L: Login>(
    wire: &mut Wire,
    handshake: &mut L,
    impatient: bool,
) -> Result<Option<Result<Session, L::Failure>>, Interrupted> {
    let mut enough: Option<Instant> = None;
    loop {
        while let Some(datagram) = handshake.poll_transmit() {
            wire.send(&datagram);
        }
        if let Some(outcome) = handshake.poll_outcome() {
            return Ok(Some(outcome));
        }
        if enough.is_some_and(|enough| enough <= Instant::now()) {
            return Err(Interrupted);
        }
        if impatient && wire.was_refused() {
            return Ok(None);
        }
        let Some(deadline) = handshake.poll_timeout() else {
            return Ok(None);
        };
        let wake = enough.map_or(deadline, |enough| deadline.min(enough));
        if let Some(datagram) = wire.receive(wake) {
            handshake.handle_datagram(Instant::now(), datagram);
        } else {
            handshake.handle_timeout(Instant::now());
        }
        if wire.is_interrupted() {
            wire.disregard_interrupts();
            enough = Some(Instant::now() + LAST_MOMENT);
        }
    }
}

/// Sends what the link has to send.
pub(super) fn flush(wire: &mut Wire, link: &mut Link) {
    while let Some(datagram) = link.poll_transmit() {
        wire.send(&datagram);
    }
}

/// Waits for the outcome of the wanted request; whatever else comes is consumed, or kept until it is wanted.
pub(super) fn fulfil(
    wire: &mut Wire,
    link: &mut Link,
    ahead: &mut Ahead,
) -> Result<Outcome, Interrupted> {
    loop {
        while let Some(done) = link.poll_done() {
            ahead.handle_done(Instant::now(), link, done);
        }
        ahead.handle_timeout(Instant::now(), link);
        flush(wire, link);
        if let Some(outcome) = ahead.poll_outcome() {
            return Ok(outcome);
        }
        if wire.is_interrupted() {
            return Err(Interrupted);
        }
        let timers = [link.poll_timeout(), ahead.poll_timeout()];
        let Some(deadline) = timers.into_iter().flatten().min() else {
            return Ok(Outcome::Silent);
        };
        if let Some(datagram) = wire.receive(deadline) {
            link.handle_datagram(Instant::now(), datagram);
        }
        // What lies there already is not late, even if this process was held up; a flood must not put off the timers.
        for _ in 0..ROUND {
            let Some(datagram) = wire.receive_ready() else {
                break;
            };
            link.handle_datagram(Instant::now(), datagram);
        }
        link.handle_timeout(Instant::now());
    }
}

/// Waits until the fate of any request is known, or `until`; whatever else comes is consumed.
pub(super) fn next_done(
    wire: &mut Wire,
    link: &mut Link,
    until: Instant,
) -> Result<Option<Done>, Interrupted> {
    loop {
        flush(wire, link);
        if let Some(done) = link.poll_done() {
            return Ok(Some(done));
        }
        if wire.is_interrupted() {
            return Err(Interrupted);
        }
        if until <= Instant::now() {
            return Ok(None);
        }
        let wake = link.poll_timeout().map_or(until, |at| at.min(until));
        if let Some(datagram) = wire.receive(wake) {
            link.handle_datagram(Instant::now(), datagram);
        }
        link.handle_timeout(Instant::now());
    }
}

/// No IPMI datagram is anywhere near as long.
const MAX_DATAGRAM: usize = 4096;

/// More answers than can be in flight.
const ROUND: usize = 32;

/// How long a handshake may still take when it has been interrupted.
const LAST_MOMENT: Duration = Duration::from_millis(300);
