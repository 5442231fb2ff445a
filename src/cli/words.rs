//! The one table of the words that follow a verb: it feeds the completions, and a test holds it to what the parsers
//! take. Words of `sol activate`, `capture` and `log` have tables of their own, with what they mean.

/// What may follow some words.
#[derive(Clone, Copy, Debug)]
pub struct Follow {
    /// The words before, the verb first: `*` is any word, `a|b` either of them.
    pub after: &'static str,
    /// The words that may come next. One that ends in `=` wants a value; [`FILE`] is any file's name.
    pub words: &'static str,
}

/// A file's name, in the place of a word.
pub const FILE: &str = "<file>";

impl Follow {
    /// Whether it is about what follows these words.
    pub fn is_after(&self, words: &[&str]) -> bool {
        let mut pattern = self.after.split(' ');
        let all = words.iter().all(|word| {
            pattern.next().is_some_and(|alternatives| {
                alternatives
                    .split('|')
                    .any(|one| one == "*" || one == *word)
            })
        });
        all && pattern.next().is_none()
    }
}

/// The words that may follow these, the verb first.
pub fn after(words: &[&str]) -> impl Iterator<Item = &'static str> {
    FOLLOWS
        .iter()
        .filter(move |follow| follow.is_after(words))
        .flat_map(|follow| follow.words.split(' '))
}

const fn follow(after: &'static str, words: &'static str) -> Follow {
    Follow { after, words }
}

