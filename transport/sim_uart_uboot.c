/* U-Boot's stm32prog on a serial line: stm32prog_serial.c, with what stm32prog.c does behind it. */
#include "transport/sim_serial.h"

#include <stdio.h>
#include <string.h>

#define LOADER_VERSION 0x40u
#define UBOOT_VERSION  0x03u

#define UNKNOWN_COMMAND_US 3000u
#define PAYLOAD_US         31000u /* the timer counts whole milliseconds, and more than 30 of them */
#define PAYLOAD_DRAIN_US   30000u

#define PHASE_LAYOUT  0x00u
#define PHASE_LAST    0xF0u
#define PHASE_OTP     0xF2u
#define PHASE_PMIC    0xF4u
#define PHASE_END     0xFEu
#define PHASE_RESET   0xFFu
#define ANY_ADDRESS   0xFFFFFFFFu
#define ADDRESS_LIMIT 0x100u
#define SMC_SIZE      1024u /* of the partition where no service of OP-TEE's is open */

static const uint8_t commands[] = {SIM_SERIAL_GET, SIM_SERIAL_GET_VERSION, SIM_SERIAL_GET_ID,
	SIM_SERIAL_GET_PHASE, SIM_SERIAL_READ_MEMORY, SIM_SERIAL_READ_PARTITION, SIM_SERIAL_START,
	SIM_SERIAL_DOWNLOAD};
#define COMMANDS (sizeof commands)

/* Whatever came meanwhile is dropped before any result. */
static void result(struct sim_uart *uart, uint8_t byte)
{
	sim_serial_flush(uart);
	sim_serial_send_byte(uart, byte);
}

static void expect(struct sim_uart *uart, enum sim_serial_place place, size_t wanted)
{
	uart->place = place;
	uart->have = 0;
	uart->wanted = wanted;
}

static void end_command(struct sim_uart *uart, uint8_t byte)
{
	result(uart, byte);
	expect(uart, SIM_AT_COMMAND, 1);
}

