/*
 * The device end of sim_uart, for sim_*.c: what every service has on the line, and the row that
 * makes it one service or the other.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_SERIAL_H
#define OTPEDIT_TRANSPORT_SIM_SERIAL_H

#include "transport/sim_board.h"
#include "transport/sim_entity.h"
#include "transport/sim_prgfw.h"
#include "transport/sim_uart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_SERIAL_FIFO 4097u /* one more than it keeps, for what is put back */
#define SIM_SERIAL_OUT  16384u
#define SIM_SERIAL_DATA 256u

enum sim_serial_byte {
	SIM_SERIAL_INIT = 0x7F,
	SIM_SERIAL_ACK = 0x79,
	SIM_SERIAL_NACK = 0x1F,
	SIM_SERIAL_ABORT = 0x5F
};

enum sim_serial_command {
	SIM_SERIAL_GET = 0x00,
	SIM_SERIAL_GET_VERSION = 0x01,
	SIM_SERIAL_GET_ID = 0x02,
	SIM_SERIAL_GET_PHASE = 0x03,
	SIM_SERIAL_READ_MEMORY = 0x11,
	SIM_SERIAL_READ_PARTITION = 0x12,
	SIM_SERIAL_START = 0x21,
	SIM_SERIAL_DOWNLOAD = 0x31
};

/* Where in the frame of a command the service stands: what the next byte is. */
enum sim_serial_place {
	SIM_AT_COMMAND,
	SIM_AT_COMPLEMENT,
	SIM_AT_ARGUMENTS,
	SIM_AT_COUNT,
	SIM_AT_COUNT_COMPLEMENT,
	SIM_AT_SIZE,
	SIM_AT_DATA,
	SIM_AT_CHECKSUM
};

/* What the faces other than the services keep; which of it means what, is each one's own. */
struct sim_face_memory {
	unsigned stage;
	uint8_t phase;
	uint32_t number;
	char text[260];
	size_t length;
};

struct sim_serial_received {
	uint8_t byte;
	bool damaged;
};

struct sim_uart {
	const struct sim_serial_dialect *dialect;
	struct sim_board *board;
	enum sim_face face;
	bool serves; /* until the board boots, the service is there and not the face */
	enum sim_uart_presence presence;
	unsigned boots; /* sim_boot_count() when the service began */
	unsigned strays, starts;

	uint64_t now;      /* microseconds */
	uint64_t deadline; /* 0: none */
	bool busy;         /* until the deadline; what arrives waits in the FIFO */
	size_t fifo_depth, fifo_count;
	struct sim_serial_received fifo[SIM_SERIAL_FIFO];
	size_t out_count;
	uint8_t out[SIM_SERIAL_OUT];
	struct sim_noise noise;
	unsigned
		noise_left; /* bytes that way, the spoilt one counted; 0: it was that, or is none */

	enum sim_serial_place place;
	uint8_t command;
	size_t have, wanted; /* bytes of the arguments or the data */
	uint8_t arguments[6];
	uint8_t count;                     /* as it was sent: one less */
	uint8_t data[SIM_SERIAL_DATA + 4]; /* a broken word at the end is read past it */

	/* U-Boot: stm32prog, and its bookkeeping of packets. */
	struct sim_program program;
	uint32_t packet_number, cursor;
	/* STM32PRGFW-UTIL: the structure, and how far reading and writing came, in bytes. */
	struct sim_prgfw prgfw;
	size_t written, read;
	bool has_sent_digest, was_asked;
	struct sim_face_memory memory;
};

struct sim_serial_dialect {
	/* The service begins; what is its own, is zero. */
	void (*boot)(struct sim_uart *);
	void (*byte)(struct sim_uart *, uint8_t byte, bool damaged);
	/* The deadline is over. NULL: it sets none. */
	void (*expired)(struct sim_uart *);
};

extern const struct sim_serial_dialect sim_serial_uboot;
extern const struct sim_serial_dialect sim_serial_prgfw;
extern const struct sim_serial_dialect sim_serial_rom;
extern const struct sim_serial_dialect sim_serial_rom_n6;
extern const struct sim_serial_dialect sim_serial_tfa;
extern const struct sim_serial_dialect sim_serial_mcu;
extern const struct sim_serial_dialect sim_serial_mcu_open;
extern const struct sim_serial_dialect sim_serial_starting;
extern const struct sim_serial_dialect sim_serial_uboot_console;
extern const struct sim_serial_dialect sim_serial_login;
extern const struct sim_serial_dialect sim_serial_shell;
extern const struct sim_serial_dialect sim_serial_mcuboot;
extern const struct sim_serial_dialect sim_serial_smp;
extern const struct sim_serial_dialect sim_serial_boot_loop;
extern const struct sim_serial_dialect sim_serial_log;
extern const struct sim_serial_dialect sim_serial_zephyr_shell;
extern const struct sim_serial_dialect sim_serial_gps;
extern const struct sim_serial_dialect sim_serial_silence;
extern const struct sim_serial_dialect sim_serial_noise;
extern const struct sim_serial_dialect sim_serial_echo;

/* NULL: the board's own, a boot stage or its service. */
const struct sim_serial_dialect *sim_face_dialect(enum sim_face face);

void sim_serial_send(struct sim_uart *uart, const uint8_t *bytes, size_t length);
void sim_serial_send_byte(struct sim_uart *uart, uint8_t byte);

/* `expired` is called so much later; `busy`: the service does not look at its receiver till then.
 */
void sim_serial_wait(struct sim_uart *uart, uint32_t microseconds, bool busy);

/* The byte just read is read again, as a sound one. */
void sim_serial_put_back(struct sim_uart *uart, uint8_t byte);

/* What the receiver keeps is lost. */
void sim_serial_flush(struct sim_uart *uart);

/* The service runs no more. */
void sim_serial_end(struct sim_uart *uart, enum sim_uart_presence presence);

/* A request that no host of ours may send. */
void sim_serial_stray(struct sim_uart *uart);

#endif
