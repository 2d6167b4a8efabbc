/*
 * STM32PRGFW-UTIL on a serial line: openbl_usart_cmd.c. It waits for every byte without end, and
 * one structure serves reading and staging: see sim_prgfw.h.
 */
#include "transport/sim_serial.h"

#include <string.h>

#define START_WINDOW_US 200000u /* what comes in while the service begins is dropped */

#define PHASE_LAYOUT 0x00u
#define PHASE_OTP    0xF2u
#define PHASE_END    0xFEu
#define ANY_ADDRESS  0xFFFFFFFFu
#define PACKET_SIZE  256u
#define HEADER_SIZE  8u
/* Packets of a FlashLayout that would lie outside RAM are refused, of an OTP's, too; that the RAM
 * ends here is decided here. */
#define PACKET_LIMIT 0x10000u

static const uint8_t version[] = {0x40, 0x00, 0x00};
static const uint8_t commands[] = {SIM_SERIAL_GET, SIM_SERIAL_GET_VERSION, SIM_SERIAL_GET_ID,
	SIM_SERIAL_GET_PHASE, SIM_SERIAL_READ_MEMORY, SIM_SERIAL_READ_PARTITION, SIM_SERIAL_START,
	SIM_SERIAL_DOWNLOAD};
#define COMMANDS (sizeof commands)

static void expect(struct sim_uart *uart, enum sim_serial_place place, size_t wanted)
{
	uart->place = place;
	uart->have = 0;
	uart->wanted = wanted;
}

static void end_command(struct sim_uart *uart, uint8_t byte)
{
	sim_serial_send_byte(uart, byte);
	expect(uart, SIM_AT_COMMAND, 1);
}

