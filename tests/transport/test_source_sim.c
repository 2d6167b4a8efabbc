#include "transport/source.h"

#include "src/store.h"
#include "tests/support/boot_images.h"
#include "tests/support/scratch.h"
#include "transport/source_bench.h"
#include "transport/source_request.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARTITION 776u
#define LARGEST   3112u
#define IMAGE     TEST_DATA "/stm32mp157c-read.bin"

struct rig {
	char folder[SCRATCH_MAX];
	char state[STORE_PATH_MAX];
	struct source_options options;
	struct errbuf err;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof *rig);
	assert_non_null(rig);
	scratch_make(rig->folder);
	assert_int_equal(store_join(rig->state, rig->folder, "state", &rig->err), OK);
	rig->options.state_folder = rig->state;
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;
	scratch_remove(rig->folder);
	free(rig);
	return 0;
}

static enum status try_open(struct device **out, struct rig *rig, const char *text)
{
	errbuf_clear(&rig->err);
	for (size_t i = 0; source_table[i]; i++)
		if (source_table[i]->claims(text))
			return source_table[i]->open(out, text, &rig->options, &rig->err);
	fail_msg("nobody claims '%s'", text);
	return ERR_USAGE;
}

static struct device *open_source(struct rig *rig, const char *text)
{
	struct device *device = NULL;
	if (try_open(&device, rig, text) != OK)
		fail_msg("cannot open '%s': %s", text, rig->err.text);
	return device;
}

static void assert_refused(struct rig *rig, const char *text, enum status status, const char *why)
{
	struct device *device = NULL;
	assert_int_equal(try_open(&device, rig, text), status);
	if (!strstr(rig->err.text, why))
		fail_msg("'%s' is not in: %s", why, rig->err.text);
}

static void read_partition(struct device *device, uint8_t out[PARTITION])
{
	struct errbuf err = {0};
	size_t length = 0;
	if (device->ops->read(device, out, PARTITION, &length, NULL, &err) != OK)
		fail_msg("cannot read: %s", err.text);
	assert_int_equal(length, PARTITION);
}

static uint32_t word_of(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t value_of(const uint8_t *partition, unsigned word)
{
	return word_of(partition + 8 + 8 * (size_t)word);
}

static uint32_t status_of(const uint8_t *partition, unsigned word)
{
	return word_of(partition + 12 + 8 * (size_t)word);
}

/* Asks for 0x42 in a word, with its lock where wanted. */
static void fill_request(uint8_t request[PARTITION], unsigned word, bool lock)
{
	memset(request, 0, PARTITION);
	request[0] = 2;
	request[8 + 8 * (size_t)word] = 0x42;
	request[15 + 8 * (size_t)word] = lock ? 0xC0 : 0x80;
}

static enum status burn_word(struct device *device, unsigned word, bool lock, struct errbuf *err)
{
	uint8_t request[PARTITION];
	fill_request(request, word, lock);
	enum status status = device->ops->stage(device, request, PARTITION, NULL, err);
	return status == OK ? device->ops->burn(device, NULL, err) : status;
}

static void assert_burns(struct device *device, unsigned word, bool lock)
{
	struct errbuf err = {0};
	if (burn_word(device, word, lock, &err) != OK)
		fail_msg("cannot burn: %s", err.text);
}

static void fuses_path(const struct rig *rig, char out[STORE_PATH_MAX], const char *name)
{
	char part[128];
	struct errbuf err = {0};
	snprintf(part, sizeof part, "simulated/boards/%s/fuses", name);
	assert_int_equal(store_join(out, rig->state, part, &err), OK);
}

static void write_file(const char *path, const void *bytes, size_t length)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static size_t read_file(const char *path, uint8_t *out, size_t capacity)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t length = fread(out, 1, capacity, file);
	fclose(file);
	return length;
}

/* --- boards that begin in a boot stage */

/* What arrived is complete, and is started; all that a link does besides is tested with sim_boot.
 */
static void load(struct source_bench *bench, struct boot_image image)
{
	struct errbuf err = {0};
	assert_true(sim_boot_take(bench->board, image.bytes, image.length));
	assert_true(sim_boot_finish(bench->board));
	sim_boot_go(bench->board);
	assert_int_equal(source_bench_check(bench, OK, &err), OK);
	boot_image_free(&image);
}

static struct source_bench *make_bench(struct rig *rig, const char *text)
{
	struct source_bench *bench;
	struct source_request request;
	assert_int_equal(source_request_parse(&request, text, &rig->err), OK);
	assert_int_equal(source_bench_make(&bench, &request, &rig->options, &rig->err), OK);
	return bench;
}

