/*
 * Microcontrollers that speak the Simple Management Protocol on a serial line, at 8N1: MCUboot's
 * serial recovery, and the SMP server of a Zephyr application, on a line of its own or beside its
 * shell.
 *
 * Sources: MCUboot boot/boot_serial/src/boot_serial.c (01562f5) and docs/serial_recovery.md;
 * Zephyr's documentation of SMP over a console. Serial recovery is built as by default, without
 * echo and parameters; images, their versions and the size of buffers are decided here. Requests
 * that would change something are refused.
 */
#include "transport/base64.h"
#include "transport/sim_console.h"

#include <string.h>

#define PACKET_START_1   0x06
#define PACKET_START_2   0x09
#define PACKET_MORE_1    0x04
#define PACKET_MORE_2    0x14
#define LINE_CHARACTERS  124u /* of base64 in a line, between two bytes and the end of the line */
#define LENGTH_SIZE      2u
#define HEADER_SIZE      8u
#define CRC_SIZE         2u
#define PAYLOAD_CAPACITY 200u

enum smp_operation { SMP_READ = 0, SMP_WRITE = 2 };
enum smp_group { SMP_OS = 0, SMP_IMAGE = 1 };
enum smp_os { SMP_ECHO = 0, SMP_CONSOLE_ECHO = 1, SMP_RESET = 5, SMP_PARAMETERS = 6 };
enum smp_image { SMP_STATE = 0, SMP_UPLOAD = 1 };
enum smp_code { SMP_DONE = 0, SMP_BAD_REQUEST = 3, SMP_NOT_SUPPORTED = 8 };

/* CBOR, in maps and lists of unknown length, as zcbor writes them. */
struct payload {
	uint8_t bytes[PAYLOAD_CAPACITY];
	size_t length;
};

#define CBOR_MAP  0xBF
#define CBOR_LIST 0x9F
#define CBOR_END  0xFF
#define CBOR_TRUE 0xF5

static void put(struct payload *payload, const void *bytes, size_t length)
{
	if (length <= sizeof payload->bytes - payload->length) {
		memcpy(payload->bytes + payload->length, bytes, length);
		payload->length += length;
	}
}

static void put_byte(struct payload *payload, uint8_t byte)
{
	put(payload, &byte, 1);
}

static void put_text(struct payload *payload, const char *text)
{
	put_byte(payload, (uint8_t)(0x60 + strlen(text))); /* up to 23 characters */
	put(payload, text, strlen(text));
}

static void put_code(struct payload *payload, enum smp_code code)
{
	put_byte(payload, CBOR_MAP);
	put_text(payload, "rc");
	put_byte(payload, (uint8_t)code);
	put_byte(payload, CBOR_END);
}

/* --- requests. uart->data: length, header, payload and checksum, as they came. */

static const uint8_t *header_of(const struct sim_uart *uart)
{
	return uart->data + LENGTH_SIZE;
}

static bool is_recovery(const struct sim_uart *uart)
{
	return uart->dialect == &sim_serial_mcuboot;
}

static void put_images(struct payload *payload, bool with_state)
{
	static const uint8_t hash_head[] = {0x58, 32};

	put_byte(payload, CBOR_MAP);
	put_text(payload, "images");
	put_byte(payload, CBOR_LIST);
	put_byte(payload, CBOR_MAP);
	put_text(payload, "slot");
	put_byte(payload, 0);
	put_text(payload, "version");
	put_text(payload, "1.4.2");
	if (with_state) {
		put_text(payload, "hash");
		put(payload, hash_head, sizeof hash_head);
		for (uint8_t i = 0; i < 32; i++) {
			put_byte(payload, (uint8_t)(7 * i));
		}
		put_text(payload, "bootable");
		put_byte(payload, CBOR_TRUE);
		put_text(payload, "confirmed");
		put_byte(payload, CBOR_TRUE);
		put_text(payload, "active");
		put_byte(payload, CBOR_TRUE);
	}
	put_byte(payload, CBOR_END);
	put_byte(payload, CBOR_END);
	put_byte(payload, CBOR_END);
}

