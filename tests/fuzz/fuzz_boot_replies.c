/*
 * A board on a serial line that loses, changes and makes up bytes in any way: finding it, reading,
 * staging and burning end within so long a wait, burn nothing before the burn, and never call
 * unburnt what is burnt. The silicon behind it is the simulated one.
 */
#include "transport/sim_board.h"
#include "transport/sim_stream.h"
#include "transport/sim_uart.h"
#include "transport/stm32boot.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORD        70u
#define MAX_WAIT_MS 900000u

struct wire {
	struct stream stream;
	struct stream *inner;
	const uint8_t *data;
	size_t size;
	unsigned quiet; /* so many bytes pass before the next harm */
	uint64_t waited;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct wire *as_wire(struct stream *stream)
{
	return (struct wire *)stream;
}

enum harm { PASS, DROP, CHANGE, TWICE, INSERT };

/* Two bytes of the input: how far to the next harm, and which it is. */
static enum harm next_harm(struct wire *wire, uint8_t *byte)
{
	if (wire->quiet > 0) {
		wire->quiet--;
		return PASS;
	}
	if (wire->size < 2)
		return PASS;
	wire->quiet = wire->data[0];
	*byte = wire->data[1];
	wire->data += 2;
	wire->size -= 2;
	return (enum harm)(1 + *byte % 4);
}

static enum status wire_describe(
	struct stream *stream, struct stream_description *out, struct errbuf *err)
{
	return as_wire(stream)->inner->ops->describe(as_wire(stream)->inner, out, err);
}

static enum status wire_write(
	struct stream *stream, const uint8_t *bytes, size_t length, struct errbuf *err)
{
	struct wire *wire = as_wire(stream);
	for (size_t i = 0; i < length; i++) {
		uint8_t byte = bytes[i], other = 0;
		enum harm harm = next_harm(wire, &other);
		if (harm == DROP)
			continue;
		if (harm == CHANGE)
			byte ^= (uint8_t)(other | 1);
		if (harm == INSERT)
			(void)wire->inner->ops->write(wire->inner, &other, 1, err);
		if (harm == TWICE)
			(void)wire->inner->ops->write(wire->inner, &byte, 1, err);
		(void)wire->inner->ops->write(wire->inner, &byte, 1, err);
	}
	return OK;
}

static enum status wire_read(struct stream *stream, uint8_t *out, size_t length,
	unsigned timeout_ms, size_t *actual, struct errbuf *err)
{
	struct wire *wire = as_wire(stream);
	*actual = 0;
	while (*actual < length) {
		size_t got;
		uint8_t other = 0;
		(void)wire->inner->ops->read(wire->inner, out + *actual, 1, timeout_ms, &got, err);
		if (got == 0) {
			wire->waited += timeout_ms;
			require(wire->waited < MAX_WAIT_MS);
			return OK;
		}
		switch (next_harm(wire, &other)) {
		case DROP: continue;
		case CHANGE: out[*actual] ^= (uint8_t)(other | 1); break;
		case TWICE:
			if (*actual + 1 < length)
				out[*actual + 1] = out[*actual];
			*actual += *actual + 1 < length;
			break;
		case INSERT: out[*actual] = other; break;
		case PASS: break;
		}
		(*actual)++;
	}
	return OK;
}

static void wire_pause(struct stream *stream, unsigned milliseconds)
{
	as_wire(stream)->inner->ops->pause(as_wire(stream)->inner, milliseconds);
}

static void wire_close(struct stream *stream)
{
	(void)stream;
}

static const struct stream_ops wire_ops = {
	.describe = wire_describe,
	.write = wire_write,
	.read = wire_read,
	.pause = wire_pause,
	.close = wire_close,
};

static unsigned pulses(const struct sim_board *board)
{
	unsigned sum = 0;
	for (unsigned word = 0; word < sim_board_word_count(board); word++)
		sum += sim_board_pulses(board, word);
	return sum;
}

static void use(struct wire *wire, const struct sim_board *board)
{
	static uint8_t bytes[STM32BOOT_PARTITION_MAX], request[STM32BOOT_PARTITION_MAX];
	struct stm32boot boot;
	struct errbuf err = {0};
	size_t length;
	if (stm32boot_attach(&boot, &wire->stream, &err) != OK) {
		require(err.text[0] != '\0' && pulses(board) == 0);
		return;
	}
	memset(request, 0, sizeof request);
	request[0] = 2;
	request[8 + 8 * WORD] = 0x5A;
	request[8 + 8 * WORD + 7] = 0x80;
	enum status status = stm32boot_read(&boot, bytes, sizeof bytes, &length, NULL, &err);
	require((status == OK || err.text[0] != '\0') && pulses(board) == 0);
	errbuf_clear(&err);
	bool staged = stm32boot_stage(&boot, request, boot.otp_size, NULL, &err) == OK;
	require((staged || err.text[0] != '\0') && pulses(board) == 0);
	errbuf_clear(&err);
	status = stm32boot_burn(&boot, &err);
	if (!staged || (status != OK && status != ERR_UNCERTAIN))
		require(pulses(board) == 0);
	require(pulses(board) <= 1);
	unsigned burnt = pulses(board);
	errbuf_clear(&err);
	(void)stm32boot_unstage(&boot, &err);
	require(pulses(board) == burnt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_board *board;
	struct sim_uart *uart;
	struct stream *stream;
	struct errbuf err = {0};
	if (size < 1)
		return 0;
	require(sim_board_demo(&board, SIM_MP15, &err) == OK);
	if (data[0] & 1)
		require(sim_board_set_service(board, SIM_SERVICE_PRGFW));
	require(sim_uart_create(&uart, board, &err) == OK);
	require(sim_stream_open(&stream, uart, &err) == OK);
	struct wire wire = {
		.stream = {&wire_ops}, .inner = stream, .data = data + 1, .size = size - 1};
	use(&wire, board);
	stream->ops->close(stream);
	sim_uart_free(uart);
	sim_board_free(board);
	return 0;
}