static uint32_t address_of(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static void boot(struct sim_uart *uart)
{
	expect(uart, SIM_AT_COMMAND, 1);
	sim_serial_wait(uart, START_WINDOW_US, true);
}

static void expired(struct sim_uart *uart)
{
	if (uart->fifo_count > 0) {
		sim_serial_flush(uart);
		sim_serial_send_byte(uart, SIM_SERIAL_NACK);
	}
}

/* --- what needs no arguments */

static void get(struct sim_uart *uart)
{
	sim_serial_send_byte(uart, COMMANDS);
	sim_serial_send_byte(uart, version[0]);
	sim_serial_send(uart, commands, COMMANDS);
	end_command(uart, SIM_SERIAL_ACK);
}

static void get_id(struct sim_uart *uart)
{
	uint32_t id = sim_board_device_id(uart->board);

	sim_serial_send_byte(uart, 1);
	sim_serial_send_byte(uart, (uint8_t)(id >> 8));
	sim_serial_send_byte(uart, (uint8_t)id);
	end_command(uart, SIM_SERIAL_ACK);
}

static void get_phase(struct sim_uart *uart)
{
	uint32_t address = sim_prgfw_layout_address(uart->board);

	sim_serial_send_byte(uart, 6);
	sim_serial_send_byte(uart, uart->was_asked ? PHASE_END : PHASE_LAYOUT);
	for (unsigned i = 0; i < 4; i++) {
		sim_serial_send_byte(uart, (uint8_t)(address >> (8 * i)));
	}
	sim_serial_send_byte(uart, 1);
	sim_serial_send_byte(uart, 0);
	uart->was_asked = true;
	end_command(uart, SIM_SERIAL_ACK);
}

/* --- Read Partition */

/* The structure behind its header; reading and writing count from there. */
static size_t body_size(const struct sim_uart *uart)
{
	return sim_board_partition_size(uart->board) - HEADER_SIZE;
}

/* Words from where the last read ended; behind them the digest, once, and zeros. */
static void send_words(struct sim_uart *uart, size_t words)
{
	static const uint8_t zeros[4];
	const uint8_t *body = uart->prgfw.otp + HEADER_SIZE;
	bool has_digest = sim_prgfw_has_digest(uart->board);
	size_t sent = 0;

	for (; sent < words && uart->read < body_size(uart); sent++) {
		sim_serial_send(uart, body + uart->read, 4);
		uart->read += 4;
	}
	if (has_digest && uart->read == body_size(uart) && !uart->has_sent_digest) {
		sim_serial_send(uart, uart->prgfw.digest, SIM_PRGFW_DIGEST_SIZE);
		uart->has_sent_digest = true;
		sent += SIM_PRGFW_DIGEST_SIZE / 4;
	}
	for (; sent < words; sent++) {
		sim_serial_send(uart, zeros, sizeof zeros);
	}
}

/* Every read takes the whole structure anew, over what was staged. */
static void read_otp(struct sim_uart *uart)
{
	size_t words = (uart->count + (size_t)1) / 4;
	bool has_header = address_of(uart->arguments + 1) == 0;

	sim_board_otp_read(uart->board, uart->prgfw.otp);
	if (sim_prgfw_has_digest(uart->board)) {
		sim_prgfw_compute_digest(&uart->prgfw);
	}
	if (has_header) {
		sim_serial_send(uart, uart->prgfw.otp, HEADER_SIZE);
	}
	/* Fewer words than the header has wrap round: it sends for ever. */
	if (has_header && words < HEADER_SIZE / 4) {
		sim_serial_stray(uart);
		send_words(uart, SIM_SERIAL_OUT / 4);
		sim_serial_end(uart, SIM_UART_HUNG);
		return;
	}
	expect(uart, SIM_AT_COMMAND, 1);
	send_words(uart, words - (has_header ? HEADER_SIZE / 4 : 0));
}

static void begin_read(struct sim_uart *uart)
{
	uint32_t offset = address_of(uart->arguments + 1);

	if (uart->arguments[0] != PHASE_OTP) {
		sim_serial_stray(uart);
		end_command(uart, SIM_SERIAL_NACK);
		return;
	}
	if (offset < PACKET_SIZE) {
		uart->read = 0;
		uart->written = 0;
		uart->has_sent_digest = false;
	}
	sim_serial_send_byte(uart, SIM_SERIAL_ACK);
	expect(uart, SIM_AT_COUNT, 1);
}

/* A wrong complement is told, and the read is done all the same. */
static void on_count_complement(struct sim_uart *uart, uint8_t byte)
{
	if (uart->command == SIM_SERIAL_READ_MEMORY) {
		sim_serial_stray(uart);
		end_command(uart, SIM_SERIAL_NACK);
		return;
	}
	if ((uart->count ^ byte) != 0xFF) {
		sim_serial_send_byte(uart, SIM_SERIAL_NACK);
	}
	sim_serial_send_byte(uart, SIM_SERIAL_ACK);
	read_otp(uart);
}

/* --- Start and Download */

static bool is_in_ram(uint32_t address)
{
	return address == ANY_ADDRESS || (address & 0xFFFFFFu) < PACKET_LIMIT;
}

/* Whatever the number, but for 0, a packet follows the one before; a full structure burns, and
 * does so again with every further packet. */
static void stage(struct sim_uart *uart)
{
	uint32_t number = address_of(uart->arguments) & 0xFFFFFFu;
	size_t size = body_size(uart), at = 0;
	size_t length = uart->count + (size_t)1;

	if (number == 0) {
		uart->read = 0;
		uart->written = 0;
		if (address_of(uart->data) !=
			(uint32_t)(sim_board_partition_size(uart->board) > 1024 ? 3 : 2) << 24) {
			sim_serial_send_byte(uart, SIM_SERIAL_NACK);
		}
		memcpy(uart->prgfw.otp, uart->data, HEADER_SIZE);
		at = HEADER_SIZE;
	}
	for (; at < length && uart->written < size; at += 4) {
		memcpy(uart->prgfw.otp + HEADER_SIZE + uart->written, uart->data + at, 4);
		uart->written += 4;
	}
	if (uart->written == size) {
		uart->starts++;
		sim_board_otp_write(
			uart->board, uart->prgfw.otp, sim_board_partition_size(uart->board));
		uart->has_sent_digest = false;
	}
	end_command(uart, SIM_SERIAL_ACK);
}

static void check_payload(struct sim_uart *uart, uint8_t checksum)
{
	uint8_t sum = uart->count;

	for (size_t i = 0; i <= uart->count; i++) {
		sum ^= uart->data[i];
	}
	if (sum != checksum) {
		end_command(uart, SIM_SERIAL_NACK);
	} else if (uart->arguments[0] != PHASE_OTP) {
		sim_serial_stray(uart);
		end_command(uart, SIM_SERIAL_ACK);
	} else {
		stage(uart);
	}
}

/* --- frames */

static void on_complement(struct sim_uart *uart, uint8_t byte)
{
	bool is_known = memchr(commands, uart->command, COMMANDS) != NULL;

	if (!is_known || (uart->command ^ byte) != 0xFF) {
		end_command(uart, SIM_SERIAL_NACK);
		return;
	}
	sim_serial_send_byte(uart, SIM_SERIAL_ACK);
	switch (uart->command) {
	case SIM_SERIAL_GET: get(uart); break;
	case SIM_SERIAL_GET_VERSION:
		sim_serial_send(uart, version, sizeof version);
		end_command(uart, SIM_SERIAL_ACK);
		break;
	case SIM_SERIAL_GET_ID: get_id(uart); break;
	case SIM_SERIAL_GET_PHASE: get_phase(uart); break;
	case SIM_SERIAL_READ_PARTITION: expect(uart, SIM_AT_ARGUMENTS, 6); break;
	default: expect(uart, SIM_AT_ARGUMENTS, 5); break;
	}
}

/* The last one is the sum of the others, bit by bit without carry. */
static void on_arguments(struct sim_uart *uart)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < uart->wanted; i++) {
		sum ^= uart->arguments[i];
	}
	bool is_read = uart->command == SIM_SERIAL_READ_PARTITION;

	if (sum != 0 || (!is_read && !is_in_ram(address_of(uart->arguments)))) {
		end_command(uart, SIM_SERIAL_NACK);
	} else if (is_read) {
		begin_read(uart);
	} else if (uart->command == SIM_SERIAL_START) {
		/* An address is looked at, and nothing done. */
		end_command(uart, SIM_SERIAL_ACK);
	} else {
		sim_serial_send_byte(uart, SIM_SERIAL_ACK);
		expect(uart, uart->command == SIM_SERIAL_DOWNLOAD ? SIM_AT_SIZE : SIM_AT_COUNT, 1);
	}
}

static void byte(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	(void)damaged;
	switch (uart->place) {
	case SIM_AT_COMMAND:
		uart->command = byte;
		expect(uart, SIM_AT_COMPLEMENT, 1);
		break;
	case SIM_AT_COMPLEMENT: on_complement(uart, byte); break;
	case SIM_AT_ARGUMENTS:
		uart->arguments[uart->have++] = byte;
		if (uart->have == uart->wanted) {
			on_arguments(uart);
		}
		break;
	case SIM_AT_COUNT:
		uart->count = byte;
		uart->place = SIM_AT_COUNT_COMPLEMENT;
		break;
	case SIM_AT_COUNT_COMPLEMENT: on_count_complement(uart, byte); break;
	case SIM_AT_SIZE:
		uart->count = byte;
		expect(uart, SIM_AT_DATA, byte + (size_t)1);
		break;
	case SIM_AT_DATA:
		uart->data[uart->have++] = byte;
		if (uart->have == uart->wanted) {
			uart->place = SIM_AT_CHECKSUM;
		}
		break;
	case SIM_AT_CHECKSUM: check_payload(uart, byte); break;
	}
}

const struct sim_serial_dialect sim_serial_prgfw = {
	.boot = boot,
	.byte = byte,
	.expired = expired,
};
