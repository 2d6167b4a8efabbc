/*
 * A simulated board that starts in its ROM code, on a serial line, byte by byte: what it answers,
 * what it takes and refuses, and what follows. Bytes are written by hand from the sources that
 * sim_uart_loader.c names.
 */
#include "tests/support/boot_images.h"
#include "transport/sim_boot.h"
#include "transport/sim_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define PACKET  256u
#define LONG_US 100000u
#define MIB     ((size_t)1024 * 1024)

static struct sim_board *board;
static struct sim_uart *uart;
static struct errbuf err;

static void make(enum sim_family family)
{
	assert_int_equal(sim_board_demo(&board, family, &err), OK);
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	sim_uart_set_face(uart, SIM_FACE_ROM);
}

static void drop(void)
{
	sim_uart_free(uart);
	sim_board_free(board);
}

static void put(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		sim_uart_pass(uart, SIM_UART_BYTE_US);
		sim_uart_receive(uart, bytes[i], false);
	}
}

static void send(const char *bytes, size_t length)
{
	put((const uint8_t *)bytes, length);
	sim_uart_pass(uart, LONG_US);
}

static void expect(const char *bytes, size_t length)
{
	uint8_t got[256];
	assert_int_equal(sim_uart_take(uart, got, sizeof got), length);
	assert_memory_equal(got, bytes, length);
}

#define SEND(bytes)   send(bytes, sizeof(bytes) - 1)
#define EXPECT(bytes) expect(bytes, sizeof(bytes) - 1)

static uint8_t answer(void)
{
	uint8_t byte = 0;
	assert_int_equal(sim_uart_take(uart, &byte, 1), 1);
	return byte;
}

static uint8_t send_packet(uint8_t operation, uint32_t number, const uint8_t *data, size_t length)
{
	uint8_t head[5] = {
		operation, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number, 0};
	uint8_t payload[PACKET + 2] = {(uint8_t)(length - 1)};
	head[4] = head[0] ^ head[1] ^ head[2] ^ head[3];
	memcpy(payload + 1, data, length);
	payload[length + 1] = payload[0];
	for (size_t i = 0; i < length; i++)
		payload[length + 1] ^= data[i];
	put((const uint8_t *)"\x31\xCE", 2);
	assert_int_equal(answer(), 0x79);
	put(head, sizeof head);
	uint8_t ack = answer();
	if (ack != 0x79)
		return ack;
	put(payload, length + 2);
	return answer();
}

static void download(const struct boot_image *image)
{
	uint32_t number = 0;
	for (size_t at = 0; at < image->length; at += PACKET) {
		size_t left = image->length - at;
		assert_int_equal(
			send_packet(0, number++, image->bytes + at, left < PACKET ? left : PACKET),
			0x79);
	}
}

#define START "\x21\xDE\xFF\xFF\xFF\xFF\x00"

/* Obeyed, and after a while there is the next stage, which greets. */
static void load(const struct boot_image *image, uint32_t pause_us)
{
	download(image);
	put((const uint8_t *)START, 7);
	EXPECT("\x79\x79");
	/* Nobody listens meanwhile. */
	sim_uart_pass(uart, pause_us / 2);
	put((const uint8_t *)"\x7F\x7F", 2);
	EXPECT("");
	sim_uart_pass(uart, pause_us);
	EXPECT("\x1F");
}

static void expect_received(unsigned phase, const struct boot_image *image)
{
	size_t length;
	const uint8_t *bytes = sim_boot_received(board, phase, &length);
	assert_int_equal(length, image->length);
	assert_memory_equal(bytes, image->bytes, length);
}

static void test_mp15_boots(void **state)
{
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 240100, NULL);
	struct boot_image fip = boot_image_fip(MIB + 77);
	(void)state;
	make(SIM_MP15);
	boot_image_set_version(&fsbl, 2);
	SEND("\x7F");
	EXPECT("\x79");
	load(&fsbl, 200000);
	SEND("\x7F");
	EXPECT("\x79");
	SEND("\x00\xFF");
	EXPECT("\x79\x06\x40\x00\x01\x02\x03\x21\x31\x79");
	SEND("\x01\xFE");
	EXPECT("\x79\x02\x79");
	SEND("\x03\xFC");
	EXPECT("\x79\x05\x03\x00\x00\x00\xC7\x00\x79");
	assert_int_equal(sim_board_fuses(board, 4), 0);
	load(&fip, 1500000);
	/* U-Boot, with its eight commands. */
	SEND("\x00\xFF");
	EXPECT("\x79\x08\x40\x00\x01\x02\x03\x11\x12\x21\x31\x79");
	assert_int_equal(sim_uart_start_count(uart), 2);
	assert_int_equal(sim_board_fuses(board, 4), 0x3);
	expect_received(1, &fsbl);
	expect_received(3, &fip);
	drop();
	boot_image_free(&fsbl);
	boot_image_free(&fip);
}

