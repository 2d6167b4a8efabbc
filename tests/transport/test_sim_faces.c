/*
 * What may be at the end of a serial line, byte by byte. Expected bytes are written by hand from
 * the sources that the faces name.
 */
#include "transport/sim_board.h"
#include "transport/sim_uart.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define LONG_US 100000u

static struct sim_board *board;
static struct sim_uart *uart;
static struct errbuf err;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(sim_board_demo(&board, SIM_MP15, &err), OK);
	sim_board_power_up(board);
	assert_int_equal(sim_uart_create(&uart, board, &err), OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sim_uart_free(uart);
	sim_board_free(board);
	return 0;
}

/* At the speed of the line, and then nothing for a while. */
static void send(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		sim_uart_pass(uart, SIM_UART_BYTE_US);
		sim_uart_receive(uart, (uint8_t)bytes[i], false);
	}
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

static void test_names(void **state)
{
	enum sim_face face;
	(void)state;
	for (size_t i = 0; i < SIM_FACES; i++) {
		const char *name = sim_face_name((enum sim_face)i);
		assert_true(sim_face_by_name(&face, name, strlen(name)));
		assert_int_equal(face, i);
	}
	assert_false(sim_face_by_name(&face, "tf-a", 3));
	assert_false(sim_face_by_name(&face, "toaster", 7));
}

static void test_rom(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_ROM);
	EXPECT("");
	SEND("\x7F");
	EXPECT("\x79");
	SEND("\x00\xFF");
	EXPECT("\x79\x06\x40\x00\x01\x02\x03\x21\x31\x79");
	SEND("\x01\xFE");
	EXPECT("\x79\x10\x00\x00\x79");
	SEND("\x02\xFD");
	EXPECT("\x79\x01\x05\x00\x79");
	/* It waits for the first boot stage. */
	SEND("\x03\xFC");
	EXPECT("\x79\x06\x01\x00\x24\xFC\x2F\x01\x00\x79");
	/* It has nothing to do with OTP. */
	SEND("\x12\xED");
	EXPECT("\x1F");
	assert_int_equal(sim_uart_stray_count(uart), 0);
}

/* A microcontroller whose ROM code can read a partition: a certificate, which is no OTP. */
static void test_rom_n6(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_ROM_N6);
	SEND("\x7F");
	EXPECT("\x79\x79");
	SEND("\x00\xFF");
	EXPECT("\x79\x07\x40\x00\x01\x02\x03\x12\x21\x31\x79");
	SEND("\x02\xFD");
	EXPECT("\x79\x01\x04\x86\x79");
	SEND("\x12\xED\xF2\x00\x00\x00\x00\xF2");
	EXPECT("\x79\x5F");
	assert_int_equal(sim_uart_stray_count(uart), 0);
}

static void test_tfa(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_TFA);
	EXPECT("\x1F");
	SEND("\x7F\x7F");
	EXPECT("\x79\x79");
	SEND("\x00\xFF");
	EXPECT("\x79\x06\x40\x00\x01\x02\x03\x21\x31\x79");
	SEND("\x01\xFE");
	EXPECT("\x79\x00\x79");
	/* The length is one too high. */
	SEND("\x02\xFD");
	EXPECT("\x79\x02\x05\x00\x79");
	/* A byte that does not come is not waited for. */
	SEND("\x01");
	EXPECT("\x1F");
	SEND("\x31\xCE\x03\x00");
	EXPECT("\x79\x1F");
	SEND("\x01\xFE");
	EXPECT("\x79\x00\x79");
	SEND("\x12\xED");
	EXPECT("\x1F");
}

