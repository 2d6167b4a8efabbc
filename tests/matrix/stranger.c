#include "tests/matrix/stranger.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* DFU 1.1, table 3.2, and USB 2.0, 9.4.10 */
#define SET_INTERFACE 0x0B
#define DNLOAD        1
#define GETSTATUS     3
#define OUT           0x21
#define IN            0xA1
#define OUT_STANDARD  0x01

/* How the services number their alternates for OTP, and what the last block of an STM32MP25's
 * structure is: 3080 bytes in blocks of 1024. As recorded. */
#define UBOOT_OTP   2
#define PRGFW_OTP   4
#define LAST_BLOCK  3
#define LAST_LENGTH 8

/* The serial protocol: ST AN5275. */
#define DOWNLOAD  0x31
#define START     0x21
#define PHASE_OTP 0xF2
#define ANSWER_US 50000u

/* --- USB */

static void send(
	struct bench *bench, uint8_t type, uint8_t request, uint16_t value, uint16_t length)
{
	const uint8_t setup[8] = {type, request, (uint8_t)value, (uint8_t)(value >> 8), 0, 0,
		(uint8_t)length, (uint8_t)(length >> 8)};
	uint8_t bytes[64] = {0};
	uint16_t actual;
	(void)sim_usb_transfer(bench->wire.usb, setup, bytes, &actual);
}

/* As the board was left, and from the beginning: choosing an alternate makes it idle. */
static void trigger_usb(struct bench *bench)
{
	bool is_uboot = bench->kind->service == SIM_SERVICE_UBOOT;
	for (unsigned i = 0; i < 2; i++) {
		if (i > 0)
			send(bench, OUT_STANDARD, SET_INTERFACE, is_uboot ? UBOOT_OTP : PRGFW_OTP,
				0);
		if (is_uboot)
			send(bench, OUT, DNLOAD, 1, 0);
		else
			send(bench, OUT, DNLOAD, LAST_BLOCK, LAST_LENGTH);
		send(bench, IN, GETSTATUS, 0, 6);
		send(bench, IN, GETSTATUS, 0, 6);
	}
}

/* --- a serial line */

static void say(struct bench *bench, const uint8_t *bytes, size_t length)
{
	uint8_t answer[64];
	for (size_t i = 0; i < length; i++) {
		sim_uart_receive(bench->wire.uart, bytes[i], false);
		sim_uart_pass(bench->wire.uart, SIM_UART_BYTE_US);
	}
	sim_uart_pass(bench->wire.uart, ANSWER_US);
	while (sim_uart_take(bench->wire.uart, answer, sizeof answer) > 0)
		continue;
}

static void command(struct bench *bench, uint8_t code)
{
	const uint8_t frame[] = {code, (uint8_t)~code};
	say(bench, frame, sizeof frame);
}

static void trigger_uart(struct bench *bench)
{
	static const uint8_t otp[] = {0x00, 0x00, 0x00, PHASE_OTP, PHASE_OTP};
	static const uint8_t packet_1[] = {PHASE_OTP, 0x00, 0x00, 0x01, PHASE_OTP ^ 0x01};
	uint8_t zeros[258] = {0xFF}; /* 256 bytes */
	if (bench->kind->service == SIM_SERVICE_UBOOT) {
		command(bench, START);
		say(bench, otp, sizeof otp);
		return;
	}
	zeros[257] = 0xFF;
	command(bench, DOWNLOAD);
	say(bench, packet_1, sizeof packet_1);
	say(bench, zeros, sizeof zeros);
}

void stranger_triggers(struct bench *bench)
{
	if (bench->kind->is_usb)
		trigger_usb(bench);
	else
		trigger_uart(bench);
}
