"""A September, day by day.

The stories follow each other: whoever is declared in one is changed, or leaves, in another. The numbers are those of
the users' stories: S of the secretary, H of the head and the organising power.
"""

from tools.stories import others, secretary
from tools.stories.cast import Story

DAYS: tuple[tuple[int, tuple[Story, ...]], ...] = (
    (-4, (
        Story("S12", "re-engage six temporaries of last year", secretary.renewed),
    )),
    (0, (
        Story("S1", "see what there is to do", secretary.at_home),
        Story("S2", "declare a new teacher at the desk", secretary.new_teacher, is_entry=True),
        Story("S3 S4", "mend an old refusal: the period in the way", secretary.forgotten_exit),
        Story("2.5", "a teacher of another school: covered already", secretary.elsewhere),
        Story("S5 S6", "somebody without a number: pending, then decided", secretary.without_number),
        Story("S7", "print the receipt, and have it checked", secretary.receipt),
        Story("S13", "load eight appointments from a file, declare them", secretary.loaded_file),
        Story("S16", "find somebody without accents, by number", secretary.searched),
    )),
    (2, (
        Story("S14", "interrupted: go on at another computer", secretary.interrupted, is_entry=True),
        Story("S19", "declare a class of twelve trainees", secretary.class_of_trainees),
        Story("S18", "declare a student over two quarters", secretary.student),
        Story("S10", "correct a wrong first day", secretary.corrected),
        Story("H1", "give a new secretary access", others.access),
        Story("H4 H5", "turn to another school, declare its cook", others.own_staff, is_entry=True),
    )),
    (9, (
        Story("S8", "declare an exit", secretary.left),
        Story("S9", "extend an interim", secretary.prolonged),
        Story("S11 H3", "cancel who never came, the head agrees", secretary.never_came),
        Story("2.5", "extend a period shared with another school", others.shared_period),
    )),
    (29, (
        Story("S15", "look for a missing colleague", secretary.missing),
        Story("S17", "print the register of the first day", secretary.printed_register),
        Story("S21 S22", "deadlines in the agenda, and help", secretary.agenda),
        Story("H2", "say why a declaration came late", others.late),
        Story("S1", "see what is left", secretary.at_home),
    )),
)  # fmt: skip
"""Days after the school year's first one, and what happens on them."""
