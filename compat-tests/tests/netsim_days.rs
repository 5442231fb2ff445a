//! Days on which a promise about the console's output was broken once, as small as they could be made.

use std::time::Duration;

use compat_tests::netsim::history::{Deed, History, Setting, Way, What};
use compat_tests::netsim::shrink;
use steadysol::proto::keepalive::Probe;

#[test]
fn every_overrun_is_told_of_when_held_acknowledgements_settle_what_came_a_round_later() {
    day(56_846, "supermicro", 1)
        .suite(0)
        .without_keepalives()
        .holds(&[
            deed(32_334, 100_000, What::Hold(Some(Way::Up))),
            deed(40_604, 0, What::Print(961)),
            deed(67_083, 100_000, What::Reorder(500, 30 * S)),
        ]);
    day(89_364, "openbmc", 200)
        .suite(17)
        .without_keepalives()
        .holds(&[
            deed(102_098, 100_000, What::Hold(Some(Way::Up))),
            deed(132_751, 0, What::Print(890)),
            deed(184_911, 45_000, What::Reorder(100, 100 * MS)),
        ]);
    day(147_723, "plain", 700)
        .suite(17)
        .probed(Probe::Sol)
        .holds(&[
            deed(53_468, 100_000, What::Hold(Some(Way::Up))),
            deed(55_374, 0, What::Print(1157)),
            deed(128_062, 65_000, What::Jitter(100 * MS)),
        ]);
}

#[test]
fn what_is_sent_again_under_other_numbers_while_paused_is_shown_once() {
    day(61_885, "openbmc", 50)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(114_903, 65_000, What::Jitter(30 * S)),
            deed(164_924, 0, What::Print(35)),
            deed(172_716, 10_000, What::PauseOutput),
        ]);
    day(81_831, "openbmc", 1)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(8_449, 22_000, What::Jitter(8 * S)),
            deed(10_045, 0, What::Print(21)),
            deed(16_023, 22_000, What::PauseOutput),
        ]);
    day(91_294, "openbmc", 1)
        .suite(0)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(111_737, 65_000, What::BlackOut(Some(Way::Up))),
            deed(157_000, 0, What::Print(525)),
            deed(168_364, 1_200, What::PauseOutput),
        ]);
}

#[test]
fn the_log_is_read_on_when_the_output_goes_on() {
    day(152_946, "supermicro", 700)
        .logged()
        .monotonous()
        .without_keepalives()
        .holds(&[
            deed(76_871, 0, What::Print(36)),
            deed(99_270, 0, What::Print(5)),
            deed(100_329, 100_000, What::PauseOutput),
        ]);
}

#[test]
fn a_number_that_came_round_behind_a_jump_of_the_session_s_numbers_is_not_taken_for_a_repetition() {
    day(67_157, "supermicro", 1).monotonous().holds(&[
        deed(144_028, 0, What::Print(21)),
        deed(151_671, 45_000, What::BlackOut(None)),
        deed(155_344, 1_200, What::HostReset),
        deed(158_499, 0, What::Print(1022)),
    ]);
}

#[test]
fn a_repetition_on_either_side_of_a_jump_is_one() {
    let mut day = day(88_940, "supermicro", 50).suite(17).logged();
    day.setting.log_size = 4096;
    day.holds(&[
        deed(89_836, 65_000, What::PauseOutput),
        deed(104_037, 1_200, What::Reboot),
        deed(144_016, 0, What::Print(162)),
        deed(147_688, 65_000, What::Jitter(8 * S)),
        deed(160_934, 0, What::Break),
        deed(163_856, 4_000, What::HostReset),
        deed(164_959, 100_000, What::Reboot),
    ]);
}

#[test]
fn what_a_stolen_console_had_brought_is_read_from_the_log() {
    day(90_086, "openbmc", 700)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(26_636, 0, What::Print(20)),
            deed(45_075, 0, What::Print(6)),
            deed(45_511, 100_000, What::BlackOut(None)),
            deed(95_187, 0, What::Print(296)),
            deed(126_072, 0, What::Print(39)),
            deed(159_768, 0, What::Steal),
        ]);
}

