/*
 * The device end of sim_usb, for sim_*.c: what every programming service has on the bus, and the
 * table row that makes it one service or the other.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_GADGET_H
#define OTPEDIT_TRANSPORT_SIM_GADGET_H

#include "transport/sim_board.h"
#include "transport/sim_boot.h"
#include "transport/sim_entity.h"
#include "transport/sim_prgfw.h"
#include "transport/sim_usb.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Hung: on the bus, and answers nothing. */
enum sim_presence { SIM_ON_BUS, SIM_CRASHED, SIM_LEFT, SIM_HUNG };

enum sim_dfu_state {
	SIM_DFU_IDLE = 2,
	SIM_DNLOAD_SYNC = 3,
	SIM_DNLOAD_BUSY = 4,
	SIM_DNLOAD_IDLE = 5,
	SIM_MANIFEST_SYNC = 6,
	SIM_MANIFEST = 7,
	SIM_UPLOAD_IDLE = 9,
	SIM_DFU_ERROR = 10
};

enum sim_dfu_request {
	SIM_DETACH,
	SIM_DNLOAD,
	SIM_UPLOAD,
	SIM_GETSTATUS,
	SIM_CLRSTATUS,
	SIM_GETSTATE,
	SIM_ABORT
};

/* bStatus */
#define SIM_STATUS_OK      0x00u
#define SIM_STATUS_FILE    0x02u
#define SIM_STATUS_VERIFY  0x07u
#define SIM_STATUS_UNKNOWN 0x0Eu
#define SIM_STATUS_STALLED 0x0Fu

/* One class request on its way through the state machine. */
struct sim_request {
	uint8_t code; /* enum sim_dfu_request, or a number that DFU does not have */
	uint16_t value;
	uint16_t length;
	const uint8_t *out;
	bool broken; /* the host gives up in the data stage */
};

struct sim_gadget {
	const struct sim_dialect *dialect;
	struct sim_board *board;
	enum sim_presence presence;
	unsigned alternate;
	uint8_t state;  /* enum sim_dfu_state */
	uint8_t status; /* bStatus */
	unsigned strays;
	/* What the one service keeps, and the other; a boot stage keeps it in the board. */
	struct sim_uboot uboot;
	struct sim_prgfw prgfw;
};

/* The answer to a SETUP: what the device queued, which may be more than the host asked for. */
struct sim_answer {
	enum sim_usb_end end;
	size_t length;
	uint8_t data[SIM_USB_TRANSFER_MAX];
};

#define SIM_TEXTS 6 /* string descriptors before those of the alternates, at most */

/* A programming service as a host meets it. Sizes and texts, then what it does. */
struct sim_dialect {
	uint16_t transfer_size;
	uint16_t detach_timeout;
	unsigned first_name;          /* string descriptor of the first alternate's name */
	const char *texts[SIM_TEXTS]; /* fixed strings by their index; NULL: none, or made */

	/* The service has just started on a board that has just booted; all else is zero. */
	void (*boot)(struct sim_gadget *);
	/* SET_CONFIGURATION: dfuIDLE on alternate 0. */
	void (*configure)(struct sim_gadget *);
	/* SET_INTERFACE; false: stalled. */
	bool (*select)(struct sim_gadget *, unsigned alternate);
	/* Completes what a request that was broken off left open, before the next one. NULL: it
	 * is left as it is. */
	void (*complete)(struct sim_gadget *);
	/* A class request in its right direction. */
	void (*request)(struct sim_gadget *, struct sim_answer *, const struct sim_request *);
	/* The host has fetched the data of any request. NULL: nothing follows from it. */
	void (*fetched)(struct sim_gadget *, struct sim_answer *);
	/* The product text, and the name of an alternate: false past the last. */
	void (*product)(const struct sim_gadget *, char *out, size_t capacity);
	bool (*name)(const struct sim_gadget *, unsigned alternate, char *out, size_t capacity);
};

extern const struct sim_dialect sim_dialect_uboot;
extern const struct sim_dialect sim_dialect_prgfw;
extern const struct sim_dialect sim_dialect_rom;
extern const struct sim_dialect sim_dialect_tfa;

/* Another program runs on the board: its service, or a stage before it. Strays stay counted. */
void sim_gadget_boot(struct sim_gadget *gadget, struct sim_board *board);

/* A bus reset and the SET_CONFIGURATION after it. */
void sim_gadget_bus_reset(struct sim_gadget *gadget);

/*
 * One SETUP with its data stage. `out` holds the bytes of an OUT stage, wLength of them.
 * `broken`: the host gives up in the data stage.
 */
void sim_gadget_setup(struct sim_gadget *gadget, struct sim_answer *answer, const uint8_t setup[8],
	const uint8_t *out, bool broken);

/* Answers for sim_*.c: a status stage without data; GETSTATUS; GETSTATE. */
void sim_gadget_acknowledge(struct sim_answer *answer);
void sim_gadget_answer_status(
	const struct sim_gadget *gadget, struct sim_answer *answer, uint8_t poll_ms);
void sim_gadget_answer_state(const struct sim_gadget *gadget, struct sim_answer *answer);

/* How many alternates are listed. */
unsigned sim_gadget_alternates(const struct sim_gadget *gadget);

/* String descriptor `index` as plain text; false where there is none. */
bool sim_gadget_string(const struct sim_gadget *gadget, unsigned index, char *out, size_t capacity);

/* GET_DESCRIPTOR by wValue; false where there is none. */
bool sim_gadget_descriptor(
	const struct sim_gadget *gadget, struct sim_answer *answer, uint16_t value);

/* Numbers that the descriptors and describe() share. */
#define SIM_USB_VENDOR         0x0483
#define SIM_USB_PRODUCT        0xDF11
#define SIM_USB_RELEASE        0x0200
#define SIM_USB_DFU_VERSION    0x0110
#define SIM_USB_ATTRIBUTES     0x0F
#define SIM_USB_STRING_PRODUCT 2
#define SIM_USB_STRING_SERIAL  3

#endif
