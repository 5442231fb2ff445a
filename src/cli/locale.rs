//! The locale that the environment names, as the C library would load it: from the same files.
//!
//! glibc keeps a locale's categories in `/usr/lib/locale/locale-archive` or in one file each under
//! `/usr/lib/locale/NAME/`; `LOCPATH` names other directories. What is not installed is not used: `setlocale` then
//! leaves everything at "C", and so does [`Locale::from_environment`]. The layouts are those of glibc's
//! `locale/localeinfo.h` and `locale/locarchive.h`. Other C libraries have no such files, nor dates that follow them.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::wire::text::up_to_nul;

/// What of a locale shows in ipmitool's texts: dates and the decimal point.
#[derive(Clone, Debug, Default)]
pub struct Locale {
    time: Option<Category>,
    numeric: Option<Category>,
}

impl Locale {
    /// What `setlocale(LC_ALL, "")` would load.
    pub fn from_environment() -> Self {
        Self::load(&Files::system(), |name| env::var_os(name))
    }

    /// The locale of this name as a machine has it that keeps its locales here.
    pub fn installed(archive: Option<&Path>, directories: &[PathBuf], name: &OsStr) -> Self {
        let files = Files {
            archive: archive.map(Path::to_path_buf),
            directories: directories.to_vec(),
        };
        Self::load(&files, |variable| {
            (variable == "LC_ALL").then(|| name.to_owned())
        })
    }

    /// The locale whose files hold this, as far as it can be read.
    pub fn of_contents(time: Vec<u8>, numeric: Vec<u8>) -> Self {
        Self {
            time: Some(Category(time)),
            numeric: Some(Category(numeric)),
        }
    }

    /// All categories must be there, or none is used.
    fn load(files: &Files, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let mut locale = Self::default();
        let all = set("LC_ALL");
        let lang = set("LANG");
        for (index, category) in CATEGORIES {
            let name = all.clone().or_else(|| set(category)).or(lang.clone());
            let Some(name) = name.filter(|name| name != "C" && name != "POSIX") else {
                continue;
            };
            let Some(found) = files.find(name.as_bytes(), *index, category) else {
                return Self::default();
            };
            match *index {
                LC_TIME => locale.time = Some(found),
                LC_NUMERIC => locale.numeric = Some(found),
                _ => {}
            }
        }
        locale
    }

    /// What stands between a number's integer and its fraction, in the locale's own encoding.
    pub fn decimal_point(&self) -> &[u8] {
        let text = self.numeric.as_ref().and_then(|numeric| numeric.text(0));
        text.filter(|text| !text.is_empty()).unwrap_or(b".")
    }

    /// A text of the category `LC_TIME` by its place in it (glibc's `langinfo.h`), cut where it is longer than any.
    pub(super) fn time(&self, item: usize) -> &[u8] {
        let text = self.time.as_ref().and_then(|time| time.text(item));
        let text = text.map(|text| text.get(..LONGEST_TEXT).unwrap_or(text));
        text.unwrap_or_else(|| C_TIME.get(item).map_or(b"", |text| text.as_bytes()))
    }

    /// The texts of an item of `LC_TIME` that holds several.
    pub(super) fn time_list(&self, item: usize) -> impl Iterator<Item = &[u8]> {
        let raw = self.time.as_ref().and_then(|time| time.raw(item));
        let raw = raw.unwrap_or_default();
        raw.get(..LONGEST_LIST)
            .unwrap_or(raw)
            .split(|byte| *byte == 0)
    }
}

/// One category's contents.
#[derive(Clone, Debug)]
struct Category(Vec<u8>);

impl Category {
    /// The bytes from an item's beginning to that of the next.
    fn raw(&self, item: usize) -> Option<&[u8]> {
        if item >= number(&self.0, 4)? {
            return None;
        }
        let start = number(&self.0, 8 + 4 * item)?;
        let end = match number(&self.0, 8 + 4 * (item + 1)) {
            Some(end) if item + 1 < number(&self.0, 4)? => end,
            _ => self.0.len(),
        };
        self.0.get(start..end)
    }

    fn text(&self, item: usize) -> Option<&[u8]> {
        self.raw(item).map(up_to_nul)
    }
}

/// Where locales are kept.
#[derive(Debug)]
struct Files {
    archive: Option<PathBuf>,
    directories: Vec<PathBuf>,
}

impl Files {
    fn system() -> Self {
        let default = PathBuf::from("/usr/lib/locale");
        match env::var_os("LOCPATH").filter(|path| !path.is_empty()) {
            Some(path) => Self {
                archive: None,
                directories: env::split_paths(&path).chain([default]).collect(),
            },
            None => Self {
                archive: Some(default.join("locale-archive")),
                directories: vec![default],
            },
        }
    }

