#include "ui/exit_status.h"

enum exit_status exit_status_of(enum status status)
{
	switch (status) {
	case OK: return EXIT_DONE;
	case ERR_USAGE: return EXIT_USAGE;
	case ERR_FORMAT:
	case ERR_FILE:
	case ERR_MEMORY: return EXIT_FILE;
	case ERR_LINK:
	case ERR_TIMEOUT:
	case ERR_BUSY:
	case ERR_GONE:
	case ERR_UNSUPPORTED: return EXIT_LINK;
	case ERR_REFUSED:
	case ERR_CANCELLED: return EXIT_REFUSED;
	case ERR_UNCERTAIN: return EXIT_UNCERTAIN;
	}
	return EXIT_UNCERTAIN;
}

enum exit_status exit_status_of_verdict(enum commit_verdict verdict)
{
	return verdict == COMMIT_VERIFIED || verdict == COMMIT_LOCKS_UNPROVED ? EXIT_DONE
									      : EXIT_UNCERTAIN;
}
