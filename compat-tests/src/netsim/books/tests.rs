//! The books themselves.

use super::*;

fn books() -> Books {
    let mut books = Books::new(&Setting::plain());
    books.sol(true, Counted::default());
    books
}

#[test]
fn what_is_shown_in_order_is_right_and_what_is_lost_or_doubled_is_not() {
    let none = Counted::default();
    let mut books = books();
    let text = books.print(4);
    books.show(&text[..12], none).unwrap();
    assert!(books.check_rest(0, none).is_err(), "not all is shown");
    assert!(
        books.show(&text[24..], none).is_err(),
        "half a cell is lost"
    );
    let mut books = self::books();
    let text = books.print(4);
    books.show(&text, none).unwrap();
    books.check_rest(0, none).unwrap();
    assert!(books.show(&text[24..], none).is_err(), "doubled");
}

#[test]
fn a_gap_is_right_if_the_bmc_has_dropped_so_much_and_the_user_was_told() {
    let dropped = Counted {
        dropped: 8,
        ..Counted::default()
    };
    let mut books = books();
    let text = books.print(3);
    books.show(&text[..8], dropped).unwrap();
    assert!(books.show(&text[16..], dropped).is_err(), "not told");
    let mut books = self::books();
    let text = books.print(3);
    books.overrun();
    books.show(&text[8..], dropped).unwrap();
    books.check_rest(0, dropped).unwrap();
}

#[test]
fn what_an_acknowledgement_of_something_else_settled_counts_as_given_up() {
    let none = Counted::default();
    let mut books = books();
    let text = books.print(3);
    books.overrun();
    assert!(books.show(&text[8..], none).is_err());
    let mut books = self::books();
    let text = books.print(3);
    books.mistaken(8, 0);
    books.overrun();
    books.show(&text[8..], none).unwrap();
    books.check_rest(0, none).unwrap();
}

#[test]
fn what_stands_in_a_gap_that_was_told_may_follow_one_of_unknown_size_once_a_log_is_lost() {
    let none = Counted::default();
    let mut books = Books::new(&Setting {
        logged: true,
        ..Setting::plain()
    });
    books.sol(true, none);
    let text = books.print(9);
    books.show(&text[..8], none).unwrap();
    books.gap(Some(40));
    books.show(&text[48..], none).unwrap();
    books.gap(None);
    books.show(&text[16..32], none).unwrap();
    assert!(books.show(&text[48..56], none).is_err(), "that was shown");
}

#[test]
fn behind_a_gap_of_unknown_size_a_board_that_renumbers_may_have_sent_its_last_packet_again() {
    let none = Counted::default();
    let told = |gap| {
        let mut books = Books::new(&Setting {
            board: "openbmc",
            logged: true,
            log_size: LARGE_LOG,
            ..Setting::plain()
        });
        books.sol(true, none);
        let text = books.print(4);
        books.show(&text, none).unwrap();
        if gap {
            books.gap(None);
        }
        let again = books.show(&text[8..], none);
        (again, books.show(&text[8..], none))
    };
    assert!(told(false).0.is_err(), "nothing was told");
    let (again, once_more) = told(true);
    assert!(again.is_ok() && once_more.is_err());
}

#[test]
fn the_rest_of_a_packet_that_counts_as_accepted_in_part_may_come_again_once() {
    let none = Counted::default();
    let mut books = books();
    let text = books.print(4);
    books.show(&text, none).unwrap();
    books.mistaken(16, 16);
    books.show(&text[16..], none).unwrap();
    assert!(books.show(&text[16..], none).is_err());
}

#[test]
fn of_cells_alike_no_more_may_come_again_than_such_rests_hold() {
    let none = Counted::default();
    let mut books = Books::new(&Setting {
        monotonous: true,
        ..Setting::plain()
    });
    books.sol(true, none);
    let text = books.print(4);
    books.show(&text, none).unwrap();
    books.mistaken(16, 16);
    books.show(&text[16..], none).unwrap();
    books.check_rest(0, none).unwrap();
    books.show(&text[24..], none).unwrap();
    assert!(books.check_rest(0, none).is_err(), "doubled");
}

#[test]
fn typed_characters_are_taken_once_and_none_is_acknowledged_before() {
    let mut books = books();
    let keys = books.type_more(10);
    books.take(&keys[..4]).unwrap();
    let taken = |taken| Counted {
        taken,
        ..Counted::default()
    };
    books.check_typed(6, taken(4)).unwrap();
    assert!(books.check_typed(5, taken(4)).is_err());
    assert!(books.take(&keys[3..5]).is_err(), "doubled");
}

#[test]
fn a_renewal_may_double_what_was_in_flight_and_nothing_else() {
    let mut books = books();
    let keys = books.type_more(10);
    books.take(&keys[..6]).unwrap();
    let counted = Counted {
        taken: 6,
        ..Counted::default()
    };
    books.renewed(6, false, counted).unwrap();
    books.take(&keys[4..]).unwrap();
    books
        .check_rest(
            0,
            Counted {
                taken: 12,
                ..counted
            },
        )
        .unwrap();
    assert!(
        books
            .renewed(
                10,
                false,
                Counted {
                    taken: 700,
                    ..counted
                }
            )
            .is_err()
    );
}
