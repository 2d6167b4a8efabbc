/* Secrets leave the program's memory with the board they were of: looked for in all that it can
 * write to. */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Word 60 is one of a key (facts of STM32MP15: OTP 60 to 91 are free for the customer, and U-Boot
 * names some of them; the map masks it). */
#define SECRET_BYTES "\xA9\xE7\xC2\x5E"
#define SECRET_TEXT  "5EC2E7A9"
#define DEADLINE_S   20
#define CHUNK        65536

struct fixture {
	struct run_home home;
	struct terminal *terminal;
};

static int set_up(void **state)
{
	static struct fixture fixture;
	fixture = (struct fixture){0};
	run_home_make(&fixture.home);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	terminal_free(fixture->terminal);
	run_home_remove(&fixture->home);
	return 0;
}

static unsigned count_in(const char *bytes, size_t length, const char *wanted, size_t size)
{
	unsigned count = 0;
	for (size_t i = 0; i + size <= length; i++)
		count += memcmp(bytes + i, wanted, size) == 0;
	return count;
}

/* From one address to another, in pieces that overlap by less than what is looked for. */
static unsigned count_between(int memory, unsigned long begin, unsigned long end)
{
	static char bytes[CHUNK];
	unsigned count = 0;
	while (begin + sizeof SECRET_TEXT < end) {
		size_t wanted = end - begin < CHUNK ? end - begin : CHUNK;
		ssize_t got = pread(memory, bytes, wanted, (off_t)begin);
		if (got <= 0)
			break;
		count += count_in(bytes, (size_t)got, SECRET_BYTES, sizeof SECRET_BYTES - 1);
		count += count_in(bytes, (size_t)got, SECRET_TEXT, sizeof SECRET_TEXT - 1);
		begin += (size_t)got > sizeof SECRET_TEXT ? (size_t)got - sizeof SECRET_TEXT : 1;
	}
	return count;
}

/* How often the secret stands in what the process may write to. */
static unsigned count_secrets(pid_t process)
{
	char path[64], line[512], rights[8];
	unsigned long begin, end;
	unsigned count = 0;
	snprintf(path, sizeof path, "/proc/%ld/mem", (long)process);
	int memory = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof path, "/proc/%ld/maps", (long)process);
	FILE *maps = fopen(path, "r");
	assert_non_null(maps);
	if (memory < 0) {
		fclose(maps);
		print_message("not done: no process may be looked into here\n");
		skip();
	}
	while (fgets(line, sizeof line, maps))
		if (sscanf(line, "%lx-%lx %7s", &begin, &end, rights) == 3 && rights[1] == 'w')
			count += count_between(memory, begin, end);
	fclose(maps);
	close(memory);
	return count;
}

static void expect_forgotten(struct terminal *terminal)
{
	struct timespec now, pause = {0, 10000000};
	clock_gettime(CLOCK_MONOTONIC, &now);
	const time_t end = now.tv_sec + DEADLINE_S;
	unsigned left;
	while ((left = count_secrets(terminal_process(terminal))) > 0 && now.tv_sec < end) {
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	assert_int_equal(left, 0);
}

static struct terminal *opens(struct fixture *f, const char *source)
{
	const char *const argv[] = {OTPEDIT_PROGRAM, source, NULL};
	struct terminal_options options = {.folder = f->home.folder};
#ifdef __SANITIZE_ADDRESS__
	print_message("not done: what is freed is kept by the sanitizers\n");
	skip();
#endif
	f->terminal = terminal_start(&options, argv);
	terminal_expect(f->terminal, "UID ..34383330");
	return f->terminal;
}

static void lets_go(struct terminal *t)
{
	terminal_type(t, "o");
	terminal_expect(t, "close it and choose another");
	terminal_type(t, "y");
	terminal_expect(t, "Simulated boards");
}

static void test_what_was_read(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[776];
	FILE *file = fopen(TEST_DATA "/stm32mp157c-read.bin", "rb");
	assert_non_null(file);
	assert_int_equal(fread(bytes, 1, sizeof bytes, file), sizeof bytes);
	fclose(file);
	memcpy(bytes + 8 + 8 * 60, SECRET_BYTES, sizeof SECRET_BYTES - 1);
	run_write_file(&f->home, "board.bin", bytes, sizeof bytes);
	struct terminal *t = opens(f, "board.bin");
	assert_true(count_secrets(terminal_process(t)) > 0);
	lets_go(t);
	expect_forgotten(t);
}

static void test_what_was_typed(void **state)
{
	struct fixture *f = *state;
	struct terminal *t = opens(f, "demo");
	assert_int_equal(count_secrets(terminal_process(t)), 0);
	terminal_type(t, ":write word=60 value=0x" SECRET_TEXT);
	terminal_key(t, TERMINAL_ENTER);
	terminal_expect(t, "1 staged");
	assert_true(count_secrets(terminal_process(t)) > 0);
	lets_go(t);
	expect_forgotten(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_was_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_was_typed, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("forgets", tests, NULL, NULL);
}
