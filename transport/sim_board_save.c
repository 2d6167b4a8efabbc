#include "transport/sim_board_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * The format: a line with the version, one with the checksum of the starting image, one line for
 * each word, and one with the checksum of all that stands before it.
 *
 *	otpedit simulated fuses 1
 *	image 5A0C13F2
 *	word 00 00000017 -- 00000017 --
 *	...
 *	check 1B2E9D40
 *
 * A word's line: fuses, S where spoilt, L where locked; then the same three as of the last boot.
 */
#define HEADING  "otpedit simulated fuses "
#define VERSION  "1"
#define IMAGE    "image "
#define WORD     "word "
#define CHECK    "check "
#define HEX_SIZE 8u

uint32_t sim_board_checksum(const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= at[i];
		for (unsigned bit = 0; bit < 8; bit++) {
			crc = (crc & 1) != 0 ? crc >> 1 ^ UINT32_C(0xEDB88320) : crc >> 1;
		}
	}
	return ~crc;
}

static size_t append(char *out, size_t at, const char *text)
{
	size_t length = strlen(text);

	memcpy(out + at, text, length + 1);
	return at + length;
}

size_t sim_board_save(const struct sim_board *board, char out[SIM_BOARD_SAVE_CAPACITY])
{
	char line[80];
	size_t at = append(out, 0, HEADING VERSION "\n");

	snprintf(line, sizeof line, IMAGE "%08" PRIX32 "\n", board->origin);
	at = append(out, at, line);
	for (unsigned i = 0; i < board->silicon->words; i++) {
		const struct sim_word *word = &board->words[i];

		snprintf(line, sizeof line, WORD "%02u %08" PRIX32 " %c%c %08" PRIX32 " %c%c\n", i,
			word->fuses, word->spoilt ? 'S' : '-', word->locked ? 'L' : '-',
			word->shadow, word->shadow_spoilt ? 'S' : '-',
			word->shadow_locked ? 'L' : '-');
		at = append(out, at, line);
	}
	snprintf(line, sizeof line, CHECK "%08" PRIX32 "\n", sim_board_checksum(out, at));
	return append(out, at, line);
}

/* What is still to be read. */
struct rest {
	const char *at;
	size_t length;
};

static bool take_text(struct rest *rest, const char *text)
{
	size_t length = strlen(text);

	if (rest->length < length || memcmp(rest->at, text, length) != 0) {
		return false;
	}
	rest->at += length;
	rest->length -= length;
	return true;
}

static bool take_hex(struct rest *rest, uint32_t *out)
{
	static const char digits[] = "0123456789ABCDEF";
	uint32_t value = 0;

	if (rest->length < HEX_SIZE) {
		return false;
	}
	for (unsigned i = 0; i < HEX_SIZE; i++) {
		const char *digit = memchr(digits, rest->at[i], sizeof digits - 1);

		if (digit == NULL) {
			return false;
		}
		value = value << 4 | (uint32_t)(digit - digits);
	}
	rest->at += HEX_SIZE;
	rest->length -= HEX_SIZE;
	*out = value;
	return true;
}

static bool take_mark(struct rest *rest, char mark, bool *out)
{
	const char set[] = {mark, '\0'};

	*out = take_text(rest, set);
	return *out || take_text(rest, "-");
}

static bool take_word(struct rest *rest, unsigned index, struct sim_word *out)
{
	char label[24];

	snprintf(label, sizeof label, WORD "%02u ", index);
	return take_text(rest, label) && take_hex(rest, &out->fuses) && take_text(rest, " ") &&
	       take_mark(rest, 'S', &out->spoilt) && take_mark(rest, 'L', &out->locked) &&
	       take_text(rest, " ") && take_hex(rest, &out->shadow) && take_text(rest, " ") &&
	       take_mark(rest, 'S', &out->shadow_spoilt) &&
	       take_mark(rest, 'L', &out->shadow_locked) && take_text(rest, "\n");
}

static enum status take_words(struct sim_board *board, struct rest *rest, struct errbuf *err)
{
	for (unsigned i = 0; i < board->silicon->words; i++) {
		if (!take_word(rest, i, &board->words[i])) {
			return errbuf_set(err, ERR_FORMAT,
				"saved fuses are torn or altered at word %u; begin afresh with "
				"--fresh",
				i);
		}
	}
	return OK;
}

static enum status take_heading(struct rest *rest, uint32_t origin, struct errbuf *err)
{
	uint32_t image;

	if (!take_text(rest, HEADING)) {
		return errbuf_set(err, ERR_FORMAT,
			"these are not saved fuses of a simulated board; begin "
			"afresh with --fresh");
	}
	if (!take_text(rest, VERSION "\n")) {
		return errbuf_set(err, ERR_FORMAT,
			"saved fuses of another version than " VERSION
			"; use the program that saved them, or begin afresh with --fresh");
	}
	if (!take_text(rest, IMAGE) || !take_hex(rest, &image) || !take_text(rest, "\n")) {
		return errbuf_set(err, ERR_FORMAT,
			"saved fuses are torn or altered in line 2; begin afresh with --fresh");
	}
	if (image != origin) {
		return errbuf_set(err, ERR_FORMAT,
			"saved fuses belong to a board that started from another image; begin "
			"afresh with --fresh");
	}
	return OK;
}

enum status sim_board_restore(
	struct sim_board *board, const char *text, size_t length, struct errbuf *err)
{
	struct rest rest = {text, length};
	struct sim_board restored = *board;
	enum status status = take_heading(&rest, board->origin, err);
	uint32_t expected;
	uint32_t check;

	if (status == OK) {
		status = take_words(&restored, &rest, err);
	}
	if (status != OK) {
		return status;
	}
	expected = sim_board_checksum(text, length - rest.length);
	if (!take_text(&rest, CHECK) || !take_hex(&rest, &check) || !take_text(&rest, "\n") ||
		rest.length != 0 || check != expected) {
		return errbuf_set(err, ERR_FORMAT,
			"saved fuses are torn or altered: their checksum is wrong; begin afresh "
			"with --fresh");
	}
	*board = restored;
	return OK;
}
