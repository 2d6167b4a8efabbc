/*
 * Whether a board may be spoken to at all, decided before anything is sent to it.
 *
 * STM32PRGFW-UTIL has one buffer for reads and writes, and burns with the last block it is given
 * (its otp_util.c): while a commit over it has no known end, whatever is sent may burn what it left
 * there. So its port stays shut, for every service, until a person has confirmed that the board was
 * without power.
 */
#ifndef OTPEDIT_SRC_ADMISSION_H
#define OTPEDIT_SRC_ADMISSION_H

#include "src/device.h"
#include "src/errbuf.h"
#include "src/journal.h"
#include "src/power_cycle.h"

/*
 * ERR_REFUSED where a commit without a known end shuts the way to this board, by its port or by its
 * serial number; another serial number at the same port is another board. `powered` is the power
 * cycle that was confirmed, NULL for none. Simulated boards go by their port alone. Where the
 * journal cannot be read, that is a failure for STM32PRGFW-UTIL and for nobody else.
 */
enum status admission_check(const struct journal *journal, const struct device_info *about,
	const struct power_cycle *powered, struct errbuf *err);

#endif
