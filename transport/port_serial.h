/*
 * Serial ports through libserialport: the real wire below struct stream.
 *
 * A port is opened for this program alone, set to 8 data bits and one stop bit without flow
 * control, its modem lines left as they are, and read empty. Nothing is sent.
 */
#ifndef OTPEDIT_TRANSPORT_PORT_SERIAL_H
#define OTPEDIT_TRANSPORT_PORT_SERIAL_H

#include "src/device.h"
#include "src/errbuf.h"
#include "transport/link.h"

struct port_settings {
	unsigned baud; /* 115200 is what all services speak */
	char parity;   /* 'E' for all of them; 'N', 'O' */
};

/*
 * ERR_GONE where there is no such port, ERR_BUSY where another program holds it, named where /proc
 * shows it, ERR_LINK without the permission to open it, with what gives it, ERR_UNSUPPORTED where
 * the driver does not take the settings, naming what it took instead.
 */
enum status port_serial_open(struct stream **out, const char *name,
	const struct port_settings *settings, struct errbuf *err);

/* The serial ports of this computer, up to FOUND_PORTS_MAX; their sources are left empty. None is
 * opened. */
enum status port_serial_list(struct found_ports *out, struct errbuf *err);

#endif
