/* chips: which families are known, and the map of one. */
#include "src/chip_find.h"
#include "src/report_chip.h"
#include "ui/commands/command.h"
#include "ui/commands/talk.h"

#include <string.h>

#define CHIPS_MAX 16

/* The map with the user's own names over it; why they were left out is said. */
static enum status find(
	struct chip **out, const struct environment *env, const char *name, struct errbuf *err)
{
	struct chip_question question = {.name = name, .overlays = env->session.overlays};
	struct chip_answer answer;
	if (strcmp(name, CHIP_PLAIN_NAME) == 0)
		return errbuf_set(
			err, ERR_USAGE, "'%s' has no map: it stands for words without names", name);
	enum status status = chip_find(&answer, &question, err);
	if (status != OK)
		return status;
	if (answer.overlay_error[0])
		talk_say(env, "%s", answer.overlay_error);
	*out = answer.chip;
	return OK;
}

static enum status report_all(
	char **out, const struct environment *env, enum report_format format, struct errbuf *err)
{
	struct chip *chips[CHIPS_MAX];
	size_t count = 0;
	enum status status = OK;
	for (const char *name;
		status == OK && count < CHIPS_MAX && (name = chip_builtin_name(count)) != NULL;) {
		status = find(&chips[count], env, name, err);
		count += status == OK;
	}
	if (status == OK)
		status = report_chips(out, format, (const struct chip *const *)chips, count, err);
	while (count > 0)
		chip_free(chips[--count]);
	return status;
}

static enum status report_one(char **out, const struct environment *env, const char *name,
	enum report_format format, struct errbuf *err)
{
	struct chip *chip;
	enum status status = find(&chip, env, name, err);
	if (status != OK)
		return status;
	status = report_chip(out, format, chip, err);
	chip_free(chip);
	return status;
}

enum exit_status command_chips(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	enum report_format format = invocation->given[OPTION_JSON] ? REPORT_JSON : REPORT_TEXT;
	char *text;
	enum status status = invocation->operand_count
				     ? report_one(&text, env, invocation->operands[0], format, &err)
				     : report_all(&text, env, format, &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	talk_print(env, text);
	return talk_end(env, EXIT_DONE, false);
}