/* {"d": a text of up to 23 characters} comes back as {"r": the text}. */
static void put_echo(const struct sim_uart *uart, struct payload *payload)
{
	const uint8_t *map = header_of(uart) + HEADER_SIZE;
	size_t length = uart->have - LENGTH_SIZE - HEADER_SIZE - CRC_SIZE;
	size_t text = length >= 4 && map[3] >= 0x60 && map[3] < 0x78 ? map[3] - 0x60u : length;

	if (length < 4 + text || map[1] != 0x61 || map[2] != 'd') {
		put_code(payload, SMP_BAD_REQUEST);
		return;
	}
	put_byte(payload, CBOR_MAP);
	put_text(payload, "r");
	put(payload, map + 3, 1 + text);
	put_byte(payload, CBOR_END);
}

static void put_parameters(struct payload *payload)
{
	static const uint8_t size[] = {0x19, 0x01, 0x80}; /* 384 */

	put_byte(payload, CBOR_MAP);
	put_text(payload, "buf_size");
	put(payload, size, sizeof size);
	put_text(payload, "buf_count");
	put_byte(payload, 4);
	put_byte(payload, CBOR_END);
}

static void answer_os(struct sim_uart *uart, struct payload *payload)
{
	switch (header_of(uart)[7]) {
	case SMP_ECHO:
		if (!is_recovery(uart)) {
			put_echo(uart, payload);
			return;
		}
		break;
	case SMP_PARAMETERS:
		if (!is_recovery(uart)) {
			put_parameters(payload);
			return;
		}
		break;
	case SMP_CONSOLE_ECHO:
		if (is_recovery(uart)) {
			put_code(payload, SMP_DONE);
			return;
		}
		break;
	case SMP_RESET: sim_serial_stray(uart); break;
	default: break;
	}
	put_code(payload, SMP_NOT_SUPPORTED);
}

static void answer_image(struct sim_uart *uart, struct payload *payload)
{
	const uint8_t *header = header_of(uart);

	if (header[7] == SMP_STATE && header[0] == SMP_READ) {
		put_images(payload, !is_recovery(uart));
		return;
	}
	if (header[0] == SMP_WRITE) {
		sim_serial_stray(uart);
	}
	put_code(payload, header[7] == SMP_UPLOAD ? SMP_BAD_REQUEST : SMP_NOT_SUPPORTED);
}

/* --- packets */

/* CRC-16/XMODEM. */
static uint16_t crc_of(const uint8_t *bytes, size_t length)
{
	unsigned crc = 0;

	for (size_t i = 0; i < 8 * length; i++) {
		unsigned bit = (unsigned)bytes[i / 8] >> (7 - i % 8) & 1u;

		crc = (crc >> 15 ^ bit) != 0 ? (crc << 1 ^ 0x1021u) & 0xFFFFu : crc << 1 & 0xFFFFu;
	}
	return (uint16_t)crc;
}

