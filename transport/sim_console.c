#include "transport/sim_console.h"

#include <string.h>

#define BACKSPACE 0x08
#define DELETE    0x7F
#define KILL      0x15 /* Ctrl-U: U-Boot, getty and terminals all drop the line */

void sim_console_print(struct sim_uart *uart, const char *text)
{
	sim_serial_send(uart, (const uint8_t *)text, strlen(text));
}

static void erase(struct sim_uart *uart, bool echoes)
{
	if (uart->memory.length > 0) {
		uart->memory.length--;
		sim_console_print(uart, echoes ? "\b \b" : "");
	}
}

enum sim_console_key sim_console_take(struct sim_uart *uart, uint8_t byte, bool echoes)
{
	struct sim_face_memory *memory = &uart->memory;

	if (byte == '\r' || byte == '\n') {
		sim_console_print(uart, "\r\n");
		memory->text[memory->length] = '\0';
		memory->length = 0;
		return SIM_CONSOLE_LINE;
	}
	if (byte == SIM_CONSOLE_CONTROL_C) {
		memory->length = 0;
		return SIM_CONSOLE_INTERRUPT;
	}
	if (byte == BACKSPACE || byte == DELETE) {
		erase(uart, echoes);
	} else if (byte == KILL) {
		while (memory->length > 0) {
			erase(uart, echoes);
		}
	} else if (byte >= ' ' && memory->length + 1 < sizeof memory->text) {
		memory->text[memory->length++] = (char)byte;
		if (echoes) {
			sim_serial_send_byte(uart, byte);
		}
	}
	return SIM_CONSOLE_NOTHING;
}
