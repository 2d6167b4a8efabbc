#include "tests/usb/mock_bench.h"

#include "src/store.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PORT    3
#define FIRST_NUMBER  3 /* behind the hubs */
#define IMAGE_LIMIT   4096
#define SERIAL_STRING 3
#define TEXT_MAX      256

/* --- words of the language */

struct name {
	const char *text;
	int value;
};

static const struct name fault_kinds[] = {
	{"stall", MOCK_STALL},
	{"silence", MOCK_SILENCE},
	{"no-answer", MOCK_NO_ANSWER},
	{"proto", MOCK_PROTO},
	{"proto-after", MOCK_PROTO_AFTER},
	{"unplug", MOCK_UNPLUG},
	{"unplug-after", MOCK_UNPLUG_AFTER},
	{"short", MOCK_SHORT},
	{"delay", MOCK_DELAY},
	{NULL, 0},
};

static const struct name requests[] = {
	{"any", MOCK_ANY_REQUEST},
	{"class", MOCK_ANY_CLASS},
	{"set-interface", MOCK_SET_INTERFACE},
	{"string", MOCK_STRING},
	{"detach", 0},
	{"dnload", 1},
	{"upload", 2},
	{"getstatus", 3},
	{"clrstatus", 4},
	{"getstate", 5},
	{"abort", 6},
	{NULL, 0},
};

static const struct name word_faults[] = {
	{"sound", SIM_WORD_SOUND},
	{"fails", SIM_WORD_FAILS},
	{"ignores", SIM_WORD_IGNORES},
	{"half", SIM_WORD_TAKES_HALF},
	{"spoils", SIM_WORD_SPOILS},
	{"lock-fails", SIM_WORD_LOCK_FAILS},
	{"read-error", SIM_WORD_READ_ERROR},
	{"cuts-power", SIM_WORD_CUTS_POWER},
	{NULL, 0},
};

static bool find_name(int *out, const struct name *names, const char *text)
{
	while (names->text && strcmp(names->text, text) != 0)
		names++;
	*out = names->value;
	return names->text != NULL;
}

/* A decimal number that ends where the text ends or at one of `ends`. */
static bool take_number(unsigned *out, const char **text, const char *ends)
{
	char *end;
	unsigned long value = strtoul(*text, &end, 10);
	if (end == *text || value > 1000000 || (*end != '\0' && !strchr(ends, *end)))
		return false;
	*out = (unsigned)value;
	*text = end;
	return true;
}

static bool is_number(unsigned *out, const char *text)
{
	return take_number(out, &text, "");
}

static enum status not_understood(const char *text, struct errbuf *err)
{
	return errbuf_set(err, ERR_USAGE, "'%s' is not understood", text);
}

/* --- boards */

/* Another serial number than the chip's, in U-Boot's string descriptor. */
static enum sim_usb_end show_serial(
	const struct mock_bench_board *board, uint8_t *data, uint16_t capacity, uint16_t *actual)
{
	size_t length = strlen(board->serial), used = 0;
	uint8_t bytes[2 + 2 * sizeof board->serial] = {(uint8_t)(2 + 2 * length), 3};
	for (size_t i = 0; i < length; i++)
		bytes[2 + 2 * i] = (uint8_t)board->serial[i];
	used = 2 + 2 * length < capacity ? 2 + 2 * length : capacity;
	memcpy(data, bytes, used);
	*actual = (uint16_t)used;
	return SIM_USB_DATA;
}

static enum sim_usb_end transfer(
	void *payload, const uint8_t setup[8], uint8_t *data, uint16_t *actual)
{
	struct mock_bench_board *board = payload;
	bool is_serial =
		setup[0] == 0x80 && setup[1] == 6 && setup[2] == SERIAL_STRING && setup[3] == 3;
	if (is_serial && board->serial[0] != '\0')
		return show_serial(board, data, (uint16_t)(setup[6] | setup[7] << 8), actual);
	return sim_usb_transfer(board->usb, setup, data, actual);
}

static void bus_reset(void *payload)
{
	sim_usb_bus_reset(((struct mock_bench_board *)payload)->usb);
}

