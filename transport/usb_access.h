/*
 * Who may use a USB device on this computer, and who does: what an error about it has to tell.
 */
#ifndef OTPEDIT_TRANSPORT_USB_ACCESS_H
#define OTPEDIT_TRANSPORT_USB_ACCESS_H

#include <stddef.h>

#define USB_ACCESS_RULE_FILE "/etc/udev/rules.d/60-otpedit.rules"
#define USB_ACCESS_RULE_MAX  200

/* The rule for udev that otpedit installs: one line, without its line break. */
void usb_access_rule(char out[USB_ACCESS_RULE_MAX]);

/*
 * The other programs that have the device open, as far as /proc shows them to this user:
 * "dfu-util (process 4711)", several with commas between; "" for none.
 */
void usb_access_holders(char *out, size_t capacity, unsigned bus, unsigned address);

#endif
