//! The texts of `sdr help` and `sensor help`.

/// Of `sdr list` and `sdr elist`.
pub fn list(verb: &str) -> String {
    format!("usage: sdr {verb} [all|full|compact|event|mcloc|fru|generic]")
}

/// Of `sdr`.
pub const SDR: &str = "\
usage: sdr <command> [options]
               list | elist [option]
                     all           All SDR Records
                     full          Full Sensor Record
                     compact       Compact Sensor Record
                     event         Event-Only Sensor Record
                     mcloc         Management Controller Locator Record
                     fru           FRU Locator Record
                     generic       Generic Device Locator Record

               type [option]
                     <Sensor_Type> Retrieve the state of specified sensor.
                                   Sensor_Type can be specified either as
                                   a string or a hex value.
                     list          Get a list of available sensor types

               get <Sensor_ID>
                     Retrieve state of the first sensor matched by Sensor_ID

               info
                     Display information about the repository itself

               entity <Entity_ID>[.<Instance_ID>]
                     Display all sensors associated with an entity

               dump <file>
                     Dump raw SDR data to a file

               fill <option>
                     sensors       Creates the SDR repository for the current
                                   configuration
                     nosat         Creates the SDR repository for the current
                                   configuration, without satellite scan
                     file <file>   Load SDR repository from a file
                     range <range> Load SDR repository from a provided list
                                   or range. Use ',' for list or '-' for
                                   range, eg. 0x28,0x32,0x40-0x44";

/// Of `sdr dump`.
pub const DUMP: &str = "usage: sdr dump <file>";

/// Of `sdr fill`.
pub const FILL: &str = "\
usage: sdr fill sensors
usage: sdr fill file <file>
usage: sdr fill range <range>";

/// Of `sensor`.
pub const SENSOR: &str = "Sensor Commands:  list thresh get reading";

/// Of `sensor get`.
pub const GET: &str = "\
sensor get <id> ... [id]
   id        : name of desired sensor";

/// Of `sensor reading`.
pub const READING: &str = "\
sensor reading <id> ... [id]
   id        : name of desired sensor";

/// Of `sensor thresh`.
pub const THRESH: &str = "\
sensor thresh <id> <threshold> <setting>
   id        : name of the sensor for which threshold is to be set
   threshold : which threshold to set
                 unr = upper non-recoverable
                 ucr = upper critical
                 unc = upper non-critical
                 lnc = lower non-critical
                 lcr = lower critical
                 lnr = lower non-recoverable
   setting   : the value to set the threshold to

sensor thresh <id> lower <lnr> <lcr> <lnc>
   Set all lower thresholds at the same time

sensor thresh <id> upper <unc> <ucr> <unr>
   Set all upper thresholds at the same time
";
