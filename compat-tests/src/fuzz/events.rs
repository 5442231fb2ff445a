//! Records of an event log, as a BMC, a file or a command line has them.

use steadysol::sel::vendor::{Vendor, dell, quanta, supermicro};
use steadysol::sel::{Record, event_file, oem_file, pps};

/// Records of 16 bytes, one after the other; and all of it as a text file.
pub fn run(input: &[u8]) {
    for bytes in input.as_chunks::<16>().0 {
        let record = Record::from_wire(bytes);
        assert_eq!(&record.to_wire(), bytes);
        let file = record.to_file();
        assert_eq!(Record::from_file(&file), record);
        let event = record.as_event();
        assert!(event.offset() <= 0x0f);
        let _ = event_file::line(&event);
        let _ = (dell::asks_version(&event), dell::has_oem_bytes(&event));
        for version in [0x51, 0x01, bytes[0]] {
            let _ = dell::description(&event, version);
        }
        let _ = (
            quanta::asks_platform(&event),
            quanta::memory(&event, bytes[1]),
        );
        let board = u16::from_le_bytes([bytes[2], bytes[3]]);
        let _ = supermicro::asks_board(&event);
        let _ = (supermicro::memory(&event, board), supermicro::other(&event));
        let _ = Vendor::of(u32::from_le_bytes([bytes[4], bytes[5], bytes[6], 0]));
    }
    let parsed = oem_file::parse(input);
    if let Ok(descriptions) = parsed.descriptions {
        for bytes in input.as_chunks::<16>().0.iter().take(8) {
            let _ = descriptions.of(&Record::from_wire(bytes));
        }
    }
    let count = event_file::lines(input, |word| word.first().copied()).count();
    assert!(count <= input.len() + 1);
    for line in String::from_utf8_lossy(input).lines().take(64) {
        let _ = (pps::parse(line), pps::time(line));
    }
}
