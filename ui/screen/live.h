/*
 * The board read again and again by itself: when that is wanted, and what becomes of what is read.
 *
 * It begins by itself where reads are harmless (src/peer.h), else with a key; it rests from the
 * preview of a plan to the result of its commit, and ends with the first read that fails. What is
 * staged stays; marks stay until a person reads the board.
 */
#ifndef OTPEDIT_UI_SCREEN_LIVE_H
#define OTPEDIT_UI_SCREEN_LIVE_H

#include "ui/screen/app.h"

/* How often the board is read by itself, as it was settled. */
unsigned live_interval_ms(const struct app *app);

/* Whether the worker may read the board by itself now. */
bool live_is_wanted(const struct app *app);

/* A person turns it on or off. */
void live_toggle(struct app *app);

/* As the board that was just opened, or is back, has it by default. */
void live_begin(struct app *app);

/* A read that nobody pressed a key for has failed. */
void live_fail(struct app *app, const char *why);

/* Says which words differ between what was shown before and what is shown now, and what of all that
 * is staged is refused now. */
void live_compare(struct app *app, const struct image *shown);

/* How many words differ from what was read before: those with the mark. */
unsigned live_changed(const struct app *app);

/* "live, last read 14:02:11"; "" before anything was read. */
void live_text(char *out, size_t cap, const struct app *app);

#endif