static unsigned enumeration(void *payload)
{
	return sim_usb_enumeration(((struct mock_bench_board *)payload)->usb);
}

static bool is_on_bus(void *payload)
{
	return sim_usb_is_on_bus(((struct mock_bench_board *)payload)->usb);
}

struct wanted {
	enum sim_family family;
	enum sim_service service;
	enum sim_boot_stage stage;
	const char *fuses; /* NULL: the demo board */
};

static bool take_option(struct wanted *wanted, struct mock_bench_board *board, const char *text)
{
	if (strcmp(text, "peer=uboot") == 0)
		wanted->service = SIM_SERVICE_UBOOT;
	else if (strcmp(text, "peer=prgfw") == 0)
		wanted->service = SIM_SERVICE_PRGFW;
	else if (strcmp(text, "stage=rom") == 0)
		wanted->stage = SIM_BOOT_ROM;
	else if (strcmp(text, "stage=tf-a") == 0)
		wanted->stage = SIM_BOOT_TFA;
	else if (strncmp(text, "fuses=", 6) == 0)
		wanted->fuses = text + 6;
	else if (strncmp(text, "port=", 5) == 0)
		return is_number(&board->port, text + 5) && board->port > 0 && board->port < 100;
	else if (strncmp(text, "serial=", 7) == 0)
		return snprintf(board->serial, sizeof board->serial, "%s", text + 7) <
		       (int)sizeof board->serial;
	else
		return false;
	return true;
}

static enum status make_board(
	struct sim_board **out, const struct wanted *wanted, struct errbuf *err)
{
	uint8_t *bytes;
	size_t length;
	enum status status;
	if (wanted->fuses) {
		status = store_read(&bytes, &length, wanted->fuses, IMAGE_LIMIT, err);
		if (status != OK)
			return status;
		status = sim_board_of_family(out, wanted->family, bytes, length, err);
		free(bytes);
	} else {
		status = sim_board_demo(out, wanted->family, err);
	}
	if (status == OK && !sim_board_set_service(*out, wanted->service)) {
		sim_board_free(*out);
		return errbuf_set(err, ERR_UNSUPPORTED, "STM32PRGFW-UTIL has no such family");
	}
	if (status == OK)
		sim_boot_enter(*out, wanted->stage);
	return status;
}

enum status mock_bench_plug_in(struct mock_bench *bench, const char *text, struct errbuf *err)
{
	char copy[TEXT_MAX + STORE_PATH_MAX], *rest = NULL;
	struct wanted wanted = {.service = SIM_SERVICE_UBOOT};
	if (bench->count == MOCK_BENCH_BOARDS)
		return errbuf_set(err, ERR_USAGE, "too many boards");
	struct mock_bench_board *board = &bench->boards[bench->count];
	memset(board, 0, sizeof *board);
	board->port = FIRST_PORT + bench->count;
	snprintf(copy, sizeof copy, "%s", text);
	const char *word = strtok_r(copy, ",", &rest);
	if (!word || !sim_family_by_name(&wanted.family, word, strlen(word)))
		return not_understood(text, err);
	while ((word = strtok_r(NULL, ",", &rest)) != NULL)
		if (!take_option(&wanted, board, word))
			return not_understood(word, err);
	enum status status = make_board(&board->board, &wanted, err);
	if (status != OK)
		return status;
	status = sim_usb_create(&board->usb, board->board, err);
	if (status != OK) {
		sim_board_free(board->board);
		return status;
	}
	const struct mock_usb_device device = {transfer, bus_reset, board, enumeration, is_on_bus};
	mock_usb_start_device(
		&board->mock, bench->testbed, &device, board->port, bench->next_number++);
	mock_usb_use_fifo(&board->mock);
	bench->count++;
	return OK;
}

/* --- orders */

struct order {
	struct mock_bench *bench;
	struct mock_bench_board *board;
	const char *words[2]; /* behind the verb; "": not given */
};

