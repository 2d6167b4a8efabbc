/* The guided operations: what each asks, and the line it comes to. */
#include "src/wizard_steps.h"

#include "src/closing.h"
#include "src/grammar.h"
#include "src/import.h"
#include "src/word_status.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- the words of a kind / --- */

static const struct chip_entry *entry_of_kind(
	const struct session *session, enum word_kind kind, size_t index)
{
	for (size_t i = 0; i < session->chip->entry_count; i++) {
		const struct chip_entry *entry = &session->chip->entries[i];
		if (entry->kind == kind && entry->last < session->image.word_count && index-- == 0)
			return entry;
	}
	return NULL;
}

/* Key hashes that the plan grammar takes key files for: see staging.h. */
static const struct chip_entry *hash_entry(const struct session *session, size_t index)
{
	const struct chip_entry *entry;
	for (size_t i = 0; (entry = entry_of_kind(session, KIND_HASH, i)) != NULL; i++)
		if (entry->big_endian && entry->last - entry->first == 7 && index-- == 0)
			return entry;
	return NULL;
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

static bool is_free(const struct session *session, unsigned word)
{
	uint32_t barred =
		WORD_STATUS_PERMANENT | WORD_STATUS_STICKY_PROGRAM | WORD_STATUS_UNTRUSTED;
	return is_customer_word(session, word) && session->image.value[word] == 0 &&
	       !(session->image.status[word] & barred);
}

/* --- which word --- */

static enum status word_in(
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
	enum status status = word_in(&word, at, text, err);
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
	enum status status = word_in(&word, at, text, err);
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

/* --- values --- */

static enum status hex_in(uint32_t *value, const char *text, struct errbuf *err)
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

static enum status hear_hex(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	uint32_t value = 0;
	(void)at;
	enum status status = hex_in(&value, text, err);
	if (status == OK)
		snprintf(out, cap, "0x%08X, decimal %lu", (unsigned)value, (unsigned long)value);
	return status;
}

static enum status hear_mac(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	uint8_t bytes[IMPORT_MAX_BYTES];
	size_t length;
	(void)at;
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "type an address like 00:80:e1:42:48:e4");
	enum status status = import_mac(bytes, &length, text, err);
	if (status == OK && length != 6)
		status = errbuf_set(err, ERR_USAGE, "one address at a time is wanted");
	if (status == OK)
		snprintf(out, cap, "%s",
			bytes[0] & 2 ? "an address given locally, not by a maker of hardware"
				     : "an address of one interface");
	return status;
}

static enum status hear_second_mac(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	if (text[0] != '\0')
		return hear_mac(out, cap, at, text, err);
	snprintf(out, cap, "no second address");
	return OK;
}

static bool has_second_mac(const struct wizard_at *at)
{
	const struct chip_entry *entry = entry_of_kind(at->session, KIND_MAC, 0);
	return entry && 4 * (entry->last - entry->first + 1) >= 12;
}

static enum status hear_customer_text(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	unsigned first = 0;
	size_t words = (strlen(text) + 3) / 4;
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "type the text");
	if (strlen(text) > IMPORT_MAX_BYTES)
		return errbuf_set(err, ERR_USAGE, "a text has at most %d bytes", IMPORT_MAX_BYTES);
	enum status status = word_in(&first, at, wizard_said(at, 0), err);
	for (unsigned i = 0; status == OK && i < words; i++)
		if (!is_customer_word(at->session, first + i))
			status = errbuf_set(err, ERR_REFUSED,
				"it takes %zu words from word %u up, and word %u is no customer "
				"word",
				words, first, first + i);
	if (status == OK && words == 1)
		snprintf(out, cap, "%zu bytes: word %u", strlen(text), first);
	else if (status == OK)
		snprintf(out, cap, "%zu bytes: words %u to %u", strlen(text), first,
			first + (unsigned)words - 1);
	return status;
}

/* --- key hashes / --- */

static bool has_hashes(const struct wizard_at *at)
{
	return hash_entry(at->session, 1) != NULL;
}

static void choose_hash(struct wizard_question *out, const struct wizard_at *at)
{
	const struct chip_entry *entry;
	for (size_t i = 0; i < WIZARD_MAX_CHOICES && (entry = hash_entry(at->session, i)); i++) {
		struct wizard_choice *choice = &out->choices[out->choice_count++];
		snprintf(choice->answer, sizeof choice->answer, "%u", entry->first);
		snprintf(choice->text, sizeof choice->text, "%s, words %u to %u", entry->name,
			entry->first, entry->last);
	}
}

static bool hashes_one_key(const struct wizard_at *at)
{
	return strcmp(at->session->chip->name, "stm32mp15") == 0;
}

