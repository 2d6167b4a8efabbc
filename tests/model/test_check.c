/*
 * Checks of files. The vendor's example is the page's own dump (ST wiki, STM32CubeProgrammer OTP
 * management); what must be said of it follows from that page's table of status bits.
 */
#include "src/check.h"
#include "src/partition.h"
#include "src/store.h"
#include "src/word_status.h"

#include "tests/support/fixtures.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UPDATE    UINT32_C(0x80000000)
#define LOCK_ASIS UINT32_C(0xC0000000)

static const struct remark *find(const struct check *check, const char *rule, int word)
{
	for (size_t i = 0; i < check->remarks.count; i++)
		if (strcmp(check->remarks.items[i].rule, rule) == 0 &&
			check->remarks.items[i].word == word)
			return &check->remarks.items[i];
	return NULL;
}

#define expect(check, rule, word, severity_, part)                                                 \
	expect_at((check), (rule), (word), (severity_), (part), __FILE__, __LINE__)

static void expect_at(const struct check *check, const char *rule, int word, enum severity severity,
	const char *part, const char *file, int line)
{
	const struct remark *remark = find(check, rule, word);
	if (remark && remark->severity == severity && strstr(remark->text, part))
		return;
	for (size_t i = 0; i < check->remarks.count; i++)
		fprintf(stderr, "%s %d (%s): %s\n", severity_name(check->remarks.items[i].severity),
			check->remarks.items[i].word, check->remarks.items[i].rule,
			check->remarks.items[i].text);
	fprintf(stderr, "wanted: %s, word %d, %s\n", rule, word, part);
	_fail(file, line);
}

static void run_bytes(struct check *check, const uint8_t *bytes, size_t length,
	enum check_kind kind, const struct session *on)
{
	struct errbuf err = {0};
	struct check_subject subject = {
		.bytes = bytes, .length = length, .name = "file", .kind = kind, .on = on};
	if (check_file(check, &subject, &err) != OK)
		fail_msg("%s", err.text);
}

static void run_image(struct check *check, const struct image *image, enum check_kind kind,
	const struct session *on)
{
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, image, &err), OK);
	run_bytes(check, bytes, length, kind, on);
}

/* A session on an image, as if opened offline. */
static struct session *session_on(const struct image *image)
{
	struct session *session = calloc(1, sizeof *session);
	assert_non_null(session);
	session->chip = fixture_chip();
	session->image = *image;
	session->has_image = true;
	session->info.peer = PEER_UBOOT;
	session->info.source_class = SOURCE_FILE;
	session->lock = -1;
	snprintf(session->board, sizeof session->board, "00410032-33385116-34383330");
	snprintf(session->source_text, sizeof session->source_text, "board.bin");
	return session;
}

static void test_vendor_example(void **state)
{
	(void)state;
	uint8_t *bytes;
	size_t length;
	struct errbuf err = {0};
	struct check check;
	assert_int_equal(
		store_read(&bytes, &length, TEST_DATA "/vendor-write-example.bin", 4096, &err), OK);
	run_bytes(&check, bytes, length, CHECK_ANY, NULL);
	assert_int_equal(check.kind, CHECK_REQUEST);
	assert_false(check.ok);
	/* Word 10: status 0000C000, the half-words of C0000000 swapped. */
	expect(&check, "reserved-bits", 10, SEVERITY_ERROR, "bits 14 and 15");
	expect(&check, "reserved-bits", 10, SEVERITY_ERROR, "C0000000");
	expect(&check, "no-update-request", 10, SEVERITY_ERROR, "bit 31");
	/* Word 9: status C0000000 with value 01234567: write, then lock. */
	expect(&check, "asks", 9, SEVERITY_WARNING, "writes value 01234567");
	expect(&check, "asks", 9, SEVERITY_WARNING, "locks the word for ever");
	expect(&check, "asks", 9, SEVERITY_WARNING, "dangerous");
	expect(&check, "value-and-lock", 9, SEVERITY_WARNING, "one request");
	/* 01234567: bits 26:19 are 0x24 (36), bits 17:15 are 6. */
	expect(&check, "sets-field", 9, SEVERITY_NOTE, "0x24");
	assert_null(find(&check, "no-update-request", 9));
	check_free(&check);
	free(bytes);
}

static void request_start(struct image *request)
{
	*request = (struct image){.version = 2, .word_count = 96};
}

static void test_good_request(void **state)
{
	(void)state;
	struct image request;
	struct check check;
	request_start(&request);
	request.value[70] = 0x12345678;
	request.status[70] = UPDATE;
	run_image(&check, &request, CHECK_ANY, NULL);
	assert_int_equal(check.kind, CHECK_REQUEST);
	assert_true(check.ok);
	assert_int_equal(check.remarks.count, 2);
	expect(&check, "no-chip", -1, SEVERITY_NOTE, "checked as for STM32MP15x");
	expect(&check, "asks", 70, SEVERITY_NOTE, "writes value 12345678");
	expect(&check, "asks", 70, SEVERITY_NOTE, "irreversible");
	check_free(&check);
}

