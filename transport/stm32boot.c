#include "transport/stm32boot.h"

#include "transport/stm32boot_dialect.h"

#include <assert.h>
#include <string.h>

#define PARTITION_OTP 0xF2u
#define VERSION_MS    200u
#define BITS          11u

/* --- shared by the dialects */

enum status stm32boot_settle(struct stm32boot *boot, struct errbuf *err)
{
	if (boot->in_step)
		return OK;
	if (boot->armed)
		return errbuf_set(err, ERR_LINK,
			"the board may wait for the rest of a write: power-cycle it before "
			"anything else talks to it");
	enum status status = boot_resync(&boot->is_hailed, boot->stream, boot->job, err);
	boot->in_step = status == OK;
	return status;
}

enum status stm32boot_command(enum boot_answer *answer, struct stm32boot *boot,
	enum boot_command command, const uint8_t *arguments, size_t length, struct errbuf *err)
{
	uint8_t bytes[8];
	uint8_t sum = 0;
	assert(length < sizeof bytes);
	for (size_t i = 0; i < length; i++) {
		bytes[i] = arguments[i];
		sum ^= arguments[i];
	}
	bytes[length] = sum;
	boot->in_step = false;
	/* An answer too many, doubled or late, would be taken for one to what is sent now. */
	size_t stale;
	uint8_t byte;
	enum status status = boot->stream->ops->read(boot->stream, &byte, 1, 0, &stale, err);
	*answer = BOOT_GARBAGE;
	if (status != OK || stale > 0)
		return status;
	status = boot_send_command(answer, boot->stream, command, err);
	if (status == OK && *answer == BOOT_ACK && length > 0)
		status = boot_ask(answer, boot->stream, bytes, length + 1, BOOT_ANSWER_MS, err);
	if (status == OK)
		boot->in_step = *answer == BOOT_NACK;
	return status;
}

enum status stm32boot_ask_partition(enum boot_answer *answer, struct stm32boot *boot,
	uint32_t offset, size_t count, struct errbuf *err)
{
	const uint8_t arguments[] = {PARTITION_OTP, (uint8_t)(offset >> 24),
		(uint8_t)(offset >> 16), (uint8_t)(offset >> 8), (uint8_t)offset};
	const uint8_t size[] = {(uint8_t)(count - 1), (uint8_t) ~(count - 1)};
	assert(count > 0 && count <= BOOT_CHUNK);
	enum status status = stm32boot_command(
		answer, boot, BOOT_READ_PARTITION, arguments, sizeof arguments, err);
	if (status != OK || *answer != BOOT_ACK)
		return status;
	return boot_ask(answer, boot->stream, size, sizeof size, BOOT_READ_MS, err);
}

size_t stm32boot_payload(uint8_t out[258], const uint8_t *data, size_t length)
{
	assert(length > 0 && length <= BOOT_CHUNK);
	uint8_t sum = (uint8_t)(length - 1);
	out[0] = sum;
	for (size_t i = 0; i < length; i++) {
		out[1 + i] = data[i];
		sum ^= data[i];
	}
	out[1 + length] = sum;
	return length + 2;
}

void stm32boot_packet(uint8_t out[4], uint32_t number)
{
	out[0] = PARTITION_OTP;
	out[1] = (uint8_t)(number >> 16);
	out[2] = (uint8_t)(number >> 8);
	out[3] = (uint8_t)number;
}

enum status stm32boot_uncertain(struct errbuf *err)
{
	errbuf_set(err, ERR_UNCERTAIN, "the board did not answer");
	return errbuf_prefix(
		err, ERR_UNCERTAIN, "the burn may have been triggered, and its end is not known");
}

void stm32boot_report(const struct job *job, const char *stage, size_t done, size_t total)
{
	if (job && job->progress)
		job->progress(stage, done, total, job->payload);
}

enum status stm32boot_receive(
	uint8_t *out, size_t length, const struct stm32boot *boot, struct errbuf *err)
{
	unsigned line_ms = boot->baud > 0 ? (unsigned)(length * BITS * 1000 / boot->baud) : 0;
	return boot_receive(out, length, boot->stream, BOOT_ANSWER_MS + line_ms, err);
}

