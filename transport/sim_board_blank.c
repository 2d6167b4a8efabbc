#include "transport/sim_board.h"

/* How boot firmware and factory leave the words of a fresh STM32MP157C, range by range. */
struct range {
	unsigned first, last;
	uint32_t status;
};

/*
 * Statuses as read from an STM32MP157C (ST wiki, "STM32CubeProgrammer OTP management"); words not
 * named are open and without locks.
 */
static const struct range ranges[] = {
	{0, 0, 0x30000000},   /* device mode */
	{1, 1, 0x50000000},   /* part number */
	{2, 2, 0x18000000},   /* security configuration */
	{8, 8, 0x10000000},   /* secret provisioning */
	{12, 15, 0x40000000}, /* unique id and the word before it */
	{16, 16, 0x58000000}, /* package */
	{17, 17, 0x40000000}, /* calibration */
	{18, 18, 0x30000000}, /* hardware options */
	{19, 23, 0x40000000}, /* calibration */
	{24, 31, 0x10000000}, /* key hash, not yet written */
	{32, 39, 0x78000000}, /* factory secrets, hidden by boot code */
	{40, 55, 0x58000000}, /* chip certificate */
	{56, 56, 0x30000000}, /* RMA password, hidden by boot code */
};

struct value {
	unsigned word;
	uint32_t value;
};

/*
 * Words 0, 1 and 16 say "open", "STM32MP157C" and "TFBGA361"; all others are invented. The bytes
 * of the unique id's last two words spell "SIMULATE".
 */
static const struct value values[] = {
	{0, 0x00000017},
	{1, 0x00008000},
	{12, 0x51B0A2D3},
	{13, 0x0051A001},
	{14, 0x53494D55},
	{15, 0x4C415445},
	{16, 0x10000000},
	{17, 0x27301F5D},
	{19, 0x05C01D60},
	{20, 0x5DC00000},
	{23, 0x40002FF0},
};

#define CERTIFICATE_FIRST 40u
#define CERTIFICATE_LAST  55u

static void store(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++) {
		bytes[i] = (uint8_t)(value >> (8 * i));
	}
}

enum status sim_board_blank(struct sim_board **out, struct errbuf *err)
{
	uint8_t partition[SIM_BOARD_PARTITION_SIZE] = {0};
	uint8_t *words = partition + 8;

	store(partition, 2);
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
		for (unsigned word = ranges[i].first; word <= ranges[i].last; word++) {
			store(words + 8 * (size_t)word + 4, ranges[i].status);
		}
	}
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		store(words + 8 * (size_t)values[i].word, values[i].value);
	}
	for (unsigned word = CERTIFICATE_FIRST; word <= CERTIFICATE_LAST; word++) {
		store(words + 8 * (size_t)word, 0xCE570000u + word * 0x0101u);
	}
	return sim_board_from_partition(out, partition, sizeof partition, err);
}
