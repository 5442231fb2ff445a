//! `user …`: names, passwords and rights of users.

use std::ops::RangeInclusive;

use ipmi_rs::connection::Message;

use crate::cli::secret::Secret;
use crate::cli::{Context, number, prompt};
use crate::ipmi::channel::CURRENT;
use crate::ipmi::user::{
    GetUserAccess, GetUserName, NAME_LENGTH, PasswordOperation, PasswordSize, Rights,
    SetUserAccess, SetUserName, SetUserPassword, UserAccess,
};
use crate::ipmi::{self, Failure, exchange, names};

use super::arguments::{channel, privilege, user};
use super::{Desk, Job, Parsed, Refusal};

/// Parses what follows `user`.
///
/// # Errors
///
/// Help, or a mistake.
pub fn parse(words: &[&str], _: &Context) -> Result<Parsed, Refusal> {
    let usage = || Refusal::error(USAGE);
    let of_channel = |words: &[&str]| match words {
        [] => Ok(CURRENT),
        [word] => channel(word),
        _ => Err(usage()),
    };
    Ok(Parsed::job(match words {
        [] => {
            let text = format!("Not enough parameters given.\n{USAGE}");
            return Err(Refusal::error(text));
        }
        ["help", ..] => return Err(Refusal::help(USAGE)),
        ["summary", rest @ ..] => Action::Summary(of_channel(rest)?),
        ["list", rest @ ..] => Action::List(of_channel(rest)?),
        ["test", word, size, rest @ ..] if rest.len() <= 1 => test(word, size, rest)?,
        ["set", "password", word, rest @ ..] => set_password(word, rest)?,
        ["set", "name", word, name] => set_name(word, name)?,
        ["priv", word, level, rest @ ..] if rest.len() <= 1 => {
            let channel = of_channel(rest)?;
            let limit = privilege(level)?;
            Action::Privilege {
                user: user(word)?,
                limit,
                channel,
            }
        }
        ["disable", word] => Action::Enable(user(word)?, false),
        ["enable", word] => Action::Enable(user(word)?, true),
        ["test" | "set" | "priv" | "disable" | "enable", ..] => return Err(usage()),
        [word, ..] => {
            let text = format!("Invalid user command: '{word}'\n\n{USAGE}");
            return Err(Refusal::error(text));
        }
    }))
}

/// What is to be done.
#[derive(Debug)]
enum Action {
    /// Counts, on a channel.
    Summary(u8),
    /// Every user's rights on a channel.
    List(u8),
    /// A password is compared; it is asked for where there is none.
    Test {
        user: u8,
        size: PasswordSize,
        password: Option<Secret>,
    },
    /// A password is set; it is asked for, twice, where there is none.
    Password {
        user: u8,
        size: Option<PasswordSize>,
        password: Option<Secret>,
    },
    Name {
        user: u8,
        name: String,
    },
    Privilege {
        user: u8,
        limit: u8,
        channel: u8,
    },
    /// Whether the user may log in.
    Enable(u8, bool),
}

fn test(word: &str, size: &str, rest: &[&str]) -> Result<Action, Refusal> {
    let user = user(word)?;
    let size = match number::int(size.as_bytes()) {
        Ok(16) => PasswordSize::Sixteen,
        Ok(20) => PasswordSize::Twenty,
        _ => {
            return Err(Refusal::error(format!(
                "Given password length '{size}' is invalid.\nExpected value is either 16 or 20."
            )));
        }
    };
    let password = rest.first().map(|word| secret(word));
    // Stock cuts it off, and compares what is left.
    if let Some(password) = &password {
        fits(password, size)?;
    }
    Ok(Action::Test {
        user,
        size,
        password,
    })
}

fn set_password(word: &str, rest: &[&str]) -> Result<Action, Refusal> {
    let user = user(word)?;
    let password = rest.first().map(|word| secret(word));
    let size = match rest.get(1) {
        None => None,
        Some(word) => match number::uchar(word.as_bytes()) {
            Ok(16) => Some(PasswordSize::Sixteen),
            Ok(20) => Some(PasswordSize::Twenty),
            _ => return Err(Refusal::error(format!("Invalid password length '{word}'"))),
        },
    };
    if let Some(password) = &password {
        fits(password, size.unwrap_or_else(|| size_for(password)))?;
    }
    Ok(Action::Password {
        user,
        size,
        password,
    })
}

fn set_name(word: &str, name: &str) -> Result<Action, Refusal> {
    let user = user(word)?;
    if name.len() > NAME_LENGTH {
        return Err(Refusal::error("Username is too long (> 16 bytes)"));
    }
    Ok(Action::Name {
        user,
        name: name.to_owned(),
    })
}

fn secret(word: &str) -> Secret {
    Secret::new(word.as_bytes().to_vec())
}

/// The smallest size that a password fits, or the greatest.
fn size_for(password: &Secret) -> PasswordSize {
    if password.len() > PasswordSize::Sixteen.bytes() {
        PasswordSize::Twenty
    } else {
        PasswordSize::Sixteen
    }
}

