#include "transport/sim_board.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define PARTITION 776u

#define UNREADABLE  0x00000001u
#define LOCK_ERROR  0x04000000u
#define STICKY_PROG 0x08000000u
#define STICKY_READ 0x20000000u
#define PERMANENT   0x40000000u
#define REQUEST     0x80000000u
#define WRITE_LOCK  0xC0000000u

/* A partition under construction, read or request alike. */
struct partition {
	uint8_t bytes[1024];
};

static void put(struct partition *p, size_t offset, uint32_t value)
{
	p->bytes[offset] = (uint8_t)value;
	p->bytes[offset + 1] = (uint8_t)(value >> 8);
	p->bytes[offset + 2] = (uint8_t)(value >> 16);
	p->bytes[offset + 3] = (uint8_t)(value >> 24);
}

static uint32_t get(const struct partition *p, size_t offset)
{
	return (uint32_t)p->bytes[offset] | (uint32_t)p->bytes[offset + 1] << 8 |
	       (uint32_t)p->bytes[offset + 2] << 16 | (uint32_t)p->bytes[offset + 3] << 24;
}

static struct partition empty_partition(void)
{
	struct partition p = {{0}};

	put(&p, 0, 2);
	return p;
}

static void put_word(struct partition *p, unsigned word, uint32_t value, uint32_t status)
{
	put(p, 8 + 8 * (size_t)word, value);
	put(p, 12 + 8 * (size_t)word, status);
}

static struct sim_board *board_from(const struct partition *p)
{
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};

	assert_int_equal(sim_board_from_partition(&board, p->bytes, PARTITION, &err), OK);
	return board;
}

static struct sim_board *empty_board(void)
{
	struct partition p = empty_partition();

	return board_from(&p);
}

static bool write_word(struct sim_board *board, unsigned word, uint32_t value, uint32_t status)
{
	struct partition p = empty_partition();

	put_word(&p, word, value, status);
	return sim_board_otp_write(board, p.bytes, PARTITION);
}

static void assert_reads(
	struct sim_board *board, unsigned word, uint32_t value, uint32_t word_status)
{
	struct partition p;

	assert_true(sim_board_otp_read(board, p.bytes));
	assert_int_equal(get(&p, 8 + 8 * (size_t)word), value);
	assert_int_equal(get(&p, 12 + 8 * (size_t)word), word_status);
}

static void test_reads_back_the_image_it_started_from(void **state)
{
	struct partition image;
	struct partition read;
	struct sim_board *board;
	FILE *file = fopen(TEST_DATA "/stm32mp157c-read.bin", "rb");

	(void)state;
	assert_non_null(file);
	assert_int_equal(fread(image.bytes, 1, sizeof image.bytes, file), PARTITION);
	fclose(file);
	board = board_from(&image);
	assert_true(sim_board_otp_read(board, read.bytes));
	assert_memory_equal(read.bytes, image.bytes, PARTITION);
	sim_board_free(board);
}

static void test_image_padded_to_1024_is_taken_if_zero(void **state)
{
	struct partition p = empty_partition();
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};

	(void)state;
	put_word(&p, 60, 0x12345678, 0);
	assert_int_equal(sim_board_from_partition(&board, p.bytes, 1024, &err), OK);
	assert_int_equal(sim_board_fuses(board, 60), 0x12345678);
	sim_board_free(board);
	p.bytes[1000] = 1;
	assert_int_equal(sim_board_from_partition(&board, p.bytes, 1024, &err), ERR_FORMAT);
	assert_string_equal(err.text, "byte 1000, after the 776 of the partition, is not zero");
}

static void assert_refused(const struct partition *p, size_t length, const char *says)
{
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};

	assert_int_equal(sim_board_from_partition(&board, p->bytes, length, &err), ERR_FORMAT);
	assert_null(board);
	assert_non_null(strstr(err.text, says));
}

