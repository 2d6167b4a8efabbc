#include "tests/support/view_acts.h"

#include "src/partition.h"
#include "src/rehearsal.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* --- words ------------------------------------------------------------------------------------ */

static void enters(struct drawn *f, const char *line)
{
	drawn_type(f, ":");
	drawn_type(f, line);
	drawn_type(f, "\r");
	drawn_press(f, KEY_F(11), 0); /* what was said is read */
}

static void stages(struct drawn *f)
{
	enters(f, "write word=70 value=0x12345678 lock");
}

void shows_words(struct drawn *f)
{
	snprintf(f->app.read_time, sizeof f->app.read_time, "14:02:11");
	f->app.session->image.status[7] = WORD_STATUS_PERMANENT;
	f->app.session->image.value[7] = 0xDEADBEEF;
	stages(f);
}

void lists_words(struct drawn *f)
{
	shows_words(f);
	drawn_type(f, "\t");
}

void maps_words(struct drawn *f)
{
	shows_words(f);
	drawn_type(f, "m");
}

void tells_of_a_word(struct drawn *f)
{
	drawn_go(f, 13);
	drawn_type(f, "\r");
}

void edits(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "e1234");
}

void edits_bits(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "b ");
}

void chooses_locks(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "L ");
}

void lists_staged(struct drawn *f)
{
	stages(f);
	drawn_type(f, "v");
}

void finds(struct drawn *f)
{
	drawn_type(f, "/board");
}

void types_a_command(struct drawn *f)
{
	drawn_type(f, ":lock word=7");
}

void has_found(struct drawn *f)
{
	drawn_type(f, "/13-15\r");
}

void asks_to_quit(struct drawn *f)
{
	stages(f);
	drawn_type(f, "q");
}

void asks_to_leave(struct drawn *f)
{
	stages(f);
	drawn_type(f, "o");
}

void offers_what_was_left(struct drawn *f)
{
	f->app.kept.word[70] = (struct edit){.sets_value = true, .value = 0x12345678};
	f->app.view = VIEW_KEPT;
	drawn_draw(f);
}

/* --- the way to a burn -------------------------------------------------------------------------
 */

void previews(struct drawn *f)
{
	stages(f);
	drawn_type(f, "p");
}

void confirms(struct drawn *f)
{
	previews(f);
	for (int i = 0; i < 100 && !f->app.all_seen; i++)
		drawn_press(f, KEY_NPAGE, 0);
	drawn_type(f, "ac");
	drawn_type(f, "burn 7");
}

void burns(struct drawn *f)
{
	previews(f);
	app_show(&f->app, VIEW_PROGRESS);
	progress_note(&f->app.progress, COMMIT_STAGE_BURN, 0, 2);
	drawn_draw(f);
}

static void takes_result(struct drawn *f, enum commit_verdict verdict, enum word_verdict word)
{
	struct worker_event event = {.kind = EVENT_RESULT, .job = JOB_COMMIT};
	previews(f);
	event.result = calloc(1, sizeof *event.result);
	assert_non_null(event.result);
	event.result->triggered = true;
	event.result->verdict = verdict;
	event.result->word_count = 1;
	event.result->words[0] = (struct word_result){.word = 70,
		.verdict = word,
		.planned_value = 0x12345678,
		.found = word == VERDICT_AS_PLANNED,
		.found_value = 0x12345678};
	app_event(&f->app, &event);
	drawn_draw(f);
}

void ends_well(struct drawn *f)
{
	takes_result(f, COMMIT_VERIFIED, VERDICT_AS_PLANNED);
}

void ends_unknown(struct drawn *f)
{
	takes_result(f, COMMIT_UNKNOWN, VERDICT_UNKNOWN);
}

void loses_the_board(struct drawn *f)
{
	struct worker_event event = {.kind = EVENT_LOST, .status = ERR_GONE};
	previews(f);
	snprintf(event.error.text, sizeof event.error.text, "the board at 1-5.4 is gone");
	app_event(&f->app, &event);
	drawn_press(f, KEY_F(11), 0);
}

void cycles_power(struct drawn *f)
{
	struct worker_event event = {.kind = EVENT_POWER, .power = POWER_BACK};
	snprintf(event.place, sizeof event.place, "U-Boot stm32prog at usb 1-5.4");
	snprintf(event.words, sizeof event.words, "power was off");
	f->app.power_watched = true;
	app_event(&f->app, &event);
	drawn_draw(f);
}

/* --- beside the words --------------------------------------------------------------------------
 */

static void saves_another(const struct drawn *f)
{
	struct image image = f->app.session->image;
	uint8_t bytes[PARTITION_MAX_BYTES];
	size_t length;
	struct errbuf err = {0};
	image.value[13] = 0;
	image.value[57] = 0x10;
	assert_int_equal(partition_format(bytes, sizeof bytes, &length, &image, &err), OK);
	assert_int_equal(store_save("other.bin", bytes, length, &err), OK);
}

void chooses_an_image(struct drawn *f)
{
	saves_another(f);
	drawn_type(f, "d");
}

void compares(struct drawn *f)
{
	saves_another(f);
	drawn_type(f, "d\r");
}

