#include "ui/screen/plan_text.h"

#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

const char *plan_text_danger(enum danger_class danger)
{
	static const char *const texts[] = {
		[CLASS_PASSING] = "PASSING: these locks are gone after the board's reset; no fuse "
				  "burns",
		[CLASS_IRREVERSIBLE] = "IRREVERSIBLE: fuses burn in words kept for the customer; "
				       "no way back",
		[CLASS_DANGEROUS] = "DANGEROUS: fuses burn for ever, and a mistake here can make "
				    "the board useless: see every WARNING",
		[CLASS_ONE_WAY] = "ONE-WAY: changes the security state of the device for ever",
	};
	return texts[danger];
}

enum tone plan_text_danger_tone(enum danger_class danger)
{
	return danger == CLASS_PASSING        ? TONE_PLAIN
	       : danger == CLASS_IRREVERSIBLE ? TONE_FOREVER
					      : TONE_ERROR;
}

const char *plan_text_pass(enum pass_kind kind)
{
	static const char *const texts[] = {
		[PASS_VALUES] = "values: burnt, then read back and proved before anything else",
		[PASS_LOCKS] = "locks: only after every value above is proved",
		[PASS_STICKY_READ] = "read locks until reset: last, as such a word cannot be read "
				     "back",
		[PASS_LIFECYCLE] = "life cycle: changes the device's security state, after all "
				   "else is proved",
	};
	return texts[kind];
}

static void add(char *out, size_t cap, size_t *used, const char *separator, const char *text)
{
	int n = snprintf(out + *used, cap - *used, "%s%s", *used ? separator : "", text);
	*used += n > 0 ? (size_t)n : 0;
	if (*used >= cap)
		*used = cap - 1;
}

void plan_text_bits(char *out, size_t cap, uint32_t bits)
{
	size_t used = 0;
	out[0] = '\0';
	for (unsigned first = 0; first < 32; first++) {
		if (!(bits >> first & 1))
			continue;
		unsigned last = first;
		while (last < 31 && bits >> (last + 1) & 1)
			last++;
		char range[16];
		if (last == first + 1)
			last = first; /* two are named one by one */
		if (last == first)
			snprintf(range, sizeof range, "%u", first);
		else
			snprintf(range, sizeof range, "%u to %u", first, last);
		add(out, cap, &used, ", ", range);
		first = last;
	}
}

void plan_text_locks(char *out, size_t cap, uint32_t word_status)
{
	size_t used = 0;
	snprintf(out, cap, "none");
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->is_lock && word_status >> bit->bit & 1)
			add(out, cap, &used, ", ", bit->name);
}

