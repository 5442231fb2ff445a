//! From a host name to the addresses to try.

use std::net::{SocketAddr, ToSocketAddrs};

/// Which kinds of address a host name may resolve to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Either kind.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// All addresses of `host`, each once, in the resolver's order, of the kind that `family` allows. An IPv6 address may
/// stand in brackets and may name its scope (`fe80::1%eth0`). Empty where there is none.
pub(super) fn resolve(host: &str, port: u16, family: Family) -> Vec<SocketAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in (bare, port).to_socket_addrs().into_iter().flatten() {
        let wanted = match family {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        };
        if wanted && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_addresses_are_taken_with_and_without_brackets_and_scopes() {
        let all = |host, family| resolve(host, 623, family);
        assert_eq!(
            all("127.0.0.1", Family::Any),
            ["127.0.0.1:623".parse().unwrap()]
        );
        assert_eq!(all("::1", Family::V6), ["[::1]:623".parse().unwrap()]);
        assert_eq!(all("[::1]", Family::Any), ["[::1]:623".parse().unwrap()]);
        for scoped in ["fe80::1%lo", "[fe80::1%lo]"] {
            let found = all(scoped, Family::Any);
            assert!(
                matches!(found[..], [SocketAddr::V6(v6)] if v6.scope_id() != 0),
                "{scoped}: {found:?}"
            );
        }
    }

    #[test]
    fn what_has_no_address_of_the_right_kind_has_none() {
        assert_eq!(resolve("127.0.0.1", 623, Family::V6), []);
        assert_eq!(resolve("::1", 623, Family::V4), []);
        assert_eq!(resolve("nosuchhost.invalid", 623, Family::Any), []);
        assert_eq!(resolve("", 623, Family::Any), []);
    }
}
