//! The sockets: one for the session's port, and one more for each other port that the BMC names for SOL. The console's
//! loop waits on them itself: handing each datagram over from a thread would cost more than all that is done with it.
//!
//! A connected socket keeps the source address that it once got. When our own address changes (another lease, a VPN,
//! a laptop carried elsewhere), its packets fail or vanish, while a new socket would work; and BMCs follow a session
//! to the address that its packets come from. So when sending fails, or nothing is heard, we look whether the system
//! would choose another address now, and if so move there, with our port where it is free.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, SockaddrStorage, bind, recv, setsockopt, socket,
    sockopt,
};

use super::bell::Bell;
use crate::proto::console::Datagram;

/// The datagrams of the BMC's ports.
#[derive(Debug)]
pub struct Network {
    sockets: Sockets,
    /// How many datagrams have come.
    heard: usize,
    peer: SocketAddr,
    /// Our port, by which the BMC knows us.
    port: u16,
    doubt: Doubt,
}

/// What ended a wait.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// This came.
    Datagram(Datagram),
    /// The bell was rung, and noted as heard.
    Rung,
    /// Nothing came in time.
    Deadline,
}

/// The sockets of one address of ours.
#[derive(Debug)]
struct Sockets {
    session: Port,
    others: Vec<Port>,
    /// Ports for which there is no socket to be had.
    refused: BTreeSet<u16>,
}

/// A socket connected to a port of the BMC.
#[derive(Debug)]
struct Port {
    /// The BMC's, where it is not the session's.
    number: Option<u16>,
    socket: UdpSocket,
    /// Until when it is left alone, after an error.
    rests: Option<Instant>,
}

/// When to look whether our address has changed.
#[derive(Debug)]
struct Doubt {
    /// How long what is sent may go unanswered, and how long after a look the next one follows.
    patience: Duration,
    /// How many datagrams had come when the last was sent.
    heard: usize,
    /// The first datagram sent since then.
    unanswered: Option<Instant>,
    looked: Option<Instant>,
}

impl Network {
    /// Takes over `socket`, which is connected to the BMC.
    ///
    /// # Errors
    ///
    /// When it is connected to nothing.
    pub fn new(socket: UdpSocket) -> io::Result<Self> {
        Self::with_patience(socket, PATIENCE)
    }

    fn with_patience(socket: UdpSocket, patience: Duration) -> io::Result<Self> {
        Ok(Self {
            heard: 0,
            peer: socket.peer_addr()?,
            port: socket.local_addr()?.port(),
            sockets: Sockets::new(socket),
            doubt: Doubt::new(patience),
        })
    }

    /// Sends a datagram. What cannot be sent is as good as lost on the way: the core sends it again.
    pub fn send(&mut self, datagram: &Datagram) {
        let now = Instant::now();
        if self.doubt.sends(now, self.heard) {
            self.follow_our_address();
        }
        if let Err(error) = self.sockets.send(datagram) {
            log::debug!("send: {error}");
            if is_about_us(&error)
                && self.doubt.fails(now)
                && self.follow_our_address()
                && let Err(error) = self.sockets.send(datagram)
            {
                log::debug!("send: {error}");
            }
        }
    }

    /// Waits for a datagram or the bell, until `until` at most; for a datagram that has come already it has time.
    pub fn wait(&mut self, bell: &Bell, until: Option<Instant>) -> Arrival {
        loop {
            let now = Instant::now();
            if until.is_some_and(|until| until <= now) {
                return self.waiting().map_or(Arrival::Deadline, Arrival::Datagram);
            }
            match self.sockets.poll(bell, until, now) {
                Ok(false) => {}
                Ok(true) => {
                    bell.heard();
                    return Arrival::Rung;
                }
                Err(error) => {
                    log::debug!("poll: {error}");
                    std::thread::sleep(PAUSE_AFTER_ERROR);
                }
            }
            if let Some(datagram) = self.waiting() {
                return Arrival::Datagram(datagram);
            }
        }
    }

    /// A datagram that has come already.
    pub fn waiting(&mut self) -> Option<Datagram> {
        let datagram = self.sockets.all().find_map(Port::receive)?;
        self.heard += 1;
        Some(datagram)
    }

    /// Moves to the address that the system would choose for the BMC now, if it is another; says whether it was.
    fn follow_our_address(&mut self) -> bool {
        let moved = self.elsewhere().and_then(|socket| match socket {
            None => Ok(false),
            Some(socket) => {
                log::info!("our address is now {}", socket.local_addr()?);
                self.sockets = Sockets::new(socket);
                Ok(true)
            }
        });
        moved.unwrap_or_else(|error| {
            log::debug!("no other address of ours: {error}");
            false
        })
    }

    /// A socket connected to the BMC from the address that the system chooses now, unless we have that one.
    fn elsewhere(&self) -> io::Result<Option<UdpSocket>> {
        let any: IpAddr = match self.peer {
            SocketAddr::V4(_) => std::net::Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0))?;
        socket.connect(self.peer)?;
        let mut ours = socket.local_addr()?;
        if ours.ip() == self.sockets.session.socket.local_addr()?.ip() {
            return Ok(None);
        }
        ours.set_port(self.port);
        let same_port = UdpSocket::bind(ours).and_then(|socket| {
            socket.connect(self.peer)?;
            Ok(socket)
        });
        Ok(Some(same_port.unwrap_or(socket)))
    }
}

