#include "src/check.h"

#include "src/check_parts.h"
#include "src/chip_find.h"
#include "src/identity.h"
#include "src/image_text.h"
#include "src/partition.h"
#include "src/plan_file.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {"any", "image", "request", "plan"};

const char *check_kind_name(enum check_kind kind)
{
	return kind_names[kind];
}

bool check_kind_parse(enum check_kind *out, const char *name)
{
	for (int kind = CHECK_IMAGE; kind <= CHECK_PLAN; kind++)
		if (strcmp(kind_names[kind], name) == 0) {
			*out = (enum check_kind)kind;
			return true;
		}
	return false;
}

enum status check_say(struct check *out, struct errbuf *err, enum severity severity,
	const char *rule, int word, const char *format, ...)
{
	struct remark remark = {.rule = rule, .severity = severity, .word = word};
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(remark.text, sizeof remark.text, format, arguments);
	va_end(arguments);
	return remarks_add(&out->remarks, &remark, err);
}

enum status check_take(struct check *out, const struct remarks *remarks, struct errbuf *err)
{
	enum status status = OK;
	for (size_t i = 0; status == OK && i < remarks->count; i++)
		status = remarks_add(&out->remarks, &remarks->items[i], err);
	return status;
}

/* --- which kind, which chip / --- */

static bool is_text(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i] == 0x7F || (bytes[i] < 0x20 && !strchr("\t\n\r\f", bytes[i])) ||
			bytes[i] == 0)
			return false;
	return true;
}

static bool asks_for_something(const struct image *image)
{
	for (unsigned word = 0; word < image->word_count; word++)
		if (image->status[word] & WORD_STATUS_UPDATE)
			return true;
	return false;
}

/* A wrong version is a remark, as long as the length is one of a request's. */
static enum status parse_request(
	struct image *out, const struct check_subject *subject, struct errbuf *err)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	if (subject->length < 4 || subject->length > sizeof bytes)
		return partition_parse(out, subject->bytes, subject->length, err);
	memcpy(bytes, subject->bytes, subject->length);
	word_to_bytes(bytes, subject->length == PARTITION_V2_BYTES(384) ? 3 : 2);
	enum status status = partition_parse(out, bytes, subject->length, err);
	if (status == OK)
		out->version = bytes_to_word(subject->bytes);
	return status;
}

/*
 * The chip that was named, that of the other side, or the one the image says it is. NULL where that
 * cannot be told: a request says nothing of its chip but the count of its words.
 */
static enum status find_chip(struct chip **out, const struct check_subject *subject,
	const char *name, const struct image *image, struct errbuf *err)
{
	*out = NULL;
	if (!name && subject->on)
		name = subject->on->chip->name;
	if (!name && !image)
		return OK;
	struct chip_question question = {.name = name, .image = image, .overlays = NULL};
	struct chip_answer answer;
	enum status status = chip_find(&answer, &question, err);
	if (status != OK)
		return status;
	if (answer.chip->is_plain)
		chip_free(answer.chip);
	else
		*out = answer.chip;
	return OK;
}

#define NO_CHIP                                                                                    \
	"it cannot be told which chip this is for, so only what holds for all was checked: "       \
	"'--chip NAME' names it"

/* The family that most boards of such a structure are of; said so. NULL: no family has it. */
static enum status assume_chip(
	struct chip **out, struct check *check, unsigned words, struct errbuf *err)
{
	static const char *const usual[] = {"stm32mp15", "stm32mp25"};
	enum status status = OK;
	for (size_t i = 0; status == OK && i < sizeof usual / sizeof *usual; i++) {
		status = chip_load(out, usual[i], err);
		if (status == OK && chip_shows_words(*out, words))
			return check_say(check, err, SEVERITY_NOTE, "no-chip", -1,
				"nothing in it says which chip it is for: checked as for %s; "
				"'--chip NAME' names another",
				(*out)->title);
		chip_free(*out);
		*out = NULL;
	}
	return status != OK ? status : check_say(check, err, SEVERITY_NOTE, "no-chip", -1, NO_CHIP);
}

/* --- images / --- */

struct status_remark {
	uint32_t bits;
	enum severity severity;
	const char *rule, *text;
};