static void test_request_words(void **state)
{
	(void)state;
	struct image request;
	struct check check;
	request_start(&request);
	request.state = 1;
	request.status[70] = LOCK_ASIS;         /* lock only, value 0 */
	request.value[71] = 0x11;               /* a value nobody asks to write */
	request.status[72] = UPDATE | 1;        /* bit 0 is for reads */
	request.status[73] = UPDATE | 1u << 26; /* so is bit 26 */
	request.status[74] = UPDATE | 1u << 27; /* sticky */
	request.status[75] = 0x40000000;        /* lock without the update request */
	request.status[76] = UPDATE | 1u << 7;  /* reserved */
	run_image(&check, &request, CHECK_REQUEST, NULL);
	assert_false(check.ok);
	expect(&check, "state", -1, SEVERITY_ERROR, "00000001");
	expect(&check, "lock-on-zero", 70, SEVERITY_WARNING, "00000000");
	expect(&check, "no-update-request", 71, SEVERITY_WARNING, "00000011");
	expect(&check, "read-bits", 72, SEVERITY_ERROR, "bit 0");
	expect(&check, "read-bits", 73, SEVERITY_ERROR, "bit 26");
	expect(&check, "sticky-locks", 74, SEVERITY_WARNING, "U-Boot");
	expect(&check, "no-update-request", 75, SEVERITY_ERROR, "40000000");
	expect(&check, "reserved-bits", 76, SEVERITY_ERROR, "bit 7");
	assert_null(find(&check, "echo", -1));
	check_free(&check);
}

static void test_request_version(void **state)
{
	(void)state;
	struct image request;
	struct check check;
	struct errbuf err = {0};
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	request_start(&request);
	request.status[70] = LOCK_ASIS;
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, &request, &err), OK);
	bytes[0] = 3;
	run_bytes(&check, bytes, length, CHECK_REQUEST, NULL);
	assert_false(check.ok);
	expect(&check, "version", -1, SEVERITY_ERROR, "version is 3");
	check_free(&check);
}

static void test_request_that_echoes(void **state)
{
	(void)state;
	struct image request;
	struct check check;
	request_start(&request);
	for (unsigned word = 0; word < 96; word++)
		request.status[word] = UPDATE;
	run_image(&check, &request, CHECK_ANY, NULL);
	expect(&check, "echo", -1, SEVERITY_ERROR, "every word");
	check_free(&check);

	/* As read from a board, locks and all, with one word changed and asked for. */
	request_start(&request);
	for (unsigned word = 40; word < 50; word++)
		request.status[word] = 0x58000000;
	request.value[70] = 1;
	request.status[70] = UPDATE;
	run_image(&check, &request, CHECK_ANY, NULL);
	expect(&check, "echo", -1, SEVERITY_ERROR, "10 words");
	assert_null(find(&check, "no-update-request", 40));
	check_free(&check);

	request_start(&request);
	run_image(&check, &request, CHECK_REQUEST, NULL);
	expect(&check, "nothing-to-do", -1, SEVERITY_ERROR, "bit 31");
	check_free(&check);
}

static void test_request_on_a_board(void **state)
{
	(void)state;
	struct image board, request;
	struct check check;
	fixture_plain(&board);
	board.value[70] = 0x12345678;
	board.status[71] = WORD_STATUS_PERMANENT;
	board.value[9] = 0x1;
	struct session *session = session_on(&board);
	request_start(&request);
	request.value[70] = 0x12345679;
	request.value[71] = 0x1;
	request.value[9] = 0x2; /* a bitwise word: adds a bit, clears none */
	request.status[70] = request.status[71] = request.status[9] = UPDATE;
	request.status[72] = LOCK_ASIS;
	run_image(&check, &request, CHECK_ANY, session);
	assert_false(check.ok);
	expect(&check, "written-twice", 70, SEVERITY_ERROR, "12345678");
	expect(&check, "locked", 71, SEVERITY_ERROR, "for ever");
	expect(&check, "freezes-empty", 72, SEVERITY_WARNING, "empty");
	assert_null(find(&check, "clears-bit", 9));
	assert_null(find(&check, "lock-on-zero", 72));
	check_free(&check);
	session_close(session);
}