static unsigned count_bits(uint32_t bits)
{
	unsigned count = 0;
	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/* --- head and remarks ------------------------------------------------------------------------ */

static const char *class_words(enum source_class class)
{
	return class == SOURCE_SIMULATED ? "simulated board"
	       : class == SOURCE_FILE    ? "image file"
					 : "board";
}

static void put_board(struct page *page, const struct plan *plan)
{
	page_add(
		page, TONE_FAINT, "%-12s", plan->source_class == SOURCE_FILE ? "File of" : "Board");
	page_wrap(page, TONE_HEADING, 12, "%s (%s, %s)",
		plan->board[0] ? plan->board : "without identity", plan->chip->title,
		class_words(plan->source_class));
}

static void put_danger(struct page *page, const struct plan *plan)
{
	page_add(page, TONE_FAINT, "%-12s", "Danger");
	/* A plan that sends nothing would come out as harmless; what it is, is pointless. */
	if (plan->pass_count == 0)
		page_wrap(page, TONE_PLAIN, 12, "none: nothing would be sent");
	else
		page_wrap(page, plan_text_danger_tone(plan->danger), 12, "%s",
			plan_text_danger(plan->danger));
}

/* What may be secret is masked in texts that outlive the session; nothing burnt is no secret. */
#define MASK "********"
static bool is_masked(const struct plan *plan, bool mask, unsigned word)
{
	uint32_t values = plan->snapshot.value[word] | plan->predicted.value[word] |
			  plan->edits.word[word].value;
	return mask && chip_word_is_secret(plan->chip, word) && values != 0;
}

void plan_text_mask(char *text)
{
	for (size_t digits; *text; text += digits > 0 ? digits : 1) {
		digits = strspn(text, "0123456789ABCDEF");
		if (digits == strlen(MASK))
			memcpy(text, MASK, digits);
	}
}

static void group_text(char out[sizeof(((struct remark_group *)0)->text)], const struct plan *plan,
	const struct remark_group *group, bool mask)
{
	int first = group->first_word, last = group->last_word;
	memcpy(out, group->text, sizeof group->text);
	if (first < 0) {
		first = 0;
		last = (int)plan->predicted.word_count - 1;
	}
	for (int word = first; word <= last; word++)
		if (is_masked(plan, mask, (unsigned)word))
			plan_text_mask(out);
}

static void put_remarks(
	struct page *page, const struct plan *plan, const struct remark_groups *groups, bool mask)
{
	static const struct {
		const char *label;
		enum tone tone;
	} kinds[] = {
		[SEVERITY_NOTE] = {"note", TONE_PLAIN},
		[SEVERITY_WARNING] = {"WARNING", TONE_WARNING},
		[SEVERITY_ERROR] = {"REFUSED", TONE_ERROR},
	};
	for (size_t i = 0; i < groups->count; i++) {
		const struct remark_group *group = &groups->items[i];
		char text[sizeof group->text];
		group_text(text, plan, group, mask);
		page_add(page, kinds[group->first->severity].tone, "%-8s",
			kinds[group->first->severity].label);
		page_wrap(page, TONE_PLAIN, 8, "%s (%s)", text, group->first->rule);
		const char *instead = group->first->instead;
		if (instead && instead[0] && group->first->severity != SEVERITY_NOTE) {
			page_add(page, TONE_FAINT, "%-8s", "");
			page_wrap(page, TONE_FAINT, 8, "instead: %s", instead);
		}
	}
	page_end(page);
}

/* --- one change ------------------------------------------------------------------------------ */

static void put_bits(struct page *page, uint32_t value, uint32_t marked)
{
	for (unsigned i = 32; i > 0; i--) {
		unsigned bit = i - 1;
		bool mark = marked >> bit & 1;
		page_add(
			page, mark ? TONE_FOREVER : TONE_PLAIN, "%c", value >> bit & 1 ? '1' : '0');
		if (bit % 8 == 0 && bit > 0)
			page_add(page, TONE_PLAIN, " ");
	}
}

static void put_ruler(struct page *page)
{
	page_add(page, TONE_FAINT, "         31       23       15       7      0");
	page_end(page);
}

static void put_marks(struct page *page, uint32_t marked)
{
	char line[40];
	size_t used = 0;
	for (unsigned i = 32; i > 0; i--) {
		line[used++] = marked >> (i - 1) & 1 ? '^' : ' ';
		if ((i - 1) % 8 == 0)
			line[used++] = ' ';
	}
	while (used > 0 && line[used - 1] == ' ')
		used--;
	line[used] = '\0';
	page_add(page, TONE_FOREVER, "         %s", line);
	page_end(page);
}

static void put_value(struct page *page, const struct plan_change *change)
{
	uint32_t before = change->before_known ? change->before_value : 0;
	uint32_t burns = change->request_value & ~before;
	uint32_t after = change->after_known ? change->after_value
					     : change->before_value | change->request_value;
	put_ruler(page);
	page_add(page, TONE_FAINT, "   now   ");
	put_bits(page, change->before_value, 0);
	page_add(page, TONE_PLAIN, "  %08X", (unsigned)change->before_value);
	page_end(page);
	page_add(page, TONE_FAINT, "   then  ");
	put_bits(page, after, burns);
	page_add(page, TONE_FOREVER, "  %08X", (unsigned)after);
	page_end(page);
	put_marks(page, burns);
	char bits[160];
	plan_text_bits(bits, sizeof bits, burns);
	unsigned count = count_bits(burns);
	page_add(page, TONE_PLAIN, "         ");
	page_wrap(page, TONE_PLAIN, 9, "%u bit%s burn%s from 0 to 1: %s", count,
		count == 1 ? "" : "s", count == 1 ? "s" : "", bits);
	if (!change->before_known) {
		page_add(page, TONE_PLAIN, "         ");
		page_wrap(page, TONE_WARNING, 9,
			"what the fuses hold now cannot be read: the value shown is not proved");
	}
}

static void put_locks(struct page *page, const struct plan_change *change, bool masked)
{
	char text[200], value[9] = MASK;
	uint32_t before = change->before_status & WORD_STATUS_LOCKS;
	uint32_t added = change->after_status & ~change->before_status;
	if (!masked)
		snprintf(value, sizeof value, "%08X", (unsigned)change->before_value);
	plan_text_locks(text, sizeof text, before);
	page_add(page, TONE_FAINT, "   now   ");
	page_add(page, TONE_PLAIN, "%s  ", value);
	page_wrap(page, TONE_PLAIN, 19, "locks: %s", text);
	page_add(page, TONE_FAINT, "   then  ");
	if (added & WORD_STATUS_PERMANENT) {
		page_wrap(page, TONE_FOREVER, 9,
			"permanent write lock: no bit of this word can be burnt any more, ever");
		added &= ~WORD_STATUS_PERMANENT;
		if (added)
			page_add(page, TONE_PLAIN, "         ");
	}
	if (added) {
		plan_text_locks(text, sizeof text, added);
		page_wrap(page, TONE_CHANGE, 9, "until reset: %s", text);
	}
}

/* A request asks for a value or for locks, never for both (plan.h). */
static bool changes_value(const struct plan_change *change)
{
	return !(change->request_status & WORD_STATUS_LOCKS);
}

static void put_change(
	struct page *page, const struct plan *plan, const struct plan_change *change, bool mask)
{
	char name[64];
	bool masked = is_masked(plan, mask, change->word);
	chip_word_name(name, sizeof name, plan->chip, change->word);
	page_add(page, change->irreversible ? TONE_FOREVER : TONE_CHANGE, "%sword %u",
		change->irreversible ? "!! " : "   ", change->word);
	page_add(page, TONE_PLAIN, "  %s  ", name);
	page_add(page, change->irreversible ? TONE_FOREVER : TONE_CHANGE, "%s",
		change->irreversible ? "for ever" : "until reset");
	page_end(page);
	if (!changes_value(change)) {
		put_locks(page, change, masked);
	} else if (masked) {
		page_add(page, TONE_PLAIN, "         ");
		page_wrap(page, TONE_PLAIN, 9, "the value is masked here: it may be secret");
	} else {
		put_value(page, change);
	}
	page_add(page, TONE_FAINT, "   asks  value ");
	if (masked)
		page_add(page, TONE_FAINT, MASK);
	else
		page_add(page, TONE_FAINT, "%08X", (unsigned)change->request_value);
	page_add(page, TONE_FAINT, ", status %08X", (unsigned)change->request_status);
	page_end(page);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void put_predicted(struct page *page, const struct plan *plan, bool mask)
{
	page_add(page, TONE_HEADING, "Afterwards, if all goes as planned");
	page_end(page);
	for (unsigned word = 0; word < plan->predicted.word_count; word++) {
		bool touched = plan->predicted.status[word] != plan->snapshot.status[word] ||
			       plan->predicted.value[word] != plan->snapshot.value[word];
		if (!touched)
			continue;
		char locks[200];
		plan_text_locks(
			locks, sizeof locks, plan->predicted.status[word] & WORD_STATUS_LOCKS);
		page_add(page, TONE_PLAIN, "   word %-3u  ", word);
		if (is_masked(plan, mask, word))
			page_add(page, TONE_PLAIN, MASK "  ");
		else
			page_add(page, TONE_PLAIN, "%08X  ", (unsigned)plan->predicted.value[word]);
		page_wrap(page, TONE_PLAIN, 23, "locks: %s", locks);
	}
}

void plan_text_preview(
	struct page *page, const struct plan *plan, const struct remark_groups *groups, bool mask)
{
	if (plan->refused)
		page_wrap(page, TONE_ERROR, 0,
			"This plan is refused: it cannot be burnt. The lines marked REFUSED say "
			"why.");
	put_board(page, plan);
	put_danger(page, plan);
	page_add(page, TONE_FAINT, "%-12s", "Fingerprint");
	page_add(page, TONE_HEADING, "%s", plan->fingerprint);
	page_end(page);
	page_add(page, TONE_FAINT, "%-12s", "Passes");
	page_add(page, TONE_HEADING, "%zu", plan->pass_count);
	for (size_t p = 0; p < plan->pass_count; p++)
		page_add(page, TONE_PLAIN, "%s%s", p ? ", then " : ": ",
			pass_kind_name(plan->passes[p].kind));
	page_end(page);
	page_end(page);
	if (groups->count > 0)
		put_remarks(page, plan, groups, mask);
	for (size_t p = 0; p < plan->pass_count; p++) {
		const struct plan_pass *pass = &plan->passes[p];
		page_add(page, TONE_HEADING, "Pass %zu of %zu, ", p + 1, plan->pass_count);
		page_wrap(page, TONE_HEADING, 3, "%s", plan_text_pass(pass->kind));
		for (size_t i = 0; i < pass->change_count; i++)
			put_change(page, plan, &pass->changes[i], mask);
		page_end(page);
	}
	if (plan->pass_count > 0)
		put_predicted(page, plan, mask);
}

static void put_summary_line(
	struct page *page, const struct plan *plan, const struct plan_change *change)
{
	enum tone tone = change->irreversible ? TONE_FOREVER : TONE_CHANGE;
	char name[64], locks[200];
	chip_word_name(name, sizeof name, plan->chip, change->word);
	/* Blanks are plain, so that no underline joins the columns. */
	page_add(page, tone, "%s word %u", change->irreversible ? "!!" : "  ", change->word);
	page_add(page, TONE_PLAIN, "%s  %08X",
		change->word < 10    ? "  "
		: change->word < 100 ? " "
				     : "",
		(unsigned)change->before_value);
	if (changes_value(change)) {
		uint32_t after = change->before_value | change->request_value;
		page_add(page, TONE_PLAIN, " -> ");
		page_add(page, tone, "%08X", (unsigned)after);
		page_add(page, TONE_PLAIN, "  ");
		page_wrap(page, TONE_FAINT, 13, "%s", name);
		return;
	}
	plan_text_locks(locks, sizeof locks, change->after_status & ~change->before_status);
	page_add(page, TONE_PLAIN, "  ");
	page_wrap(page, tone, 23, "add %s%s", locks,
		change->irreversible ? ", for ever" : ", until reset");
}

void plan_text_summary(struct page *page, const struct plan *plan)
{
	put_board(page, plan);
	put_danger(page, plan);
	for (size_t p = 0; p < plan->pass_count; p++) {
		const struct plan_pass *pass = &plan->passes[p];
		page_add(page, TONE_HEADING, "Pass %zu of %zu, %s", p + 1, plan->pass_count,
			pass_kind_name(pass->kind));
		page_end(page);
		for (size_t i = 0; i < pass->change_count; i++)
			put_summary_line(page, plan, &pass->changes[i]);
	}
}
