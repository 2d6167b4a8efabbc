#include "src/probe.h"

#include "src/admission.h"
#include "src/hold.h"
#include "src/journal.h"
#include "src/store.h"

#define SERVICE_OVER_UART "then 'otpedit uart:PORT' opens it"

const struct probe_row probe_rows[PROBE_ENDS] = {
	[PROBE_SILENCE] = {"silence", "silence: nothing was heard",
		"nothing can be told. A board that runs a programming service is silent, too, "
		"until it is asked.",
		"allow bytes to be sent with --send. Is the board powered, are RX and TX crossed, "
		"is it the right port? A board that was left in the middle of a command needs a "
		"power cycle."},
	[PROBE_NOISE] = {"noise", "bytes that make no sense", "nothing can be told.",
		"check speed (baud=), ground and the level of the signals; another program may "
		"be reading the same port."},
	[PROBE_BOOT_BYTE] = {"boot-byte",
		"a byte as boot stages and programming services send it when they begin",
		"nothing can be told without asking.", "allow bytes to be sent with --send."},
	[PROBE_ECHO] = {"echo", "an echo: what is sent comes back", "nothing: it is no board.",
		"RX and TX are joined, or the adapter echoes: check the wires."},
	[PROBE_ROM] = {"rom", "the ROM code of an STM32MP, waiting for a boot stage",
		"it loads boot stages. It neither reads nor burns OTP.",
		"'otpedit boot' loads TF-A, OP-TEE and U-Boot built for programming, or "
		"STM32PRGFW-UTIL; " SERVICE_OVER_UART "."},
	[PROBE_TFA] = {"tf-a", "TF-A (BL2), waiting for the next stage",
		"it loads OP-TEE and U-Boot. It neither reads nor burns OTP.",
		"'otpedit boot' goes on from there, up to U-Boot's programming service; or let the "
		"tool that loaded it do so; " SERVICE_OVER_UART "."},
	[PROBE_UBOOT] = {"uboot", "U-Boot's programming service (stm32prog)",
		"it reads and burns OTP.", "'otpedit uart:PORT' opens it."},
	[PROBE_PRGFW] = {"prgfw", "STM32PRGFW-UTIL", "it reads and burns OTP.",
		"'otpedit uart:PORT' opens it."},
	[PROBE_MCU] = {"mcu", "the bootloader of an STM32 microcontroller",
		"it has no fuses of an STM32MP: this program does nothing with it.",
		"is this the header of the board's debugger or of a coprocessor? For the "
		"microcontroller itself take stm32flash or ST's tool."},
	[PROBE_OTHER_BOOT] = {"other-bootloader", "the bootloader protocol, from somebody unknown",
		"not known: nothing is read or burnt there.",
		"say what it is in an issue, with the output of 'probe --send --json'."},
	[PROBE_SMP] = {"smp", "MCUboot's serial recovery, or another SMP server",
		"it takes images of a microcontroller. It has no fuses of an STM32MP.",
		"is this the right header? For the microcontroller take mcumgr."},
	[PROBE_BOOT_LOG] = {"boot-log", "a board that starts: TF-A, OP-TEE or U-Boot tells so",
		"nothing yet: it is on its way.",
		"stop U-Boot's countdown with a key in a terminal program, and type 'stm32prog "
		"serial 0' there, or 'stm32prog usb 0' for USB; then leave that program, and "
		"'otpedit uart:PORT' opens it."},
	[PROBE_BOOT_FAILURE] = {"boot-failure", "a board that fails to start",
		"nothing: the stage that could is not there.",
		"what it says is above. Set its boot pins to serial or USB boot, and load U-Boot "
		"built for programming, or STM32PRGFW-UTIL, with the tool that came with them."},
	[PROBE_AUTOBOOT] = {"autoboot", "U-Boot, counting down to boot",
		"nothing yet. Any byte holds it in U-Boot.",
		"press a key in a terminal program (8N1) while it counts, after a restart where "
		"that "
		"is over, and type 'stm32prog serial 0' there, or 'stm32prog usb 0' for USB; then "
		"leave that program, and 'otpedit uart:PORT' opens it."},
	[PROBE_UBOOT_PROMPT] = {"uboot-prompt", "U-Boot's prompt",
		"it can start the service that reads and burns OTP.",
		"type 'stm32prog serial 0' there in a terminal program (8N1), or 'stm32prog usb 0' "
		"for USB; then leave that program, and 'otpedit uart:PORT' opens it. Where the "
		"command is unknown, this U-Boot was built without it."},
	[PROBE_LINUX_LOG] = {"linux-log", "a Linux that starts or runs",
		"it gives no way to the fuses from here.",
		"restart the board, and stop U-Boot's countdown with a key; or set its boot pins "
		"to serial boot."},
	[PROBE_LOGIN] = {"login", "a login prompt", "it gives no way to the fuses from here.",
		"restart the board (log in, 'reboot'), and stop U-Boot's countdown with a key; or "
		"set its boot pins to serial boot."},
	[PROBE_SHELL] = {"shell", "a shell's prompt", "it gives no way to the fuses from here.",
		"'reboot' there, and stop U-Boot's countdown with a key; or set the boot pins to "
		"serial boot."},
	[PROBE_MCU_SHELL] = {"mcu-shell", "the shell of a microcontroller",
		"it has no fuses of an STM32MP: this program does nothing with it.",
		"is this the right header? The board's own console is on another."},
	[PROBE_TEXT] = {"text", "text of something unknown", "nothing can be told.",
		"look at it in a terminal program: what it says is above."},
};

struct gate {
	struct journal journal;
	bool is_open;
	const char *state_folder;
	int port_lock;
};

/* As a session's: without a journal there is nothing to ask, and nothing burns either. */
static enum status admit(const struct device_info *about, void *payload, struct errbuf *err)
{
	struct gate *gate = payload;
	struct errbuf ignored = {0};
	gate->is_open = gate->state_folder && journal_open(&gate->journal, gate->state_folder,
						      about->source_class, &ignored) == OK;
	if (!gate->is_open)
		return OK;
	enum status status = hold_port(&gate->port_lock, &gate->journal, about->port, err);
	return status == OK ? admission_check(&gate->journal, about, NULL, err) : status;
}

enum status probe_run(struct probe_report *out, const struct source_ops *const *sources,
	const char *text, const struct source_options *options, const struct probe_host *host,
	struct errbuf *err)
{
	struct gate gate = {.port_lock = -1, .state_folder = options->state_folder};
	struct source_options asking = *options;
	const struct source_ops *source = NULL;
	*out = (struct probe_report){0};
	for (size_t i = 0; sources[i] && !source; i++)
		if (sources[i]->claims(text))
			source = sources[i];
	if (!source || !source->probe)
		return errbuf_set(err, ERR_USAGE,
			"'%.200s' is no serial line: 'uart:/dev/ttyUSB0' is one, and 'otpedit "
			"list' "
			"names those there are",
			text);
	if (host->may_send) {
		asking.admit = admit;
		asking.payload = &gate;
	}
	enum status status = source->probe(out, text, &asking, host, err);
	if (gate.port_lock >= 0)
		store_unlock(gate.port_lock);
	return status;
}