/* What the other families hash is not published: staging.h. */
static bool hashes_keys(const struct wizard_at *at)
{
	return hashes_one_key(at) || strcmp(at->session->chip->name, "stm32mp13") == 0;
}

static void choose_key_file(struct wizard_question *out, const struct wizard_at *at)
{
	out->choice_count = 2;
	out->choices[0] = (struct wizard_choice){"pem", "the public key itself, PEM or DER"};
	if (!hashes_one_key(at))
		out->choices[0] = (struct wizard_choice){
			"pem", "the eight public keys themselves, PEM or DER"};
	out->choices[1] = (struct wizard_choice){
		"keyhash", "its hash, as the signing tool saves it: 32 bytes"};
}

static enum status hear_path(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	bool many = strcmp(wizard_said(at, 1), "pem") == 0 && !hashes_one_key(at);
	unsigned commas = 0;
	for (const char *c = text; *c; c++)
		commas += *c == ',' ? 1 : 0;
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "%s",
			many ? "type the names of eight files, with commas between, in the order "
			       "of the table in signed images"
			     : "type the file's name");
	if (many && commas != 7)
		snprintf(out, cap, "%u of eight files", commas + 1);
	else
		snprintf(out, cap, "the file%s read when you press Enter", many ? "s are" : " is");
	return OK;
}

/* --- the board's number --- */

static void choose_coding(struct wizard_question *out, const struct wizard_at *at)
{
	(void)at;
	out->choice_count = 2;
	out->choices[0] = (struct wizard_choice){
		"st", "as ST codes it: board number, variants, revision, BOM"};
	out->choices[1] = (struct wizard_choice){"hex", "any number of your own"};
}

static bool is_st_coded(const struct wizard_at *at)
{
	return strcmp(wizard_said(at, 0), "st") == 0;
}

static bool is_own_number(const struct wizard_at *at)
{
	return !is_st_coded(at);
}

/* Four decimal digits, also behind "MB": they stand in the word as hex digits. */
static enum status board_number_in(uint32_t *out, const char *text, struct errbuf *err)
{
	uint32_t number = 0;
	const char *digits =
		toupper((unsigned char)text[0]) == 'M' && toupper((unsigned char)text[1]) == 'B'
			? text + 2
			: text;
	if (strlen(digits) != 4 || strspn(digits, "0123456789") != 4)
		return errbuf_set(err, ERR_USAGE, "type the four digits behind 'MB'");
	for (size_t i = 0; i < 4; i++)
		number = number << 4 | (uint32_t)(digits[i] - '0');
	*out = number;
	return number == 0 ? errbuf_set(err, ERR_USAGE, "no board has the number 0000") : OK;
}

static enum status hear_board_number(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	uint32_t number = 0;
	(void)at;
	enum status status = board_number_in(&number, text, err);
	if (status == OK)
		snprintf(out, cap, "MB%04X", (unsigned)number);
	return status;
}

static enum status small_in(uint32_t *out, const char *text, struct errbuf *err)
{
	if (text[0] == '\0')
		return errbuf_set(err, ERR_USAGE, "type a number from 0 to 15");
	return grammar_number(out, text, 15, err);
}

static enum status hear_small(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	uint32_t number = 0;
	(void)at;
	enum status status = small_in(&number, text, err);
	if (status == OK)
		snprintf(out, cap, "%u", (unsigned)number);
	return status;
}

static enum status revision_in(uint32_t *out, const char *text, struct errbuf *err)
{
	int letter = toupper((unsigned char)text[0]);
	if (letter < 'A' || letter > 'O' || text[1] != '\0')
		return errbuf_set(err, ERR_USAGE, "type a letter from A to O");
	*out = (uint32_t)(letter - 'A' + 1);
	return OK;
}

static enum status hear_revision(
	char *out, size_t cap, const struct wizard_at *at, const char *text, struct errbuf *err)
{
	uint32_t revision = 0;
	(void)at;
	enum status status = revision_in(&revision, text, err);
	if (status == OK)
		snprintf(out, cap, "revision %c", (char)('A' + (int)revision - 1));
	return status;
}

/* U-Boot cmd_stboard.c: number, variant one can order, revision, variant of the finished good, bill
 * of materials. */
static enum status board_id(uint32_t *out, const struct wizard_at *at, struct errbuf *err)
{
	uint32_t number = 0, variant = 0, revision = 0, finished = 0, bom = 0;
	if (!is_st_coded(at))
		return hex_in(out, wizard_said(at, 1), err);
	enum status status = board_number_in(&number, wizard_said(at, 2), err);
	if (status == OK)
		status = small_in(&variant, wizard_said(at, 3), err);
	if (status == OK)
		status = revision_in(&revision, wizard_said(at, 4), err);
	if (status == OK)
		status = small_in(&finished, wizard_said(at, 5), err);
	if (status == OK)
		status = small_in(&bom, wizard_said(at, 6), err);
	*out = number << 16 | variant << 12 | revision << 8 | finished << 4 | bom;
	return status;
}

