#include "ui/screen/live.h"

#include "src/peer.h"
#include "ui/screen/rows.h"

#include <stdio.h>
#include <string.h>

#define WORDS_TOLD 6

/* From the preview to the result nothing but the commit may read. */
static bool rests(enum view_id view)
{
	switch (view) {
	case VIEW_PREVIEW:
	case VIEW_CONFIRM:
	case VIEW_PROGRESS:
	case VIEW_RESULT:
	case VIEW_LOST:
	case VIEW_POWER: return true;
	default: return false;
	}
}

unsigned live_interval_ms(const struct app *app)
{
	unsigned seconds = app->environment->settings.live_seconds;
	return seconds > 0 ? 1000 * seconds : WORKER_LIVE_MS;
}

bool live_is_wanted(const struct app *app)
{
	const struct session *session = app->session;
	enum view_id view = app->view == VIEW_HELP ? app->help_from : app->view;
	return app->live && session && session->has_image && !session->is_shut &&
	       app->link != LINK_LOST && app->link != LINK_OPENING && !rests(view);
}

void live_begin(struct app *app)
{
	const struct session *session = app->session;
	app->live = !app->live_declined && session->has_image && session->device &&
		    peer_traits(session->info.peer)->reads_are_harmless;
}

void live_toggle(struct app *app)
{
	const struct session *session = app->session;
	if (app->live) {
		app->live = false;
		app->live_declined = true;
		app_say(app, TONE_PLAIN, "not read by itself any more; '%s' reads once",
			app_key_name(app, KEYS_GRID, ACTION_READ));
		return;
	}
	if (app->link == LINK_LOST || !session->has_image) {
		app_say(app, TONE_WARNING, "there is nothing to read now");
		return;
	}
	app->live = true;
	app->live_declined = false;
	app_say(app, TONE_PLAIN,
		"read by itself every %u second%s, until a read fails; '%s' stops it%s",
		live_interval_ms(app) / 1000, live_interval_ms(app) == 1000 ? "" : "s",
		app_key_name(app, KEYS_GRID, ACTION_LIVE),
		app->link == LINK_OFFLINE || peer_traits(session->info.peer)->reads_are_harmless
			? ""
			: ". One that fails can leave this service in need of a "
			  "power cycle");
}

void live_fail(struct app *app, const char *why)
{
	app->live = false;
	app_say(app, TONE_ERROR, "%s; it is not read by itself any more, before '%s' is pressed",
		why, app_key_name(app, KEYS_GRID, ACTION_LIVE));
}

static bool differs(const struct image *a, const struct image *b, unsigned word)
{
	return word < a->word_count && word < b->word_count &&
	       (a->value[word] != b->value[word] || a->status[word] != b->status[word]);
}

static unsigned list_changes(
	char *out, size_t cap, const struct image *before, const struct image *now)
{
	unsigned count = 0;
	size_t used = 0;
	out[0] = '\0';
	for (unsigned word = 0; word < now->word_count; word++) {
		if (!differs(before, now, word))
			continue;
		if (count < WORDS_TOLD && used < cap)
			used += (size_t)snprintf(
				out + used, cap - used, "%s%u", count > 0 ? ", " : "", word);
		count++;
	}
	if (count > WORDS_TOLD && used < cap)
		snprintf(out + used, cap - used, " and %u more", count - WORDS_TOLD);
	return count;
}

/* What is staged keeps the rules it was staged by, or says that it does not any more. */
static void check_staged(struct app *app, const char *changed)
{
	struct errbuf reason = {0}, next;
	unsigned count = 0, first = 0;
	for (unsigned word = 0; word < app->session->image.word_count; word++) {
		if (!app_is_refused(app, word, &next))
			continue;
		if (count++ == 0) {
			first = word;
			reason = next;
		}
	}
	if (count > 0)
		app_say(app, TONE_ERROR, "%s; %u of what is staged is refused now: word %u: %s",
			changed, count, first, reason.text);
}

void live_compare(struct app *app, const struct image *shown)
{
	char words[120], text[160];
	unsigned count = list_changes(words, sizeof words, shown, &app->session->image);
	if (count == 0)
		return;
	app->page_stale = true;
	snprintf(text, sizeof text, "changed since it was shown: word%s %s", count == 1 ? "" : "s",
		words);
	app_say(app, TONE_WARNING, "%s", text);
	check_staged(app, text);
}

unsigned live_changed(const struct app *app)
{
	unsigned count = 0;
	for (unsigned word = 0; app->has_before && word < app->session->image.word_count; word++)
		count += differs(&app->before, &app->session->image, word) ? 1 : 0;
	return count;
}

void live_text(char *out, size_t cap, const struct app *app)
{
	snprintf(out, cap, "%s%s%s", app->live ? "live, " : "",
		app->read_time[0] ? "last read " : "", app->read_time);
}