static void test_other_images_are_refused(void **state)
{
	struct partition p = empty_partition();

	(void)state;
	assert_refused(&p, 775, "these are 775");
	put(&p, 0, 1);
	assert_refused(&p, PARTITION, "version 1");
	p = empty_partition();
	put_word(&p, 9, 0, REQUEST);
	assert_refused(&p, PARTITION, "word 9 carries a write request");
	p = empty_partition();
	put_word(&p, 95, 0, 0x80);
	assert_refused(&p, PARTITION, "word 95 has status 00000080");
}

static void test_lower_words_take_bits_at_any_time(void **state)
{
	struct sim_board *board = empty_board();

	(void)state;
	assert_true(write_word(board, 9, 0x000000F0, REQUEST));
	assert_true(write_word(board, 9, 0x80000001, REQUEST));
	assert_reads(board, 9, 0x800000F1, 0);
	/* A 1 is never taken back. */
	assert_true(write_word(board, 31, 0x3, REQUEST));
	assert_true(write_word(board, 31, 0x4, REQUEST));
	assert_reads(board, 31, 0x7, 0);
	assert_int_equal(sim_board_pulses(board, 9), 2);
	sim_board_free(board);
}

static void test_upper_words_take_one_value(void **state)
{
	struct sim_board *board = empty_board();

	(void)state;
	assert_true(write_word(board, 32, 0xF0, REQUEST));
	assert_reads(board, 32, 0xF0, 0);
	/* Adding a bit spoils it, and the firmware says nothing. */
	assert_true(write_word(board, 32, 0xF1, REQUEST));
	assert_reads(board, 32, 0, UNREADABLE);
	assert_true(sim_board_is_spoilt(board, 32));
	assert_int_equal(sim_board_fuses(board, 32), 0xF1);
	/* So does a value with fewer bits. */
	assert_true(write_word(board, 95, 0xFF, REQUEST));
	assert_true(write_word(board, 95, 0x0F, REQUEST));
	assert_reads(board, 95, 0, UNREADABLE);
	/* Nothing heals it. */
	assert_true(write_word(board, 95, 0xFF, REQUEST));
	sim_board_reset(board);
	assert_reads(board, 95, 0, UNREADABLE);
	sim_board_free(board);
}

static void test_same_value_again_leaves_an_upper_word_intact(void **state)
{
	struct sim_board *board = empty_board();

	(void)state;
	assert_true(write_word(board, 70, 0xCAFE0001, REQUEST));
	assert_true(write_word(board, 70, 0xCAFE0001, REQUEST));
	assert_reads(board, 70, 0xCAFE0001, 0);
	assert_int_equal(sim_board_pulses(board, 70), 2);
	sim_board_free(board);
}

static void test_locked_word_ends_the_walk(void **state)
{
	struct sim_board *board = empty_board();
	struct partition p = empty_partition();

	(void)state;
	assert_true(write_word(board, 10, 0, WRITE_LOCK));
	assert_reads(board, 10, 0, PERMANENT);
	put_word(&p, 9, 0x1, REQUEST);
	put_word(&p, 10, 0x2, REQUEST);
	put_word(&p, 11, 0x4, REQUEST);
	assert_false(sim_board_otp_write(board, p.bytes, PARTITION));
	/* The word before stays burnt, the words from there on are untouched. */
	assert_reads(board, 9, 0x1, 0);
	assert_reads(board, 10, 0, PERMANENT);
	assert_reads(board, 11, 0, 0);
	assert_int_equal(sim_board_pulses(board, 10), 0);
	/* Even the value it has is refused; locking it once more is not. */
	assert_true(write_word(board, 60, 0x55, WRITE_LOCK));
	assert_false(write_word(board, 60, 0x55, REQUEST));
	assert_true(write_word(board, 60, 0, WRITE_LOCK));
	assert_reads(board, 60, 0x55, PERMANENT);
	sim_board_free(board);
}

static void test_value_then_lock_word_by_word(void **state)
{
	struct sim_board *board = empty_board();
	struct partition p = empty_partition();

	(void)state;
	/* Words go upwards and each is locked before the next: word 0 closes before the key is in.
	 */
	sim_board_set_word_fault(board, 24, SIM_WORD_FAILS);
	put_word(&p, 0, 0x40, REQUEST);
	put_word(&p, 9, 0x77, WRITE_LOCK);
	put_word(&p, 24, 0xAAAA5555, WRITE_LOCK);
	assert_false(sim_board_otp_write(board, p.bytes, PARTITION));
	assert_int_equal(sim_board_fuses(board, 0), 0x40);
	assert_true(sim_board_is_locked(board, 9));
	assert_int_equal(sim_board_fuses(board, 24), 0);
	assert_false(sim_board_is_locked(board, 24));
	sim_board_free(board);
}

