/*
 * make_journal COUNT: a journal of so many commits of one word each, every one proved, as
 * otpedit(1) describes its lines: intents and their outcomes. One board in ten commits.
 */
#include <stdio.h>
#include <stdlib.h>

#define STATE(value, status)                                                                       \
	"{\"value\":\"0x" value "\",\"status\":\"0x" status "\",\"known\":true}"
#define BEFORE  STATE("00000000", "00000000")
#define REQUEST STATE("12345678", "80000000")
#define AFTER   STATE("12345678", "00000000")

int main(int argc, char *argv[])
{
	unsigned long count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	for (unsigned long i = 0; i < count; i++) {
		char id[64], time[64];
		unsigned minute = (unsigned)(i % 60), hour = (unsigned)(i / 60 % 24);
		unsigned day = (unsigned)(i / 1440 % 28 + 1);
		snprintf(id, sizeof id, "202601%02uT%02u%02u00Z-%08lx", day, hour, minute, i);
		snprintf(time, sizeof time, "2026-01-%02uT%02u:%02u:00Z", day, hour, minute);
		printf("{\"type\":\"intent\",\"id\":\"%s\",\"time\":\"%s\",\"class\":\"real\","
		       "\"board\":\"00410032-%08lX-34383330\",\"source\":\"dfu\",\"port\":\"1-1\","
		       "\"serial\":\"\",\"chip\":\"stm32mp15\",\"peer\":\"U-Boot stm32prog\","
		       "\"fingerprint\":\"2ddf5dad19b7231d\",\"pass\":\"values\","
		       "\"pass_index\":0,\"pass_count\":1,\"before_file\":\"before.bin\",\"words\":"
		       "[{\"id\":%lu,\"before\":" BEFORE ",\"request\":" REQUEST ",\"after\":" AFTER
		       "}],\"commit\":\"%s\",\"tool\":\"otpedit 0.1.0\"}\n",
			id, time, i / 10, 60 + i % 10, id);
		printf("{\"type\":\"outcome\",\"intent\":\"%s\",\"time\":\"%s\",\"how\":\"commit\","
		       "\"verdict\":\"VERIFIED\",\"end\":\"closed\",\"note\":\"\","
		       "\"after_file\":\"after.bin\",\"words\":[{\"id\":%lu,"
		       "\"verdict\":\"as planned\",\"before\":" BEFORE ",\"planned\":" AFTER
		       ",\"found\":" AFTER ",\"pass\":\"values\",\"text\":\"\"}]}\n",
			id, time, 60 + i % 10);
	}
	return count == 0 ? 2 : 0;
}
