/*
 * A simulated board in its ROM code with a loader on it, and files to load: for tests of bringing
 * boards up. Pauses cost no time.
 */
#ifndef OTPEDIT_TESTS_SUPPORT_BOOT_RIG_H
#define OTPEDIT_TESTS_SUPPORT_BOOT_RIG_H

#include "src/loader.h"
#include "tests/support/scratch.h"
#include "transport/fault.h"
#include "transport/sim_boot.h"
#include "transport/sim_uart.h"
#include "transport/sim_usb.h"

#include <stdbool.h>

struct boot_rig {
	enum sim_family family;
	uint32_t device_id;
	struct sim_board *board;
	struct sim_usb *usb;   /* NULL: over its serial line */
	struct sim_uart *uart; /* NULL: over USB */
	struct loader *loader;
	struct firmware firmware;
	char folder[SCRATCH_MAX];
	unsigned opened, paused_ms;
	/* Over USB: the exchange that goes wrong, counted over all links; 0: none. */
	unsigned fault_at, exchanges;
	enum fault_kind fault;
	bool fault_lasts; /* all exchanges from there on */
	/* Seen by the job. */
	struct job job;
	unsigned told;
	char last_stage[80];
	unsigned cancel_at; /* stop at the so-many-th question; 0: never */
	unsigned asked;
	struct loader_report report;
	struct errbuf err;
};

void boot_rig_make(struct boot_rig *rig, enum sim_family family, bool over_uart);
void boot_rig_remove(struct boot_rig *rig);

/* Files of real sizes, or of so many bytes where `size` is not 0: TF-A and FIPs as the family wants
 * them; or STM32PRGFW-UTIL alone. In place of those that were there. */
void boot_rig_give(struct boot_rig *rig, size_t size);
void boot_rig_give_prgfw(struct boot_rig *rig);
void boot_rig_drop(struct boot_rig *rig, unsigned phase);

/* Opens the loader (once), and loads. */
void boot_rig_open(struct boot_rig *rig);
enum status boot_rig_load(struct boot_rig *rig);

/* What arrived in each phase is what was given. */
void boot_rig_assert_arrived(const struct boot_rig *rig);

#endif
