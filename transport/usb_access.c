#include "transport/usb_access.h"

#include "src/embedded.h"

#include <stdio.h>
#include <string.h>

extern const struct embedded builtin_udev_rules[];

/* The one line of the file that is no comment. */
void usb_access_rule(char out[USB_ACCESS_RULE_MAX])
{
	const char *line = (const char *)builtin_udev_rules[0].data;
	while (*line == '#') {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	snprintf(out, USB_ACCESS_RULE_MAX, "%.*s", (int)strcspn(line, "\n"), line);
}