static void test_what_the_firmware_ignores(void **state)
{
	struct sim_board *board = empty_board();
	struct partition p = empty_partition();

	(void)state;
	/* Without bit 31 neither value nor lock. */
	assert_true(write_word(board, 60, 0x1234, PERMANENT));
	assert_reads(board, 60, 0, 0);
	/* Bits 27 to 29 do nothing. */
	assert_true(write_word(board, 61, 0x1, REQUEST | 0x38000000u));
	assert_reads(board, 61, 0x1, 0);
	/* So does the global state, and so do bytes after 776. */
	put(&p, 4, 0xFFFFFFFF);
	memset(p.bytes + PARTITION, 0xFF, sizeof p.bytes - PARTITION);
	put_word(&p, 62, 0x2, REQUEST);
	assert_true(sim_board_otp_write(board, p.bytes, sizeof p.bytes));
	assert_reads(board, 62, 0x2, 0);
	sim_board_free(board);
}

static void test_requests_that_are_refused_whole(void **state)
{
	struct sim_board *board = empty_board();
	struct partition p = empty_partition();

	(void)state;
	put_word(&p, 60, 0x1, REQUEST);
	assert_false(sim_board_otp_write(board, p.bytes, PARTITION - 1));
	put(&p, 0, 1);
	assert_false(sim_board_otp_write(board, p.bytes, PARTITION));
	put(&p, 0, 3);
	assert_false(sim_board_otp_write(board, p.bytes, PARTITION));
	assert_int_equal(sim_board_pulses(board, 60), 0);
	sim_board_free(board);
}

static void test_sticky_programming_lock_ignores_in_silence(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *board;

	(void)state;
	put_word(&image, 60, 0, STICKY_PROG);
	put_word(&image, 61, 0x5, STICKY_PROG | PERMANENT);
	board = board_from(&image);
	assert_true(write_word(board, 60, 0x1234, REQUEST));
	assert_reads(board, 60, 0, STICKY_PROG);
	assert_int_equal(sim_board_pulses(board, 60), 0);
	assert_true(write_word(board, 61, 0x6, REQUEST));
	assert_reads(board, 61, 0x5, STICKY_PROG | PERMANENT);
	/* Value and lock together freeze the empty word. */
	assert_true(write_word(board, 60, 0x1234, WRITE_LOCK));
	assert_reads(board, 60, 0, STICKY_PROG | PERMANENT);
	sim_board_reset(board);
	assert_reads(board, 60, 0, STICKY_PROG | PERMANENT);
	sim_board_free(board);
}

static void test_shadow_copy_is_served_until_reset(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *board;

	(void)state;
	put_word(&image, 18, 0x100, STICKY_READ);
	put_word(&image, 56, 0, STICKY_READ);
	board = board_from(&image);
	assert_true(write_word(board, 18, 0x008, REQUEST));
	assert_reads(board, 18, 0x100, STICKY_READ);
	assert_int_equal(sim_board_fuses(board, 18), 0x108);
	sim_board_reset(board);
	assert_reads(board, 18, 0x108, STICKY_READ);
	/* A word that boot code hides shows nothing, ever. */
	assert_true(write_word(board, 56, 0x7777, REQUEST));
	sim_board_reset(board);
	assert_reads(board, 56, 0, STICKY_READ);
	assert_int_equal(sim_board_fuses(board, 56), 0x7777);
	sim_board_free(board);
}

static void test_spoiling_behind_a_shadow_copy_shows_after_reset(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *board;

	(void)state;
	put_word(&image, 70, 0x5, STICKY_READ);
	board = board_from(&image);
	assert_true(write_word(board, 70, 0xD, REQUEST));
	assert_reads(board, 70, 0x5, STICKY_READ);
	sim_board_reset(board);
	assert_reads(board, 70, 0, STICKY_READ | UNREADABLE);
	sim_board_free(board);
}

