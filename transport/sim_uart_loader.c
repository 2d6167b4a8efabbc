/*
 * The boot stages that load the next one over a serial line: the ROM code and TF-A's BL2. They know
 * the protocol of U-Boot's stm32prog, and nothing of OTP.
 *
 * Sources: TF-A plat/st/common/stm32cubeprogrammer_uart.c (1258189), which is followed to the byte:
 * Get ID counts one byte too many, and a wrong packet number is refused before its checksum. The
 * ROM code's phase, commands and protocol version are those that AN5275 and users' logs tell; that
 * it treats everything else as TF-A does, is decided here.
 */
#include "transport/sim_serial.h"

#include <stdio.h>
#include <string.h>

#define PROTOCOL_VERSION 0x40u
#define BYTE_TIMEOUT_US  20000u
#define REFUSAL_US       3000u

#define PHASE_RESET   0xFFu
#define ANY_ADDRESS   0xFFFFFFFFu
#define ARGUMENTS     5u /* of Start and of Download, with their checksum */
#define OP_AND_NUMBER 4u

static const uint8_t commands[] = {SIM_SERIAL_GET, SIM_SERIAL_GET_VERSION, SIM_SERIAL_GET_ID,
	SIM_SERIAL_GET_PHASE, SIM_SERIAL_START, SIM_SERIAL_DOWNLOAD};

/* Whatever came meanwhile is dropped before any result. */
static void result(struct sim_uart *uart, uint8_t byte)
{
	sim_serial_flush(uart);
	sim_serial_send_byte(uart, byte);
}

static void end_command(struct sim_uart *uart, uint8_t byte)
{
	result(uart, byte);
	uart->place = SIM_AT_COMMAND;
	uart->deadline = 0;
}

static void expect(struct sim_uart *uart, enum sim_serial_place place, size_t wanted)
{
	uart->place = place;
	uart->have = 0;
	uart->wanted = wanted;
	sim_serial_wait(uart, BYTE_TIMEOUT_US, false);
}

static void refuse_command(struct sim_uart *uart)
{
	uart->place = SIM_AT_COMMAND;
	sim_serial_wait(uart, REFUSAL_US, true);
}

static bool is_rom(const struct sim_uart *uart)
{
	return uart->dialect == &sim_serial_rom;
}

/* The first error stays. */
static void note_error(struct sim_uart *uart, const char *text)
{
	struct sim_face_memory *memory = &uart->memory;

	if (memory->phase != PHASE_RESET) {
		snprintf(memory->text, 64, "%s", text);
		memory->phase = PHASE_RESET;
		memory->number = 0;
	}
}

/* --- what begins */

#define PHASE_FSBL 1u
#define PHASE_SSBL 3u

static void boot_rom(struct sim_uart *uart)
{
	uart->memory.phase = PHASE_FSBL;
}

/* The ROM code has taken bytes that were meant for TF-A, which asks for them again. */
static void boot_tfa(struct sim_uart *uart)
{
	uart->memory.phase = PHASE_SSBL;
	end_command(uart, SIM_SERIAL_NACK);
}

/* --- commands */

static void get(struct sim_uart *uart)
{
	sim_serial_send_byte(uart, sizeof commands);
	sim_serial_send_byte(uart, PROTOCOL_VERSION);
	sim_serial_send(uart, commands, sizeof commands);
}

static void get_id(struct sim_uart *uart)
{
	uint32_t id = sim_board_device_id(uart->board);

	sim_serial_send_byte(uart, is_rom(uart) ? 1 : 2);
	sim_serial_send_byte(uart, (uint8_t)(id >> 8));
	sim_serial_send_byte(uart, (uint8_t)id);
}

/* Where the next stage goes: SYSRAM of the STM32MP1, decided here for the others. */
static uint32_t load_address(const struct sim_uart *uart)
{
	return is_rom(uart) ? 0x2FFC2400u : 0xC0000000u;
}

/* Asked after an error it tells it, and gives up: the board starts anew. */
static void get_phase(struct sim_uart *uart)
{
	const struct sim_face_memory *memory = &uart->memory;
	size_t length = strlen(memory->text);
	uint32_t address = load_address(uart);

	sim_serial_send_byte(uart, (uint8_t)(5 + length));
	sim_serial_send_byte(uart, memory->phase);
	for (unsigned i = 0; i < 4; i++) {
		sim_serial_send_byte(uart, (uint8_t)(address >> (8 * i)));
	}
	sim_serial_send_byte(uart, (uint8_t)length);
	sim_serial_send(uart, (const uint8_t *)memory->text, length);
	end_command(uart, SIM_SERIAL_ACK);
	if (memory->phase == PHASE_RESET) {
		sim_serial_end(uart, SIM_UART_RESETTED);
	}
}