static void test_tfa_takes_packets(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_TFA);
	EXPECT("\x1F");
	SEND("\x31\xCE\x03\x00\x00\x00\x03\x01\xAA\xBB\x10");
	EXPECT("\x79\x79\x79");
	/* Not the next one: refused before its checksum, which is taken for a command. */
	SEND("\x31\xCE\x03\x00\x00\x02\x03");
	EXPECT("\x79\x1F\x1F");
	/* The sum of the data is wrong. */
	SEND("\x31\xCE\x03\x00\x00\x01\x02\x01\xAA\xBB\x11");
	EXPECT("\x79\x79\x1F");
	/* The data do not come in time. */
	SEND("\x31\xCE\x03\x00\x00\x01\x02");
	EXPECT("\x79\x79\x1F");
	SEND("\x31\xCE\x03\x00\x00\x01\x02\x00\xCC\xCC");
	EXPECT("\x79\x79\x79");
}

/* A Start of OTP is an error there, told once with the phase, after which the board resets. */
static void test_tfa_starts_nothing(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_TFA);
	EXPECT("\x1F");
	SEND("\x03\xFC");
	EXPECT("\x79\x05\x03\x00\x00\x00\xC7\x00\x79");
	SEND("\x21\xDE\x00\x00\x00\xF2\xF2");
	EXPECT("\x79\x79");
	assert_int_equal(sim_uart_stray_count(uart), 1);
	assert_int_equal(sim_uart_start_count(uart), 0);
	SEND("\x03\xFC");
	EXPECT("\x79\x26\xFF\x00\x00\x00\xC7\x21Invalid start at f2, for phase 3\n\x79");
	/* Its ROM code, which does not greet. */
	SEND("\x7F");
	EXPECT("\x79");
	SEND("\x03\xFC");
	EXPECT("\x79\x06\x01\x00\x24\xFC\x2F\x01\x00\x79");
}

static void test_mcu(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_MCU);
	SEND("\x7F");
	EXPECT("\x79");
	SEND("\x00\xFF");
	EXPECT("\x79\x0B\x31\x00\x01\x02\x11\x21\x31\x44\x63\x73\x82\x92\x79");
	SEND("\x01\xFE");
	EXPECT("\x79\x31\x00\x00\x79");
	SEND("\x02\xFD");
	EXPECT("\x79\x01\x04\x13\x79");
	/* After the first it is half a command. */
	SEND("\x7F");
	EXPECT("");
	SEND("\x7F");
	EXPECT("\x1F");
	SEND("\x12\xED");
	EXPECT("\x1F");
	assert_int_equal(sim_uart_stray_count(uart), 0);
	SEND("\x21\xDE");
	EXPECT("\x1F");
	assert_int_equal(sim_uart_stray_count(uart), 1);
}

/* The same with an open flash: frames of AN3155, which are counted as what nobody here may send. */
static void test_mcu_open(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_MCU_OPEN);
	SEND("\x7F\x02\xFD");
	EXPECT("\x79\x79\x01\x04\x13\x79");
	SEND("\x31\xCE\x08\x00\x00\x00\x08");
	EXPECT("\x79\x79");
	SEND("\x03\x11\x22\x33\x44\x47");
	EXPECT("\x79");
	/* Sums that are wrong, of an address and of data. */
	SEND("\x31\xCE\x08\x00\x00\x00\x09");
	EXPECT("\x79\x1F");
	SEND("\x31\xCE\x08\x00\x00\x00\x08\x00\x11\x12");
	EXPECT("\x79\x79\x1F");
	/* All pages, and three of them. */
	SEND("\x44\xBB\xFF\xFF\x00");
	EXPECT("\x79\x79");
	SEND("\x44\xBB\x00\x02\x00\x00\x00\x01\x00\x02\x01");
	EXPECT("\x79\x79");
	assert_int_equal(sim_uart_stray_count(uart), 5);
	SEND("\x11\xEE");
	EXPECT("\x1F");
}

static void test_mcu_takes_its_speed_once(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_MCU);
	SEND("\r\x7F\x00\xFF");
	EXPECT("");
	sim_board_reset(board);
	SEND("\x7F");
	EXPECT("\x79");
}

/* What was sent since, as text. */
static void expect_text(const char *text)
{
	char got[2048];
	size_t length = sim_uart_take(uart, (uint8_t *)got, sizeof got - 1);
	got[length] = '\0';
	assert_string_equal(got, text);
}

