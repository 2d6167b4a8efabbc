/*
 * What boot stages look at in an image before they start it: the STM32 header of versions 1 and 2
 * (ST wiki "STM32 header for binary files", TF-A tools/stm32image), and the first bytes of a FIP
 * (TF-A include/tools_share/firmware_image_package.h).
 */
#include "transport/sim_board_inside.h"

#include <string.h>

#define MAGIC_SIZE       4u
#define AT_SIGNATURE     4u
#define SIGNATURE_SIZE   64u
#define AT_CHECKSUM      68u
#define AT_VERSION_MINOR 73u
#define AT_VERSION_MAJOR 74u
#define AT_LENGTH        76u
#define AT_IMAGE_VERSION 96u
#define AT_OPTIONS       100u /* version 1; in version 2 the flags of extensions stand there */
#define AT_EXTENSIONS    104u /* version 2: their length */

#define HEADER_V1 256u
#define HEADER_V2 128u
#define UNSIGNED  0x00000001u /* of the options of version 1 */
#define SIGNED    0x00000001u /* of the extensions of version 2 */

#define KIB 1024u

#define FIP_NAME    0xAA640001u
#define FIP_MINIMUM 16u

#define MONOTONIC_COUNTER_MP1 4u
#define MONOTONIC_COUNTER_MP2 12u

/* Version 2: with its extensions, which are all padding where there is no signature. */
static size_t header_size(const struct sim_board *board, const uint8_t *bytes, size_t length)
{
	if (board->family == SIM_MP15) {
		return HEADER_V1;
	}
	return length < HEADER_V2 ? HEADER_V2 : (size_t)HEADER_V2 + sim_load(bytes + AT_EXTENSIONS);
}

static size_t payload_limit(const struct sim_board *board)
{
	switch (board->family) {
	case SIM_MP13: return (size_t)128 * KIB;
	case SIM_MP15: return (size_t)247 * KIB;
	default: return (size_t)256 * KIB;
	}
}

static bool has_its_version(const struct sim_board *board, const uint8_t *bytes)
{
	uint8_t major = bytes[AT_VERSION_MAJOR], minor = bytes[AT_VERSION_MINOR];

	switch (board->family) {
	case SIM_MP13: return major == 2 && minor == 0;
	case SIM_MP15: return major == 1 && minor == 0;
	default: return major == 2 && minor >= 1;
	}
}

static bool is_signed(const struct sim_board *board, const uint8_t *bytes)
{
	static const uint8_t none[SIGNATURE_SIZE];
	uint32_t flags = sim_load(bytes + AT_OPTIONS);
	bool says_so = board->family == SIM_MP15 ? (flags & UNSIGNED) == 0 : (flags & SIGNED) != 0;

	return says_so && memcmp(bytes + AT_SIGNATURE, none, sizeof none) != 0;
}

static uint32_t sum_of(const uint8_t *bytes, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < length; i++) {
		sum += bytes[i];
	}
	return sum;
}

/* MP1: how many of the low bits are set. MP2: the place of the highest one. */
static uint32_t counter(const struct sim_board *board)
{
	unsigned word = board->silicon->is_mp2 ? MONOTONIC_COUNTER_MP2 : MONOTONIC_COUNTER_MP1;
	uint32_t fuses = board->words[word].fuses, count = 0;

	for (unsigned bit = 0; bit < 32; bit++) {
		if ((fuses >> bit & 1u) != 0) {
			count = board->silicon->is_mp2 ? bit + 1 : count + 1;
		}
	}
	return count;
}

enum sim_boot_verdict sim_boot_judge_fsbl(
	const struct sim_board *board, const uint8_t *bytes, size_t length)
{
	size_t header = header_size(board, bytes, length);
	bool has_signature;

	if (length < HEADER_V2 || memcmp(bytes, "STM2", MAGIC_SIZE) != 0) {
		return SIM_BOOT_NO_HEADER;
	}
	if (!has_its_version(board, bytes)) {
		return SIM_BOOT_OTHER_VERSION;
	}
	if (length < header) {
		return SIM_BOOT_OTHER_LENGTH;
	}
	if (sim_load(bytes + AT_LENGTH) > payload_limit(board)) {
		return SIM_BOOT_TOO_LARGE;
	}
	if (sim_load(bytes + AT_LENGTH) != length - header) {
		return SIM_BOOT_OTHER_LENGTH;
	}
	has_signature = is_signed(board, bytes);
	if (!has_signature &&
		sim_load(bytes + AT_CHECKSUM) != sum_of(bytes + header, length - header)) {
		return SIM_BOOT_OTHER_CHECKSUM;
	}
	if (!sim_board_is_closed(board)) {
		return SIM_BOOT_ACCEPTED;
	}
	if (!has_signature) {
		return SIM_BOOT_UNSIGNED;
	}
	return sim_boot_image_version(bytes) < counter(board) ? SIM_BOOT_OLD : SIM_BOOT_ACCEPTED;
}

uint32_t sim_boot_image_version(const uint8_t *bytes)
{
	return sim_load(bytes + AT_IMAGE_VERSION);
}

enum sim_boot_verdict sim_boot_judge_fip(const uint8_t *bytes, size_t length)
{
	return length >= FIP_MINIMUM && sim_load(bytes) == FIP_NAME && sim_load(bytes + 4) != 0
		       ? SIM_BOOT_ACCEPTED
		       : SIM_BOOT_NO_HEADER;
}

bool sim_boot_is_prgfw(const uint8_t *bytes, size_t length)
{
	static const char mark[] = "@FSBL-EXT";
	size_t size = sizeof mark - 1;

	for (size_t i = 0; i + size <= length; i++) {
		if (bytes[i] == (uint8_t)mark[0] && memcmp(bytes + i, mark, size) == 0) {
			return true;
		}
	}
	return false;
}