static void start(struct sim_uart *uart)
{
	char text[64];
	uint32_t address = (uint32_t)uart->arguments[0] << 24 | (uint32_t)uart->arguments[1] << 16 |
			   (uint32_t)uart->arguments[2] << 8 | uart->arguments[3];

	if (address == ANY_ADDRESS) {
		/* What was loaded is no firmware here: nothing can be started. */
		note_error(uart, "FIP Header check failed");
		end_command(uart, SIM_SERIAL_NACK);
		return;
	}
	snprintf(text, sizeof text, "Invalid start at %x, for phase %u\n", (unsigned)address,
		(unsigned)uart->memory.phase);
	note_error(uart, text);
	end_command(uart, SIM_SERIAL_ACK);
}

static void on_command(struct sim_uart *uart)
{
	result(uart, SIM_SERIAL_ACK);
	switch (uart->command) {
	case SIM_SERIAL_GET: get(uart); break;
	case SIM_SERIAL_GET_VERSION:
		sim_serial_send_byte(uart, is_rom(uart) ? PROTOCOL_VERSION : 0);
		break;
	case SIM_SERIAL_GET_ID: get_id(uart); break;
	case SIM_SERIAL_GET_PHASE: get_phase(uart); return;
	default:
		sim_serial_stray(uart);
		expect(uart, SIM_AT_ARGUMENTS, ARGUMENTS);
		return;
	}
	end_command(uart, SIM_SERIAL_ACK);
}

/* --- frames */

static uint8_t sum_of(const uint8_t *bytes, size_t length)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < length; i++) {
		sum ^= bytes[i];
	}
	return sum;
}

/* A packet out of turn is refused before its checksum, which is taken for a command then. */
static bool is_wrong(const struct sim_uart *uart)
{
	const uint8_t *bytes = uart->arguments;
	uint32_t number = (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];

	if (uart->have == OP_AND_NUMBER) {
		return uart->command == SIM_SERIAL_DOWNLOAD && number != uart->memory.number;
	}
	return uart->have == uart->wanted && sum_of(bytes, uart->wanted) != 0;
}

static void on_argument(struct sim_uart *uart, uint8_t byte)
{
	uart->arguments[uart->have++] = byte;
	if (is_wrong(uart)) {
		end_command(uart, SIM_SERIAL_NACK);
	} else if (uart->have < uart->wanted) {
		sim_serial_wait(uart, BYTE_TIMEOUT_US, false);
	} else if (uart->command == SIM_SERIAL_START) {
		start(uart);
	} else {
		result(uart, SIM_SERIAL_ACK);
		expect(uart, SIM_AT_SIZE, 1);
	}
}

/* The count, the data, and their sum. What is loaded is forgotten. */
static void on_payload(struct sim_uart *uart, uint8_t byte)
{
	if (uart->place == SIM_AT_SIZE) {
		uart->count = byte;
		expect(uart, SIM_AT_DATA, (size_t)byte + 1);
		return;
	}
	if (uart->place == SIM_AT_CHECKSUM) {
		bool is_sound = (sum_of(uart->data, uart->wanted) ^ uart->count) == byte;

		uart->memory.number += is_sound ? 1 : 0;
		end_command(uart, is_sound ? SIM_SERIAL_ACK : SIM_SERIAL_NACK);
		return;
	}
	uart->data[uart->have++] = byte;
	if (uart->have == uart->wanted) {
		uart->place = SIM_AT_CHECKSUM;
	}
	sim_serial_wait(uart, BYTE_TIMEOUT_US, false);
}

static void on_first(struct sim_uart *uart, uint8_t byte)
{
	if (byte == SIM_SERIAL_INIT) {
		result(uart, SIM_SERIAL_ACK);
		return;
	}
	if (memchr(commands, byte, sizeof commands) == NULL) {
		refuse_command(uart);
		return;
	}
	uart->command = byte;
	expect(uart, SIM_AT_COMPLEMENT, 1);
}

static void byte(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	uart->deadline = 0;
	if (uart->place == SIM_AT_COMMAND) {
		if (damaged) {
			refuse_command(uart);
		} else {
			on_first(uart, byte);
		}
	} else if (uart->place == SIM_AT_COMPLEMENT) {
		if (damaged || (uart->command ^ byte) != 0xFF) {
			refuse_command(uart);
		} else {
			uart->place = SIM_AT_COMMAND;
			on_command(uart);
		}
	} else if (damaged) {
		end_command(uart, SIM_SERIAL_NACK);
	} else if (uart->place == SIM_AT_ARGUMENTS) {
		on_argument(uart, byte);
	} else {
		on_payload(uart, byte);
	}
}

/* The end of a delay, or of the time for the next byte. */
static void expired(struct sim_uart *uart)
{
	if (uart->place == SIM_AT_COMPLEMENT) {
		refuse_command(uart);
	} else {
		end_command(uart, SIM_SERIAL_NACK);
	}
}

const struct sim_serial_dialect sim_serial_rom = {
	.boot = boot_rom, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_tfa = {
	.boot = boot_tfa, .byte = byte, .expired = expired};
