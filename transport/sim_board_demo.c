/*
 * Built-in boards: how factory and boot firmware leave the words of a board that a customer just
 * unpacked. Codes of part, package, revision and product are real; what else the factory words
 * hold is invented and belongs to no chip.
 */
#include "transport/sim_board_inside.h"

#include <string.h>

/* Status of a range of words; ranges that are not named are open and without locks. */
struct range {
	unsigned first, last;
	uint32_t status;
};

struct value {
	unsigned word;
	uint32_t value;
};

/* Words that need something in them, no matter what: certificates, calibration, public keys. */
struct filler {
	unsigned first, last;
	uint32_t seed;
};

struct demo {
	const struct range *ranges;
	const struct value *values;
	const struct filler *fillers;
	size_t range_count, value_count, filler_count;
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define DEMO(family)                                                                               \
	{                                                                                          \
		family##_ranges, family##_values, family##_fillers, COUNT(family##_ranges),        \
			COUNT(family##_values), COUNT(family##_fillers)                            \
	}

/* MP15: statuses as read from an STM32MP157C (ST wiki, "STM32CubeProgrammer OTP management"). */
static const struct range mp15_ranges[] = {
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

/* Open, STM32MP157C, TFBGA361. The bytes of the unique id's last two words spell "SIMULATE". */
static const struct value mp15_values[] = {
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

static const struct filler mp15_fillers[] = {{40, 55, 0xCE570000}};

/* MP13: statuses by analogy with MP15. */
static const struct range mp13_ranges[] = {
	{0, 0, 0x30000000},   /* device mode */
	{1, 1, 0x50000000},   /* part number */
	{2, 2, 0x18000000},   /* security configuration */
	{13, 15, 0x40000000}, /* unique id */
	{18, 18, 0x30000000}, /* hardware options */
	{19, 23, 0x40000000}, /* calibration */
	{24, 31, 0x10000000}, /* hash of the key table, not yet written */
	{32, 39, 0x78000000}, /* factory secrets, hidden by boot code */
	{40, 55, 0x58000000}, /* chip certificate */
	{56, 56, 0x30000000}, /* RMA password, hidden by boot code */
	{57, 60, 0x40000000}, /* both MAC addresses and the board id */
};

/* Open, STM32MP135F, on an MB1635; MAC addresses 02:51:4D:00:00:01 and :02. */
static const struct value mp13_values[] = {
	{0, 0x00000017},
	{1, 0x00000800},
	{13, 0x0051A013},
	{14, 0x53494D55},
	{15, 0x4C415445},
	{19, 0x05B01D70},
	{20, 0x5DB00000},
	{57, 0x004D5102},
	{58, 0x51020100},
	{59, 0x0200004D},
	{60, 0x16351301},
};

static const struct filler mp13_fillers[] = {{40, 55, 0xCE130000}};

/* MP2: words that the map calls identity, calibration or ST's keys are locked. */
#define MP2_RANGES                                                                                 \
	{0, 1, 0x40000000}, {5, 7, 0x40000000}, {9, 10, 0x40000000}, {102, 122, 0x40000000},       \
	{                                                                                          \
		246, 248, 0x40000000                                                               \
	}

/* MP25 and MP23: boot code keeps the decryption keys to itself (OP-TEE stm32_bsec3.c). */
static const struct range mp25_ranges[] = {
	MP2_RANGES,
	{128, 143, 0x40000000},
	{360, 367, 0x30000000},
};

/* STM32MP257F Rev.B in TFBGA436, on an MB1936; somebody has written DEMO into an upper word. */
static const struct value mp25_values[] = {
	{0, 0x0000A5C3},
	{1, 0x00000001},
	{5, 0x0051A025},
	{6, 0x53494D55},
	{7, 0x4C415445},
	{9, 0x80002000},
	{10, 0x00000006},
	{102, 0x00000010},
	{122, 0x00000005},
	{246, 0x19361201},
	{247, 0x004D5102},
	{248, 0x00000300},
	{268, 0x44454D4F},
};

static const struct filler mp25_fillers[] = {{103, 110, 0xCA250000}, {128, 143, 0x5E250000}};

#define mp23_ranges mp25_ranges

/* STM32MP235F Rev.B in VFBGA361, on an MB1605. */
static const struct value mp23_values[] = {
	{0, 0x0000A5C3},
	{1, 0x00000001},
	{5, 0x0051A023},
	{6, 0x53494D55},
	{7, 0x4C415445},
	{9, 0x80082182},
	{10, 0x00000006},
	{102, 0x00000010},
	{122, 0x00000001},
	{246, 0x16051301},
	{247, 0x004D5102},
	{248, 0x00000400},
};

static const struct filler mp23_fillers[] = {{103, 110, 0xCA230000}, {128, 143, 0x5E230000}};

/* MP21: 168 to 179 hold the chip's public key. */
static const struct range mp21_ranges[] = {
	MP2_RANGES,
	{128, 143, 0x40000000},
	{168, 179, 0x40000000},
};

/* STM32MP215F Rev.A in VFBGA361, on an MB2059. */
static const struct value mp21_values[] = {
	{0, 0x0000A5C3},
	{1, 0x00000001},
	{5, 0x0051A021},
	{6, 0x53494D55},
	{7, 0x4C415445},
	{9, 0x8003300D},
	{10, 0x00000006},
	{102, 0x00000008},
	{122, 0x00000001},
	{246, 0x20591101},
	{247, 0x004D5102},
	{248, 0x00000500},
};

static const struct filler mp21_fillers[] = {
	{103, 110, 0xCA210000}, {128, 143, 0x5E210000}, {168, 179, 0xC8210000}};

static const struct demo demos[] = {
	[SIM_MP13] = DEMO(mp13),
	[SIM_MP15] = DEMO(mp15),
	[SIM_MP21] = DEMO(mp21),
	[SIM_MP23] = DEMO(mp23),
	[SIM_MP25] = DEMO(mp25),
};

static void fill(uint8_t *partition, const struct demo *demo)
{
	for (size_t i = 0; i < demo->range_count; i++) {
		for (unsigned word = demo->ranges[i].first; word <= demo->ranges[i].last; word++) {
			sim_store(partition + sim_word_offset(word) + 4, demo->ranges[i].status);
		}
	}
	for (size_t i = 0; i < demo->value_count; i++) {
		sim_store(partition + sim_word_offset(demo->values[i].word), demo->values[i].value);
	}
	for (size_t i = 0; i < demo->filler_count; i++) {
		const struct filler *filler = &demo->fillers[i];

		for (unsigned word = filler->first; word <= filler->last; word++) {
			sim_store(partition + sim_word_offset(word), filler->seed + word * 0x0101u);
		}
	}
}

enum status sim_board_demo(struct sim_board **out, enum sim_family family, struct errbuf *err)
{
	const struct sim_silicon *silicon = sim_silicon(family);
	uint8_t partition[SIM_BOARD_PARTITION_MAX] = {0};

	sim_store(partition + SIM_OFFSET_VERSION, silicon->is_mp2 ? 3 : 2);
	fill(partition, &demos[family]);
	return sim_board_of_family(out, family, partition, sim_word_offset(silicon->words), err);
}

enum status sim_board_blank(struct sim_board **out, struct errbuf *err)
{
	return sim_board_demo(out, SIM_MP15, err);
}