enum status stm32boot_go_on(const struct job *job, struct errbuf *err)
{
	bool stops = job && job->cancelled && job->cancelled(job->payload);
	return stops ? errbuf_set(err, ERR_CANCELLED, "stopped") : OK;
}

/* --- who answers */

#define NO_STAGE                                                                                   \
	"which has none: 'otpedit boot' loads a service for OTP, U-Boot's or STM32PRGFW-UTIL"

/* The first row that fits holds. Sizes by device id are facts of the services, never probed. */
static const struct {
	enum stm32boot_kind kind;
	enum peer peer;
	const char *name;
	size_t version_length; /* bytes between the ACKs of Get Version; 0: any */
	int version;           /* the first of them; -1: any */
	unsigned char lists;   /* a command that Get lists; 0: any */
	uint32_t device_id;    /* 0: any */
	bool reads_partitions; /* Get lists 12 */
	bool counts_one_more;  /* in Get ID */
	size_t mp1, mp2;       /* the partition; 0: none */
	const char *without_otp;
} rows[] = {
	{STM32BOOT_UBOOT, PEER_UBOOT, "U-Boot stm32prog", 1, 0x03, 0, 0, true, false, 776, 2952,
		NULL},
	{STM32BOOT_PRGFW, PEER_PRGFW, "STM32PRGFW-UTIL", 3, 0x40, 0, 0, true, false, 776, 3080,
		NULL},
	{STM32BOOT_TFA, PEER_UNKNOWN, "TF-A", 0, -1, BOOT_GET_PHASE, 0, false, true, 0, 0,
		"what answers is TF-A, " NO_STAGE},
	{STM32BOOT_MCU, PEER_UNKNOWN, "STM32 microcontroller", 0, -1, BOOT_UNPROTECT, 0, false,
		false, 0, 0,
		"what answers is the bootloader of an STM32 microcontroller: it has no fuses of an "
		"STM32MP"},
	{STM32BOOT_MCU, PEER_UNKNOWN, "STM32N6", 0, -1, 0, 0x486, true, false, 0, 0,
		"what answers is the ROM code of an STM32N6, a microcontroller: its fuses are not "
		"those of an STM32MP"},
	{STM32BOOT_ROM, PEER_UNKNOWN, "ROM code", 0, -1, BOOT_GET_PHASE, 0, false, false, 0, 0,
		"what answers is the ROM code of an STM32MP, " NO_STAGE},
	{STM32BOOT_OTHER, PEER_UNKNOWN, "unknown service", 0, -1, 0, 0, true, false, 0, 0,
		"what answers is neither U-Boot's stm32prog nor STM32PRGFW-UTIL"},
};
#define ROWS (sizeof rows / sizeof rows[0])

static enum status not_this_protocol(enum boot_answer answer, const char *what, struct errbuf *err)
{
	return errbuf_set(err, ERR_UNSUPPORTED,
		"what is on the line answered %s to %s: it does not speak the bootloader protocol, "
		"or parity and speed are others (115200 baud, even parity): 'otpedit probe' tells "
		"who it is",
		boot_answer_name(answer), what);
}

/* Version bytes end with an ACK, and are not counted: one of U-Boot's, three of others. Waiting for
 * what does not come costs time on every board, so that more are asked for only where no ACK is. */
static enum status ask_version(struct stm32boot *boot, struct errbuf *err)
{
	enum boot_answer answer;
	uint8_t bytes[4];
	size_t length = 2, count = 0;
	enum status status = stm32boot_command(&answer, boot, BOOT_GET_VERSION, NULL, 0, err);
	if (status == OK && answer != BOOT_ACK)
		return not_this_protocol(answer, "Get Version", err);
	if (status == OK)
		status = boot_receive(bytes, length, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK && bytes[1] != BOOT_ACK_BYTE) {
		status = boot->stream->ops->read(
			boot->stream, bytes + length, 2, VERSION_MS, &count, err);
		length += count;
	}
	if (status != OK)
		return status;
	if (length == 3 || bytes[length - 1] != BOOT_ACK_BYTE)
		return not_this_protocol(BOOT_GARBAGE, "Get Version", err);
	boot->version_length = length - 1;
	memcpy(boot->version, bytes, boot->version_length);
	boot->in_step = true;
	return OK;
}