static void test_spoilt_and_odd_words_of_an_image(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *board;

	(void)state;
	put_word(&image, 93, 0, UNREADABLE);
	put_word(&image, 94, 0x9, LOCK_ERROR);
	board = board_from(&image);
	assert_true(sim_board_is_spoilt(board, 93));
	assert_true(write_word(board, 93, 0x1F1, REQUEST));
	assert_reads(board, 93, 0, UNREADABLE);
	assert_reads(board, 94, 0x9, LOCK_ERROR);
	sim_board_reset(board);
	assert_reads(board, 94, 0x9, LOCK_ERROR);
	sim_board_free(board);
}

static void test_lock_shows_at_once_or_after_reset(void **state)
{
	struct sim_board *board = empty_board();

	(void)state;
	assert_true(write_word(board, 60, 0x1, WRITE_LOCK));
	assert_reads(board, 60, 0x1, PERMANENT);
	sim_board_show_locks(board, SIM_LOCKS_AT_RESET);
	assert_reads(board, 60, 0x1, 0);
	/* It holds before it shows. */
	assert_false(write_word(board, 60, 0x1, REQUEST));
	sim_board_reset(board);
	assert_reads(board, 60, 0x1, PERMANENT);
	sim_board_free(board);
}

static void test_closing_takes_effect_at_the_next_boot(void **state)
{
	struct sim_board *board = empty_board();
	struct partition p;

	(void)state;
	assert_true(write_word(board, 0, 0x40, REQUEST));
	assert_false(sim_board_is_closed(board));
	assert_reads(board, 0, 0x40, 0);
	sim_board_reset(board);
	assert_true(sim_board_is_closed(board));
	assert_false(sim_board_otp_read(board, p.bytes));
	assert_false(write_word(board, 60, 1, REQUEST));
	assert_int_equal(sim_board_pulses(board, 60), 0);
	sim_board_free(board);
}

static void test_closed_images(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *board;

	(void)state;
	put_word(&image, 0, 0x57, STICKY_READ);
	board = board_from(&image);
	assert_true(sim_board_is_closed(board));
	sim_board_free(board);
	/* Word 0 open, yet the global state says invalid. */
	put_word(&image, 0, 0x17, STICKY_READ);
	put(&image, 4, 3);
	board = board_from(&image);
	assert_true(sim_board_is_closed(board));
	sim_board_free(board);
}

static void test_closing_an_open_board_whose_word_0_was_hidden_as_zero(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *board;

	(void)state;
	put_word(&image, 0, 0, STICKY_READ);
	board = board_from(&image);
	assert_true(write_word(board, 0, 0x40, REQUEST));
	sim_board_reset(board);
	assert_true(sim_board_is_closed(board));
	sim_board_free(board);
}

static void test_faults_of_the_board(void **state)
{
	struct sim_board *board = empty_board();
	struct partition p;

	(void)state;
	memset(p.bytes, 0xA5, sizeof p.bytes);
	sim_board_set_faults(board, (struct sim_faults){.read_fails = true});
	assert_false(sim_board_otp_read(board, p.bytes));
	assert_int_equal(p.bytes[0], 0xA5);
	assert_true(write_word(board, 60, 0x1, REQUEST));
	assert_int_equal(sim_board_fuses(board, 60), 0x1);
	sim_board_set_faults(board, (struct sim_faults){.service_refused = true});
	assert_false(sim_board_otp_read(board, p.bytes));
	assert_false(write_word(board, 61, 0x1, REQUEST));
	sim_board_set_faults(board, (struct sim_faults){.lies = true});
	assert_true(write_word(board, 62, 0x1, WRITE_LOCK));
	assert_reads(board, 62, 0, 0);
	assert_int_equal(sim_board_pulses(board, 62), 0);
	sim_board_free(board);
}

