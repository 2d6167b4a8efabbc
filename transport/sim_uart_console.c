/*
 * Consoles for people at the end of a serial line, at 8N1: a board that starts, or fails to, again
 * and again; U-Boot's prompt; messages, the login and the shell of a Linux.
 *
 * Sources: U-Boot common/autoboot.c (any key ends the count-down), common/cli_simple.c, and
 * CONFIG_SYS_PROMPT of the STM32MP boards; logs of OpenSTLinux in the ST wiki. Versions and times
 * are decided here, and that a byte with a wrong parity is taken as it came.
 */
#include "transport/sim_console.h"

#include <string.h>

#define SECOND_US      1000000u
#define LOGIN_DELAY_US (3 * SECOND_US)
#define MESSAGE_US     40000u

enum stage {
	STARTS,      /* says the texts of its start, one by one, and hears nothing */
	COUNTS_DOWN, /* the same, but a key stops it at U-Boot's prompt */
	AT_PROMPT,   /* of U-Boot */
	SERVES_USB,  /* U-Boot's service is on USB, until ^C */
	AT_LOGIN,    /* of Linux */
	AT_PASSWORD,
	CHECKS_LOGIN, /* hears nothing */
	AT_SHELL
};

static const char *const prompts[] = {
	[STARTS] = "",
	[COUNTS_DOWN] = "",
	[AT_PROMPT] = "STM32MP> ",
	[SERVES_USB] = "",
	[AT_LOGIN] = "stm32mp1 login: ",
	[AT_PASSWORD] = "Password: ",
	[CHECKS_LOGIN] = "",
	[AT_SHELL] = "root@stm32mp1:~# ",
};

static void go_to(struct sim_uart *uart, enum stage stage)
{
	uart->memory.stage = stage;
	uart->memory.length = 0;
	uart->deadline = 0;
	sim_console_print(uart, prompts[stage]);
}

/* --- the start */

static const struct {
	uint32_t after_us;
	const char *text;
	bool names_part; /* which follows, and the end of the line */
} starts[] = {
	{50000, "NOTICE:  CPU: ", true},
	{30000, "NOTICE:  BL2: v2.8-stm32mp-r1.0(release):v2.8\r\n", false},
	{200000, "\r\n\r\nU-Boot 2023.10-stm32mp-r1 (Oct 02 2023 - 14:10:04 +0000)\r\n\r\n", false},
	{10000, "CPU: ", true},
	{300000, "Hit any key to stop autoboot:  1 ", false},
	{SECOND_US, "\b\b\b 0 \r\n", false},
	{400000, "Retrieving file: /mmc0_extlinux/extlinux.conf\r\n", false},
	{400000, "\r\nStarting kernel ...\r\n\r\n", false},
	{700000, "[    0.000000] Booting Linux on physical CPU 0x0\r\n", false},
	{20000, "[    0.000000] Linux version 6.1.28 (oe-user@oe-host) #1 SMP PREEMPT\r\n", false},
	{SECOND_US, "[    1.204118] Run /sbin/init as init process\r\n", false},
	{SECOND_US, "\r\nST OpenSTLinux - Weston - (A Yocto Project Based Distro) ttySTM0\r\n\r\n",
		false},
};
#define TEXTS        (sizeof starts / sizeof starts[0])
#define LOADER_SPOKE 2u
#define COUNT_BEGAN  5u /* so many texts were said when U-Boot begins to count, and when it ends */
#define COUNT_ENDED  6u

static const char *part(const struct sim_uart *uart)
{
	static const char *const parts[] = {
		[SIM_MP13] = "STM32MP135F Rev.Y\r\n",
		[SIM_MP15] = "STM32MP157C Rev.Z\r\n",
		[SIM_MP21] = "STM32MP215F Rev.A\r\n",
		[SIM_MP23] = "STM32MP235F Rev.B\r\n",
		[SIM_MP25] = "STM32MP257F Rev.B\r\n",
	};

	return parts[sim_board_family(uart->board)];
}

static void boot_start(struct sim_uart *uart)
{
	go_to(uart, STARTS);
	sim_serial_wait(uart, starts[0].after_us, false);
}

/* memory.number is how many texts were said. */
static void say_next(struct sim_uart *uart)
{
	struct sim_face_memory *memory = &uart->memory;

	sim_console_print(uart, starts[memory->number].text);
	if (starts[memory->number].names_part) {
		sim_console_print(uart, part(uart));
	}
	memory->number++;
	if (memory->number == TEXTS) {
		go_to(uart, AT_LOGIN);
		return;
	}
	if (memory->number == COUNT_BEGAN || memory->number == COUNT_ENDED) {
		memory->stage = memory->number == COUNT_BEGAN ? COUNTS_DOWN : STARTS;
	}
	sim_serial_wait(uart, starts[memory->number].after_us, false);
}

/* A board whose next stage is not there: it tries again and again. */
static void fail_to_start(struct sim_uart *uart)
{
	if (uart->memory.number < LOADER_SPOKE) {
		say_next(uart);
		return;
	}
	sim_console_print(uart, "ERROR:   BL2: Failed to load image id 3 (-2)\r\n\r\n");
	uart->memory.number = 0;
	sim_serial_wait(uart, SECOND_US, false);
}

static void expired(struct sim_uart *uart)
{
	if (uart->memory.stage == CHECKS_LOGIN) {
		sim_console_print(uart, "\r\nLogin incorrect\r\n");
		go_to(uart, AT_LOGIN);
	} else {
		say_next(uart);
	}
}

/* --- commands */

static bool is_line(const struct sim_uart *uart, const char *text)
{
	return strcmp(uart->memory.text, text) == 0;
}