static void writes_journal(struct drawn *f)
{
	struct journal journal;
	struct journal_intent intent = {.pass_count = 1, .word_count = 1};
	struct errbuf err = {0};
	const char *folder = f->environment.session.source.state_folder;
	intent.words[0] = (struct journal_word){
		.word = 70, .request_value = 0x12345678, .before_known = true};
	snprintf(intent.board, sizeof intent.board, DRAWN_BOARD);
	snprintf(intent.chip, sizeof intent.chip, "stm32mp15");
	assert_int_equal(journal_open(&journal, folder, SOURCE_SIMULATED, &err), OK);
	assert_int_equal(journal_write_intent(&journal, &intent, &f->app.session->image, &err), OK);
}

void lists_burns(struct drawn *f)
{
	writes_journal(f);
	drawn_type(f, "J");
}

void tells_of_a_burn(struct drawn *f)
{
	lists_burns(f);
	drawn_type(f, "\r");
}

void tells_news(struct drawn *f)
{
	struct session *session = f->app.session;
	session->news_count = 1;
	session->news[0].severity = SEVERITY_ERROR;
	snprintf(session->news[0].text, sizeof session->news[0].text,
		"word 70 was being burnt when the program was killed: what became of it is not "
		"known");
	drawn_type(f, "i");
}

void tells_of_the_board(struct drawn *f)
{
	drawn_type(f, "s");
}

void helps(struct drawn *f)
{
	drawn_type(f, "?");
}

void begins_the_guide(struct drawn *f)
{
	drawn_type(f, "g");
}

void guides(struct drawn *f)
{
	drawn_go(f, 70);
	drawn_type(f, "gj\r\r");
}

static void closes_the_board(struct drawn *f)
{
	free(f->app.session);
	f->app.session = NULL;
	f->app.link = LINK_OPENING;
}

void picks(struct drawn *f)
{
	struct found_boards *found = calloc(1, sizeof *found);
	struct found_ports *ports = calloc(1, sizeof *ports);
	const struct errbuf none = {0};
	assert_true(found && ports);
	found->count = 2;
	found->boards[0] = (struct found_board){.source = "dfu:serial=AA",
		.link = "usb",
		.path = "1-5.3",
		.serial = "AA",
		.stage = "U-Boot stm32prog",
		.offers_otp = true};
	found->boards[1] = (struct found_board){.source = "dfu:path=1-5.4",
		.link = "usb",
		.path = "1-5.4",
		.stage = "ROM code",
		.remark = "the ROM code offers no OTP: load U-Boot"};
	ports->count = 1;
	ports->port[0] = (struct found_port){.source = "uart:/dev/ttyUSB0",
		.name = "/dev/ttyUSB0",
		.description = "FT232R USB UART"};
	closes_the_board(f);
	app_pick(&f->app);
	picker_take(&f->app.picker, found, ports, &none);
	drawn_draw(f);
}

/* A twin on which word 70 came out otherwise than predicted. */
static struct rehearsal *differing_twin(void)
{
	struct rehearsal *rehearsal = calloc(1, sizeof *rehearsal);
	assert_non_null(rehearsal);
	snprintf(rehearsal->fault, sizeof rehearsal->fault, "ignores:70");
	snprintf(rehearsal->board, sizeof rehearsal->board, DRAWN_BOARD);
	fixture_plain(&rehearsal->before);
	rehearsal->found = rehearsal->predicted = rehearsal->before;
	rehearsal->predicted.value[70] = 0x12345678;
	rehearsal->has_found = rehearsal->asked[70] = true;
	rehearsal->result.triggered = true;
	rehearsal->result.verdict = COMMIT_PARTIAL;
	rehearsal->start = REHEARSAL_OFFERS_OTP;
	return rehearsal;
}

void asks_what_to_rehearse(struct drawn *f)
{
	stages(f);
	drawn_type(f, "R");
}

void has_rehearsed(struct drawn *f)
{
	struct worker_event event = {
		.kind = EVENT_REHEARSED, .job = JOB_REHEARSE, .rehearsal = differing_twin()};
	asks_what_to_rehearse(f);
	app_event(&f->app, &event);
	drawn_press(f, KEY_F(11), 0);
}

/* --- a board that runs nothing yet --- */

void asks_for_a_name(struct drawn *f)
{
	picks(f);
	drawn_type(f, ":sim:board.bin");
}

void asks_for_firmware(struct drawn *f)
{
	closes_the_board(f);
	view_boot_begin(&f->app, "dfu:path=1-5.4", "ROM code");
	drawn_type(f, "board.tsv");
}

void fails_to_bring_up(struct drawn *f)
{
	asks_for_firmware(f);
	f->app.boot.step = BOOT_FAILED;
	snprintf(f->app.boot.why, sizeof f->app.boot.why, "the board went while it was loaded");
	f->app.page_view = VIEW_COUNT;
	drawn_draw(f);
}

void shows_firmware(struct drawn *f)
{
	struct worker_event event = {.kind = EVENT_BOOT, .job = JOB_BOOT_LOOK};
	asks_for_firmware(f);
	event.boot_text = strdup("Board        004100323338511634383330\n"
				 "! TF-A may raise the word to that, for ever\n");
	assert_non_null(event.boot_text);
	snprintf(event.boot_words, sizeof event.boot_words, "boot version 1 on 3330");
	app_event(&f->app, &event);
	drawn_draw(f);
	drawn_press(f, 0, '\r');
}

void loads_firmware(struct drawn *f)
{
	struct worker_event event = {
		.kind = EVENT_PROGRESS, .job = JOB_BOOT, .done = 51200, .total = 204800};
	shows_firmware(f);
	f->app.boot.step = BOOT_LOADING;
	snprintf(event.stage, sizeof event.stage, "load TF-A (phase 1)");
	app_event(&f->app, &event);
	drawn_draw(f);
}