#[test]
fn a_log_that_a_restarted_bmc_no_longer_answers_for_is_read_over_another_session() {
    day(114_234, "idrac", 10)
        .suite(17)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(45_698, 65_000, What::Jitter(30 * S)),
            deed(87_121, 0, What::Print(849)),
            deed(104_466, 22_000, What::Busy),
            deed(125_838, 45_000, What::Reboot),
        ]);
}

#[test]
fn a_rest_that_the_bmc_sends_again_is_found_in_the_log() {
    day(126_861, "ilo", 10)
        .suite(0)
        .logged()
        .probed(Probe::Sol)
        .holds(&[
            deed(128_131, 100_000, What::Hold(Some(Way::Up))),
            deed(162_434, 0, What::Print(29)),
            deed(163_903, 0, What::Print(20)),
            deed(167_640, 0, What::Print(1167)),
        ]);
}

#[test]
fn without_keepalives_the_stream_s_place_is_asked_for_when_something_is_missing() {
    day(263_635, "plain", 200)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(2_439, 100_000, What::BlackOut(None)),
            deed(60_509, 0, What::Print(18)),
            deed(189_558, 0, What::Print(9)),
        ]);
}

#[test]
fn what_a_board_begins_with_is_not_shown_again_when_its_log_cannot_be_heard_any_more() {
    day(1_417, "openbmc", 700).logged().holds(&[
        deed(30_074, 0, What::Print(4)),
        deed(99_095, 45_000, What::Reboot),
        deed(150_509, 4_000, What::BlackOut(None)),
        deed(165_713, 100_000, What::BlackOut(None)),
    ]);
}

#[test]
fn what_was_sent_again_a_dozen_times_is_shown_once_when_the_bmc_is_given_up() {
    day(146_835, "openbmc", 700).logged().holds(&[
        deed(22_200, 0, What::Print(752)),
        deed(27_683, 65_000, What::Jitter(30 * S)),
        deed(93_119, 100_000, What::Freeze),
    ]);
}

#[test]
fn what_was_answered_before_nothing_came_through_does_not_give_the_log_up() {
    day(696_296, "plain", 200).logged().holds(&[
        deed(102_394, 65_000, What::Jitter(2_500 * MS)),
        deed(125_430, 10_000, What::BlackOut(None)),
        deed(126_813, 0, What::Print(23)),
        deed(138_196, 100_000, What::BlackOut(Some(Way::Up))),
        deed(187_863, 100_000, What::Hold(Some(Way::Up))),
        deed(190_249, 0, What::Print(3)),
    ]);
    day(742_037, "intelplus", 700).logged().holds(&[
        deed(241, 4_000, What::Loss(Some(Way::Down), 500)),
        deed(54_773, 65_000, What::Jitter(30 * S)),
        deed(62_238, 0, What::Print(25)),
        deed(73_392, 0, What::Print(7)),
        deed(74_114, 4_000, What::Rebind),
        deed(82_082, 0, What::Print(1)),
        deed(90_330, 100_000, What::Hold(None)),
        deed(174_781, 100_000, What::Busy),
    ]);
}

#[test]
fn a_heartbeat_whose_answer_does_not_fit_is_not_waited_for_any_more() {
    day(843_650, "ilo", 700)
        .suite(0)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(7_544, 45_000, What::Freeze),
            deed(86_834, 45_000, What::Jitter(30 * S)),
            deed(127_582, 0, What::Print(2)),
            deed(183_194, 0, What::Print(17)),
        ]);
    day(740_314, "openbmc", 700)
        .suite(17)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(7_128, 1_200, What::BlackOut(None)),
            deed(8_030, 22_000, What::Freeze),
            deed(73_541, 45_000, What::BlackOut(Some(Way::Up))),
            deed(76_823, 0, What::Print(673)),
            deed(106_795, 0, What::Print(882)),
            deed(169_126, 45_000, What::BlackOut(None)),
        ]);
}

