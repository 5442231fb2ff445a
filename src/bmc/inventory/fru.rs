//! FRU data as an inventory file describes it, and its bytes (Platform Management FRU Information Storage Definition).

use serde::Deserialize;

use super::multi::MultiDef;
use super::text::Encoding;
use super::value::Hex;
use crate::wire::lan::checksum;

/// `[[fru]]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FruDef {
    /// FRU device ID, 0..=254.
    pub id: u8,
    /// Bytes of the device; default: what its areas need, rounded up to 256.
    pub size: Option<u16>,
    /// Whether Write FRU Data is refused (80h).
    #[serde(default)]
    pub read_only: bool,
    /// Internal use area.
    pub internal: Option<Hex>,
    /// Chassis information area.
    pub chassis: Option<Chassis>,
    /// Board information area.
    pub board: Option<Board>,
    /// Product information area.
    pub product: Option<Product>,
    /// Multi-records.
    #[serde(default)]
    pub multi: Vec<MultiDef>,
}

/// `[fru.chassis]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Chassis {
    /// Chassis type (SMBIOS), 17h is a rack mount chassis.
    #[serde(rename = "type")]
    pub kind: u8,
    /// Part number.
    #[serde(default)]
    pub part: Text,
    /// Serial number.
    #[serde(default)]
    pub serial: Text,
    /// Custom fields.
    #[serde(default)]
    pub extra: Vec<Text>,
}

/// `[fru.board]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Board {
    /// Language code; 25 (or 0) is English.
    #[serde(default = "english")]
    pub language: u8,
    /// Minutes since 1996-01-01 00:00 UTC, at most 16777215; 0 is unspecified.
    #[serde(default)]
    pub minutes: u32,
    /// Manufacturer.
    #[serde(default)]
    pub manufacturer: Text,
    /// Product name.
    #[serde(default)]
    pub product: Text,
    /// Serial number.
    #[serde(default)]
    pub serial: Text,
    /// Part number.
    #[serde(default)]
    pub part: Text,
    /// FRU file ID.
    #[serde(default)]
    pub file_id: Text,
    /// Custom fields.
    #[serde(default)]
    pub extra: Vec<Text>,
}

/// `[fru.product]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Product {
    /// Language code.
    #[serde(default = "english")]
    pub language: u8,
    /// Manufacturer.
    #[serde(default)]
    pub manufacturer: Text,
    /// Product name.
    #[serde(default)]
    pub name: Text,
    /// Part or model number.
    #[serde(default)]
    pub part: Text,
    /// Version.
    #[serde(default)]
    pub version: Text,
    /// Serial number.
    #[serde(default)]
    pub serial: Text,
    /// Asset tag.
    #[serde(default)]
    pub asset_tag: Text,
    /// FRU file ID.
    #[serde(default)]
    pub file_id: Text,
    /// Custom fields.
    #[serde(default)]
    pub extra: Vec<Text>,
}

/// A field: a string, or `{ text = "…", encoding = "6bit" }`. Kept as type/length byte and bytes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TextForm")]
pub struct Text(Vec<u8>);

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a text is a string, or { text = \"…\", encoding = \"6bit\" } (latin1, 6bit, bcd, binary)"
)]
enum TextForm {
    Plain(String),
    Encoded { text: String, encoding: Encoding },
}

impl Default for Text {
    fn default() -> Self {
        Self(vec![EMPTY_FIELD])
    }
}

impl TryFrom<TextForm> for Text {
    type Error = String;

    fn try_from(form: TextForm) -> Result<Self, String> {
        let (text, encoding) = match form {
            TextForm::Plain(text) => (text, Encoding::Latin1),
            TextForm::Encoded { text, encoding } => (text, encoding),
        };
        let (code, mut bytes) = encoding.encode(&text)?;
        // A Latin-1 field of one character would read as the end of the fields (C1h).
        if (code, bytes.len()) == (3, 1) {
            bytes.push(b' ');
        }
        if bytes.len() > 63 {
            return Err(format!(
                "'{text}' makes {} bytes: at most 63 are right",
                bytes.len()
            ));
        }
        // At most 63, so it fits six bits.
        let mut field = vec![code << 6 | (bytes.len() & 0x3f) as u8];
        field.append(&mut bytes);
        Ok(Self(field))
    }
}

