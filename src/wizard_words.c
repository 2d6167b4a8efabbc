/* Guided operations on single words and texts; and what the others share. */
#include "src/wizard_steps.h"

#include "src/grammar.h"
#include "src/import.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct chip_entry *wizard_entry(
	const struct session *session, enum word_kind kind, size_t index)
{
	for (size_t i = 0; i < session->chip->entry_count; i++) {
		const struct chip_entry *entry = &session->chip->entries[i];
		if (entry->kind == kind && entry->last < session->image.word_count && index-- == 0)
			return entry;
	}
	return NULL;
}

enum status wizard_put_line(char out[WIZARD_LINE_MAX], struct errbuf *err, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(out, WIZARD_LINE_MAX, format, arguments);
	va_end(arguments);
	/* Room for what may be added behind it. */
	return length < WIZARD_LINE_MAX - 16 ? OK
					     : errbuf_set(err, ERR_USAGE, "the answer is too long");
}

enum status wizard_check_quotes(const char *text, struct errbuf *err)
{
	return strchr(text, '"') ? errbuf_set(err, ERR_USAGE, "a '\"' cannot be taken here") : OK;
}

static bool is_customer_word(const struct session *session, unsigned word)
{
	const struct chip_entry *entry = chip_word(session->chip, word);
	return entry && entry->kind == KIND_USER;
}

static bool is_locked(const struct session *session, unsigned word)
{
	return (session->image.status[word] & WORD_STATUS_PERMANENT) != 0;
}

enum status wizard_still_open(
	const struct session *session, const struct chip_entry *entry, struct errbuf *err)
{
	for (unsigned word = entry->first; word <= entry->last; word++) {
		const struct chip_bank *bank = chip_bank_of(session->chip, word);
		bool once = bank && bank->rule == BANK_ONCE;
		if (is_locked(session, word))
			return errbuf_set(err, ERR_REFUSED,
				"word %u of %s is locked for ever already", word, entry->name);
		if (once && session->image.value[word] != 0)
			return errbuf_set(err, ERR_REFUSED,
				"word %u of %s holds a value already, and takes one write only",
				word, entry->name);
	}
	return OK;
}

static bool is_free(const struct session *session, unsigned word)
{
	uint32_t barred =
		WORD_STATUS_PERMANENT | WORD_STATUS_STICKY_PROGRAM | WORD_STATUS_UNTRUSTED;
	return is_customer_word(session, word) && session->image.value[word] == 0 &&
	       !(session->image.status[word] & barred);
}

enum status wizard_word_in(
	unsigned *word, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	uint32_t number;
	const struct session *session = at->session;
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "type the number of a word");
	if (grammar_number(&number, text, IMAGE_MAX_WORDS - 1, err) != OK)
		return ERR_USAGE;
	if (number >= session->image.word_count)
		return errbuf_set(err, ERR_USAGE, "there is no word %u: the last one is %u",
			(unsigned)number, session->image.word_count - 1);
	*word = number;
	return is_locked(session, number)
		       ? errbuf_set(err, ERR_REFUSED, "word %u is locked for ever already", *word)
		       : OK;
}

static void word_says(char *out, size_t cap, const struct session *session, unsigned word)
{
	char name[64], locks[200], value[16];
	chip_word_name(name, sizeof name, session->chip, word);
	word_status_spell(locks, sizeof locks, session->image.status[word]);
	bool hides = chip_word_is_secret(session->chip, word) && session->image.value[word] != 0;
	snprintf(value, sizeof value, hides ? "masked" : "0x%08X",
		(unsigned)session->image.value[word]);
	snprintf(out, cap, "word %u, %s: now %s, locks: %s", word, name[0] ? name : "no name",
		value, locks[0] ? locks : "none");
}

static enum status hear_word(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	unsigned word;
	enum status status = wizard_word_in(&word, at, text, err);
	if (status == OK)
		word_says(out, cap, at->session, word);
	return status;
}

/* Not a word that decides over the device's life, nor one that cannot be read: those are typed. */
static void suggest_word(char *out, size_t cap, const struct wizard_at *at)
{
	const struct session *session = at->session;
	unsigned word = at->run->word;
	const struct chip_entry *entry = chip_word(session->chip, word);
	if (word < session->image.word_count && !is_locked(session, word) &&
		image_value_is_known(&session->image, word) && entry &&
		entry->kind != KIND_LIFECYCLE)
		snprintf(out, cap, "%u", word);
}

static enum status hear_customer_word(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	unsigned word;
	enum status status = wizard_word_in(&word, at, text, err);
	if (status == OK && !is_customer_word(at->session, word))
		status = errbuf_set(err, ERR_REFUSED, "word %u is no customer word", word);
	if (status == OK)
		word_says(out, cap, at->session, word);
	return status;
}