#[test]
fn a_log_that_is_given_up_half_read_is_told_of_and_what_was_read_is_not_shown_again() {
    let mut small = day(902_581, "idrac", 700)
        .suite(3)
        .logged()
        .monotonous()
        .probed(Probe::Sol);
    small.setting.log_size = 4096;
    small.holds(&[
        deed(19_254, 45_000, What::Hold(Some(Way::Down))),
        deed(29_336, 0, What::Print(1194)),
        deed(67_267, 45_000, What::Freeze),
        deed(89_952, 65_000, What::Hold(Some(Way::Down))),
        deed(125_440, 100_000, What::Freeze),
    ]);
    let mut small = day(564_883, "plain", 700)
        .suite(17)
        .logged()
        .without_keepalives();
    small.setting.log_size = 4096;
    small.holds(&[
        deed(18_932, 45_000, What::Hold(Some(Way::Down))),
        deed(54_273, 0, What::Print(311)),
        deed(58_985, 45_000, What::Busy),
        deed(106_963, 0, What::Print(887)),
        deed(117_427, 0, What::Print(1161)),
        deed(143_787, 100_000, What::BlackOut(None)),
    ]);
    day(399_821, "openbmc", 1).logged().holds(&[
        deed(85_683, 65_000, What::Corrupt(500)),
        deed(116_252, 0, What::Print(1141)),
        deed(123_725, 0, What::Print(785)),
        deed(126_463, 0, What::Print(992)),
        deed(135_520, 100_000, What::Corrupt(500)),
        deed(157_203, 100_000, What::Reboot),
    ]);
}

#[test]
fn a_whole_round_of_numbers_that_never_came_is_told_of() {
    day(865_496, "openbmc", 700)
        .suite(0)
        .probed(Probe::Sol)
        .holds(&[
            deed(10_406, 22_000, What::BlackOut(None)),
            deed(21_882, 0, What::Print(344)),
            deed(34_579, 22_000, What::Hold(Some(Way::Down))),
            deed(50_568, 45_000, What::Hold(Some(Way::Up))),
            deed(70_345, 45_000, What::Hold(None)),
            deed(78_684, 45_000, What::BlackOut(None)),
        ]);
}

#[test]
fn a_belated_request_of_our_own_ends_nothing_however_late_that_is_noticed() {
    day(909_971, "idrac", 50).suite(17).monotonous().holds(&[
        deed(134_077, 100_000, What::Reorder(300, 30 * S)),
        deed(172_626, 10_000, What::Reorder(20, 30 * S)),
    ]);
}

#[test]
fn openbmc_gets_in_step_again_behind_a_greeting_that_was_given_up() {
    day(391_794, "openbmc", 700).probed(Probe::Sol).holds(&[
        deed(48_851, 0, What::Type(2)),
        deed(50_144, 45_000, What::BlackOut(Some(Way::Up))),
        deed(72_220, 0, What::Print(884)),
        deed(198_917, 0, What::Type(8)),
    ]);
    day(174_371, "openbmc", 1).suite(3).logged().holds(&[
        deed(14_754, 100_000, What::Busy),
        deed(40_691, 65_000, What::Jitter(30 * S)),
        deed(53_705, 0, What::Print(6)),
        deed(55_877, 0, What::Break),
        deed(82_481, 0, What::Type(9)),
    ]);
}

#[test]
fn the_rest_of_a_packet_that_counts_as_accepted_in_part_is_one_of_many_alike() {
    day(986_633, "plain", 50)
        .suite(3)
        .monotonous()
        .without_keepalives()
        .holds(&[
            deed(11_759, 100_000, What::Hold(None)),
            deed(49_076, 0, What::Print(76)),
            deed(60_442, 0, What::Print(1124)),
        ]);
}

