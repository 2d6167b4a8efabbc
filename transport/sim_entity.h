/* U-Boot's DFU entities and its stm32prog command, as dfu.c and stm32prog.c keep them. For
 * sim_*.c. */
#ifndef OTPEDIT_TRANSPORT_SIM_ENTITY_H
#define OTPEDIT_TRANSPORT_SIM_ENTITY_H

#include "transport/sim_board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_ENTITIES 4

enum sim_entity_kind { SIM_ENTITY_LAYOUT, SIM_ENTITY_PHASE, SIM_ENTITY_OTP, SIM_ENTITY_PMIC };

/* U-Boot's bookkeeping of a transfer: it outlives SET_INTERFACE, ABORT and CLRSTATUS. */
struct sim_entity {
	enum sim_entity_kind kind;
	bool begun;
	uint16_t next_block;
	size_t offset;   /* written or read so far */
	size_t buffered; /* received and not yet written; may exceed what `buffer` keeps */
	uint8_t buffer[SIM_BOARD_PARTITION_MAX];
};

/* The stm32prog command: its phase, its first error, and the OTP partition in RAM. */
struct sim_program {
	unsigned phase;
	char error[64];
	bool has_otp;
	size_t otp_size; /* as this board's service has it */
	uint8_t otp[SIM_BOARD_PARTITION_MAX];
};

struct sim_uboot {
	struct sim_program program;
	struct sim_entity entities[SIM_ENTITIES];
	unsigned entity_count;
	/* A request whose data stage the host broke off completes with the next one. */
	bool broken_download;
	bool broken_flush;
	uint16_t broken_block;
};

/* The first error stays until its text was fetched; a success never takes it away. */
void sim_program_note_error(struct sim_program *program, const char *what);

/* The entity of an alternate, NULL for a number never advertised. */
struct sim_entity *sim_entity_of(struct sim_uboot *uboot, unsigned alternate);

/* dfu.c: one block up, at most `size` bytes; its length, or -1. */
int sim_entity_read(struct sim_program *program, struct sim_board *board, struct sim_entity *entity,
	uint8_t *out, size_t size, uint16_t block);

/* dfu.c: one block down; a length of 0 hands the data to the program. False: dfuERROR. */
bool sim_entity_write(struct sim_program *program, struct sim_entity *entity, const uint8_t *bytes,
	size_t length, uint16_t block);

/* dfu.c: the deferred flush: this burns. */
void sim_entity_flush(
	struct sim_program *program, struct sim_board *board, struct sim_entity *entity);

/* "@OTP/0xf2/1*776Be" */
void sim_entity_name(const struct sim_program *program, const struct sim_entity *entity, char *out,
	size_t capacity);

#endif
