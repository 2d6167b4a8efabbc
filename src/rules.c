#include "src/rules_table.h"

#include "src/word_status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rules_say(char *text, size_t cap, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, cap, format, arguments);
	va_end(arguments);
	return true;
}

uint32_t rules_final_value(const struct rules_context *context, unsigned word)
{
	const struct edit *edit = &context->edits->word[word];
	uint32_t value = context->image->value[word];
	if (!edit->sets_value)
		return value;
	return edit->closes ? value | edit->value : edit->value;
}

bool subject_make(struct subject *out, const struct rules_context *context, unsigned word)
{
	const struct edit *edit = &context->edits->word[word];
	if (edit_is_empty(edit))
		return false;
	*out = (struct subject){.context = context, .word = word, .edit = edit};
	if (word < context->image->word_count) {
		out->value = context->image->value[word];
		out->status = context->image->status[word];
		out->known = image_value_is_known(context->image, word);
	}
	out->final = rules_final_value(context, word);
	out->changed = edit->sets_value ? edit->value & ~(out->known ? out->value : 0) : 0;
	out->writes = edit->sets_value && (!out->known || out->final != out->value);
	out->locks = (edit->locks & ~out->status & WORD_STATUS_PERMANENT) != 0;
	chip_word_name(out->name, sizeof out->name, context->chip, word);
	return true;
}

bool subject_acts(const struct subject *s)
{
	return s->writes || (s->edit->locks & ~s->status) != 0;
}

bool subject_is_written_once(const struct subject *s)
{
	const struct chip_bank *bank = chip_bank_of(s->context->chip, s->word);
	return !bank || bank->rule == BANK_ONCE;
}

enum status remarks_add(struct remarks *out, const struct remark *remark, struct errbuf *err)
{
	if (out->count == out->capacity) {
		size_t capacity = out->capacity ? out->capacity * 2 : 16;
		struct remark *grown = realloc(out->items, capacity * sizeof *grown);
		if (!grown)
			return errbuf_set(err, ERR_MEMORY, "out of memory for remarks");
		out->items = grown;
		out->capacity = capacity;
	}
	out->items[out->count++] = *remark;
	return OK;
}

static enum status append(struct remarks *out, const struct rule *rule, int word, const char *text,
	struct errbuf *err)
{
	struct remark remark = {.rule = rule->name,
		.severity = rule->severity,
		.word = word,
		.danger = rule->danger,
		.instead = rule->instead};
	snprintf(remark.text, sizeof remark.text, "%s", text);
	return remarks_add(out, &remark, err);
}

/* An insertion sort keeps the order among equals. */
void remarks_sort(struct remarks *remarks)
{
	for (size_t i = 1; i < remarks->count; i++) {
		struct remark moving = remarks->items[i];
		size_t at = i;
		while (at > 0 && (remarks->items[at - 1].severity < moving.severity ||
					 (remarks->items[at - 1].severity == moving.severity &&
						 remarks->items[at - 1].word > moving.word))) {
			remarks->items[at] = remarks->items[at - 1];
			at--;
		}
		remarks->items[at] = moving;
	}
}

enum status rules_check_word(
	struct remarks *out, const struct rules_context *context, unsigned word, struct errbuf *err)
{
	assert(word < IMAGE_MAX_WORDS);
	struct subject subject;
	if (!subject_make(&subject, context, word))
		return OK;
	const struct rule *const tables[] = {rules_of_words, rules_of_values, rules_of_notes};
	for (size_t t = 0; t < 3; t++)
		for (const struct rule *rule = tables[t]; rule->name; rule++) {
			char text[sizeof((struct remark *)0)->text];
			if (!rule->of_word(&subject, text, sizeof text))
				continue;
			enum status status = append(out, rule, (int)word, text, err);
			if (status != OK)
				return status;
		}
	return OK;
}

enum status rules_check(
	struct remarks *out, const struct rules_context *context, struct errbuf *err)
{
	for (const struct rule *rule = rules_of_plans; rule->name; rule++) {
		char text[sizeof((struct remark *)0)->text];
		if (!rule->of_plan(context, text, sizeof text))
			continue;
		enum status status = append(out, rule, -1, text, err);
		if (status != OK)
			return status;
	}
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++) {
		enum status status = rules_check_word(out, context, word, err);
		if (status != OK)
			return status;
	}
	remarks_sort(out);
	return OK;
}

void remarks_free(struct remarks *remarks)
{
	free(remarks->items);
	*remarks = (struct remarks){0};
}

bool remarks_have_error(const struct remarks *remarks)
{
	for (size_t i = 0; i < remarks->count; i++)
		if (remarks->items[i].severity == SEVERITY_ERROR)
			return true;
	return false;
}

struct rule_description rules_describe(size_t index)
{
	const struct rule *const tables[] = {
		rules_of_plans, rules_of_words, rules_of_values, rules_of_notes};
	for (size_t t = 0; t < 4; t++)
		for (const struct rule *rule = tables[t]; rule->name; rule++)
			if (index-- == 0)
				return (struct rule_description){rule->name, rule->severity,
					rule->about, rule->instead, rule->source};
	return (struct rule_description){0};
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"note", "warning", "error"};
	return names[severity];
}

const char *danger_class_name(enum danger_class danger)
{
	static const char *const names[] = {"passing", "irreversible", "dangerous", "one-way"};
	return names[danger];
}