/* "stall@3x2=100" */
static bool take_fault(struct mock_usb_fault *out, const char *text, const char *request)
{
	char kind[16];
	int value;
	size_t length = strcspn(text, "@");
	const char *at = text + length + 1;
	if (length >= sizeof kind || text[length] == '\0')
		return false;
	snprintf(kind, sizeof kind, "%.*s", (int)length, text);
	if (!find_name(&value, fault_kinds, kind))
		return false;
	*out = (struct mock_usb_fault){.kind = (enum mock_usb_fault_kind)value};
	if (!find_name(&out->request, requests, request[0] == '\0' ? "any" : request) ||
		!take_number(&out->at, &at, "x=") || out->at == 0)
		return false;
	if (*at == 'x' && (at++, !take_number(&out->count, &at, "=")))
		return false;
	return *at == '\0' || (at++, is_number(&out->amount, at));
}

static bool do_fault(struct order *order)
{
	struct mock_usb_fault fault;
	if (!take_fault(&fault, order->words[0], order->words[1]))
		return false;
	mock_usb_add_fault(&order->board->mock, &fault);
	return true;
}

static bool do_clear(struct order *order)
{
	mock_usb_clear_faults(&order->board->mock);
	return true;
}

static bool do_unplug(struct order *order)
{
	mock_usb_unplug(&order->board->mock);
	return true;
}

static bool take_port(struct order *order)
{
	return order->words[0][0] == '\0' || is_number(&order->board->port, order->words[0]);
}

static void plug_back(struct order *order)
{
	mock_usb_replug(&order->board->mock, order->board->port, order->bench->next_number++);
	mock_usb_use_fifo(&order->board->mock);
}

static bool do_replug(struct order *order)
{
	if (!take_port(order))
		return false;
	plug_back(order);
	return true;
}

static bool do_cycle(struct order *order)
{
	if (!take_port(order))
		return false;
	mock_usb_unplug(&order->board->mock);
	sim_board_power_down(order->board->board);
	sim_board_power_up(order->board->board);
	plug_back(order);
	return true;
}

/* Between two transfers, not in the middle of one. */
static bool set_faults(struct order *order, struct sim_faults faults)
{
	g_mutex_lock(&order->board->mock.mutex);
	sim_board_set_faults(order->board->board, faults);
	g_mutex_unlock(&order->board->mock.mutex);
	return true;
}

static bool do_lies(struct order *order)
{
	return set_faults(order, (struct sim_faults){.lies = true});
}

static bool do_late(struct order *order)
{
	struct sim_faults faults = {.lies = false};
	return is_number(&faults.late, order->words[0]) && set_faults(order, faults);
}

static bool do_refuses(struct order *order)
{
	return set_faults(order, (struct sim_faults){.service_refused = true});
}

static bool do_sound(struct order *order)
{
	return set_faults(order, (struct sim_faults){.lies = false});
}

static bool do_word(struct order *order)
{
	unsigned word;
	int fault;
	if (!is_number(&word, order->words[0]) ||
		word >= sim_board_word_count(order->board->board) ||
		!find_name(&fault, word_faults, order->words[1]))
		return false;
	g_mutex_lock(&order->board->mock.mutex);
	sim_board_set_word_fault(order->board->board, word, (enum sim_word_fault)fault);
	g_mutex_unlock(&order->board->mock.mutex);
	return true;
}

static bool take_boot(struct mock_bench_board *board, const char *what, const char *value)
{
	if (strcmp(what, "port") == 0)
		return is_number(&board->mock.port, value);
	if (strcmp(what, "away") == 0)
		return is_number(&board->mock.away_ms, value);
	return sim_boot_order(board->board, what, value);
}

static bool do_boot(struct order *order)
{
	g_mutex_lock(&order->board->mock.mutex);
	bool is_known = take_boot(order->board, order->words[0], order->words[1]);
	g_mutex_unlock(&order->board->mock.mutex);
	return is_known;
}

static const struct {
	const char *name;
	bool (*carry_out)(struct order *);
} verbs[] = {
	{"fault", do_fault},
	{"clear", do_clear},
	{"unplug", do_unplug},
	{"replug", do_replug},
	{"cycle", do_cycle},
	{"lies", do_lies},
	{"late", do_late},
	{"refuses", do_refuses},
	{"sound", do_sound},
	{"word", do_word},
	{"boot", do_boot},
};

