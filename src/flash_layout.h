/*
 * The vendor's FlashLayout: a text, one partition a line, of which only what boots a board is taken
 * here. Nothing is ever written to a flash memory.
 *
 * Sources: ST wiki "STM32CubeProgrammer flashlayout"; U-Boot stm32prog.c (parse_flash_layout),
 * which takes several tabs for one, ignores carriage returns, and skips empty lines and those that
 * begin with '#'. Columns: Opt, Id, Name, Type, IP (Device), Offset, Binary. A line whose IP is
 * "none" is for booting: its file goes to the phase of its id; all others are partitions of flash
 * memories.
 */
#ifndef OTPEDIT_SRC_FLASH_LAYOUT_H
#define OTPEDIT_SRC_FLASH_LAYOUT_H

#include "src/errbuf.h"

#include <stddef.h>
#include <stdint.h>

#define FLASH_LAYOUT_MAX_BYTES (256u * 1024u)
#define FLASH_LAYOUT_MAX_BOOT  8
#define FLASH_LAYOUT_NAME_MAX  64
#define FLASH_LAYOUT_PATH_MAX  1024

struct flash_layout_entry {
	unsigned line;  /* from 1 */
	unsigned phase; /* 1 to 15 */
	char name[FLASH_LAYOUT_NAME_MAX];
	char binary[FLASH_LAYOUT_PATH_MAX]; /* as it stands there: maybe relative */
};

struct flash_layout {
	size_t count;         /* what boots a board, by phase */
	size_t ignored_count; /* partitions of flash memories: left alone */
	struct flash_layout_entry entries[FLASH_LAYOUT_MAX_BOOT];
};

/*
 * ERR_FORMAT names the line: too few or too many columns, a head line with columns that are not
 * these, an option, id or type that is not known, two files for one phase, no file; and a layout
 * without anything that boots a board.
 */
enum status flash_layout_parse(
	struct flash_layout *out, const char *text, size_t length, struct errbuf *err);

#endif