    fn find(&self, name: &[u8], index: usize, category: &str) -> Option<Category> {
        if name.contains(&b'/') || name.len() > LONGEST_NAME {
            return None;
        }
        let parts = Parts::of(name);
        let archived = self.archive.as_deref();
        archived
            .and_then(|archive| from_archive(archive, &parts.archived(), index))
            .or_else(|| {
                let names = parts.directories();
                let paths = names.iter().flat_map(|name| {
                    let within = Path::new(OsStr::from_bytes(name)).join(category);
                    self.directories.iter().map(move |root| root.join(&within))
                });
                paths
                    .filter_map(|path| {
                        if category == "LC_MESSAGES" {
                            read(&path.join("SYS_LC_MESSAGES"))
                        } else {
                            read(&path)
                        }
                    })
                    .next()
            })
            .map(Category)
    }
}

/// `language_TERRITORY.codeset@modifier`.
struct Parts<'a> {
    place: &'a [u8],
    codeset: Option<&'a [u8]>,
    modifier: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn of(name: &'a [u8]) -> Self {
        let (rest, modifier) = cut(name, b'@');
        let (place, codeset) = cut(rest, b'.');
        Self {
            place,
            codeset,
            modifier,
        }
    }

    fn joined(&self, place: &[u8], codeset: Option<&[u8]>) -> Vec<u8> {
        let mut name = place.to_vec();
        for (sign, part) in [(b'.', codeset), (b'@', self.modifier)] {
            if let Some(part) = part {
                name.push(sign);
                name.extend_from_slice(part);
            }
        }
        name
    }

    /// The name as the archive has it.
    fn archived(&self) -> Vec<u8> {
        self.joined(self.place, self.codeset.map(normalized).as_deref())
    }

    /// The directories that may hold it, the best first.
    fn directories(&self) -> Vec<Vec<u8>> {
        let mut names = Vec::new();
        for place in [self.place, cut(self.place, b'_').0] {
            names.push(self.joined(place, self.codeset));
            names.push(self.joined(place, self.codeset.map(normalized).as_deref()));
        }
        names
    }
}

fn cut(text: &[u8], sign: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == sign) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// `UTF-8` becomes `utf8`, `8859-1` becomes `iso88591`.
fn normalized(codeset: &[u8]) -> Vec<u8> {
    let kept: Vec<u8> = codeset
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    if kept.iter().all(u8::is_ascii_digit) {
        [b"iso", &kept[..]].concat()
    } else {
        kept
    }
}

fn from_archive(path: &Path, name: &[u8], category: usize) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let head = at(&file, 0, 20)?;
    if number(&head, 0)? != ARCHIVE_MAGIC {
        return None;
    }
    let (table, slots) = (number(&head, 8)?, number(&head, 16)?);
    let table = at(&file, table, slots.min(MOST_NAMES) * 12)?;
    for slot in table.chunks_exact(12) {
        let (text, record) = (number(slot, 4)?, number(slot, 8)?);
        if record == 0 {
            continue;
        }
        let Some(found) = at(&file, text, name.len() + 1) else {
            continue;
        };
        if found.strip_suffix(&[0]) == Some(name) {
            let place = at(&file, record + 4 + 8 * category, 8)?;
            let length = number(&place, 4)?;
            return (length <= LARGEST)
                .then(|| at(&file, number(&place, 0)?, length))
                .flatten();
        }
    }
    None
}

fn at(file: &File, offset: usize, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, u64::try_from(offset).ok()?)
        .ok()?;
    Some(bytes)
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST).ok()?;
    File::open(path)
        .ok()?
        .take(most)
        .read_to_end(&mut bytes)
        .ok()?;
    // The smallest has a magic number and how many items there are.
    (bytes.len() >= 8).then_some(bytes)
}

/// 32 bits in the machine's own order, as the files have them.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(u32::from_ne_bytes(four)).ok()
}

const LC_NUMERIC: usize = 1;
const LC_TIME: usize = 2;

/// Numbers (glibc's `bits/locale.h`) and names; all of them count for `setlocale(LC_ALL, "")`.
const CATEGORIES: &[(usize, &str)] = &[
    (0, "LC_CTYPE"),
    (LC_NUMERIC, "LC_NUMERIC"),
    (LC_TIME, "LC_TIME"),
    (3, "LC_COLLATE"),
    (4, "LC_MONETARY"),
    (5, "LC_MESSAGES"),
    (7, "LC_PAPER"),
    (8, "LC_NAME"),
    (9, "LC_ADDRESS"),
    (10, "LC_TELEPHONE"),
    (11, "LC_MEASUREMENT"),
    (12, "LC_IDENTIFICATION"),
];

