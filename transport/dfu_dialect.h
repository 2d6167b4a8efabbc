/*
 * How one kind of service is worked with over DFU, once dfu_attach() has found it: a row of calls.
 * For dfu*.c.
 *
 * Each call begins with finding out the board's state; dfu.c has seen to it that the board offers
 * an OTP partition, and keeps `staged`. Length and OTP size of a request are equal.
 */
#ifndef OTPEDIT_TRANSPORT_DFU_DIALECT_H
#define OTPEDIT_TRANSPORT_DFU_DIALECT_H

#include "transport/dfu.h"

struct dfu_dialect {
	enum status (*read)(
		struct dfu *, uint8_t *out, size_t capacity, size_t *length, struct errbuf *);
	enum status (*stage)(struct dfu *, const uint8_t *request, size_t length, struct errbuf *);
	enum status (*unstage)(struct dfu *, struct errbuf *);
	enum status (*burn)(struct dfu *, struct errbuf *);
	/* Also without an OTP partition. NULL: the service has none. */
	enum status (*complaint)(struct dfu *, char *text, size_t capacity, struct errbuf *);
};

extern const struct dfu_dialect dfu_dialect_uboot;
extern const struct dfu_dialect dfu_dialect_prgfw;

/* Says so in front of why; ERR_UNCERTAIN. */
enum status dfu_uncertain(struct errbuf *err);

#endif
