#include "src/report.h"

#include "src/field.h"
#include "src/report_parts.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What the page is made of. */
struct page {
	FILE *out;
	const struct session *session;
	struct report_image subject;
	unsigned remarks; /* said under "stands out" */
};

__attribute__((format(printf, 2, 3))) static void stand_out(
	struct page *page, const char *format, ...)
{
	va_list arguments;
	fprintf(page->out, "%-12s ", page->remarks++ == 0 ? "Stands out" : "");
	va_start(arguments, format);
	vfprintf(page->out, format, arguments);
	va_end(arguments);
	fputc('\n', page->out);
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

static void print_identity(struct page *page)
{
	const struct session *session = page->session;
	const struct chip_field *part = find_field(session->chip, "RPN");
	char text[128] = "unknown";
	fprintf(page->out, "%-12s %s\n", "Board",
		session->board[0] ? session->board : "without identity");
	if (part && image_value_is_known(&session->image, part->first_word))
		field_text(text, sizeof text, part, session->image.value[part->first_word]);
	fprintf(page->out, "%-12s %s, part %s\n", "Chip", session->chip->title, text);
	fprintf(page->out, "%-12s ", "Source");
	report_name(page->out, session->source_text);
	fprintf(page->out, " (%s%s%s)\n", session->info.link,
		session->info.peer_text[0] ? ", " : "", session->info.peer_text);
	global_state_remark(text, sizeof text, session->image.state);
	fprintf(page->out, "%-12s %s (%08X)%s%s\n", "State",
		global_state_name(session->image.state), (unsigned)session->image.state,
		text[0] ? "; " : "", text);
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
		fprintf(page->out, "%-12s word %-3u %-14s %s%s%s\n", first ? title : "", word, name,
			value, says[0] ? " " : "", says);
		first = false;
	}
	if (first)
		fprintf(page->out, "%-12s nothing is set\n", title);
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
	unsigned words, set, locked, unknown;
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
		count.locked += (image->status[word] & WORD_STATUS_PERMANENT) != 0;
	}
	return count;
}

static void print_counts(struct page *page)
{
	struct kind_count hash = count_kind(page, KIND_HASH), user = count_kind(page, KIND_USER);
	fprintf(page->out, "%-12s public key hash: %u of %u words set, %u locked for ever\n",
		"Keys", hash.set, hash.words, hash.locked);
	fprintf(page->out, "%-12s %u words, %u used, %u locked for ever\n", "Customer", user.words,
		user.set, user.locked);
	fprintf(page->out, "%-12s %u words for ever\n", "Locks",
		count_status(page, WORD_STATUS_PERMANENT));
	fprintf(page->out,
		"%-12s until reset: %u against programming, %u shadow writing, %u reading\n", "",
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
		stand_out(page, "the device says that it is %s", global_state_name(image->state));
	if (count_status(page, WORD_STATUS_READ_ERROR))
		stand_out(page, "%u words could not be read (status bit 0)",
			count_status(page, WORD_STATUS_READ_ERROR));
	if (count_status(page, WORD_STATUS_LOCK_ERROR))
		stand_out(page, "%u words do not show their locks (status bit 26)",
			count_status(page, WORD_STATUS_LOCK_ERROR));
	if (unknown)
		stand_out(page,
			"the values of %u words cannot be trusted: 'show' marks them with"
			" '?'",
			unknown);
	if (hash.set > 0 && hash.set < hash.words)
		stand_out(
			page, "the public key hash is not whole: closing now would end every boot");
	if (hash.set > 0 && hash.locked < hash.words)
		stand_out(page, "the public key hash is not locked: bits could still be added");
	if (mac.words > 0 && mac.set == 0)
		stand_out(page, "no MAC address is set");
	if (page->session->board[0] == '\0')
		stand_out(page, "the board cannot be told from others: nothing can be burnt on it");
	if (page->remarks == 0)
		stand_out(page, "nothing");
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