enum status stm32boot_ask_list(uint8_t *out, size_t capacity, size_t *length,
	struct stm32boot *boot, enum boot_command command, const char *name, struct errbuf *err)
{
	enum boot_answer answer;
	uint8_t count;
	enum status status = stm32boot_command(&answer, boot, command, NULL, 0, err);
	if (status == OK && answer != BOOT_ACK)
		return not_this_protocol(answer, name, err);
	if (status == OK)
		status = boot_receive(&count, 1, boot->stream, BOOT_ANSWER_MS, err);
	if (status != OK)
		return status;
	*length = count + (size_t)1;
	if (*length > capacity)
		return not_this_protocol(BOOT_GARBAGE, name, err);
	status = boot_receive(out, *length, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK)
		status = boot_await(&answer, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK && answer != BOOT_ACK)
		return not_this_protocol(answer, name, err);
	boot->in_step = status == OK;
	return status;
}

struct told {
	uint8_t list[32]; /* of Get: the protocol's version, then commands */
	size_t count;
	bool counts_one_more;
};

static bool lists(const struct told *told, uint8_t command)
{
	return told->count > 0 && memchr(told->list + 1, command, told->count - 1) != NULL;
}

static bool fits(size_t row, const struct stm32boot *boot, const struct told *told)
{
	return (rows[row].version_length == 0 ||
		       rows[row].version_length == boot->version_length) &&
	       (rows[row].version < 0 || rows[row].version == boot->version[0]) &&
	       (rows[row].device_id == 0 || rows[row].device_id == boot->device_id) &&
	       (rows[row].lists == 0 || lists(told, rows[row].lists)) &&
	       rows[row].reads_partitions == lists(told, BOOT_READ_PARTITION) &&
	       rows[row].counts_one_more == told->counts_one_more;
}

static void recognise(struct stm32boot *boot, const struct told *told)
{
	size_t row = 0;
	while (row + 1 < ROWS && !fits(row, boot, told))
		row++;
	bool is_mp1 = boot->device_id == 0x500 || boot->device_id == 0x501;
	bool is_mp2 = boot->device_id == 0x505 || boot->device_id == 0x503;
	boot->kind = rows[row].kind;
	boot->peer = rows[row].peer;
	boot->peer_name = rows[row].name;
	boot->without_otp = rows[row].without_otp;
	boot->otp_size = is_mp1 ? rows[row].mp1 : is_mp2 ? rows[row].mp2 : 0;
	if (!boot->without_otp && boot->otp_size == 0)
		boot->without_otp =
			"the device id is none whose OTP is known, and asking for too much "
			"crashes the service";
}

/* A service that began just now may have answered what came too early, and have taken our filler
 * for half a command: then it is wrong about the first command, and only that once. */
static enum status meet(struct stm32boot *boot, struct errbuf *err)
{
	enum status status = ERR_UNSUPPORTED;
	for (unsigned i = 0; status == ERR_UNSUPPORTED && i < 2; i++) {
		errbuf_clear(err);
		boot->in_step = false;
		status = stm32boot_settle(boot, err);
		if (status == OK)
			status = ask_version(boot, err);
	}
	return status;
}

/* TF-A counts its last ACK in: two bytes and an ACK, where three bytes and an ACK were due. */
static enum status ask_id(struct stm32boot *boot, struct told *told, struct errbuf *err)
{
	enum boot_answer answer;
	uint8_t count, id[3];
	enum status status = stm32boot_command(&answer, boot, BOOT_GET_ID, NULL, 0, err);
	if (status == OK && answer != BOOT_ACK)
		return not_this_protocol(answer, "Get ID", err);
	if (status == OK)
		status = boot_receive(&count, 1, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK && count != 1 && count != 2)
		return not_this_protocol(BOOT_GARBAGE, "Get ID", err);
	if (status == OK)
		status = boot_receive(id, sizeof id, boot->stream, BOOT_ANSWER_MS, err);
	if (status == OK && id[2] != 0x79)
		return not_this_protocol(BOOT_GARBAGE, "Get ID", err);
	if (status != OK)
		return status;
	told->counts_one_more = count == 2;
	boot->device_id = (uint32_t)(id[0] << 8 | id[1]);
	boot->in_step = true;
	return OK;
}

