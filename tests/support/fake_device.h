/*
 * A board for tests of the model: fuses in memory, every call counted, and a hook at each call
 * where a test makes things go wrong. It knows only what a test tells it; the honest board is the
 * simulated one.
 */
#ifndef OTPEDIT_TESTS_FAKE_DEVICE_H
#define OTPEDIT_TESTS_FAKE_DEVICE_H

#include "src/device.h"
#include "src/image.h"
#include "src/partition.h"

enum fake_call {
	FAKE_IDENTIFY,
	FAKE_READ,
	FAKE_STAGE,
	FAKE_UNSTAGE,
	FAKE_BURN,
	FAKE_COMPLAINT,
	FAKE_CALLS
};

struct fake_device {
	struct device device;
	struct device_info info;
	struct image fuses; /* what a read shows */
	bool staged;
	struct image request; /* what was staged last */
	unsigned calls[FAKE_CALLS];
	char order[256]; /* one letter a call: i r s u b c */
	char complaint[128];
	/* Called before each call takes effect; not OK: the call fails with this and changes
	 * nothing. May change anything in the device. NULL: nothing happens. */
	enum status (*hook)(
		struct fake_device *, enum fake_call call, unsigned nth, struct errbuf *);
	/* Called instead of the plain burn; NULL: values are or-ed in, locks are set. */
	enum status (*burn)(struct fake_device *, struct errbuf *);
	void *payload; /* for the hook */
};

/* A board of U-Boot, simulated class, with these fuses. Nothing to free. */
void fake_device_init(struct fake_device *fake, const struct image *fuses);

/* The plain burn, for hooks that do more. */
void fake_device_apply(struct fake_device *fake);

#endif
