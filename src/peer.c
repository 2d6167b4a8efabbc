#include "src/peer.h"

#include "src/word_status.h"

#include <stddef.h>

#define MP1_WORDS 96
#define ASK_VALUE WORD_STATUS_UPDATE
#define ASK_LOCK  (WORD_STATUS_UPDATE | WORD_STATUS_PERMANENT)

static const struct peer_traits traits[] = {
	/* U-Boot answers an UPLOAD only after the burn has ended, so nothing has to settle. Its USB
	 * reads are not repeated by themselves: one that fails wedges the service until a clean-up.
	 */
	{PEER_UBOOT, "U-Boot stm32prog", false, true, false, true, true, true, 0},
	/* Its phase alternate disturbs the write path, so it is never asked for a complaint. */
	{PEER_PRGFW, "STM32PRGFW-UTIL", true, false, true, false, false, false, 0},
	{PEER_UNKNOWN, "unknown service", false, false, false, false, false, false, 0},
};

#define TA     "U-Boot stm32prog 6073c36 and OP-TEE stm32mp_nvmem TA"
#define TA_MP2 "U-Boot stm32prog and ST's OP-TEE stm32_bsec3.c, read and not recorded"
#define PRGFW  "STM32PRGFW-UTIL v1.1.2 otp_util.c"

static const struct peer_bank banks[] = {
	{PEER_UBOOT, false, BANK_BITS, ASK_VALUE, ASK_LOCK, true, true, TA},
	{PEER_UBOOT, false, BANK_ONCE, ASK_VALUE, ASK_LOCK, true, true, TA},
	{PEER_UBOOT, true, BANK_BITS, ASK_VALUE, ASK_LOCK, true, false, TA_MP2},
	{PEER_UBOOT, true, BANK_ONCE, ASK_VALUE, ASK_LOCK, true, false, TA_MP2},
	{PEER_PRGFW, false, BANK_BITS, ASK_VALUE, ASK_LOCK, true, true, PRGFW},
	{PEER_PRGFW, false, BANK_ONCE, ASK_VALUE, ASK_LOCK, true, true, PRGFW},
	{PEER_PRGFW, true, BANK_BITS, ASK_VALUE, ASK_LOCK, true, true, PRGFW},
	{PEER_PRGFW, true, BANK_ONCE, ASK_VALUE, ASK_LOCK, true, true, PRGFW},
};

static const struct peer_bank nothing_known = {
	PEER_UNKNOWN, false, BANK_ONCE, 0, 0, false, false, "unconfirmed"};

const char *bank_rule_about(enum bank_rule rule)
{
	switch (rule) {
	case BANK_BITS: return "single bits, 0 to 1, until locked";
	case BANK_ONCE: return "a whole word, one write; a second one spoils it";
	case BANK_NEVER: break;
	}
	return "never written from outside";
}

const struct peer_traits *peer_traits(enum peer peer)
{
	size_t last = sizeof traits / sizeof traits[0] - 1;
	for (size_t i = 0; i < last; i++)
		if (traits[i].peer == peer)
			return &traits[i];
	return &traits[last];
}

uint32_t peer_status_after(enum peer peer, uint32_t version, uint32_t status, uint32_t locks)
{
	if (peer != PEER_PRGFW || version != 3)
		return status | locks;
	uint32_t shown = status | (locks & (WORD_STATUS_STICKY_READ | WORD_STATUS_PERMANENT));
	return shown & WORD_STATUS_STICKY_READ ? shown & ~WORD_STATUS_PERMANENT : shown;
}

const struct peer_bank *peer_bank(enum peer peer, unsigned word_count, enum bank_rule rule)
{
	bool is_mp2 = word_count > MP1_WORDS;
	for (size_t i = 0; i < sizeof banks / sizeof banks[0]; i++)
		if (banks[i].peer == peer && banks[i].is_mp2 == is_mp2 && banks[i].rule == rule)
			return &banks[i];
	return &nothing_known;
}