static enum status attach(struct stm32boot *out, struct errbuf *err)
{
	struct told told = {.count = 0};
	struct stream_description line;
	struct stream *stream = out->stream;
	enum status status = stream->ops->describe(stream, &line, err);
	out->baud = status == OK ? line.baud : 0;
	if (status == OK)
		status = meet(out, err);
	if (status == OK)
		status = stm32boot_ask_list(
			told.list, sizeof told.list, &told.count, out, BOOT_GET, "Get", err);
	if (status == OK)
		status = ask_id(out, &told, err);
	if (status != OK)
		return status;
	recognise(out, &told);
	return OK;
}

enum status stm32boot_attach_for(
	struct stm32boot *out, struct stream *stream, const struct job *job, struct errbuf *err)
{
	memset(out, 0, sizeof *out);
	out->stream = stream;
	out->job = job;
	enum status status = attach(out, err);
	out->job = NULL;
	return status;
}

enum status stm32boot_attach(struct stm32boot *out, struct stream *stream, struct errbuf *err)
{
	return stm32boot_attach_for(out, stream, NULL, err);
}

/* --- what it is opened for */

static enum status find_dialect(
	const struct stm32boot_dialect **out, const struct stm32boot *boot, struct errbuf *err)
{
	*out = boot->peer == PEER_UBOOT ? &stm32boot_uboot : &stm32boot_prgfw;
	return boot->without_otp
		       ? errbuf_set(err, ERR_UNSUPPORTED, "the board offers no OTP partition: %s",
				 boot->without_otp)
		       : OK;
}

enum status stm32boot_read(struct stm32boot *boot, uint8_t *out, size_t capacity, size_t *length,
	const struct job *job, struct errbuf *err)
{
	const struct stm32boot_dialect *dialect;
	*length = 0;
	boot->staged = false;
	enum status status = find_dialect(&dialect, boot, err);
	return status == OK ? dialect->read(boot, out, capacity, length, job, err) : status;
}

enum status stm32boot_stage(struct stm32boot *boot, const uint8_t *request, size_t length,
	const struct job *job, struct errbuf *err)
{
	const struct stm32boot_dialect *dialect;
	boot->staged = false;
	enum status status = find_dialect(&dialect, boot, err);
	if (status == OK && length != boot->otp_size)
		status = errbuf_set(err, ERR_REFUSED,
			"a request of %zu bytes is not of this board's %zu: nothing was sent",
			length, boot->otp_size);
	if (status == OK)
		status = dialect->stage(boot, request, length, job, err);
	boot->staged = status == OK;
	return status;
}

enum status stm32boot_unstage(struct stm32boot *boot, struct errbuf *err)
{
	const struct stm32boot_dialect *dialect;
	boot->staged = false;
	enum status status = find_dialect(&dialect, boot, err);
	return status == OK ? dialect->unstage(boot, err) : status;
}

enum status stm32boot_burn(struct stm32boot *boot, struct errbuf *err)
{
	const struct stm32boot_dialect *dialect;
	enum status status = find_dialect(&dialect, boot, err);
	if (status == OK && !boot->staged)
		status = errbuf_set(err, ERR_REFUSED, "nothing is staged: nothing was sent");
	boot->staged = false;
	return status == OK ? dialect->burn(boot, err) : status;
}

bool stm32boot_complains(const struct stm32boot *boot)
{
	return boot->peer == PEER_UBOOT;
}

enum status stm32boot_complaint(
	struct stm32boot *boot, char *text, size_t capacity, struct errbuf *err)
{
	boot->staged = false;
	if (!stm32boot_complains(boot))
		return errbuf_set(
			err, ERR_UNSUPPORTED, "'%s' has no messages to ask for", boot->peer_name);
	return stm32boot_uboot.complaint(boot, text, capacity, err);
}