static const struct status_remark status_remarks[] = {
	{WORD_STATUS_UPDATE, SEVERITY_ERROR, "update-request",
		"carries the update request (bit 31), which a read never shows: is this a "
		"request?"},
	{WORD_STATUS_RESERVED, SEVERITY_WARNING, "reserved-bits",
		"has reserved status bits set (1 to 25)"},
	{WORD_STATUS_READ_ERROR, SEVERITY_WARNING, "read-error",
		"could not be read (bit 0): its value is not valid"},
	{WORD_STATUS_LOCK_ERROR, SEVERITY_WARNING, "lock-error",
		"shows that its lock state could not be read (bit 26)"},
	{WORD_STATUS_STICKY_READ, SEVERITY_NOTE, "shadow-copy",
		"is read-locked until reset (bit 29): its value is a shadow copy"},
};

static enum status check_state(struct check *out, const struct image *image, struct errbuf *err)
{
	char remark[160];
	enum status status = OK;
	if (image->version == 1 && (image->state & 3) == GLOBAL_STATE_UNTOLD)
		return check_say(out, err, SEVERITY_NOTE, "structure-1", -1,
			"structure version 1 is only looked at, and does not tell whether the "
			"device "
			"is open");
	if (!global_state_is_open(image->state))
		status = check_say(out, err,
			(image->state & 3) == 1 ? SEVERITY_NOTE : SEVERITY_WARNING, "state", -1,
			"the device says that it is %s", global_state_name(image->state));
	global_state_remark(remark, sizeof remark, image->state);
	if (status == OK && remark[0])
		status =
			check_say(out, err, SEVERITY_NOTE, "state", -1, "global state: %s", remark);
	return status;
}

static enum status compare(struct check *out, const struct image *image, const char *board,
	const struct session *on, struct errbuf *err)
{
	if (strcmp(board, on->board) != 0)
		return check_say(out, err, SEVERITY_WARNING, "other-board", -1,
			"it was read from '%s', but '%.100s' is '%s'",
			board[0] ? board : "a board without identity", on->source_text, on->board);
	int word = image_first_difference(image, &on->image);
	if (word < 0)
		return check_say(out, err, SEVERITY_NOTE, "same", -1,
			"the words are those of '%.100s'", on->source_text);
	return check_say(out, err, SEVERITY_WARNING, "differs", word,
		"differs from '%.100s', as the first one that does: 'otpedit diff' shows them all",
		on->source_text);
}

static enum status check_image(struct check *out, const struct check_subject *subject,
	const struct image *image, const struct image_origin *origin, const struct chip *chip,
	struct errbuf *err)
{
	enum status status = check_state(out, image, err);
	size_t size = partition_size(image);
	if (status == OK && origin->kind)
		status = check_say(out, err, SEVERITY_NOTE, "from-text", -1, "%s", origin->remark);
	else if (status == OK && subject->length > size)
		status = check_say(out, err, SEVERITY_NOTE, "padded", -1,
			"%zu zero bytes follow the %zu of the structure, as some tools save them",
			subject->length - size, size);
	for (unsigned word = 0; status == OK && word < image->word_count; word++) {
		/* Nobody reads the hardware's own keys: an error there is how a sound board looks.
		 */
		const struct chip_bank *bank = chip ? chip_bank_of(chip, word) : NULL;
		if (bank && bank->rule == BANK_NEVER &&
			image->status[word] == WORD_STATUS_READ_ERROR)
			continue;
		for (size_t i = 0; i < sizeof status_remarks / sizeof status_remarks[0]; i++) {
			const struct status_remark *row = &status_remarks[i];
			if (status == OK && image->status[word] & row->bits)
				status = check_say(out, err, row->severity, row->rule, (int)word,
					"%s (status %08X)", row->text,
					(unsigned)image->status[word]);
		}
	}
	if (status != OK || !chip)
		return status;
	char board[IDENTITY_MAX];
	identity_of(board, chip, image, NULL);
	if (board[0] == '\0')
		status = check_say(out, err, SEVERITY_WARNING, "no-identity", -1,
			"the unique id is empty or cannot be read: no board looks so");
	return status == OK && subject->on ? compare(out, image, board, subject->on, err) : status;
}