static void expect_in_text(const char *part)
{
	char got[4096];
	size_t length = sim_uart_take(uart, (uint8_t *)got, sizeof got - 1);
	got[length] = '\0';
	if (strstr(got, part) == NULL)
		fail_msg("no '%s' in '%s'", part, got);
}

static void test_uboot_console(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_UBOOT_CONSOLE);
	assert_int_equal(sim_uart_parity(uart), 'N');
	expect_text("");
	/* A delete with nothing to delete. */
	SEND("\x7F");
	expect_text("");
	SEND("junk\x15 \r");
	expect_text("junk\b \b\b \b\b \b\b \b \r\nSTM32MP> ");
	assert_int_equal(sim_uart_stray_count(uart), 0);
	/* An empty line repeats the last command. */
	SEND("\r");
	expect_text("\r\nSTM32MP> ");
	assert_int_equal(sim_uart_stray_count(uart), 1);
	SEND("foo\x7F bar\r");
	expect_text("foo\b \b bar\r\nUnknown command 'fo' - try 'help'\r\nSTM32MP> ");
	SEND("abc\x03");
	expect_text("abc<INTERRUPT>\r\nSTM32MP> ");
	SEND("stm32prog usb 0\r");
	expect_text("stm32prog usb 0\r\n");
	SEND("\r\rversion\r");
	expect_text("");
	SEND("\x03\r");
	expect_text("^C\r\nSTM32MP> \r\nSTM32MP> ");
}

static void test_uboot_console_starts_the_service(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_UBOOT_CONSOLE);
	send("stm32prog serial 0\r", 19);
	assert_int_equal(sim_uart_parity(uart), 'E');
	expect_text("stm32prog serial 0\r\n\x1F");
	SEND("\x7F");
	EXPECT("\x79");
	SEND("\x02\xFD");
	EXPECT("\x79\x01\x05\x00\x79");
	/* The board's reset ends it. */
	sim_board_reset(board);
	SEND("\r");
	expect_text("\r\nSTM32MP> ");
	assert_int_equal(sim_uart_parity(uart), 'N');
	SEND("reset\r\r");
	expect_text("reset\r\nresetting ...\r\n\r\nSTM32MP> ");
}

#define SECONDS(count) ((uint32_t)(count)*1000000u)

static void test_start(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_STARTING);
	sim_uart_pass(uart, SECONDS(1));
	expect_in_text("Hit any key to stop autoboot:  1 ");
	sim_uart_pass(uart, SECONDS(10));
	expect_in_text("Starting kernel ...");
	SEND("\r");
	expect_in_text("stm32mp1 login: ");
	assert_int_equal(sim_uart_stray_count(uart), 0);
}

/* Any byte does, the one that synchronises too: the board is held then. */
static void test_start_is_held(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_STARTING);
	SEND("\x7F"); /* too early */
	sim_uart_pass(uart, SECONDS(1));
	expect_in_text("STM32MP157C");
	SEND("\x7F");
	expect_text("\b\b\b 0 \r\nSTM32MP> ");
	assert_int_equal(sim_uart_stray_count(uart), 1);
	sim_uart_pass(uart, SECONDS(10));
	expect_text("");
	send("boot\r", 5);
	sim_uart_pass(uart, SECONDS(10));
	expect_in_text("stm32mp1 login: ");
	sim_board_reset(board);
	sim_uart_pass(uart, SECONDS(1));
	expect_in_text("Hit any key");
}

/* The board tries again and again, and hears nothing. */
static void test_boot_loop(void **state)
{
	static const char once[] = "NOTICE:  CPU: STM32MP157C Rev.Z\r\n"
				   "NOTICE:  BL2: v2.8-stm32mp-r1.0(release):v2.8\r\n"
				   "ERROR:   BL2: Failed to load image id 3 (-2)\r\n\r\n";
	char twice[2 * sizeof once];
	(void)state;
	snprintf(twice, sizeof twice, "%s%s", once, once);
	sim_uart_set_face(uart, SIM_FACE_BOOT_LOOP);
	SEND("\x7F\r");
	sim_uart_pass(uart, SECONDS(2) - LONG_US);
	expect_text(twice);
}

