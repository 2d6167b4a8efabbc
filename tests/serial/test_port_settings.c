/* What a port is set to, and how that is said: sources, options, drivers that do not take them. */
#include "tests/serial/line_rig.h"
#include "transport/port_serial.h"
#include "transport/source_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct line_rig rig;
static struct errbuf err;

static const struct port_settings usual = {.baud = 115200, .parity = 'E'};

static void test_settings(void **state)
{
	struct stream *stream;
	struct stream_description description;
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 0);
	assert_int_equal(port_serial_open(&stream, LINE_PORT, &usual, &err), OK);
	assert_int_equal(stream->ops->describe(stream, &description, &err), OK);
	assert_int_equal(description.baud, 115200);
	assert_int_equal(description.parity, 'E');
	/* Nobody else gets it meanwhile. */
	struct stream *other;
	assert_int_equal(port_serial_open(&other, LINE_PORT, &usual, &err), ERR_BUSY);
	stream->ops->close(stream);
	errbuf_clear(&err);
	assert_int_equal(port_serial_open(&stream, LINE_PORT, &usual, &err), OK);
	stream->ops->close(stream);
	line_rig_clean_up(&rig);
}

static void test_texts(void **state)
{
	static const char *const wrong[] = {"uart:", "uart:/dev/x,",
		"uart:/dev/x,baud=", "uart:/dev/x,baud=0x10", "uart:/dev/x,baud=115200x",
		"uart:/dev/x,baud=99999999", "uart:/dev/x,parity=", "uart:/dev/x,parity=mark",
		"uart:,baud=9600", "uart:/dev/x,speed=9600"};
	const struct source_options options = {0};
	struct device *device;
	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		errbuf_clear(&err);
		assert_int_equal(source_uart.open(&device, wrong[i], &options, &err), ERR_USAGE);
	}
	errbuf_clear(&err);
	assert_int_equal(source_uart.open(&device, "uart:/dev/ttyNONE,baud=9600,parity=none",
				 &options, &err),
		ERR_GONE);
}

/* The port as the driver has it, asked for through a file of its own. */
static void expect_port(const char *source, speed_t speed, tcflag_t parity)
{
	const struct source_options options = {0};
	struct device *device;
	struct termios settings;
	int file = open(sim_pty_path(rig.pty), O_RDWR | O_NOCTTY);
	assert_true(file >= 0);
	errbuf_clear(&err);
	if (source_uart.open(&device, source, &options, &err) != OK)
		fail_msg("'%s': %s", source, err.text);
	assert_int_equal(tcgetattr(file, &settings), 0);
	assert_int_equal(cfgetospeed(&settings), speed);
	assert_int_equal(cfgetispeed(&settings), speed);
	assert_int_equal(settings.c_cflag & (PARENB | PARODD | CSIZE | CSTOPB), parity | CS8);
	assert_int_equal(settings.c_iflag & (IXON | IXOFF | ICRNL | ISTRIP), 0);
	assert_int_equal(settings.c_lflag & (ECHO | ICANON | ISIG), 0);
	device->ops->close(device);
	close(file);
}

/* What the source says is what the driver gets. A pseudo-terminal does not care, and the board
 * behind it answers at any speed. */
static void test_options(void **state)
{
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 0);
	expect_port("uart:/dev/ttyUSB0", B115200, PARENB);
	expect_port("uart:/dev/ttyUSB0,baud=57600", B57600, PARENB);
	expect_port("uart:/dev/ttyUSB0,parity=odd", B115200, PARENB | PARODD);
	expect_port("uart:/dev/ttyUSB0,parity=none,baud=230400", B230400, 0);
	expect_port("uart:/dev/ttyUSB0,baud=1200,parity=even", B1200, PARENB);
	line_rig_clean_up(&rig);
}

static void test_stubborn_drivers(void **state)
{
	/* libserialport tells no parity where the driver dropped only the half of it. */
	static const struct {
		const char *about, *why;
	} rows[] = {
		{"parity", "did not take 115200 baud 8E1: its driver made it 115200 baud 8?1"},
		{"speed", "did not take 115200 baud 8E1: its driver made it 9600 baud 8E1"},
	};
	(void)state;
	line_rig_plug_in(&rig, SIM_MP15, SIM_SERVICE_UBOOT, 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct stream *stream;
		errbuf_clear(&err);
		setenv("TTY_SHIM_STUBBORN", rows[i].about, 1);
		assert_int_equal(
			port_serial_open(&stream, LINE_PORT, &usual, &err), ERR_UNSUPPORTED);
		if (!strstr(err.text, rows[i].why))
			fail_msg("%s", err.text);
		unsetenv("TTY_SHIM_STUBBORN");
		errbuf_clear(&err);
		assert_int_equal(port_serial_open(&stream, LINE_PORT, &usual, &err), OK);
		stream->ops->close(stream);
	}
	line_rig_clean_up(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_stubborn_drivers),
	};
	return cmocka_run_group_tests_name("settings of serial ports", tests, NULL, NULL);
}