static enum sim_boot_stage stage_of(struct rig *rig, const char *text)
{
	struct source_bench *bench = make_bench(rig, text);
	enum sim_boot_stage stage = sim_boot_stage(bench->board);
	source_bench_free(bench);
	return stage;
}

/* It is found as it was left, until it is reset. */
static void test_stage_is_kept(void **state)
{
	struct rig *rig = *state;
	struct device *device;
	struct device_info shown;
	struct source_bench *bench = make_bench(rig, "demo,stage=rom");
	load(bench, boot_image_fsbl(SIM_MP15, 3000, NULL));
	source_bench_free(bench);
	/* In the middle of it, it has lost all. */
	assert_int_equal(stage_of(rig, "demo,stage=rom"), SIM_BOOT_ROM);
	bench = make_bench(rig, "demo,stage=rom");
	load(bench, boot_image_fsbl(SIM_MP15, 3000, NULL));
	load(bench, boot_image_fip(3000));
	source_bench_free(bench);
	assert_int_equal(stage_of(rig, "demo,uart,stage=rom"), SIM_BOOT_SERVICE);
	assert_int_equal(try_open(&device, rig, "demo,stage=rom"), OK);
	assert_int_equal(device->ops->identify(device, &shown, NULL, &rig->err), OK);
	assert_int_equal(shown.peer, PEER_UBOOT);
	device->ops->close(device);
	/* Another board, and this one under other boot pins, are not concerned. */
	assert_int_equal(stage_of(rig, "demo:blank,stage=rom"), SIM_BOOT_ROM);
	assert_int_equal(stage_of(rig, "demo"), SIM_BOOT_SERVICE);
	bench = make_bench(rig, "demo,stage=rom");
	sim_board_reset(bench->board);
	assert_int_equal(source_bench_check(bench, OK, &rig->err), OK);
	source_bench_free(bench);
	assert_int_equal(stage_of(rig, "demo,stage=rom"), SIM_BOOT_ROM);
}

static void test_other_service_is_kept(void **state)
{
	struct rig *rig = *state;
	struct source_bench *bench = make_bench(rig, "demo:stm32mp25,stage=rom");
	load(bench, boot_image_fsbl(SIM_MP25, 3000, "@FSBL-EXT"));
	source_bench_free(bench);
	bench = make_bench(rig, "demo:stm32mp25,stage=rom");
	assert_int_equal(sim_boot_stage(bench->board), SIM_BOOT_SERVICE);
	assert_int_equal(sim_board_service(bench->board), SIM_SERVICE_PRGFW);
	source_bench_free(bench);
	rig->options.fresh = true;
	assert_int_equal(stage_of(rig, "demo:stm32mp25,stage=rom"), SIM_BOOT_ROM);
	rig->options.fresh = false;
	assert_int_equal(stage_of(rig, "demo:stm32mp25,stage=rom"), SIM_BOOT_ROM);
}

/* --- what is typed */

static void test_claims(void **state)
{
	static const char *const demos[] = {"demo", "demo:blank", "demo:whatever", "demo,uart"};
	static const char *const files[] = {"sim:", "sim:otp.bin", "sim:a,locks=now"};
	static const char *const others[] = {"", "demos", "dem", "simulated", "sim", "otp.bin",
		"./demo", "dfu", "uart:/dev/ttyUSB0"};
	(void)state;
	for (size_t i = 0; i < sizeof demos / sizeof demos[0]; i++) {
		assert_true(source_table[0]->claims(demos[i]));
		assert_false(source_table[1]->claims(demos[i]));
	}
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		assert_true(source_table[1]->claims(files[i]));
		assert_false(source_table[0]->claims(files[i]));
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		for (size_t s = 0; s < 2; s++)
			assert_false(source_table[s]->claims(others[i]));
}