static void put_16(uint8_t *bytes, size_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void send_lines(struct sim_uart *uart, const char *text, size_t length)
{
	for (size_t sent = 0; sent < length; sent += LINE_CHARACTERS) {
		size_t count = length - sent < LINE_CHARACTERS ? length - sent : LINE_CHARACTERS;

		sim_serial_send_byte(uart, sent == 0 ? PACKET_START_1 : PACKET_MORE_1);
		sim_serial_send_byte(uart, sent == 0 ? PACKET_START_2 : PACKET_MORE_2);
		sim_serial_send(uart, (const uint8_t *)text + sent, count);
		sim_serial_send_byte(uart, '\n');
	}
}

static void reply(struct sim_uart *uart, const struct payload *payload)
{
	uint8_t packet[LENGTH_SIZE + HEADER_SIZE + PAYLOAD_CAPACITY + CRC_SIZE];
	char text[BASE64_LENGTH(sizeof packet)];
	size_t length = HEADER_SIZE + payload->length;

	put_16(packet, length + CRC_SIZE);
	memcpy(packet + LENGTH_SIZE, header_of(uart), HEADER_SIZE);
	packet[LENGTH_SIZE]++; /* a response to this operation */
	packet[LENGTH_SIZE + 1] = 0;
	put_16(packet + LENGTH_SIZE + 2, payload->length);
	memcpy(packet + LENGTH_SIZE + HEADER_SIZE, payload->bytes, payload->length);
	put_16(packet + LENGTH_SIZE + length, crc_of(packet + LENGTH_SIZE, length));
	length += LENGTH_SIZE + CRC_SIZE;
	base64_encode(text, packet, length);
	send_lines(uart, text, BASE64_LENGTH(length));
}

/* The packet is complete, and sound. */
static void answer(struct sim_uart *uart)
{
	struct payload payload = {.length = 0};
	const uint8_t *header = header_of(uart);
	unsigned group = (unsigned)header[4] << 8 | header[5];

	if (header[0] != SMP_READ && header[0] != SMP_WRITE) {
		return;
	}
	if (group == SMP_OS) {
		answer_os(uart, &payload);
	} else if (group == SMP_IMAGE) {
		answer_image(uart, &payload);
	} else {
		put_code(&payload, SMP_NOT_SUPPORTED);
	}
	reply(uart, &payload);
}

static bool is_whole(const struct sim_uart *uart)
{
	size_t length = uart->have < LENGTH_SIZE ? 0 : (size_t)uart->data[0] << 8 | uart->data[1];

	return length >= HEADER_SIZE + CRC_SIZE && uart->have == LENGTH_SIZE + length &&
	       crc_of(uart->data + LENGTH_SIZE, length) == 0;
}

/* The base64 of one line behind what was decoded before; false where it is none, or too much. */
static bool decode(struct sim_uart *uart, const char *text, size_t length)
{
	uint8_t bytes[sizeof uart->memory.text];
	size_t count;

	if (!base64_decode(bytes, &count, text, length) || count > sizeof uart->data - uart->have) {
		return false;
	}
	memcpy(uart->data + uart->have, bytes, count);
	uart->have += count;
	return true;
}

/* A line that is no part of a packet is passed over. */
static void on_line(struct sim_uart *uart)
{
	const char *line = uart->memory.text;
	size_t length = uart->memory.length;
	bool begins, continues;

	begins = length > 2 && line[0] == PACKET_START_1 && line[1] == PACKET_START_2;
	continues = length > 2 && line[0] == PACKET_MORE_1 && line[1] == PACKET_MORE_2;
	if (begins) {
		uart->have = 0;
	}
	if ((begins || continues) && decode(uart, line + 2, length - 2) && is_whole(uart)) {
		answer(uart);
		uart->have = 0;
	}
}

static void boot(struct sim_uart *uart)
{
	(void)uart;
}

static void byte(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	struct sim_face_memory *memory = &uart->memory;

	(void)damaged;
	if (byte == '\n') {
		on_line(uart);
		memory->length = 0;
	} else if (memory->length < sizeof memory->text) {
		memory->text[memory->length++] = (char)byte;
	}
}

const struct sim_serial_dialect sim_serial_mcuboot = {.boot = boot, .byte = byte};
const struct sim_serial_dialect sim_serial_smp = {.boot = boot, .byte = byte};

/* --- the server beside a shell, which hands it lines that begin like a packet's */

enum { AT_SHELL, IN_PACKET };

static void take_command(struct sim_uart *uart)
{
	const char *command = uart->memory.text + strspn(uart->memory.text, " ");

	if (command[0] != '\0') {
		sim_serial_stray(uart);
		sim_console_print(uart, command);
		sim_console_print(uart, ": command not found\r\n");
	}
	sim_console_print(uart, "\x1B[1;32muart:~$ \x1B[m");
}

static void shell_byte(struct sim_uart *uart, uint8_t character, bool damaged)
{
	struct sim_face_memory *memory = &uart->memory;

	if (memory->stage == AT_SHELL && memory->length == 0 &&
		(character == PACKET_START_1 || character == PACKET_MORE_1)) {
		memory->stage = IN_PACKET;
	}
	if (memory->stage == IN_PACKET) {
		memory->stage = character == '\n' ? AT_SHELL : IN_PACKET;
		byte(uart, character, damaged);
	} else if (sim_console_take(uart, character, true) == SIM_CONSOLE_LINE) {
		take_command(uart);
	}
}

const struct sim_serial_dialect sim_serial_zephyr_shell = {.boot = boot, .byte = shell_byte};
