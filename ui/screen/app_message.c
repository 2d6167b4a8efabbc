/* What is said below the words, and how long it stays there. */
#include "src/errbuf.h"
#include "ui/screen/app.h"

#include <stdarg.h>
#include <stdio.h>

void app_say(struct app *app, enum tone tone, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(app->message, sizeof app->message, format, arguments);
	va_end(arguments);
	app->message_tone = tone;
	app->message_ms = app->now_ms;
	app->message_is_old = false;
}

static bool warns(enum tone tone)
{
	return tone == TONE_ERROR || tone == TONE_WARNING;
}

void app_message_key(struct app *app)
{
	if (!warns(app->message_tone) || app->now_ms - app->message_ms >= APP_READ_MS)
		app->message[0] = '\0';
	app->message_is_old = true;
}

void app_message_after_key(struct app *app, enum view_id view_before)
{
	if (app->view != view_before && app->message_is_old)
		app->message[0] = '\0';
}

int app_message_fades(struct app *app)
{
	bool fades = app->message[0] &&
		     (app->message_tone == TONE_PLAIN || app->message_tone == TONE_FAINT ||
			     app->message_tone == TONE_GOOD);
	/* What is under way is told of until it is over. */
	if (!fades || !app->worker || worker_is_busy(app->worker))
		return -1;
	long long left = app->message_ms + APP_FADE_MS - app->now_ms;
	if (left <= 0)
		app->message[0] = '\0';
	return left > 0 ? (int)left : 0;
}
