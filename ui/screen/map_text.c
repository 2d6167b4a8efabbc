#include "ui/screen/map_text.h"

#include "src/word_status.h"
#include "ui/screen/rows.h"

enum map_state map_state_of(const struct app *app, unsigned word)
{
	const struct image *image = &app->session->image;
	const struct edit *edit = app_edit(app, word);
	uint32_t status = image->status[word];
	if (status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR))
		return MAP_INVALID;
	if (edit->sets_value)
		return MAP_STAGED;
	if (!edit_is_empty(edit))
		return MAP_LOCKING;
	if (rows_changed(app, word))
		return MAP_CHANGED;
	if (!image_value_is_known(image, word))
		return MAP_UNKNOWN;
	if (status & WORD_STATUS_PERMANENT)
		return MAP_LOCKED;
	if (status & WORD_STATUS_STICKY_LOCKS)
		return MAP_STICKY;
	return image->value[word] != 0 ? MAP_BURNT : MAP_EMPTY;
}

struct map_sign map_sign(enum map_state state)
{
	static const struct map_sign signs[MAP_STATES] = {
		[MAP_INVALID] = {'!', ROLE_DANGER, "not valid, or lock unreadable"},
		[MAP_STAGED] = {'*', ROLE_STAGED, "value staged"},
		[MAP_LOCKING] = {'+', ROLE_STAGED, "lock staged"},
		[MAP_CHANGED] = {'~', ROLE_CHANGED, "changed since the last read"},
		[MAP_UNKNOWN] = {'?', ROLE_UNKNOWN, "unknown, or a shadow copy"},
		[MAP_LOCKED] = {'P', ROLE_LOCKED, "locked for ever"},
		[MAP_STICKY] = {'s', ROLE_TEXT, "locked until reset"},
		[MAP_BURNT] = {'#', ROLE_TEXT, "burnt, not locked"},
		[MAP_EMPTY] = {'.', ROLE_FAINT, "reads as 0, not locked"},
	};
	return signs[state];
}

void map_count(unsigned out[MAP_STATES], const struct app *app)
{
	for (int state = 0; state < MAP_STATES; state++)
		out[state] = 0;
	for (unsigned word = 0; word < app->session->image.word_count; word++)
		out[map_state_of(app, word)]++;
}

unsigned map_per_row(unsigned word_count)
{
	return word_count <= 128 ? 16 : 32;
}
