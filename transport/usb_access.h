/*
 * Who may use a USB device on this computer: what an error about it has to tell.
 */
#ifndef OTPEDIT_TRANSPORT_USB_ACCESS_H
#define OTPEDIT_TRANSPORT_USB_ACCESS_H

#define USB_ACCESS_RULE_FILE "/etc/udev/rules.d/60-otpedit.rules"
#define USB_ACCESS_RULE_MAX  200

/* The rule for udev that otpedit installs: one line, without its line break. */
void usb_access_rule(char out[USB_ACCESS_RULE_MAX]);

#endif
