/*
 * The boot stages that load the next one over a serial line: the ROM code and TF-A's BL2. They know
 * the protocol of U-Boot's stm32prog, and nothing of OTP. What arrives and what follows is
 * sim_boot's.
 *
 * Sources: TF-A plat/st/common/stm32cubeprogrammer_uart.c (1258189), which is followed to the byte:
 * Get ID counts one byte too many, a wrong packet number is refused before its checksum, the
 * operation before it is not looked at, and a packet without room is acknowledged before its data.
 * The ROM code's answers to Get, Get Version, Get ID and Get Phase, and how it takes packets, are
 * those that a bare-metal loader's author printed of an STM32MP135 (embd.cc, after AN5275); those
 * of the STM32N6, a microcontroller with fuses like these, too, which answers the first byte twice,
 * are from a loader for it. Decided here: that the ROM codes treat everything else as TF-A does;
 * that they take no operation but 00, and answer a refused image or one too many with ABORT; how
 * long a stage takes to start the next, which hears nothing of that time.
 */
#include "transport/sim_serial.h"

#include "transport/sim_boot.h"

#include <stdio.h>
#include <string.h>

#define PROTOCOL_VERSION 0x40u
#define BYTE_TIMEOUT_US  20000u
#define REFUSAL_US       3000u

/* From the Start that was obeyed to the first byte of what was started. */
#define START_FSBL_US  200000u
#define START_DDR_US   300000u
#define START_UBOOT_US 1500000u

#define ANY_ADDRESS   0xFFFFFFFFu
#define ARGUMENTS     5u /* of Start and of Download, with their checksum */
#define OP_AND_NUMBER 4u

enum stage { LISTENS, LEAVES };

/* In which they differ. */
struct loader {
	const struct sim_serial_dialect *dialect;
	const char *commands;  /* of Get, without the first, which is 00 */
	const char *version;   /* what Get Version says */
	size_t version_length; /* 0: the firmware's own number */
	uint16_t id;           /* 0: the board's */
	uint8_t id_length;     /* as Get ID tells it, less one */
	unsigned acks;         /* to the byte that synchronises */
	bool greets;           /* with a NACK */
	bool is_rom;
};

static const struct loader loaders[] = {
	{&sim_serial_rom, "\x01\x02\x03\x21\x31", "\x10\x00\x00", 3, 0, 1, 1, false, true},
	/* The ROM code has taken bytes that were meant for TF-A, which asks for them again. */
	{&sim_serial_tfa, "\x01\x02\x03\x21\x31", NULL, 0, 0, 2, 1, true, false},
	{&sim_serial_rom_n6, "\x01\x02\x03\x12\x21\x31", "\x40", 1, 0x486, 1, 2, false, true},
};

/* The STM32N6 is no board of ours: what is loaded there goes nowhere. */
#define N6_ADDRESS 0x34180400u

static bool is_n6(const struct sim_uart *uart)
{
	return uart->dialect == &sim_serial_rom_n6;
}

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

static uint8_t phase(const struct sim_uart *uart)
{
	return is_n6(uart) ? uart->memory.phase : sim_boot_phase(uart->board);
}

static const char *error(const struct sim_uart *uart)
{
	return is_n6(uart) ? uart->memory.text : sim_boot_error(uart->board);
}

/* The first error stays. ROM codes tell no text. */
static void note_error(struct sim_uart *uart, const char *text)
{
	if (is_n6(uart)) {
		uart->memory.phase = SIM_PHASE_ERROR;
	} else {
		sim_boot_fail(uart->board, loader_of(uart)->is_rom ? "" : text);
	}
	uart->memory.number = 0;
}

