/* The device end of sim_usb: gadget, DFU state machine, DFU entities, descriptors. For sim_*.c. */
#ifndef OTPEDIT_TRANSPORT_SIM_GADGET_H
#define OTPEDIT_TRANSPORT_SIM_GADGET_H

#include "transport/sim_board.h"
#include "transport/sim_usb.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_ALTERNATES 4

enum sim_entity_kind { SIM_ENTITY_LAYOUT, SIM_ENTITY_PHASE, SIM_ENTITY_OTP, SIM_ENTITY_PMIC };

/* U-Boot's bookkeeping of a transfer: it outlives SET_INTERFACE, ABORT and CLRSTATUS. */
struct sim_entity {
	enum sim_entity_kind kind;
	bool begun;
	uint16_t next_block;
	size_t offset;   /* written or read so far */
	size_t buffered; /* received and not yet written; may exceed what `buffer` keeps */
	uint8_t buffer[SIM_BOARD_PARTITION_SIZE];
};

/* The stm32prog command: its phase, its first error, and the OTP partition in RAM. */
struct sim_program {
	unsigned phase;
	char error[64];
	bool has_otp;
	uint8_t otp[SIM_BOARD_PARTITION_SIZE];
};

enum sim_presence { SIM_ON_BUS, SIM_CRASHED, SIM_LEFT };

struct sim_gadget {
	struct sim_board *board;
	struct sim_program program;
	struct sim_entity entities[SIM_ALTERNATES];
	unsigned entity_count;
	enum sim_presence presence;
	unsigned alternate;
	uint8_t state;
	uint8_t status;
	/* A request whose data stage the host broke off completes with the next one. */
	bool broken_download;
	bool broken_flush;
	uint16_t broken_block;
	unsigned strays;
};

/* The answer to a SETUP: what the device queued, which may be more than the host asked for. */
struct sim_answer {
	enum sim_usb_end end;
	size_t length;
	uint8_t data[SIM_USB_TRANSFER_SIZE];
};

/* U-Boot has just started stm32prog on a board that has just booted. */
void sim_gadget_boot(struct sim_gadget *gadget, struct sim_board *board);

/* SET_CONFIGURATION: dfuIDLE on alternate 0; the entities stay as they are. */
void sim_gadget_configure(struct sim_gadget *gadget);

/* Completes what a broken-off request left open. */
void sim_gadget_complete(struct sim_gadget *gadget);

/*
 * One SETUP with its data stage. `out` holds the bytes of an OUT stage, wLength of them.
 * `broken`: the host gives up in the data stage.
 */
void sim_gadget_setup(struct sim_gadget *gadget, struct sim_answer *answer, const uint8_t setup[8],
	const uint8_t *out, bool broken);

/* The entity of an alternate, NULL for a number never advertised. */
struct sim_entity *sim_gadget_entity(struct sim_gadget *gadget, unsigned alternate);

/* dfu.c: one block up, at most `size` bytes; its length, or -1. */
int sim_entity_read(struct sim_gadget *gadget, struct sim_entity *entity, uint8_t *out, size_t size,
	uint16_t block);

/* dfu.c: one block down; a length of 0 hands the data to the program. False: dfuERROR. */
bool sim_entity_write(struct sim_gadget *gadget, struct sim_entity *entity, const uint8_t *bytes,
	size_t length, uint16_t block);

/* dfu.c: the deferred flush: this burns. */
void sim_entity_flush(struct sim_gadget *gadget, struct sim_entity *entity);

/* "@OTP/0xf2/1*776Be" */
const char *sim_entity_name(const struct sim_entity *entity);

/* String descriptor `index` as plain text; false where there is none. */
bool sim_gadget_string(const struct sim_gadget *gadget, unsigned index, char *out, size_t capacity);

/* GET_DESCRIPTOR by wValue; false where there is none. */
bool sim_gadget_descriptor(
	const struct sim_gadget *gadget, struct sim_answer *answer, uint16_t value);

/* Numbers that the descriptors and describe() share. */
#define SIM_USB_VENDOR          0x0483
#define SIM_USB_PRODUCT         0xDF11
#define SIM_USB_RELEASE         0x0200
#define SIM_USB_DFU_VERSION     0x0110
#define SIM_USB_ATTRIBUTES      0x0F
#define SIM_USB_STRING_PRODUCT  2
#define SIM_USB_STRING_SERIAL   3
#define SIM_USB_STRING_ENTITIES 5

#endif