impl Sockets {
    fn new(session: UdpSocket) -> Self {
        Self {
            session: Port::new(None, session),
            others: Vec::new(),
            refused: BTreeSet::new(),
        }
    }

    fn all(&mut self) -> impl Iterator<Item = &mut Port> {
        std::iter::once(&mut self.session).chain(&mut self.others)
    }

    fn send(&mut self, datagram: &Datagram) -> io::Result<()> {
        match self.to(datagram.port) {
            Some(port) => send(&port.socket, &datagram.bytes),
            None => Ok(()),
        }
    }

    /// The socket that goes to this port of the BMC, if there can be one.
    fn to(&mut self, number: Option<u16>) -> Option<&Port> {
        if let Some(number) = number
            && !self.refused.contains(&number)
            && !self.others.iter().any(|port| port.number == Some(number))
        {
            match open(&self.session.socket, number) {
                Ok(socket) => {
                    // The one that was used first: a BMC that names ever new ones must not use up our descriptors.
                    if self.others.len() >= MOST_OTHERS {
                        self.others.remove(0);
                    }
                    self.others.push(Port::new(Some(number), socket));
                }
                Err(error) => {
                    log::debug!("port {number}: {error}");
                    self.refused.insert(number);
                }
            }
        }
        std::iter::once(&self.session)
            .chain(&self.others)
            .find(|port| port.number == number)
    }

    /// Waits until a socket is readable, the bell rung, or it is time. Whether the bell was rung.
    fn poll(&mut self, bell: &Bell, until: Option<Instant>, now: Instant) -> io::Result<bool> {
        for port in self.all() {
            port.rests = port.rests.filter(|end| *end > now);
        }
        let all = || std::iter::once(&self.session).chain(&self.others);
        let awake = all().filter(|port| port.rests.is_none());
        let mut fds = vec![PollFd::new(bell.hears(), PollFlags::POLLIN)];
        fds.extend(awake.map(|port| PollFd::new(port.socket.as_fd(), PollFlags::POLLIN)));
        let end = all().filter_map(|port| port.rests).chain(until).min();
        let timeout = end.map_or(PollTimeout::NONE, |end| {
            // Whole milliseconds, and no earlier: else the last one would be spent asking.
            let left = end.saturating_duration_since(now) + Duration::from_nanos(999_999);
            PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
        });
        match poll(&mut fds, timeout) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let rung = fds.first().and_then(PollFd::revents);
        Ok(rung.is_some_and(|events| !events.is_empty()))
    }
}

impl Port {
    fn new(number: Option<u16>, socket: UdpSocket) -> Self {
        Self {
            number,
            socket,
            rests: None,
        }
    }

    fn receive(&mut self) -> Option<Datagram> {
        if self.rests.is_some() {
            return None;
        }
        let mut buffer = [0; MAX_DATAGRAM];
        match recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT) {
            Ok(got) => Some(Datagram {
                port: self.number,
                // A longer datagram arrives truncated, and its integrity check then fails: no harm.
                bytes: buffer.get(..got).unwrap_or(&buffer).to_vec(),
            }),
            Err(Errno::EAGAIN | Errno::EINTR) => None,
            // An ICMP message (port or network unreachable), an interface that is down: the BMC may come back, and
            // only the keepalive decides how long to wait for it.
            Err(error) => {
                log::debug!("receive: {error}");
                self.rests = Some(Instant::now() + PAUSE_AFTER_ERROR);
                None
            }
        }
    }
}

impl Doubt {
    fn new(patience: Duration) -> Self {
        Self {
            patience,
            heard: 0,
            unanswered: None,
            looked: None,
        }
    }

    /// A datagram is being sent, and `heard` have come until now. True: it is time to look.
    fn sends(&mut self, now: Instant, heard: usize) -> bool {
        if heard != self.heard {
            (self.heard, self.unanswered) = (heard, None);
        }
        let since = *self.unanswered.get_or_insert(now);
        now.saturating_duration_since(since) >= self.patience && self.looks(now, self.patience)
    }

    /// A datagram could not be sent. True: it is time to look, sooner than after mere silence.
    fn fails(&mut self, now: Instant) -> bool {
        self.looks(now, self.patience / 5)
    }

    fn looks(&mut self, now: Instant, apart: Duration) -> bool {
        let due = self
            .looked
            .is_none_or(|looked| now.saturating_duration_since(looked) >= apart);
        if due {
            self.looked = Some(now);
        }
        due
    }
}

