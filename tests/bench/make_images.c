/*
 * make_images FOLDER COUNT [mp25]: images of so many boards as a production line gives them, of
 * version 2 (U-Boot stm32prog.c). STM32MP15, 96 words: ids and addresses of their own, a serial
 * number, one board in 500 with another board id, in 1000 with an unlocked word of its key hash, in
 * 2000 saved twice. STM32MP25, 368 words: ids, a serial number, a key hash. The same numbers give
 * the same files.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS  368
#define LOCKED UINT32_C(0x40000000)

static uint32_t random_word(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 32);
}

static void put(FILE *out, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		fputc((int)(word >> (8 * i) & 0xFF), out);
}

static unsigned fill_mp15(uint32_t value[WORDS], uint32_t status[WORDS], uint32_t board)
{
	uint64_t seed = board;
	value[0] = 0x17;
	value[16] = 0x10000000;
	value[59] = board % 500 == 7 ? 0x12722302 : 0x12722301;
	value[13] = 0x00410032;
	value[14] = random_word(&seed);
	value[15] = board + 1;
	value[57] = random_word(&seed) << 24 | 0xE18000;
	value[58] = board & 0xFFFF;
	value[60] = 0x30313233 + board;
	for (uint32_t word = 24; word <= 31; word++) {
		value[word] = UINT32_C(0x9E3779B1) * word;
		status[word] = LOCKED;
	}
	for (uint32_t word = 32; word <= 55; word++)
		value[word] = random_word(&seed);
	static const uint32_t locked[] = {13, 14, 15, 16, 57, 58, 59};
	for (size_t i = 0; i < sizeof locked / sizeof locked[0]; i++)
		status[locked[i]] = LOCKED;
	if (board % 1000 == 3)
		status[27] = 0;
	return 96;
}

static unsigned fill_mp25(uint32_t value[WORDS], uint32_t status[WORDS], uint32_t board)
{
	uint64_t seed = board;
	value[5] = 0x0051A025;
	value[6] = random_word(&seed);
	value[7] = board + 1;
	value[9] = 0x00002000; /* STM32MP257C */
	value[60] = 0x30313233 + board;
	for (uint32_t word = 144; word <= 151; word++) {
		value[word] = UINT32_C(0x9E3779B1) * word;
		status[word] = LOCKED;
	}
	for (uint32_t word = 5; word <= 9; word++)
		status[word] = LOCKED;
	return WORDS;
}

static int save(const char *folder, uint32_t file, uint32_t board, int is_mp25)
{
	char path[4096];
	uint32_t value[WORDS] = {0}, status[WORDS] = {0};
	snprintf(path, sizeof path, "%s/%06" PRIu32 ".bin", folder, file);
	FILE *out = fopen(path, "wb");
	if (!out)
		return -1;
	unsigned words = (is_mp25 ? fill_mp25 : fill_mp15)(value, status, board);
	put(out, 2);
	put(out, 0);
	for (unsigned word = 0; word < words; word++) {
		put(out, value[word]);
		put(out, status[word]);
	}
	return fclose(out);
}

int main(int argc, char *argv[])
{
	if (argc != 3 && (argc != 4 || strcmp(argv[3], "mp25") != 0))
		return 2;
	uint32_t count = (uint32_t)strtoul(argv[2], NULL, 10);
	for (uint32_t i = 0; i < count; i++)
		if (save(argv[1], i, i % 2000 == 1999 ? i - 1 : i, argc == 4) != 0) {
			perror(argv[1]);
			return 1;
		}
	return 0;
}
