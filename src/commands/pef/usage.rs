//! Stock's help.

pub(super) const PEF: &str = "usage: pef help
       pef capabilities
       pef event <params>
       pef filter list
       pef filter enable <id = 1..n>
       pef filter disable <id = 1..n>
       pef filter create <id = 1..n> <params>
       pef filter delete <id = 1..n>
       pef info
       pef policy list
       pef policy enable <id = 1..n>
       pef policy disable <id = 1..n>
       pef policy create <id = 1..n> <params>
       pef policy delete <id = 1..n>
       pef pet ack <params>
       pef status
       pef timer get
       pef timer set <0x00-0xFF>";

pub(super) const FILTER: &str = "usage: pef filter help
\tpef filter list
       pef filter enable <id = 1..n>
       pef filter disable <id = 1..n>
       pef filter create <id = 1..n> <params>
       pef filter delete <id = 1..n>";

pub(super) const POLICY: &str = "usage: pef policy help
       pef policy list
       pef policy enable <id = 1..n>
       pef policy disable <id = 1..n>
       pef policy create <id = 1..n> <params>
       pef policy delete <id = 1..n>";