static void test_bad_sources(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"demo:", "there are 'demo', 'demo:blank'"},
		{"demo:stm32mp2", "'demo:stm32mp2' is not known"},
		{"demo:stm32mp255", "'demo:stm32mp255' is not known"},
		{"demo,usb", "'usb' is not known"},
		{"demo,peer=rom", "'peer=rom' is not known"},
		{"demo,peer=uboot,peer=prgfw", "'peer' is given twice"},
		{"demo,chip=stm32mp13", "'chip=stm32mp13' is not known"},
		{"sim:" IMAGE ",chip=stm32mp1", "chip 'stm32mp1' is not known"},
		{"sim:" IMAGE ",chip=stm32mp13,chip=stm32mp15", "'chip' is given twice"},
		{"demo,face=toaster", "face 'toaster' is not known: there are 'service', 'rom'"},
		{"demo,face=", "face '' is not known"},
		{"demo,face=rom,face=rom", "'face' is given twice"},
		{"demo,peer=uboot,face=rom", "leave out 'peer'"},
		{"demo,stage=spl", "'stage=rom' or 'stage=tf-a'"},
		{"demo,stage=rom,stage=tf-a", "'stage' is given twice"},
		{"demo,stage=rom,peer=prgfw", "leave out 'peer'"},
		{"demo,uart,stage=rom,face=mcu", "leave out 'face'"},
		{"demo,locks=never", "'locks=now' or 'locks=reset'"},
		{"demo,", "'' is not known"},
		{"demo,locks=now,", "'' is not known"},
		{"demo,locks=now,locks=reset", "twice"},
		{"demo,Locks=now", "'Locks=now' is not known"},
		{"demo,baud=115200", "add 'uart'"},
		{"demo,uart,baud=", "'baud=' is no speed"},
		{"demo,uart,baud=299", "from 300 to 4000000"},
		{"demo,uart,baud=4000001", "from 300 to 4000000"},
		{"demo,uart,baud=99999999999999999999", "from 300 to 4000000"},
		{"demo,uart,baud=9600x", "'baud=9600x' is no speed"},
		{"demo,uart,baud=9600,baud=9600", "'baud' is given twice"},
		{"demo,fault=", "fault '' is not known"},
		{"demo,fault=lie", "'lies' and 'late'"},
		{"demo,fault=half", "fault 'half' is not known"},
		{"demo,fault=half:", "fault 'half:' is not known"},
		{"demo,fault=half:7x", "fault 'half:7x' is not known"},
		{"demo,fault=half:-1", "fault 'half:-1' is not known"},
		{"demo,fault=half:384", "fault 'half:384' is not known"},
		{"demo,fault=half:96", "an stm32mp15 has no word 96"},
		{"demo,fault=lies,fault=late", "'fault' is given twice"},
		{"sim:", "name of an image"},
		{"sim:,locks=now", "name of an image"},
		{"sim:" IMAGE ",chips=x", "'chips=x' is not known"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_refused(*state, rows[i].text, ERR_USAGE, rows[i].why);
}

static void test_bad_images(void **state)
{
	struct rig *rig = *state;
	char path[STORE_PATH_MAX], text[STORE_PATH_MAX + 8];
	uint8_t bytes[5000] = {2};
	assert_int_equal(store_join(path, rig->folder, "image", &rig->err), OK);
	snprintf(text, sizeof text, "sim:%s", path);
	assert_refused(rig, text, ERR_FILE, path);
	write_file(path, bytes, 0);
	assert_refused(rig, text, ERR_FORMAT, path);
	write_file(path, bytes, 775);
	assert_refused(rig, text, ERR_FORMAT, path);
	write_file(path, bytes, 1025);
	assert_refused(rig, text, ERR_FORMAT, "these are 1025");
	write_file(path, bytes, 4097);
	assert_refused(rig, text, ERR_FILE, "longer than the 4096 bytes");
	bytes[0] = 1;
	write_file(path, bytes, PARTITION);
	assert_refused(rig, text, ERR_FORMAT, path);
	snprintf(text, sizeof text, "sim:%s", rig->folder);
	assert_refused(rig, text, ERR_FILE, "a folder");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(text, sizeof text, "sim:%s", path);
	assert_refused(rig, text, ERR_FILE, "a pipe");
	/* None of these left anything behind. */
	assert_false(store_exists(rig->state));
}

/* --- the boards */

static void test_demo(void **state)
{
	struct rig *rig = *state;
	uint8_t expected[PARTITION], partition[PARTITION];
	struct device_info info;
	struct device *device = open_source(rig, "demo");
	assert_int_equal(device->ops->identify(device, &info, NULL, &rig->err), OK);
	assert_string_equal(info.source, "demo");
	assert_string_equal(info.link, "built in");
	assert_int_equal(info.peer, PEER_UBOOT);
	assert_int_equal(info.source_class, SOURCE_SIMULATED);
	assert_int_equal(info.device_id, 0x500);
	assert_true(info.otp_offered);
	assert_true(info.fresh_power);
	assert_int_equal(info.partition_size, PARTITION);
	assert_int_equal(read_file(IMAGE, expected, sizeof expected), PARTITION);
	read_partition(device, partition);
	assert_memory_equal(partition, expected, PARTITION);
	device->ops->close(device);
}

