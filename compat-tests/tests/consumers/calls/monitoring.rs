//! Sensors.

use crate::table::{Call, call, local};

/// Nothing changes on the way, but for what the last ones set.
pub const CALLS: &[Call] = &[
    call(
        "telegraf, version 1",
        "ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L ADMINISTRATOR sdr 2>&1 |
            perl -ne 'print lc \"$1=$2/$3\\n\" if /^([^|]*?)\\s*\\|\\s*([^|]*?)\\s*\\|\\s*(.*)/'",
        "inlet temp=23 degrees c/ok\n",
    ),
    call(
        "telegraf, version 2",
        "ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L ADMINISTRATOR sdr elist 2>&1 |
            perl -ne 'print \"$1=$3/$2/$4\\n\" if /^([^|]*?)\\s*\\|[^|]+\\|\\s*([^|]*?)\\s*\\|\\s*([^|]*?)\\s*\\|\\s*(?:([^|]+))?/'",
        "PS1 Status=10.1/ok/Presence detected\n",
    ),
    call(
        "telegraf, dump",
        "ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L ADMINISTRATOR sdr dump ./${BMC}_ipmi_cache 2>&1; echo $?
         cksum <${BMC}_ipmi_cache",
        "Dumping Sensor Data Repository to './127.0.0.1_ipmi_cache'\n0\n",
    ),
    call(
        "telegraf, cache",
        "ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L ADMINISTRATOR sdr -S ./${BMC}_ipmi_cache 2>&1",
        "CPU1 Temp        | 46 degrees C      | ok\n",
    ),
    call(
        "telegraf, cache, version 2",
        "ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L ADMINISTRATOR sdr -S ./${BMC}_ipmi_cache elist 2>&1",
        "CPU1 Temp        | 02h | ok  |  3.1 | 46 degrees C\n",
    ),
    call(
        "telegraf, user with a key",
        "ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L USER -y '' sdr 2>&1 | tail -1",
        "19.5V Adapter",
    ),
    call(
        "telegraf, power",
        "ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L ADMINISTRATOR chassis power status 2>&1
         ipmitool -H $BMC -U $NAME -P $SECRET -I lanplus -L ADMINISTRATOR dcmi power reading 2>&1 |
            perl -ne 'print \"$1:$2\\n\" if /^([^|]*)\\:(.* Watts)?/' | grep -v timestamp",
        "228 Watts\n",
    ),
    call(
        "ironic and ceilometer",
        "printf %s $SECRET >pw; ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw sdr -v 2>/dev/null |
            perl -00 -ne 'next unless /^Sensor ID\\s*: (.*?)\\s*$/m; $id = $1;
                /^ Sensor Type \\((?:Analog|Discrete|Threshold)\\)\\s*: (\\S+)/m or die \"no type: $_\";
                $type = $1; print \"$type: $id\\n\" if /^ Sensor Reading/m'",
        "Temperature: CPU1 Temp (0x2)\n",
    ),
    call(
        "ironic, every field",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw sdr -v",
        " Sensor Type (Threshold)  : Temperature (0x01)\n",
    ),
    call(
        "ironic, dump",
        "ipmitool -I lanplus -H $BMC -L ADMINISTRATOR -U $NAME -R 12 -N 5 -f pw sdr dump sdr.bin; cksum <sdr.bin",
        "Dumping Sensor Data Repository to 'sdr.bin'",
    ),
    local("ceilometer", "ipmitool sdr info >/dev/null && ipmitool sdr -v type Temperature", "Sensor Type (Threshold)"),
    local("ceilometer, others", "for t in Current Fan Voltage; do ipmitool sdr -v type $t; done", "RPM"),
    call(
        "LibreNMS",
        "ipmitool -H $BMC -U $NAME -P $SECRET -L USER -I lanplus -c sdr
         ipmitool -H $BMC -U $NAME -P $SECRET -L USER -I lan sensor",
        "CPU1 Temp,46,degrees C,ok\n",
    ),
    call(
        "LibreNMS, with everything",
        "ipmitool -H $BMC -U $NAME -P $SECRET -L USER -p $PORT -C 17 -N 3 -I lanplus -c sdr",
        "PS1 Status,",
    ),
    local(
        "Prometheus",
        "ipmitool sensor | awk -F '[ ]*[|][ ]*' 'NF >= 3 && $2 !~ /na/ && $3 ~ /degrees C|Volts|Watts|RPM|discrete/ {
            printf(\"%s{sensor=\\\"%s\\\"} %f\\n\", $3, $1, $2) }'",
        "degrees C{sensor=\"CPU1 Temp\"} 46.000000\n",
    ),
    local("xcp-ng", "ipmitool chassis status >/dev/null && ipmitool sdr list", "Fan 1            | 5400 RPM          | ok\n"),
    local(
        "xcp-ng, one sensor",
        "for s in 'Fan 1' 'PS1 Status' 'CPU1 Temp'; do ipmitool sdr get \"$s\" 2>&1 || echo failed; done",
        "Sensor ID              : Fan 1 (0x30)\n",
    ),
    local("xcp-ng, no such sensor", "ipmitool sdr get Nonesuch; echo $?", "1\n").unlike_stock("sdr: the status is 1 where nothing is found"),
    local(
        "munin",
        "ipmitool sensor | awk -F'|' '{ gsub(/ +/,\" \"); gsub(/ +\\|/,\"|\"); gsub(/\\| +/,\"|\") }
            /^[^|]+\\|(0x0|na)\\|/ { next } /degrees C/ { print $1, $2, $8, $9 } /(RPM|^Fan.*percent)/ { print $1, $2, $6 }
            /Watts|Volts/ { print $1, $2 }'",
        "CPU1 Temp 46.000 85.000 95.000\n",
    ),
    local(
        "xymon",
        "ipmitool sdr 2>&1 | awk '/ok$/ {ok++} /ns$/ {ns++} END {print ok, ns + 0}'; ipmitool sel list last 50 2>&1",
        "OEM record ff",
    ),
    call(
        "op-test",
        "ipmitool -H $BMC -I lanplus -U $NAME -P $SECRET sdr elist |grep 'ACPI'",
        "S0/G0: working",
    ),
    call(
        "RackHD",
        "ipmitool -U $NAME -H $BMC -P $SECRET -v -c sdr; ipmitool -U $NAME -H $BMC -P $SECRET -c sdr type 0xd",
        "Drive Present",
    ),
    local("Dell support", "for n in 0x01 0x02 0x03 0x04 0x05 0x08 0x0d 0x15 0x29; do ipmitool sdr type $n; done", "PS1 Status       | 50h | ok  | 10.1 | Presence detected"),
    local("health checks", "ipmitool sdr list 2>/dev/null | grep -iE 'fail|critical|nr\\b'; ipmitool sdr type 'Power Supply'", "PS2 Status"),
    local("fan control, Dell", "ipmitool sdr type temperature | grep 'Inlet' | grep -Po '\\d{2}' | tail -1", "23\n"),
    local("fan control, Dell, a type cut short", "ipmitool sdr type temp | head -3; ipmitool sdr type temperature | awk -F'|' '{print $1 $5}'", "degrees C"),
    local(
        "fan control, raw",
        "ipmitool raw 0x30 0x30 0x01 0x00; echo $?; ipmitool raw 0x30 0x30 0x02 0xff 0x14; echo $?; \
         ipmitool raw 0x30 0x45 0x00 2>&1; echo $?; ipmitool raw 0x30 0x70 0x66 0x01 0x00 0x64 >/dev/null 2>&1; echo $?",
        "Unable to send RAW command (channel=0x0 netfn=0x30 lun=0x0 cmd=0x45 rsp=0xc1): Invalid command",
    ),
    call(
        "fan control, Dell over the network",
        "ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET -y '' sdr type temperature | grep Inlet | cut -d'|' -f5 |
            cut -d' ' -f2; ipmitool -I lanplus -H $BMC -U $NAME -P $SECRET raw 0x30 0x30 0x01 0x01 2>&1",
        "23\n",
    ),
    local("fan control, reading", "ipmitool sensor reading 'CPU1 Temp' 2>/dev/null | awk -F'|' '{print int($2)}'", "46\n"),
    local("fan control, readings", "ipmitool sensor reading 'Fan 1' 'Fan 2' 'Fan 3' -c", "Fan 1,5400\n"),
    local("a greengem", "set -- $(ipmitool sensor reading 'Inlet Temp' 2>/dev/null); echo \"${4:--99}\"", "23\n"),
    local("SONiC", "ipmitool sensor reading CPU2\\ Temp; ipmitool sensor reading Nonesuch 2>&1; echo $?", "| 44\n"),
    local("sensor get", "ipmitool sensor get 'Inlet Temp' 2>/dev/null | grep -i 'Sensor Reading' | awk '{print $4}'", "23\n"),
    local("sensor get, CSV", "ipmitool -c sdr get 'Fan 1' | cut -d, -f 2; ipmitool -c sensor get 'Fan 1' 'Inlet Temp'", "5400\n"),
    local("CSV by commas", "ipmitool -c sdr type Fan | awk -F , /'RPM'/'{print $2}'; ipmitool -c sdr list | grep CPU", "5400\n"),
    local("CSV, extended", "ipmitool -c sdr elist; ipmitool sdr elist full -c; ipmitool -c sdr elist all", "PS1 Status,50h,ok,10.1,Presence detected\n"),
    local("gopsutil", "ipmitool -c sdr list | awk -F, '$3 == \"degrees C\" {print $1, $2}'", "CPU1 Temp 46\n"),
    local("Zabbix", "ipmitool sensor list | awk -F'|' '$4 ~ /ok/ && $3 ~ /degrees C/' | cut -d'|' -f1,2; ipmitool sensor list -c", "CPU1 Temp        | 46.000"),
    local("Supermicro scripts", "ipmitool sdr | grep 'CPU1 Temp' | grep -Eo '[0-9]{2,5}'; ipmitool sdr | awk -F'|' '/RPM/{print $2}' | awk '{print $1}'", "46\n"),
    local("Nagios, Cisco", "ipmitool sdr | grep -Ev 'ok|ns|nr|cr' | wc -l; ipmitool sdr entity 10.1; ipmitool sdr elist all | wc -l", "0\n"),
    local("check the fans", "ipmitool sdr elist | grep -i fan | grep -i percent | awk '{print $10}'", "42\n"),
    local("power", "ipmitool dcmi power reading | grep -i 'Instantaneous power reading' | grep -oP '\\d+(?=\\s+Watts)'; ipmitool sdr elist | grep -E 'Watts'", "228\n"),
    local("power, rev", "ipmitool dcmi power reading | grep Instant | rev | cut -d' ' -f 2 | rev; ipmitool sdr type current | grep Amps", "228\n"),
    local("DCMI, others", "ipmitool dcmi discover; ipmitool dcmi sensors; ipmitool dcmi get_temp_reading; ipmitool dcmi asset_tag", ""),
    local("types", "ipmitool sdr type list; ipmitool sdr type", "Temperature"),
    local("no such type", "ipmitool sdr type Nonesuch; echo $?", "1\n").unlike_stock("sdr: the status is 1 where nothing is found"),
    local("thresholds, Supermicro", "ipmitool sensor thresh 'Fan 1' lower 300 450 600; echo $?; ipmitool sensor get 'Fan 1' | grep Lower", "Setting sensor \"Fan 1\" Lower Critical threshold to 450.000\n"),
    local("thresholds, upper", "ipmitool sensor thresh 'CPU1 Temp' upper 80 90 99; ipmitool sensor thresh 'CPU1 Temp' unc 77; ipmitool sensor | grep CPU1", "| 77.000"),
    local("thresholds, one", "ipmitool sensor thresh 'Fan 2' lcr 300; ipmitool sensor thresh 'Nonesuch' lcr 100; echo $?", "Fan 2"),
];
