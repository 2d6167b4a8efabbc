#include "transport/port_serial.h"

#include "src/clean_text.h"
#include "transport/holders.h"

#include <libserialport.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void take_text(char *out, size_t capacity, const char *text)
{
	snprintf(out, capacity, "%s", text ? text : "");
	clean_text_in_place(out);
}

static void take_usb(struct found_port *out, struct sp_port *port)
{
	int vendor, product;
	if (sp_get_port_transport(port) != SP_TRANSPORT_USB)
		return;
	if (sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK)
		snprintf(out->usb, sizeof out->usb, "%04x:%04x", (unsigned)vendor & 0xFFFFu,
			(unsigned)product & 0xFFFFu);
	take_text(out->serial, sizeof out->serial, sp_get_port_usb_serial(port));
}

static void take_port(struct found_port *out, struct sp_port *port)
{
	*out = (struct found_port){0};
	snprintf(out->name, sizeof out->name, "%s", sp_get_port_name(port));
	take_text(out->description, sizeof out->description, sp_get_port_description(port));
	take_usb(out, port);
	holders_of(out->holders, sizeof out->holders, out->name);
}

enum status port_serial_list(struct found_ports *out, struct errbuf *err)
{
	struct sp_port **ports;
	out->count = 0;
	int code = sp_list_ports(&ports);
	/* Without /sys there is nothing to look at: no port, and no reason to complain. */
	if (code == SP_ERR_FAIL && errno == ENOENT)
		return OK;
	if (code != SP_OK)
		return errbuf_set(err, code == SP_ERR_MEM ? ERR_MEMORY : ERR_LINK,
			"the serial ports cannot be listed: %s",
			code == SP_ERR_MEM ? "out of memory" : strerror(errno));
	for (size_t i = 0; ports[i] && out->count < FOUND_PORTS_MAX; i++)
		take_port(&out->port[out->count++], ports[i]);
	sp_free_port_list(ports);
	return OK;
}