/* Sizes, device ids, unique ids and part numbers: written by hand from the vendor's pages. */
static void test_boards_of_other_families(void **state)
{
	static const struct {
		const char *source, *product, *serial;
		uint32_t device_id;
		size_t size;
		unsigned part_word;
		uint32_t part;
	} rows[] = {
		{"demo:stm32mp13", "/STM32MP135F Rev.Z,", "0051A01353494D554C415445", 0x501, 776, 1,
			0x800},
		{"demo:stm32mp15", "/STM32MP157CAC Rev.Z,", "004100323338511634383330", 0x500, 776,
			1, 0x8000},
		{"demo:stm32mp21", "/STM32MP215FAL Rev.A,", "0051A02153494D554C415445", 0x503, 2952,
			9, 0x8003300D},
		{"demo:stm32mp23", "/STM32MP235FAL Rev.B,", "0051A02353494D554C415445", 0x505, 2952,
			9, 0x80082182},
		{"demo:stm32mp25", "/STM32MP257FAI Rev.B,", "0051A02553494D554C415445", 0x505, 2952,
			9, 0x80002000},
	};
	struct rig *rig = *state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint8_t partition[LARGEST];
		struct device_info info;
		size_t length;
		struct device *device = open_source(rig, rows[i].source);
		assert_int_equal(device->ops->identify(device, &info, NULL, &rig->err), OK);
		assert_int_equal(info.peer, PEER_UBOOT);
		assert_int_equal(info.device_id, rows[i].device_id);
		assert_int_equal(info.partition_size, rows[i].size);
		assert_string_equal(info.serial, rows[i].serial);
		assert_non_null(strstr(info.product, rows[i].product));
		assert_int_equal(device->ops->read(device, partition, sizeof partition, &length,
					 NULL, &rig->err),
			OK);
		assert_int_equal(length, rows[i].size);
		assert_int_equal(value_of(partition, rows[i].part_word), rows[i].part);
		device->ops->close(device);
	}
	assert_refused(rig, "demo:stm32mp21,peer=prgfw", ERR_UNSUPPORTED, "stm32mp21");
}

/* The same words are another board when they are another chip's. */
static void test_chip_of_an_image_can_be_named(void **state)
{
	struct rig *rig = *state;
	struct device_info info;
	struct device *first = open_source(rig, "sim:" IMAGE);
	struct device *second = open_source(rig, "sim:" IMAGE ",chip=stm32mp13");
	assert_int_equal(first->ops->identify(first, &info, NULL, &rig->err), OK);
	assert_int_equal(info.device_id, 0x500);
	assert_int_equal(second->ops->identify(second, &info, NULL, &rig->err), OK);
	assert_int_equal(info.device_id, 0x501);
	first->ops->close(first);
	second->ops->close(second);
	assert_refused(rig, "sim:" IMAGE ",chip=stm32mp25", ERR_FORMAT, "2952, 3080 or 3112");
}

static void test_blank(void **state)
{
	struct rig *rig = *state;
	uint8_t partition[PARTITION];
	struct device *device = open_source(rig, "demo:blank,locks=now");
	read_partition(device, partition);
	for (unsigned word = 59; word < 95; word++) {
		assert_int_equal(value_of(partition, word), 0);
		assert_int_equal(status_of(partition, word), 0);
	}
	device->ops->close(device);
}

static void test_fuses_are_kept(void **state)
{
	struct rig *rig = *state;
	uint8_t partition[PARTITION];
	struct stat about;
	char path[STORE_PATH_MAX];
	struct device *device = open_source(rig, "demo");
	assert_burns(device, 70, true);
	device->ops->close(device);

	device = open_source(rig, "demo");
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0x42);
	assert_int_equal(status_of(partition, 70), 0x40000000);
	device->ops->close(device);
	fuses_path(rig, path, "demo");
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);

	/* Another board is another board. */
	device = open_source(rig, "demo:blank");
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0);
	device->ops->close(device);

	rig->options.fresh = true;
	device = open_source(rig, "demo");
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0);
	device->ops->close(device);
	rig->options.fresh = false;
	device = open_source(rig, "demo");
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0);
	device->ops->close(device);
}

