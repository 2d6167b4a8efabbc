#include "transport/source_request.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEMO_PREFIX "demo:"
#define BAUD_MIN    300ul
#define BAUD_MAX    4000000ul

static bool has_length(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(text, word, length) == 0;
}

static int shown(size_t length)
{
	return (int)(length < 100 ? length : 100);
}

enum option {
	OPTION_LOCKS,
	OPTION_PEER,
	OPTION_LINK,
	OPTION_CHIP,
	OPTION_FACE,
	OPTION_STAGE,
	OPTION_BAUD,
	OPTION_FAULT,
	OPTIONS
};

static const char *const option_names[OPTIONS] = {
	"locks", "peer", "uart", "chip", "face", "stage", "baud", "fault"};

/* Options with a fixed set of values. */
struct choice {
	const char *text;
	enum option option;
	int value;
};

static const struct choice choices[] = {
	{"locks=now", OPTION_LOCKS, SIM_LOCKS_NOW},
	{"locks=reset", OPTION_LOCKS, SIM_LOCKS_AT_RESET},
	{"peer=uboot", OPTION_PEER, SIM_SERVICE_UBOOT},
	{"peer=prgfw", OPTION_PEER, SIM_SERVICE_PRGFW},
	{"uart", OPTION_LINK, true},
	{"stage=rom", OPTION_STAGE, SIM_BOOT_ROM},
	{"stage=tf-a", OPTION_STAGE, SIM_BOOT_TFA},
};

static enum status unknown_option(const char *text, size_t length, struct errbuf *err)
{
	return errbuf_set(err, ERR_USAGE,
		"option '%.*s' is not known: a simulated board takes 'uart', 'baud=115200' for a "
		"line as slow as a real one, 'locks=now' or 'locks=reset', 'peer=uboot' or "
		"'peer=prgfw', 'stage=rom' or 'stage=tf-a', a 'face=' such as 'face=mcu', a "
		"'fault=' such as 'fault=lies', and 'sim:' a 'chip=' such as 'chip=stm32mp13'",
		shown(length), text);
}

static enum status take_chip(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	size_t prefix = strlen("chip=");
	if (!sim_family_by_name(&request->family, text + prefix, length - prefix))
		return errbuf_set(err, ERR_USAGE,
			"chip '%.*s' is not known: there are 'stm32mp13', 'stm32mp15', "
			"'stm32mp21', 'stm32mp23' and 'stm32mp25'",
			shown(length - prefix), text + prefix);
	request->has_family = true;
	return OK;
}

/* What else than its service is at the end of the board's serial line. */
static enum status take_face(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	size_t prefix = strlen("face=");
	char known[ERRBUF_CAPACITY] = "";
	if (sim_face_by_name(&request->face, text + prefix, length - prefix)) {
		request->over_uart = true;
		if (request->face == SIM_FACE_ROM)
			request->stage = SIM_BOOT_ROM;
		else if (request->face == SIM_FACE_TFA)
			request->stage = SIM_BOOT_TFA;
		return OK;
	}
	for (size_t i = 0; i < SIM_FACES; i++) {
		size_t used = strlen(known);
		snprintf(known + used, sizeof known - used, "%s'%s'", i == 0 ? "" : ", ",
			sim_face_name((enum sim_face)i));
	}
	return errbuf_set(err, ERR_USAGE, "face '%.*s' is not known: there are %s",
		shown(length - prefix), text + prefix, known);
}

static enum status take_baud(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	unsigned long number = 0;
	size_t at = strlen("baud=");
	for (; at < length && text[at] >= '0' && text[at] <= '9' && number <= BAUD_MAX; at++)
		number = 10 * number + (unsigned long)(text[at] - '0');
	if (at != length || number < BAUD_MIN || number > BAUD_MAX)
		return errbuf_set(err, ERR_USAGE,
			"'%.*s' is no speed of a line: 'baud=' takes a number from %lu to %lu",
			shown(length), text, BAUD_MIN, BAUD_MAX);
	request->baud = (unsigned)number;
	return OK;
}

