#include "transport/sim_boot.h"
#include "transport/sim_serial.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct sim_serial_dialect *dialect_of(const struct sim_uart *uart)
{
	const struct sim_serial_dialect *face = sim_face_dialect(uart->face);

	if (face != NULL && !uart->serves) {
		return face;
	}
	switch (sim_boot_stage(uart->board)) {
	case SIM_BOOT_ROM: return &sim_serial_rom;
	case SIM_BOOT_TFA: return &sim_serial_tfa;
	case SIM_BOOT_LOST: return &sim_serial_silence;
	case SIM_BOOT_SERVICE: break;
	}
	return sim_board_service(uart->board) == SIM_SERVICE_UBOOT ? &sim_serial_uboot
								   : &sim_serial_prgfw;
}

static bool has_service(const struct sim_uart *uart)
{
	return sim_board_is_powered(uart->board) && !sim_board_is_dead(uart->board);
}

/* The clock, the receiver and what was counted go on; all else begins. */
static void boot(struct sim_uart *uart)
{
	uart->dialect = dialect_of(uart);
	uart->boots = sim_boot_count(uart->board);
	uart->presence = SIM_UART_RUNS;
	uart->deadline = 0;
	uart->busy = false;
	uart->fifo_count = 0;
	uart->place = SIM_AT_COMMAND;
	uart->have = 0;
	uart->wanted = 0;
	memset(&uart->program, 0, sizeof uart->program);
	uart->packet_number = 0;
	uart->cursor = 0;
	memset(&uart->prgfw, 0, sizeof uart->prgfw);
	uart->written = 0;
	uart->read = 0;
	uart->has_sent_digest = false;
	uart->was_asked = false;
	memset(&uart->memory, 0, sizeof uart->memory);
	if (has_service(uart)) {
		uart->dialect->boot(uart);
	}
}

/* Whether the service runs; a board that has booted meanwhile begins anew. */
static bool is_alive(struct sim_uart *uart)
{
	if (uart->boots != sim_boot_count(uart->board)) {
		uart->serves = false;
		boot(uart);
	} else if (uart->dialect != dialect_of(uart)) {
		boot(uart);
	}
	return uart->presence == SIM_UART_RUNS && has_service(uart);
}

enum status sim_uart_create(struct sim_uart **out, struct sim_board *board, struct errbuf *err)
{
	struct sim_uart *uart = calloc(1, sizeof *uart);

	if (uart == NULL) {
		return errbuf_set(err, ERR_MEMORY, "out of memory for a simulated serial line");
	}
	uart->board = board;
	uart->fifo_depth = SIM_SERIAL_FIFO - 1;
	boot(uart);
	*out = uart;
	return OK;
}

void sim_uart_free(struct sim_uart *uart)
{
	free(uart);
}

void sim_uart_set_face(struct sim_uart *uart, enum sim_face face)
{
	uart->face = face;
	uart->serves = false;
	uart->out_count = 0;
	sim_boot_enter(uart->board, face == SIM_FACE_ROM   ? SIM_BOOT_ROM
				    : face == SIM_FACE_TFA ? SIM_BOOT_TFA
							   : SIM_BOOT_SERVICE);
	boot(uart);
}

char sim_uart_parity(const struct sim_uart *uart)
{
	return uart->serves ? sim_face_parity(SIM_FACE_SERVICE) : sim_face_parity(uart->face);
}

void sim_uart_set_fifo(struct sim_uart *uart, size_t bytes)
{
	assert(bytes > 0 && bytes < SIM_SERIAL_FIFO);
	uart->fifo_depth = bytes;
}

/* --- noise */

#define FLIPPED_BIT 0x10u

void sim_uart_spoil(struct sim_uart *uart, struct sim_noise noise)
{
	uart->noise = noise;
	uart->noise_left = noise.kind == SIM_NOISE_NONE ? 0 : noise.at;
}

bool sim_uart_is_spoilt(const struct sim_uart *uart)
{
	return uart->noise.kind != SIM_NOISE_NONE && uart->noise_left == 0;
}

/* What happens to the byte that comes by now. */
static enum sim_noise_kind take_noise(struct sim_uart *uart, enum sim_noise_way way)
{
	if (uart->noise_left == 0 || uart->noise.way != way) {
		return SIM_NOISE_NONE;
	}
	uart->noise_left--;
	return uart->noise_left == 0 ? uart->noise.kind : SIM_NOISE_NONE;
}

/* --- for the dialects */

void sim_serial_send(struct sim_uart *uart, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		sim_serial_send_byte(uart, bytes[i]);
	}
}