/* The word looked at, where it is free; else the first that is. */
static void suggest_customer_word(char *out, size_t cap, const struct wizard_at *at)
{
	unsigned count = at->session->image.word_count, word = at->run->word;
	if (word >= count || !is_free(at->session, word))
		for (word = 0; word < count && !is_free(at->session, word);)
			word++;
	if (word < count)
		snprintf(out, cap, "%u", word);
}

enum status wizard_hex_in(uint32_t *value, const char *text, struct errbuf *err)
{
	bool prefixed = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	const char *digits = text + (prefixed ? 2 : 0);
	size_t length = strlen(digits);
	char number[12];
	if (length < 1 || length > 8 || strspn(digits, "0123456789abcdefABCDEF") != length)
		return errbuf_set(err, ERR_USAGE, "type one to eight hex digits");
	snprintf(number, sizeof number, "0x%s", digits);
	return grammar_number(value, number, UINT32_MAX, err);
}

enum status wizard_hear_hex(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	uint32_t value = 0;
	(void)at;
	enum status status = wizard_hex_in(&value, text, err);
	if (status == OK)
		snprintf(out, cap, "0x%08X, decimal %lu", (unsigned)value, (unsigned long)value);
	return status;
}

static enum status hear_customer_text(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	unsigned first = 0;
	size_t words = (strlen(text) + 3) / 4;
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "type the text");
	if (wizard_check_quotes(text, err) != OK)
		return ERR_USAGE;
	if (strlen(text) > IMPORT_MAX_BYTES)
		return errbuf_set(err, ERR_USAGE, "a text has at most %d bytes", IMPORT_MAX_BYTES);
	enum status status = wizard_word_in(&first, at, wizard_said(at, 0), err);
	for (unsigned i = 0; status == OK && i < words; i++)
		if (!is_customer_word(at->session, first + i))
			status = errbuf_set(err, ERR_REFUSED,
				"it takes %zu words from word %u up, and word %u is no customer "
				"word",
				words, first, first + i);
	if (status == OK && words == 1)
		snprintf(out, cap, "%zu byte%s: word %u", strlen(text),
			strlen(text) == 1 ? "" : "s", first);
	else if (status == OK)
		snprintf(out, cap, "%zu bytes: words %u to %u", strlen(text), first,
			first + (unsigned)words - 1);
	return status;
}

enum status wizard_spell_lock(char *out, const struct wizard_at *at, struct errbuf *err)
{
	unsigned word = 0;
	enum status status = wizard_word_in(&word, at, wizard_said(at, 0), err);
	return status != OK ? status : wizard_put_line(out, err, "lock word=%u", word);
}

enum status wizard_spell_write_lock(char *out, const struct wizard_at *at, struct errbuf *err)
{
	uint32_t value = 0;
	unsigned word = 0;
	enum status status = wizard_word_in(&word, at, wizard_said(at, 0), err);
	if (status == OK)
		status = wizard_hex_in(&value, wizard_said(at, 1), err);
	return status != OK ? status
			    : wizard_put_line(out, err, "write word=%u value=0x%08X lock", word,
				      (unsigned)value);
}

enum status wizard_spell_text(char *out, const struct wizard_at *at, struct errbuf *err)
{
	unsigned word = 0;
	enum status status = wizard_check_quotes(wizard_said(at, 1), err);
	if (status == OK)
		status = wizard_word_in(&word, at, wizard_said(at, 0), err);
	return status != OK ? status
			    : wizard_put_line(out, err, "write word=%u \"value=text:%s\"", word,
				      wizard_said(at, 1));
}

enum status wizard_needs_customer_words(const struct session *session, struct errbuf *err)
{
	return wizard_entry(session, KIND_USER, 0)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED,
				 "it is not known which words of this chip are the customer's");
}

const struct wizard_step wizard_lock_steps[] = {
	{"Which word?",
		"Its number, decimal or 0x hex. The lock keeps what the word holds now: it can "
		"never "
		"be programmed again.",
		NULL, NULL, suggest_word, hear_word, false, false},
	{0}};

const struct wizard_step wizard_write_lock_steps[] = {
	{"Which word?",
		"Its number, decimal or 0x hex. Customer words take one write; words of boot and "
		"configuration can keep the board from ever starting.",
		NULL, NULL, suggest_word, hear_word, false, false},
	{"Which value shall it have in the end?",
		"One to eight hex digits. Bits go from 0 to 1 only: what is burnt already has to "
		"be in "
		"the value.",
		NULL, NULL, NULL, wizard_hear_hex, false, false},
	{0}};

const struct wizard_step wizard_text_steps[] = {
	{"From which word on?",
		"The number of a customer word. Four characters fill a word, and each word takes "
		"one "
		"write.",
		NULL, NULL, suggest_customer_word, hear_customer_word, false, false},
	{"Which text?",
		"It is stored byte by byte, the first character lowest. What does not fill the "
		"last "
		"word stays 0.",
		NULL, NULL, NULL, hear_customer_text, true, false},
	{0}};
