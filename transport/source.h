/*
 * Every way to reach a board: the hand-written table that main hands to the rest of the program.
 */
#ifndef OTPEDIT_TRANSPORT_SOURCE_H
#define OTPEDIT_TRANSPORT_SOURCE_H

#include "src/device.h"

/* Ends with NULL. */
extern const struct source_ops *const source_table[];

#endif
