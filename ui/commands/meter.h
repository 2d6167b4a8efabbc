/*
 * How far a command is with a board, at a terminal: each step of a commit on a line of its own, and
 * between them the bytes that have passed, on one line that is written over. On standard error, and
 * silent where that is no terminal.
 */
#ifndef OTPEDIT_UI_COMMANDS_METER_H
#define OTPEDIT_UI_COMMANDS_METER_H

#include "src/device.h"
#include "ui/environment.h"
#include "ui/screen/boot_text.h"

struct meter {
	const struct environment *env;
	int width; /* of what stands on the line that is written over */
	struct boot_progress boot;
};

/* For calls until meter_end(); it asks whether to stop, as open_job() does. Both are borrowed. */
struct job meter_begin(struct meter *meter, const struct environment *env);

/* Nothing of it is left on the line. */
void meter_end(struct meter *meter);

#endif