impl FruDef {
    /// The device's bytes.
    ///
    /// # Errors
    /// What does not fit, and what would.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut out = vec![0u8; 8];
        let mut offsets = [0u8; 5];
        let areas = [
            self.internal
                .as_ref()
                .map(|h| [&[FORMAT_VERSION][..], &h.0].concat()),
            self.chassis.as_ref().map(Chassis::bytes).transpose()?,
            self.board.as_ref().map(Board::bytes).transpose()?,
            self.product.as_ref().map(Product::bytes).transpose()?,
            self.multi_bytes()?,
        ];
        for (offset, area) in offsets.iter_mut().zip(areas) {
            let Some(area) = area else { continue };
            *offset = u8::try_from(out.len() / 8).map_err(|_| {
                format!(
                    "FRU {}: its areas start beyond 2040 bytes: shorten them",
                    self.id
                )
            })?;
            out.extend(area);
            out.resize(out.len().next_multiple_of(8), 0);
        }
        out[0] = FORMAT_VERSION;
        out[1..6].copy_from_slice(&offsets);
        out[7] = checksum(&out[..7]);
        let size = self
            .size
            .map_or(out.len().next_multiple_of(256), usize::from);
        if size < out.len() {
            return Err(format!(
                "FRU {} needs {} bytes: its size of {size} is too small",
                self.id,
                out.len()
            ));
        }
        out.resize(size, 0);
        Ok(out)
    }

    fn multi_bytes(&self) -> Result<Option<Vec<u8>>, String> {
        let mut out = Vec::new();
        for (i, record) in self.multi.iter().enumerate() {
            let (kind, data) = record.bytes();
            let length = u8::try_from(data.len()).map_err(|_| {
                format!(
                    "FRU {}: a multi-record has {} bytes: at most 255 are right",
                    self.id,
                    data.len()
                )
            })?;
            let last = i + 1 == self.multi.len();
            let header = [kind, u8::from(last) << 7 | 0x02, length, checksum(&data)];
            out.extend(header);
            out.push(checksum(&header));
            out.extend(data);
        }
        Ok((!out.is_empty()).then_some(out))
    }
}

impl Chassis {
    fn bytes(&self) -> Result<Vec<u8>, String> {
        area(&[self.kind], &[&self.part, &self.serial], &self.extra)
    }
}

impl Board {
    fn bytes(&self) -> Result<Vec<u8>, String> {
        let [m0, m1, m2, high] = self.minutes.to_le_bytes();
        if high != 0 {
            return Err(format!(
                "minutes = {} is too late: at most 16777215 since 1996 are right",
                self.minutes
            ));
        }
        let fields = [
            &self.manufacturer,
            &self.product,
            &self.serial,
            &self.part,
            &self.file_id,
        ];
        area(&[self.language, m0, m1, m2], &fields, &self.extra)
    }
}

impl Product {
    fn bytes(&self) -> Result<Vec<u8>, String> {
        let fields = [
            &self.manufacturer,
            &self.name,
            &self.part,
            &self.version,
            &self.serial,
            &self.asset_tag,
            &self.file_id,
        ];
        area(&[self.language], &fields, &self.extra)
    }
}

fn area(head: &[u8], fields: &[&Text], extra: &[Text]) -> Result<Vec<u8>, String> {
    let mut out = vec![FORMAT_VERSION, 0];
    out.extend(head);
    for field in fields.iter().copied().chain(extra) {
        out.extend(&field.0);
    }
    out.push(END_OF_FIELDS);
    // The last byte of the last group of eight is the checksum.
    let length = (out.len() + 1).next_multiple_of(8);
    out.resize(length - 1, 0);
    out[1] = u8::try_from(length / 8).map_err(|_| {
        format!("a FRU area makes {length} bytes: at most 2040 are right, shorten its fields")
    })?;
    let sum = checksum(&out);
    out.push(sum);
    Ok(out)
}

fn english() -> u8 {
    25
}

const FORMAT_VERSION: u8 = 0x01;
const EMPTY_FIELD: u8 = 0xc0;
const END_OF_FIELDS: u8 = 0xc1;
