//! Images of modules, whole and cut off.

use super::*;

fn value(image: &[u8], label: &str) -> Option<String> {
    let lines = Description::of(image).lines;
    let line = lines.into_iter().find(|(each, _)| *each == label)?;
    Some(String::from_utf8_lossy(&line.1).into_owned())
}

#[test]
fn a_module_of_ddr3_says_its_size_and_its_maker() {
    let mut image = vec![0; 256];
    for (index, byte) in [
        (2, 0x0b),
        (4, 0x03),
        (7, 0x09),
        (8, 0x0b),
        (117, 0x80),
        (118, 0xce),
    ] {
        image[index] = byte;
    }
    image[128..138].copy_from_slice(b"M393B5273D");
    assert_eq!(value(&image, "Memory size").unwrap(), "4096 MB");
    assert_eq!(value(&image, "Manufacturer").unwrap(), "Samsung");
    assert!(
        value(&image, "Part Number")
            .unwrap()
            .starts_with("M393B5273D")
    );
}

#[test]
fn an_image_that_is_cut_off_is_described_as_far_as_its_kind_allows() {
    for (kind, least) in [(0x07, 100), (0x0b, 148), (0x0c, 348)] {
        for length in 0..=520 {
            let image = vec![kind; length];
            let description = Description::of(&image);
            assert_eq!(description.whole, length >= least, "{kind:#x}, {length}");
            let lines = description.lines.len();
            match length {
                0..92 => assert_eq!(lines, 0),
                length if length < least => assert_eq!(lines, 1),
                _ => assert!(lines > 6),
            }
        }
    }
}

#[test]
fn no_image_is_too_odd_to_be_described() {
    for kind in 0..=0xff {
        for filler in [0x00, 0x5a, 0x7f, 0x80, 0xff] {
            let mut image = vec![filler; 512];
            image[2] = kind;
            assert!(Description::of(&image).whole);
        }
    }
}
