/*
 * The files that bring a board from its ROM code to a service for OTP, and the phase each is for.
 * All of it is read and checked before a first byte goes to a board.
 *
 * Sources: ST wiki "How to load U-Boot with dfu-util", "STM32 MPU ROM code overview" (versions of
 * headers, sizes) and "STM32CubeProgrammer flashlayout"; TF-A stm32cubeprogrammer.h (phases),
 * stm32mp1_def.h and stm32mp2_def.h (SYSRAM); STM32PRGFW-UTIL FlashLayout_STM32PRGFW_UTIL.tsv.
 * Phase 1: what the ROM code starts, TF-A or STM32PRGFW-UTIL. Phase 2, STM32MP2 only: a FIP with
 * what TF-A needs to use the DDR memory. Phase 3: a FIP with OP-TEE and U-Boot.
 */
#ifndef OTPEDIT_SRC_FIRMWARE_H
#define OTPEDIT_SRC_FIRMWARE_H

#include "src/errbuf.h"
#include "src/fip.h"
#include "src/stm32_image.h"
#include "src/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIRMWARE_MAX_IMAGES 8
#define FIRMWARE_MAX_BYTES  ((size_t)16 * 1024 * 1024) /* as TF-A takes for a FIP */

#define PHASE_FLASH_LAYOUT 0x00u
#define PHASE_FSBL         0x01u
#define PHASE_DDR          0x02u
#define PHASE_FIP          0x03u
#define PHASE_RESET        0xFFu /* the board gave up, and says why */

enum firmware_kind { FIRMWARE_STM32, FIRMWARE_FIP };

struct firmware_image {
	unsigned phase;
	enum firmware_kind kind;
	char path[STORE_PATH_MAX];
	uint8_t *bytes; /* owned */
	size_t length;
	char digest[65];           /* SHA-256, hex */
	struct stm32_image header; /* FIRMWARE_STM32 */
	struct fip fip;            /* FIRMWARE_FIP */
};

/* Zeroed: none. For the caller to free with firmware_free(). */
struct firmware {
	size_t count; /* by phase */
	struct firmware_image *images[FIRMWARE_MAX_IMAGES];
	size_t ignored_count; /* partitions of a FlashLayout: nothing of them is used */
};

/*
 * Adds "FILE" or "PHASE=FILE". Without a phase the file tells: an STM32 header is for phase 1, a
 * FIP with U-Boot for phase 3, another FIP for phase 2. ERR_USAGE where the phase has a file
 * already or does not exist; ERR_FILE, ERR_FORMAT name the file.
 */
enum status firmware_add(struct firmware *firmware, const char *text, struct errbuf *err);

/* Adds what a FlashLayout boots with. Relative names are looked for in the layout's folder first,
 * then in the current one. */
enum status firmware_add_layout(struct firmware *firmware, const char *path, struct errbuf *err);

/* Adds what a person types in one line: a FlashLayout, or files with commas between them, as
 * firmware_add() takes them; what each is, it tells itself. */
enum status firmware_add_line(struct firmware *firmware, const char *line, struct errbuf *err);

void firmware_free(struct firmware *firmware);

/* The image for a phase; NULL: none. */
const struct firmware_image *firmware_for(const struct firmware *firmware, unsigned phase);

/* "STM32MP15x" by device id; NULL: no chip that is known. Two families share 0x505. */
const char *firmware_chip_name(uint32_t device_id);

/*
 * Whether this chip can be brought up with them from this phase on (PHASE_FSBL: from its ROM code):
 * headers of its version, that fit its memory, and no phase missing. ERR_REFUSED says which file is
 * wrong and what is wanted.
 */
enum status firmware_check(
	const struct firmware *firmware, uint32_t device_id, unsigned from, struct errbuf *err);

/* ERR_REFUSED where a closed device would not start what it is given first. */
enum status firmware_check_signed(const struct firmware *firmware, struct errbuf *err);

/* Whether there is one program alone, as STM32PRGFW-UTIL is. */
bool firmware_is_single(const struct firmware *firmware);

/* What is loaded in a phase, for people: "TF-A", "OP-TEE and U-Boot". */
const char *firmware_phase_name(const struct firmware *firmware, unsigned phase);

/* One image on two lines for people: its phase and file; size, kind, versions, signature. */
#define FIRMWARE_TEXT_MAX 256
void firmware_describe(char out[FIRMWARE_TEXT_MAX], const struct firmware_image *image);

#endif
