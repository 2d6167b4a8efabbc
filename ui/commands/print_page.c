#include "ui/commands/print_page.h"

#include "ui/commands/talk.h"
#include "ui/screen/plan_text.h"
#include "ui/screen/remark_groups.h"
#include "ui/screen/result_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool print_is_colored(const struct environment *env, FILE *stream)
{
	if (env->color != COLOR_AUTO)
		return env->color == COLOR_ALWAYS;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(fileno(stream)) && !(no_color && no_color[0]) && term &&
	       strcmp(term, "dumb") != 0;
}

/* SGR parameters (ECMA-48): attributes first, so that no meaning hangs on a colour. */
static const char *const tones[] = {
	[TONE_PLAIN] = "",
	[TONE_FAINT] = "2",
	[TONE_HEADING] = "1",
	[TONE_CHANGE] = "36",
	[TONE_FOREVER] = "1;35",
	[TONE_WARNING] = "33",
	[TONE_ERROR] = "1;31",
	[TONE_GOOD] = "32",
};

enum status print_page(
	const struct environment *env, FILE *stream, const struct page *page, struct errbuf *err)
{
	bool colored = print_is_colored(env, stream);
	for (size_t line = 0; line < page->line_count; line++) {
		size_t count;
		const struct page_span *spans = page_line(page, line, &count);
		for (size_t i = 0; i < count; i++) {
			const char *tone = colored ? tones[spans[i].tone] : "";
			if (tone[0])
				fprintf(stream, "\033[%sm", tone);
			/* File names and a board's own words may hold anything, escape sequences
			 * too. */
			talk_print_clean(stream, page->text + spans[i].offset, spans[i].length);
			if (tone[0])
				fputs("\033[0m", stream);
		}
		fputc('\n', stream);
	}
	return page->incomplete ? errbuf_set(err, ERR_MEMORY, "out of memory for this text") : OK;
}

enum status print_preview(
	const struct environment *env, const struct plan *plan, struct errbuf *err)
{
	struct remark_groups groups;
	struct page page;
	page_init(&page, PRINT_PAGE_WIDTH);
	enum status status = remark_groups_make(&groups, &plan->remarks, plan->chip)
				     ? OK
				     : errbuf_set(err, ERR_MEMORY, "out of memory for remarks");
	if (status == OK) {
		plan_text_preview(&page, plan, &groups, false);
		status = print_page(env, env->out, &page, err);
	}
	remark_groups_free(&groups);
	page_free(&page);
	return status;
}

enum status print_result(const struct environment *env, FILE *stream, const struct plan *plan,
	const struct commit_result *result, const struct journal *journal, struct errbuf *err)
{
	struct page page;
	page_init(&page, PRINT_PAGE_WIDTH);
	struct result_text about = {
		.plan = plan, .status = OK, .error = "", .result = result, .journal = journal};
	result_text(&page, &about);
	enum status status = print_page(env, stream, &page, err);
	page_free(&page);
	return status;
}
