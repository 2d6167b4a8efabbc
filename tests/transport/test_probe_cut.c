/*
 * A probe of a programming service that another program left in the midst of a frame: whatever it
 * sends then completes no frame that burns, jumps or crashes, and it finds out who is there.
 */
#include "src/probe.h"
#include "transport/probe_line.h"
#include "transport/sim_board.h"
#include "transport/sim_stream.h"
#include "transport/sim_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#define FRAME_MAX 600u

/* Frames as a host sends them, each byte after the answer to what was before. */
struct frame {
	const char *name;
	uint8_t bytes[FRAME_MAX];
	size_t length;
};

static struct sim_board *board;
static struct sim_uart *uart;
static struct errbuf err;

static void begin(enum sim_service service)
{
	errbuf_clear(&err);
	assert_int_equal(sim_board_demo(&board, SIM_MP15, &err), OK);
	assert_true(sim_board_set_service(board, service));
	sim_board_power_up(board);
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
}

static void end(void)
{
	sim_uart_free(uart);
	sim_board_free(board);
}

static void tell_nobody(const char *text, void *payload)
{
	(void)text;
	(void)payload;
}

static bool never_stop(void *payload)
{
	(void)payload;
	return false;
}

/* The first `cut` bytes of the frame, and then a probe that may send. */
static enum probe_end probe_after(const struct frame *frame, size_t cut)
{
	const struct probe_host host = {.may_send = true, .tell = tell_nobody, .stop = never_stop};
	struct probe_report report = {0};
	struct stream *stream;
	uint8_t ignored[64];
	for (size_t i = 0; i < cut; i++) {
		/* So long that a host would have read the answer, and no service gave up. */
		sim_uart_pass(uart, SIM_UART_BYTE_US);
		sim_uart_receive(uart, frame->bytes[i], false);
		while (sim_uart_take(uart, ignored, sizeof ignored) > 0)
			;
	}
	assert_int_equal(sim_stream_open(&stream, uart, &err), OK);
	assert_int_equal(probe_line(&report, stream, 115200, &host, &err), OK);
	stream->ops->close(stream);
	return report.end;
}

/* Download of the first packet, of 256 bytes of `fill`, behind a command and its arguments. */
static void make_download(struct frame *out, uint8_t fill)
{
	static const uint8_t head[] = {0x31, 0xCE, 0xF2, 0x00, 0x00, 0x00, 0xF2, 0xFF};
	out->name = "download";
	memcpy(out->bytes, head, sizeof head);
	memset(out->bytes + sizeof head, fill, 256);
	out->bytes[sizeof head + 256] = 0xFF; /* of an even number of equal bytes */
	out->length = sizeof head + 257;
}

static void expect_harmless(enum sim_service service, const struct frame *frame, size_t cut)
{
	if (sim_uart_stray_count(uart) != 0 || sim_uart_start_count(uart) != 0 ||
		sim_uart_presence(uart) != SIM_UART_RUNS)
		fail_msg("service %d, %s cut after %zu bytes: %u strays, %u starts, presence %d",
			(int)service, frame->name, cut, sim_uart_stray_count(uart),
			sim_uart_start_count(uart), (int)sim_uart_presence(uart));
}

static const struct frame short_frames[] = {
	{"get", {0x00, 0xFF}, 2},
	{"version", {0x01, 0xFE}, 2},
	{"id", {0x02, 0xFD}, 2},
	{"read", {0x12, 0xED, 0xF2, 0x00, 0x00, 0x00, 0x00, 0xF2, 0xFF, 0x00}, 10},
	{"read on", {0x12, 0xED, 0xF2, 0x00, 0x00, 0x01, 0x00, 0xF3, 0xFF, 0x00}, 10},
};

/* U-Boot's service answers after at most six bytes, wherever it was, and is told. */
static void test_uboot(void **state)
{
	struct frame download = {0};
	(void)state;
	for (size_t i = 0; i < sizeof short_frames / sizeof short_frames[0]; i++)
		for (size_t cut = 0; cut <= short_frames[i].length; cut++) {
			begin(SIM_SERVICE_UBOOT);
			assert_int_equal(probe_after(&short_frames[i], cut), PROBE_UBOOT);
			expect_harmless(SIM_SERVICE_UBOOT, &short_frames[i], cut);
			end();
		}
	make_download(&download, 0xA5);
	for (size_t cut = 0; cut < download.length; cut++) {
		begin(SIM_SERVICE_UBOOT);
		assert_int_equal(probe_after(&download, cut), PROBE_UBOOT);
		expect_harmless(SIM_SERVICE_UBOOT, &download, cut);
		end();
	}
}

/* The same where the frame that was cut is the Start that burns, or one that jumps. */
static void test_uboot_start(void **state)
{
	static const struct frame starts[] = {
		{"start of OTP", {0x21, 0xDE, 0x00, 0x00, 0x00, 0xF2, 0xF2}, 7},
		{"start of an address", {0x21, 0xDE, 0xC2, 0x00, 0x00, 0x00, 0xC2}, 7},
		{"start of the phase", {0x21, 0xDE, 0xFF, 0xFF, 0xFF, 0xFF, 0x00}, 7},
	};
	(void)state;
	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		for (size_t cut = 0; cut < starts[i].length; cut++) {
			begin(SIM_SERVICE_UBOOT);
			assert_int_equal(probe_after(&starts[i], cut), PROBE_UBOOT);
			expect_harmless(SIM_SERVICE_UBOOT, &starts[i], cut);
			end();
		}
}

/* STM32PRGFW-UTIL waits for the rest of a packet without end, and may be told or be silent; what it
 * takes for data is staged at most, as a first packet never burns. */
static void test_prgfw(void **state)
{
	static const uint8_t fills[] = {0x00, 0x55, 0x7F, 0xFF};
	(void)state;
	for (size_t i = 0; i < sizeof short_frames / sizeof short_frames[0]; i++)
		for (size_t cut = 0; cut < short_frames[i].length; cut++) {
			begin(SIM_SERVICE_PRGFW);
			(void)probe_after(&short_frames[i], cut);
			expect_harmless(SIM_SERVICE_PRGFW, &short_frames[i], cut);
			end();
		}
	for (size_t f = 0; f < sizeof fills; f++) {
		struct frame download = {0};
		make_download(&download, fills[f]);
		for (size_t cut = 0; cut < download.length; cut++) {
			begin(SIM_SERVICE_PRGFW);
			(void)probe_after(&download, cut);
			expect_harmless(SIM_SERVICE_PRGFW, &download, cut);
			end();
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uboot),
		cmocka_unit_test(test_uboot_start),
		cmocka_unit_test(test_prgfw),
	};
	return cmocka_run_group_tests_name("probe_cut", tests, NULL, NULL);
}