const ARCHIVE_MAGIC: usize = 0xde02_0109;
const MOST_NAMES: usize = 100_000;
const LONGEST_NAME: usize = 255;
/// Bytes of a weekday, a format, or whatever is one text.
const LONGEST_TEXT: usize = 256;
/// Bytes of all eras, or of all numerals.
const LONGEST_LIST: usize = 16 << 10;
/// Collation tables have some megabytes.
const LARGEST: usize = 64 << 20;

/// `LC_TIME` of "C", IEEE Std 1003.1 section 7.3.5.3.
const C_TIME: [&str; 44] = [
    "Sun",
    "Mon",
    "Tue",
    "Wed",
    "Thu",
    "Fri",
    "Sat",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "AM",
    "PM",
    "%a %b %e %H:%M:%S %Y",
    "%m/%d/%y",
    "%H:%M:%S",
    "%I:%M:%S %p",
];

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A category whose items are these texts.
    pub fn category(items: &[&[u8]]) -> Vec<u8> {
        let mut offset = 8 + 4 * items.len();
        let mut bytes = vec![0; 4];
        let number = |value: usize| u32::try_from(value).unwrap().to_ne_bytes();
        bytes.extend(number(items.len()));
        for item in items {
            bytes.extend(number(offset));
            offset += item.len() + 1;
        }
        for item in items {
            bytes.extend_from_slice(item);
            bytes.push(0);
        }
        bytes
    }

    fn install(root: &Path, name: &str, omitted: &str) {
        for (_, file) in CATEGORIES.iter().filter(|(_, file)| *file != omitted) {
            let mut path = root.join(name).join(file);
            if *file == "LC_MESSAGES" {
                path = path.join("SYS_LC_MESSAGES");
            }
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, category(&[b",", b"So"])).unwrap();
        }
    }

    fn in_directory(directory: &Path, name: &str) -> Locale {
        Locale::installed(None, &[directory.to_path_buf()], OsStr::new(name))
    }

    fn scratch(name: &str) -> PathBuf {
        let path = env::temp_dir().join(format!("locale-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        path
    }

    #[test]
    fn a_locale_is_used_only_where_all_of_it_is_installed() {
        let root = scratch("whole");
        install(&root, "xx_YY.utf8", "");
        install(&root, "xx_ZZ.utf8", "LC_PAPER");
        for (name, point) in [
            ("xx_YY.UTF-8", ","),
            ("xx_YY.utf8", ","),
            ("xx_YY", "."),
            ("xx_ZZ.utf8", "."),
            ("C", "."),
            ("../xx_YY.utf8", "."),
        ] {
            let locale = in_directory(&root, name);
            assert_eq!(locale.decimal_point(), point.as_bytes(), "{name}");
        }
        assert_eq!(in_directory(&root, "xx_YY.utf8").time(1), b"So");
        // An item that the file does not have is that of "C".
        assert_eq!(in_directory(&root, "xx_YY.utf8").time(2), b"Tue");
        std::fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn damaged_files_give_nothing_and_end_nothing() {
        let whole = category(&[b"one", b"two"]);
        for length in 0..whole.len() {
            let cut = Category(whole[..length].to_vec());
            for item in 0..4 {
                let _ = (cut.text(item), cut.raw(item));
            }
        }
        let far = Category([0, 1, u32::MAX].map(u32::to_ne_bytes).concat());
        assert_eq!(far.text(0), None);
        assert_eq!(number(&[0; 4], usize::MAX), None);
    }

    #[test]
    fn an_archive_is_searched_by_the_normalized_name() {
        let path = scratch("archive");
        let time = category(&[b"xyz"]);
        let number = |value: usize| u32::try_from(value).unwrap().to_ne_bytes();
        let (name, record, data) = (80, 100, 220);
        let mut bytes: Vec<u8> = [ARCHIVE_MAGIC, 0, 56, 1, 2, 80, 0, 0, 0, 0, 0, 0, 0, 0]
            .into_iter()
            .chain([0, 0, 0, 0, name, record])
            .flat_map(number)
            .collect();
        bytes.resize(name, 0);
        bytes.extend_from_slice(b"xx_YY.utf8\0");
        bytes.resize(record + 4 + 8 * LC_TIME, 0);
        bytes.extend(number(data));
        bytes.extend(number(time.len()));
        bytes.resize(data, 0);
        bytes.extend_from_slice(&time);
        std::fs::write(&path, &bytes).unwrap();
        let found = |name: &[u8]| from_archive(&path, &Parts::of(name).archived(), LC_TIME);
        assert_eq!(found(b"xx_YY.UTF-8"), Some(time.clone()));
        assert_eq!(found(b"xx_YY"), None);
        for length in 0..bytes.len() - 1 {
            std::fs::write(&path, &bytes[..length]).unwrap();
            assert_eq!(found(b"xx_YY.UTF-8"), None);
        }
        std::fs::remove_file(path).unwrap();
    }
}