/* What goes wrong with one word: "half:70". */
static const struct {
	const char *name;
	enum sim_word_fault fault;
} word_faults[] = {
	{"fails", SIM_WORD_FAILS},
	{"ignores", SIM_WORD_IGNORES},
	{"half", SIM_WORD_TAKES_HALF},
	{"spoils", SIM_WORD_SPOILS},
	{"lock-fails", SIM_WORD_LOCK_FAILS},
	{"cuts-power", SIM_WORD_CUTS_POWER},
};
#define WORD_FAULTS (sizeof word_faults / sizeof word_faults[0])

/* A write says OK, and this many reads show the fuses as they were. */
#define LATE_READS 3

static bool take_word(unsigned *out, const char *text, size_t length)
{
	unsigned number = 0;
	if (length == 0 || length > 3)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = 10 * number + (unsigned)(text[i] - '0');
	}
	*out = number;
	return number < SIM_BOARD_MAX_WORDS;
}

static enum status take_fault(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	const char *name = text + strlen("fault=");
	size_t left = length - strlen("fault=");
	const char *colon = memchr(name, ':', left);
	size_t before = colon ? (size_t)(colon - name) : left;
	if (has_length(name, left, "lies")) {
		request->faults.lies = true;
		return OK;
	}
	if (has_length(name, left, "late")) {
		request->faults.late = LATE_READS;
		return OK;
	}
	for (size_t i = 0; colon && i < WORD_FAULTS; i++)
		if (has_length(name, before, word_faults[i].name) &&
			take_word(&request->fault_word, colon + 1, left - before - 1)) {
			request->word_fault = word_faults[i].fault;
			return OK;
		}
	return errbuf_set(err, ERR_USAGE,
		"fault '%.*s' is not known: there are 'lies' and 'late', and of a word "
		"'fails:70', 'ignores:70', 'half:70', 'spoils:70', 'lock-fails:70' and "
		"'cuts-power:70'",
		shown(left), name);
}

static bool begins(const char *text, size_t length, const char *word)
{
	return length >= strlen(word) && strncmp(text, word, strlen(word)) == 0;
}

static enum status take_option(struct source_request *request, enum option *option,
	const char *text, size_t length, struct errbuf *err)
{
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		if (!has_length(text, length, choices[i].text))
			continue;
		*option = choices[i].option;
		if (*option == OPTION_LOCKS)
			request->locks = (enum sim_locks)choices[i].value;
		else if (*option == OPTION_LINK)
			request->over_uart = choices[i].value != 0;
		else if (*option == OPTION_STAGE)
			request->stage = (enum sim_boot_stage)choices[i].value;
		else
			request->service = (enum sim_service)choices[i].value;
		return OK;
	}
	if (begins(text, length, "baud=")) {
		*option = OPTION_BAUD;
		return take_baud(request, text, length, err);
	}
	if (request->kind == SOURCE_REQUEST_FILE && begins(text, length, "chip=")) {
		*option = OPTION_CHIP;
		return take_chip(request, text, length, err);
	}
	if (begins(text, length, "fault=")) {
		*option = OPTION_FAULT;
		return take_fault(request, text, length, err);
	}
	if (begins(text, length, "face=")) {
		*option = OPTION_FACE;
		return take_face(request, text, length, err);
	}
	return unknown_option(text, length, err);
}

/* What follows the first comma; NULL: nothing does. */
static enum status parse_options(
	struct source_request *request, const char *text, struct errbuf *err)
{
	bool seen[OPTIONS] = {false};
	while (text) {
		const char *end = strchr(text, ',');
		size_t length = end ? (size_t)(end - text) : strlen(text);
		enum option option = (enum option)0;
		enum status status = take_option(request, &option, text, length, err);
		if (status != OK)
			return status;
		if (seen[option])
			return errbuf_set(
				err, ERR_USAGE, "option '%s' is given twice", option_names[option]);
		seen[option] = true;
		text = end ? end + 1 : NULL;
	}
	if (seen[OPTION_PEER] && seen[OPTION_FACE])
		return errbuf_set(err, ERR_USAGE,
			"'face' takes the place of the board's service: leave out 'peer', or "
			"'face'");
	if (seen[OPTION_STAGE] && (seen[OPTION_PEER] || seen[OPTION_FACE]))
		return errbuf_set(err, ERR_USAGE,
			"'stage' decides who answers first, and what is loaded, who answers then: "
			"leave out '%s', or 'stage'",
			seen[OPTION_PEER] ? "peer" : "face");
	return OK;
}

