#include "transport/probe_text.h"

#include "transport/base64.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 2048u
#define ESCAPE   0x1B

/* --- text without escape sequences */

static size_t skip_escape(const uint8_t *bytes, size_t length, size_t at)
{
	at++;
	if (at < length && bytes[at] != '[')
		return at + 1;
	for (at++; at < length && (bytes[at] < 0x40 || bytes[at] > 0x7E); at++)
		;
	return at + 1;
}

static bool is_text(uint8_t byte)
{
	return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t' ||
	       byte == '\b' || byte == 0x07;
}

struct plain {
	char text[TEXT_MAX + 1];
	size_t length, strange; /* strange: bytes that no text has; left out */
};

static void make_plain(struct plain *out, const uint8_t *bytes, size_t length)
{
	size_t at = length > TEXT_MAX ? length - TEXT_MAX : 0;
	*out = (struct plain){.length = 0};
	while (at < length) {
		if (bytes[at] == ESCAPE) {
			at = skip_escape(bytes, length, at);
			continue;
		}
		if (!is_text(bytes[at]))
			out->strange++;
		else if (bytes[at] != '\r' && bytes[at] != 0x07)
			out->text[out->length++] = (char)bytes[at];
		at++;
	}
}

/* --- who wrote it */

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);
	return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static const struct {
	const char *end;
	enum probe_end who;
} prompts[] = {
	{"STM32MP> ", PROBE_UBOOT_PROMPT},
	{"=> ", PROBE_UBOOT_PROMPT},
	{"U-Boot> ", PROBE_UBOOT_PROMPT},
	{"login: ", PROBE_LOGIN},
	{"Password: ", PROBE_LOGIN},
	{"uart:~$ ", PROBE_MCU_SHELL}, /* Zephyr's, CONFIG_SHELL_PROMPT_UART */
	{"# ", PROBE_SHELL},
	{"$ ", PROBE_SHELL},
};

static enum probe_end tell_prompt(const char *text)
{
	const char *line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	for (size_t i = 0; i < sizeof prompts / sizeof prompts[0]; i++)
		if (ends_with(line, prompts[i].end))
			return prompts[i].who;
	return PROBE_SILENCE;
}

/* "[    1.234567] ", as the kernel begins its messages. */
static bool has_kernel_time(const char *text)
{
	for (const char *at = strchr(text, '['); at; at = strchr(at + 1, '[')) {
		const char *next = at + 1 + strspn(at + 1, " ");
		size_t whole = strspn(next, "0123456789");
		if (whole == 0 || next[whole] != '.')
			continue;
		next += whole + 1;
		if (strspn(next, "0123456789") == 6 && next[6] == ']')
			return true;
	}
	return false;
}

/* What was said last holds: a board goes on from one to the next. */
static enum probe_end tell_messages(const char *text)
{
	static const struct {
		const char *part;
		enum probe_end who;
	} messages[] = {
		{"NOTICE:  ", PROBE_BOOT_LOG},
		{"ERROR:   ", PROBE_BOOT_FAILURE}, /* TF-A's, common/tf_log.c */
		{"PANIC at PC", PROBE_BOOT_FAILURE},
		{"### ERROR ### Please RESET", PROBE_BOOT_FAILURE}, /* U-Boot's hang() */
		{"I/TC: ", PROBE_BOOT_LOG},
		{"U-Boot SPL ", PROBE_BOOT_LOG},
		{"U-Boot 20", PROBE_BOOT_LOG},
		{"Hit any key to stop autoboot", PROBE_AUTOBOOT},
		{"Starting kernel", PROBE_LINUX_LOG},
	};
	enum probe_end who = PROBE_TEXT;
	const char *last = NULL;
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
		for (const char *at = strstr(text, messages[i].part); at;
			at = strstr(at + 1, messages[i].part))
			if (!last || at > last) {
				last = at;
				who = messages[i].who;
			}
	return has_kernel_time(text) ? PROBE_LINUX_LOG : who;
}

enum probe_end probe_text_tell(const uint8_t *bytes, size_t length)
{
	struct plain plain;
	if (length == 0)
		return PROBE_SILENCE;
	make_plain(&plain, bytes, length);
	if (plain.length < 2 || plain.strange * 10 > plain.length)
		return PROBE_NOISE;
	enum probe_end who = tell_prompt(plain.text);
	return who != PROBE_SILENCE ? who : tell_messages(plain.text);
}

/* --- SMP */

#define FRAME_MAX 127u

/* CRC-16/XMODEM: polynomial 1021, from 0; over data and its sum it gives 0. */
static unsigned crc16(const uint8_t *bytes, size_t length)
{
	unsigned sum = 0;
	for (size_t i = 0; i < length; i++) {
		sum ^= (unsigned)bytes[i] << 8;
		for (unsigned bit = 0; bit < 8; bit++)
			sum = sum & 0x8000u ? (sum << 1 ^ 0x1021u) & 0xFFFFu : sum << 1;
	}
	return sum;
}

