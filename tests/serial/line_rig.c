#include "tests/serial/line_rig.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void *serve(void *payload)
{
	struct line_rig *rig = payload;
	struct errbuf failure = {0};
	while (!atomic_load(&rig->ends) && sim_pty_serve(rig->pty, 5, &failure) == OK)
		;
	return NULL;
}

/* The board is there, and nobody uses it yet. */
static void plug_in(struct line_rig *rig, unsigned baud)
{
	struct errbuf err = {0};
	run_home_make(&rig->home);
	assert_int_equal(sim_uart_create(&rig->uart, rig->board, &err), OK);
	assert_int_equal(sim_pty_open(&rig->pty, rig->uart, baud, &err), OK);
	rig->testbed = umockdev_testbed_new();
	mock_tty_plug(rig->testbed, "ttyUSB0", "1-3", "FT232R USB UART", "A5069RR4",
		sim_pty_path(rig->pty));
	atomic_store(&rig->ends, false);
	assert_int_equal(pthread_create(&rig->server, NULL, serve, rig), 0);
}

void line_rig_plug_in(
	struct line_rig *rig, enum sim_family family, enum sim_service service, unsigned baud)
{
	struct errbuf err = {0};
	assert_int_equal(sim_board_demo(&rig->board, family, &err), OK);
	assert_true(sim_board_set_service(rig->board, service));
	plug_in(rig, baud);
}

void line_rig_plug_in_rom(struct line_rig *rig, enum sim_family family, const char *order,
	const char *value, unsigned baud)
{
	struct errbuf err = {0};
	assert_int_equal(sim_board_demo(&rig->board, family, &err), OK);
	sim_boot_enter(rig->board, SIM_BOOT_ROM);
	if (order)
		assert_true(sim_boot_order(rig->board, order, value));
	plug_in(rig, baud);
}

void line_rig_unplug(struct line_rig *rig)
{
	atomic_store(&rig->ends, true);
	pthread_join(rig->server, NULL);
	sim_pty_close(rig->pty);
	rig->pty = NULL;
}

void line_rig_clean_up(struct line_rig *rig)
{
	if (rig->pty)
		line_rig_unplug(rig);
	sim_uart_free(rig->uart);
	sim_board_free(rig->board);
	g_object_unref(rig->testbed);
	run_home_remove(&rig->home);
}
