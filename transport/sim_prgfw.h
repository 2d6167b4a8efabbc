/*
 * What STM32PRGFW-UTIL keeps between requests. For sim_*.c.
 *
 * One structure serves reading and writing, and one buffer both directions; what the last UPLOAD
 * was for decides what a DNLOAD is taken for, and the alternate does not.
 */
#ifndef OTPEDIT_TRANSPORT_SIM_PRGFW_H
#define OTPEDIT_TRANSPORT_SIM_PRGFW_H

#include "transport/sim_board.h"

#include <stdbool.h>
#include <stdint.h>

#define SIM_PRGFW_TRANSFER_SIZE 1024u
#define SIM_PRGFW_DIGEST_SIZE   32u

/* The number of the alternate that was uploaded last: what a download is taken for. */
enum sim_prgfw_phase {
	SIM_PRGFW_LAYOUT,
	SIM_PRGFW_FSBL,
	SIM_PRGFW_EXTERNAL,
	SIM_PRGFW_COMMAND,
	SIM_PRGFW_OTP,
	SIM_PRGFW_PMIC,
	SIM_PRGFW_END
};

struct sim_prgfw {
	enum sim_prgfw_phase phase;
	uint8_t buffer[SIM_PRGFW_TRANSFER_SIZE];
	uint16_t block;  /* of the download in `buffer` */
	uint16_t length; /* of it; 0: none waits */
	bool manifested;
	unsigned commands; /* how often the command alternate was read */
	/* The OTP structure, as it was read, with what was staged over it. */
	uint8_t otp[SIM_BOARD_PARTITION_MAX];
	uint8_t digest[SIM_PRGFW_DIGEST_SIZE];
};

/* Where a FlashLayout would be loaded. */
uint32_t sim_prgfw_layout_address(const struct sim_board *board);

/* Whether a digest follows the structure: on STM32MP2. */
bool sim_prgfw_has_digest(const struct sim_board *board);

/* The digest of the structure as it stands in `otp`. */
void sim_prgfw_compute_digest(struct sim_prgfw *prgfw);

#endif
