/*
 * Which other programs have a device open: what an error about a busy one has to tell.
 */
#ifndef OTPEDIT_TRANSPORT_HOLDERS_H
#define OTPEDIT_TRANSPORT_HOLDERS_H

#include <stddef.h>

/*
 * Those that /proc shows to this user: "dfu-util (process 4711)", several with commas between; ""
 * for none. `path` is the device's node; links are followed.
 */
void holders_of(char *out, size_t capacity, const char *path);

#endif