static uint32_t address_of(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* A closed device is asked through the secure monitor, which few boards here have. */
static bool asks_monitor_in_vain(const struct sim_uart *uart)
{
	return sim_board_is_closed(uart->board) &&
	       sim_board_monitor(uart->board) == SIM_MONITOR_NONE;
}

static void boot(struct sim_uart *uart)
{
	struct sim_program *program = &uart->program;

	program->otp_size = sim_board_partition_size(uart->board);
	if (asks_monitor_in_vain(uart)) {
		program->otp_size = sim_board_family(uart->board) == SIM_MP15 ? SMC_SIZE : 0;
	}
	end_command(uart, SIM_SERIAL_NACK);
}

/* --- what needs no arguments */

static void get(struct sim_uart *uart)
{
	sim_serial_send_byte(uart, COMMANDS);
	sim_serial_send_byte(uart, LOADER_VERSION);
	sim_serial_send(uart, commands, COMMANDS);
	end_command(uart, SIM_SERIAL_ACK);
}

static void get_version(struct sim_uart *uart)
{
	sim_serial_send_byte(uart, UBOOT_VERSION);
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

static uint32_t load_address(const struct sim_uart *uart)
{
	enum sim_family family = sim_board_family(uart->board);

	return family == SIM_MP13 || family == SIM_MP15 ? 0xC2000000u : 0x84000000u;
}

/* Asked in the phase of an error, it gives the error's text, and resets the board. */
static void get_phase(struct sim_uart *uart)
{
	struct sim_program *program = &uart->program;
	bool is_error = program->phase == PHASE_RESET;
	size_t length = is_error ? strlen(program->error) : 0;
	uint32_t address = program->phase == PHASE_LAYOUT ? load_address(uart) : ANY_ADDRESS;

	sim_serial_send_byte(uart, (uint8_t)(length + 5));
	sim_serial_send_byte(uart, (uint8_t)program->phase);
	for (unsigned i = 0; i < 4; i++) {
		sim_serial_send_byte(uart, (uint8_t)(address >> (8 * i)));
	}
	sim_serial_send_byte(uart, (uint8_t)length);
	sim_serial_send(uart, (const uint8_t *)program->error, length);
	end_command(uart, SIM_SERIAL_ACK);
	if (is_error) {
		sim_serial_end(uart, SIM_UART_RESETTED);
	}
}

/* --- the partition */

/* Only the read of offset 0 asks the fuses; it clears the buffer that a request is staged in. */
static bool fetch(struct sim_uart *uart)
{
	struct sim_program *program = &uart->program;
	bool in_vain = asks_monitor_in_vain(uart);

	memset(program->otp, 0, sizeof program->otp);
	program->has_otp = true;
	if (!in_vain && sim_board_otp_read(uart->board, program->otp)) {
		return true;
	}
	sim_program_note_error(program, in_vain ? "OTP read issue -22" : "OTP read issue -5");
	return false;
}

/* How many bytes are there at this offset; 0: the read is refused. */
static size_t available(struct sim_uart *uart, uint32_t offset, size_t count)
{
	struct sim_program *program = &uart->program;

	if (offset == 0 && !fetch(uart)) {
		return 0;
	}
	if (!program->has_otp) {
		sim_program_note_error(program, "OTP read issue -12");
		return 0;
	}
	/* The sum has 32 bits: what wraps is taken for small, and serves memory before the buffer.
	 */
	if ((uint32_t)(offset + (uint32_t)count) < offset) {
		sim_serial_stray(uart);
		return count;
	}
	if (offset > program->otp_size) {
		sim_serial_stray(uart);
		sim_serial_end(uart, SIM_UART_CRASHED);
		return 0;
	}
	return program->otp_size - offset < count ? program->otp_size - offset : count;
}

static void read_otp(struct sim_uart *uart, uint32_t offset, size_t count)
{
	uint8_t bytes[SIM_SERIAL_DATA] = {0};
	size_t length = available(uart, offset, count);

	if (uart->presence != SIM_UART_RUNS) {
		return;
	}
	if (length == 0) {
		end_command(uart, SIM_SERIAL_ABORT);
		return;
	}
	if (offset < uart->program.otp_size) {
		memcpy(bytes, uart->program.otp + offset, length);
	}
	end_command(uart, SIM_SERIAL_ACK);
	sim_serial_send(uart, bytes, count);
}

static void read_partition(struct sim_uart *uart)
{
	unsigned id = uart->arguments[0];
	char text[64];

	if (id == PHASE_OTP) {
		read_otp(uart, address_of(uart->arguments + 1), uart->count + (size_t)1);
		return;
	}
	sim_serial_stray(uart);
	if (id <= PHASE_LAST) {
		snprintf(text, sizeof text, "read failed : phase %u is %s", id,
			id == PHASE_LAYOUT ? "invalid" : "unknown");
		sim_program_note_error(&uart->program, text);
	}
	end_command(uart, SIM_SERIAL_ABORT);
}

static void read_memory(struct sim_uart *uart)
{
	sim_serial_stray(uart);
	end_command(uart, SIM_SERIAL_ACK);
	for (unsigned i = 0; i <= uart->count; i++) {
		sim_serial_send_byte(uart, 0);
	}
}

/* --- Start */

static bool burn(struct sim_uart *uart)
{
	struct sim_program *program = &uart->program;
	bool in_vain = asks_monitor_in_vain(uart);

	uart->starts++;
	if (!program->has_otp) {
		sim_program_note_error(program, "start OTP without data");
		return false;
	}
	/* Freed, and not erased: a later packet that is not number 0 finds it as it was. */
	program->has_otp = false;
	if (!in_vain && sim_board_otp_write(uart->board, program->otp, program->otp_size)) {
		if (sim_board_monitor(uart->board) == SIM_MONITOR_PROVISIONING) {
			sim_program_note_error(program, "Provisioning");
		}
		return true;
	}
	sim_program_note_error(program, in_vain ? "OTP write issue -22" : "OTP write issue -5");
	return false;
}

static void start(struct sim_uart *uart)
{
	uint32_t address = address_of(uart->arguments);
	char text[64];

	if (address == PHASE_OTP) {
		end_command(uart, burn(uart) ? SIM_SERIAL_ACK : SIM_SERIAL_ABORT);
		return;
	}
	sim_serial_stray(uart);
	if (address >= ADDRESS_LIMIT && address != ANY_ADDRESS) {
		sim_serial_end(uart, SIM_UART_JUMPED);
		return;
	}
	if (address == PHASE_END || address == PHASE_RESET) {
		uart->program.phase = address;
		end_command(uart, SIM_SERIAL_ACK);
		return;
	}
	/* Of the layout and the PMIC nothing is modelled. */
	if (address < PHASE_LAST && address != uart->program.phase) {
		snprintf(text, sizeof text, "invalid received phase id %u, current phase is %u",
			(unsigned)address, uart->program.phase);
		sim_program_note_error(&uart->program, text);
	}
	end_command(uart, SIM_SERIAL_ABORT);
}

/* --- Download */

static void check_packet(struct sim_uart *uart)
{
	uint32_t number = address_of(uart->arguments) & 0xFFFFFFu;
	unsigned operation = uart->arguments[0];

	result(uart, SIM_SERIAL_ACK);
	if (operation == PHASE_LAYOUT || operation == PHASE_PMIC) {
		sim_serial_stray(uart);
	}
	if (operation != PHASE_OTP) {
		end_command(uart, SIM_SERIAL_NACK);
		return;
	}
	if (number == 0) {
		uart->packet_number = 0;
		uart->cursor = 0;
	} else if (number != uart->packet_number + 1) {
		end_command(uart, SIM_SERIAL_NACK);
		return;
	} else {
		uart->packet_number++;
	}
	expect(uart, SIM_AT_SIZE, 1);
}

/* The packet is asked for again, with its number. */
static void refuse_packet(struct sim_uart *uart)
{
	uart->packet_number--;
	expect(uart, SIM_AT_COMMAND, 1);
	sim_serial_wait(uart, PAYLOAD_DRAIN_US, true);
}

static void stage(struct sim_uart *uart)
{
	struct sim_program *program = &uart->program;
	size_t length = uart->count + (size_t)1, room;

	if (uart->cursor > program->otp_size) {
		sim_serial_stray(uart);
		sim_serial_end(uart, SIM_UART_CRASHED);
		return;
	}
	if (uart->cursor == 0) {
		memset(program->otp, 0, sizeof program->otp);
	}
	room = program->otp_size - uart->cursor;
	memcpy(program->otp + uart->cursor, uart->data, length < room ? length : room);
	program->has_otp = true;
	uart->cursor += (uint32_t)length;
	end_command(uart, SIM_SERIAL_ACK);
}

static void check_payload(struct sim_uart *uart, uint8_t checksum)
{
	uint8_t sum = uart->count;

	for (size_t i = 0; i <= uart->count; i++) {
		sum ^= uart->data[i];
	}
	if (sum == checksum) {
		stage(uart);
	} else {
		refuse_packet(uart);
	}
}

/* --- frames */

static bool is_known(uint8_t command)
{
	return memchr(commands, command, COMMANDS) != NULL;
}

static void on_command(struct sim_uart *uart, uint8_t byte)
{
	if (byte == SIM_SERIAL_INIT) {
		end_command(uart, SIM_SERIAL_ACK);
		return;
	}
	uart->command = byte;
	if (is_known(byte)) {
		expect(uart, SIM_AT_COMPLEMENT, 1);
	} else {
		sim_serial_wait(uart, UNKNOWN_COMMAND_US, true);
	}
}

static void on_complement(struct sim_uart *uart, uint8_t byte)
{
	if ((uart->command ^ byte) != 0xFF) {
		expect(uart, SIM_AT_COMMAND, 1);
		sim_serial_wait(uart, UNKNOWN_COMMAND_US, true);
		return;
	}
	result(uart, SIM_SERIAL_ACK);
	switch (uart->command) {
	case SIM_SERIAL_GET: get(uart); break;
	case SIM_SERIAL_GET_VERSION: get_version(uart); break;
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
	if (sum != 0) {
		end_command(uart, SIM_SERIAL_NACK);
	} else if (uart->command == SIM_SERIAL_START) {
		start(uart);
	} else if (uart->command == SIM_SERIAL_DOWNLOAD) {
		check_packet(uart);
	} else {
		result(uart, SIM_SERIAL_ACK);
		expect(uart, SIM_AT_COUNT, 1);
	}
}

static void on_count_complement(struct sim_uart *uart, uint8_t byte)
{
	if ((uart->count ^ byte) != 0xFF) {
		end_command(uart, SIM_SERIAL_NACK);
	} else if (uart->command == SIM_SERIAL_READ_PARTITION) {
		read_partition(uart);
	} else {
		read_memory(uart);
	}
}

/* A plain read, which takes any byte. */
static void on_byte(struct sim_uart *uart, uint8_t byte)
{
	switch (uart->place) {
	case SIM_AT_COMMAND: on_command(uart, byte); break;
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
		sim_serial_wait(uart, PAYLOAD_US, false);
		break;
	case SIM_AT_DATA:
		uart->data[uart->have++] = byte;
		if (uart->have == uart->wanted) {
			uart->place = SIM_AT_CHECKSUM;
			uart->deadline = 0; /* the last byte is waited for without end */
		}
		break;
	case SIM_AT_CHECKSUM: check_payload(uart, byte); break;
	}
}

static void byte(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	if (!damaged) {
		on_byte(uart, byte);
	} else if (uart->place == SIM_AT_DATA || uart->place == SIM_AT_CHECKSUM) {
		refuse_packet(uart);
	} else {
		/* The error is taken for a 00, and the byte itself stays in the receiver. */
		sim_serial_put_back(uart, byte);
		on_byte(uart, 0);
	}
}

/* The end of a delay, or of the time for a payload. */
static void expired(struct sim_uart *uart)
{
	if (uart->place == SIM_AT_DATA) {
		refuse_packet(uart);
	} else {
		end_command(uart, SIM_SERIAL_NACK);
	}
}

const struct sim_serial_dialect sim_serial_uboot = {
	.boot = boot,
	.byte = byte,
	.expired = expired,
};
