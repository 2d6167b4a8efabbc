/*
 * The boot stages that load the next one over a serial line: the ROM code and TF-A's BL2. They know
 * the protocol of U-Boot's stm32prog, and nothing of OTP.
 *
 * Sources: TF-A plat/st/common/stm32cubeprogrammer_uart.c (1258189), which is followed to the byte:
 * Get ID counts one byte too many, and a wrong packet number is refused before its checksum. The
 * ROM codes' phase, commands and address are those that AN5275 and users' logs tell, for the
 * STM32N6, a microcontroller with fuses like these, too, which answers the first byte twice; that
 * they treat everything else as TF-A does, is decided here.
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

/* In which they differ. */
struct loader {
	const struct sim_serial_dialect *dialect;
	const char *commands; /* of Get, without the first, which is 00 */
	uint8_t version;
	uint8_t phase;
	uint32_t address;  /* where the next stage goes: SYSRAM; decided here but for STM32MP1 */
	uint16_t id;       /* 0: the board's */
	uint8_t id_length; /* as Get ID tells it, less one */
	unsigned acks;     /* to the byte that synchronises */
	bool greets;       /* with a NACK */
};

static const struct loader loaders[] = {
	{&sim_serial_rom, "\x01\x02\x03\x21\x31", 0x40, 1, 0x2FFC2400u, 0, 1, 1, false},
	/* The ROM code has taken bytes that were meant for TF-A, which asks for them again. */
	{&sim_serial_tfa, "\x01\x02\x03\x21\x31", 0x00, 3, 0xC0000000u, 0, 2, 1, true},
	{&sim_serial_rom_n6, "\x01\x02\x03\x12\x21\x31", 0x40, 1, 0x34180400u, 0x486, 1, 2, false},
};

static const struct loader *loader_of(const struct sim_uart *uart)
{
	size_t row = 0;

	while (loaders[row].dialect != uart->dialect) {
		row++;
	}
	return &loaders[row];
}

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

static void boot(struct sim_uart *uart)
{
	const struct loader *loader = loader_of(uart);

	uart->memory.phase = loader->phase;
	if (loader->greets) {
		end_command(uart, SIM_SERIAL_NACK);
	}
}

/* --- commands */

static void get(struct sim_uart *uart)
{
	const char *commands = loader_of(uart)->commands;

	sim_serial_send_byte(uart, (uint8_t)(1 + strlen(commands)));
	sim_serial_send_byte(uart, PROTOCOL_VERSION);
	sim_serial_send_byte(uart, SIM_SERIAL_GET);
	sim_serial_send(uart, (const uint8_t *)commands, strlen(commands));
}

static void get_id(struct sim_uart *uart)
{
	const struct loader *loader = loader_of(uart);
	uint32_t id = loader->id != 0 ? loader->id : sim_board_device_id(uart->board);

	sim_serial_send_byte(uart, loader->id_length);
	sim_serial_send_byte(uart, (uint8_t)(id >> 8));
	sim_serial_send_byte(uart, (uint8_t)id);
}

/* Asked after an error it tells it, and gives up: the board starts anew. */
static void get_phase(struct sim_uart *uart)
{
	const struct sim_face_memory *memory = &uart->memory;
	size_t length = strlen(memory->text);
	uint32_t address = loader_of(uart)->address;

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
	case SIM_SERIAL_GET_VERSION: sim_serial_send_byte(uart, loader_of(uart)->version); break;
	case SIM_SERIAL_GET_ID: get_id(uart); break;
	case SIM_SERIAL_GET_PHASE: get_phase(uart); return;
	case SIM_SERIAL_READ_PARTITION: expect(uart, SIM_AT_ARGUMENTS, 1 + ARGUMENTS); return;
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
	} else if (uart->command == SIM_SERIAL_READ_PARTITION) {
		/* There is the certificate, F3, which this board does not have. */
		end_command(uart, SIM_SERIAL_ABORT);
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
	const struct loader *loader = loader_of(uart);

	if (byte == SIM_SERIAL_INIT) {
		for (unsigned i = 0; i < loader->acks; i++) {
			result(uart, SIM_SERIAL_ACK);
		}
		return;
	}
	if (byte != SIM_SERIAL_GET && strchr(loader->commands, byte) == NULL) {
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

const struct sim_serial_dialect sim_serial_rom = {.boot = boot, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_tfa = {.boot = boot, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_rom_n6 = {
	.boot = boot, .byte = byte, .expired = expired};