static void test_mp13_rom_answers(void **state)
{
	(void)state;
	make(SIM_MP13);
	SEND("\x7F\x00\xFF");
	EXPECT("\x79\x79\x06\x40\x00\x01\x02\x03\x21\x31\x79");
	SEND("\x01\xFE");
	EXPECT("\x79\x10\x00\x00\x79");
	SEND("\x02\xFD");
	EXPECT("\x79\x01\x05\x01\x79");
	SEND("\x03\xFC");
	EXPECT("\x79\x06\x01\x00\xFE\xFD\x2F\x01\x00\x79");
	drop();
}

/* TF-A comes back for the FIP when it has started the DDR with the first one. */
static void test_mp25_boots(void **state)
{
	struct boot_image fsbl = boot_image_fsbl(SIM_MP25, 5000, NULL);
	struct boot_image ddr = boot_image_fip(3000), fip = boot_image_fip(4000);
	(void)state;
	make(SIM_MP25);
	load(&fsbl, 200000);
	SEND("\x03\xFC");
	EXPECT("\x79\x05\x02\x00\x00\x00\x87\x00\x79");
	load(&ddr, 300000);
	SEND("\x03\xFC");
	EXPECT("\x79\x05\x03\x00\x00\x00\x87\x00\x79");
	load(&fip, 1500000);
	SEND("\x01\xFE");
	EXPECT("\x79\x03\x79");
	expect_received(2, &ddr);
	expect_received(3, &fip);
	drop();
	boot_image_free(&fsbl);
	boot_image_free(&ddr);
	boot_image_free(&fip);
}

static void test_prgfw_boots(void **state)
{
	struct boot_image image = boot_image_fsbl(SIM_MP13, 5000, "@FSBL-EXT");
	(void)state;
	make(SIM_MP13);
	download(&image);
	SEND(START);
	EXPECT("\x79\x79");
	/* It drops what comes while it starts, 200 ms of its own, and does not greet. */
	sim_uart_pass(uart, 400000);
	EXPECT("");
	SEND("\x01\xFE");
	EXPECT("\x79\x40\x00\x00\x79");
	expect_received(1, &image);
	drop();
	boot_image_free(&image);
}

static void test_layout_first(void **state)
{
	const struct sim_boot_options options = {.layout_first = true};
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
	struct boot_image layout = boot_image_fsbl(SIM_MP15, 700, NULL);
	struct boot_image fip = boot_image_fip(3000);
	(void)state;
	make(SIM_MP15);
	sim_boot_set_options(board, &options);
	load(&fsbl, 200000);
	SEND("\x03\xFC");
	EXPECT("\x79\x05\x00\x00\x00\x00\xC7\x00\x79");
	download(&layout);
	SEND(START);
	EXPECT("\x79\x79");
	SEND("\x03\xFC");
	EXPECT("\x79\x05\x03\x00\x00\x00\xC7\x00\x79");
	load(&fip, 1500000);
	expect_received(0, &layout);
	drop();
	boot_image_free(&fsbl);
	boot_image_free(&layout);
	boot_image_free(&fip);
}

/* Another chip's image: aborted, and after the phase was asked the board begins anew. */
static void test_rom_refuses(void **state)
{
	struct boot_image image = boot_image_fsbl(SIM_MP13, 3000, NULL);
	(void)state;
	make(SIM_MP15);
	download(&image);
	SEND(START);
	EXPECT("\x79\x5F");
	assert_int_equal(sim_boot_verdict(board), SIM_BOOT_OTHER_VERSION);
	assert_int_equal(send_packet(0, 0, image.bytes, PACKET), 0x5F);
	sim_uart_pass(uart, 2 * LONG_US);
	while (sim_uart_take(uart, (uint8_t[1]){0}, 1) == 1)
		;
	SEND("\x03\xFC");
	EXPECT("\x79\x06\xFF\x00\x24\xFC\x2F\x01\x00\x79");
	SEND("\x03\xFC");
	EXPECT("\x79\x06\x01\x00\x24\xFC\x2F\x01\x00\x79");
	drop();
	boot_image_free(&image);
}