static void test_late_burn(void **state)
{
	struct sim_board *board = empty_board();

	(void)state;
	sim_board_set_faults(board, (struct sim_faults){.late = 3});
	assert_true(write_word(board, 60, 0x1, WRITE_LOCK));
	assert_reads(board, 60, 0, 0);
	assert_reads(board, 60, 0, 0);
	assert_reads(board, 60, 0x1, PERMANENT);
	assert_reads(board, 60, 0x1, PERMANENT);
	assert_int_equal(sim_board_pulses(board, 60), 1);
	/* A reset before comes in time. */
	assert_true(write_word(board, 61, 0x1, REQUEST));
	sim_board_reset(board);
	for (unsigned i = 0; i < 4; i++) {
		assert_reads(board, 61, 0, 0);
	}
	sim_board_free(board);
}

static void test_faults_of_words(void **state)
{
	struct sim_board *board = empty_board();

	(void)state;
	sim_board_set_word_fault(board, 9, SIM_WORD_TAKES_HALF);
	assert_true(write_word(board, 9, 0x12345678, REQUEST));
	assert_reads(board, 9, 0x00005678, 0);
	sim_board_set_word_fault(board, 60, SIM_WORD_TAKES_HALF);
	assert_true(write_word(board, 60, 0x12345678, REQUEST));
	assert_reads(board, 60, 0, UNREADABLE);
	sim_board_set_word_fault(board, 61, SIM_WORD_IGNORES);
	assert_true(write_word(board, 61, 0x1, REQUEST));
	assert_reads(board, 61, 0, 0);
	sim_board_set_word_fault(board, 62, SIM_WORD_SPOILS);
	assert_true(write_word(board, 62, 0x1, REQUEST));
	assert_reads(board, 62, 0, UNREADABLE);
	sim_board_set_word_fault(board, 63, SIM_WORD_LOCK_FAILS);
	assert_false(write_word(board, 63, 0x1, WRITE_LOCK));
	assert_reads(board, 63, 0x1, 0);
	sim_board_set_word_fault(board, 63, SIM_WORD_READ_ERROR);
	assert_reads(board, 63, 0, UNREADABLE);
	sim_board_set_word_fault(board, 63, SIM_WORD_SOUND);
	assert_reads(board, 63, 0x1, 0);
	sim_board_free(board);
}

static void test_power_cut_in_the_middle(void **state)
{
	struct sim_board *board = empty_board();
	struct partition p = empty_partition();

	(void)state;
	sim_board_set_word_fault(board, 61, SIM_WORD_CUTS_POWER);
	put_word(&p, 60, 0x1, WRITE_LOCK);
	put_word(&p, 61, 0x2, WRITE_LOCK);
	assert_false(sim_board_otp_write(board, p.bytes, PARTITION));
	assert_false(sim_board_is_powered(board));
	assert_false(sim_board_otp_read(board, p.bytes));
	sim_board_reset(board);
	assert_false(sim_board_is_powered(board));
	sim_board_power_up(board);
	assert_int_equal(sim_board_boot_count(board), 2);
	assert_reads(board, 60, 0x1, PERMANENT);
	assert_reads(board, 61, 0, 0);
	sim_board_free(board);
}

/* What the fuses looked like at each change. */
struct log {
	unsigned count;
	uint32_t fuses[8];
	bool locked[8];
};

static void log_word_60(struct sim_board *board, void *payload)
{
	struct log *log = payload;

	assert_true(log->count < 8);
	log->fuses[log->count] = sim_board_fuses(board, 60);
	log->locked[log->count] = sim_board_is_locked(board, 60);
	log->count++;
}

static void test_every_change_is_told(void **state)
{
	struct sim_board *board = empty_board();
	struct log log = {0};

	(void)state;
	sim_board_on_change(board, log_word_60, &log);
	assert_true(write_word(board, 60, 0xAB, WRITE_LOCK));
	assert_int_equal(log.count, 2);
	assert_int_equal(log.fuses[0], 0xAB);
	assert_false(log.locked[0]);
	assert_true(log.locked[1]);
	/* The same again changes nothing, and neither does looking. */
	assert_true(write_word(board, 60, 0, WRITE_LOCK));
	assert_reads(board, 60, 0xAB, PERMANENT);
	assert_int_equal(log.count, 2);
	sim_board_free(board);
}