static enum status parse_demo(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	size_t prefix = strlen(DEMO_PREFIX);
	request->kind = SOURCE_REQUEST_DEMO;
	if (has_length(text, length, "demo"))
		return OK;
	if (has_length(text, length, "demo:blank")) {
		request->kind = SOURCE_REQUEST_BLANK;
		return OK;
	}
	if (length <= prefix ||
		!sim_family_by_name(&request->family, text + prefix, length - prefix))
		return errbuf_set(err, ERR_USAGE,
			"built-in board '%.*s' is not known: there are 'demo', 'demo:blank', "
			"'demo:stm32mp13', 'demo:stm32mp15', 'demo:stm32mp21', 'demo:stm32mp23' "
			"and 'demo:stm32mp25'",
			shown(length), text);
	/* The board that was once read is an STM32MP15 already. */
	if (request->family != SIM_MP15)
		request->kind = SOURCE_REQUEST_FAMILY;
	return OK;
}

static enum status parse_file(
	struct source_request *request, const char *text, size_t length, struct errbuf *err)
{
	size_t prefix = strlen("sim:");
	request->kind = SOURCE_REQUEST_FILE;
	if (length <= prefix)
		return errbuf_set(
			err, ERR_USAGE, "'sim:' wants the name of an image: 'sim:otp.bin'");
	if (length - prefix >= sizeof request->path)
		return errbuf_set(err, ERR_USAGE, "the name of the image is too long");
	memcpy(request->path, text + prefix, length - prefix);
	request->path[length - prefix] = '\0';
	return OK;
}

enum status source_request_parse(
	struct source_request *request, const char *text, struct errbuf *err)
{
	const char *comma = strchr(text, ',');
	size_t length = comma ? (size_t)(comma - text) : strlen(text);
	memset(request, 0, sizeof *request);
	request->locks = SIM_LOCKS_NOW;
	request->service = SIM_SERVICE_UBOOT;
	enum status status = strncmp(text, "sim:", 4) == 0 ? parse_file(request, text, length, err)
							   : parse_demo(request, text, length, err);
	return status == OK ? parse_options(request, comma ? comma + 1 : NULL, err) : status;
}

/* --- completion */

struct completing {
	char head[STORE_PATH_MAX + 64]; /* what stays, with its last comma */
	void (*offer)(const char *source, void *listener);
	void *listener;
};

static void offer_option(const struct completing *completing, const char *key, const char *value)
{
	char source[sizeof completing->head + 64], given[32];
	snprintf(given, sizeof given, ",%.*s", (int)strcspn(key, "="), key);
	if (strstr(completing->head, given))
		return;
	snprintf(source, sizeof source, "%s%s%s", completing->head, key, value);
	completing->offer(source, completing->listener);
}

static void offer_options(const struct completing *completing)
{
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
		offer_option(completing, choices[i].text, "");
	offer_option(completing, "baud=", "115200");
	offer_option(completing, "fault=", "lies");
	offer_option(completing, "fault=", "late");
	for (size_t i = 0; i < SIM_FACES; i++)
		offer_option(completing, "face=", sim_face_name((enum sim_face)i));
	for (int family = 0; strncmp(completing->head, "sim:", 4) == 0 && family <= SIM_MP25;
		family++)
		offer_option(completing, "chip=", sim_family_name((enum sim_family)family));
}

void source_request_complete(
	const char *typed, void (*offer)(const char *source, void *listener), void *listener)
{
	struct completing completing = {.offer = offer, .listener = listener};
	const char *comma = strrchr(typed, ',');
	if (comma && (size_t)(comma - typed) + 2 < sizeof completing.head) {
		snprintf(completing.head, sizeof completing.head, "%.*s", (int)(comma - typed) + 1,
			typed);
		offer_options(&completing);
		return;
	}
	if (strncmp(typed, "sim:", 4) == 0)
		return;
	offer("demo", listener);
	offer("demo:blank", listener);
	snprintf(completing.head, sizeof completing.head, DEMO_PREFIX);
	for (int family = 0; family <= SIM_MP25; family++)
		offer_option(&completing, "", sim_family_name((enum sim_family)family));
}
