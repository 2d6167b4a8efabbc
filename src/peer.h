/*
 * What each programming service does with a request: facts of the firmware, one row a peer,
 * one a peer and bank rule. Recorded by running U-Boot's stm32prog (6073c36) and STM32PRGFW-UTIL
 * (v1.1.2) device code; what was only read in source is marked unconfirmed and shown so.
 */
#ifndef OTPEDIT_SRC_PEER_H
#define OTPEDIT_SRC_PEER_H

#include "src/device.h"

#include <stdbool.h>
#include <stdint.h>

/* How a bank's words may be programmed. */
enum bank_rule {
	BANK_BITS, /* single bits, 0 to 1, at any time until locked */
	BANK_ONCE, /* a whole word, one write: a second one spoils its ECC */
	BANK_NEVER /* no host writes it: no request is built for it on any peer */
};

/* For people: "single bits, 0 to 1, until locked". */
const char *bank_rule_about(enum bank_rule rule);

struct peer_traits {
	enum peer peer;
	const char *name;           /* "U-Boot stm32prog" */
	bool honours_sticky;        /* bits 27-29 of a request have an effect */
	bool complaint_before_burn; /* its error text may be read before a burn without harm */
	bool reads_are_harmless;    /* live re-reads may run by themselves */
	bool marks_hidden; /* words that firmware hides carry an error bit; else they look empty */
	bool shows_every_lock;   /* on STM32MP2: status 0 is a word without locks */
	bool closes_read_locked; /* a close bit of a word under bit 29 is burnt, and a reset proves
				    it */
	unsigned settle_ms;      /* after a burn, how long "nothing changed" does not count */
};

/* Never NULL; unknown peers get a row that allows nothing but reading. */
const struct peer_traits *peer_traits(enum peer peer);

/*
 * The status a word shows once these locks are set, `status` being what it showed before. Most show
 * all of them; STM32PRGFW-UTIL on version 3 shows no sticky locks but 29, and no 30 beside it
 * (recorded).
 */
uint32_t peer_status_after(enum peer peer, uint32_t version, uint32_t status, uint32_t locks);

/* How a value and a permanent lock are asked for, on this peer in this kind of bank. */
struct peer_bank {
	enum peer peer;
	bool is_mp2; /* STM32MP2, which has another BSEC and other secure firmware than STM32MP1 */
	enum bank_rule rule;
	uint32_t value_status; /* status word that asks for a value: 80000000 */
	uint32_t lock_status;  /* status word that asks for a lock: C0000000, always with value 0 */
	bool writable;         /* false: no request is ever built for this pair */
	bool confirmed;        /* recorded from the firmware's code; else the preview says so */
	const char *source;
};

/*
 * Never NULL; an unknown pair gets a row with writable = false. The count of words in the image
 * tells STM32MP1 (96) from STM32MP2 (368 or 384).
 */
const struct peer_bank *peer_bank(enum peer peer, unsigned word_count, enum bank_rule rule);

#endif
