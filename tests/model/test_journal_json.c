/* Entries of the journal are written whatever bytes stand in their texts. */
#include "src/journal_json.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void assert_text(const json_t *object, const char *key, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, key));
	assert_non_null(text);
	assert_string_equal(text, wanted);
}

/* A path is bytes, and a buffer may have cut one of its characters (here U+20AC) in two. */
static void test_an_intent_of_any_source(void **state)
{
	(void)state;
	static const char *const sources[][2] = {
		{"sim:board 7.bin", "sim:board 7.bin"},
		{"sim:z\xC3\xA4hler.bin", "sim:z\xC3\xA4hler.bin"},
		{"sim:raw\x9B", "sim:raw?"},
		{"sim:cut\xE2\x82", "sim:cut??"},
	};
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		struct journal_intent intent = {0};
		snprintf(intent.source, sizeof intent.source, "%s", sources[i][0]);
		json_t *record = journal_intent_to_json(&intent, SOURCE_SIMULATED);
		assert_non_null(record);
		assert_text(record, "source", sources[i][1]);
		json_decref(record);
	}
}

static void test_an_outcome_of_any_note(void **state)
{
	(void)state;
	struct word_result result = {.word = 70};
	snprintf(result.text, sizeof result.text, "odd \xFF");
	json_t *record = journal_outcome_to_json("id", "time", COMMIT_UNKNOWN, JOURNAL_NO_OUTCOME,
		&result, 1, "", "commit", "cannot read 'cut\xE2\x82");
	assert_non_null(record);
	assert_text(record, "note", "cannot read 'cut??");
	assert_text(json_array_get(json_object_get(record, "words"), 0), "text", "odd ?");
	json_decref(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_intent_of_any_source),
		cmocka_unit_test(test_an_outcome_of_any_note),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
