/*
 * Inside the board's status: what its files share.
 */
#ifndef OTPEDIT_SRC_BOARD_STATUS_PARTS_H
#define OTPEDIT_SRC_BOARD_STATUS_PARTS_H

#include "src/board_status.h"

/* A line about words first to last, or STATUS_NO_WORD for both. */
void status_say(struct board_status *out, const char *title, enum confidence confidence, int first,
	int last, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* As status_say(), for one of several of that title. */
void status_say_of(struct board_status *out, const char *title, const char *name,
	enum confidence confidence, int first, int last, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/* NULL when the map has no field of that name. */
const struct chip_field *status_field(const struct chip *chip, const char *name);

/* Whether a name holds these letters, small or big. */
bool status_name_has(const char *name, const char *part);

/* Whether the value is what the fuses hold; words that the image lacks are not. */
bool status_is_known(const struct image *image, unsigned word);

/* Words as "21-22, 92-93"; ends in ", …" where not all fit. Appends to what is there. */
void status_add_range(char *out, size_t cap, unsigned first, unsigned last);

/* The parts of the page, top to bottom. */
void status_identity(struct board_status *out, const struct board_facts *facts);
void status_life_cycle(struct board_status *out, const struct board_facts *facts);
void status_boot(struct board_status *out, const struct board_facts *facts);
void status_keys(struct board_status *out, const struct board_facts *facts);
void status_locks(struct board_status *out, const struct board_facts *facts);
void status_stands_out(struct board_status *out, const struct board_facts *facts);

/* What the words of the life cycle say, whatever the board itself reports. */
enum life { LIFE_OPEN, LIFE_CLOSED, LIFE_ILLEGAL, LIFE_UNKNOWN };
enum life status_life(const struct board_facts *facts);
/* The field it goes by, NULL when the map has none; and what that field (or NULL) says. */
const struct chip_field *status_life_field(const struct chip *chip);
enum life status_life_by(const struct board_facts *facts, const struct chip_field *field);

/* A key, a hash or a secret: what its words hold together. */
struct status_key {
	unsigned words, set, known, locked;
	unsigned unlocked; /* known not to be locked: words that cannot be read may be */
	bool hidden;       /* its bank may read as if it were empty, and does */
};
struct status_key status_key_of(const struct board_facts *facts, const struct chip_entry *entry);

/* Whether the entry is a key, a hash or a secret that all its words go by. */
bool status_is_key(const struct chip *chip, const struct chip_entry *entry);

#endif
