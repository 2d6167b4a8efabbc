#include "transport/port_serial.h"

#include "transport/holders.h"

#include <libserialport.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <time.h>

#define WRITE_MS 5000u
/* After an unplug libserialport 0.1.1 reads on until its time is over, and says that nothing came:
 * so it never gets much. */
#define SLICE_MS 20u

struct port {
	struct stream stream;
	struct sp_port *port;
	char name[128];
	struct port_settings settings;
};

static struct port *as_port(struct stream *stream)
{
	return (struct port *)stream;
}

/* --- what went wrong */

static enum status busy(const char *name, struct errbuf *err)
{
	char holders[160];
	holders_of(holders, sizeof holders, name);
	if (holders[0] == '\0')
		return errbuf_set(err, ERR_BUSY,
			"the port %s is in use by another program: end that first (a terminal "
			"program, ModemManager)",
			name);
	return errbuf_set(err, ERR_BUSY, "the port %s is in use, and open in %s: end that first",
		name, holders);
}

static enum status explain(const char *name, int code, struct errbuf *err)
{
	int number = errno;
	switch (number) {
	case EACCES:
	case EPERM:
		return errbuf_set(err, ERR_LINK,
			"the port %s cannot be opened: this user has no permission. The group that "
			"owns it, 'dialout' most often, gives it: as root 'adduser USER dialout', "
			"then "
			"log in anew",
			name);
	case EBUSY:
	case EWOULDBLOCK: return busy(name, err);
	case ENOENT:
	case ENXIO:
	case ENODEV: return errbuf_set(err, ERR_GONE, "there is no port %s", name);
	case EIO: return errbuf_set(err, ERR_GONE, "the port %s is gone: it was unplugged", name);
	default: break;
	}
	if (code == SP_ERR_ARG)
		return errbuf_set(err, ERR_GONE, "there is no serial port %s", name);
	return errbuf_set(err, ERR_LINK, "the port %s cannot be used: %s", name, strerror(number));
}

static enum status gone(const struct port *port, struct errbuf *err)
{
	return errbuf_set(err, ERR_GONE, "the port %s is gone: it was unplugged", port->name);
}

/* --- settings */

static enum sp_parity parity_of(char letter)
{
	return letter == 'E' ? SP_PARITY_EVEN : letter == 'O' ? SP_PARITY_ODD : SP_PARITY_NONE;
}

static char letter_of(enum sp_parity parity)
{
	switch (parity) {
	case SP_PARITY_EVEN: return 'E';
	case SP_PARITY_ODD: return 'O';
	case SP_PARITY_NONE: return 'N';
	default: return '?';
	}
}

/* Some drivers say yes and do something else: what they did is what counts. */
static enum status check_settings(const struct port *port, struct errbuf *err)
{
	struct sp_port_config *config;
	int baud = 0, bits = 0, stop = 0;
	enum sp_parity parity = SP_PARITY_INVALID;
	if (sp_new_config(&config) != SP_OK)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a serial port");
	int code = sp_get_config(port->port, config);
	if (code == SP_OK) {
		sp_get_config_baudrate(config, &baud);
		sp_get_config_bits(config, &bits);
		sp_get_config_stopbits(config, &stop);
		sp_get_config_parity(config, &parity);
	}
	sp_free_config(config);
	if (code != SP_OK)
		return explain(port->name, code, err);
	if ((unsigned)baud != port->settings.baud || bits != 8 || stop != 1 ||
		parity != parity_of(port->settings.parity))
		return errbuf_set(err, ERR_UNSUPPORTED,
			"the port %s did not take %u baud 8%c1: its driver made it %d baud %d%c%d",
			port->name, port->settings.baud, port->settings.parity, baud, bits,
			letter_of(parity), stop);
	return OK;
}

static enum status set_up(struct port *port, struct errbuf *err)
{
	int code = sp_set_baudrate(port->port, (int)port->settings.baud);
	if (code == SP_OK)
		code = sp_set_bits(port->port, 8);
	if (code == SP_OK)
		code = sp_set_parity(port->port, parity_of(port->settings.parity));
	if (code == SP_OK)
		code = sp_set_stopbits(port->port, 1);
	if (code == SP_OK)
		code = sp_set_flowcontrol(port->port, SP_FLOWCONTROL_NONE);
	if (code != SP_OK)
		return explain(port->name, code, err);
	return check_settings(port, err);
}

/* Nobody else opens it from here on, and programs that ask for its lock do not either. */
static enum status take(struct port *port, struct errbuf *err)
{
	int file = -1;
	int code = sp_get_port_handle(port->port, &file);
	if (code != SP_OK || flock(file, LOCK_EX | LOCK_NB) != 0 || ioctl(file, TIOCEXCL) != 0)
		return explain(port->name, code, err);
	return OK;
}

