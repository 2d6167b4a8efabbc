/*
 * Structure version 1: inside partition.c.
 *
 * 256 little-endian words (ST's TF-A v2.4 plat/st/stm32mp1/services/bsec_svc.c, struct
 * otp_exchange): 0 version, 1 configuration, 3 status, 4 general lock, 5 debug configuration; maps
 * of one bit a word, three words each: 8 disturbed, 14 error, 20 permanent lock, 26 programming
 * sticky lock, 32 shadow write lock, 38 shadow read lock; 44-139 the values; 252-255 hardware's own
 * numbers.
 */
#ifndef OTPEDIT_SRC_PARTITION_V1_H
#define OTPEDIT_SRC_PARTITION_V1_H

#include "src/partition.h"

#define PARTITION_V1_WORDS 96

/* `bytes` are PARTITION_V1_BYTES, beginning with version 1. */
void partition_v1_parse(struct image *out, const uint8_t *bytes);
void partition_v1_format(uint8_t *out, const struct image *image);

#endif