static void test_blank_board_is_virgin(void **state)
{
	struct sim_board *board = NULL;
	struct errbuf err = {{0}};

	(void)state;
	assert_int_equal(sim_board_blank(&board, &err), OK);
	assert_false(sim_board_is_closed(board));
	assert_reads(board, 0, 0x17, 0x30000000);
	assert_int_not_equal(sim_board_fuses(board, 13), 0);
	for (unsigned word = 24; word <= 31; word++) {
		assert_int_equal(sim_board_fuses(board, word), 0);
	}
	for (unsigned word = 57; word <= 95; word++) {
		assert_reads(board, word, 0, 0);
	}
	sim_board_free(board);
}

static struct sim_board *board_with_history(const struct partition *image)
{
	struct sim_board *board = board_from(image);

	assert_true(write_word(board, 0, 0x40, REQUEST));
	assert_true(write_word(board, 60, 0xAB, WRITE_LOCK));
	assert_true(write_word(board, 61, 0x1, REQUEST));
	assert_true(write_word(board, 61, 0x2, REQUEST));
	return board;
}

static void test_saved_fuses_come_back(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *first;
	struct sim_board *second;
	struct errbuf err = {{0}};
	char text[SIM_BOARD_SAVE_CAPACITY];
	char again[SIM_BOARD_SAVE_CAPACITY];
	size_t length;

	(void)state;
	put_word(&image, 0, 0x17, STICKY_READ);
	first = board_with_history(&image);
	second = board_from(&image);
	length = sim_board_save(first, text);
	assert_int_equal(strlen(text), length);
	assert_int_equal(sim_board_restore(second, text, length, &err), OK);
	assert_int_equal(sim_board_fuses(second, 60), 0xAB);
	assert_true(sim_board_is_locked(second, 60));
	assert_true(sim_board_is_spoilt(second, 61));
	assert_reads(second, 61, 0, UNREADABLE);
	assert_int_equal(sim_board_save(second, again), length);
	assert_string_equal(again, text);
	/* It has not been reset: the shadow copy is the old one, a lock may still wait to show. */
	assert_reads(second, 0, 0x17, STICKY_READ);
	assert_int_equal(sim_board_fuses(second, 0), 0x57);
	sim_board_show_locks(second, SIM_LOCKS_AT_RESET);
	assert_reads(second, 60, 0xAB, 0);
	sim_board_reset(second);
	assert_true(sim_board_is_closed(second));
	/* A closed board comes back closed. */
	length = sim_board_save(second, text);
	assert_int_equal(sim_board_restore(first, text, length, &err), OK);
	assert_true(sim_board_is_closed(first));
	sim_board_free(first);
	sim_board_free(second);
}

static void test_first_lines_of_saved_fuses(void **state)
{
	static const char head[] = "otpedit simulated fuses 1\nimage ";
	static const char word_0[] = "\nword 00 00000040 -- 00000000 --\nword 01 ";
	static const char word_60[] = "\nword 60 000000AB -L 00000000 --\n"
				      "word 61 00000003 S- 00000000 --\n";
	struct partition image = empty_partition();
	struct sim_board *board = board_with_history(&image);
	char text[SIM_BOARD_SAVE_CAPACITY];

	(void)state;
	sim_board_save(board, text);
	assert_memory_equal(text, head, strlen(head));
	assert_non_null(strstr(text, word_0));
	assert_non_null(strstr(text, word_60));
	sim_board_free(board);
}

static void test_torn_saves_are_refused_at_every_length(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *saved = board_with_history(&image);
	struct sim_board *board = board_from(&image);
	char text[SIM_BOARD_SAVE_CAPACITY];
	size_t length = sim_board_save(saved, text);

	(void)state;
	for (size_t cut = 0; cut < length; cut++) {
		struct errbuf err = {{0}};

		assert_int_equal(sim_board_restore(board, text, cut, &err), ERR_FORMAT);
		assert_string_not_equal(err.text, "");
	}
	assert_int_equal(sim_board_fuses(board, 60), 0);
	sim_board_free(saved);
	sim_board_free(board);
}

