#include "src/libcrypto.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/opensslv.h>
#include <openssl/x509.h>

#include <dlfcn.h>
#include <string.h>

#define TEXT_OF(number)   #number
#define SONAME_OF(number) "libcrypto.so." TEXT_OF(number)
#define SONAME            SONAME_OF(OPENSSL_SHLIB_VERSION)

/* What is called by these types has these types in OpenSSL's headers. */
#define CHECK(result, name, parameters)                                                            \
	_Static_assert(_Generic(&(name), result(*) parameters : 1, default : 0), #name);
LIBCRYPTO_FUNCTIONS(CHECK)

/* The address of a function, into a pointer to functions: POSIX has them of one size (dlsym()). */
static enum status find(
	void *function, size_t size, void *library, const char *name, struct errbuf *err)
{
	void *address = dlsym(library, name);
	if (address == NULL || size != sizeof address)
		return errbuf_set(
			err, ERR_FILE, "there is no '%s' in '%s': is OpenSSL whole?", name, SONAME);
	memcpy(function, &address, size);
	return OK;
}

enum status libcrypto_load(struct libcrypto *out, struct errbuf *err)
{
	void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (library == NULL)
		return errbuf_set(err, ERR_FILE,
			"'%s' cannot be loaded: public keys take OpenSSL's libcrypto (Debian: "
			"libssl3)",
			SONAME);
	enum status status = OK;
#define FIND(result, name, parameters)                                                             \
	if (status == OK)                                                                          \
		status = find(&out->name, sizeof out->name, library, #name, err);
	LIBCRYPTO_FUNCTIONS(FIND)
	/* It stays loaded: this gives back no more than our count of it. */
	(void)dlclose(library);
	if (status == OK)
		(void)out->OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return status;
}