/// Verb by verb, in the order of [`VERBS`](super::verbs::VERBS).
#[rustfmt::skip]
pub const FOLLOWS: &[Follow] = &[
    follow("raw|i2c|spd", "help"),
    follow("lan", "print set alert stats help"),
    follow("lan set *", "ipaddr netmask macaddr defgw bakgw password snmp user access alert arp vlan auth ipsrc cipher_privs \
        bad_pass_thresh"),
    follow("lan set * defgw|bakgw", "ipaddr macaddr"),
    follow("lan set * access|alert", "on off"),
    follow("lan set * arp", "respond generate interval"),
    follow("lan set * arp respond|generate", "on off"),
    follow("lan set * vlan", "id priority"),
    follow("lan set * vlan id", "off"),
    follow("lan set * auth", "CALLBACK USER OPERATOR ADMIN"),
    follow("lan set * ipsrc", "none static dhcp bios"),
    follow("lan alert", "print set"),
    follow("lan alert set * *", "ipaddr macaddr gateway ack type time retry"),
    follow("lan stats", "get clear"),
    follow("chassis", "status power policy restart_cause poh identify selftest bootdev bootparam bootmbox help"),
    follow("chassis power", "status on off cycle reset diag soft"),
    follow("power", "status on off cycle reset diag soft"),
    follow("chassis policy", "list always-on previous always-off"),
    follow("chassis identify", "force"),
    follow("chassis bootdev", "none pxe disk safe diag cdrom bios floppy"),
    follow("chassis bootdev none|pxe|disk|safe|diag|cdrom|bios|floppy", "options= clear-cmos="),
    follow("chassis bootparam", "get set"),
    follow("chassis bootparam set", "bootflag"),
    follow("chassis bootparam set bootflag", "none force_pxe force_disk force_safe force_diag force_cdrom force_bios"),
    follow("chassis bootmbox", "get set"),
    follow("chassis bootmbox get|set", "text block"),
    follow("event", "1 2 3 file"),
    follow("event file", FILE),
    follow("mc|bmc", "info reset guid selftest watchdog getenables setenables getsysinfo setsysinfo help"),
    follow("mc|bmc reset", "cold warm"),
    follow("mc|bmc guid", "smbios ipmi rfc4122 dump"),
    follow("mc|bmc watchdog", "get set reset off"),
    follow("mc|bmc watchdog set", "timeout= pretimeout= int= use= clear= action= nolog dontstop"),
    follow("mc|bmc setenables", "recv_msg_intr= event_msg_intr= event_msg= system_event_log= oem0= oem1= oem2="),
    follow("mc|bmc getsysinfo|setsysinfo", "system_fw_version primary_os_name os_name system_name delloem_os_version \
        delloem_url"),
    follow("sdr", "list elist type get info entity dump fill help"),
    follow("sdr list|elist", "all full compact event mcloc fru generic"),
    follow("sdr type", "list"),
    follow("sdr dump", FILE),
    follow("sdr fill", "sensors nosat file range"),
    follow("sdr fill file", FILE),
    follow("sensor", "list thresh get reading help"),
    follow("sensor thresh *", "unr ucr unc lnc lcr lnr lower upper"),
    follow("fru", "print list read write upgEkey edit internaluse get help"),
    follow("fru read|write|upgEkey *", FILE),
    follow("gendev", "list read write help"),
    follow("gendev read|write *", FILE),
    follow("sel", "info list elist get add clear delete time save readraw ereadraw writeraw interpret help"),
    follow("sel list|elist", "first last"),
    follow("sel time", "get set"),
    follow("sel add|save|readraw|ereadraw|writeraw", FILE),
    follow("pef", "info status filter policy help"),
    follow("pef filter|policy", "list enable disable help"),
    follow("sol", "info set payload activate capture log deactivate looptest"),
    follow("sol set", "set-in-progress enabled force-encryption force-authentication privilege-level \
        character-accumulate-level character-send-threshold retry-count retry-interval non-volatile-bit-rate \
        volatile-bit-rate"),
    follow("sol set enabled|force-encryption|force-authentication", "true false"),
    follow("sol set privilege-level", "user operator admin oem"),
    follow("sol payload", "enable disable status"),
    follow("sol deactivate", "instance="),
    follow("isol", "info set activate help"),
    follow("user", "summary list set disable enable priv test help"),
    follow("user set", "name password"),
    follow("user test *", "16 20"),
    follow("user priv *", "1 2 3 4 5 15"),
    follow("channel", "authcap getaccess setaccess info getciphers help"),
    follow("channel setaccess * *", "callin= ipmi= link= privilege="),
    follow("channel getciphers", "ipmi sol"),
    follow("session", "info help"),
    follow("session info", "active all id handle"),
    follow("dcmi", "discover power sensors asset_tag set_asset_tag get_mc_id_string set_mc_id_string thermalpolicy \
        get_temp_reading get_conf_param set_conf_param oob_discover"),
    follow("dcmi power", "reading get_limit set_limit activate deactivate"),
    follow("dcmi thermalpolicy", "get set"),
    follow("dcmi set_conf_param", "activate_dhcp dhcp_config init timeout retry"),
    follow("nm", "discover capability control policy statistics power suspend reset alert threshold"),
    follow("nm control", "enable disable"),
    follow("nm control enable|disable", "global per_domain per_policy"),
    follow("nm policy", "get add remove limiting"),
    follow("nm statistics", "power temps policy_power policy_temps policy_throt requests response cpu_throttling \
        mem_throttling comm_fail"),
    follow("nm suspend|threshold", "get set"),
    follow("nm alert", "get set clear"),
    follow("nm reset", "global per_policy requests response throttling memory comm"),
    follow("sunoem", "cli led nacname ping getval setval sshkey version getfile getbehavior help"),
    follow("sunoem led", "get set"),
    follow("sunoem sshkey", "del set"),
    follow("kontronoem", "setsn setmfgdate nextboot help"),
    follow("picmg", "properties frucontrol addrinfo activate deactivate policy portstate amcportstate led power clk busres help"),
    follow("picmg policy", "get set"),
    follow("picmg portstate", "get getdenied getgranted getall set"),
    follow("picmg amcportstate", "get set"),
    follow("picmg led", "prop cap get set"),
    follow("picmg power", "get set"),
    follow("picmg clk", "get getdenied getgranted getall set"),
    follow("picmg busres", "summary"),
    follow("fwum", "info status download upgrade rollback tracelog help"),
    follow("fwum download|upgrade", FILE),
    follow("firewall", "info enable disable reset help"),
    follow("delloem", "lcd mac lan setled powermonitor vFlash help"),
    follow("delloem lcd", "set info status help"),
    follow("delloem mac", "list get help"),
    follow("delloem lan", "set get help"),
    follow("delloem powermonitor", "clear powerconsumption powerconsumptionhistory getpowerbudget setpowerbudget \
        enablepowercap disablepowercap help"),
    follow("exec", FILE),
    follow("set", "hostname username password privlvl authtype localaddr targetaddr port csv verbose"),
    follow("hpm", "check upgrade upgstatus compare activate targetcap compprop abort rollback rollbackstatus selftestresult help"),
    follow("hpm check|upgrade|compare", FILE),
    follow("ekanalyzer", "print frushow summary help"),
    follow("ekanalyzer print", "carrier power all"),
    follow("ekanalyzer summary", "match unmatch all"),
    follow("ime", "info update rollback help"),
    follow("ime update", FILE),
    follow("vita", "properties frucontrol addrinfo activate deactivate policy led help"),
    follow("vita policy", "get set"),
    follow("vita led", "prop cap get set"),
    follow("lan6", "help print save set lock commit discard"),
    follow("lan6 print|save|set *", "support enables traffic_class static_hops flow_label status static_addr static_duid_stg \
        static_duid dynamic_addr dynamic_duid_stg dynamic_duid dhcp6_cfg_sup dhcp6_cfg rtr_cfg static_rtr num_dynamic_rtrs \
        dynamic_rtr dynamic_hops ndslaac_cfg_sup ndslaac_cfg"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::verbs;

    #[test]
    fn words_are_found_by_what_stands_before_them() {
        let words = |before: &[&str]| after(before).collect::<Vec<_>>().join(" ");
        assert_eq!(words(&["bmc", "reset"]), "cold warm");
        assert_eq!(words(&["lan", "set", "1", "vlan"]), "id priority");
        assert_eq!(words(&["lan", "set"]), "");
        assert_eq!(words(&["chassis", "power", "on"]), "");
        assert_eq!(words(&[]), "");
    }

    #[test]
    fn every_path_begins_with_a_verb_and_leads_over_words_of_the_table() {
        for follow in FOLLOWS {
            for alternatives in paths(follow) {
                let path: Vec<&str> = alternatives.iter().map(String::as_str).collect();
                assert!(verbs::is_known(path[0].as_ref()), "{path:?}");
                for length in 1..path.len() {
                    let known = path[length] == "*"
                        || after(&path[..length]).any(|word| word == path[length]);
                    assert!(known, "{path:?}");
                }
            }
            let mut words: Vec<&str> = follow.words.split(' ').collect();
            assert!(
                words.iter().all(|word| !word.is_empty()),
                "{}",
                follow.after
            );
            words.sort_unstable();
            words.dedup();
            assert_eq!(
                words.len(),
                follow.words.split(' ').count(),
                "{}",
                follow.after
            );
        }
    }

    /// Every way through the alternatives.
    fn paths(follow: &Follow) -> Vec<Vec<String>> {
        follow
            .after
            .split(' ')
            .fold(vec![Vec::new()], |paths, word| {
                let with = |path: &Vec<String>, one: &str| [&path[..], &[one.to_owned()]].concat();
                paths
                    .iter()
                    .flat_map(|path| word.split('|').map(move |one| with(path, one)))
                    .collect()
            })
    }
}
