//! What systemd is told (`Type=notify`, `WatchdogSec=`): readiness, state, and that the loop still turns.
//!
//! The protocol is that of sd_notify(3): datagrams of `NAME=value` lines to the socket in `NOTIFY_SOCKET`.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::{Duration, Instant};

use super::notice;

/// The way to systemd; nothing where there is none.
#[derive(Debug, Default)]
pub struct Notify {
    socket: Option<UnixDatagram>,
    /// How often the watchdog is fed.
    every: Option<Duration>,
    fed: Option<Instant>,
}

impl Notify {
    /// As the environment says.
    pub fn from_environment() -> Self {
        let Some(name) = env::var_os("NOTIFY_SOCKET") else {
            return Self::default();
        };
        let number = |variable: &str| env::var(variable).ok()?.parse::<u64>().ok();
        let for_us = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let every = number("WATCHDOG_USEC")
            .filter(|microseconds| for_us && *microseconds > 0)
            .map(|microseconds| Duration::from_micros(microseconds / 2));
        match connect(&name) {
            Ok(socket) => Self {
                socket: Some(socket),
                every,
                fed: None,
            },
            Err(error) => {
                log::warn!("NOTIFY_SOCKET: {error}");
                Self::default()
            }
        }
    }

    /// When [`feed`](Self::feed) wants to be called.
    pub fn due(&self) -> Option<Instant> {
        let every = self.every.filter(|_| self.socket.is_some())?;
        self.fed.map(|fed| fed + every)
    }

    /// Feeds the watchdog, if it is time.
    pub fn feed(&mut self, now: Instant) {
        if self.every.is_some() && self.due().is_none_or(|due| due <= now) {
            self.fed = Some(now);
            self.send("WATCHDOG=1");
        }
    }

    /// The service does its work.
    pub fn ready(&mut self) {
        self.send("READY=1");
    }

    /// The service is about to end.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// One line for `systemctl status`.
    pub fn status(&self, text: &str) {
        self.send(&format!("STATUS={}", notice::plain(text)));
    }

    fn send(&self, text: &str) {
        if let Some(socket) = &self.socket
            && let Err(error) = socket.send(text.as_bytes())
        {
            log::debug!("NOTIFY_SOCKET: {error}");
        }
    }
}

/// A name that begins with `@` is one of Linux's abstract names.
fn connect(name: &OsStr) -> io::Result<UnixDatagram> {
    let bytes = name.as_bytes();
    let address = match bytes.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.connect_addr(&address)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 100];
        let got = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..got].to_vec()).unwrap()
    }

    #[test]
    fn systemd_hears_through_a_path_and_through_an_abstract_name() {
        let folder =
            nix::unistd::mkdtemp(&env::temp_dir().join("steadysol-notify-XXXXXX")).unwrap();
        let path = folder.join("socket");
        let name = format!("steadysol-test-{}", std::process::id());
        let sockets = [
            (
                UnixDatagram::bind(&path).unwrap(),
                path.clone().into_os_string(),
            ),
            (
                UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap(),
                format!("@{name}").into(),
            ),
        ];
        for (socket, name) in sockets {
            let mut notify = Notify {
                socket: Some(connect(&name).unwrap()),
                every: Some(Duration::from_secs(5)),
                fed: None,
            };
            notify.ready();
            assert_eq!(heard(&socket), "READY=1");
            notify.status("a\nREADY=0");
            assert_eq!(heard(&socket), "STATUS=a READY=0");
            let now = Instant::now();
            notify.feed(now);
            notify.feed(now + Duration::from_secs(4));
            notify.stopping();
            assert_eq!(heard(&socket), "WATCHDOG=1");
            assert_eq!(heard(&socket), "STOPPING=1");
            notify.feed(now + Duration::from_secs(5));
            assert_eq!(heard(&socket), "WATCHDOG=1");
            assert_eq!(notify.due(), Some(now + Duration::from_secs(10)));
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
