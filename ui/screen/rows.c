#include "ui/screen/rows.h"

#include "src/word_status.h"

#include <stdio.h>
#include <string.h>

const char *const rows_legend[] = {"*  a value is staged for the word",
	"~  the word changed since it was read before; reading it takes these marks away",
	"?  the value is a shadow copy or unknown: it proves nothing",
	"&  the word is selected, for what is staged next",
	"/  the word was found; Esc takes these marks away",
	"+P a permanent lock is staged; +S +W +R the other locks",
	"P  permanent write lock: no more programming, ever",
	"S  sticky programming lock: no programming until reset", "W  sticky shadow-write lock",
	"R  sticky shadow-read lock: the value is unknown until reset",
	"E  the lock state could not be read", "!  the value is not valid", NULL};

bool rows_changed(const struct app *app, unsigned word)
{
	const struct image *now = &app->session->image, *before = &app->before;
	return app->has_before && word < before->word_count &&
	       (now->value[word] != before->value[word] ||
		       now->status[word] != before->status[word]);
}

static void put_locks(struct cell *cell, uint32_t status, uint32_t staged)
{
	word_status_letters(cell->locks, status);
	uint32_t added = staged & ~status;
	if (!added)
		return;
	size_t used = strlen(cell->locks);
	cell->locks[used++] = '+';
	unsigned count = 0;
	char letter = 0;
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->is_lock && (added >> bit->bit & 1)) {
			count++;
			letter = bit->letter;
		}
	cell->locks[used++] = count == 1 ? letter : (char)('0' + count);
	cell->locks[used] = '\0';
	cell->locks_role = ROLE_STAGED;
}

struct cell rows_cell(const struct app *app, unsigned word)
{
	const struct image *image = &app->session->image;
	const struct edit *edit = app_edit(app, word);
	uint32_t status = image->status[word];
	struct cell cell = {.mark = ' ', .role = ROLE_TEXT, .locks_role = ROLE_FAINT};
	bool staged = edit->sets_value;
	bool masked = app_is_masked(app, word);
	snprintf(cell.value, sizeof cell.value, "%08X", (unsigned)app_value(app, word));
	if (status & WORD_STATUS_PERMANENT)
		cell.role = cell.locks_role = ROLE_LOCKED;
	if (!image_value_is_known(image, word)) {
		cell.mark = '?';
		cell.role = ROLE_UNKNOWN;
		if (!(status & WORD_STATUS_STICKY_READ) && !staged)
			memcpy(cell.value, "????????", sizeof cell.value);
	}
	if (masked && !staged)
		memcpy(cell.value, "********", sizeof cell.value);
	if (rows_changed(app, word)) {
		cell.mark = '~';
		cell.role = ROLE_CHANGED;
	}
	if (status & (WORD_STATUS_READ_ERROR | WORD_STATUS_LOCK_ERROR))
		cell.role = cell.locks_role = ROLE_DANGER;
	if (staged) {
		cell.mark = '*';
		cell.role = ROLE_STAGED;
	}
	put_locks(&cell, status, edit->locks);
	return cell;
}
