/*
 * A family of chips: banks and their programming rule, words, fields, dangers.
 *
 * Read from chips/NAME.chip (built into the program), an INI-like text (keyfile.h) that a lab
 * engineer can read and write; src/chips/README.md explains it with an example:
 *
 *   [chip]            name, title, device-id, words, short-words, unique-id (first of its three
 * words) [bank upper]      words = 32-95, rule = bits | once | never, hidden = maybe [word 57-58]
 * name, kind, danger, source, about, order; then its fields: bits 29:27 = primary_boot_source : 0
 * none, 1 FMC NAND, 2 QSPI NOR about primary_boot_source = where the ROM looks first      (also:
 * kind, danger, source)
 *
 * Entries may overlap: the narrowest one that holds a word gives its name, kind and text (the first
 * in the file among equally narrow ones); its danger is the worst of all; its fields are those of
 * all. A source of "unconfirmed" marks what no readable source says.
 */
#ifndef OTPEDIT_SRC_CHIP_H
#define OTPEDIT_SRC_CHIP_H

#include "src/errbuf.h"
#include "src/image.h"
#include "src/peer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word_kind {
	KIND_UNKNOWN,
	KIND_LIFECYCLE, /* closing, provisioning, anti-rollback */
	KIND_ID,        /* factory identity */
	KIND_CONFIG,    /* boot and hardware options */
	KIND_HASH,      /* public key hashes */
	KIND_SECRET,    /* shown masked */
	KIND_KEY,       /* key material, shown masked */
	KIND_CALIB,     /* factory calibration */
	KIND_MAC,
	KIND_BOARD_ID,
	KIND_USER, /* customer words */
	KIND_RESERVED
};

/* What a wrong bit does, as the chip file says. */
enum chip_danger {
	DANGER_NONE,
	DANGER_NOTICE,
	DANGER_BRICK,  /* may keep the board from booting */
	DANGER_ONE_WAY /* changes the board's security state for ever */
};

struct chip_value_name {
	uint32_t value;
	char *text;
};

struct chip_field {
	unsigned first_word, last_word; /* of the entry it stands in, or one of them */
	unsigned high, low;             /* bit numbers, 31 >= high >= low */
	char *name;
	char *about;         /* "" when there is nothing to say */
	char *source;        /* "" when the entry's source holds */
	enum word_kind kind; /* the entry's, unless the field has its own; danger likewise */
	enum chip_danger danger;
	bool confirmed;
	size_t value_count;
	struct chip_value_name *values; /* ascending; empty: plain number */
};

struct chip_entry {
	unsigned first, last;
	char *name;
	char *about;
	char *source;
	enum word_kind kind;
	enum chip_danger danger;
	bool confirmed;
	bool big_endian; /* file bytes 01 02 03 04 are the word 0x01020304 */
};

struct chip_bank {
	char name[16];
	unsigned first, last;
	enum bank_rule rule;
	bool may_be_hidden; /* its words may read as if they were empty (MP2: OTPSR.HIDEUP) */
};

#define CHIP_DIGEST_LENGTH  64
#define CHIP_MAX_DEVICE_IDS 4

struct chip {
	char name[32];          /* "stm32mp15" */
	char title[64];         /* "STM32MP15x" */
	size_t device_id_count; /* families may share one */
	uint32_t device_ids[CHIP_MAX_DEVICE_IDS];
	unsigned word_count;
	unsigned short_word_count; /* what a service shows that reaches the first words only; 0: no
				      service does */
	bool has_unique_id;
	unsigned unique_id; /* the first of three words */
	size_t bank_count;
	struct chip_bank *banks;
	size_t entry_count;
	struct chip_entry *entries;
	size_t field_count;
	struct chip_field *fields;           /* highest bit first; the wider of two first */
	char digest[CHIP_DIGEST_LENGTH + 1]; /* SHA-256 of the file's bytes and overlays, hex */
	bool is_plain;                       /* no family is known: words without names */
	bool has_overlay;                    /* some names are the user's */
	bool masks[IMAGE_MAX_WORDS]; /* of a plain chip: words that some family it may be masks */
};

/*
 * Parses the text of a chip file. `name` is used in messages: "'NAME' line 12: …".
 * ERR_FORMAT: unknown sections, keys, kinds, dangers and rules; missing and repeated keys; the same
 * range, name or bits twice; bits outside 0..31, values too big for their field; words outside the
 * chip; overlapping banks and words without a bank. *out is the caller's: chip_free().
 */
enum status chip_parse(
	struct chip **out, const char *text, size_t length, const char *name, struct errbuf *err);
/*
 * Puts a user's overlay over a chip: names, warnings and fields for customer words (kind "user"),
 * in the same format with fewer keys. [chip] has only `name`, which must be the chip's; a [word]
 * has `name`, and may have `danger`, `about` and fields. It cannot change a bank, a kind, a rule or
 * an order, and lowers no danger. Names that the chip has already are errors. On failure the chip
 * is as it was.
 */
enum status chip_overlay(
	struct chip *chip, const char *text, size_t length, const char *name, struct errbuf *err);

/* A chip of which nothing is known but the count of its words: no names, and nobody writes it. */
enum status chip_plain(struct chip **out, unsigned word_count, struct errbuf *err);

/* NULL is allowed. */
void chip_free(struct chip *chip);

/* A built-in chip by name ("stm32mp15"); ERR_USAGE with the known names when there is none. */
enum status chip_load(struct chip **out, const char *name, struct errbuf *err);

/*
 * As chip_load(), but only what its [chip] section says: no banks, entries or fields. Many
 * times faster, for choosing among chips.
 */
enum status chip_load_head(struct chip **out, const char *name, struct errbuf *err);

/* The names of built-in chips, by index; NULL past the last. */
const char *chip_builtin_name(size_t index);

/* Whether boards of this family give this device id. */
bool chip_has_device_id(const struct chip *chip, uint32_t device_id);

/* Whether a board of this family may show so many words: all of them, or its short count. */
bool chip_shows_words(const struct chip *chip, unsigned word_count);

/* The narrowest entry that holds the word; NULL when none does. */
const struct chip_entry *chip_word(const struct chip *chip, unsigned word);

/* The worst danger of all entries and fields that hold the word; DANGER_BRICK when none does. */
enum chip_danger chip_word_danger(const struct chip *chip, unsigned word);

/*
 * Name of a word for people: its entry's, with its position in ranges of up to eight words:
 * "UID[1]", "MAC[0]". "" when no entry holds it.
 */
void chip_word_name(char *out, size_t cap, const struct chip *chip, unsigned word);

/* The fields of a word, highest bit first: how many, and the index-th (borrowed). */
size_t chip_word_field_count(const struct chip *chip, unsigned word);
const struct chip_field *chip_word_field(const struct chip *chip, unsigned word, size_t index);

/* The bank of a word; NULL outside every bank. */
const struct chip_bank *chip_bank_of(const struct chip *chip, unsigned word);

/* Whether values of this word are hidden in screens and exports unless asked for. */
bool chip_word_is_secret(const struct chip *chip, unsigned word);

/* As in chip files: "board-id"; "none", "notice", "brick", "one-way". NULL past the last. */
const char *word_kind_name(enum word_kind kind);
const char *chip_danger_name(enum chip_danger danger);

#endif
