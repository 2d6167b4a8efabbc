/* The families: numbers that differ, and the names their parts have in U-Boot. */
#include "transport/sim_board_inside.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define MP1_WORDS                                                                                  \
	.words = 96, .once_from = 32, .upper_from = 96, .zero_from = 96, .unreadable_from = 96,    \
	.uboot_words = 96, .has_prgfw = true, .unique_id = 13
#define MP2_WORDS                                                                                  \
	.words = 384, .once_from = 128, .upper_from = 256, .unreadable_from = 376,                 \
	.uboot_words = 368, .is_mp2 = true, .unique_id = 5

static const struct sim_silicon families[] = {
	[SIM_MP13] = {.name = "stm32mp13",
		.device_id = 0x501,
		.revision_id = 0x1001,
		.revision = "Z",
		MP1_WORDS},
	[SIM_MP15] = {.name = "stm32mp15",
		.device_id = 0x500,
		.revision_id = 0x2001,
		.revision = "Z",
		MP1_WORDS},
	[SIM_MP21] = {.name = "stm32mp21",
		.device_id = 0x503,
		.revision_id = 0x1000,
		.revision = "A",
		MP2_WORDS,
		.zero_from = 364},
	[SIM_MP23] = {.name = "stm32mp23",
		.device_id = 0x505,
		.revision_id = 0x2000,
		.revision = "B",
		MP2_WORDS,
		.zero_from = 368,
		.has_prgfw = true},
	[SIM_MP25] = {.name = "stm32mp25",
		.device_id = 0x505,
		.revision_id = 0x2000,
		.revision = "B",
		MP2_WORDS,
		.zero_from = 368,
		.has_prgfw = true},
};

#define FAMILIES (sizeof families / sizeof families[0])

const struct sim_silicon *sim_silicon(enum sim_family family)
{
	assert((size_t)family < FAMILIES);
	return &families[family];
}

const char *sim_family_name(enum sim_family family)
{
	return sim_silicon(family)->name;
}

bool sim_family_by_name(enum sim_family *out, const char *name, size_t length)
{
	for (size_t i = 0; i < FAMILIES; i++) {
		if (strlen(families[i].name) == length &&
			memcmp(families[i].name, name, length) == 0) {
			*out = (enum sim_family)i;
			return true;
		}
	}
	return false;
}

/* --- part numbers: U-Boot mach/sys_proto.h */

struct part {
	enum sim_family family;
	uint32_t code;
	const char *name;
};

static const struct part parts[] = {
	{SIM_MP15, 0x00, "157C"},
	{SIM_MP15, 0x01, "157A"},
	{SIM_MP15, 0x24, "153C"},
	{SIM_MP15, 0x25, "153A"},
	{SIM_MP15, 0x2E, "151C"},
	{SIM_MP15, 0x2F, "151A"},
	{SIM_MP15, 0x80, "157F"},
	{SIM_MP15, 0x81, "157D"},
	{SIM_MP15, 0xA4, "153F"},
	{SIM_MP15, 0xA5, "153D"},
	{SIM_MP15, 0xAE, "151F"},
	{SIM_MP15, 0xAF, "151D"},
	{SIM_MP13, 0x000, "135C"},
	{SIM_MP13, 0x001, "135A"},
	{SIM_MP13, 0x0C0, "133C"},
	{SIM_MP13, 0x0C1, "133A"},
	{SIM_MP13, 0x6C8, "131C"},
	{SIM_MP13, 0x6C9, "131A"},
	{SIM_MP13, 0x800, "135F"},
	{SIM_MP13, 0x801, "135D"},
	{SIM_MP13, 0x8C0, "133F"},
	{SIM_MP13, 0x8C1, "133D"},
	{SIM_MP13, 0xEC8, "131F"},
	{SIM_MP13, 0xEC9, "131D"},
	{SIM_MP21, 0x0003300D, "215C"},
	{SIM_MP21, 0x0007301D, "213C"},
	{SIM_MP21, 0x0007307D, "211C"},
	{SIM_MP21, 0x40033E0D, "215A"},
	{SIM_MP21, 0x40073E1D, "213A"},
	{SIM_MP21, 0x40073E7D, "211A"},
	{SIM_MP23, 0x00082182, "235C"},
	{SIM_MP23, 0x000B318E, "233C"},
	{SIM_MP23, 0x000B31EF, "231C"},
	{SIM_MP23, 0x40082F82, "235A"},
	{SIM_MP23, 0x400B3F8E, "233A"},
	{SIM_MP23, 0x400B3FEF, "231A"},
	{SIM_MP25, 0x00002000, "257C"},
	{SIM_MP25, 0x00082000, "255C"},
	{SIM_MP25, 0x000B300C, "253C"},
	{SIM_MP25, 0x000B306D, "251C"},
	{SIM_MP25, 0x40002E00, "257A"},
	{SIM_MP25, 0x40082E00, "255A"},
	{SIM_MP25, 0x400B3E0C, "253A"},
	{SIM_MP25, 0x400B3E6D, "251A"},
};

