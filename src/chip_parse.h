/*
 * Between the parts of the chip file's parser: chip_parse.c (sections), chip_parse_keys.c (their
 * keys), chip_parse_field.c (the field lines of a word's section), chip_parse_value.c (single
 * values), chip_overlay.c (a user's file over a built-in one), chip.c. Nobody else includes this.
 */
#ifndef OTPEDIT_SRC_CHIP_PARSE_H
#define OTPEDIT_SRC_CHIP_PARSE_H

#include "src/chip.h"

/* A whole decimal or 0x hex number of at most `maximum`. */
bool chip_parse_number(uint32_t *out, const char *text, uint32_t maximum);

/* "32-95" or "3", all of them words of the chip. */
enum status chip_parse_words(unsigned *first, unsigned *last, const struct chip *chip,
	const char *text, struct errbuf *err);

/* A letter, then letters, digits, '_', '-', '.'; at most `limit` characters. `what` names it. */
enum status chip_parse_name(const char *text, size_t limit, const char *what, struct errbuf *err);

/* The index of `value` among names(0), names(1), … up to NULL; `what` names it in the error. */
enum status chip_parse_choice(unsigned *out, const char *(*names)(unsigned), const char *what,
	const char *value, struct errbuf *err);
const char *chip_parse_kind_name(unsigned index);
const char *chip_parse_danger_name(unsigned index);

/* Whether a source is one that can be read: not "unconfirmed", and not "second-hand: …". */
bool chip_parse_is_confirmed(const char *source);

/* A copy of `text` in *out, whose old text is freed. */
enum status chip_parse_text(char **out, const char *text, struct errbuf *err);

/* Makes room for one more behind `count` items and returns it, zeroed; NULL when memory is out. */
void *chip_parse_grow(void *items_pointer, size_t count, size_t size);

#define CHIP_PARSE_FIELDS_MAX 64 /* of one entry */

/* The fields of the entry being read: they end the chip's array. */
struct chip_parse_fields {
	size_t first;                             /* index of the entry's first field */
	unsigned char has[CHIP_PARSE_FIELDS_MAX]; /* which properties a field has of its own */
};

#define CHIP_PARSE_KEYS_MAX 8 /* rows of the longest table of keys */

/* The state of a reading. */
struct chip_parser {
	struct chip *chip;
	const struct chip_parse_tables *tables;
	const struct chip_parse_key *keys;       /* of the section being read */
	char section[64];                        /* its name, for messages */
	unsigned key_lines[CHIP_PARSE_KEYS_MAX]; /* where each key stands; 0: not yet */
	struct chip_parse_fields fields;
	unsigned words_line; /* of "words = 96" */
};

/* A key of a section; tables end with a row whose name is NULL. */
struct chip_parse_key {
	const char *name;
	enum status (*set)(struct chip_parser *, const char *value, struct errbuf *);
	bool required;
	bool may_continue;
};

/* The keys of each section. `bank` NULL: there are no such sections. */
struct chip_parse_tables {
	const struct chip_parse_key *chip, *bank, *word;
};
extern const struct chip_parse_tables chip_parse_whole, chip_parse_overlay;

/* The chip's last entry: the one being read. */
struct chip_entry *chip_parse_entry(const struct chip_parser *parser);

/* As chip_parse(), but for `digest`, which stays empty: for whom it takes longer than the rest. */
enum status chip_parse_undigested(
	struct chip **out, const char *text, size_t length, const char *name, struct errbuf *err);

/* The [chip] section of a chip file alone, as chip_load_head() gives it. */
enum status chip_parse_head(
	struct chip **out, const char *text, size_t length, const char *name, struct errbuf *err);

/* Reads a text with the parser's tables into its chip, which stays the caller's in any case. */
enum status chip_parse_into(struct chip_parser *parser, const char *text, size_t length,
	const char *name, struct errbuf *err);

/*
 * "bits 29:27 = name : 0 none, 1 FMC NAND": `place` is the "29:27"; "29:27 of 58" is about one word
 * of a section that holds several. The section is that of the chip's last entry.
 */
enum status chip_parse_bits(struct chip *chip, const struct chip_parse_fields *fields,
	const char *place, const char *value, struct errbuf *err);

/* "danger name = brick": `property` is "danger"; also about, kind, source. */
enum status chip_parse_property(struct chip *chip, struct chip_parse_fields *fields,
	const char *property, const char *name, const char *value, struct errbuf *err);

/* At the end of the section: what the fields do not say themselves is what their entry says. */
void chip_parse_inherit(
	struct chip *chip, const struct chip_parse_fields *fields, const struct chip_entry *entry);

/* Brings all fields of the chip into their order: highest bit first, the wider of two first. */
void chip_parse_sort_fields(struct chip *chip);

#endif