#[test]
fn what_a_paused_output_passed_over_is_read_from_the_log_and_what_came_before_is_not_shown_again() {
    day(357_581, "openbmc", 200)
        .logged()
        .without_keepalives()
        .holds(&[
            deed(22_178, 100_000, What::Hold(Some(Way::Up))),
            deed(57_557, 0, What::Print(959)),
            deed(67_140, 100_000, What::PauseOutput),
        ]);
    day(242_833, "openbmc", 50)
        .suite(0)
        .logged()
        .probed(Probe::Sol)
        .holds(&[
            deed(26_970, 22_000, What::Jitter(30 * S)),
            deed(34_896, 0, What::Print(24)),
            deed(41_494, 100_000, What::PauseOutput),
            deed(62_147, 65_000, What::BlackOut(None)),
        ]);
}

#[test]
fn answers_that_are_held_up_are_not_taken_for_a_whole_round_of_numbers() {
    day(481_482, "intelplus", 200).probed(Probe::Sol).holds(&[
        deed(37, 4_000, What::Jitter(700 * MS)),
        deed(13_886, 65_000, What::Hold(None)),
        deed(20_871, 0, What::Print(22)),
        deed(73_955, 22_000, What::Jitter(30 * S)),
        deed(77_313, 0, What::Print(40)),
    ]);
}

#[test]
fn a_packet_behind_a_drop_is_no_longer_version_of_its_namesake() {
    let mut small = day(763_632, "supermicro", 1)
        .monotonous()
        .without_keepalives();
    small.setting.log_size = 4096;
    small.holds(&[
        deed(122_692, 0, What::Print(36)),
        deed(123_542, 100_000, What::BlackOut(Some(Way::Down))),
        deed(143_418, 0, What::Print(351)),
        deed(154_465, 22_000, What::Freeze),
        deed(161_935, 0, What::Print(701)),
        deed(173_392, 100_000, What::HostReset),
    ]);
}

/// Packets and their namesakes of the round before arrive together, and are acknowledged one after the other.
#[test]
fn an_acknowledgement_that_was_sent_before_the_packet_arrived_excuses_what_comes_again() {
    day(388_242, "supermicro", 1)
        .suite(3)
        .probed(Probe::Sol)
        .holds(&[
            deed(50_366, 65_000, What::Hold(Some(Way::Down))),
            deed(51_569, 0, What::Print(9)),
            deed(58_126, 0, What::Print(757)),
        ]);
}

/// A day to be played: `seed` is whence all comes that is left to chance.
struct Day {
    seed: u64,
    setting: Setting,
}

fn day(seed: u64, board: &'static str, latency: u32) -> Day {
    Day {
        seed,
        setting: Setting {
            suite: 2,
            board,
            latency: MS * latency,
            log_size: 1 << 20,
            ..Setting::plain()
        },
    }
}

impl Day {
    fn logged(mut self) -> Self {
        self.setting.logged = true;
        self
    }

    fn suite(mut self, suite: u8) -> Self {
        self.setting.suite = suite;
        self
    }

    fn monotonous(mut self) -> Self {
        self.setting.monotonous = true;
        self
    }

    fn probed(mut self, probe: Probe) -> Self {
        self.setting.probe = probe;
        self.setting.idle = Some(36_000 * S);
        self
    }

    fn without_keepalives(self) -> Self {
        self.probed(Probe::None)
    }

    fn holds(self, deeds: &[Deed]) {
        let history = History {
            seed: self.seed,
            setting: self.setting,
            deeds: deeds.to_vec(),
            lasts: 500 * S,
        };
        if let Err(broken) = shrink::play(&history) {
            panic!("{history}\n{broken:?}");
        }
    }
}

/// From `at` on for `lasts`, milliseconds both.
fn deed(at: u32, lasts: u32, what: What) -> Deed {
    Deed {
        at: MS * at,
        lasts: MS * lasts,
        what,
    }
}

const MS: Duration = Duration::from_millis(1);
const S: Duration = Duration::from_secs(1);