/* What nobody takes is lost, as on a wire. */
static void put_out(struct sim_uart *uart, uint8_t byte)
{
	if (uart->out_count < sizeof uart->out) {
		uart->out[uart->out_count++] = byte;
	}
}

void sim_serial_send_byte(struct sim_uart *uart, uint8_t byte)
{
	switch (take_noise(uart, SIM_NOISE_FROM_BOARD)) {
	case SIM_NOISE_NONE: put_out(uart, byte); break;
	case SIM_NOISE_DROP: break;
	case SIM_NOISE_FLIP:
	case SIM_NOISE_PARITY: put_out(uart, byte ^ FLIPPED_BIT); break;
	case SIM_NOISE_DOUBLE:
		put_out(uart, byte);
		put_out(uart, byte);
		break;
	}
}

void sim_serial_wait(struct sim_uart *uart, uint32_t microseconds, bool busy)
{
	uart->deadline = uart->now + microseconds;
	uart->busy = busy;
}

void sim_serial_put_back(struct sim_uart *uart, uint8_t byte)
{
	assert(uart->fifo_count < SIM_SERIAL_FIFO);
	memmove(uart->fifo + 1, uart->fifo, uart->fifo_count * sizeof uart->fifo[0]);
	uart->fifo[0].byte = byte;
	uart->fifo[0].damaged = false;
	uart->fifo_count++;
}

void sim_serial_flush(struct sim_uart *uart)
{
	uart->fifo_count = 0;
}

void sim_serial_end(struct sim_uart *uart, enum sim_uart_presence presence)
{
	uart->presence = presence;
	if (presence == SIM_UART_RESETTED) {
		sim_board_reset(uart->board);
		/* Its ROM code listens; with other boot pins nobody does, until it boots again. */
		if (sim_boot_stage(uart->board) != SIM_BOOT_ROM) {
			uart->boots = sim_boot_count(uart->board);
		}
	}
}

void sim_serial_stray(struct sim_uart *uart)
{
	uart->strays++;
}

/* --- the line */

/* What came in while the service was busy is read now, until it is busy again. */
static void read_fifo(struct sim_uart *uart)
{
	while (uart->fifo_count > 0 && !uart->busy && uart->presence == SIM_UART_RUNS) {
		struct sim_serial_received first = uart->fifo[0];

		uart->fifo_count--;
		memmove(uart->fifo, uart->fifo + 1, uart->fifo_count * sizeof uart->fifo[0]);
		uart->dialect->byte(uart, first.byte, first.damaged);
	}
}

static void arrive(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	if (!is_alive(uart)) {
		return;
	}
	if (!uart->busy) {
		uart->dialect->byte(uart, byte, damaged);
		read_fifo(uart);
	} else if (uart->fifo_count < uart->fifo_depth) {
		uart->fifo[uart->fifo_count].byte = byte;
		uart->fifo[uart->fifo_count].damaged = damaged;
		uart->fifo_count++;
	}
}

void sim_uart_receive(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	switch (take_noise(uart, SIM_NOISE_TO_BOARD)) {
	case SIM_NOISE_NONE: arrive(uart, byte, damaged); break;
	case SIM_NOISE_DROP: break;
	case SIM_NOISE_FLIP: arrive(uart, byte ^ FLIPPED_BIT, damaged); break;
	case SIM_NOISE_PARITY: arrive(uart, byte, true); break;
	case SIM_NOISE_DOUBLE:
		arrive(uart, byte, damaged);
		sim_uart_pass(uart, SIM_UART_BYTE_US);
		arrive(uart, byte, damaged);
		break;
	}
}

void sim_uart_pass(struct sim_uart *uart, uint32_t microseconds)
{
	uint64_t end = uart->now + microseconds;

	while (is_alive(uart) && uart->deadline != 0 && uart->deadline <= end) {
		uart->now = uart->deadline;
		uart->deadline = 0;
		uart->busy = false;
		uart->dialect->expired(uart);
		read_fifo(uart);
	}
	uart->now = end;
}

size_t sim_uart_take(struct sim_uart *uart, uint8_t *out, size_t capacity)
{
	size_t length = uart->out_count < capacity ? uart->out_count : capacity;

	memcpy(out, uart->out, length);
	uart->out_count -= length;
	memmove(uart->out, uart->out + length, uart->out_count);
	return length;
}

enum sim_uart_presence sim_uart_presence(const struct sim_uart *uart)
{
	return uart->presence;
}

unsigned sim_uart_stray_count(const struct sim_uart *uart)
{
	return uart->strays;
}

unsigned sim_uart_start_count(const struct sim_uart *uart)
{
	return uart->starts;
}
