//! From a host name to the addresses to try.

use std::net::{SocketAddr, ToSocketAddrs};

use crate::cli::context::Family;

/// All addresses of `host`, each once, in the resolver's order, of the kind that `family` allows. An IPv6 address may
/// stand in brackets and may name its scope (`fe80::1%eth0`).
///
/// # Errors
///
/// ipmitool's two lines.
pub(super) fn resolve(host: &str, port: u16, family: Family) -> Result<Vec<SocketAddr>, String> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    let failed = || format!("Address lookup for {host} failed\nCould not open socket!");
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in (bare, port).to_socket_addrs().map_err(|_| failed())? {
        let wanted = match family {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        };
        if wanted && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        Err(failed())
    } else {
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_addresses_are_taken_with_and_without_brackets_and_scopes() {
        let all = |host, family| resolve(host, 623, family);
        assert_eq!(
            all("127.0.0.1", Family::Any),
            Ok(vec!["127.0.0.1:623".parse().unwrap()])
        );
        assert_eq!(
            all("::1", Family::V6),
            Ok(vec!["[::1]:623".parse().unwrap()])
        );
        assert_eq!(
            all("[::1]", Family::Any),
            Ok(vec!["[::1]:623".parse().unwrap()])
        );
        let scoped = all("fe80::1%lo", Family::Any).unwrap();
        assert!(
            matches!(scoped[..], [SocketAddr::V6(v6)] if v6.scope_id() != 0),
            "{scoped:?}"
        );
    }

    #[test]
    fn an_address_of_the_wrong_kind_is_a_failed_lookup() {
        let failed = |host: &str| {
            Err(format!(
                "Address lookup for {host} failed\nCould not open socket!"
            ))
        };
        assert_eq!(resolve("127.0.0.1", 623, Family::V6), failed("127.0.0.1"));
        assert_eq!(
            resolve("nosuchhost.invalid", 623, Family::Any),
            failed("nosuchhost.invalid")
        );
        assert_eq!(resolve("", 623, Family::Any), failed(""));
    }
}
