#include "transport/sim_serial.h"
static void boot(struct sim_uart *u)
{
	(void)u;
}
static void byte(struct sim_uart *u, uint8_t b, bool d)
{
	(void)u;
	(void)b;
	(void)d;
}
const struct sim_serial_dialect sim_serial_prgfw = {.boot = boot, .byte = byte};
