#include "ui/screen/phrase.h"

#include <string.h>

void phrase_clear(struct phrase *phrase)
{
	phrase->length = 0;
	phrase->text[0] = '\0';
	phrase->run_start = 0;
	phrase->dropped = false;
}

void phrase_paste(struct phrase *phrase, bool begins, long long now_ms)
{
	phrase->pasting = begins;
	phrase->dropped = true;
	phrase->last_ms = now_ms;
	phrase->any = true;
}

/* Whether this key follows the one before faster than fingers do; notes its time. */
static bool follows(struct phrase *phrase, long long now_ms)
{
	long long gap = phrase->any ? now_ms - phrase->last_ms : PHRASE_PASTE_SILENCE_MS;
	phrase->any = true;
	phrase->last_ms = now_ms;
	if (gap >= PHRASE_PASTE_SILENCE_MS)
		phrase->pasting = false;
	return gap < PHRASE_GAP_MS;
}

static void cut(struct phrase *phrase, size_t length)
{
	phrase->length = length;
	phrase->text[length] = '\0';
}

void phrase_type(struct phrase *phrase, uint32_t character, long long now_ms)
{
	if (follows(phrase, now_ms)) {
		phrase->run++;
	} else {
		phrase->run = 1;
		phrase->run_start = phrase->length;
	}
	if (phrase->pasting) {
		phrase->dropped = true;
		return;
	}
	if (phrase->run > PHRASE_RUN_MAX) {
		cut(phrase, phrase->run_start);
		phrase->dropped = true;
		return;
	}
	if (phrase->run == 1)
		phrase->dropped = false;
	if (character < 0x20 || character > 0x7E || phrase->length + 1 >= sizeof phrase->text)
		return;
	phrase->text[phrase->length] = (char)character;
	cut(phrase, phrase->length + 1);
}

void phrase_erase(struct phrase *phrase, long long now_ms)
{
	follows(phrase, now_ms);
	phrase->run = 0;
	if (phrase->pasting || phrase->length == 0)
		return;
	cut(phrase, phrase->length - 1);
	if (phrase->run_start > phrase->length)
		phrase->run_start = phrase->length;
	phrase->dropped = false;
}

bool phrase_enter(struct phrase *phrase, const char *wanted, long long now_ms)
{
	bool in_run = follows(phrase, now_ms);
	return !in_run && !phrase->pasting && wanted[0] != '\0' &&
	       strcmp(phrase->text, wanted) == 0;
}