static void boot(struct sim_uart *uart)
{
	uart->memory.phase = SIM_PHASE_FSBL;
	if (loader_of(uart)->greets) {
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

static void get_version(struct sim_uart *uart)
{
	const struct loader *loader = loader_of(uart);

	if (loader->version_length == 0) {
		sim_serial_send_byte(uart, (uint8_t)sim_boot_version(uart->board));
	} else {
		sim_serial_send(uart, (const uint8_t *)loader->version, loader->version_length);
	}
}

/* Asked after an error it tells it, and gives up: the board starts anew. */
static void get_phase(struct sim_uart *uart)
{
	static const char reserved[] = {0};
	const char *text = error(uart);
	size_t length = strlen(text);
	uint32_t address = is_n6(uart) ? N6_ADDRESS : sim_boot_base(uart->board);

	/* The ROM code of STM32MP has a byte there that means nothing. */
	if (loader_of(uart)->is_rom && !is_n6(uart)) {
		text = reserved;
		length = sizeof reserved;
	}
	sim_serial_send_byte(uart, (uint8_t)(5 + length));
	sim_serial_send_byte(uart, phase(uart));
	for (unsigned i = 0; i < 4; i++) {
		sim_serial_send_byte(uart, (uint8_t)(address >> (8 * i)));
	}
	sim_serial_send_byte(uart, (uint8_t)length);
	sim_serial_send(uart, (const uint8_t *)text, length);
	end_command(uart, SIM_SERIAL_ACK);
	if (phase(uart) == SIM_PHASE_ERROR) {
		sim_serial_end(uart, SIM_UART_RESETTED);
	}
}

static uint32_t pause_before(const struct sim_uart *uart)
{
	if (loader_of(uart)->is_rom) {
		return START_FSBL_US;
	}
	return sim_boot_leads_to_uboot(uart->board) ? START_UBOOT_US : START_DDR_US;
}

/* What was loaded is complete: it is looked at, and started. */
static void finish(struct sim_uart *uart)
{
	bool is_rom = loader_of(uart)->is_rom;

	if (is_n6(uart)) {
		/* What was loaded is no firmware here: nothing can be started. */
		note_error(uart, "");
		end_command(uart, SIM_SERIAL_NACK);
		return;
	}
	uart->memory.number = 0;
	if (!sim_boot_finish(uart->board)) {
		end_command(uart, is_rom ? SIM_SERIAL_ABORT : SIM_SERIAL_NACK);
		return;
	}
	uart->starts++;
	end_command(uart, SIM_SERIAL_ACK);
	if (sim_boot_is_complete(uart->board)) {
		uart->memory.stage = LEAVES;
		sim_serial_wait(uart, pause_before(uart), true);
	}
}

static void start(struct sim_uart *uart)
{
	char text[64];
	uint32_t address = (uint32_t)uart->arguments[0] << 24 | (uint32_t)uart->arguments[1] << 16 |
			   (uint32_t)uart->arguments[2] << 8 | uart->arguments[3];

	if (address == ANY_ADDRESS) {
		finish(uart);
		return;
	}
	snprintf(text, sizeof text, "Invalid start at %x, for phase %u\n", (unsigned)address,
		(unsigned)phase(uart));
	note_error(uart, text);
	end_command(uart, SIM_SERIAL_ACK);
}

static void on_command(struct sim_uart *uart)
{
	result(uart, SIM_SERIAL_ACK);
	switch (uart->command) {
	case SIM_SERIAL_GET: get(uart); break;
	case SIM_SERIAL_GET_VERSION: get_version(uart); break;
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

/* "Write in the current phase" is the only operation that the ROM code has a use for. */
static bool is_special(const struct sim_uart *uart)
{
	return uart->command == SIM_SERIAL_DOWNLOAD && loader_of(uart)->is_rom && !is_n6(uart) &&
	       uart->arguments[0] != 0;
}

/* A packet out of turn is refused before its checksum, which is taken for a command then. */
static bool is_wrong(const struct sim_uart *uart)
{
	const uint8_t *bytes = uart->arguments;
	uint32_t number = (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];

	if (uart->have == OP_AND_NUMBER) {
		return uart->command == SIM_SERIAL_DOWNLOAD && number != uart->memory.number;
	}
	return uart->have == uart->wanted && (sum_of(bytes, uart->wanted) != 0 || is_special(uart));
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

static void on_size(struct sim_uart *uart, uint8_t byte)
{
	size_t size = (size_t)byte + 1;

	uart->count = byte;
	if (is_n6(uart) || size <= sim_boot_room(uart->board)) {
		expect(uart, SIM_AT_DATA, size);
		return;
	}
	note_error(uart, "Download overflow\n");
	end_command(uart, loader_of(uart)->is_rom ? SIM_SERIAL_ABORT : SIM_SERIAL_ACK);
}

static void take_packet(struct sim_uart *uart, uint8_t checksum)
{
	unsigned programs = sim_boot_count(uart->board);

	if ((sum_of(uart->data, uart->wanted) ^ uart->count) != checksum) {
		end_command(uart, SIM_SERIAL_NACK);
		return;
	}
	if (!is_n6(uart)) {
		sim_boot_take(uart->board, uart->data, uart->wanted);
	}
	uart->memory.number++;
	/* A board that has reset meanwhile says nothing. */
	if (programs == sim_boot_count(uart->board)) {
		end_command(uart, SIM_SERIAL_ACK);
	}
}

/* The count, the data, and their sum. */
static void on_payload(struct sim_uart *uart, uint8_t byte)
{
	if (uart->place == SIM_AT_SIZE) {
		on_size(uart, byte);
		return;
	}
	if (uart->place == SIM_AT_CHECKSUM) {
		take_packet(uart, byte);
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

static void speak(struct sim_uart *uart)
{
	const char *text = loader_of(uart)->is_rom ? "NOTICE:  BL2: v2.10-stm32mp-r1.0(release)\r\n"
						   : "\r\n\r\nU-Boot 2023.10-stm32mp-r1\r\n";

	if (sim_boot_options(uart->board)->speaks) {
		sim_serial_send(uart, (const uint8_t *)text, strlen(text));
	}
}

/* The next stage begins: sim_uart sees that another program runs. */
static void leave(struct sim_uart *uart)
{
	sim_serial_flush(uart);
	speak(uart);
	sim_boot_go(uart->board);
}

/* The end of a delay, or of the time for the next byte. */
static void expired(struct sim_uart *uart)
{
	if (uart->memory.stage == LEAVES) {
		leave(uart);
	} else if (uart->place == SIM_AT_COMPLEMENT) {
		refuse_command(uart);
	} else {
		end_command(uart, SIM_SERIAL_NACK);
	}
}

const struct sim_serial_dialect sim_serial_rom = {.boot = boot, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_tfa = {.boot = boot, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_rom_n6 = {
	.boot = boot, .byte = byte, .expired = expired};