static void test_log(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_LINUX_LOG);
	for (unsigned i = 0; i < 100; i++) {
		SEND("\r");
		expect_in_text("failed to request rx\r\n");
	}
}

static void test_gps(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_GPS);
	SEND("\x7F\r");
	expect_text("");
	sim_uart_pass(uart, SECONDS(2));
	expect_text("$GPGLL,,,,,123519.00,V,N*47\r\n$GPGLL,,,,,123519.00,V,N*47\r\n");
}

static void test_linux(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_LINUX_LOGIN);
	SEND("\x7F\r");
	expect_text("\r\nstm32mp1 login: ");
	SEND("root\r");
	expect_text("root\r\nPassword: ");
	SEND("secret\r");
	expect_text("\r\n");
	SEND("x\r");
	sim_uart_pass(uart, SECONDS(3));
	expect_text("\r\nLogin incorrect\r\nstm32mp1 login: ");
	sim_uart_set_face(uart, SIM_FACE_LINUX_SHELL);
	SEND("\r");
	expect_text("\r\nroot@stm32mp1:~# ");
	SEND("UU\r");
	expect_text("UU\r\n-sh: UU: command not found\r\nroot@stm32mp1:~# ");
	SEND("exit\r");
	expect_text("exit\r\nlogout\r\n\r\nstm32mp1 login: ");
}

/* A line without an end takes no more than fits. */
static void test_endless_line(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_LINUX_SHELL);
	for (size_t i = 0; i < 100; i++)
		send("0123456789", 10);
	SEND("\r\r");
	expect_in_text("\r\nroot@stm32mp1:~# \r\nroot@stm32mp1:~# ");
}

/*
 * Packets in base64: length, operation, flags, length, group, sequence, id, CBOR, CRC-16/XMODEM.
 * The requests are those of the specification's examples, the rest was computed by hand from it.
 */
#define READ_PARAMETERS                                                                            \
	"\x06\x09"                                                                                 \
	"AAsAAAABAABDBqAeEQ==\n"
#define WRITE_ECHO                                                                                 \
	"\x06\x09"                                                                                 \
	"ABECAAAHAABCAKFhZGNvdHDkfg==\n" /* {"d": "otp"} */
#define READ_IMAGES                                                                                \
	"\x06\x09"                                                                                 \
	"AAsAAAABAAFEAKBHkw==\n"
#define WRITE_RESET                                                                                \
	"\x06\x09"                                                                                 \
	"AAsCAAABAAABBaD+6A==\n"
#define WRITE_UPLOAD                                                                               \
	"\x06\x09"                                                                                 \
	"AAsCAAABAAECAaAdyA==\n"

static void test_mcuboot(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_MCUBOOT);
	SEND(READ_PARAMETERS);
	expect_text("\x06\x09"
		    "ABABAAAGAABDBr9icmMI/4ya\n"); /* {"rc": 8} */
	SEND(WRITE_ECHO);
	expect_text("\x06\x09"
		    "ABADAAAGAABCAL9icmMI/5yu\n"); /* {"rc": 8} */
	/* {"images": [{"slot": 0, "version": "1.4.2"}]} */
	SEND(READ_IMAGES);
	expect_text("\x06\x09"
		    "ACsBAAAhAAFEAL9maW1hZ2Vzn79kc2xvdABndmVyc2lvbmUxLjQuMv///82y\n");
	/* What is no packet is passed over. */
	SEND("\x7F\x55\x55\r\n" READ_PARAMETERS);
	expect_text("\x06\x09"
		    "ABABAAAGAABDBr9icmMI/4ya\n");
	assert_int_equal(sim_uart_stray_count(uart), 0);
	SEND(WRITE_RESET);
	expect_text("\x06\x09"
		    "ABADAAAGAAABBb9icmMI/9us\n"); /* {"rc": 8} */
	SEND(WRITE_UPLOAD);
	expect_text("\x06\x09"
		    "ABADAAAGAAECAb9icmMD/+XG\n"); /* {"rc": 3} */
	assert_int_equal(sim_uart_stray_count(uart), 2);
}

