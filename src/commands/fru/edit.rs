//! `fru edit <id> field`: another text in a field.

use crate::commands::sdr::books::Books;
use crate::fru::area;
use crate::fru::blocks::show;
use crate::fru::device::{Device, VERSION};
use crate::fru::edit::{Found, Rebuilt, rebuilt, replaced};
use crate::fru::header::{Area, Header};

use super::files::open;
use super::print::{absent, garbled};
use super::store::store;

/// Which field gets which text.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) id: u8,
    pub(super) area: Area,
    pub(super) index: usize,
    pub(super) text: Vec<u8>,
}

impl Edit {
    /// Does it.
    pub(super) fn run(&self, books: &mut Books<'_, '_>) -> bool {
        if books.desk.context.verbose > 0 {
            books.put(format_args!("FRU ID           : {}\n", self.id));
        }
        let mut device = match open(books, self.id) {
            Ok(device) => device,
            Err(failure) => return absent(books, &failure),
        };
        if device.size == 0 {
            books.put(format_args!(" Invalid FRU size 0"));
            return false;
        }
        let header = match device.header(books.desk.bmc) {
            Ok((header, answer)) => {
                show(&answer);
                header
            }
            Err(failure) => return absent(books, &failure),
        };
        if header.version != VERSION {
            let version = header.version;
            books.put(format_args!(" Unknown FRU header version 0x{version:02x}"));
            return false;
        }
        let begin = header.offset(self.area);
        if begin == 0 {
            return not_found(books);
        }
        let start = device.read(books.desk.bmc, begin, 3);
        let length = start.map_or(0, |part| area::length(&part.bytes));
        let bytes = match device.read(books.desk.bmc, begin, length) {
            Ok(part) => part.bytes,
            Err(why) => {
                garbled(books, why);
                return false;
            }
        };
        let Some(found) = Found::of(self.area, &bytes, self.index) else {
            return not_found(books);
        };
        if found.is_as_long_as(&self.text)
            && let Some(area) = replaced(&bytes, &found, &self.text)
        {
            self.put_change(books, "Updating Field '", &found);
            books.put(format_args!(" ...\n"));
            return self.write(books, &mut device, begin, &area);
        }
        books.put(format_args!(
            "String size are not equal, resizing fru to fit new string\n"
        ));
        self.rebuild(books, &mut device, &header, (begin, length))
    }

    fn put_change(&self, books: &mut Books<'_, '_>, title: &str, found: &Found) {
        books.put(format_args!("{title}"));
        books.bytes(&found.field.text);
        books.put(format_args!("' with '"));
        books.bytes(&self.text);
        books.put(format_args!("'"));
    }

    fn write(
        &self,
        books: &mut Books<'_, '_>,
        device: &mut Device,
        at: usize,
        bytes: &[u8],
    ) -> bool {
        let good = store(books, device, at, bytes);
        if !good {
            books.put(format_args!("Write to FRU data failed.\n"));
        }
        good
    }

    fn rebuild(
        &self,
        books: &mut Books<'_, '_>,
        device: &mut Device,
        header: &Header,
        (begin, length): (usize, usize),
    ) -> bool {
        let size = usize::from(device.size);
        books.put(format_args!(
            "Read All FRU area\nFru Size       : {size} bytes\n"
        ));
        if books.asks_ahead() {
            device.prefetch_all(books.desk.bmc);
        }
        let old = match device.read(books.desk.bmc, 0, size) {
            Ok(part) if part.given == size => part.bytes,
            Ok(_) => Vec::new(),
            Err(why) => {
                garbled(books, why);
                Vec::new()
            }
        };
        if old.is_empty() {
            let output = &mut books.desk.output;
            output.complain(format_args!(
                "The FRU cannot be read as a whole: nothing was written"
            ));
            return false;
        }
        books.put(format_args!("Copy to new FRU\n"));
        let area = old.get(begin..begin + length).unwrap_or(&[]);
        let Some(found) = Found::of(self.area, area, self.index) else {
            books.put(format_args!("Field not found (1)!\n"));
            return false;
        };
        books.put(format_args!("Section Length: {length}\n"));
        let new = match rebuilt(&old, header, (begin, length), &found, &self.text) {
            Ok(new) => new,
            Err(why) => {
                let output = &mut books.desk.output;
                output.complain(format_args!(
                    "The field cannot be changed: {why}; nothing was written"
                ));
                return false;
            }
        };
        self.put_rebuilt(books, &old, header, (begin, length), &found, &new);
        let good = self.write(books, device, 0, &new.image);
        if good {
            books.put(format_args!("Done.\n"));
        }
        good
    }