/* For others again. While somebody else has it open, too, it would stay shut to them. */
static void let_go(struct port *port)
{
	int file;
	if (sp_get_port_handle(port->port, &file) == SP_OK)
		(void)ioctl(file, TIOCNXCL);
	(void)sp_close(port->port);
}

/* --- the wire */

static enum status port_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	struct port *port = as_port(stream);
	int vendor, product;
	(void)err;
	memset(out, 0, sizeof *out);
	snprintf(out->port, sizeof out->port, "%s", port->name);
	const char *description = sp_get_port_description(port->port);
	snprintf(out->description, sizeof out->description, "%s", description ? description : "");
	if (sp_get_port_transport(port->port) == SP_TRANSPORT_USB &&
		sp_get_port_usb_vid_pid(port->port, &vendor, &product) == SP_OK)
		snprintf(out->usb, sizeof out->usb, "%04x:%04x", (unsigned)vendor & 0xFFFFu,
			(unsigned)product & 0xFFFFu);
	out->baud = port->settings.baud;
	out->parity = port->settings.parity;
	return OK;
}

static enum status port_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct port *port = as_port(stream);
	unsigned line_ms = (unsigned)(length * 11 * 1000 / port->settings.baud);
	int sent = sp_blocking_write(port->port, bytes, length, WRITE_MS + line_ms);
	if (sent < 0)
		return explain(port->name, sent, err);
	if ((size_t)sent != length)
		return errbuf_set(err, ERR_TIMEOUT, "the port %s took %d of %zu bytes in time",
			port->name, sent, length);
	int code = sp_drain(port->port);
	return code == SP_OK ? OK : explain(port->name, code, err);
}

static uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static enum status port_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct port *port = as_port(stream);
	uint64_t end = now_ms() + timeout_ms;
	*actual = 0;
	for (;;) {
		uint64_t now = now_ms();
		uint64_t left = now < end ? end - now : 0;
		/* Without a time to wait libserialport waits for ever. */
		int got = left == 0
				  ? sp_nonblocking_read(port->port, out + *actual, length - *actual)
				  : sp_blocking_read(port->port, out + *actual, length - *actual,
					    left < SLICE_MS ? (unsigned)left : SLICE_MS);
		if (got < 0)
			return explain(port->name, got, err);
		*actual += (size_t)got;
		if (*actual == length)
			return OK;
		if (sp_input_waiting(port->port) < 0)
			return gone(port, err);
		if (left == 0)
			return OK;
	}
}

static void port_pause(struct stream *stream, unsigned milliseconds)
{
	struct timespec left = {
		.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
	(void)stream;
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

static enum status port_set(struct stream *stream, unsigned baud, char parity, struct errbuf *err)
{
	struct port *port = as_port(stream);
	port->settings = (struct port_settings){.baud = baud, .parity = parity};
	errno = 0;
	return set_up(port, err);
}

static void port_close(struct stream *stream)
{
	struct port *port = as_port(stream);
	let_go(port);
	sp_free_port(port->port);
	free(port);
}

static const struct stream_ops port_ops = {
	.describe = port_describe,
	.write = port_write,
	.read = port_read,
	.pause = port_pause,
	.set = port_set,
	.close = port_close,
};

static enum status open_port(struct port *port, struct errbuf *err)
{
	errno = 0;
	int code = sp_open(port->port, SP_MODE_READ_WRITE);
	if (code != SP_OK)
		return explain(port->name, code, err);
	enum status status = take(port, err);
	if (status != OK) {
		/* Whoever has it keeps it. */
		(void)sp_close(port->port);
		return status;
	}
	status = set_up(port, err);
	if (status == OK && (code = sp_flush(port->port, SP_BUF_INPUT)) != SP_OK)
		status = explain(port->name, code, err);
	if (status != OK)
		let_go(port);
	return status;
}

enum status port_serial_open(struct stream **out, const char *name,
	const struct port_settings *settings, struct errbuf *err)
{
	struct port *port = calloc(1, sizeof *port);
	if (!port)
		return errbuf_set(err, ERR_MEMORY, "out of memory for a serial port");
	port->stream.ops = &port_ops;
	port->settings = *settings;
	snprintf(port->name, sizeof port->name, "%s", name);
	errno = 0;
	int code = sp_get_port_by_name(name, &port->port);
	if (code != SP_OK) {
		free(port);
		return explain(name, code, err);
	}
	enum status status = open_port(port, err);
	if (status != OK) {
		sp_free_port(port->port);
		free(port);
		return status;
	}
	*out = &port->stream;
	return OK;
}