static void test_smp_server(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_SMP);
	/* {"buf_size": 384, "buf_count": 4} */
	SEND(READ_PARAMETERS);
	expect_text("\x06\x09"
		    "ACMBAAAZAABDBr9oYnVmX3NpemUZAYBpYnVmX2NvdW50BP9nhA==\n");
	/* {"r": "otp"} */
	SEND(WRITE_ECHO);
	expect_text("\x06\x09"
		    "ABIDAAAIAABCAL9hcmNvdHD/gOw=\n");
	/* With a hash, more than fits a line. */
	SEND(READ_IMAGES);
	expect_text("\x06\x09"
		    "AG8BAABlAAFEAL9maW1hZ2Vzn79kc2xvdABndmVyc2lvbmUxLjQuMmRoYXNoWCAABw4VHCMqMTg/"
		    "Rk1UW2JpcHd+hYyTmqGor7a9xMvS2Whib290YWJsZfVpY29u"
		    "\n\x04\x14"
		    "ZmlybWVk9WZhY3RpdmX1////Erc=\n");
	/* An echo of a text that ends before it should: {"rc": 3} */
	SEND("\x06\x09"
	     "AA4CAAAEAAADAKFhZHhcDQ==\n");
	expect_text("\x06\x09"
		    "ABADAAAGAAADAL9icmMD//FX\n");
}

/* Behind a shell it is found by how a line begins. */
static void test_zephyr_shell(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_ZEPHYR_SHELL);
	SEND("\r");
	expect_text("\r\n\x1B[1;32muart:~$ \x1B[m");
	SEND(READ_PARAMETERS);
	expect_text("\x06\x09"
		    "ACMBAAAZAABDBr9oYnVmX3NpemUZAYBpYnVmX2NvdW50BP9nhA==\n");
	SEND("U\r");
	expect_text("U\r\nU: command not found\r\n\x1B[1;32muart:~$ \x1B[m");
	assert_int_equal(sim_uart_stray_count(uart), 1);
	/* In the midst of a line it is no packet. */
	send("x\x06\x09", 3);
	expect_text("x");
}

/* A packet in two lines is one; damaged, cut or endless it is none. */
static void test_smp_lines(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_SMP);
	SEND("\x06\x09"
	     "AAsAAAAB\n");
	expect_text("");
	SEND("\x04\x14"
	     "AABDBqAeEQ==\n");
	expect_text("\x06\x09"
		    "ACMBAAAZAABDBr9oYnVmX3NpemUZAYBpYnVmX2NvdW50BP9nhA==\n");
	SEND("\x04\x14"
	     "AABDBqAeEQ==\n"); /* without its beginning */
	SEND("\x06\x09"
	     "AAsAAAABAABDBqAeEA==\n"); /* another checksum */
	SEND("\x06\x09"
	     "AAsAAAABAABDBqA\n");
	SEND("\x06\x09"
	     "AAsAAAABAABDB!AeEQ==\n");
	SEND("\x06\x09"
	     "====\n");
	SEND("\x06\x09\n\n\x06\n\x04\n");
	for (size_t i = 0; i < 100; i++)
		send("AAAAAAAA", 8);
	SEND("\n");
	for (size_t i = 0; i < 100; i++)
		SEND("\x04\x14"
		     "AAAAAAAA\n");
	expect_text("");
	SEND(READ_PARAMETERS);
	expect_text("\x06\x09"
		    "ACMBAAAZAABDBr9oYnVmX3NpemUZAYBpYnVmX2NvdW50BP9nhA==\n");
}

static void test_silence(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_SILENCE);
	SEND("\x7F\x00\xFF\x02\xFD\r");
	EXPECT("");
}