/* --- lines --- */

__attribute__((format(printf, 3, 4))) static enum status put_line(
	char out[WIZARD_LINE_MAX], struct errbuf *err, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int length = vsnprintf(out, WIZARD_LINE_MAX, format, arguments);
	va_end(arguments);
	/* Room for what may be added behind it. */
	return length < WIZARD_LINE_MAX - 16 ? OK
					     : errbuf_set(err, ERR_USAGE, "the answer is too long");
}

/* Only texts and paths can hold one; the grammar has no way to spell it. */
static enum status check_quotes(const char *text, struct errbuf *err)
{
	return strchr(text, '"') ? errbuf_set(err, ERR_USAGE, "a '\"' cannot be taken here") : OK;
}

static enum status spell_lock(char *out, const struct wizard_at *at, struct errbuf *err)
{
	return put_line(out, err, "lock word=%s", wizard_said(at, 0));
}

static enum status spell_write_lock(char *out, const struct wizard_at *at, struct errbuf *err)
{
	uint32_t value = 0;
	enum status status = hex_in(&value, wizard_said(at, 1), err);
	return status != OK ? status
			    : put_line(out, err, "write word=%s value=0x%08X lock",
				      wizard_said(at, 0), (unsigned)value);
}

static enum status spell_mac(char *out, const struct wizard_at *at, struct errbuf *err)
{
	const char *second = wizard_said(at, 1);
	return put_line(out, err, "write word=%u value=mac:%s%s%s",
		entry_of_kind(at->session, KIND_MAC, 0)->first, wizard_said(at, 0),
		second[0] ? "," : "", second);
}

static enum status spell_key_hash(char *out, const struct wizard_at *at, struct errbuf *err)
{
	char first[16];
	const char *path = wizard_said(at, 2);
	bool is_key = strcmp(wizard_said(at, 1), "pem") == 0;
	if (check_quotes(path, err) != OK)
		return ERR_USAGE;
	snprintf(first, sizeof first, "%u", hash_entry(at->session, 0)->first);
	return put_line(out, err, "write word=%s \"value=%s:%s\"",
		wizard_said(at, 0)[0] ? wizard_said(at, 0) : first, is_key ? "pem" : "keyhash",
		path);
}

static enum status spell_board_id(char *out, const struct wizard_at *at, struct errbuf *err)
{
	uint32_t value = 0;
	enum status status = board_id(&value, at, err);
	return status != OK ? status
			    : put_line(out, err, "write word=%u value=0x%08X",
				      entry_of_kind(at->session, KIND_BOARD_ID, 0)->first,
				      (unsigned)value);
}

static enum status spell_text(char *out, const struct wizard_at *at, struct errbuf *err)
{
	if (check_quotes(wizard_said(at, 1), err) != OK)
		return ERR_USAGE;
	return put_line(out, err, "write word=%s \"value=text:%s\"", wizard_said(at, 0),
		wizard_said(at, 1));
}

static enum status spell_close(char *out, const struct wizard_at *at, struct errbuf *err)
{
	(void)at;
	return put_line(out, err, "close");
}

/* --- the table / --- */

static enum status needs_mac(const struct session *session, struct errbuf *err)
{
	return entry_of_kind(session, KIND_MAC, 0)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED,
				 "it is not known where this chip keeps its MAC addresses");
}

static enum status needs_hash(const struct session *session, struct errbuf *err)
{
	return hash_entry(session, 0)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED,
				 "it is not known where this chip keeps the hash of a public key");
}

static enum status needs_board_id(const struct session *session, struct errbuf *err)
{
	return entry_of_kind(session, KIND_BOARD_ID, 0)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED,
				 "it is not known where this chip keeps the number of its board");
}

static enum status needs_customer_words(const struct session *session, struct errbuf *err)
{
	return entry_of_kind(session, KIND_USER, 0)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED,
				 "it is not known which words of this chip are the customer's");
}

static enum status needs_closing(const struct session *session, struct errbuf *err)
{
	return closing_of(session->chip)
		       ? OK
		       : errbuf_set(err, ERR_REFUSED, "it is not known how this chip is closed");
}

static const struct wizard_step lock_steps[] = {
	{"Which word?",
		"Its number, decimal or 0x hex. The lock keeps what the word holds now: it can "
		"never "
		"be programmed again.",
		NULL, NULL, suggest_word, hear_word, false},
	{0}};