static void test_image(void **state)
{
	(void)state;
	struct image image;
	struct check check;
	uint8_t bytes[1024] = {0};
	size_t length;
	struct errbuf err = {0};
	fixture_plain(&image);
	image.state = 3;
	image.status[40] = 1;
	image.status[41] = 1u << 26;
	image.status[42] = 1u << 29;
	image.status[43] = 1u << 3;
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, &image, &err), OK);
	run_bytes(&check, bytes, sizeof bytes, CHECK_ANY, NULL);
	assert_int_equal(check.kind, CHECK_IMAGE);
	assert_true(check.ok);
	expect(&check, "padded", -1, SEVERITY_NOTE, "248 zero bytes");
	expect(&check, "state", -1, SEVERITY_WARNING, "invalid");
	expect(&check, "read-error", 40, SEVERITY_WARNING, "bit 0");
	expect(&check, "lock-error", 41, SEVERITY_WARNING, "bit 26");
	expect(&check, "shadow-copy", 42, SEVERITY_NOTE, "bit 29");
	expect(&check, "reserved-bits", 43, SEVERITY_WARNING, "00000008");
	check_free(&check);

	image.status[50] = UPDATE;
	run_image(&check, &image, CHECK_IMAGE, NULL);
	assert_false(check.ok);
	expect(&check, "update-request", 50, SEVERITY_ERROR, "bit 31");
	check_free(&check);
}

static void test_image_against_another(void **state)
{
	(void)state;
	struct image image, other;
	struct check check;
	fixture_plain(&image);
	struct session *session = session_on(&image);
	run_image(&check, &image, CHECK_ANY, session);
	expect(&check, "same", -1, SEVERITY_NOTE, "board.bin");
	check_free(&check);
	other = image;
	other.value[80] = 5;
	run_image(&check, &other, CHECK_ANY, session);
	expect(&check, "differs", 80, SEVERITY_WARNING, "board.bin");
	check_free(&check);
	other.value[15] = 0x34383331;
	run_image(&check, &other, CHECK_ANY, session);
	expect(&check, "other-board", -1, SEVERITY_WARNING, "34383331");
	check_free(&check);
	other.value[13] = other.value[14] = other.value[15] = 0;
	run_image(&check, &other, CHECK_ANY, NULL);
	expect(&check, "no-identity", -1, SEVERITY_WARNING, "unique id");
	check_free(&check);
	session_close(session);
}

static void run_text(struct check *check, const char *text, const struct session *on)
{
	run_bytes(check, (const uint8_t *)text, strlen(text), CHECK_ANY, on);
	assert_int_equal(check->kind, CHECK_PLAN);
}

static void test_plan(void **state)
{
	(void)state;
	struct check check;
	run_text(&check, "write word=70 value=0x12345678\nlock word=70\n", NULL);
	assert_true(check.ok);
	expect(&check, "no-board", -1, SEVERITY_NOTE, "--on");
	expect(&check, "no-chip", -1, SEVERITY_NOTE, "--chip");
	check_free(&check);
	static const char *const wrong[] = {"wriet word=70 value=1\n",
		"write word=70 value=0x100000000\n", "write word=384 value=1\n",
		"chip stm32mp15\nwrite word=96 value=1\n",
		"write word=70 value=1\nwrite word=70 value=2\n"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		run_text(&check, wrong[i], NULL);
		assert_false(check.ok);
		expect(&check, "plan-words", -1, SEVERITY_ERROR, "line");
		check_free(&check);
	}
}

static void test_plan_on_a_board(void **state)
{
	(void)state;
	struct image board;
	struct check check;
	fixture_plain(&board);
	board.value[70] = 7;
	struct session *session = session_on(&board);
	run_text(&check, "write word=70 value=0x17\n", session);
	expect(&check, "written-twice", 70, SEVERITY_ERROR, "00000007");
	check_free(&check);
	run_text(&check, "board 00410032-33385116-34383331\nwrite word=71 value=1\n", session);
	expect(&check, "plan-binding", -1, SEVERITY_ERROR, "34383331");
	check_free(&check);
	session_close(session);
}

static void test_neither(void **state)
{
	(void)state;
	struct errbuf err = {0};
	struct check check;
	static const uint8_t bytes[] = {2, 0, 0, 0, 0, 1, 2, 3, 0};
	struct check_subject subject = {.bytes = bytes, .length = 8, .name = "short.bin"};
	assert_int_equal(check_file(&check, &subject, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "short.bin"));
	check_free(&check);
	subject.length = 0;
	errbuf_clear(&err);
	assert_int_equal(check_file(&check, &subject, &err), ERR_FORMAT);
	assert_non_null(strstr(err.text, "empty"));
	check_free(&check);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vendor_example),
		cmocka_unit_test(test_good_request),
		cmocka_unit_test(test_request_words),
		cmocka_unit_test(test_request_version),
		cmocka_unit_test(test_request_that_echoes),
		cmocka_unit_test(test_request_on_a_board),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_image_against_another),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_plan_on_a_board),
		cmocka_unit_test(test_neither),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