static void test_locks_at_reset(void **state)
{
	struct rig *rig = *state;
	uint8_t partition[PARTITION];
	struct device_info info;
	struct device *device = open_source(rig, "demo,locks=reset");
	assert_burns(device, 70, true);
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0x42);
	assert_int_equal(status_of(partition, 70), 0);
	assert_int_equal(device->ops->restart(device, NULL, &rig->err), OK);
	assert_int_equal(device->ops->identify(device, &info, NULL, &rig->err), OK);
	assert_true(info.fresh_power);
	read_partition(device, partition);
	assert_int_equal(status_of(partition, 70), 0x40000000);
	assert_burns(device, 71, true);
	read_partition(device, partition);
	assert_int_equal(status_of(partition, 71), 0);
	device->ops->close(device);
	/* Opening is a power-up, too. */
	device = open_source(rig, "demo,locks=reset");
	read_partition(device, partition);
	assert_int_equal(status_of(partition, 71), 0x40000000);
	device->ops->close(device);
}

static void test_restart_forgets_what_was_staged(void **state)
{
	struct rig *rig = *state;
	uint8_t request[PARTITION], partition[PARTITION];
	struct device *device = open_source(rig, "demo");
	fill_request(request, 70, false);
	assert_int_equal(device->ops->stage(device, request, PARTITION, NULL, &rig->err), OK);
	assert_int_equal(device->ops->restart(device, NULL, &rig->err), OK);
	assert_int_equal(device->ops->burn(device, NULL, &rig->err), ERR_REFUSED);
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0);
	device->ops->close(device);
}

static void test_image_is_never_changed(void **state)
{
	struct rig *rig = *state;
	char path[STORE_PATH_MAX], other[STORE_PATH_MAX], text[STORE_PATH_MAX + 32];
	uint8_t before[PARTITION], after[2048], partition[PARTITION];
	assert_int_equal(store_join(path, rig->folder, "otp.bin", &rig->err), OK);
	assert_int_equal(store_join(other, rig->folder, "copy.bin", &rig->err), OK);
	assert_int_equal(read_file(IMAGE, before, sizeof before), PARTITION);
	write_file(path, before, PARTITION);
	write_file(other, before, PARTITION);
	snprintf(text, sizeof text, "sim:%s,locks=now", path);
	struct device *device = open_source(rig, text);
	assert_burns(device, 70, false);
	device->ops->close(device);
	assert_int_equal(read_file(path, after, sizeof after), PARTITION);
	assert_memory_equal(after, before, PARTITION);
	/* The same image under another name is the same board. */
	snprintf(text, sizeof text, "sim:%s", other);
	device = open_source(rig, text);
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0x42);
	device->ops->close(device);
	/* Another image is another board. */
	before[8 + 8 * 71] = 0x01;
	write_file(other, before, PARTITION);
	device = open_source(rig, text);
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0);
	assert_int_equal(value_of(partition, 71), 1);
	device->ops->close(device);
}

static void test_nothing_is_kept_without_a_state_folder(void **state)
{
	struct rig *rig = *state;
	uint8_t partition[PARTITION];
	rig->options.state_folder = NULL;
	struct device *device = open_source(rig, "demo");
	assert_burns(device, 70, false);
	device->ops->close(device);
	device = open_source(rig, "demo");
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0);
	device->ops->close(device);
	assert_false(store_exists(rig->state));
}

/* --- trouble with the state folder */

static void test_torn_and_foreign_fuses(void **state)
{
	struct rig *rig = *state;
	char path[STORE_PATH_MAX], blank[STORE_PATH_MAX];
	uint8_t text[8192];
	uint8_t partition[PARTITION];
	struct device *device = open_source(rig, "demo");
	device->ops->close(device);
	device = open_source(rig, "demo:blank");
	device->ops->close(device);
	fuses_path(rig, path, "demo");
	fuses_path(rig, blank, "demo-blank");
	size_t length = read_file(path, text, sizeof text);
	static const size_t cuts[] = {0, 1, 30, 1000};
	for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
		write_file(path, text, cuts[i]);
		assert_refused(rig, "demo", ERR_FORMAT, "--fresh");
		assert_non_null(strstr(rig->err.text, path));
	}
	write_file(path, text, length - 1);
	assert_refused(rig, "demo", ERR_FORMAT, "--fresh");
	length = read_file(blank, text, sizeof text);
	write_file(path, text, length);
	assert_refused(rig, "demo", ERR_FORMAT, "another image");
	rig->options.fresh = true;
	device = open_source(rig, "demo");
	read_partition(device, partition);
	device->ops->close(device);
	rig->options.fresh = false;
	device = open_source(rig, "demo");
	device->ops->close(device);
}