static const struct wizard_step write_lock_steps[] = {
	{"Which word?",
		"Its number, decimal or 0x hex. Customer words take one write; words of boot and "
		"configuration can keep the board from ever starting.",
		NULL, NULL, suggest_word, hear_word, false},
	{"Which value shall it have in the end?",
		"One to eight hex digits. Bits go from 0 to 1 only: what is burnt already has to "
		"be in "
		"the value.",
		NULL, NULL, NULL, hear_hex, false},
	{0}};

static const struct wizard_step mac_steps[] = {{"Which address?",
						       "Six pairs of hex digits, as they stand on "
						       "the label: 00:80:e1:42:48:e4. Each board "
						       "needs one of its own.",
						       NULL, NULL, NULL, hear_mac, false},
	{"Which second address?",
		"For the second interface, where the board has one; Enter alone leaves it out. "
		"They "
		"share a word: one that can be written once only takes both now or never.",
		has_second_mac, NULL, NULL, hear_second_mac, false},
	{0}};

static const struct wizard_step key_hash_steps[] = {
	{"Which hash?",
		"The first is the one the ROM code goes by. A wrong hash, once the device is "
		"closed, "
		"stops every boot.",
		has_hashes, choose_hash, NULL, NULL, false},
	{"What do you have?",
		"From public keys the hash is worked out here. Never bring a private key: it is "
		"not "
		"needed.",
		hashes_keys, choose_key_file, NULL, NULL, false},
	{"Which file?",
		"Its name, as from the folder that the program was started in. Several have commas "
		"between, in the order of the table in signed images.",
		NULL, NULL, NULL, hear_path, true},
	{0}};

static const struct wizard_step board_id_steps[] = {
	{"How is the number coded?",
		"U-Boot shows the word as ST codes it, and looks for its device tree by it. Other "
		"makers may use the word as they like.",
		NULL, choose_coding, NULL, NULL, false},
	{"Which number?", "One to eight hex digits. The word takes one write only.", is_own_number,
		NULL, NULL, hear_hex, false},
	{"Which board?", "The four digits behind 'MB' on the label. MB1272 is 1272.", is_st_coded,
		NULL, NULL, hear_board_number, false},
	{"Which variant, as it is ordered?",
		"A number from 0 to 15. On the label it is the first of the two after the board's "
		"number.",
		is_st_coded, NULL, NULL, hear_small, false},
	{"Which revision?", "A letter from A to O. It is the letter on the label, before the BOM.",
		is_st_coded, NULL, NULL, hear_revision, false},
	{"Which variant of the finished good?",
		"A number from 0 to 15. Where the label does not tell, it is 0.", is_st_coded, NULL,
		NULL, hear_small, false},
	{"Which bill of materials?", "A number from 0 to 15. It is the last on the label.",
		is_st_coded, NULL, NULL, hear_small, false},
	{0}};

static const struct wizard_step text_steps[] = {
	{"From which word on?",
		"The number of a customer word. Four characters fill a word, and each word takes "
		"one "
		"write.",
		NULL, NULL, suggest_customer_word, hear_customer_word, false},
	{"Which text?",
		"It is stored byte by byte, the first character lowest. What does not fill the "
		"last "
		"word stays 0.",
		NULL, NULL, NULL, hear_customer_text, true},
	{0}};

static const struct wizard_step close_steps[] = {{0}};

static const struct wizard table[] = {
	{"lock", "lock one word",
		"Keeps a word as it is, for ever. Nothing is written; nobody can add bits to it "
		"any "
		"more.",
		false, false, lock_steps, NULL, spell_lock},
	{"write-lock", "write and lock one word",
		"Gives a word its value and locks it. The value is read back and proved before the "
		"lock is burnt.",
		false, false, write_lock_steps, NULL, spell_write_lock},
	{"mac", "MAC address",
		"Writes the address of the board's Ethernet interface. U-Boot and Linux read it "
		"from "
		"there.",
		true, false, mac_steps, needs_mac, spell_mac},
	{"key-hash", "hash of the public key",
		"Writes the hash that signed firmware is checked by. It comes before the device is "
		"closed, and a wrong one then stops every boot.",
		true, false, key_hash_steps, needs_hash, spell_key_hash},
	{"board-id", "number of the board",
		"Writes which board this is, in which revision. Firmware shows it, and may choose "
		"by "
		"it.",
		true, false, board_id_steps, needs_board_id, spell_board_id},
	{"text", "text in customer words",
		"Writes a serial number or a note of yours. It fills as many customer words as it "
		"needs.",
		true, false, text_steps, needs_customer_words, spell_text},
	{"close", "close the device",
		"Makes the device start nothing but firmware signed with your key, for ever. What "
		"has "
		"to hold before is checked first.",
		false, true, close_steps, needs_closing, spell_close},
};

const struct wizard *wizard_at(size_t index)
{
	return index < sizeof table / sizeof *table ? &table[index] : NULL;
}
