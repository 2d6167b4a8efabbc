#include "ui/screen/progress_text.h"

#include "src/commit.h"
#include "ui/screen/plan_text.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *stage;
	const char *text;
} steps[] = {
	{COMMIT_STAGE_READ, "read the board twice and compare with the preview"},
	{COMMIT_STAGE_JOURNAL, "write down what is about to be burnt"},
	{COMMIT_STAGE_STAGE, "put the request into the board's memory"},
	{COMMIT_STAGE_BURN, "BURN: do not touch cable or power"},
	{COMMIT_STAGE_READ_BACK, "read back and compare word by word"},
};
#define STEP_COUNT (sizeof steps / sizeof steps[0])
#define STEP_BURN  3

const char *progress_verb(const char *stage)
{
	if (strcmp(stage, "sync") == 0)
		return "nobody answers yet, sending";
	return strcmp(stage, "stage") == 0 ? "sending" : "reading";
}

void progress_note(struct progress *progress, const char *stage, size_t done, size_t total)
{
	progress->started = true;
	for (size_t i = 0; i < STEP_COUNT; i++)
		if (strcmp(stage, steps[i].stage) == 0) {
			progress->step = i;
			progress->pass = done;
			progress->detail[0] = '\0';
			return;
		}
	snprintf(progress->detail, sizeof progress->detail, "%s", stage);
	progress->done = done;
	progress->total = total;
}

bool progress_may_cancel(const struct progress *progress)
{
	return progress->step < STEP_BURN;
}

bool progress_has_burnt(const struct progress *progress)
{
	return progress->pass > 0 || progress->step >= STEP_BURN;
}

static void put_bar(struct page *page, const struct plan *plan, const struct progress *progress)
{
	size_t all = plan->pass_count * STEP_COUNT;
	size_t at = progress->pass * STEP_COUNT + progress->step;
	unsigned width = page->width > 40 ? 40 : page->width - 10;
	char bar[48];
	size_t filled = all ? width * at / all : 0;
	for (size_t i = 0; i < width; i++)
		bar[i] = i < filled ? '#' : '-';
	bar[width] = '\0';
	page_add(page, TONE_PLAIN, "[%s] step %zu of %zu", bar, at + 1, all);
	page_end(page);
	page_end(page);
}

static void put_step(struct page *page, const struct progress *progress, size_t pass, size_t step)
{
	bool now = pass == progress->pass && step == progress->step;
	bool past = pass < progress->pass || (pass == progress->pass && step < progress->step);
	enum tone tone = now ? TONE_HEADING : past ? TONE_PLAIN : TONE_FAINT;
	char mark = past ? 'x' : now ? '>' : ' ';
	char detail[128] = "";
	if (now && progress->detail[0] && progress->total > 0)
		snprintf(detail, sizeof detail, " (%s, %zu of %zu)", progress->detail,
			progress->done, progress->total);
	else if (now && progress->detail[0])
		snprintf(detail, sizeof detail, " (%s)", progress->detail);
	page_add(page, tone, "  [%c] ", mark);
	page_wrap(page, tone, 6, "%s%s", steps[step].text, detail);
}

void progress_text(struct page *page, const struct plan *plan, const struct progress *progress)
{
	put_bar(page, plan, progress);
	for (size_t p = 0; p < plan->pass_count; p++) {
		page_add(page, p == progress->pass ? TONE_HEADING : TONE_FAINT,
			"Pass %zu of %zu, %s%s", p + 1, plan->pass_count,
			pass_kind_name(plan->passes[p].kind),
			p < progress->pass ? ": done and proved" : "");
		page_end(page);
		/* Passes that are done, or not begun, need no steps: 24 rows have to do. */
		if (p != progress->pass)
			continue;
		for (size_t step = 0; step < STEP_COUNT; step++) {
			if (step == STEP_BURN) {
				page_add(page, TONE_FOREVER, "  --- point of no return ---");
				page_end(page);
			}
			put_step(page, progress, p, step);
		}
	}
}

const char *progress_hint(const struct progress *progress)
{
	if (!progress_may_cancel(progress))
		return progress->cancel_asked
			       ? "Too late to stop this pass: it is burning or burnt. It stops "
				 "after it."
			       : "Past the point of no return: this cannot be stopped. Wait.";
	if (progress->cancel_asked)
		return "Stopping before the burn.";
	return progress->pass > 0
		       ? "Esc stops before this pass burns; what earlier passes burnt stays burnt."
		       : "Esc stops it: nothing is burnt yet.";
}
