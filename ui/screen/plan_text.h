/*
 * A plan in words, for the preview and for the confirmation.
 */
#ifndef OTPEDIT_UI_SCREEN_PLAN_TEXT_H
#define OTPEDIT_UI_SCREEN_PLAN_TEXT_H

#include "src/plan.h"
#include "ui/screen/page.h"
#include "ui/screen/remark_groups.h"

/*
 * Everything there is to say: what it is for, how dangerous it is, every remark (worst first), each
 * pass with its changes per word and per bit, and the predicted result. Values are shown in full,
 * secrets too: what is burnt or locked must be seen. Only for what outlives the session, `mask`
 * hides them; on such a text nothing is confirmed.
 */
void plan_text_preview(
	struct page *page, const struct plan *plan, const struct remark_groups *groups, bool mask);

/* Hides every value in a remark: remarks tell values by eight hex digits. */
void plan_text_mask(char *text);

/* In short, above the phrase: the board, the danger, the passes, and a line a word and pass. */
void plan_text_summary(struct page *page, const struct plan *plan);

/* "IRREVERSIBLE: …", one sentence a class. */
const char *plan_text_danger(enum danger_class danger);
enum tone plan_text_danger_tone(enum danger_class danger);

/* What a pass does and why it stands where it stands, in one line. */
const char *plan_text_pass(enum pass_kind kind);

/* The numbers of the bits set, as "3 to 6, 9"; "" for none. */
void plan_text_bits(char *out, size_t cap, uint32_t bits);

/* Bit names of locks in words: "permanent write lock, programming sticky lock"; "none" for 0. */
void plan_text_locks(char *out, size_t cap, uint32_t word_status);

#endif
