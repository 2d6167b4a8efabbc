/* survey: many images at once. */
#include "src/survey.h"

#include "src/report_survey.h"
#include "src/store.h"
#include "ui/commands/command.h"
#include "ui/commands/invocation.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

/* What is wrong with one file is said, and the survey goes on. */
static enum status add_file(
	struct survey *survey, const struct environment *env, const char *path, struct errbuf *err)
{
	const char *reason;
	enum status status = open_not_stopped(env, err);
	if (status == OK)
		status = survey_add(survey, path, &reason, err);
	if (status == OK && reason)
		talk_say(env, "'%s' is left out: %s", path, reason);
	return status;
}

static enum status add_folder(struct survey *survey, const struct environment *env,
	const char *folder, bool *listed, struct errbuf *err)
{
	struct store_list list;
	struct errbuf why = {0};
	enum status status = store_list(&list, folder, &why);
	*listed = status == OK;
	if (status == ERR_MEMORY)
		errbuf_set(err, status, "%s", why.text);
	else if (status != OK)
		talk_say(env, "'%s' is left out: %s", folder, why.text);
	else if (list.count == 0)
		talk_say(env, "'%s' holds no files", folder);
	if (status != ERR_MEMORY)
		status = OK;
	for (size_t i = 0; status == OK && *listed && i < list.count; i++)
		status = add_file(survey, env, list.paths[i], err);
	store_list_free(&list);
	return status;
}

enum exit_status command_survey(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct survey *survey = NULL;
	char *text;
	bool all = true;
	enum status status = survey_new(&survey, env->session.chip, env->session.overlays, &err);
	for (size_t i = 0; status == OK && i < invocation->operand_count; i++) {
		const char *name = invocation->operands[i];
		bool listed = true;
		if (store_is_folder(name))
			status = add_folder(survey, env, name, &listed, &err);
		else
			status = add_file(survey, env, name, &err);
		all = all && listed;
	}
	if (status == OK)
		status = survey_finish(survey, &err);
	if (status == OK)
		status = report_survey(
			&text, invocation_format(invocation), survey, env->reveal, &err);
	if (status == OK)
		talk_print(env, text);
	if (status == OK && survey->unreadable_count > 0)
		all = false;
	survey_free(survey);
	if (status != OK)
		return talk_fail(env, status, &err);
	return talk_end(env, all ? EXIT_DONE : EXIT_DIFFERS, false);
}
