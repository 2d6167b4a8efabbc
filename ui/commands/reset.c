/* reset: a board powered up anew, a simulated one by itself, a real one by hand. */
#include "src/finder.h"
#include "src/power_cycle.h"
#include "ui/commands/ceremony.h"
#include "ui/commands/command.h"
#include "ui/commands/open.h"
#include "ui/commands/talk.h"

#include <time.h>

#define ASK_MS  50   /* how often it is asked whether something came or went, and whether to stop */
#define SOON_MS 500  /* when it is looked again where not all could be seen */
#define LOOK_MS 5000 /* when it is looked again in any case */

static enum exit_status end(const struct environment *env, struct session *session,
	enum status status, struct errbuf *err)
{
	if (status == OK) {
		open_tell_news(env, session);
		fprintf(env->out, "reset: %s is powered up anew%s\n",
			session->board[0] ? session->board : "the board",
			session->has_image ? "" : " and offers no OTP");
	}
	session_close(session);
	return status == OK ? talk_end(env, EXIT_DONE, false) : talk_fail(env, status, err);
}

/* --- a simulated board */

static enum exit_status restart(const struct environment *env, const char *source)
{
	struct errbuf err = {0};
	struct session *session;
	enum status status = open_source(&session, env, source, &err);
	if (status != OK)
		return talk_fail(env, status, &err);
	struct job job = open_job(env);
	if (!session->device)
		status = errbuf_set(&err, ERR_USAGE,
			"'%s' is a saved image: there is nothing to reset", source);
	else
		status = session_restart(session, &job, &err);
	return end(env, session, status, &err);
}

/* --- a real board */

static void explain(const struct environment *env, const struct found_board *board)
{
	if (board->is_blind)
		talk_say(env, "the board at %s", board->path);
	else
		talk_say(env, "%s at %s %s: '%s', serial number '%s'",
			board->stage[0] ? board->stage : "a board", board->link, board->path,
			board->product, board->serial);
	fputs("\n"
	      "Power-cycle it by hand. Nothing is sent to it meanwhile.\n"
	      "  1. Take away ALL of its supplies: power supply, battery, USB cable, debugger.\n"
	      "  2. Wait ten seconds: memory forgets slowly.\n"
	      "  3. Power it up, and start the same service on it again.\n\n",
		env->messages);
}

static void tell_step(const struct environment *env, const struct power_cycle *cycle)
{
	switch (cycle->step) {
	case POWER_STILL_ON: talk_say(env, "waiting until it is gone (^C: stop)"); break;
	case POWER_GONE: talk_say(env, "it is gone; waiting until it is back (^C: stop)"); break;
	case POWER_OTHER_STAGE:
		talk_say(env, "it is back (%s): %s",
			cycle->board.stage[0] ? cycle->board.stage : "not known yet",
			cycle->board.remark);
		break;
	case POWER_BACK:
		if (cycle->board.is_blind) {
			talk_say(env, "whether it has power cannot be seen on a serial line");
			break;
		}
		talk_say(env, "it is back: %s at %s %s", cycle->board.stage, cycle->board.link,
			cycle->board.path);
		break;
	}
}

static void pause_ms(long milliseconds)
{
	struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
	nanosleep(&left, NULL);
}

/* Until there may be something new to see. */
static enum status wait_for_change(const struct environment *env, struct finder *finder,
	const struct power_cycle *cycle, struct errbuf *err)
{
	long limit = cycle->is_unclear || finder->count == 0 ? SOON_MS : LOOK_MS;
	for (long waited = 0; waited < limit; waited += ASK_MS) {
		if (*env->stop)
			return errbuf_set(err, ERR_CANCELLED, "stopped: nothing was settled");
		if (finder_changed(finder))
			return OK;
		pause_ms(ASK_MS);
	}
	return OK;
}

static enum status watch(
	const struct environment *env, struct power_cycle *cycle, struct errbuf *err)
{
	struct finder finder = {0};
	enum power_step told = cycle->step;
	enum status status = OK;
	finder_watch(&finder, env->session.sources);
	tell_step(env, cycle);
	while (status == OK && cycle->step != POWER_BACK) {
		status = power_cycle_look(cycle, err);
		if (status == OK && cycle->step != told)
			tell_step(env, cycle);
		told = cycle->step;
		if (status == OK && cycle->step != POWER_BACK)
			status = wait_for_change(env, &finder, cycle, err);
	}
	finder_close(&finder);
	return status;
}

static enum status ask(const struct environment *env, struct power_cycle *cycle, struct errbuf *err)
{
	enum status status = ceremony_words(env,
		"A board with a supply of its own keeps its memory while a cable is out: "
		"only "
		"you\nknow. If ALL of its power was off, type the following by hand and press "
		"Enter; else\npress Esc, and nothing is settled:\n",
		power_cycle_words(cycle), err);
	if (status == ERR_CANCELLED)
		return errbuf_set(err, status, "not confirmed: nothing was settled");
	/* It may have gone again while the words were typed. */
	if (status == OK)
		status = power_cycle_look(cycle, err);
	return status == OK ? power_cycle_confirm(cycle, power_cycle_words(cycle), err) : status;
}

static enum exit_status settle(const struct environment *env, const struct power_cycle *cycle)
{
	struct errbuf err = {0};
	struct session *session;
	struct session_options options = env->session;
	options.powered = cycle;
	enum status status = session_open(&session, cycle->board.source, &options, &err);
	return status == OK ? end(env, session, OK, &err) : talk_fail(env, status, &err);
}

static enum exit_status power_cycle(
	const struct environment *env, const struct source_ops *source, const char *text)
{
	struct errbuf err = {0};
	struct power_cycle *cycle = NULL;
	enum status status = OK;
	if (!ceremony_is_possible())
		status = errbuf_set(&err, ERR_REFUSED,
			"the power cycle of a real board is confirmed by a person, at a terminal: "
			"nothing was settled");
	if (status == OK)
		status = power_cycle_begin(
			&cycle, source, text, env->session.source.state_folder, &err);
	if (status == OK) {
		explain(env, &cycle->board);
		status = watch(env, cycle, &err);
	}
	if (status == OK)
		status = ask(env, cycle, &err);
	enum exit_status exit_status =
		status == OK ? settle(env, cycle) : talk_fail(env, status, &err);
	power_cycle_free(cycle);
	return exit_status;
}

enum exit_status command_reset(const struct environment *env, const struct invocation *invocation)
{
	const char *text = invocation->operands[0];
	for (size_t i = 0; env->session.sources[i]; i++)
		if (env->session.sources[i]->claims(text) && env->session.sources[i]->find)
			return power_cycle(env, env->session.sources[i], text);
	return restart(env, text);
}