fn fits(password: &Secret, size: PasswordSize) -> Result<(), Refusal> {
    if password.len() > size.bytes() {
        return Err(Refusal::error(format!(
            "Password is too long (> {} bytes)",
            size.bytes()
        )));
    }
    Ok(())
}

impl Job for Action {
    fn first(&self) -> Vec<Message> {
        match *self {
            Self::Summary(channel) | Self::List(channel) => {
                vec![GetUserAccess { channel, user: 1 }.into()]
            }
            _ => Vec::new(),
        }
    }

    fn run(&self, desk: &mut Desk<'_>) -> bool {
        match self {
            Self::Summary(channel) => summary(*channel, desk),
            Self::List(channel) => list(*channel, desk),
            Self::Test {
                user,
                size,
                password,
            } => run_test(*user, *size, password.as_ref(), desk),
            Self::Password {
                user,
                size,
                password,
            } => run_password(*user, *size, password.as_ref(), desk),
            Self::Name { user, name } => run_name(*user, name, desk),
            Self::Privilege {
                user,
                limit,
                channel,
            } => run_privilege(*user, *limit, *channel, desk),
            Self::Enable(user, enable) => run_enable(*user, *enable, desk),
        }
    }
}

fn summary(channel: u8, desk: &mut Desk<'_>) -> bool {
    let access = match exchange(desk.bmc, GetUserAccess { channel, user: 1 }) {
        Ok(access) => access,
        Err(failure) => {
            desk.output.evaluate(&failure);
            return false;
        }
    };
    let UserAccess {
        max_users,
        enabled_users,
        fixed_names,
        ..
    } = access;
    if desk.context.csv {
        desk.output
            .line(format_args!("{max_users},{enabled_users},{fixed_names}"));
    } else {
        desk.output
            .line(format_args!("Maximum IDs\t    : {max_users}"));
        desk.output
            .line(format_args!("Enabled User Count  : {enabled_users}"));
        desk.output
            .line(format_args!("Fixed Name Count    : {fixed_names}"));
    }
    true
}

fn list(channel: u8, desk: &mut Desk<'_>) -> bool {
    ipmi::hint(desk.bmc, [GetUserName { user: 1 }]);
    let mut user = 1;
    loop {
        let (access, name) = match access_and_name(channel, user, desk) {
            Ok(found) => found,
            Err((_, failure)) => {
                desk.output.evaluate(&failure);
                return false;
            }
        };
        if user == 1 {
            hint(channel, 2..=access.max_users, desk);
        }
        if desk.context.csv {
            csv(user, &name, access.rights, desk);
        } else {
            if user == 1 {
                desk.output.line(format_args!(
                    "ID  Name\t     Callin  Link Auth\tIPMI Msg   Channel Priv Limit"
                ));
            }
            row(user, &name, access.rights, desk);
        }
        // At most 63: the number cannot overflow.
        user += 1;
        if user > access.max_users {
            return true;
        }
    }
}

/// Tells the connection that [`access_and_name`] is going to be asked for these users.
pub fn hint(channel: u8, users: RangeInclusive<u8>, desk: &mut Desk<'_>) {
    let commands = users.flat_map(|user| {
        [
            Message::from(GetUserAccess { channel, user }),
            Message::from(GetUserName { user }),
        ]
    });
    ipmi::hint(desk.bmc, commands);
}

/// What a user may do, and is called. Users that were never named have an empty name: BMCs say so with CCh.
///
/// # Errors
///
/// Which of the two could not be read, and why.
pub fn access_and_name(
    channel: u8,
    user: u8,
    desk: &mut Desk<'_>,
) -> Result<(UserAccess, Vec<u8>), (Unread, Failure)> {
    let access = exchange(desk.bmc, GetUserAccess { channel, user })
        .map_err(|failure| (Unread::Access, failure))?;
    match exchange(desk.bmc, GetUserName { user }) {
        Ok(name) => Ok((access, name)),
        Err(Failure::Completion(0xcc)) => Ok((access, Vec::new())),
        Err(failure) => Err((Unread::Name, failure)),
    }
}

/// What could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The user's rights.
    Access,
    /// The user's name.
    Name,
}

fn row(user: u8, name: &[u8], rights: Rights, desk: &mut Desk<'_>) {
    let word = |yes| if yes { "true " } else { "false" };
    desk.output.print(format_args!("{user:<4}"));
    desk.output.bytes(name);
    desk.output.line(format_args!(
        "{:pad$}{:<8}{:<11}{:<11}{}",
        "",
        word(!rights.callback_only),
        word(rights.link_authentication),
        word(rights.messaging),
        names::name(rights.privilege_limit, names::PRIVILEGE_LEVELS),
        // A name has at most 16 bytes.
        pad = 17usize.saturating_sub(name.len())
    ));
}

fn csv(user: u8, name: &[u8], rights: Rights, desk: &mut Desk<'_>) {
    desk.output.print(format_args!("{user},"));
    desk.output.bytes(name);
    desk.output.line(format_args!(
        ",{},{},{},{}",
        !rights.callback_only,
        rights.link_authentication,
        rights.messaging,
        names::name(rights.privilege_limit, names::PRIVILEGE_LEVELS)
    ));
}