static void test_state_folder_in_the_way(void **state)
{
	struct rig *rig = *state;
	write_file(rig->state, "x", 1);
	assert_refused(rig, "demo", ERR_FILE, rig->state);
	rig->options.state_folder = "/dev/null/state";
	assert_refused(rig, "demo", ERR_FILE, "/dev/null");
}

/* Runs `body` in a process of its own and returns how that ended. */
static int in_child(void (*body)(struct rig *), struct rig *rig)
{
	int status;
	pid_t child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		body(rig);
		_exit(99);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void expect_busy(struct rig *rig)
{
	struct device *device;
	char owner[32];
	snprintf(owner, sizeof owner, "%ld", (long)getppid());
	enum status status = try_open(&device, rig, "demo");
	_exit(status == ERR_BUSY && strstr(rig->err.text, owner) ? 0 : 1);
}

static void open_and_die(struct rig *rig)
{
	struct device *device = NULL;
	struct errbuf err = {0};
	if (try_open(&device, rig, "demo") == OK && burn_word(device, 70, false, &err) == OK)
		kill(getpid(), SIGKILL);
}

static void test_a_board_is_opened_once(void **state)
{
	struct rig *rig = *state;
	uint8_t partition[PARTITION];
	struct device *device = open_source(rig, "demo");
	int status = in_child(expect_busy, rig);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	device->ops->close(device);
	/* A dead owner holds nothing, and its burn is on disk. */
	status = in_child(open_and_die, rig);
	assert_true(WIFSIGNALED(status));
	device = open_source(rig, "demo");
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0x42);
	device->ops->close(device);
}

static void burn_on_full_disk(struct rig *rig)
{
	struct device *device = NULL;
	struct errbuf err = {0};
	uint8_t partition[PARTITION];
	size_t length;
	const struct rlimit none = {0, 0};
	signal(SIGXFSZ, SIG_IGN);
	if (try_open(&device, rig, "demo") != OK || setrlimit(RLIMIT_FSIZE, &none) != 0)
		_exit(1);
	if (burn_word(device, 70, false, &err) != ERR_UNCERTAIN || !strstr(err.text, "fuses"))
		_exit(2);
	errbuf_clear(&err);
	if (device->ops->read(device, partition, sizeof partition, &length, NULL, &err) != ERR_FILE)
		_exit(3);
	device->ops->close(device);
	_exit(0);
}

static void test_full_disk(void **state)
{
	struct rig *rig = *state;
	uint8_t partition[PARTITION];
	int status = in_child(burn_on_full_disk, rig);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	struct device *device = open_source(rig, "demo");
	read_partition(device, partition);
	assert_int_equal(value_of(partition, 70), 0);
	device->ops->close(device);
}

/* --- the trace */

static void test_trace(void **state)
{
	struct rig *rig = *state;
	char path[STORE_PATH_MAX];
	uint8_t text[65536] = {0};
	uint8_t partition[PARTITION];
	struct stat about;
	assert_int_equal(store_join(path, rig->folder, "trace", &rig->err), OK);
	rig->options.trace_path = path;
	struct device *device = open_source(rig, "demo");
	read_partition(device, partition);
	device->ops->close(device);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_true(read_file(path, text, sizeof text - 1) > 0);
	static const char *const parts[] = {" GETSTATE 1 -> 1: 02\n", " SET_INTERFACE 2 -> ok\n",
		" GETSTATUS 6 -> 6: 000000000200\n",
		" UPLOAD block 0, 4096 -> 776: 020000000000000017000000", " closed\n"};
	const char *at = (const char *)text;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		at = strstr(at, parts[i]);
		if (!at)
			fail_msg("no '%s' in:\n%s", parts[i], (const char *)text);
	}
	rig->options.trace_path = rig->folder;
	assert_refused(rig, "demo", ERR_FILE, "trace");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	rig->options.trace_path = path;
	assert_refused(rig, "demo", ERR_FILE, "trace");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_claims),
		cmocka_unit_test_setup_teardown(test_stage_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_service_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_sources, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_images, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_demo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_boards_of_other_families, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_chip_of_an_image_can_be_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_blank, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fuses_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_locks_at_reset, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_restart_forgets_what_was_staged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_image_is_never_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_nothing_is_kept_without_a_state_folder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_torn_and_foreign_fuses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_state_folder_in_the_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_board_is_opened_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_trace, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
