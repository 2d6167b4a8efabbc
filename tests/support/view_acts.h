/*
 * What leads to each view, with something to show there: keys, and events of the worker. From the
 * words of drawn.h, with a state folder.
 */
#ifndef OTPEDIT_TESTS_VIEW_ACTS_H
#define OTPEDIT_TESTS_VIEW_ACTS_H

#include "tests/support/drawn.h"

void shows_words(struct drawn *f);
void lists_words(struct drawn *f);
void maps_words(struct drawn *f);
void tells_of_a_word(struct drawn *f);
void edits(struct drawn *f);
void edits_bits(struct drawn *f);
void chooses_locks(struct drawn *f);
void lists_staged(struct drawn *f);
void finds(struct drawn *f);
void types_a_command(struct drawn *f);
void has_found(struct drawn *f);
void asks_to_quit(struct drawn *f);
void asks_to_leave(struct drawn *f);
void offers_what_was_left(struct drawn *f);
void previews(struct drawn *f);
void confirms(struct drawn *f);
void burns(struct drawn *f);
void ends_well(struct drawn *f);
void ends_unknown(struct drawn *f);
void loses_the_board(struct drawn *f);
void cycles_power(struct drawn *f);
void chooses_an_image(struct drawn *f);
void compares(struct drawn *f);
void lists_burns(struct drawn *f);
void tells_of_a_burn(struct drawn *f);
void tells_news(struct drawn *f);
void tells_of_the_board(struct drawn *f);
void helps(struct drawn *f);
void begins_the_guide(struct drawn *f);
void guides(struct drawn *f);
void picks(struct drawn *f);
void asks_what_to_rehearse(struct drawn *f);
void has_rehearsed(struct drawn *f);
void asks_for_a_name(struct drawn *f);
void asks_for_firmware(struct drawn *f);
void shows_firmware(struct drawn *f);
void loads_firmware(struct drawn *f);
void fails_to_bring_up(struct drawn *f);

#endif
