/* The journal in short: the same entries, order and ends as the whole one. */
#include "src/journal_brief.h"

#include "src/store.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	char folder[SCRATCH_MAX];
	struct journal journal;
	struct image image;
};

static int set_up(void **state)
{
	static struct fixture f;
	struct errbuf err = {0};
	scratch_make(f.folder);
	assert_int_equal(journal_open(&f.journal, f.folder, SOURCE_SIMULATED, &err), OK);
	fixture_plain(&f.image);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	scratch_remove(((struct fixture *)*state)->folder);
	return 0;
}

static struct journal_intent *writes(
	struct fixture *f, const char *board, const char *fingerprint, unsigned first, size_t count)
{
	static struct journal_intent intent;
	struct errbuf err = {0};
	intent = (struct journal_intent){.pass = PASS_VALUES, .pass_count = 2, .word_count = count};
	snprintf(intent.board, sizeof intent.board, "%s", board);
	snprintf(intent.fingerprint, sizeof intent.fingerprint, "%s", fingerprint);
	snprintf(intent.chip, sizeof intent.chip, "stm32mp15");
	snprintf(intent.peer, sizeof intent.peer, "U-Boot stm32prog");
	for (size_t i = 0; i < count; i++)
		intent.words[i] = (struct journal_word){
			.word = first + (unsigned)i, .request_value = 1, .before_known = true};
	assert_int_equal(journal_write_intent(&f->journal, &intent, &f->image, &err), OK);
	return &intent;
}

static void ends(struct fixture *f, const struct journal_intent *intent,
	enum commit_verdict verdict, enum journal_end end)
{
	struct errbuf err = {0};
	struct word_result result = {
		.word = intent->words[0].word, .verdict = VERDICT_AS_PLANNED, .found = true};
	assert_int_equal(journal_write_outcome(&f->journal, intent, verdict, end, &result, 1, NULL,
				 "commit", "", &err),
		OK);
}

static void test_none_yet(void **state)
{
	struct fixture *f = *state;
	struct journal_brief *briefs = NULL;
	size_t count = 7, damaged = 7;
	struct errbuf err = {0};
	assert_int_equal(journal_read_briefs(&briefs, &count, &damaged, &f->journal, &err), OK);
	assert_int_equal(count, 0);
	assert_int_equal(damaged, 0);
	free(briefs);
}

static void test_same_as_in_full(void **state)
{
	struct fixture *f = *state;
	struct journal_brief *briefs;
	struct journal_entry *entries;
	size_t count, damaged, full_count, full_damaged;
	struct errbuf err = {0};
	ends(f, writes(f, "board-a", "1111111111111111", 70, 3), COMMIT_VERIFIED,
		JOURNAL_MORE_PASSES);
	writes(f, "board-b", "2222222222222222", 3, 1);
	/* The second pass of the first plan: its first one is over with it. */
	ends(f, writes(f, "board-a", "1111111111111111", 70, 3), COMMIT_LOCKS_UNPROVED,
		JOURNAL_PENDING_LOCKS);
	ends(f, writes(f, "board-a", "3333333333333333", 40, 20), COMMIT_VERIFIED,
		JOURNAL_MORE_PASSES);
	char path[STORE_PATH_MAX + 32];
	snprintf(path, sizeof path, "%s/journal.jsonl", f->journal.folder);
	assert_int_equal(store_append_line(path, "no record", &err), OK);
	assert_int_equal(store_append_line(path, "{\"type\":\"intent\"}", &err), OK);
	assert_int_equal(
		store_append_line(path, "{\"type\":\"outcome\",\"intent\":\"x\"}", &err), OK);

	assert_int_equal(journal_read_briefs(&briefs, &count, &damaged, &f->journal, &err), OK);
	assert_int_equal(count, 4);
	assert_int_equal(damaged, 3);
	static const struct {
		const char *board;
		enum journal_end end;
		bool has_verdict;
		size_t words;
		unsigned first;
	} wanted[] = {{"board-a", JOURNAL_CLOSED, true, 3, 70},
		{"board-b", JOURNAL_NO_OUTCOME, false, 1, 3},
		{"board-a", JOURNAL_PENDING_LOCKS, true, 3, 70},
		{"board-a", JOURNAL_MORE_PASSES, true, 20, 40}};
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(briefs[i].board, wanted[i].board);
		assert_int_equal(briefs[i].end, wanted[i].end);
		assert_int_equal(briefs[i].has_verdict, wanted[i].has_verdict);
		assert_int_equal(briefs[i].word_count, wanted[i].words);
		assert_int_equal(briefs[i].words[0], wanted[i].first);
		assert_int_equal(briefs[i].pass_count, 2);
	}
	assert_int_equal(briefs[3].words[JOURNAL_BRIEF_WORDS - 1], 40 + JOURNAL_BRIEF_WORDS - 1);
	assert_int_equal(briefs[2].verdict, COMMIT_LOCKS_UNPROVED);

	assert_int_equal(
		journal_read(&entries, &full_count, &full_damaged, JOURNAL_ALL, &f->journal, &err),
		OK);
	assert_int_equal(full_count, count);
	assert_int_equal(full_damaged, damaged);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(entries[i].intent.id, briefs[i].id);
		assert_int_equal(entries[i].end, briefs[i].end);
	}
	/* And an entry at a time, in any order. */
	struct journal_book book;
	assert_int_equal(journal_book_read(&book, &f->journal, &err), OK);
	assert_int_equal(book.count, count);
	assert_int_equal(book.damaged, damaged);
	for (size_t i = count; i > 0; i--) {
		const struct journal_entry *entry = journal_book_entry(&book, i - 1);
		const struct journal_entry *full = &entries[i - 1];
		assert_non_null(entry);
		assert_memory_equal(&entry->intent, &full->intent, sizeof entry->intent);
		assert_int_equal(entry->end, full->end);
		assert_int_equal(entry->has_verdict, full->has_verdict);
		assert_int_equal(entry->verdict, full->verdict);
		assert_int_equal(entry->result_count, full->result_count);
		assert_string_equal(entry->how, full->how);
	}
	journal_book_free(&book);
	free(entries);
	free(briefs);
}