#define PACKET_MAX  (FRAME_MAX + 3)
#define LENGTH_SIZE 2u
#define HEADER_SIZE 8u

/* The base64 of one line: how many bytes follow, the packet, its CRC. *packet_length: the packet's,
 * which begins behind the length; 0: it is none. */
static void decode_packet(
	uint8_t bytes[PACKET_MAX], size_t *packet_length, const uint8_t *text, size_t length)
{
	*packet_length = 0;
	if (length == 0 || length > FRAME_MAX || length % 4 != 0)
		return;
	size_t count;
	if (!base64_decode(bytes, &count, (const char *)text, length) || count < 4)
		return;
	size_t said = (size_t)bytes[0] << 8 | bytes[1];
	if (said == count - LENGTH_SIZE && crc16(bytes + LENGTH_SIZE, said) == 0)
		*packet_length = said - 2;
}

/* The first sound packet that is all in one line; its length is 0 where there is none. */
static void find_packet(
	uint8_t packet[PACKET_MAX], size_t *packet_length, const uint8_t *bytes, size_t length)
{
	*packet_length = 0;
	for (size_t at = 0; at + 2 < length && *packet_length == 0; at++) {
		if (bytes[at] != 0x06 || bytes[at + 1] != 0x09)
			continue;
		const uint8_t *begin = bytes + at + 2;
		const uint8_t *end = memchr(begin, '\n', length - at - 2);
		size_t line = end ? (size_t)(end - begin) : 0;
		if (line > 0 && begin[line - 1] == '\r')
			line--;
		decode_packet(packet, packet_length, begin, line);
	}
}

bool probe_text_is_smp(const uint8_t *bytes, size_t length)
{
	uint8_t packet[PACKET_MAX];
	size_t packet_length;
	find_packet(packet, &packet_length, bytes, length);
	return packet_length > 0;
}

/* The number behind this key of a map in CBOR, of up to 16 bits; -1 where there is none. */
static long find_number(const uint8_t *cbor, size_t length, const char *key)
{
	size_t key_length = strlen(key);
	for (size_t at = 0; at + 1 + key_length < length; at++) {
		const uint8_t *value = cbor + at + 1 + key_length;
		size_t left = length - at - 1 - key_length;
		if (cbor[at] != 0x60 + key_length || memcmp(cbor + at + 1, key, key_length) != 0)
			continue;
		if (value[0] < 0x18)
			return value[0];
		if (value[0] == 0x18 && left > 1)
			return value[1];
		if (value[0] == 0x19 && left > 2)
			return (long)value[1] << 8 | value[2];
	}
	return -1;
}

void probe_text_tell_smp(char *out, size_t capacity, const uint8_t *bytes, size_t length)
{
	uint8_t packet[PACKET_MAX];
	size_t packet_length;
	out[0] = '\0';
	find_packet(packet, &packet_length, bytes, length);
	if (packet_length < HEADER_SIZE)
		return;
	const uint8_t *cbor = packet + LENGTH_SIZE + HEADER_SIZE;
	long size = find_number(cbor, packet_length - HEADER_SIZE, "buf_size");
	long count = find_number(cbor, packet_length - HEADER_SIZE, "buf_count");
	long code = find_number(cbor, packet_length - HEADER_SIZE, "rc");
	if (size >= 0 && count >= 0)
		snprintf(out, capacity, "%ld buffers of %ld bytes, as an SMP server tells them",
			count, size);
	else if (code == 8)
		snprintf(out, capacity,
			"it does not know the question, as MCUboot's serial recovery");
	else if (code >= 0)
		snprintf(out, capacity, "error %ld", code);
}

/* --- for people */

static size_t show_text(char *out, size_t capacity, const struct plain *plain)
{
	size_t used = 0;
	bool is_new = false;
	for (size_t i = 0; i < plain->length && used + 5 < capacity; i++) {
		char byte = plain->text[i];
		if (byte == '\n') {
			is_new = used > 0;
		} else if (byte != '\b' && (used > 0 || (byte != ' ' && byte != '\t'))) {
			if (is_new)
				used += (size_t)snprintf(out + used, capacity - used, " | ");
			is_new = false;
			out[used++] = byte == '\t' ? ' ' : byte;
		}
	}
	out[used] = '\0';
	return used;
}

void probe_text_show(char *out, size_t capacity, const uint8_t *bytes, size_t length)
{
	struct plain plain;
	size_t used = 0;
	out[0] = '\0';
	if (probe_text_tell(bytes, length) > PROBE_NOISE || probe_text_is_smp(bytes, length)) {
		size_t from = length > capacity / 2 ? length - capacity / 2 : 0;
		make_plain(&plain, bytes + from, length - from);
		(void)show_text(out, capacity, &plain);
		return;
	}
	for (size_t i = 0; i < length && used + 8 < capacity; i++)
		used += (size_t)snprintf(
			out + used, capacity - used, "%s%02X", i > 0 ? " " : "", bytes[i]);
	if (used + 8 >= capacity)
		snprintf(out + used, capacity - used, " ...");
}
