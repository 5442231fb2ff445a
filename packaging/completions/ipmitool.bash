# bash completion for ipmitool. Made by `make completions` from the program's tables.

_ipmitool() {
    local file='<file>' host='<host>' words='' want='' before='' count=0 i word rest
    local -a typed=()
    COMPREPLY=()
    # readline cuts words at = and at :.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 1)) && [[ $word == [=:]* || ${COMP_WORDS[i - 1]} == *[=:] ]]; then
            typed[${#typed[@]} - 1]+=$word
        else
            typed+=("$word")
        fi
    done
    local cur=${typed[${#typed[@]} - 1]}
    for ((i = 0; i < ${#typed[@]} - 1; i++)); do
        word=${typed[i]}
        if [[ -n $want ]]; then
            want=''
        elif [[ $word == -?* ]]; then
            for ((rest = 1; rest < ${#word}; rest++)); do
                if [[ 'dIHpUfzSDeCkyLAPmbtBTloONR' == *"${word:rest:1}"* ]]; then
                    ((rest == ${#word} - 1)) && want=${word:rest:1}
                    break
                fi
            done
        else
            before+=" $word"
            count=$((count + 1))
        fi
    done
    if [[ -n $want ]]; then
        case $want in
        d) return ;;
        I) words='open imb lan lanplus free serial-terminal serial-basic dummy usb' ;;
        H) words=$host ;;
        p) return ;;
        U) return ;;
        f) words=$file ;;
        z) return ;;
        S) words=$file ;;
        D) words=$file ;;
        e) return ;;
        C) words='3 17' ;;
        k) return ;;
        y) return ;;
        L) words='CALLBACK USER OPERATOR ADMINISTRATOR OEM' ;;
        A) words='NONE PASSWORD MD2 MD5 OEM' ;;
        P) return ;;
        m) return ;;
        b) return ;;
        t) return ;;
        B) return ;;
        T) return ;;
        l) return ;;
        o) words='supermicro intelwv2 intelplus icts ibm i82571spt kontron quanta list' ;;
        O) words=$file ;;
        N) return ;;
        R) return ;;
        esac
    elif [[ $cur == -* ]]; then
        words='-h -V -v -c -d -I -H -p -U -f -z -S -D -4 -6 -a -Y -e -C -k -y -L -A -P -E -K -m -b -t -B -T -l -o -O -N -R -Z -g -s'
    else
        case "$count:${before# }" in
            '0:') words='raw i2c spd lan chassis power event mc bmc sdr sensor fru gendev sel pef sol tsol isol user channel session dcmi nm sunoem kontronoem picmg fwum firewall delloem shell exec set echo hpm ekanalyzer ime vita lan6 help' ;;
        '1:raw'|'1:i2c'|'1:spd') words='help' ;;
        '1:lan') words='print set alert stats help' ;;
        '3:lan set '*'') words='ipaddr netmask macaddr defgw bakgw password snmp user access alert arp vlan auth ipsrc cipher_privs bad_pass_thresh' ;;
        '4:lan set '*' defgw'|'4:lan set '*' bakgw') words='ipaddr macaddr' ;;
        '4:lan set '*' access'|'4:lan set '*' alert') words='on off' ;;
        '4:lan set '*' arp') words='respond generate interval' ;;
        '5:lan set '*' arp respond'|'5:lan set '*' arp generate') words='on off' ;;
        '4:lan set '*' vlan') words='id priority' ;;
        '5:lan set '*' vlan id') words='off' ;;
        '4:lan set '*' auth') words='CALLBACK USER OPERATOR ADMIN' ;;
        '4:lan set '*' ipsrc') words='none static dhcp bios' ;;
        '2:lan alert') words='print set' ;;
        '5:lan alert set '*' '*'') words='ipaddr macaddr gateway ack type time retry' ;;
        '2:lan stats') words='get clear' ;;
        '1:chassis') words='status power policy restart_cause poh identify selftest bootdev bootparam bootmbox help' ;;
        '2:chassis power') words='status on off cycle reset diag soft' ;;
        '1:power') words='status on off cycle reset diag soft' ;;
        '2:chassis policy') words='list always-on previous always-off' ;;
        '2:chassis identify') words='force' ;;
        '2:chassis bootdev') words='none pxe disk safe diag cdrom bios floppy' ;;
        '3:chassis bootdev none'|'3:chassis bootdev pxe'|'3:chassis bootdev disk'|'3:chassis bootdev safe'|'3:chassis bootdev diag'|'3:chassis bootdev cdrom'|'3:chassis bootdev bios'|'3:chassis bootdev floppy') words='options= clear-cmos=' ;;
        '2:chassis bootparam') words='get set' ;;
        '3:chassis bootparam set') words='bootflag' ;;
        '4:chassis bootparam set bootflag') words='none force_pxe force_disk force_safe force_diag force_cdrom force_bios' ;;
        '2:chassis bootmbox') words='get set' ;;
        '3:chassis bootmbox get'|'3:chassis bootmbox set') words='text block' ;;
        '1:event') words='1 2 3 file' ;;
        '2:event file') words='<file>' ;;
        '1:mc'|'1:bmc') words='info reset guid selftest watchdog getenables setenables getsysinfo setsysinfo help' ;;
        '2:mc reset'|'2:bmc reset') words='cold warm' ;;
        '2:mc guid'|'2:bmc guid') words='smbios ipmi rfc4122 dump' ;;
        '2:mc watchdog'|'2:bmc watchdog') words='get set reset off' ;;
        '3:mc watchdog set'|'3:bmc watchdog set') words='timeout= pretimeout= int= use= clear= action= nolog dontstop' ;;
        '2:mc setenables'|'2:bmc setenables') words='recv_msg_intr= event_msg_intr= event_msg= system_event_log= oem0= oem1= oem2=' ;;
        '2:mc getsysinfo'|'2:mc setsysinfo'|'2:bmc getsysinfo'|'2:bmc setsysinfo') words='system_fw_version primary_os_name os_name system_name delloem_os_version delloem_url' ;;
        '1:sdr') words='list elist type get info entity dump fill help' ;;
        '2:sdr list'|'2:sdr elist') words='all full compact event mcloc fru generic' ;;
        '2:sdr type') words='list' ;;
        '2:sdr dump') words='<file>' ;;
        '2:sdr fill') words='sensors nosat file range' ;;
        '3:sdr fill file') words='<file>' ;;
        '1:sensor') words='list thresh get reading help' ;;
        '3:sensor thresh '*'') words='unr ucr unc lnc lcr lnr lower upper' ;;
        '1:fru') words='print list read write upgEkey edit internaluse get help' ;;
        '3:fru read '*''|'3:fru write '*''|'3:fru upgEkey '*'') words='<file>' ;;
        '1:gendev') words='list read write help' ;;
        '3:gendev read '*''|'3:gendev write '*'') words='<file>' ;;
        '1:sel') words='info list elist get add clear delete time save readraw ereadraw writeraw interpret help' ;;
        '2:sel list'|'2:sel elist') words='first last' ;;
        '2:sel time') words='get set' ;;
        '2:sel add'|'2:sel save'|'2:sel readraw'|'2:sel ereadraw'|'2:sel writeraw') words='<file>' ;;
        '1:pef') words='info status filter policy help' ;;
        '2:pef filter'|'2:pef policy') words='list enable disable help' ;;
        '1:sol') words='info set payload activate capture log deactivate looptest' ;;
        '2:sol set') words='set-in-progress enabled force-encryption force-authentication privilege-level character-accumulate-level character-send-threshold retry-count retry-interval non-volatile-bit-rate volatile-bit-rate' ;;
        '3:sol set enabled'|'3:sol set force-encryption'|'3:sol set force-authentication') words='true false' ;;
        '3:sol set privilege-level') words='user operator admin oem' ;;
        '2:sol payload') words='enable disable status' ;;
        '2:sol deactivate') words='instance=' ;;
        '1:isol') words='info set activate help' ;;
        '1:user') words='summary list set disable enable priv test help' ;;
        '2:user set') words='name password' ;;
        '3:user test '*'') words='16 20' ;;
        '3:user priv '*'') words='1 2 3 4 5 15' ;;
        '1:channel') words='authcap getaccess setaccess info getciphers help' ;;
        '4:channel setaccess '*' '*'') words='callin= ipmi= link= privilege=' ;;
        '2:channel getciphers') words='ipmi sol' ;;
        '1:session') words='info help' ;;
        '2:session info') words='active all id handle' ;;
        '1:dcmi') words='discover power sensors asset_tag set_asset_tag get_mc_id_string set_mc_id_string thermalpolicy get_temp_reading get_conf_param set_conf_param oob_discover' ;;
        '2:dcmi power') words='reading get_limit set_limit activate deactivate' ;;
        '2:dcmi thermalpolicy') words='get set' ;;
        '2:dcmi set_conf_param') words='activate_dhcp dhcp_config init timeout retry' ;;
        '1:nm') words='discover capability control policy statistics power suspend reset alert threshold' ;;
        '2:nm control') words='enable disable' ;;
        '3:nm control enable'|'3:nm control disable') words='global per_domain per_policy' ;;
        '2:nm policy') words='get add remove limiting' ;;
        '2:nm statistics') words='power temps policy_power policy_temps policy_throt requests response cpu_throttling mem_throttling comm_fail' ;;
        '2:nm suspend'|'2:nm threshold') words='get set' ;;
        '2:nm alert') words='get set clear' ;;
        '2:nm reset') words='global per_policy requests response throttling memory comm' ;;
        '1:sunoem') words='cli led nacname ping getval setval sshkey version getfile getbehavior help' ;;
        '2:sunoem led') words='get set' ;;
        '2:sunoem sshkey') words='del set' ;;
        '1:kontronoem') words='setsn setmfgdate nextboot help' ;;
        '1:picmg') words='properties frucontrol addrinfo activate deactivate policy portstate amcportstate led power clk busres help' ;;
        '2:picmg policy') words='get set' ;;
        '2:picmg portstate') words='get getdenied getgranted getall set' ;;
        '2:picmg amcportstate') words='get set' ;;
        '2:picmg led') words='prop cap get set' ;;
        '2:picmg power') words='get set' ;;
        '2:picmg clk') words='get getdenied getgranted getall set' ;;
        '2:picmg busres') words='summary' ;;
        '1:fwum') words='info status download upgrade rollback tracelog help' ;;
        '2:fwum download'|'2:fwum upgrade') words='<file>' ;;
        '1:firewall') words='info enable disable reset help' ;;
        '1:delloem') words='lcd mac lan setled powermonitor vFlash help' ;;
        '2:delloem lcd') words='set info status help' ;;
        '2:delloem mac') words='list get help' ;;
        '2:delloem lan') words='set get help' ;;
        '2:delloem powermonitor') words='clear powerconsumption powerconsumptionhistory getpowerbudget setpowerbudget enablepowercap disablepowercap help' ;;
        '1:exec') words='<file>' ;;
        '1:set') words='hostname username password privlvl authtype localaddr targetaddr port csv verbose' ;;
        '1:hpm') words='check upgrade upgstatus compare activate targetcap compprop abort rollback rollbackstatus selftestresult help' ;;
        '2:hpm check'|'2:hpm upgrade'|'2:hpm compare') words='<file>' ;;
        '1:ekanalyzer') words='print frushow summary help' ;;
        '2:ekanalyzer print') words='carrier power all' ;;
        '2:ekanalyzer summary') words='match unmatch all' ;;
        '1:ime') words='info update rollback help' ;;
        '2:ime update') words='<file>' ;;
        '1:vita') words='properties frucontrol addrinfo activate deactivate policy led help' ;;
        '2:vita policy') words='get set' ;;
        '2:vita led') words='prop cap get set' ;;
        '1:lan6') words='help print save set lock commit discard' ;;
        '3:lan6 print '*''|'3:lan6 save '*''|'3:lan6 set '*'') words='support enables traffic_class static_hops flow_label status static_addr static_duid_stg static_duid dynamic_addr dynamic_duid_stg dynamic_duid dhcp6_cfg_sup dhcp6_cfg rtr_cfg static_rtr num_dynamic_rtrs dynamic_rtr dynamic_hops ndslaac_cfg_sup ndslaac_cfg' ;;
        '2:sol activate'|'2:sol capture') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm= help' ;;
        '3:sol activate '*''|'3:sol capture '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '4:sol activate '*' '*''|'4:sol capture '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '5:sol activate '*' '*' '*''|'5:sol capture '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '6:sol activate '*' '*' '*' '*''|'6:sol capture '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '7:sol activate '*' '*' '*' '*' '*''|'7:sol capture '*' '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '8:sol activate '*' '*' '*' '*' '*' '*''|'8:sol capture '*' '*' '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '9:sol activate '*' '*' '*' '*' '*' '*' '*''|'9:sol capture '*' '*' '*' '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '10:sol activate '*' '*' '*' '*' '*' '*' '*' '*''|'10:sol capture '*' '*' '*' '*' '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '11:sol activate '*' '*' '*' '*' '*' '*' '*' '*' '*''|'11:sol capture '*' '*' '*' '*' '*' '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '12:sol activate '*' '*' '*' '*' '*' '*' '*' '*' '*' '*''|'12:sol capture '*' '*' '*' '*' '*' '*' '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '13:sol activate '*' '*' '*' '*' '*' '*' '*' '*' '*' '*' '*''|'13:sol capture '*' '*' '*' '*' '*' '*' '*' '*' '*' '*' '*'') words='usesolkeepalive nokeepalive instance= force noinput keepalive= dead-after= log= timestamps timestamps= timestamps-on= strip rotate= reconnect reconnect= cycle= extension= for= since= until= events= on-alarm=' ;;
        '2:sol log') words='instance= since= until= follow timestamps timestamps= strip extension= help' ;;
        '3:sol log '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '4:sol log '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '5:sol log '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '6:sol log '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '7:sol log '*' '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '8:sol log '*' '*' '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '9:sol log '*' '*' '*' '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '10:sol log '*' '*' '*' '*' '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '11:sol log '*' '*' '*' '*' '*' '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '12:sol log '*' '*' '*' '*' '*' '*' '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        '13:sol log '*' '*' '*' '*' '*' '*' '*' '*' '*' '*' '*'') words='instance= since= until= follow timestamps timestamps= strip extension=' ;;
        esac
    fi
    local IFS=$'\n'
    case $words in
        "$file")
            compopt -o filenames
            # Names may have any characters.
            local -
            set -f
            COMPREPLY=($(compgen -f -- "$cur"))
            ;;
        "$host") COMPREPLY=($(compgen -A hostname -- "$cur")) ;;
        ?*)
            COMPREPLY=($(IFS=' '; compgen -W "$words" -- "$cur"))
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
            ;;
    esac
    return 0
}

complete -F _ipmitool ipmitool steadysol-ipmitool