static void test_rom_takes_one_operation(void **state)
{
	uint8_t data[PACKET] = {0};
	(void)state;
	make(SIM_MP15);
	assert_int_equal(send_packet(0xF2, 0, data, PACKET), 0x1F);
	assert_int_equal(send_packet(0, 0, data, PACKET), 0x79);
	/* The number that was accepted is refused; the next one is not. */
	assert_int_equal(send_packet(0, 0, data, PACKET), 0x1F);
	drop();
}

static void test_tfa_refuses_a_fip(void **state)
{
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
	struct boot_image fip = boot_image_fip(3000);
	(void)state;
	make(SIM_MP15);
	load(&fsbl, 200000);
	fip.bytes[0] ^= 1;
	download(&fip);
	SEND(START);
	EXPECT("\x79\x1F");
	SEND("\x03\xFC");
	EXPECT("\x79\x29\xFF\x00\x00\x00\xC7\x24"
	       "FIP Header check failed for phase 3\n\x79");
	/* The ROM code again. */
	SEND("\x01\xFE");
	EXPECT("\x79\x10\x00\x00\x79");
	drop();
	boot_image_free(&fsbl);
	boot_image_free(&fip);
}

/* Silence, as it is a board that resets: its ROM code does not greet. */
static void test_resets_half_way(void **state)
{
	const struct sim_boot_options options = {.reset_phase = 1, .reset_at = PACKET};
	uint8_t data[PACKET] = {0};
	(void)state;
	make(SIM_MP15);
	sim_boot_set_options(board, &options);
	put((const uint8_t *)"\x31\xCE", 2);
	put((const uint8_t *)"\x00\x00\x00\x00\x00\xFF", 6);
	put(data, PACKET);
	put((const uint8_t *)"\xFF", 1);
	EXPECT("\x79\x79");
	SEND("\x7F");
	EXPECT("\x79");
	assert_int_equal(send_packet(0, 0, data, PACKET), 0x79);
	drop();
}

static void test_never_comes_back(void **state)
{
	const struct sim_boot_options options = {.lost_after = SIM_BOOT_ROM};
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
	(void)state;
	make(SIM_MP15);
	sim_boot_set_options(board, &options);
	download(&fsbl);
	SEND(START);
	EXPECT("\x79\x79");
	sim_uart_pass(uart, 10000000);
	SEND("\x7F");
	EXPECT("");
	sim_board_reset(board);
	SEND("\x7F");
	EXPECT("\x79");
	drop();
	boot_image_free(&fsbl);
}

static void test_speaks(void **state)
{
	const struct sim_boot_options options = {.speaks = true};
	struct boot_image fsbl = boot_image_fsbl(SIM_MP15, 3000, NULL);
	(void)state;
	make(SIM_MP15);
	sim_boot_set_options(board, &options);
	download(&fsbl);
	SEND(START);
	EXPECT("\x79\x79");
	sim_uart_pass(uart, 200000);
	EXPECT("NOTICE:  BL2: v2.10-stm32mp-r1.0(release)\r\n\x1F");
	drop();
	boot_image_free(&fsbl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mp15_boots),
		cmocka_unit_test(test_mp13_rom_answers),
		cmocka_unit_test(test_mp25_boots),
		cmocka_unit_test(test_prgfw_boots),
		cmocka_unit_test(test_layout_first),
		cmocka_unit_test(test_rom_refuses),
		cmocka_unit_test(test_rom_takes_one_operation),
		cmocka_unit_test(test_tfa_refuses_a_fip),
		cmocka_unit_test(test_resets_half_way),
		cmocka_unit_test(test_never_comes_back),
		cmocka_unit_test(test_speaks),
	};
	return cmocka_run_group_tests_name("boot stages on a serial line", tests, NULL, NULL);
}
