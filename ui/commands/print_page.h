/*
 * Pages of the screen's own words (ui/screen/page.h), printed.
 */
#ifndef OTPEDIT_UI_COMMANDS_PRINT_PAGE_H
#define OTPEDIT_UI_COMMANDS_PRINT_PAGE_H

#include "src/commit.h"
#include "src/plan.h"
#include "ui/environment.h"
#include "ui/screen/page.h"

/* What pages are made for. */
#define PRINT_PAGE_WIDTH 80

/* Whether output to this stream is coloured: --color, and for "auto" a terminal, NO_COLOR and TERM.
 */
bool print_is_colored(const struct environment *env, FILE *stream);

/* Prints all of it. ERR_MEMORY when the page is incomplete. */
enum status print_page(
	const struct environment *env, FILE *stream, const struct page *page, struct errbuf *err);

/* The preview of a plan to standard output. */
enum status print_preview(
	const struct environment *env, const struct plan *plan, struct errbuf *err);

/* What came of a commit that was triggered. */
enum status print_result(const struct environment *env, FILE *stream, const struct plan *plan,
	const struct commit_result *result, const struct journal *journal, struct errbuf *err);

#endif
