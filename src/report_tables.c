/* Differences and plans as rows, for CSV and Markdown. */
#include "src/report_parts.h"

#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

/* A cell's text. */
struct cell {
	char text[256];
};

static struct cell hex_cell(uint32_t value)
{
	struct cell cell;
	snprintf(cell.text, sizeof cell.text, "0x%08X", (unsigned)value);
	return cell;
}

static struct cell locks_cell(uint32_t status)
{
	struct cell cell;
	report_locks(cell.text, sizeof cell.text, status);
	return cell;
}

/* --- differences ------------------------------------------------------------------------------ */

static struct cell value_cell(const struct report_image *subject, unsigned word, bool there)
{
	struct cell cell = {""};
	if (there && image_value_is_known(subject->image, word)) {
		if (report_is_masked(subject, word))
			snprintf(cell.text, sizeof cell.text, "masked");
		else
			cell = hex_cell(subject->image->value[word]);
	}
	return cell;
}

static struct cell status_cell(const struct report_image *subject, unsigned word, bool there)
{
	struct cell cell = {""};
	return there ? hex_cell(subject->image->status[word]) : cell;
}

void report_print_diff_table(FILE *out, enum report_format format, const struct diff *diff,
	const struct report_image *a, const struct report_image *b)
{
	static const char *const heads[] = {
		"id", "name", "value a", "value b", "status a", "status b", "locks a", "locks b"};
	report_head(out, format, 8, heads);
	if (diff->version_differs || diff->state_differs) {
		struct cell version_a, version_b;
		struct cell state_a = hex_cell(a->image->state),
			    state_b = hex_cell(b->image->state);
		snprintf(version_a.text, sizeof version_a.text, "%u", (unsigned)a->image->version);
		snprintf(version_b.text, sizeof version_b.text, "%u", (unsigned)b->image->version);
		const char *const version[] = {
			"", "structure version", version_a.text, version_b.text, "", "", "", ""};
		const char *const state[] = {
			"", "global state", state_a.text, state_b.text, "", "", "", ""};
		if (diff->version_differs)
			report_row(out, format, 8, version);
		if (diff->state_differs)
			report_row(out, format, 8, state);
	}
	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_word *row = &diff->words[i];
		unsigned word = row->word;
		char id[16], name[64];
		snprintf(id, sizeof id, "%u", word);
		chip_word_name(name, sizeof name, a->chip, word);
		struct cell value_a = value_cell(a, word, row->in_a);
		struct cell value_b = value_cell(b, word, row->in_b);
		struct cell status_a = status_cell(a, word, row->in_a);
		struct cell status_b = status_cell(b, word, row->in_b);
		struct cell locks_a = locks_cell(row->status_a),
			    locks_b = locks_cell(row->status_b);
		const char *const cells[] = {id, name, value_a.text, value_b.text, status_a.text,
			status_b.text, locks_a.text, locks_b.text};
		report_row(out, format, 8, cells);
	}
}

/* --- plans ------------------------------------------------------------------------------------ */

#define PLAN_CELLS 11

/* One table for all: what there is no column for stays empty. */
static void plan_row(FILE *out, enum report_format format, const struct plan *plan, int word,
	const char *const cells[PLAN_CELLS])
{
	const char *row[PLAN_CELLS];
	char id[16] = "", name[64] = "";
	if (word >= 0) {
		snprintf(id, sizeof id, "%d", word);
		chip_word_name(name, sizeof name, plan->chip, (unsigned)word);
	}
	for (size_t i = 0; i < PLAN_CELLS; i++)
		row[i] = cells[i] ? cells[i] : "";
	row[0] = id;
	row[1] = name;
	report_row(out, format, PLAN_CELLS, row);
}

static void change_row(FILE *out, enum report_format format, const struct plan *plan,
	enum pass_kind pass, const struct plan_change *change)
{
	struct cell before = hex_cell(change->before_value), after = hex_cell(change->after_value);
	struct cell locks_before = locks_cell(change->before_status);
	struct cell locks_after = locks_cell(change->after_status);
	const char *const cells[PLAN_CELLS] = {[2] = "change",
		[3] = pass_kind_name(pass),
		[4] = change->before_known ? before.text : "",
		[5] = change->after_known ? after.text : "",
		[6] = locks_before.text,
		[7] = locks_after.text,
		[10] = change->irreversible ? "for ever" : "until reset"};
	plan_row(out, format, plan, (int)change->word, cells);
}

enum status report_plan(
	char **out, enum report_format format, const struct plan *plan, struct errbuf *err)
{
	static const char *const heads[PLAN_CELLS] = {"id", "name", "record", "pass", "before",
		"after", "locks before", "locks after", "severity", "rule", "text"};
	struct report_text text;
	char about[300];
	if (format == REPORT_JSON)
		return report_plan_json(out, plan, err);
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	report_head(text.stream, format, PLAN_CELLS, heads);
	snprintf(about, sizeof about, "%s, board %s, fingerprint %s",
		danger_class_name(plan->danger), plan->board[0] ? plan->board : "unknown",
		plan->fingerprint);
	const char *const whole[PLAN_CELLS] = {
		[2] = "plan", [8] = plan->refused ? "refused" : "", [10] = about};
	plan_row(text.stream, format, plan, -1, whole);
	for (size_t p = 0; p < plan->pass_count; p++)
		for (size_t i = 0; i < plan->passes[p].change_count; i++)
			change_row(text.stream, format, plan, plan->passes[p].kind,
				&plan->passes[p].changes[i]);
	for (size_t i = 0; i < plan->remarks.count; i++) {
		const struct remark *remark = &plan->remarks.items[i];
		const char *const cells[PLAN_CELLS] = {[2] = "remark",
			[8] = severity_name(remark->severity),
			[9] = remark->rule,
			[10] = remark->text};
		plan_row(text.stream, format, plan, remark->word, cells);
	}
	return report_end(out, &text, err);
}
