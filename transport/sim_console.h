/*
 * A line of text that a person types at a simulated console: what consoles have in common.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_CONSOLE_H
#define OTPEDIT_TRANSPORT_SIM_CONSOLE_H

#include "transport/sim_serial.h"

#define SIM_CONSOLE_CONTROL_C 0x03

enum sim_console_key {
	SIM_CONSOLE_NOTHING,  /* the line has changed, or not */
	SIM_CONSOLE_LINE,     /* it is complete: memory.text, NUL-terminated, without its end */
	SIM_CONSOLE_INTERRUPT /* ^C: the line is empty again */
};

void sim_console_print(struct sim_uart *uart, const char *text);

/* A byte was typed; it is echoed where `echoes`. A line that is too long takes no more. */
enum sim_console_key sim_console_take(struct sim_uart *uart, uint8_t byte, bool echoes);

#endif
