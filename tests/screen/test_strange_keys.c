/* Keys that the terminal's description does not know must not come out as commands. */
#include "tests/support/run_program.h"
#include "tests/support/terminal.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* TERM says linux, whose arrow keys begin with "Esc [", but the terminal sends "Esc O": taken
 * letter by letter, the right arrow would stage the closing of the device. */
static void unknown_arrows_do_nothing(void **state)
{
	(void)state;
	struct run_home home;
	const char *const argv[] = {OTPEDIT_PROGRAM, "demo", NULL};
	run_home_make(&home);
	struct terminal_options options = {.term = "linux", .folder = home.folder};
	struct terminal *terminal = terminal_start(&options, argv);
	terminal_expect_row(terminal, 0, "staged 0");
	terminal_send(terminal, "\033OC\033OB\033[99z");
	terminal_type(terminal, "j"); /* known, so what came before has been dealt with */
	terminal_expect(terminal, ">00000000");
	terminal_expect(terminal, " 004 >");
	terminal_expect_row(terminal, 0, "staged 0");
	terminal_type(terminal, "q");
	assert_int_equal(terminal_wait_exit(terminal), 0);
	terminal_free(terminal);
	run_home_remove(&home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(unknown_arrows_do_nothing)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
