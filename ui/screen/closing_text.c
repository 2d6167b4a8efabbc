#include "ui/screen/closing_text.h"

#include "src/closing_check.h"

void closing_text(struct page *page, const struct plan *plan)
{
	static const enum tone tones[] = {[CLOSING_HOLDS] = TONE_GOOD,
		[CLOSING_WARNS] = TONE_WARNING,
		[CLOSING_REFUSED] = TONE_ERROR,
		[CLOSING_UNTOLD] = TONE_WARNING};
	struct closing_check checks[CLOSING_CHECKS_MAX];
	size_t count = closing_checks(checks, plan);
	for (size_t i = 0; i < count; i++) {
		page_add(page, tones[checks[i].state], "  [%s] ",
			closing_state_mark(checks[i].state));
		page_wrap(page, TONE_PLAIN, 8, "%s", checks[i].text);
	}
}
