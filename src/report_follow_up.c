#include "src/report_follow_up.h"

#include "src/report_journal_parts.h"
#include "src/report_parts.h"
#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

struct telling {
	FILE *out;
	const struct session *session;
	bool reveal;
};

static void put_value(char out[16], const struct telling *telling, unsigned word, uint32_t value)
{
	char text[REPORT_JOURNAL_VALUE];
	report_journal_value(text, telling->session->chip, telling->reveal, word, value, "");
	snprintf(out, 16, "%-8s", text);
}

static void put_moment(const struct telling *telling, const char *label, unsigned word, bool known,
	uint32_t value, uint32_t status)
{
	char text[16], locks[160];
	put_value(text, telling, word, value);
	if (status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR))
		snprintf(text, sizeof text, "????????");
	report_locks(locks, sizeof locks, status);
	fprintf(telling->out, "   %-8s %s  ", label, known ? text : "not known");
	report_wrap(telling->out, 22, 22, locks[0] ? locks : "no lock");
}

static void put_asked(const struct telling *telling, const struct follow_up_word *line)
{
	char text[16] = "        ", locks[160];
	if (line->asked.sets_value || line->asked.closes)
		put_value(text, telling, line->word, line->asked.value);
	report_locks(locks, sizeof locks, line->asked.locks);
	fprintf(telling->out, "   %-8s %s  ", "asked", text);
	report_wrap(telling->out, 22, 22,
		line->asked.closes ? "bits that close the device"
		: locks[0]         ? locks
				   : "no lock");
}

static void put_word(const struct telling *telling, const struct follow_up_word *line)
{
	char name[64] = "";
	chip_word_name(name, sizeof name, telling->session->chip, line->word);
	fprintf(telling->out, "word %-3u %-24s %s\n", line->word, name,
		word_verdict_text(line->verdict));
	put_moment(telling, "before", line->word, line->has_before, line->before_value,
		line->before_status);
	put_asked(telling, line);
	put_moment(telling, "now", line->word, line->has_now, line->now_value, line->now_status);
	fprintf(telling->out, "   %-8s %s%s", "next", follow_up_step_text(line->step),
		line->text[0] ? ": " : "\n");
	if (line->text[0])
		report_wrap(telling->out, 14 + (unsigned)strlen(follow_up_step_text(line->step)),
			12, line->text);
}

static void put_commits(const struct telling *telling)
{
	const struct follow_up *follow_up = &telling->session->follow_up;
	for (size_t i = 0; i < follow_up->commit_count; i++)
		fprintf(telling->out, "commit of %.10s %.8s UTC, %s%s\n",
			follow_up->commits[i].time, follow_up->commits[i].time + 11,
			follow_up->commits[i].id, follow_up->commits[i].open ? ": still open" : "");
	fputc('\n', telling->out);
}

void report_follow_up_sum(char out[REPORT_FOLLOW_UP_SUM], const struct follow_up *follow_up)
{
	static const struct {
		enum follow_up_step step;
		const char *one, *many;
	} parts[] = {
		{FOLLOW_UP_AGAIN, "can be asked for again", "can be asked for again"},
		{FOLLOW_UP_WAIT, "waits for a power cycle", "wait for a power cycle"},
		{FOLLOW_UP_NEVER, "cannot be asked for again from here",
			"cannot be asked for again from here"},
		{FOLLOW_UP_DONE, "is as it was asked for", "are as they were asked for"},
	};
	bool first = true;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		size_t count = follow_up_count(follow_up, parts[i].step), used = strlen(out);
		if (count == 0)
			continue;
		snprintf(out + used, REPORT_FOLLOW_UP_SUM - used, "%s%zu%s %s", first ? "" : ", ",
			count,
			!first       ? ""
			: count == 1 ? " word"
				     : " words",
			count == 1 ? parts[i].one : parts[i].many);
		first = false;
	}
}

enum status report_follow_up(
	char **out, const struct session *session, bool reveal, struct errbuf *err)
{
	struct report_text text;
	char sum[REPORT_FOLLOW_UP_SUM];
	enum status status = report_begin(&text, err);
	if (status != OK)
		return status;
	struct telling telling = {text.stream, session, reveal};
	fputs("What was asked of this board before, and what it holds now\n", text.stream);
	put_commits(&telling);
	for (size_t i = 0; i < session->follow_up.word_count; i++)
		put_word(&telling, &session->follow_up.words[i]);
	report_follow_up_sum(sum, &session->follow_up);
	fprintf(text.stream, "\n%s.\n", sum);
	return report_end(out, &text, err);
}