/// A socket with our own address and port, by which the BMC knows us, connected to another port of the BMC.
fn open(session: &UdpSocket, port: u16) -> io::Result<UdpSocket> {
    let (ours, mut theirs) = (session.local_addr()?, session.peer_addr()?);
    theirs.set_port(port);
    let family = match theirs {
        SocketAddr::V4(_) => AddressFamily::Inet,
        SocketAddr::V6(_) => AddressFamily::Inet6,
    };
    let fd = socket(family, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // Each is connected to a port of its own, so that the kernel tells their datagrams apart.
    setsockopt(session, sockopt::ReuseAddr, &true)?;
    setsockopt(&fd, sockopt::ReuseAddr, &true)?;
    bind(fd.as_raw_fd(), &SockaddrStorage::from(ours))?;
    let socket = UdpSocket::from(fd);
    socket.connect(theirs)?;
    Ok(socket)
}

fn send(socket: &UdpSocket, bytes: &[u8]) -> io::Result<()> {
    // The first try also reports, and clears, an error of an earlier datagram; so try twice.
    socket.send(bytes).or_else(|_| socket.send(bytes)).map(drop)
}

/// Whether the error may come from an address or an interface that is no longer ours: not a closed port at the other
/// end, not a full queue.
fn is_about_us(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::WouldBlock
            | io::ErrorKind::Interrupted
            | io::ErrorKind::OutOfMemory
    )
}

/// Bytes: more than any RMCP+ packet.
const MAX_DATAGRAM: usize = 4096;

/// Sockets to ports that the BMC names for SOL. It has one such port at a time.
const MOST_OTHERS: usize = 4;

/// Keeps a socket that fails on every call from using up the processor.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(20);

/// How long the BMC may be silent, though spoken to, before our own address is looked at, and again.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    fn next(network: &mut Network) -> Datagram {
        let end = Instant::now() + Duration::from_secs(5);
        match network.wait(&Bell::new().unwrap(), Some(end)) {
            Arrival::Datagram(datagram) => datagram,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_closed_port_does_not_end_reception() {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = peer.local_addr().unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(address).unwrap();
        let ours = socket.local_addr().unwrap();
        let mut network = Network::new(socket).unwrap();
        drop(peer);
        for _ in 0..3 {
            network.send(&b"lost".to_vec().into());
            std::thread::sleep(Duration::from_millis(5));
        }
        let peer = UdpSocket::bind(address).unwrap();
        peer.send_to(b"back", ours).unwrap();
        assert_eq!(next(&mut network).bytes, b"back");
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
        let mut network = Network::new(socket).unwrap();
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
                let got = next(&mut network);
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

    #[test]
    fn ever_new_ports_of_the_bmc_use_up_no_descriptors() {
        let bmc = UdpSocket::bind("127.0.0.1:0").unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(bmc.local_addr().unwrap()).unwrap();
        let mut network = Network::new(socket).unwrap();
        for port in 40_000..40_300 {
            network.send(&Datagram {
                port: Some(port),
                bytes: b"sol".to_vec(),
            });
        }
        assert!(network.sockets.others.len() <= MOST_OTHERS);
        // The one that is in use works.
        let sol = UdpSocket::bind("127.0.0.1:0").unwrap();
        sol.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let port = Some(sol.local_addr().unwrap().port());
        network.send(&Datagram {
            port,
            bytes: b"sol".to_vec(),
        });
        assert_eq!(sol.recv(&mut [0; 16]).unwrap(), 3);
    }

    #[test]
    fn silence_moves_us_to_the_address_that_the_system_chooses_now_with_our_port() {
        let bmc = UdpSocket::bind("127.0.0.1:0").unwrap();
        bmc.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        // For a peer at 127.0.0.1 the system chooses 127.0.0.1: this address is as one that we no longer have.
        let socket = UdpSocket::bind("127.0.0.2:0").unwrap();
        socket.connect(bmc.local_addr().unwrap()).unwrap();
        let old = socket.local_addr().unwrap();
        let mut network = Network::with_patience(socket, Duration::from_millis(50)).unwrap();
        let mut buffer = [0; 16];
        let mut hears_from = |network: &mut Network| {
            network.send(&b"ask".to_vec().into());
            bmc.recv_from(&mut buffer).unwrap().1
        };
        assert_eq!(hears_from(&mut network), old);
        bmc.send_to(b"1", old).unwrap();
        next(&mut network);
        // An idle console is no silence.
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(hears_from(&mut network), old);
        std::thread::sleep(Duration::from_millis(60));
        let new = hears_from(&mut network);
        assert_eq!(
            (new.ip(), new.port()),
            (bmc.local_addr().unwrap().ip(), old.port())
        );
        bmc.send_to(b"2", new).unwrap();
        assert_eq!(next(&mut network).bytes, b"2");
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(hears_from(&mut network), new, "nothing to change any more");
    }

    #[test]
    fn our_address_is_looked_at_only_in_doubt_and_not_all_the_time() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut doubt = Doubt::new(ms(5000));
        let mut at = |t, heard| doubt.sends(start + ms(t), heard);
        assert!(!at(0, 0) && !at(4999, 0) && at(5000, 0), "after 5 s");
        assert!(!at(5001, 0) && !at(9999, 0) && at(10_000, 0), "every 5 s");
        assert!(!at(20_000, 1) && !at(24_999, 1) && at(25_000, 1), "again");
        assert!(!doubt.fails(start + ms(25_500)) && doubt.fails(start + ms(26_000)));
        assert!(!doubt.fails(start + ms(26_500)));
    }
}