fn run_test(user: u8, size: PasswordSize, password: Option<&Secret>, desk: &mut Desk<'_>) -> bool {
    let Some(password) = given_or_asked(password, user, desk) else {
        return false;
    };
    if let Err(refusal) = fits(&password, size) {
        desk.output.complain(format_args!("{}", refusal.text));
        return false;
    }
    let command = SetUserPassword {
        user,
        operation: PasswordOperation::Test,
        password: password.bytes(),
        size,
    };
    let result = exchange(desk.bmc, command);
    let verdict = match &result {
        Ok(()) => "Success",
        Err(Failure::Completion(0x80)) => "Failure: password incorrect",
        Err(Failure::Completion(0x81)) => "Failure: wrong password size",
        Err(Failure::Transport(error)) => {
            desk.output.explain(error);
            "Unknown error"
        }
        Err(_) => "Unknown error",
    };
    desk.output.line(format_args!("{verdict}"));
    result.is_ok()
}

fn run_password(
    user: u8,
    size: Option<PasswordSize>,
    password: Option<&Secret>,
    desk: &mut Desk<'_>,
) -> bool {
    let Some(chosen) = given_or_asked(password, user, desk) else {
        return false;
    };
    if password.is_none() {
        let Some(again) = ask(user, desk) else {
            return false;
        };
        if chosen != again {
            desk.output.complain(format_args!(
                "Passwords do not match or are longer than {}",
                PasswordSize::Twenty.bytes()
            ));
            return false;
        }
    }
    let size = size.unwrap_or_else(|| size_for(&chosen));
    if let Err(refusal) = fits(&chosen, size) {
        desk.output.complain(format_args!("{}", refusal.text));
        return false;
    }
    let command = SetUserPassword {
        user,
        operation: PasswordOperation::Set,
        password: chosen.bytes(),
        size,
    };
    if !change_password(command, desk) {
        return false;
    }
    desk.output.line(format_args!(
        "Set User Password command successful (user {user})"
    ));
    true
}

fn given_or_asked(password: Option<&Secret>, user: u8, desk: &mut Desk<'_>) -> Option<Secret> {
    match password {
        Some(password) => Some(password.clone()),
        None => ask(user, desk),
    }
}

fn ask(user: u8, desk: &mut Desk<'_>) -> Option<Secret> {
    // What was printed so far belongs before the question.
    desk.output.flush();
    match prompt::ask(&format!("Password for user {user}: ")) {
        Ok(password) => Some(password),
        Err(error) => {
            desk.output
                .complain(format_args!("Unable to read the password: {error}"));
            None
        }
    }
}

fn change_password(command: SetUserPassword<'_>, desk: &mut Desk<'_>) -> bool {
    match exchange(desk.bmc, command) {
        Ok(()) => true,
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output.complain(format_args!(
                "Set User Password command failed (user {})",
                command.user
            ));
            false
        }
    }
}

fn run_enable(user: u8, enable: bool, desk: &mut Desk<'_>) -> bool {
    let operation = if enable {
        PasswordOperation::Enable
    } else {
        PasswordOperation::Disable
    };
    let command = SetUserPassword {
        user,
        operation,
        password: &[],
        size: PasswordSize::Sixteen,
    };
    change_password(command, desk)
}

fn run_name(user: u8, text: &str, desk: &mut Desk<'_>) -> bool {
    let mut name = [0; NAME_LENGTH];
    for (byte, typed) in name.iter_mut().zip(text.bytes()) {
        *byte = typed;
    }
    match exchange(desk.bmc, SetUserName { user, name }) {
        Ok(()) => true,
        Err(failure) => desk.output.fail(
            format_args!("Set User Name command failed (user {user}, name {text})"),
            &failure,
        ),
    }
}

fn run_privilege(user: u8, limit: u8, channel: u8, desk: &mut Desk<'_>) -> bool {
    let command = SetUserAccess {
        channel,
        user,
        rights: Rights {
            privilege_limit: limit,
            ..Rights::default()
        },
        limit_only: true,
    };
    match exchange(desk.bmc, command) {
        Ok(()) => {
            desk.output.line(format_args!(
                "Set Privilege Level command successful (user {user})"
            ));
            true
        }
        Err(failure) => {
            desk.output.evaluate(&failure);
            desk.output.complain(format_args!(
                "Set Privilege Level command failed (user {user})"
            ));
            false
        }
    }
}

const USAGE: &str = "\
User Commands:
               summary      [<channel number>]
               list         [<channel number>]
               set name     <user id> <username>
               set password <user id> [<password> [<16|20>]]
               disable      <user id>
               enable       <user id>
               priv         <user id> <privilege level> [<channel number>]
                     Privilege levels:
                      * 0x1 - Callback
                      * 0x2 - User
                      * 0x3 - Operator
                      * 0x4 - Administrator
                      * 0x5 - OEM Proprietary
                      * 0xF - No Access

               test         <user id> <16|20> [<password]>
";
