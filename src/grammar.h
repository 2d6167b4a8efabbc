/*
 * The one parser for the words at the prompt, in plan files and on the command line:
 *
 *   write word=70 value=0x12345678 lock        lock word=70-71        fwrite word=80 file:F lock
 *   close                                      chip / board / snapshot (plan files)
 *
 * Numbers are decimal or 0x hex, unsigned, range-checked, without trailing text; decimal without
 * leading zeros, because "00000040" is what hex dumps show. A '#'
 * where a word could begin makes the rest a comment. Text with spaces stands in double quotes:
 * value="text:A 042". A '"' itself cannot be typed. Blanks are spaces and tabs; other control
 * characters are errors, but for the line's end ("\n", "\r\n", "\r").
 *
 * The verb "lock" alone asks for the permanent lock of every word named. Where locks are named
 * after the words, just these are asked for: "lock word=70 sticky-program" locks nothing for ever.
 * They are then named for each word of the line, or for none.
 */
#ifndef OTPEDIT_SRC_GRAMMAR_H
#define OTPEDIT_SRC_GRAMMAR_H

#include "src/errbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verb {
	VERB_NOTHING, /* an empty line or a comment */
	VERB_WRITE,
	VERB_LOCK,
	VERB_FWRITE,
	VERB_CLOSE,
	VERB_CHIP,
	VERB_BOARD,
	VERB_SNAPSHOT
};

enum value_kind {
	VALUE_NONE,    /* lock only */
	VALUE_NUMBER,  /* value=0x…: the final value of each word named */
	VALUE_BITS,    /* value=bits:6,8-9: these bits besides what is there */
	VALUE_FILE,    /* file:PATH: its bytes fill as many words as they need */
	VALUE_TEXT,    /* text:…: its bytes likewise */
	VALUE_MAC,     /* mac:00:80:e1:42:48:e4, several with commas between */
	VALUE_HEX,     /* hex:PATH: the bytes of an Intel HEX file */
	VALUE_PEM,     /* pem:PATH[,PATH…]: what the ROM code hashes of public keys */
	VALUE_KEY_HASH /* keyhash:PATH: the same as the signing tool saves it */
};

#define GRAMMAR_TEXT_MAX 1024

/* One "word=… [value=…] [lock …]" group. */
struct assignment {
	unsigned first, last; /* words; last == first unless a range was typed */
	bool is_range;
	enum value_kind kind;
	uint32_t number; /* VALUE_NUMBER; the mask of bits for VALUE_BITS */
	uint32_t locks;  /* "lock": permanent; "sticky-program", "sticky-write", "sticky-read" */
	char text[GRAMMAR_TEXT_MAX]; /* path, text or address */
};

#define STATEMENT_MAX_ASSIGNMENTS 64

struct statement {
	enum verb verb;
	unsigned line; /* 1 up in plan files; 0 at the prompt and on the command line */
	size_t count;
	struct assignment assignments[STATEMENT_MAX_ASSIGNMENTS]; /* write, lock, fwrite */
	char argument[GRAMMAR_TEXT_MAX];                          /* chip, board, snapshot */
};

/*
 * Parses one line. ERR_USAGE with the offending word and what was expected; *out is then undefined.
 * Words that are in nobody's grammar are errors, never skipped.
 */
enum status grammar_parse_line(
	struct statement *out, const char *text, unsigned line, struct errbuf *err);

/* The same from words that a shell has split already; `count` words. */
enum status grammar_parse_words(
	struct statement *out, size_t count, const char *const words[], struct errbuf *err);

/* A whole unsigned number, decimal or 0x hex, at most `maximum`. ERR_USAGE names it. */
enum status grammar_number(uint32_t *out, const char *text, uint32_t maximum, struct errbuf *err);

/* "N" or "N-M" with M >= N, both at most `maximum`. */
enum status grammar_range(
	unsigned *first, unsigned *last, const char *text, unsigned maximum, struct errbuf *err);

/*
 * What the last word of `prefix` may become at the prompt, by the verb in front of it: fills `out`
 * with at most `cap` borrowed words, returns how many.
 */
size_t grammar_complete(const char *out[], size_t cap, const char *prefix);

/* Where the name of a file begins that ends a word: 11 in "value=pem:a", 13 in "value=pem:a,b"; 0
 * where none does. */
size_t grammar_path_start(const char *word);

#endif