/* The first word of the line. */
static void cut_to_word(struct sim_uart *uart)
{
	uart->memory.text[strcspn(uart->memory.text, " ")] = '\0';
}

static void say_with_word(struct sim_uart *uart, const char *before, const char *behind)
{
	cut_to_word(uart);
	sim_console_print(uart, before);
	sim_console_print(uart, uart->memory.text);
	sim_console_print(uart, behind);
}

/* A service that was started serves until the board boots. */
static void at_prompt(struct sim_uart *uart)
{
	if (is_line(uart, "stm32prog serial 0")) {
		uart->serves = true;
		return;
	}
	if (is_line(uart, "stm32prog usb 0")) {
		go_to(uart, SERVES_USB);
		return;
	}
	if (is_line(uart, "reset")) {
		sim_console_print(uart, "resetting ...\r\n");
		sim_board_reset(uart->board);
		return;
	}
	if (is_line(uart, "boot")) {
		uart->memory.number = COUNT_ENDED;
		go_to(uart, STARTS);
		sim_serial_wait(uart, SECOND_US, false);
		return;
	}
	if (is_line(uart, "version")) {
		sim_console_print(
			uart, "U-Boot 2023.10-stm32mp-r1 (Oct 02 2023 - 14:10:04 +0000)\r\n\r\n");
	} else if (!is_line(uart, "")) {
		say_with_word(uart, "Unknown command '", "' - try 'help'\r\n");
	}
	go_to(uart, AT_PROMPT);
}

static void at_shell(struct sim_uart *uart)
{
	if (is_line(uart, "exit")) {
		sim_console_print(uart, "logout\r\n\r\n");
		go_to(uart, AT_LOGIN);
		return;
	}
	if (!is_line(uart, "")) {
		say_with_word(uart, "-sh: ", ": command not found\r\n");
	}
	go_to(uart, AT_SHELL);
}

/* Blanks alone are no command. An empty line is one for U-Boot, which then repeats the last
 * (common/cli_simple.c, cli_hush.c): it may have been any. */
static bool does_something(const struct sim_uart *uart)
{
	const char *text = uart->memory.text;

	return text[0] == '\0' ? uart->memory.stage == AT_PROMPT : text[strspn(text, " ")] != '\0';
}

static void on_line(struct sim_uart *uart)
{
	if (does_something(uart)) {
		sim_serial_stray(uart);
	} else if (uart->memory.stage != AT_LOGIN) {
		uart->memory.text[0] = '\0';
	}
	switch ((enum stage)uart->memory.stage) {
	case AT_PROMPT: at_prompt(uart); break;
	case AT_SHELL: at_shell(uart); break;
	case AT_LOGIN: go_to(uart, is_line(uart, "") ? AT_LOGIN : AT_PASSWORD); break;
	case AT_PASSWORD:
		go_to(uart, CHECKS_LOGIN);
		sim_serial_wait(uart, LOGIN_DELAY_US, false);
		break;
	case STARTS:
	case COUNTS_DOWN:
	case SERVES_USB:
	case CHECKS_LOGIN: break;
	}
}

static void on_interrupt(struct sim_uart *uart)
{
	if (uart->memory.stage == AT_PROMPT) {
		sim_console_print(uart, "<INTERRUPT>\r\n");
	} else {
		sim_console_print(uart, "^C\r\n");
	}
	go_to(uart, uart->memory.stage == SERVES_USB ? AT_PROMPT : (enum stage)uart->memory.stage);
}

static void byte(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	enum stage stage = (enum stage)uart->memory.stage;

	(void)damaged;
	if (stage == COUNTS_DOWN) {
		/* Held here: it does not go on to Linux until somebody tells it to. */
		sim_serial_stray(uart);
		sim_console_print(uart, "\b\b\b 0 \r\n");
		go_to(uart, AT_PROMPT);
		return;
	}
	if (stage == STARTS || stage == CHECKS_LOGIN ||
		(stage == SERVES_USB && byte != SIM_CONSOLE_CONTROL_C)) {
		return;
	}
	switch (sim_console_take(uart, byte, stage != AT_PASSWORD)) {
	case SIM_CONSOLE_NOTHING: break;
	case SIM_CONSOLE_LINE: on_line(uart); break;
	case SIM_CONSOLE_INTERRUPT: on_interrupt(uart); break;
	}
}

/* --- where each begins. A prompt was printed long before anybody listens. */

static void boot_uboot(struct sim_uart *uart)
{
	uart->memory.stage = AT_PROMPT;
}

/* Messages without end: a driver that fails, and says so. */
static void boot_log(struct sim_uart *uart)
{
	sim_serial_wait(uart, MESSAGE_US, false);
}

static void complain(struct sim_uart *uart)
{
	sim_console_print(
		uart, "[   42.170201] stm32f7-i2c 40012000.i2c: failed to request rx\r\n");
	sim_serial_wait(uart, MESSAGE_US, false);
}

static void ignore(struct sim_uart *uart, uint8_t byte, bool damaged)
{
	(void)uart;
	(void)byte;
	(void)damaged;
}

static void boot_login(struct sim_uart *uart)
{
	uart->memory.stage = AT_LOGIN;
}

static void boot_shell(struct sim_uart *uart)
{
	uart->memory.stage = AT_SHELL;
}

const struct sim_serial_dialect sim_serial_starting = {
	.boot = boot_start, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_uboot_console = {
	.boot = boot_uboot, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_login = {
	.boot = boot_login, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_shell = {
	.boot = boot_shell, .byte = byte, .expired = expired};
const struct sim_serial_dialect sim_serial_boot_loop = {
	.boot = boot_start, .byte = ignore, .expired = fail_to_start};
const struct sim_serial_dialect sim_serial_log = {
	.boot = boot_log, .byte = ignore, .expired = complain};
