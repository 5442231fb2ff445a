//! The threads that receive datagrams: one for the session's port, and one more for each other port that the BMC
//! names for SOL.
//!
//! A connected socket keeps the source address that it once got. When our own address changes (another lease, a VPN,
//! a laptop carried elsewhere), its packets fail or vanish, while a new socket would work; and BMCs follow a session
//! to the address that its packets come from. So when sending fails, or nothing is heard, we look whether the system
//! would choose another address now, and if so move there, with our port where it is free.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrStorage, bind, setsockopt, socket, sockopt,
};

use super::stop::{self, Listener, Stop};
use crate::proto::console::Datagram;

/// The datagrams of the BMC's ports.
#[derive(Debug)]
pub struct Network {
    sockets: RefCell<Sockets>,
    arrivals: Arrivals,
    datagrams: Receiver<Datagram>,
    peer: SocketAddr,
    /// Our port, by which the BMC knows us.
    port: u16,
    doubt: RefCell<Doubt>,
}

/// The sockets of one address of ours.
#[derive(Debug)]
struct Sockets {
    session: Receiving,
    others: BTreeMap<u16, Option<Receiving>>,
}

/// A socket connected to a port of the BMC, and its thread.
#[derive(Debug)]
struct Receiving {
    socket: UdpSocket,
    _stop: Stop,
}

/// Where threads put what they receive.
#[derive(Debug, Clone)]
struct Arrivals {
    sender: Sender<Datagram>,
    /// How many datagrams have come.
    count: Arc<AtomicUsize>,
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
    /// Starts the thread that receives on `socket`, which is connected to the BMC.
    ///
    /// # Errors
    ///
    /// When the system has no thread or file descriptor left.
    pub fn start(socket: UdpSocket) -> io::Result<Self> {
        Self::with_patience(socket, PATIENCE)
    }

    fn with_patience(socket: UdpSocket, patience: Duration) -> io::Result<Self> {
        let (sender, datagrams) = bounded(QUEUE);
        let arrivals = Arrivals {
            sender,
            count: Arc::default(),
        };
        let (peer, port) = (socket.peer_addr()?, socket.local_addr()?.port());
        Ok(Self {
            sockets: RefCell::new(Sockets::new(socket, &arrivals)?),
            arrivals,
            datagrams,
            peer,
            port,
            doubt: RefCell::new(Doubt::new(patience)),
        })
    }

    /// Sends a datagram. What cannot be sent is as good as lost on the way: the core sends it again.
    pub fn send(&self, datagram: &Datagram) {
        let now = Instant::now();
        let heard = self.arrivals.count.load(Ordering::SeqCst);
        if self.doubt.borrow_mut().sends(now, heard) {
            self.follow_our_address();
        }
        if let Err(error) = self.try_send(datagram) {
            log::debug!("send: {error}");
            if is_about_us(&error)
                && self.doubt.borrow_mut().fails(now)
                && self.follow_our_address()
                && let Err(error) = self.try_send(datagram)
            {
                log::debug!("send: {error}");
            }
        }
    }

    /// Where datagrams arrive.
    pub fn datagrams(&self) -> &Receiver<Datagram> {
        &self.datagrams
    }

    fn try_send(&self, datagram: &Datagram) -> io::Result<()> {
        let mut sockets = self.sockets.borrow_mut();
        let Some(port) = datagram.port else {
            return send(&sockets.session.socket, &datagram.bytes);
        };
        match sockets.other(port, &self.arrivals) {
            Some(other) => send(&other.socket, &datagram.bytes),
            None => Ok(()),
        }
    }

    /// Moves to the address that the system would choose for the BMC now, if it is another; says whether it was.
    fn follow_our_address(&self) -> bool {
        let moved = self.elsewhere().and_then(|socket| match socket {
            None => Ok(false),
            Some(socket) => {
                log::info!("our address is now {}", socket.local_addr()?);
                // The old threads end with the old sockets.
                *self.sockets.borrow_mut() = Sockets::new(socket, &self.arrivals)?;
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
        if ours.ip() == self.sockets.borrow().session.socket.local_addr()?.ip() {
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
    fn new(session: UdpSocket, arrivals: &Arrivals) -> io::Result<Self> {
        Ok(Self {
            session: Receiving::start(session, None, arrivals.clone())?,
            others: BTreeMap::new(),
        })
    }

    fn other(&mut self, port: u16, arrivals: &Arrivals) -> Option<&Receiving> {
        let session = &self.session.socket;
        let other = self.others.entry(port).or_insert_with(|| {
            open(session, port)
                .and_then(|socket| Receiving::start(socket, Some(port), arrivals.clone()))
                .inspect_err(|error| log::debug!("port {port}: {error}"))
                .ok()
        });
        other.as_ref()
    }
}

impl Receiving {
    fn start(socket: UdpSocket, port: Option<u16>, arrivals: Arrivals) -> io::Result<Self> {
        let (stop, listener) = stop::pair()?;
        let theirs = socket.try_clone()?;
        stop::spawn("network", move || {
            receive_until_stopped(&theirs, port, &arrivals, &listener)
        })?;
        Ok(Self {
            socket,
            _stop: stop,
        })
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
    bind(
        std::os::fd::AsRawFd::as_raw_fd(&fd),
        &SockaddrStorage::from(ours),
    )?;
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

fn receive_until_stopped(
    socket: &UdpSocket,
    port: Option<u16>,
    arrivals: &Arrivals,
    listener: &Listener,
) {
    let mut buffer = [0; MAX_DATAGRAM];
    while listener.readable(socket.as_fd()) {
        match socket.recv(&mut buffer) {
            Ok(got) => {
                arrivals.count.fetch_add(1, Ordering::SeqCst);
                // A longer datagram arrives truncated, and its integrity check then fails: no harm.
                let bytes = buffer.get(..got).unwrap_or(&buffer).to_vec();
                if arrivals.sender.send(Datagram { port, bytes }).is_err() {
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

/// How long the BMC may be silent, though spoken to, before our own address is looked at, and again.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn silence_moves_us_to_the_address_that_the_system_chooses_now_with_our_port() {
        let bmc = UdpSocket::bind("127.0.0.1:0").unwrap();
        bmc.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        // For a peer at 127.0.0.1 the system chooses 127.0.0.1: this address is as one that we no longer have.
        let socket = UdpSocket::bind("127.0.0.2:0").unwrap();
        socket.connect(bmc.local_addr().unwrap()).unwrap();
        let old = socket.local_addr().unwrap();
        let network = Network::with_patience(socket, Duration::from_millis(50)).unwrap();
        let mut buffer = [0; 16];
        let mut hears_from = || {
            network.send(&b"ask".to_vec().into());
            bmc.recv_from(&mut buffer).unwrap().1
        };
        assert_eq!(hears_from(), old);
        bmc.send_to(b"1", old).unwrap();
        network.datagrams().recv().unwrap();
        // An idle console is no silence.
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(hears_from(), old);
        std::thread::sleep(Duration::from_millis(60));
        let new = hears_from();
        assert_eq!(
            (new.ip(), new.port()),
            (bmc.local_addr().unwrap().ip(), old.port())
        );
        bmc.send_to(b"2", new).unwrap();
        let got = network.datagrams().recv_timeout(Duration::from_secs(5));
        assert_eq!(got.unwrap().bytes, b"2");
        std::thread::sleep(Duration::from_millis(60));
        assert_eq!(hears_from(), new, "nothing to change any more");
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
