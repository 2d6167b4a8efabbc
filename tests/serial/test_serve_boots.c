/*
 * A served board in its ROM code, before a host of the test's own on the pseudo-terminal: it boots
 * in real time, with its pauses, and ends at U-Boot's service. Frames are written by hand from
 * AN5275 as embd.cc quotes it.
 */
#include "tests/serial/serving.h"
#include "tests/support/boot_images.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define PACKET   256u
#define LONG_MS  10000
#define QUIET_MS 100
#define TRIES    50u

static void put(int terminal, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	while (length > 0) {
		ssize_t count = write(terminal, at, length);
		assert_true(count > 0);
		at += count;
		length -= (size_t)count;
	}
}

/* These bytes and no others, the first of them within ten seconds. */
static void expect(int terminal, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		struct pollfd wait = {.fd = terminal, .events = POLLIN};
		uint8_t byte;
		assert_int_equal(poll(&wait, 1, LONG_MS), 1);
		assert_int_equal(read(terminal, &byte, 1), 1);
		assert_int_equal(byte, (uint8_t)bytes[i]);
	}
}
#define EXPECT(terminal, bytes) expect(terminal, bytes, sizeof(bytes) - 1)

/* Frames that follow each other, each for an ACK. */
struct frame {
	const void *bytes;
	size_t length;
};

/* False: a NACK came, as from a board whose patience with a byte is short where this computer is
 * busy. Nothing more comes then. */
static bool is_taken(int terminal, const struct frame *frame)
{
	struct pollfd wait = {.fd = terminal, .events = POLLIN};
	uint8_t byte;
	put(terminal, frame->bytes, frame->length);
	assert_int_equal(poll(&wait, 1, LONG_MS), 1);
	assert_int_equal(read(terminal, &byte, 1), 1);
	if (byte == 0x79)
		return true;
	assert_int_equal(byte, 0x1F);
	while (poll(&wait, 1, QUIET_MS) == 1)
		assert_int_equal(read(terminal, &byte, 1), 1);
	return false;
}

/* As any host does it: from the first frame again after a NACK. */
static void send_frames(int terminal, const struct frame *frames, size_t count)
{
	size_t taken = 0;
	for (unsigned tries = 0; taken < count; tries++) {
		assert_true(tries < TRIES);
		for (taken = 0; taken < count && is_taken(terminal, &frames[taken]); taken++)
			;
	}
}

static void send_packet(int terminal, unsigned number, const uint8_t *data, size_t length)
{
	const uint8_t head[5] = {
		0, 0, (uint8_t)(number >> 8), (uint8_t)number, (uint8_t)(number >> 8 ^ number)};
	uint8_t payload[PACKET + 2] = {(uint8_t)(length - 1)};
	memcpy(payload + 1, data, length);
	for (size_t i = 0; i <= length; i++)
		payload[length + 1] ^= payload[i];
	const struct frame frames[] = {{"\x31\xCE", 2}, {head, sizeof head}, {payload, length + 2}};
	send_frames(terminal, frames, 3);
}

static void load(int terminal, struct boot_image image)
{
	static const struct frame start[] = {{"\x21\xDE", 2}, {"\xFF\xFF\xFF\xFF\x00", 5}};
	unsigned number = 0;
	for (size_t at = 0; at < image.length; at += PACKET) {
		size_t left = image.length - at;
		send_packet(terminal, number++, image.bytes + at, left < PACKET ? left : PACKET);
	}
	send_frames(terminal, start, 2);
	boot_image_free(&image);
}

static void test_boots(void **state)
{
	struct run_home home;
	char path[SERVING_PATH_MAX];
	(void)state;
	run_home_make(&home);
	pid_t child = serving_start(path, &home, "demo,stage=rom,baud=2000000");
	int terminal = open(path, O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	put(terminal, "\x7F", 1);
	EXPECT(terminal, "\x79");
	put(terminal, "\x03\xFC", 2);
	EXPECT(terminal, "\x79\x06\x01\x00\x24\xFC\x2F\x01\x00\x79");
	load(terminal, boot_image_fsbl(SIM_MP15, 10000, NULL));
	/* TF-A greets, and then U-Boot does. */
	EXPECT(terminal, "\x1F");
	load(terminal, boot_image_fip(20100));
	EXPECT(terminal, "\x1F");
	put(terminal, "\x00\xFF", 2);
	EXPECT(terminal, "\x79\x08\x40\x00\x01\x02\x03\x11\x12\x21\x31\x79");
	/* Its OTP partition: version 2. */
	put(terminal, "\x12\xED", 2);
	EXPECT(terminal, "\x79");
	put(terminal, "\xF2\x00\x00\x00\x00\xF2", 6);
	EXPECT(terminal, "\x79");
	put(terminal, "\x03\xFC", 2);
	EXPECT(terminal, "\x79\x02\x00\x00\x00");
	close(terminal);
	serving_stop(child);
	run_home_remove(&home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boots),
	};
	return cmocka_run_group_tests_name("a served board boots", tests, NULL, NULL);
}
