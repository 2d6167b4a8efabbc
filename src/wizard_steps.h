/*
 * The rows that guided operations are made of; for wizard*.c only.
 */
#ifndef OTPEDIT_SRC_WIZARD_STEPS_H
#define OTPEDIT_SRC_WIZARD_STEPS_H

#include "src/wizard.h"

#include <stdint.h>

struct wizard_at { /* a run on a board */
	const struct wizard_run *run;
	const struct session *session;
};

struct wizard_step {
	const char *title, *about; /* NULL title: past the last */
	/* Whether it is asked at all; NULL: always. */
	bool (*applies)(const struct wizard_at *at);
	/* Fills the question's choices; NULL: typed. */
	void (*choices)(struct wizard_question *out, const struct wizard_at *at);
	/* What an empty answer stands for; NULL: nothing. */
	void (*suggest)(char *out, size_t cap, const struct wizard_at *at);
	/* What the text means; typed answers only. */
	enum status (*hear)(char *out, size_t cap, const struct wizard_at *at, const char *text,
		struct errbuf *err);
	/* Whether the answers up to this one make a line whose value can be had: for files. */
	bool proves;
	bool is_path; /* as in struct wizard_question */
};

/* --- what operations share / --- */

/* The index-th entry of a kind in the chip's map that the board shows all of; NULL past the last.
 */
const struct chip_entry *wizard_entry(
	const struct session *session, enum word_kind kind, size_t index);

/* ERR_REFUSED where a word of it is locked, or was written and can be so once only. */
enum status wizard_still_open(
	const struct session *session, const struct chip_entry *entry, struct errbuf *err);

/* ERR_USAGE where it is too long. */
enum status wizard_put_line(char out[WIZARD_LINE_MAX], struct errbuf *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Only texts and paths can hold a '"'; the grammar has no way to spell one: ERR_USAGE. */
enum status wizard_check_quotes(const char *text, struct errbuf *err);

/* A word of the image that is not locked for ever: ERR_USAGE, ERR_REFUSED. */
enum status wizard_word_in(
	unsigned *word, const struct wizard_at *at, const char *text, struct errbuf *err);

/* One to eight hex digits, also behind 0x. */
enum status wizard_hex_in(uint32_t *value, const char *text, struct errbuf *err);
enum status wizard_hear_hex(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err);

/* The answer to a step, by its place in the table. */
const char *wizard_said(const struct wizard_at *at, size_t step);

/* --- the operations / --- */

extern const struct wizard_step wizard_lock_steps[];
extern const struct wizard_step wizard_write_lock_steps[];
extern const struct wizard_step wizard_text_steps[];
extern const struct wizard_step wizard_mac_steps[];
extern const struct wizard_step wizard_board_id_steps[];
extern const struct wizard_step wizard_key_hash_steps[];

enum status wizard_spell_lock(char *out, const struct wizard_at *at, struct errbuf *err);
enum status wizard_spell_write_lock(char *out, const struct wizard_at *at, struct errbuf *err);
enum status wizard_spell_text(char *out, const struct wizard_at *at, struct errbuf *err);
enum status wizard_spell_mac(char *out, const struct wizard_at *at, struct errbuf *err);
enum status wizard_spell_board_id(char *out, const struct wizard_at *at, struct errbuf *err);
enum status wizard_spell_key_hash(char *out, const struct wizard_at *at, struct errbuf *err);

enum status wizard_needs_customer_words(const struct session *session, struct errbuf *err);
enum status wizard_needs_mac(const struct session *session, struct errbuf *err);
enum status wizard_needs_board_id(const struct session *session, struct errbuf *err);
enum status wizard_needs_hash(const struct session *session, struct errbuf *err);

#endif
