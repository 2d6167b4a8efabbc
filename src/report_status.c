#include "src/report.h"

#include "src/field.h"
#include "src/report_parts.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where what follows a title begins. */
#define TEXT_COLUMN 13

/* What the page is made of. */
struct page {
	FILE *out;
	const struct session *session;
	struct report_image subject;
	unsigned remarks; /* said under "stands out" */
};

static void line(struct page *page, const char *title, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A titled line, broken where it is too long. */
static void line(struct page *page, const char *title, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	fprintf(page->out, "%-12s ", title);
	report_wrap(page->out, TEXT_COLUMN, TEXT_COLUMN, text);
}

/* The title of the next line under "Stands out". */
static const char *stands_out(struct page *page)
{
	return page->remarks++ == 0 ? "Stands out" : "";
}

static bool is_kind(const struct page *page, unsigned word, enum word_kind kind)
{
	const struct chip_entry *entry = chip_word(page->subject.chip, word);
	return entry && entry->kind == kind;
}

static const struct chip_field *find_field(const struct chip *chip, const char *name)
{
	for (size_t i = 0; i < chip->field_count; i++)
		if (strcmp(chip->fields[i].name, name) == 0)
			return &chip->fields[i];
	return NULL;
}

/* What a field of the chip says on this board, by its name; "unknown" when it cannot be told. */
static void say_field(char *out, size_t cap, const struct page *page, const char *name)
{
	const struct chip_field *field = find_field(page->subject.chip, name);
	snprintf(out, cap, "unknown");
	if (field && image_value_is_known(page->subject.image, field->first_word))
		field_text(out, cap, field, page->subject.image->value[field->first_word]);
}

static void print_identity(struct page *page)
{
	const struct session *session = page->session;
	char part[128], package[128], remark[200];
	say_field(part, sizeof part, page, "RPN");
	say_field(package, sizeof package, page, "package");
	global_state_remark(remark, sizeof remark, session->image.state);
	line(page, "Board", "%s", session->board[0] ? session->board : "without identity");
	line(page, "Chip", "%s, part %s, package %s", session->chip->title, part, package);
	fprintf(page->out, "%-12s ", "Source");
	report_name(page->out, session->source_text);
	fprintf(page->out, "%s%s%s%s\n", session->info.link[0] ? ", " : "", session->info.link,
		session->info.peer_text[0] ? ", " : "", session->info.peer_text);
	line(page, "State", "%s (%08X)%s%s", global_state_name(session->image.state),
		(unsigned)session->image.state, remark[0] ? "; " : "", remark);
}

/* A line for each word of a kind that is not empty, or of all of them. */
static void print_words(struct page *page, const char *title, enum word_kind kind, bool all)
{
	bool first = true;
	for (unsigned word = 0; word < page->subject.image->word_count; word++) {
		char value[REPORT_VALUE_WIDTH + 1], name[64], says[256] = "";
		if (!is_kind(page, word, kind) || (!all && page->subject.image->value[word] == 0))
			continue;
		report_value(value, &page->subject, word);
		chip_word_name(name, sizeof name, page->subject.chip, word);
		if (!report_is_masked(&page->subject, word))
			word_text(says, sizeof says, page->subject.chip, page->subject.image, word);
		int used = fprintf(page->out, "%-12s word %-3u %-14s %s%s", first ? title : "",
			word, name, value, says[0] ? " " : "");
		report_wrap(page->out, (unsigned)used, TEXT_COLUMN + 34, says);
		first = false;
	}
	if (first)
		line(page, title, "nothing is set");
}

/* --- counts -------------------------------------------------------------------------------------
 */

static unsigned count_status(const struct page *page, uint32_t bits)
{
	unsigned count = 0;
	for (unsigned word = 0; word < page->subject.image->word_count; word++)
		count += (page->subject.image->status[word] & bits) != 0;
	return count;
}

struct kind_count {
	unsigned words, set, locked, free, unknown;
};

static struct kind_count count_kind(const struct page *page, enum word_kind kind)
{
	struct kind_count count = {0};
	const struct image *image = page->subject.image;
	for (unsigned word = 0; word < image->word_count; word++) {
		if (!is_kind(page, word, kind))
			continue;
		count.words++;
		count.unknown += !image_value_is_known(image, word);
		count.set += image->value[word] != 0;
		count.free += image->value[word] == 0 && image_value_is_known(image, word) &&
			      !(image->status[word] & WORD_STATUS_PERMANENT);
		count.locked += (image->status[word] & WORD_STATUS_PERMANENT) != 0;
	}
	return count;
}

static void print_counts(struct page *page)
{
	struct kind_count hash = count_kind(page, KIND_HASH), user = count_kind(page, KIND_USER);
	line(page, "Key hash", "%u of %u words set, %u locked for ever", hash.set, hash.words,
		hash.locked);
	line(page, "Customer", "%u words: %u free, %u used, %u locked for ever", user.words,
		user.free, user.set, user.locked);
	line(page, "Locks",
		"%u words locked for ever; until reset: %u against programming, %u against shadow "
		"writing, %u against reading",
		count_status(page, WORD_STATUS_PERMANENT),
		count_status(page, WORD_STATUS_STICKY_PROGRAM),
		count_status(page, WORD_STATUS_STICKY_WRITE),
		count_status(page, WORD_STATUS_STICKY_READ));
}

static void print_remarks(struct page *page)
{
	struct kind_count hash = count_kind(page, KIND_HASH), mac = count_kind(page, KIND_MAC);
	const struct image *image = page->subject.image;
	unsigned unknown = 0;
	for (unsigned word = 0; word < image->word_count; word++)
		unknown += !image_value_is_known(image, word);
	if (!global_state_is_open(image->state))
		line(page, stands_out(page), "the device says that it is %s",
			global_state_name(image->state));
	if (count_status(page, WORD_STATUS_READ_ERROR))
		line(page, stands_out(page), "%u words could not be read (status bit 0)",
			count_status(page, WORD_STATUS_READ_ERROR));
	if (count_status(page, WORD_STATUS_LOCK_ERROR))
		line(page, stands_out(page), "%u words do not show their locks (status bit 26)",
			count_status(page, WORD_STATUS_LOCK_ERROR));
	if (unknown)
		line(page, stands_out(page),
			"the fuses of %u words cannot be read: 'show' marks them with ? or "
			"????????",
			unknown);
	if (hash.set > 0 && hash.set < hash.words)
		line(page, stands_out(page),
			"the public key hash is not whole: closing now would end every boot");
	if (hash.set > 0 && hash.locked < hash.words)
		line(page, stands_out(page),
			"the public key hash is not locked: bits could still be added");
	if (mac.words > 0 && mac.set == 0)
		line(page, stands_out(page), "no MAC address is set");
	if (page->session->board[0] == '\0')
		line(page, stands_out(page),
			"the board cannot be told from others: nothing can be burnt on it");
	if (page->remarks == 0)
		line(page, stands_out(page), "nothing");
}

enum status report_status(
	char **out, const struct session *session, bool reveal, struct errbuf *err)
{
	struct report_text text;
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	struct page page = {.out = text.stream,
		.session = session,
		.subject = {.source = session->source_text,
			.chip = session->chip,
			.image = &session->image,
			.reveal = reveal}};
	print_identity(&page);
	print_words(&page, "Life cycle", KIND_LIFECYCLE, true);
	print_words(&page, "Boot", KIND_CONFIG, false);
	print_words(&page, "MAC", KIND_MAC, false);
	print_words(&page, "Board id", KIND_BOARD_ID, false);
	print_counts(&page);
	print_remarks(&page);
	return report_end(out, &text, err);
}