    /// What stock tells of how it moves things.
    fn put_rebuilt(
        &self,
        books: &mut Books<'_, '_>,
        old: &[u8],
        header: &Header,
        (begin, length): (usize, usize),
        found: &Found,
        new: &Rebuilt,
    ) {
        let byte = |at: usize| old.get(at).copied().unwrap_or(0);
        let [before, wanted, after] = new.padding;
        let field = begin + found.field.at;
        let behind = field + self.text.len() + 1;
        let last = begin + length - 1;
        let end = last.saturating_sub(1 + usize::try_from(before).unwrap_or(0));
        books.put(format_args!("Padding Length: {before}\n"));
        books.put(format_args!("NumByte Change: {}\n", before - wanted));
        books.put(format_args!("Start SecChnge: {:x}\n", byte(field)));
        books.put(format_args!("End SecChnge  : {:x}\n", byte(behind)));
        books.put(format_args!("Start Section : {:x}\n", byte(begin)));
        books.put(format_args!("End Sec wo Pad: {:x}\n", byte(end)));
        books.put(format_args!("End Section   : {:x}\n", byte(last)));
        books.put(format_args!("New Padding Length: {wanted}\n"));
        if new.grown != 0 {
            let (grown, board) = (new.grown, header.offset(Area::Board) / 8);
            books.put(format_args!("change_size_by_8: {grown}\n"));
            books.put(format_args!("New Padding Length: {after}\n"));
            books.put(format_args!("change_size_by_8: {grown}\n"));
            books.put(format_args!("header.offset.board: {board}\n"));
            self.put_moves(books, header, begin + length, new);
        }
        self.put_change(books, "Updating Field : '", found);
        books.put(format_args!(
            " ... (Length from '{}' to '{}')\n",
            found.code,
            0xc0 + self.text.len()
        ));
        let rest = (begin + new.length - 1).saturating_sub(behind);
        books.put(format_args!("Copying remaining of sections: {rest} \n"));
        let checksum = new.image.get(begin + new.length - 1).copied().unwrap_or(0);
        let checksum = -i32::from(checksum.wrapping_neg());
        books.put(format_args!("Calculate New Checksum: {checksum:x}\n"));
        books.put(format_args!("Writing new FRU.\n"));
    }

    fn put_moves(&self, books: &mut Books<'_, '_>, header: &Header, end: usize, new: &Rebuilt) {
        // Stock calls them after the one before.
        for (area, name) in [(Area::Board, "Chassis"), (Area::Product, "Product")] {
            let (from, to) = (header.offset(area), new.header.offset(area));
            if from != to {
                books.put(format_args!("Moving Section {name}, from {from} to {to}\n"));
            }
        }
        let multi = |header: &Header| header.offset(Area::Multi) / 8;
        if multi(header) != 0 {
            books.put(format_args!(
                "Change multi offset from {} to {}\n",
                multi(header),
                multi(&new.header)
            ));
        }
        let grown = i64::from(new.grown) * 8;
        // What comes behind the product area.
        let product = header.offset(Area::Product);
        let rest = if product >= end {
            let length = new.image.get(new.header.offset(Area::Product) + 1);
            product + length.map_or(0, |units| usize::from(*units) * 8)
        } else {
            end
        };
        let to = i64::try_from(rest).map_or(0, |rest| rest + grown);
        books.put(format_args!(
            "Moving Remaining Bytes (Multi-Rec , etc..), from {rest} to {to}\n"
        ));
    }
}

fn not_found(books: &mut Books<'_, '_>) -> bool {
    books.put(format_args!("Field not found !\n"));
    false
}
