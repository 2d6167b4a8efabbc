/*
 * The simulated board on a serial line: its programming service's end of the wire, byte by byte.
 *
 * Time passes only when the caller says so, in microseconds of the board's own clock: what the
 * board sends, and what it loses, depends on when bytes come in. A byte at 115200 baud with parity
 * takes SIM_UART_BYTE_US. The host side, and a real pty, are built upon this.
 *
 * Sources: U-Boot stm32prog_serial.c, stm32prog.c and serial_stm32.c (6073c36); STM32PRGFW-UTIL
 * v1.1.2 openbl_usart_cmd.c; recordings of that code (tests/data/transcripts), against which it is
 * tested. The wire's parity is modelled as the STM32 driver in U-Boot treats an error: a plain
 * read gives 00 and leaves the byte, which is then read as it came; STM32PRGFW-UTIL (decided
 * here) reads the byte as it came.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_UART_H
#define OTPEDIT_TRANSPORT_SIM_UART_H

#include "src/errbuf.h"
#include "transport/sim_board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_UART_BYTE_US 95u /* 11 bits at 115200 baud */

struct sim_uart;

/* What is at the end of the line: the board's service, or one of those that a person may meet there
 * instead. What each of them does, and where that is known from, is said in its own file. */
enum sim_face {
	SIM_FACE_SERVICE,   /* U-Boot's stm32prog or STM32PRGFW-UTIL */
	SIM_FACE_ROM,       /* the ROM code of an STM32MP, waiting for a boot stage (sim_boot) */
	SIM_FACE_ROM_N6,    /* the same of an STM32N6, which is no STM32MP */
	SIM_FACE_TFA,       /* TF-A BL2, waiting for the next one */
	SIM_FACE_MCU,       /* the bootloader in the system memory of an STM32 microcontroller */
	SIM_FACE_MCU_OPEN,  /* the same with a flash that is open to writing */
	SIM_FACE_STARTING,  /* a board that starts: texts, a count-down, then a Linux */
	SIM_FACE_BOOT_LOOP, /* a board that fails to start, again and again */
	SIM_FACE_UBOOT_CONSOLE, /* U-Boot's prompt; 'stm32prog serial 0' there starts the service */
	SIM_FACE_LINUX_LOG,     /* messages without end */
	SIM_FACE_LINUX_LOGIN,
	SIM_FACE_LINUX_SHELL,
	SIM_FACE_MCUBOOT,      /* its serial recovery */
	SIM_FACE_SMP,          /* the SMP server of a Zephyr application */
	SIM_FACE_ZEPHYR_SHELL, /* the same server behind a shell */
	SIM_FACE_GPS,          /* a text that nobody here knows */
	SIM_FACE_SILENCE,      /* nothing answers */
	SIM_FACE_NOISE,        /* bytes without sense, whatever is sent */
	SIM_FACE_ECHO          /* the two wires are joined: what is sent comes back */
};
#define SIM_FACES 19

/* "tf-a" and so on; "service" for the first. */
const char *sim_face_name(enum sim_face face);
char sim_face_parity(enum sim_face face); /* 'E', or 'N' for consoles */
bool sim_face_by_name(enum sim_face *out, const char *name, size_t length);

/* What became of the service. All but SIM_UART_RUNS are deaf and mute until the board boots. */
enum sim_uart_presence {
	SIM_UART_RUNS,
	SIM_UART_CRASHED,  /* a request that no host may send brought it down */
	SIM_UART_JUMPED,   /* it obeyed a Start of some address */
	SIM_UART_RESETTED, /* it ended itself by a reset of the board */
	SIM_UART_HUNG      /* it sends for ever and hears nothing */
};

/*
 * The service that the board boots (sim_board_set_service) has just begun; U-Boot's says so with
 * a byte. The board is borrowed and outlives the line. When it boots, the service begins anew.
 */
enum status sim_uart_create(struct sim_uart **out, struct sim_board *board, struct errbuf *err);
void sim_uart_free(struct sim_uart *uart); /* NULL is allowed */

/* Shows another face than the service's, which begins now; it comes back whenever the board boots.
 * The ROM code's and TF-A's lead on to the service as sim_boot says, and others end that. */
void sim_uart_set_face(struct sim_uart *uart, enum sim_face face);

/* Parity as the board's end has it now: 'E' or 'N'. */
char sim_uart_parity(const struct sim_uart *uart);

/* How many bytes the receiver keeps while the service is busy; the rest is lost. 4096 at first. */
void sim_uart_set_fifo(struct sim_uart *uart, size_t bytes);

/* What happens to one byte on its way. */
enum sim_noise_kind {
	SIM_NOISE_NONE,
	SIM_NOISE_DROP,
	SIM_NOISE_FLIP, /* one bit of it */
	SIM_NOISE_DOUBLE,
	SIM_NOISE_PARITY /* it arrives with a parity error; from the board the same as FLIP */
};

enum sim_noise_way { SIM_NOISE_TO_BOARD, SIM_NOISE_FROM_BOARD };

struct sim_noise {
	enum sim_noise_kind kind;
	enum sim_noise_way way;
	unsigned at; /* the next byte that goes this way is number 1 */
};

/* In place of what was ordered before. */
void sim_uart_spoil(struct sim_uart *uart, struct sim_noise noise);

/* Whether the byte ordered last has come by. */
bool sim_uart_is_spoilt(const struct sim_uart *uart);

/* A byte arrives now; `damaged`: with a parity error. */
void sim_uart_receive(struct sim_uart *uart, uint8_t byte, bool damaged);

/* So much time passes. */
void sim_uart_pass(struct sim_uart *uart, uint32_t microseconds);

/* Takes what the board has sent since: the count of bytes, `capacity` at most. */
size_t sim_uart_take(struct sim_uart *uart, uint8_t *out, size_t capacity);

enum sim_uart_presence sim_uart_presence(const struct sim_uart *uart);

/* Requests that no host of ours may send: those that the real firmware crashes or jumps at, and
 * those that are about something else than the OTP. Of other faces: all that would change
 * anything there. */
unsigned sim_uart_stray_count(const struct sim_uart *uart);

/* Start frames that were obeyed for the OTP, or of a boot stage, or with STM32PRGFW-UTIL, downloads
 * that were full. */
unsigned sim_uart_start_count(const struct sim_uart *uart);

#endif
