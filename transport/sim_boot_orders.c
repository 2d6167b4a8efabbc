/* What is ordered of a simulated board's booting, in words: sim_boot_order(). */
#include "transport/sim_boot.h"

#include <stdlib.h>
#include <string.h>

#define ORDERED_TEXT "as ordered\n"
#define LAST_NUMBER  100000000ul

static bool take_number(unsigned long *out, const char *text, const char **end)
{
	char *stop;

	*out = strtoul(text, &stop, 10);
	*end = stop;
	return text[0] >= '0' && text[0] <= '9' && *out <= LAST_NUMBER;
}

static bool take_phase(uint8_t *out, const char *text, const char **end)
{
	unsigned long phase;
	bool is_phase = take_number(&phase, text, end) && phase <= SIM_PHASE_SSBL;

	*out = (uint8_t)phase;
	return is_phase;
}

/* "3@4096" */
static bool take_reset(struct sim_boot_options *options, const char *value)
{
	const char *at;
	unsigned long bytes;

	if (!take_phase(&options->reset_phase, value, &at) || *at != '@' ||
		!take_number(&bytes, at + 1, &at) || *at != '\0' || bytes == 0) {
		return false;
	}
	options->reset_at = bytes;
	return true;
}

static bool take_failure(struct sim_boot_options *options, const char *value)
{
	const char *end;

	options->fail_text = ORDERED_TEXT;
	return take_phase(&options->fail_phase, value, &end) && *end == '\0';
}

static bool take_rollback(struct sim_boot_options *options, const char *value)
{
	static const char *const names[] = {[SIM_ROLLBACK_ALWAYS] = "always",
		[SIM_ROLLBACK_WHEN_CLOSED] = "closed",
		[SIM_ROLLBACK_NEVER] = "never"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], value) == 0) {
			options->rollback = (enum sim_rollback)i;
			return true;
		}
	}
	return false;
}

static bool take_loss(struct sim_boot_options *options, const char *value)
{
	if (strcmp(value, "rom") == 0) {
		options->lost_after = SIM_BOOT_ROM;
	} else if (strcmp(value, "tf-a") == 0) {
		options->lost_after = SIM_BOOT_TFA;
	} else {
		return false;
	}
	return true;
}

static bool take_layout(struct sim_boot_options *options, const char *value)
{
	options->layout_first = true;
	return *value == '\0';
}

static bool take_speech(struct sim_boot_options *options, const char *value)
{
	options->speaks = true;
	return *value == '\0';
}

static bool take_staying(struct sim_boot_options *options, const char *value)
{
	options->handover = SIM_HANDOVER_STAYS;
	return *value == '\0';
}

static bool take_leaving(struct sim_boot_options *options, const char *value)
{
	options->handover = SIM_HANDOVER_LEAVES;
	return *value == '\0';
}

static const struct {
	const char *what;
	bool (*take)(struct sim_boot_options *, const char *value);
} orders[] = {
	{"layout", take_layout},
	{"speaks", take_speech},
	{"stays", take_staying},
	{"leaves", take_leaving},
	{"rollback", take_rollback},
	{"resets", take_reset},
	{"fails", take_failure},
	{"lost", take_loss},
};

bool sim_boot_order(struct sim_board *board, const char *what, const char *value)
{
	struct sim_boot_options options = *sim_boot_options(board);

	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		if (strcmp(orders[i].what, what) == 0 && orders[i].take(&options, value)) {
			sim_boot_set_options(board, &options);
			return true;
		}
	}
	return false;
}
