/* What may be at the end of a serial line: the table, and those that have nothing to say. */
#include "transport/sim_serial.h"

#include <string.h>

static const struct {
	const char *name;
	char parity;
	const struct sim_serial_dialect *dialect;
} faces[SIM_FACES] = {
	[SIM_FACE_SERVICE] = {"service", 'E', NULL},
	[SIM_FACE_ROM] = {"rom", 'E', NULL},
	[SIM_FACE_ROM_N6] = {"rom-n6", 'E', &sim_serial_rom_n6},
	[SIM_FACE_TFA] = {"tf-a", 'E', NULL},
	[SIM_FACE_MCU] = {"mcu", 'E', &sim_serial_mcu},
	[SIM_FACE_MCU_OPEN] = {"mcu-open", 'E', &sim_serial_mcu_open},
	[SIM_FACE_STARTING] = {"starting", 'N', &sim_serial_starting},
	[SIM_FACE_BOOT_LOOP] = {"boot-loop", 'N', &sim_serial_boot_loop},
	[SIM_FACE_UBOOT_CONSOLE] = {"uboot-console", 'N', &sim_serial_uboot_console},
	[SIM_FACE_LINUX_LOG] = {"linux-log", 'N', &sim_serial_log},
	[SIM_FACE_LINUX_LOGIN] = {"linux-login", 'N', &sim_serial_login},
	[SIM_FACE_LINUX_SHELL] = {"linux-shell", 'N', &sim_serial_shell},
	[SIM_FACE_MCUBOOT] = {"mcuboot", 'N', &sim_serial_mcuboot},
	[SIM_FACE_SMP] = {"smp", 'N', &sim_serial_smp},
	[SIM_FACE_ZEPHYR_SHELL] = {"zephyr-shell", 'N', &sim_serial_zephyr_shell},
	[SIM_FACE_GPS] = {"gps", 'N', &sim_serial_gps},
	[SIM_FACE_SILENCE] = {"silence", 'E', &sim_serial_silence},
	[SIM_FACE_NOISE] = {"noise", 'E', &sim_serial_noise},
	[SIM_FACE_ECHO] = {"echo", 'E', &sim_serial_echo},
};

const char *sim_face_name(enum sim_face face)
{
	return faces[face].name;
}

char sim_face_parity(enum sim_face face)
{
	return faces[face].parity;
}

bool sim_face_by_name(enum sim_face *out, const char *name, size_t length)
{
	for (size_t i = 0; i < SIM_FACES; i++) {
		if (strlen(faces[i].name) == length && memcmp(faces[i].name, name, length) == 0) {
			*out = (enum sim_face)i;
			return true;
		}
	}
	return false;
}

const struct sim_serial_dialect *sim_face_dialect(enum sim_face face)
{
	return faces[face].dialect;
}

/* --- silence */

static void ignore(struct sim_uart *uart)
{
	(void)uart;
}

static void ignore_byte(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	(void)uart;
	(void)byte;
	(void)damaged;
}

const struct sim_serial_dialect sim_serial_silence = {.boot = ignore, .byte = ignore_byte};

/* --- noise: an open wire beside a motor. Always the same bytes, so that a failure can be repeated.
 */

#define NOISE_US   7000u
#define NOISE_SEED 1u

static void begin_noise(struct sim_uart *uart)
{
	uart->memory.number = NOISE_SEED;
	sim_serial_wait(uart, NOISE_US, false);
}

/* A linear congruential generator with the constants of ISO C's example of rand(). */
static void make_noise(struct sim_uart *uart)
{
	uart->memory.number = uart->memory.number * 1103515245u + 12345u;
	sim_serial_send_byte(uart, (uint8_t)(uart->memory.number >> 16));
	sim_serial_wait(uart, NOISE_US, false);
}

const struct sim_serial_dialect sim_serial_noise = {
	.boot = begin_noise, .byte = ignore_byte, .expired = make_noise};

/* --- a receiver of satellites, which tells the time and no more (NMEA 0183) */

#define SENTENCE_US 1000000u

static void begin_gps(struct sim_uart *uart)
{
	sim_serial_wait(uart, SENTENCE_US, false);
}

static void tell_position(struct sim_uart *uart)
{
	static const char sentence[] = "$GPGLL,,,,,123519.00,V,N*47\r\n";

	sim_serial_send(uart, (const uint8_t *)sentence, sizeof sentence - 1);
	sim_serial_wait(uart, SENTENCE_US, false);
}

const struct sim_serial_dialect sim_serial_gps = {
	.boot = begin_gps, .byte = ignore_byte, .expired = tell_position};

/* --- echo */

static void echo(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	(void)damaged;
	sim_serial_send_byte(uart, byte);
}

const struct sim_serial_dialect sim_serial_echo = {.boot = ignore, .byte = echo};
