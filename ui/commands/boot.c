/* boot: a board brought from its ROM code to a service for OTP, then its words. */
#include "src/bringup.h"
#include "ui/commands/ceremony.h"
#include "ui/commands/command.h"
#include "ui/commands/invocation.h"
#include "ui/commands/meter.h"
#include "ui/commands/open.h"
#include "ui/commands/show.h"
#include "ui/commands/talk.h"

#include <string.h>

static enum status take_files(
	struct firmware *out, const struct invocation *invocation, struct errbuf *err)
{
	enum status status = OK;
	if (invocation->given[OPTION_LAYOUT])
		status = firmware_add_layout(out, invocation->value[OPTION_LAYOUT], err);
	for (size_t i = 0; status == OK && i < invocation->image_count; i++)
		status = firmware_add(out, invocation->images[i], err);
	return status;
}

static void print_line(const char *text, void *payload)
{
	const struct environment *env = payload;
	talk_print_clean(env->messages, text, strlen(text));
	fputc('\n', env->messages);
}

static enum status confirm(struct confirmation *out, const struct environment *env,
	const struct invocation *invocation, struct bringup *bringup, struct errbuf *err)
{
	const struct confirm_boot boot = bringup_confirm(bringup);
	char phrase[CONFIRM_PHRASE_MAX];
	confirm_boot_phrase(phrase, &boot);
	if (ceremony_is_possible()) {
		enum status status = ceremony_words(env,
			"To load this into the board, type the following by hand and press Enter "
			"(Esc to\nstop):\n",
			phrase, err);
		if (status == ERR_CANCELLED)
			return errbuf_set(err, status, "not confirmed: nothing was loaded");
		return status == OK ? confirm_boot_typed(out, &boot, phrase, &bringup->arming, err)
				    : status;
	}
	if (env->settings.at_terminal)
		return errbuf_set(err, ERR_REFUSED,
			"'confirm = terminal' is set ('%s' line %u): a person at a terminal "
			"confirms, or nothing is loaded",
			env->settings.path, env->settings.lines[SETTING_CONFIRM]);
	if (invocation->given[OPTION_CONFIRM])
		return confirm_boot_fingerprint(
			out, &boot, invocation->value[OPTION_CONFIRM], &bringup->arming, err);
	return errbuf_set(err, ERR_REFUSED,
		"not confirmed, so nothing was loaded: run it at a terminal, or again with "
		"--confirm %s",
		bringup->fingerprint);
}

static enum status load(const struct environment *env, const struct invocation *invocation,
	struct bringup *bringup, struct errbuf *err)
{
	struct confirmation confirmation;
	bringup_tell(bringup, print_line, (void *)env);
	fflush(env->messages);
	if (bringup->refusal[0] != '\0')
		return errbuf_set(err, ERR_REFUSED, "%s; nothing was loaded", bringup->refusal);
	enum status status = bringup_arm(bringup, err);
	if (status == OK)
		status = confirm(&confirmation, env, invocation, bringup, err);
	if (status == OK)
		status = open_not_stopped(env, err);
	if (status != OK)
		return status;
	struct meter meter;
	struct job job = meter_begin(&meter, env);
	status = bringup_run(bringup, &confirmation, &job, err);
	meter_end(&meter);
	if (status == OK)
		talk_say(env, "%s answers", bringup->report.stage);
	if (status == OK && bringup->report.repeated > 0)
		talk_say(env, "%u packets had to be sent again: check cable and supply",
			bringup->report.repeated);
	return status;
}

/* What TF-A may have raised, before and after. */
static void tell_counter(const struct environment *env, const struct bringup_counter *counter,
	const struct session *session)
{
	unsigned word = counter->word >= 0 ? (unsigned)counter->word : 0;
	if (counter->word < 0 || !image_value_is_known(&session->image, word))
		return;
	if (!counter->is_known)
		talk_say(env,
			"anti-rollback: word %u holds 0x%08lX; what it held before cannot be told",
			word, (unsigned long)session->image.value[word]);
	else if (counter->value == session->image.value[word])
		talk_say(env, "anti-rollback: word %u holds 0x%08lX, as before", word,
			(unsigned long)counter->value);
	else
		talk_say(env, "anti-rollback: word %u has CHANGED from 0x%08lX to 0x%08lX", word,
			(unsigned long)counter->value, (unsigned long)session->image.value[word]);
}

static enum exit_status show(const struct environment *env, const struct invocation *invocation,
	const char *source, const struct bringup_counter *counter)
{
	struct errbuf err = {0};
	struct session *session;
	struct environment again = *env;
	/* What was loaded stays. */
	again.session.source.fresh = false;
	enum status status = open_readable(&session, &again, source, &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	tell_counter(env, counter, session);
	status = show_print(env, invocation, session, source, &err);
	session_close(session);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, &err);
}

enum exit_status command_boot(const struct environment *env, const struct invocation *invocation)
{
	struct errbuf err = {0};
	struct firmware firmware = {0};
	struct bringup *bringup = NULL;
	enum status status =
		env->session.read_only
			? errbuf_set(&err, ERR_REFUSED,
				  "this run is read-only: loading firmware can burn fuses; start "
				  "again without --read-only")
			: take_files(&firmware, invocation, &err);
	if (status != OK) {
		firmware_free(&firmware);
		return talk_fail(env, status, &err);
	}
	struct meter meter;
	struct job job = meter_begin(&meter, env);
	struct session_options options = env->session;
	options.job = &job;
	status = bringup_open(&bringup, invocation->operands[0], &firmware, &options, &err);
	meter_end(&meter);
	if (status == OK && bringup->view.is_service)
		talk_say(env, "%s answers already: nothing is loaded", bringup->view.stage);
	else if (status == OK)
		status = load(env, invocation, bringup, &err);
	if (status != OK) {
		bringup_close(bringup);
		return talk_fail(env, status, &err);
	}
	char source[sizeof bringup->view.source];
	struct bringup_counter counter = bringup->counter;
	memcpy(source, bringup->view.source, sizeof source);
	/* The session that follows holds the port itself. */
	bringup_close(bringup);
	return show(env, invocation, source, &counter);
}
