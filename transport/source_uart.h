/*
 * Boards on a serial line as sources:
 *
 *	uart:/dev/ttyUSB0            115200 baud, even parity, as all services have it
 *	uart:/dev/ttyUSB0,baud=…,parity=even|odd|none
 *
 * Opening sends the sync byte, and then asks who answers (transport/stm32boot.h). Boards cannot be
 * power-cycled from here.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_UART_H
#define OTPEDIT_TRANSPORT_SOURCE_UART_H

#include "src/device.h"

extern const struct source_ops source_uart;

#endif
