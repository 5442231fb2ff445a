//! The one table of differences from stock 1.8.19 on the command line, which the manual page prints.

/// A difference that was wanted.
#[derive(Clone, Copy, Debug)]
pub struct Deviation {
    /// When it shows.
    pub when: &'static str,
    /// What stock does.
    pub stock: &'static str,
    /// What this program does instead, and why.
    pub here: &'static str,
}

/// Every wanted difference of the command line. Those of the protocol are the manual page's prose.
pub const DEVIATIONS: &[Deviation] = &[
    Deviation {
        when: "-l with a bad value",
        stock: "prints an error and ends with status 0.",
        here: "the status is 1, so that scripts notice.",
    },
    Deviation {
        when: "any error after -y",
        stock: "ends with status 0 where the key was readable or too long.",
        here: "the status is 1, so that scripts notice.",
    },
    Deviation {
        when: "-V",
        stock: "prints its name and version.",
        here: "the same words, then the name and version of steadysol in parentheses.",
    },
    Deviation {
        when: "standard output cannot be written, as on a full disk",
        stock: "ends with status 0, -V included.",
        here: "the status is 1; death by SIGPIPE where the reader went away, as in stock.",
    },
    Deviation {
        when: "-vv and more, over a network",
        stock: "prints how the session came about on standard output, keys and all.",
        here: "on standard error, and nothing from which a password could be had.",
    },
    Deviation {
        when: "-v, on standard error",
        stock: "tells of the registry that it loads, and of what it probes for: Running Get VSO Capabilities, Invalid \
                completion code received, Discovered IPMB address.",
        here: "none of these lines.",
    },
    Deviation {
        when: "-k and -y",
        stock: "leaves the key in the process list.",
        here: "the key is overwritten there, as the value of -P is.",
    },
    Deviation {
        when: "-k, -K, -y or -Y with a key that begins with a zero byte",
        stock: "takes it for no key.",
        here: "it is used; a key of nothing but zeros is no key.",
    },
    Deviation {
        when: "-T without -t",
        stock: "opens a session before it refuses.",
        here: "refused at once where the verb is built in, and before it is handed over.",
    },
    Deviation {
        when: "an interface, OEM type or password length that is refused, with a verb that is handed over",
        stock: "says so itself.",
        here: "said here, in the same words; the other program is not run.",
    },
    Deviation {
        when: "~l, ~t and ~s at the beginning of a console's line",
        stock: "sends them on.",
        here: "they switch the log, its dates, and show the status; ~~ sends the tilde itself, as in stock.",
    },
    Deviation {
        when: "the texts of the console on a terminal",
        stock: "ends the lines of ~? and of the escapes with a bare line feed, which makes stairs.",
        here: "ends them with a carriage return too.",
    },
    Deviation {
        when: "^C where a password or a key is asked for on a terminal",
        stock: "takes it for a character of the answer.",
        here: "the program is interrupted, and the terminal shows again what is typed.",
    },
    Deviation {
        when: "-S, -O and -z with a built-in verb that has no use for them",
        stock: "reads the files and complains where it cannot; sets the message size.",
        here: "-S is read by sdr and sensor, the others are checked as values only.",
    },
    Deviation {
        when: "a mistake in the arguments of a built-in verb, and its help",
        stock: "opens a session before it says so.",
        here: "said at once, without a BMC.",
    },
    Deviation {
        when: "sol activate, and standard input is no terminal",
        stock: "complains that it is an inappropriate ioctl.",
        here: "says nothing.",
    },
    Deviation {
        when: "an unknown word after sol activate",
        stock: "prints the usage of sol.",
        here: "one line that names the word and lists those that are known.",
    },
    Deviation {
        when: "sol activate help",
        stock: "prints the usage of sol and ends with status 1.",
        here: "the words that may follow, explained, with status 0; so do sol capture help and sol log help.",
    },
    Deviation {
        when: "mc info, getenables, selftest and watchdog get, and power status, and the BMC's answer is too short",
        stock: "prints whatever its memory holds.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "chassis status, poh, restart_cause, policy list, selftest, bootparam get and bootmbox get, and the BMC's \
               answer is too short",
        stock: "prints whatever its memory holds.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "spd with one word",
        stock: "prints its usage and ends with status 0.",
        here: "the status is 1.",
    },
    Deviation {
        when: "spd with a maxread of 0, or one that 512 is no multiple of",
        stock: "asks without end; crashes.",
        here: "0 is refused; else the last part is cut off.",
    },
    Deviation {
        when: "spd, and the BMC's answer is too short",
        stock: "prints whatever its memory holds.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "pef capabilities, event, pet and timer, pef filter and policy with create, delete or an unknown word",
        stock: "says that it is not implemented, or unknown, and ends with status 0.",
        here: "the status is 1.",
    },
    Deviation {
        when: "pef filter list and policy list, and the BMC refuses a part",
        stock: "says so, does not always end the line, and ends with status 0.",
        here: "the line ends, and the status is 1.",
    },
    Deviation {
        when: "pef filter list, and a filter with many offsets, or 255 filters",
        stock: "crashes; begins anew without end.",
        here: "all are shown, once.",
    },
    Deviation {
        when: "pef filter enable and disable",
        stock: "first clears the whole byte that also says whether the filter was made by the BMC's maker.",
        here: "the byte is read, and one bit of it is changed.",
    },
    Deviation {
        when: "pef policy enable and disable, and a number above 63, or an answer of another policy",
        stock: "writes to the policy whose number is 64 less, or what it read of the other.",
        here: "the right policy is written, or none.",
    },
    Deviation {
        when: "pef policy list, and an alert over a serial line",
        stock: "reads the destination a byte off, and asks for dial strings and accounts that it does not name.",
        here: "as the specification has them.",
    },
    Deviation {
        when: "pef status and policy list, and the BMC's answer is too short",
        stock: "prints whatever its memory holds.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "chassis bootdev, bootparam set and bootmbox set, and the BMC refuses",
        stock: "says so and ends with status 0.",
        here: "the status is 1, so that scripts notice; where something was written before, what it is is said.",
    },
    Deviation {
        when: "chassis bootdev and bootparam set bootflag with an unknown device or a mistake in the options",
        stock: "writes before it sees the first; sets the device in spite of the second.",
        here: "refused before anything is written, with status 1.",
    },
    Deviation {
        when: "chassis bootparam set bootflag with no- before an option",
        stock: "takes it for a mistake, though its help tells of it.",
        here: "what the option names does not clear the boot flags.",
    },
    Deviation {
        when: "chassis bootmbox with an unknown word, a block that is none or above 255, a number of a maker above 24 \
               bits, a bad byte, or more data than the block holds",
        stock: "ends with status 0, or writes something else.",
        here: "refused before anything is written, with status 1.",
    },
    Deviation {
        when: "mc guid rfc4122",
        stock: "does not know it, though its help names it: it shows what auto shows.",
        here: "the same as mc guid rfc.",
    },
    Deviation {
        when: "mc setenables option=on",
        stock: "understands only option and on in two words, and ignores everything else.",
        here: "both are understood, and an unknown option or state is refused with status 1 before anything is sent.",
    },
    Deviation {
        when: "mc watchdog set with a bad option, or help",
        stock: "sets the timer nevertheless, or crashes.",
        here: "refused, or help, before anything is sent; names may be cut short, but not wrong.",
    },
    Deviation {
        when: "mc watchdog's help",
        stock: "breaks off after 1024 bytes.",
        here: "all of it.",
    },
    Deviation {
        when: "mc watchdog set, getsysinfo and setsysinfo, and the BMC refuses",
        stock: "says so and ends with status 0.",
        here: "the status is 1, so that scripts notice; where something was written before, what it is is said.",
    },
    Deviation {
        when: "mc setsysinfo with a string that is too long, or fills its last block almost",
        stock: "cuts it off; states a length that it has not.",
        here: "refused before anything is written; the true length.",
    },
    Deviation {
        when: "mc reset cold, and the BMC refuses",
        stock: "does not wait for the answer over a network, and says that it was sent.",
        here: "the answer is waited for one second: a refusal is said, and the status is 1.",
    },
    Deviation {
        when: "i2c with a bus, a channel or too few words that make no sense",
        stock: "takes another bus or channel; ends with status 0.",
        here: "refused with status 1.",
    },
    Deviation {
        when: "shell and exec: a tilde in quotes, blanks in quotes inside a word, an empty word, more than 64 words, \
               lines above 2047 bytes",
        stock: "makes a blank of the tilde and tildes of the blanks, loses the empty word, cuts the rest off or runs it \
                as a command of its own.",
        here: "words are what they look like, in any number and length.",
    },
    Deviation {
        when: "exec of a directory, or of a file that runs itself",
        stock: "hangs; crashes.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "exec of a pipe, and nobody has written the next line yet",
        stock: "keeps its output back, where that is no terminal.",
        here: "the answers so far are written.",
    },
    Deviation {
        when: "a file to be read that is a disk, or /dev/zero and the like",
        stock: "reads without end, or what it takes for lines.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "a console, or a verb that is handed over, in shell and exec",
        stock: "runs over the same session.",
        here: "runs as a program of its own; our session is closed before, and opened again for the next command.",
    },
    Deviation {
        when: "shell over a network, and its input ends after a command that is not exit",
        stock: "never ends.",
        here: "ends, with the last command's status.",
    },
    Deviation {
        when: "set verbose in shell and exec",
        stock: "shows some of what -v shows.",
        here: "shows all of it.",
    },
    Deviation {
        when: "set and echo outside of a shell",
        stock: "opens a session for it.",
        here: "no BMC is needed.",
    },
    Deviation {
        when: "set username, password or port with a value that does not fit",
        stock: "cuts it off, or takes a port below zero.",
        here: "refused with status 1.",
    },
    Deviation {
        when: "sol set of a field whose neighbours in the same parameter the BMC does not tell",
        stock: "writes whatever its memory holds into them.",
        here: "an error, the status is 1, and nothing is written.",
    },
    Deviation {
        when: "sol looptest, and the BMC names another port",
        stock: "leaves the payload active.",
        here: "it is deactivated again.",
    },
    Deviation {
        when: "sel list, and an entry cannot be read",
        stock: "shows what came before and ends with status 0; an entry that vanished meanwhile ends the list; numbers that go in circles are read for ever; of an answer that is too short it shows what its memory holds.",
        here: "what vanished is passed over; anything else ends the list with an error and status 1.",
    },
    Deviation {
        when: "sel list last, and an entry that is passed over cannot be read",
        stock: "shows the oldest entries instead.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "sel info, and there are 4096 entries or more",
        stock: "reckons with 16 bits how full the log is.",
        here: "unknown, as stock says of any log of 64 KiB.",
    },
    Deviation {
        when: "sel info, and the answer about the log's space is too short",
        stock: "prints whatever its memory holds.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "sel time set, and the local time is not UTC",
        stock: "sets a clock that is wrong by once or twice the distance from UTC; -Z is not heeded.",
        here: "the time is local, with -Z UTC, and the BMC's clock is right.",
    },
    Deviation {
        when: "sel time set with a year of four digits, as its help says",
        stock: "refuses it where the locale has two.",
        here: "both are understood.",
    },
    Deviation {
        when: "sel time get fails",
        stock: "ends with status 0.",
        here: "the status is 1.",
    },
    Deviation {
        when: "sel clear and sel delete, and the reservation is lost",
        stock: "gives up, after the first deletion already on many BMCs.",
        here: "asks for a new one, twice at most.",
    },
    Deviation {
        when: "sel delete with a number that is none",
        stock: "deletes the others.",
        here: "nothing is deleted.",
    },
    Deviation {
        when: "sel add and event file, and a line is no event",
        stock: "sends the others, some of them made of what its memory holds, and ends with status 0 where the last one went well.",
        here: "nothing is sent, each such line is shown, and the status is 1.",
    },
    Deviation {
        when: "sel save and sel writeraw, and the file cannot be written",
        stock: "ends with status 0.",
        here: "the status is 1.",
    },
    Deviation {
        when: "sel save, and a vendor's record",
        stock: "writes it as an event that never was.",
        here: "a comment.",
    },
    Deviation {
        when: "sel readraw of something that cannot be read",
        stock: "ends with status 0.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "sel interpret",
        stock: "ends with status 1 even where all went well, dates entries with whatever its memory holds, and crashes on lines that it does not understand.",
        here: "status 0, the times of the lines, and an error.",
    },
    Deviation {
        when: "-O, and a column that names a byte",
        stock: "shows the byte two before.",
        here: "the byte itself.",
    },
    Deviation {
        when: "the names of manufacturers",
        stock: "reads all of the registry's file at every start, whatever the verb; complains, or fails, where there is none.",
        here: "IANA's registry of May 2024 is built in, and the system's file is asked for what it lacks; a file of the \
               user's own goes before both, as in stock.",
    },
    Deviation {
        when: "lan and lanplus, and no session comes about (a wrong password, an unknown user, a level that is none or \
               too high, a port where nothing listens)",
        stock: "often says only that.",
        here: "why, on the line before stock's own.",
    },
    Deviation {
        when: "-C with a number that is no cipher suite",
        stock: "prints an empty line on standard error behind what is wrong with it.",
        here: "no empty line.",
    },
    Deviation {
        when: "lan with -A MD2, or with a BMC that offers MD2 and not MD5",
        stock: "says that it was built without MD2, as Debian's is, and gets no session.",
        here: "MD2 works.",
    },
    Deviation {
        when: "lan, and an answer's authentication code or session sequence number is wrong",
        stock: "takes the answer.",
        here: "it is dropped: it may be forged, or a copy.",
    },
    Deviation {
        when: "lan with -t, and a controller on the way refuses to pass the request on",
        stock: "sends it -R times, and then knows no reason.",
        here: "the completion code is told at once, as over lanplus.",
    },
    Deviation {
        when: "fru print of an inventory whose header cannot be read, or where not all sensor data records can be read",
        stock: "ends with status 0.",
        here: "the status is 1.",
    },
    Deviation {
        when: "fru with an area, a field or a record that goes on behind its end",
        stock: "crashes, or shows what its memory holds.",
        here: "shows what is there.",
    },
    Deviation {
        when: "fru with text in a language of 16 bits",
        stock: "shows its first character.",
        here: "all of it, in UTF-8.",
    },
    Deviation {
        when: "fru, and the device says FFh, or that it is busy (81h, C5h)",
        stock: "gives up.",
        here: "asks for less, or again.",
    },
    Deviation {
        when: "fru print with -v: combined voltages that are none; modules of AMC.0 with GUIDs; counts above what fits",
        stock: "shows what its memory holds.",
        here: "\"Unknown\"; the module; nothing above what fits.",
    },
    Deviation {
        when: "fru read, write, internaluse and upgEkey that fail",
        stock: "says little or nothing, and ends with status 0; read writes what its memory holds into the file.",
        here: "an error and status 1; no file is written that was not read.",
    },
    Deviation {
        when: "fru write, edit, internaluse write and upgEkey",
        stock: "believes that what was sent was stored, and is silent about protected parts.",
        here: "it is read back and compared; a difference is an error that says what was written.",
    },
    Deviation {
        when: "fru write of a file that is longer than the device",
        stock: "leaves the rest out.",
        here: "the same, but it is said, and the status is 1.",
    },
    Deviation {
        when: "fru write and edit, a device that is accessed by words, and something of an odd length",
        stock: "writes nothing, without end.",
        here: "an error where there would be half a word too many, else all is written.",
    },
    Deviation {
        when: "fru upgEkey",
        stock: "takes success for failure and failure for success; overwrites the header where there are no multi-records.",
        here: "the status is right; without multi-records nothing is written.",
    },
    Deviation {
        when: "fru edit field that changes a field's length",
        stock: "ends with status 1 even where all went well; loses or invents bytes where areas are missing, in another \
                order, packed, or pushed out of the device.",
        here: "status 0; what does not fit, or has one character (it would end the list), is refused and nothing is \
               written.",
    },
    Deviation {
        when: "fru edit without more words, fru edit and fru get with oem",
        stock: "reads none of the records, or the wrong bytes, and may never end.",
        here: "they do what their help says, for PICMG's currents and Kontron's information record.",
    },
    Deviation {
        when: "sel get without -v, and the sensor of the entry",
        stock: "shows some of what -v shows while it reads it.",
        here: "it is quiet.",
    },
    Deviation {
        when: "sdr, sensor and other verbs that read the sensor data records, and the repository has none",
        stock: "clears the repository, and writes into it what the BMC says of its own sensors.",
        here: "nothing is ever written where something is read: there are no records.",
    },
    Deviation {
        when: "sdr and sensor, and not all records can be read, or none is found that was asked for by name or type",
        stock: "ends with status 0 in many cases; where the records form a ring, never.",
        here: "the status is 1, so that scripts notice; a ring is told of and left.",
    },
    Deviation {
        when: "sdr and sensor, and the BMC answers a part of a record with C7h, C8h or FFh, or gives less than it is asked for",
        stock: "leaves the record out, or fills it with what an earlier answer left in its memory.",
        here: "the rest is asked for in smaller parts, as both do after CAh.",
    },
    Deviation {
        when: "sdr and sensor, another takes the reservation while records are read",
        stock: "sleeps for up to three seconds, over and over.",
        here: "goes on after a tenth of a second, at most 20 times for a record.",
    },
    Deviation {
        when: "a sensor whose name is packed: six bits or BCD for each character, or UTF-16",
        stock: "prints the bytes as they are.",
        here: "the name is unpacked, unless its bytes are plain ASCII in spite of what the record says; it is found by both.",
    },
    Deviation {
        when: "-v sdr and sensor get, of a sensor with a type of the maker's own (C0h and above)",
        stock: "prints parts of the BMC's device id in the place of thresholds or events.",
        here: "the sensor's own.",
    },
    Deviation {
        when: "sdr type with the name of type 2Ch, FRU State",
        stock: "does not find it.",
        here: "it is found.",
    },
    Deviation {
        when: "-S with sensor list and with sdr dump",
        stock: "reads all records from the BMC in spite of it; its dump fails, and leaves the file with five bytes.",
        here: "sensor list takes the records from the file; dump writes the BMC's.",
    },
    Deviation {
        when: "sensor thresh of a value that the sensor cannot have",
        stock: "sets whatever eight bits are left of it.",
        here: "an error, the status is 1, and nothing is set.",
    },
    Deviation {
        when: "sensor thresh of a sensor that is not linear, or in ones' complement, or a value below zero",
        stock: "leaves the sensor's function out, is one off, and does not round.",
        here: "the nearest value that the sensor can have.",
    },
    Deviation {
        when: "sensor thresh of three values, and the last one can be set",
        stock: "ends with status 0 though the others could not be set.",
        here: "the status is 1.",
    },
    Deviation {
        when: "sdr fill file, and the file is missing, damaged or has no records",
        stock: "clears the repository nevertheless.",
        here: "the repository is not touched.",
    },
    Deviation {
        when: "sdr fill range with more than two addresses, an odd address, or a range of one",
        stock: "does not understand it, leaves it out, or writes behind its memory's end.",
        here: "all addresses are taken; odd ones are refused before anything is cleared.",
    },
    Deviation {
        when: "sdr fill, and a record could not be written",
        stock: "ends with status 0 if the last one could.",
        here: "the status is 1, and how many records the repository has is said.",
    },
    Deviation {
        when: "-v sdr fill, and a record has no name",
        stock: "prints blanks, and whatever its memory holds after them.",
        here: "blanks.",
    },
    Deviation {
        when: "sdr and sensor over a network",
        stock: "reads every record at each start.",
        here: "records are kept below XDG_CACHE_HOME and used as long as the BMC says that nothing has changed; STEADYSOL_NO_CACHE=1 turns that off.",
    },
    Deviation {
        when: "sdr info and sensor thresh, and the BMC's answer is too short",
        stock: "prints, or compares with, whatever its memory holds.",
        here: "an error, and the status is 1.",
    },
    Deviation {
        when: "open, and the device is there but may not be opened",
        stock: "tells what is wrong with the last of the three paths that it tries: that it does not exist.",
        here: "what is wrong with the one that exists.",
    },
    Deviation {
        when: "open with -d and a number above 255",
        stock: "opens the device with the rest of a division by 256.",
        here: "that device, or none.",
    },
    Deviation {
        when: "lan print, lan set, lan alert and lan stats clear, and the BMC refuses",
        stock: "ends with status 1 and says nothing, or (lan set vlan, lan alert set) ends with status 0.",
        here: "one line says what was refused and why, and the status is 1.",
    },
    Deviation {
        when: "lan print, lan stats, lan alert and channel authcap, and an answer is too short",
        stock: "prints whatever its memory holds, or says nothing.",
        here: "an error, and the status is 1; lan print goes on with the next parameter.",
    },
    Deviation {
        when: "an IP or MAC address with a sign, a blank or anything after it; a community longer than 18 bytes, \
               a password longer than its size, lan alert set retry above 7, a number of lan6 set out of range",
        stock: "cuts it down and writes it.",
        here: "refused, and nothing is written.",
    },
    Deviation {
        when: "lan set with a bad word after arp, alert or vlan, bad cipher_privs, and an unknown lan alert command",
        stock: "ends with status 0.",
        here: "the status is 1, and for lan alert there is usage.",
    },
    Deviation {
        when: "lan set arp interval and lan set auth without a value",
        stock: "complains of (null), or says nothing.",
        here: "the usage.",
    },
    Deviation {
        when: "lan set auth with a list of levels or types",
        stock: "heeds only the list's last word; warns of unknown words, and writes all the same.",
        here: "all words count; an unknown one is an error, and nothing is written. '' is a list of no types, as in stock, without a warning.",
    },
    Deviation {
        when: "lan set alert on and off",
        stock: "does the opposite: the bit that it sets for on disables alerts.",
        here: "on enables them.",
    },
    Deviation {
        when: "lan set access and lan set alert, and the second of two settings cannot be changed; lan6 set of an item \
               with several parameters, and one cannot be written; a commit that fails",
        stock: "says which command failed.",
        here: "and what was changed before, or is still locked.",
    },
    Deviation {
        when: "lan6 with a channel above 15",
        stock: "uses its low byte.",
        here: "refused.",
    },
    Deviation {
        when: "lan6 print, save and lock, and the BMC refuses",
        stock: "ends with status 0.",
        here: "the status is 1.",
    },
    Deviation {
        when: "lan6 set of an item that is read-only",
        stock: "locks, commits, sets nothing, and ends with status 0.",
        here: "an error, the status is 1, and nothing is written.",
    },
    Deviation {
        when: "lan6 save, and the flow label",
        stock: "appends a d, a digit that changes the value when it is set again.",
        here: "does not.",
    },
    Deviation {
        when: "channel setaccess with callin, ipmi or link",
        stock: "takes every value for on, off included.",
        here: "off, no and disable are off.",
    },
    Deviation {
        when: "channel setaccess privilege with 0, nothing, or more than 15",
        stock: "writes what is left in four bits.",
        here: "refused, and nothing is written.",
    },
    Deviation {
        when: "channel getciphers",
        stock: "prints the first twelve suites; of an answer of the wrong length it says that the command completed \
                normally.",
        here: "prints all suites; a wrong length is named.",
    },
    Deviation {
        when: "user set password, asked for twice",
        stock: "does not notice that the two differ.",
        here: "an error, and nothing is written.",
    },
    Deviation {
        when: "user test with a password that is too long",
        stock: "cuts it off, and tests what is left.",
        here: "an error.",
    },
    Deviation {
        when: "dcmi and nm, and an answer is too short",
        stock: "shows what its memory holds.",
        here: "an error that names both lengths.",
    },
    Deviation {
        when: "dcmi power with an unknown word, dcmi set_conf_param refused by the BMC, dcmi get_temp_reading without any answer",
        stock: "ends with status 0.",
        here: "the status is 1, so that scripts notice.",
    },
    Deviation {
        when: "dcmi power set_limit, thermalpolicy set and set_conf_param with a word or number that is wrong",
        stock: "writes in spite of it: something else, what fits of the number, or the settings before the mistake.",
        here: "all is checked before the first byte is written; what is wrong is an error.",
    },
    Deviation {
        when: "dcmi power set_limit with all four settings",
        stock: "heeds their order and not their names; takes the maker's actions for no action.",
        here: "any order; the maker's actions are written.",
    },
    Deviation {
        when: "dcmi set_asset_tag, set_mc_id_string and power set_limit, and a part is refused",
        stock: "does not say what was written; set_limit goes on with the next setting.",
        here: "stops, and a line says what was written before.",
    },
    Deviation {
        when: "dcmi sensors",
        stock: "reads the whole repository for every sensor; its status tells of the last kind of sensor; more than 127 \
                are none; the line of a sensor that is not in the repository does not end.",
        here: "reads it once; any failure makes the status 1; up to 255 sensors; says 'not found'.",
    },
    Deviation {
        when: "dcmi oob_discover",
        stock: "opens a session first, which a BMC without one refuses.",
        here: "only pings.",
    },
    Deviation {
        when: "nm with a word that is no command",
        stock: "ends with status 0.",
        here: "the status is 1, so that scripts notice.",
    },
    Deviation {
        when: "nm with inlet, missing, reset or boot, with enable, disable or volatile, or with global",
        stock: "skips the word behind it.",
        here: "reads it. Where domain or correction comes twice, the last one counts; stock mixes the two.",
    },
    Deviation {
        when: "nm with domain and no name behind it",
        stock: "takes it for the platform, or reads on in its environment.",
        here: "an error, and nothing is sent.",
    },
    Deviation {
        when: "nm suspend set with periods",
        stock: "writes that there are none, which erases those that are there.",
        here: "writes them; times above 239 and more than five periods are errors.",
    },
    Deviation {
        when: "nm suspend get of a policy with several periods",
        stock: "reads a third of them, and shows the others as 00:00 to 00:00.",
        here: "shows all.",
    },
    Deviation {
        when: "nm policy limiting",
        stock: "prints 'limit 0', whichever policy limits.",
        here: "prints the policy's number in hexadecimal, or 'limit none'.",
    },
    Deviation {
        when: "nm alert set with a channel above 15, and with string 127 or more",
        stock: "writes what the number's bits happen to mean; forgets string 127.",
        here: "numbers that are out of range are errors; string 127 is written.",
    },
    Deviation {
        when: "-c nm policy get of a policy with several values that have no name",
        stock: "prints the first one's number for each of them.",
        here: "prints the number of each.",
    },
    Deviation {
        when: "event of a sensor whose event type is none of the specification's",
        stock: "sends nothing and does not say so.",
        here: "says that its states are not known; the status is 1, as in stock.",
    },
    Deviation {
        when: "event of a threshold, and the BMC's answer about the sensor's thresholds is too short",
        stock: "sends what its memory holds.",
        here: "an error that names both lengths; nothing is sent.",
    },
    Deviation {
        when: "event file, and one of several events is refused",
        stock: "does not say how many were sent.",
        here: "a line says so.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deviation_says_when_what_and_why() {
        for row in DEVIATIONS {
            assert!(
                !row.when.is_empty() && row.stock.ends_with('.') && row.here.ends_with('.'),
                "{row:?}"
            );
        }
    }
}