enum { PART_MP1 = 1, PART_MP2 = 9, PACKAGE_MP15 = 16, PACKAGE_MP2 = 122 };

/* Bit 31 makes an F of a C and a D of an A. */
#define PLUS_BIT 0x80000000u

/* Where the part number stands, and how much of the word it is. */
static uint32_t part_code(enum sim_family family, uint32_t word)
{
	switch (family) {
	case SIM_MP13: return word & 0xFFF;
	case SIM_MP15: return word & 0xFF;
	default: return word & ~PLUS_BIT;
	}
}

static const struct part *find_part(enum sim_family family, uint32_t word)
{
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (parts[i].family == family && parts[i].code == part_code(family, word)) {
			return &parts[i];
		}
	}
	return NULL;
}

enum sim_family sim_family_of_part(bool is_mp2, const uint8_t *words)
{
	uint32_t word = sim_load(words + SIM_WORD_BYTES * (is_mp2 ? PART_MP2 : PART_MP1));

	if (is_mp2) {
		return find_part(SIM_MP21, word) != NULL   ? SIM_MP21
		       : find_part(SIM_MP23, word) != NULL ? SIM_MP23
							   : SIM_MP25;
	}
	/* 0 and 1 are parts of both. */
	return part_code(SIM_MP13, word) > 1 && find_part(SIM_MP13, word) != NULL ? SIM_MP13
										  : SIM_MP15;
}

static char plus_letter(char letter)
{
	return letter == 'C' ? 'F' : 'D';
}

static const char *package_name(enum sim_family family, const struct sim_board *board)
{
	static const char *const mp15[8] = {[4] = "AA", [3] = "AB", [2] = "AC", [1] = "AD"};
	static const char *const mp25[8] = {[1] = "AL", [3] = "AK", [5] = "AI"};
	static const char *const mp23[8] = {[1] = "AL", [3] = "AK", [7] = "AJ"};
	const char *name = NULL;

	switch (family) {
	case SIM_MP13: return ""; /* U-Boot does not read it */
	case SIM_MP15: name = mp15[board->words[PACKAGE_MP15].fuses >> 27 & 7]; break;
	case SIM_MP23: name = mp23[board->words[PACKAGE_MP2].fuses & 7]; break;
	case SIM_MP21:
	case SIM_MP25: name = mp25[board->words[PACKAGE_MP2].fuses & 7]; break;
	}
	return name != NULL ? name : "??";
}

void sim_board_part_name(const struct sim_board *board, char *out, size_t capacity)
{
	uint32_t word = board->words[board->silicon->is_mp2 ? PART_MP2 : PART_MP1].fuses;
	const struct part *part = find_part(board->family, word);
	char name[5] = "????";

	if (part != NULL) {
		memcpy(name, part->name, sizeof name);
		if (board->silicon->is_mp2 && (word & PLUS_BIT) != 0) {
			name[3] = plus_letter(name[3]);
		}
	}
	snprintf(out, capacity, "%s%s", name, package_name(board->family, board));
}

uint32_t sim_board_device_id(const struct sim_board *board)
{
	return board->silicon->device_id;
}

uint32_t sim_board_revision_id(const struct sim_board *board)
{
	return board->silicon->revision_id;
}

const char *sim_board_revision_name(const struct sim_board *board)
{
	return board->silicon->revision;
}

void sim_board_serial(const struct sim_board *board, char out[SIM_BOARD_SERIAL_SIZE])
{
	const struct sim_word *id = &board->words[board->silicon->unique_id];

	snprintf(out, SIM_BOARD_SERIAL_SIZE, "%08lX%08lX%08lX", (unsigned long)id[0].fuses,
		(unsigned long)id[1].fuses, (unsigned long)id[2].fuses);
}