static void test_one_in_full(void **state)
{
	struct fixture *f = *state;
	struct journal_brief *briefs;
	struct journal_entry *entry;
	size_t count, damaged;
	struct errbuf err = {0};
	writes(f, "board-b", "2222222222222222", 3, 1);
	ends(f, writes(f, "board-a", "1111111111111111", 70, 3), COMMIT_PARTIAL, JOURNAL_CLOSED);
	assert_int_equal(journal_read_briefs(&briefs, &count, &damaged, &f->journal, &err), OK);
	assert_int_equal(journal_read_entry(&entry, &f->journal, &briefs[1], &err), OK);
	assert_string_equal(entry->intent.board, "board-a");
	assert_int_equal(entry->intent.word_count, 3);
	assert_int_equal(entry->intent.words[2].word, 72);
	assert_int_equal(entry->verdict, COMMIT_PARTIAL);
	assert_int_equal(entry->end, JOURNAL_CLOSED);
	assert_int_equal(entry->result_count, 1);
	free(entry);
	assert_int_equal(journal_read_entry(&entry, &f->journal, &briefs[0], &err), OK);
	assert_false(entry->has_verdict);
	assert_int_equal(entry->end, JOURNAL_NO_OUTCOME);
	free(entry);
	/* A later line that gives the same id and makes no sense takes nothing away. */
	char line[128], path[STORE_PATH_MAX + 32];
	snprintf(line, sizeof line, "{\"type\":\"intent\",\"id\":\"%s\"}", briefs[0].id);
	snprintf(path, sizeof path, "%s/journal.jsonl", f->journal.folder);
	assert_int_equal(store_append_line(path, line, &err), OK);
	assert_int_equal(journal_read_entry(&entry, &f->journal, &briefs[0], &err), OK);
	assert_string_equal(entry->intent.board, "board-b");
	assert_int_equal(entry->intent.word_count, 1);
	free(entry);
	strcpy(briefs[0].id, "gone");
	assert_int_equal(journal_read_entry(&entry, &f->journal, &briefs[0], &err), ERR_FILE);
	assert_non_null(strstr(err.text, "gone"));
	free(briefs);
}

/* A journal that was damaged, or put together of two: all ways to read it agree on what is open. */
static void test_what_is_closed_stays_closed(void **state)
{
	struct fixture *f = *state;
	struct journal_brief *briefs;
	struct journal_entry *entries;
	size_t count, damaged;
	struct errbuf err = {0};
	struct journal_intent *intent = writes(f, "board-a", "1111111111111111", 70, 1);
	ends(f, intent, COMMIT_VERIFIED, JOURNAL_CLOSED);
	ends(f, intent, COMMIT_UNKNOWN, JOURNAL_NO_OUTCOME);
	assert_int_equal(journal_read_briefs(&briefs, &count, &damaged, &f->journal, &err), OK);
	assert_int_equal(count, 1);
	assert_int_equal(damaged, 1);
	assert_int_equal(briefs[0].end, JOURNAL_CLOSED);
	free(briefs);
	for (int selection = JOURNAL_ALL; selection <= JOURNAL_OPEN_ONLY; selection++) {
		assert_int_equal(journal_read(&entries, &count, &damaged,
					 (enum journal_selection)selection, &f->journal, &err),
			OK);
		assert_int_equal(count, selection == JOURNAL_ALL ? 1 : 0);
		assert_int_equal(damaged, 1);
		assert_true(count == 0 || entries[0].end == JOURNAL_CLOSED);
		free(entries);
	}
}

/* Identities come from boards: none becomes a path. */
static void test_folders_are_named_by_digests(void **state)
{
	static const char *const boards[] = {"serial:../../../etc/passwd", "serial:.", "serial:a/b",
		"00410032-33385116-34383330", "00410032-33385116-34383331"};
	enum { COUNT = sizeof boards / sizeof boards[0], PREFIX = 7, DIGITS = 32 };
	struct fixture *f = *state;
	char folders[COUNT][64], again[64];
	for (size_t i = 0; i < COUNT; i++) {
		journal_board_folder(folders[i], sizeof folders[i], &f->journal, boards[i]);
		assert_int_equal(strncmp(folders[i], "boards/", PREFIX), 0);
		assert_int_equal(strlen(folders[i]), PREFIX + DIGITS);
		assert_int_equal(strspn(folders[i] + PREFIX, "0123456789abcdef"), DIGITS);
		journal_board_folder(again, sizeof again, &f->journal, boards[i]);
		assert_string_equal(again, folders[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(folders[i], folders[j]);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_none_yet), TEST(test_same_as_in_full),
		TEST(test_one_in_full), TEST(test_what_is_closed_stays_closed),
		TEST(test_folders_are_named_by_digests)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
