//! What a command line means, as options again: for a child process that is to reach the same BMC.
//!
//! Secrets go through the child's environment, and are not asked for a second time.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::process::Command;

use super::context::{AuthType, Context, Family, Interface, Oem, Privilege};
use super::secret::Secret;
use crate::wire::text::{hex, up_to_nul};

/// Adds the options, and the environment for the secrets.
pub fn options(context: &Context, command: &mut Command) {
    let mut spell = |letter: &str, value: OsString| {
        command.arg(letter).arg(value);
    };
    spell("-I", interface(&context.interface).into());
    if let Some(host) = &context.host {
        spell("-H", host.into());
        spell("-p", context.port.to_string().into());
    }
    if !context.username.is_empty() {
        spell("-U", OsString::from_vec(context.username.clone()));
    }
    if let Some(name) = privilege(context.privilege) {
        let plus = if context.name_only { "" } else { "+" };
        spell("-L", format!("{name}{plus}").into());
    }
    if let Some(name) = context.auth_type.and_then(auth_type) {
        spell("-A", name.into());
    }
    if let Some(name) = context.oem.map(oem) {
        spell("-o", name.into());
    }
    let numbers = [
        ("-C", context.cipher_suite.map(u32::from)),
        ("-N", context.timeout),
        ("-R", context.retries),
        ("-m", context.bridging.my_address.map(u32::from)),
        ("-d", Some(context.device).filter(|number| *number != 0)),
    ];
    for (letter, number) in numbers {
        if let Some(number) = number {
            spell(letter, number.to_string().into());
        }
    }
    let bridging = &context.bridging;
    let small = [
        ("-t", bridging.target_address),
        ("-b", bridging.target_channel),
        ("-T", bridging.transit_address),
        ("-B", bridging.transit_channel),
        ("-l", bridging.target_lun),
    ];
    for (letter, number) in small.into_iter().filter(|(_, number)| *number != 0) {
        spell(letter, number.to_string().into());
    }
    if context.message_size != 0 {
        spell("-z", context.message_size.to_string().into());
    }
    for (letter, path) in [("-S", &context.sdr_cache), ("-O", &context.sel_oem)] {
        if let Some(path) = path {
            spell(letter, path.into());
        }
    }
    if let Some(device) = &context.serial_device {
        spell("-D", device.clone());
    }
    spell("-e", OsString::from_vec(vec![context.escape]));
    let switches = [
        ("-4", context.family == Family::V4),
        ("-6", context.family == Family::V6),
        ("-c", context.csv),
        ("-Z", context.utc),
    ];
    for (letter, _) in switches.into_iter().filter(|(_, given)| *given) {
        command.arg(letter);
    }
    for _ in 0..context.verbose {
        command.arg("-v");
    }
    secrets(context, command);
}

fn secrets(context: &Context, command: &mut Command) {
    if context.host.is_some() {
        let password = context.password.as_ref().map_or(&[][..], Secret::bytes);
        // Behind every other option: the last source of a password wins.
        command.arg("-E");
        command.env(
            "IPMITOOL_PASSWORD",
            OsString::from_vec(up_to_nul(password).to_vec()),
        );
    }
    if let Some(kg) = &context.kg {
        if kg.bytes().contains(&0) {
            command.arg("-y").arg(hex(kg.bytes()));
        } else {
            command.arg("-K");
            command.env("IPMI_KGKEY", OsString::from_vec(kg.bytes().to_vec()));
        }
    }
}

fn interface(interface: &Interface) -> &str {
    match interface {
        Interface::Open => "open",
        Interface::Lan => "lan",
        Interface::Lanplus => "lanplus",
        Interface::Dummy => "dummy",
        Interface::Other(name) => name,
    }
}

fn privilege(privilege: Privilege) -> Option<&'static str> {
    match privilege {
        Privilege::Callback => Some("CALLBACK"),
        Privilege::User => Some("USER"),
        Privilege::Operator => Some("OPERATOR"),
        Privilege::Administrator => Some("ADMINISTRATOR"),
        Privilege::Oem => Some("OEM"),
        Privilege::NoAccess => Some("NO ACCESS"),
        Privilege::Invalid => None,
    }
}

fn auth_type(kind: AuthType) -> Option<&'static str> {
    match kind {
        AuthType::None => Some("NONE"),
        AuthType::Md2 => Some("MD2"),
        AuthType::Md5 => Some("MD5"),
        AuthType::Password => Some("PASSWORD"),
        AuthType::Oem => Some("OEM"),
        AuthType::Invalid => None,
    }
}

fn oem(oem: Oem) -> &'static str {
    match oem {
        Oem::Supermicro => "supermicro",
        Oem::IntelWv2 => "intelwv2",
        Oem::IntelPlus => "intelplus",
        Oem::Icts => "icts",
        Oem::Ibm => "ibm",
        Oem::I82571Spt => "i82571spt",
        Oem::Kontron => "kontron",
        Oem::Quanta => "quanta",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_stands_among_the_options() {
        let context = Context {
            interface: Interface::Lanplus,
            host: Some("bmc".into()),
            username: b"me".to_vec(),
            password: Some(Secret::new(b"top secret".to_vec())),
            kg: Some(Secret::new(b"key".to_vec())),
            verbose: 2,
            csv: true,
            ..Context::default()
        };
        let mut command = Command::new("ipmitool");
        options(&context, &mut command);
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        assert_eq!(
            words.join(" "),
            "-I lanplus -H bmc -p 623 -U me -L ADMINISTRATOR -e ~ -c -v -v -E -K"
        );
        let secrets: Vec<_> = command
            .get_envs()
            .filter_map(|(_, value)| value)
            .map(|value| value.to_string_lossy().into_owned())
            .collect();
        assert_eq!(secrets, ["top secret", "key"]);
    }
}
