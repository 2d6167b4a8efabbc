/* check: what is wrong with an image, a request or a plan. */
#include "src/check.h"
#include "src/report.h"
#include "src/store.h"
#include "ui/commands/command.h"
#include "ui/commands/open.h"
#include "ui/commands/print_page.h"
#include "ui/commands/talk.h"

#include <stdlib.h>

#define CHECK_FILE_LIMIT (256u * 1024)

static enum status print_text(const struct environment *env, const char *name,
	const struct check *check, struct errbuf *err)
{
	static const struct {
		const char *label;
		enum tone tone;
	} kinds[] = {
		[SEVERITY_NOTE] = {"note", TONE_PLAIN},
		[SEVERITY_WARNING] = {"WARNING", TONE_WARNING},
		[SEVERITY_ERROR] = {"ERROR", TONE_ERROR},
	};
	struct page page;
	unsigned errors = 0;
	page_init(&page, PRINT_PAGE_WIDTH);
	for (size_t i = 0; i < check->remarks.count; i++) {
		const struct remark *remark = &check->remarks.items[i];
		char where[24] = "";
		if (remark->word >= 0)
			snprintf(where, sizeof where, "word %d: ", remark->word);
		page_add(
			&page, kinds[remark->severity].tone, "%-8s", kinds[remark->severity].label);
		page_wrap(&page, TONE_PLAIN, 8, "%s%s (%s)", where, remark->text, remark->rule);
		if (remark->instead && remark->instead[0]) {
			page_add(&page, TONE_FAINT, "%-8s", "");
			page_wrap(&page, TONE_FAINT, 8, "instead: %s", remark->instead);
		}
		errors += remark->severity == SEVERITY_ERROR;
	}
	page_wrap(&page, errors ? TONE_ERROR : TONE_GOOD, 0, "'%s', taken as %s %s: %s", name,
		check->kind == CHECK_IMAGE ? "an" : "a", check_kind_name(check->kind),
		errors ? "not good" : "no errors");
	enum status status = print_page(env, env->out, &page, err);
	page_free(&page);
	return status;
}

static enum status find_kind(
	enum check_kind *out, const struct invocation *invocation, struct errbuf *err)
{
	const char *as = invocation->value[OPTION_AS];
	*out = CHECK_ANY;
	if (as && !check_kind_parse(out, as))
		return errbuf_set(err, ERR_USAGE, "'--as %s': expected image, request or plan", as);
	return OK;
}

static enum status look(struct check *check, const struct environment *env,
	const struct invocation *invocation, struct errbuf *err)
{
	const char *name = invocation->operands[0], *on = invocation->value[OPTION_ON];
	struct check_subject subject = {.name = name, .chip = env->session.chip};
	struct session *session = NULL;
	uint8_t *bytes = NULL;
	*check = (struct check){0};
	enum status status = find_kind(&subject.kind, invocation, err);
	if (status == OK)
		status = store_read(&bytes, &subject.length, name, CHECK_FILE_LIMIT, err);
	if (status == OK && on)
		status = open_readable(&session, env, on, err);
	subject.bytes = bytes;
	subject.on = session;
	if (status == OK)
		status = check_file(check, &subject, err);
	session_close(session);
	free(bytes);
	return status;
}

enum exit_status command_check(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct check check;
	enum status status = look(&check, env, invocation, &err);
	char *json;
	if (status == OK && invocation->given[OPTION_JSON]) {
		status = report_check_json(&json, &check, &err);
		if (status == OK)
			talk_print(env, json);
	} else if (status == OK) {
		status = print_text(env, invocation->operands[0], &check, &err);
	}
	enum exit_status exit_status = check.ok ? EXIT_DONE : EXIT_DIFFERS;
	check_free(&check);
	return status == OK ? talk_end(env, exit_status, false) : talk_fail(env, status, &err);
}