enum status mock_bench_order(struct mock_bench *bench, const char *text, struct errbuf *err)
{
	char copy[TEXT_MAX], *rest = NULL;
	unsigned which = 1;
	const char *start = text;
	struct order order = {.bench = bench, .words = {"", ""}};
	if (take_number(&which, &start, ":") && *start == ':')
		start++;
	else
		start = text;
	if (which == 0 || which > bench->count)
		return errbuf_set(err, ERR_USAGE, "'%s': there is no such board", text);
	order.board = &bench->boards[which - 1];
	snprintf(copy, sizeof copy, "%s", start);
	const char *verb = strtok_r(copy, " \n", &rest);
	for (size_t i = 0; verb && i < 2; i++) {
		const char *word = strtok_r(NULL, " \n", &rest);
		order.words[i] = word ? word : "";
	}
	for (size_t i = 0; verb && i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcmp(verbs[i].name, verb) == 0 && verbs[i].carry_out(&order))
			return OK;
	return not_understood(text, err);
}

/* --- the whole */

void mock_bench_start(struct mock_bench *bench)
{
	memset(bench, 0, sizeof *bench);
	bench->testbed = umockdev_testbed_new();
	bench->next_number = FIRST_NUMBER;
	mock_usb_add_hubs(bench->testbed);
}

void mock_bench_stop(struct mock_bench *bench)
{
	for (unsigned i = 0; i < bench->count; i++) {
		mock_usb_stop(&bench->boards[i].mock);
		sim_usb_free(bench->boards[i].usb);
		sim_board_free(bench->boards[i].board);
	}
	g_object_unref(bench->testbed);
}

/* How far it has booted, and what arrived for it. */
static void report_boot(const struct sim_board *board, unsigned number, FILE *out)
{
	static const char *const stages[] = {[SIM_BOOT_SERVICE] = "service",
		[SIM_BOOT_ROM] = "rom",
		[SIM_BOOT_TFA] = "tf-a",
		[SIM_BOOT_LOST] = "lost"};
	fprintf(out, "board %u stage %s\n", number, stages[sim_boot_stage(board)]);
	for (unsigned phase = SIM_PHASE_LAYOUT; phase <= SIM_PHASE_SSBL; phase++) {
		size_t length;
		char digest[65];
		const uint8_t *bytes = sim_boot_received(board, phase, &length);
		if (!bytes)
			continue;
		store_sha256_hex(digest, bytes, length);
		fprintf(out, "board %u phase %u bytes %zu accepted %u sha256 %s\n", number, phase,
			length, sim_boot_accepted(board, phase), digest);
	}
}

static void report_board(const struct mock_bench_board *board, unsigned number, FILE *out)
{
	const struct mock_usb *mock = &board->mock;
	fprintf(out, "board %u transfers %u class %u claims %u resets %u\n", number,
		mock->transfers, mock->class_requests, mock->claims, mock->resets);
	for (unsigned i = 0; i < mock->log->len; i++) {
		const struct mock_usb_transfer *transfer = mock_usb_logged(mock, i);
		fprintf(out, "board %u transfer", number);
		for (unsigned j = 0; j < 8; j++)
			fprintf(out, " %02X", transfer->setup[j]);
		fprintf(out, " %d\n", transfer->result);
	}
	report_boot(board->board, number, out);
	for (unsigned i = 0; i < sim_board_word_count(board->board); i++)
		fprintf(out, "board %u word %u %08X%s%s pulses %u\n", number, i,
			(unsigned)sim_board_fuses(board->board, i),
			sim_board_is_locked(board->board, i) ? " locked" : "",
			sim_board_is_spoilt(board->board, i) ? " spoilt" : "",
			sim_board_pulses(board->board, i));
}

void mock_bench_report(struct mock_bench *bench, FILE *out)
{
	for (unsigned i = 0; i < bench->count; i++) {
		g_mutex_lock(&bench->boards[i].mock.mutex);
		report_board(&bench->boards[i], i + 1, out);
		g_mutex_unlock(&bench->boards[i].mock.mutex);
	}
}
