/* What has to be on disk before a burn is there, not only on its way: files with all they hold, and
 * the folders that name them. */
#include "tests/support/fake_device.h"
#include "tests/support/fixtures.h"
#include "tests/support/scratch.h"

#include "src/commit.h"
#include "src/store.h"
#include "src/word_status.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOARD     "00410032-33385116-34383330"
#define MAX_SYNCS 256

struct synced {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

static struct synced synced[MAX_SYNCS];
static size_t synced_count;

/* In place of the C library's: notes what was waited for, as it was then. */
int fsync(int file)
{
	struct stat about;
	assert_int_equal(fstat(file, &about), 0);
	assert_true(synced_count < MAX_SYNCS);
	synced[synced_count++] =
		(struct synced){about.st_dev, about.st_ino, about.st_size, about.st_mtim};
	return 0;
}

/* Whether it was waited for as it is now. */
static bool is_on_disk(const struct stat *about)
{
	for (size_t i = synced_count; i > 0; i--)
		if (synced[i - 1].device == about->st_dev && synced[i - 1].inode == about->st_ino)
			return synced[i - 1].size == about->st_size &&
			       synced[i - 1].changed.tv_sec == about->st_mtim.tv_sec &&
			       synced[i - 1].changed.tv_nsec == about->st_mtim.tv_nsec;
	return false;
}

struct scene {
	char folder[SCRATCH_MAX];
	struct journal journal;
	unsigned burns, images;
};

static void expect_on_disk(const char *path)
{
	struct stat about;
	assert_int_equal(lstat(path, &about), 0);
	if (!is_on_disk(&about))
		fail_msg("'%s' was not waited for as it is", path);
}

/* The names in a folder are on disk when the folder was waited for behind its last change. */
static void expect_images(struct scene *scene)
{
	char relative[64], folder[STORE_PATH_MAX], path[STORE_PATH_MAX];
	struct errbuf err = {0};
	journal_board_folder(relative, sizeof relative, &scene->journal, BOARD);
	assert_int_equal(store_join(folder, scene->journal.folder, relative, &err), OK);
	DIR *listing = opendir(folder);
	assert_non_null(listing);
	for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
		if (!strstr(entry->d_name, "-before.bin"))
			continue;
		assert_int_equal(store_join(path, folder, entry->d_name, &err), OK);
		expect_on_disk(path);
		scene->images++;
	}
	closedir(listing);
	expect_on_disk(folder);
}

static enum status at_burn(
	struct fake_device *fake, enum fake_call call, unsigned nth, struct errbuf *err)
{
	struct scene *scene = fake->payload;
	char path[STORE_PATH_MAX];
	(void)nth;
	if (call != FAKE_BURN)
		return OK;
	scene->burns++;
	assert_int_equal(store_join(path, scene->journal.folder, "journal.jsonl", err), OK);
	expect_on_disk(path);
	/* It is in its folder since the first intent; folders of boards may have come behind. */
	struct stat about;
	assert_int_equal(stat(scene->journal.folder, &about), 0);
	bool was_waited_for = false;
	for (size_t i = 0; i < synced_count; i++)
		was_waited_for |= synced[i].inode == about.st_ino;
	assert_true(was_waited_for);
	expect_images(scene);
	return OK;
}

static void all_is_on_disk_before_each_burn(void **state)
{
	struct scene scene = {0};
	struct image image;
	struct edits edits = {0};
	struct fake_device fake;
	struct confirmation confirmation;
	struct arming arming = {0};
	struct errbuf err = {0};
	struct commit_result *result = calloc(1, sizeof *result);
	struct chip *chip = fixture_chip();
	(void)state;
	scratch_make(scene.folder);
	assert_int_equal(journal_open(&scene.journal, scene.folder, SOURCE_SIMULATED, &err), OK);
	fixture_plain(&image);
	edits.word[70] = (struct edit){
		.sets_value = true, .value = 0x12345678, .locks = WORD_STATUS_PERMANENT};
	struct plan *plan = fixture_plan(&edits, &image, chip);
	fake_device_init(&fake, &image);
	fake.hook = at_burn;
	fake.payload = &scene;
	assert_int_equal(arming_arm(&arming, BOARD, &err), OK);
	assert_int_equal(
		confirm_typed(&confirmation, plan, "burn 70 on 3330", NULL, &arming, &err), OK);
	assert_int_equal(commit_run(result, plan, &confirmation, &arming, &fake.device,
				 &scene.journal, NULL, &err),
		OK);
	assert_int_equal(result->verdict, COMMIT_VERIFIED);
	assert_int_equal(scene.burns, 2);
	assert_int_equal(scene.images, 1 + 2); /* one before the first pass, two before the other */
	plan_free(plan);
	chip_free(chip);
	free(result);
	scratch_remove(scene.folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_is_on_disk_before_each_burn)};
	return cmocka_run_group_tests_name("on_disk", tests, NULL, NULL);
}
