/*
 * The bootloader in the system memory of an STM32 microcontroller, here an STM32F407 whose flash
 * is read-protected, or open to writing and erasing: AN3155, and AN2606 for version and commands of
 * that part. An open flash forgets what it is given, and takes no time; that its bootloader waits
 * without end for the rest of a frame, and reads and starts nothing, is decided here.
 *
 * It takes its speed from the first byte, which has to be a 7F, once. Protected, it obeys Get, Get
 * Version, Get ID, and Readout Unprotect, which erases the flash. That any other first byte makes
 * it deaf is decided here: a real one takes a wrong speed from it.
 */
#include "transport/sim_serial.h"

#define PROTOCOL_VERSION 0x31u
#define PART_ID_HIGH     0x04u
#define PART_ID_LOW      0x13u

enum mcu_command {
	MCU_GET = 0x00,
	MCU_GET_VERSION = 0x01,
	MCU_GET_ID = 0x02,
	MCU_READ_MEMORY = 0x11,
	MCU_GO = 0x21,
	MCU_WRITE_MEMORY = 0x31,
	MCU_EXTENDED_ERASE = 0x44,
	MCU_WRITE_PROTECT = 0x63,
	MCU_WRITE_UNPROTECT = 0x73,
	MCU_READOUT_PROTECT = 0x82,
	MCU_READOUT_UNPROTECT = 0x92
};

static const uint8_t commands[] = {MCU_GET, MCU_GET_VERSION, MCU_GET_ID, MCU_READ_MEMORY, MCU_GO,
	MCU_WRITE_MEMORY, MCU_EXTENDED_ERASE, MCU_WRITE_PROTECT, MCU_WRITE_UNPROTECT,
	MCU_READOUT_PROTECT, MCU_READOUT_UNPROTECT};

#define ADDRESS     5u /* with its sum */
#define ERASE_COUNT 2u
#define ALL_PAGES   0xFFF0u

enum stage { WAITS_FOR_SPEED, HEARS, IS_DEAF };

static void boot(struct sim_uart *uart)
{
	uart->memory.stage = WAITS_FOR_SPEED;
}

static void take_speed(struct sim_uart *uart, uint8_t byte)
{
	if (byte != SIM_SERIAL_INIT) {
		uart->memory.stage = IS_DEAF;
		return;
	}
	uart->memory.stage = HEARS;
	sim_serial_send_byte(uart, SIM_SERIAL_ACK);
}

static void answer(struct sim_uart *uart, const uint8_t *bytes, size_t length)
{
	sim_serial_send_byte(uart, SIM_SERIAL_ACK);
	sim_serial_send(uart, bytes, length);
	sim_serial_send_byte(uart, SIM_SERIAL_ACK);
}

static bool is_open(const struct sim_uart *uart)
{
	return uart->dialect == &sim_serial_mcu_open;
}

/* More of the frame is wanted, where the flash takes it. */
static void ask_for(struct sim_uart *uart, enum sim_serial_place place, size_t wanted)
{
	if (!is_open(uart)) {
		sim_serial_send_byte(uart, SIM_SERIAL_NACK);
		return;
	}
	sim_serial_send_byte(uart, SIM_SERIAL_ACK);
	uart->place = place;
	uart->have = 0;
	uart->wanted = wanted;
}

static void obey(struct sim_uart *uart, uint8_t command)
{
	static const uint8_t version[] = {PROTOCOL_VERSION, 0, 0};
	static const uint8_t id[] = {1, PART_ID_HIGH, PART_ID_LOW};
	uint8_t list[2 + sizeof commands] = {sizeof commands, PROTOCOL_VERSION};

	switch (command) {
	case MCU_GET:
		for (size_t i = 0; i < sizeof commands; i++) {
			list[2 + i] = commands[i];
		}
		answer(uart, list, sizeof list);
		break;
	case MCU_GET_VERSION: answer(uart, version, sizeof version); break;
	case MCU_GET_ID: answer(uart, id, sizeof id); break;
	case MCU_READOUT_UNPROTECT:
		/* The flash is erased between the two, and the part resets. */
		answer(uart, NULL, 0);
		boot(uart);
		break;
	case MCU_WRITE_MEMORY: ask_for(uart, SIM_AT_ARGUMENTS, ADDRESS); break;
	case MCU_EXTENDED_ERASE: ask_for(uart, SIM_AT_COUNT, ERASE_COUNT); break;
	default: sim_serial_send_byte(uart, SIM_SERIAL_NACK); break;
	}
}

static uint8_t sum_of(const uint8_t *bytes, size_t length)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < length; i++) {
		sum ^= bytes[i];
	}
	return sum;
}

static void end_frame(struct sim_uart *uart, bool is_sound)
{
	uart->place = SIM_AT_COMMAND;
	sim_serial_send_byte(uart, is_sound ? SIM_SERIAL_ACK : SIM_SERIAL_NACK);
}

/* Pages follow, two bytes each, where the count is none that stands for all of them. */
static void on_erase_count(struct sim_uart *uart)
{
	size_t count = (size_t)(uint8_t)uart->memory.text[0] << 8 | (uint8_t)uart->memory.text[1];

	uart->place = SIM_AT_CHECKSUM;
	uart->wanted = count >= ALL_PAGES ? ERASE_COUNT + 1 : ERASE_COUNT + 2 * (count + 1) + 1;
	if (uart->wanted > sizeof uart->memory.text) {
		end_frame(uart, false);
	}
}

/* Arguments and data are gathered in memory.text, with what sums them up at the end. */
static void on_frame(struct sim_uart *uart, uint8_t byte)
{
	char *text = uart->memory.text;

	text[uart->have++] = (char)byte;
	if (uart->have < uart->wanted) {
		return;
	}
	if (uart->place == SIM_AT_ARGUMENTS) {
		if (sum_of((uint8_t *)text, uart->have) != 0) {
			end_frame(uart, false);
		} else {
			ask_for(uart, SIM_AT_SIZE, 1);
		}
	} else if (uart->place == SIM_AT_SIZE) {
		uart->place = SIM_AT_CHECKSUM;
		uart->wanted = 1 + (size_t)byte + 1 + 1;
	} else if (uart->place == SIM_AT_COUNT) {
		on_erase_count(uart);
	} else {
		end_frame(uart, sum_of((uint8_t *)text, uart->have) == 0);
	}
}

static bool changes_something(uint8_t command)
{
	return command == MCU_GO || command >= MCU_WRITE_MEMORY;
}

static bool is_command(uint8_t byte)
{
	for (size_t i = 0; i < sizeof commands; i++) {
		if (commands[i] == byte) {
			return true;
		}
	}
	return false;
}

static void byte(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	if (uart->memory.stage == IS_DEAF) {
		return;
	}
	if (uart->memory.stage == WAITS_FOR_SPEED) {
		take_speed(uart, byte);
	} else if (uart->place == SIM_AT_COMMAND) {
		uart->command = byte;
		uart->place = SIM_AT_COMPLEMENT;
	} else if (uart->place != SIM_AT_COMPLEMENT) {
		on_frame(uart, byte);
	} else {
		uart->place = SIM_AT_COMMAND;
		if (damaged || (uart->command ^ byte) != 0xFF || !is_command(uart->command)) {
			sim_serial_send_byte(uart, SIM_SERIAL_NACK);
			return;
		}
		if (changes_something(uart->command)) {
			sim_serial_stray(uart);
		}
		obey(uart, uart->command);
	}
}

const struct sim_serial_dialect sim_serial_mcu = {.boot = boot, .byte = byte};
const struct sim_serial_dialect sim_serial_mcu_open = {.boot = boot, .byte = byte};