static void test_altered_saves_are_refused_at_every_byte(void **state)
{
	struct partition image = empty_partition();
	struct sim_board *saved = board_with_history(&image);
	struct sim_board *board = board_from(&image);
	char text[SIM_BOARD_SAVE_CAPACITY];
	size_t length = sim_board_save(saved, text);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		static const char others[] = {'0', 'L', ' ', '\n', '\0'};

		for (size_t k = 0; k < sizeof others; k++) {
			struct errbuf err = {{0}};
			char before = text[i];

			if (before == others[k]) {
				continue;
			}
			text[i] = others[k];
			assert_int_equal(sim_board_restore(board, text, length, &err), ERR_FORMAT);
			text[i] = before;
		}
	}
	assert_int_equal(sim_board_fuses(board, 60), 0);
	sim_board_free(saved);
	sim_board_free(board);
}

static void assert_not_restored(
	struct sim_board *board, const char *text, size_t length, const char *says)
{
	struct errbuf err = {{0}};

	assert_int_equal(sim_board_restore(board, text, length, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, says));
}

static void test_foreign_saves_are_refused(void **state)
{
	struct partition image = empty_partition();
	struct partition other = empty_partition();
	struct sim_board *saved = board_with_history(&image);
	struct sim_board *board;
	char text[SIM_BOARD_SAVE_CAPACITY];
	size_t length = sim_board_save(saved, text);

	(void)state;
	put_word(&other, 13, 0x1, PERMANENT);
	board = board_from(&other);
	assert_not_restored(board, text, length, "started from another image");
	assert_not_restored(saved, "hello\n", 6, "not saved fuses");
	text[strlen("otpedit simulated fuses ")] = '2';
	assert_not_restored(saved, text, length, "of another version than 1");
	/* Something behind the end. */
	length = sim_board_save(saved, text);
	text[length] = '\n';
	assert_not_restored(saved, text, length + 1, "torn or altered");
	sim_board_free(saved);
	sim_board_free(board);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_back_the_image_it_started_from),
		cmocka_unit_test(test_image_padded_to_1024_is_taken_if_zero),
		cmocka_unit_test(test_other_images_are_refused),
		cmocka_unit_test(test_lower_words_take_bits_at_any_time),
		cmocka_unit_test(test_upper_words_take_one_value),
		cmocka_unit_test(test_same_value_again_leaves_an_upper_word_intact),
		cmocka_unit_test(test_locked_word_ends_the_walk),
		cmocka_unit_test(test_value_then_lock_word_by_word),
		cmocka_unit_test(test_what_the_firmware_ignores),
		cmocka_unit_test(test_requests_that_are_refused_whole),
		cmocka_unit_test(test_sticky_programming_lock_ignores_in_silence),
		cmocka_unit_test(test_shadow_copy_is_served_until_reset),
		cmocka_unit_test(test_spoiling_behind_a_shadow_copy_shows_after_reset),
		cmocka_unit_test(test_spoilt_and_odd_words_of_an_image),
		cmocka_unit_test(test_lock_shows_at_once_or_after_reset),
		cmocka_unit_test(test_closing_takes_effect_at_the_next_boot),
		cmocka_unit_test(test_closed_images),
		cmocka_unit_test(test_closing_an_open_board_whose_word_0_was_hidden_as_zero),
		cmocka_unit_test(test_faults_of_the_board),
		cmocka_unit_test(test_late_burn),
		cmocka_unit_test(test_faults_of_words),
		cmocka_unit_test(test_power_cut_in_the_middle),
		cmocka_unit_test(test_every_change_is_told),
		cmocka_unit_test(test_blank_board_is_virgin),
		cmocka_unit_test(test_saved_fuses_come_back),
		cmocka_unit_test(test_first_lines_of_saved_fuses),
		cmocka_unit_test(test_torn_saves_are_refused_at_every_length),
		cmocka_unit_test(test_altered_saves_are_refused_at_every_byte),
		cmocka_unit_test(test_foreign_saves_are_refused),
	};

	return cmocka_run_group_tests_name("sim_board", tests, NULL, NULL);
}
