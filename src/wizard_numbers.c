/* Guided operations that give a board its addresses and its number. */
#include "src/wizard_steps.h"

#include "src/grammar.h"
#include "src/import.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

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
	const struct chip_entry *entry = wizard_entry(at->session, KIND_MAC, 0);
	return entry && 4 * (entry->last - entry->first + 1) >= 12;
}

enum status wizard_spell_mac(char *out, const struct wizard_at *at, struct errbuf *err)
{
	const char *second = wizard_said(at, 1);
	return wizard_put_line(out, err, "write word=%u value=mac:%s%s%s",
		wizard_entry(at->session, KIND_MAC, 0)->first, wizard_said(at, 0),
		second[0] ? "," : "", second);
}

enum status wizard_needs_mac(const struct session *session, struct errbuf *err)
{
	const struct chip_entry *entry = wizard_entry(session, KIND_MAC, 0);
	if (!entry)
		return errbuf_set(err, ERR_REFUSED,
			"it is not known where this chip keeps its MAC addresses");
	return wizard_still_open(session, entry, err);
}

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
		return wizard_hex_in(out, wizard_said(at, 1), err);
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

enum status wizard_spell_board_id(char *out, const struct wizard_at *at, struct errbuf *err)
{
	uint32_t value = 0;
	enum status status = board_id(&value, at, err);
	return status != OK ? status
			    : wizard_put_line(out, err, "write word=%u value=0x%08X",
				      wizard_entry(at->session, KIND_BOARD_ID, 0)->first,
				      (unsigned)value);
}

enum status wizard_needs_board_id(const struct session *session, struct errbuf *err)
{
	const struct chip_entry *entry = wizard_entry(session, KIND_BOARD_ID, 0);
	if (!entry)
		return errbuf_set(err, ERR_REFUSED,
			"it is not known where this chip keeps the number of its board");
	return wizard_still_open(session, entry, err);
}

const struct wizard_step wizard_mac_steps[] = {
	{"Which address?",
		"Six pairs of hex digits: 00:80:e1:42:48:e4. Each board needs one of its own.",
		NULL, NULL, NULL, hear_mac, false, false},
	{"Which second address?",
		"For the second interface, where the board has one; Enter alone leaves it out. The "
		"two share a word: one that takes one write only gets both now or never.",
		has_second_mac, NULL, NULL, hear_second_mac, false, false},
	{0}};

const struct wizard_step wizard_board_id_steps[] = {
	{"How is the number coded?",
		"On ST's boards U-Boot shows the word, as ST codes it. Other makers may use it as "
		"they like.",
		NULL, choose_coding, NULL, NULL, false, false},
	{"Which number?", "One to eight hex digits. The word takes one write only.", is_own_number,
		NULL, NULL, wizard_hear_hex, false, false},
	{"Which board?", "The four digits behind 'MB': MB1272 is 1272.", is_st_coded, NULL, NULL,
		hear_board_number, false, false},
	{"Which variant, as it is ordered?",
		"A number from 0 to 15. U-Boot's command 'stboard' calls it VarCPN.", is_st_coded,
		NULL, NULL, hear_small, false, false},
	{"Which revision?", "A letter from A to O.", is_st_coded, NULL, NULL, hear_revision, false,
		false},
	{"Which variant of the finished good?",
		"A number from 0 to 15. U-Boot's command 'stboard' calls it VarFG.", is_st_coded,
		NULL, NULL, hear_small, false, false},
	{"Which bill of materials?", "A number from 0 to 15.", is_st_coded, NULL, NULL, hear_small,
		false, false},
	{0}};
