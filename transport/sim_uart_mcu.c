/*
 * The bootloader in the system memory of an STM32 microcontroller, here an STM32F407 whose flash
 * is read-protected: AN3155, and AN2606 for version and commands of that part.
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
	default: sim_serial_send_byte(uart, SIM_SERIAL_NACK); break;
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