static void test_noise(void **state)
{
	uint8_t first[64], second[64];
	size_t count;
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_NOISE);
	sim_uart_pass(uart, LONG_US);
	count = sim_uart_take(uart, first, sizeof first);
	assert_in_range(count, 10, 20);
	sim_board_reset(board);
	sim_uart_pass(uart, LONG_US);
	assert_int_equal(sim_uart_take(uart, second, sizeof second), count);
	assert_memory_equal(first, second, count);
	assert_memory_not_equal(first, first + 1, count - 1);
}

static void test_echo(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_ECHO);
	SEND("\x7F\x02\xFD");
	EXPECT("\x7F\x02\xFD");
}

/* Bytes that frames, packets and lines are made of come up more often than others. */
static uint8_t random_byte(uint32_t *seed)
{
	static const uint8_t likely[] = {0x7F, 0x00, 0xFF, 0x31, 0xCE, 0x21, 0xDE, 0x12, 0xED, 0x06,
		0x09, 0x04, 0x14, '\n', '\r', 'A', 'A', 'A', '=', 0x03};
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 31) != 0 ? likely[(*seed >> 16) % sizeof likely] : (uint8_t)(*seed >> 16);
}

/* Whatever is sent, damaged or not, a face stays one: it burns nothing, and answers when it has
 * begun anew as it did at first. */
static void test_random_bytes(void **state)
{
	(void)state;
	for (int i = SIM_FACE_SERVICE + 1; i < SIM_FACES; i++) {
		uint8_t first[64], again[64];
		uint32_t seed = (uint32_t)i;
		set_up(NULL);
		sim_uart_set_face(uart, (enum sim_face)i);
		SEND("\x7F");
		size_t count = sim_uart_take(uart, first, sizeof first);
		for (unsigned sent = 0; sent < 20000; sent++) {
			uint8_t byte = random_byte(&seed);
			sim_uart_receive(uart, byte, seed % 16 == 0);
			sim_uart_pass(uart, seed % 64 == 0 ? LONG_US : SIM_UART_BYTE_US);
			while (sim_uart_take(uart, again, sizeof again) > 0)
				;
		}
		assert_int_equal(sim_uart_start_count(uart), 0);
		sim_board_reset(board);
		/* A reset leads back to the ROM code, where TF-A has to be loaded again. */
		if (i == SIM_FACE_TFA)
			sim_uart_set_face(uart, SIM_FACE_TFA);
		sim_uart_pass(uart, 0);
		SEND("\x7F");
		assert_int_equal(sim_uart_take(uart, again, sizeof again), count);
		assert_memory_equal(first, again, count);
		tear_down(NULL);
	}
}

/* Without power there is nobody. */
static void test_power(void **state)
{
	(void)state;
	sim_uart_set_face(uart, SIM_FACE_ECHO);
	sim_board_power_down(board);
	SEND("\x7F");
	EXPECT("");
	sim_board_power_up(board);
	SEND("\x7F");
	EXPECT("\x7F");
	sim_uart_set_face(uart, SIM_FACE_SERVICE);
	SEND("\x7F");
	EXPECT("\x1F\x79");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		TEST(test_rom),
		TEST(test_rom_n6),
		TEST(test_tfa),
		TEST(test_tfa_takes_packets),
		TEST(test_tfa_starts_nothing),
		TEST(test_mcu),
		TEST(test_mcu_open),
		TEST(test_mcu_takes_its_speed_once),
		TEST(test_uboot_console),
		TEST(test_uboot_console_starts_the_service),
		TEST(test_start),
		TEST(test_start_is_held),
		TEST(test_boot_loop),
		TEST(test_log),
		TEST(test_gps),
		TEST(test_linux),
		TEST(test_endless_line),
		TEST(test_mcuboot),
		TEST(test_smp_server),
		TEST(test_zephyr_shell),
		TEST(test_smp_lines),
		TEST(test_silence),
		TEST(test_noise),
		TEST(test_echo),
		cmocka_unit_test(test_random_bytes),
		TEST(test_power),
	};
	return cmocka_run_group_tests_name("sim_faces", tests, NULL, NULL);
}