static enum status check_partition(
	struct check *out, const struct check_subject *subject, struct errbuf *err)
{
	struct image image;
	struct image_origin origin = {0};
	enum status status = out->kind == CHECK_REQUEST
				     ? parse_request(&image, subject, err)
				     : image_from_bytes(&image, &origin, subject->bytes,
					       subject->length, false, err);
	struct chip *chip = NULL;
	if (status != OK)
		return errbuf_prefix(err, status, "'%.200s'", subject->name);
	if (out->kind == CHECK_ANY)
		out->kind = asks_for_something(&image) ? CHECK_REQUEST : CHECK_IMAGE;
	status = find_chip(&chip, subject, subject->chip, &image, err);
	if (status == OK && !chip)
		status = assume_chip(&chip, out, image.word_count, err);
	if (status == OK)
		status = out->kind == CHECK_REQUEST
				 ? check_request(out, &image, chip, subject->on, err)
				 : check_image(out, subject, &image, &origin, chip, err);
	chip_free(chip);
	return status;
}

/* --- plans / --- */

/* Without a board: what can be told on one whose every word is still empty. */
static enum status check_plan_alone(struct check *out, const struct check_subject *subject,
	const struct plan_file *file, struct edits *edits, struct errbuf *err)
{
	const char *name = subject->chip ? subject->chip : file->chip[0] ? file->chip : NULL;
	struct chip *chip = NULL;
	enum status status = find_chip(&chip, subject, name, NULL, err);
	if (status == OK && !chip) {
		status = chip_plain(&chip, IMAGE_MAX_WORDS, err);
		if (status == OK)
			status = check_say(out, err, SEVERITY_NOTE, "no-chip", -1, NO_CHIP);
	}
	if (status != OK) {
		chip_free(chip);
		return status;
	}
	struct image blank = {.version = 2, .word_count = chip->word_count};
	status = plan_file_edits(edits, file, &blank, chip, file->board, true, err);
	chip_free(chip);
	if (status != OK)
		return status;
	return check_say(out, err, SEVERITY_NOTE, "no-board", -1,
		"only the words of the plan were checked: '--on SOURCE' asks the rules, too");
}

static enum status check_plan_on(struct check *out, const struct session *on,
	const struct plan_file *file, struct edits *edits, struct errbuf *err)
{
	enum status status =
		plan_file_edits(edits, file, &on->image, on->chip, on->board, false, err);
	struct plan *plan = NULL;
	if (status == OK)
		status = session_plan(&plan, on, edits, err);
	if (status == OK)
		status = check_take(out, &plan->remarks, err);
	plan_free(plan);
	return status;
}

static enum status check_plan(
	struct check *out, const struct check_subject *subject, struct errbuf *err)
{
	struct plan_file file;
	struct errbuf found = {0};
	struct edits *edits = calloc(1, sizeof *edits);
	if (!edits)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a check");
	enum status status =
		plan_file_parse(&file, (const char *)subject->bytes, subject->name, &found);
	if (status == OK) {
		status = subject->on ? check_plan_on(out, subject->on, &file, edits, &found)
				     : check_plan_alone(out, subject, &file, edits, &found);
		plan_file_free(&file);
	}
	free(edits);
	/* What the plan says wrongly is what was looked for, not a failure of looking. */
	if (status == ERR_USAGE)
		return check_say(out, err, SEVERITY_ERROR, "plan-words", -1, "%s", found.text);
	if (status == ERR_REFUSED)
		return check_say(out, err, SEVERITY_ERROR, "plan-binding", -1, "%s", found.text);
	return status == OK ? OK : errbuf_set(err, status, "%s", found.text);
}

enum status check_file(struct check *out, const struct check_subject *subject, struct errbuf *err)
{
	*out = (struct check){.kind = subject->kind};
	if (subject->length == 0)
		return errbuf_set(err, ERR_FORMAT, "'%.200s' is empty", subject->name);
	bool text = is_text(subject->bytes, subject->length);
	if (out->kind == CHECK_ANY && text && !image_text_claims(subject->bytes, subject->length))
		out->kind = CHECK_PLAN;
	if (out->kind == CHECK_PLAN && !text)
		return errbuf_set(
			err, ERR_FORMAT, "'%.200s' is no text, as a plan is", subject->name);
	enum status status = out->kind == CHECK_PLAN ? check_plan(out, subject, err)
						     : check_partition(out, subject, err);
	remarks_sort(&out->remarks);
	out->ok = status == OK && !remarks_have_error(&out->remarks);
	return status;
}

void check_free(struct check *check)
{
	remarks_free(&check->remarks);
}
