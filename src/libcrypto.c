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

static const struct {
	const char *name;
	size_t at; /* in struct libcrypto */
	size_t of_one_type;
} functions[] = {
/* To compare both makes the compiler complain where their types differ; nothing is called. */
#define FUNCTION(name)                                                                             \
	{                                                                                          \
#name, offsetof(struct libcrypto, name),                                           \
			sizeof(&(name) == ((const struct libcrypto *)NULL)->name)                  \
	}
	FUNCTION(OPENSSL_init_crypto),
	FUNCTION(BIO_new_mem_buf),
	FUNCTION(BIO_free),
	FUNCTION(PEM_read_bio_PUBKEY),
	FUNCTION(d2i_PUBKEY),
	FUNCTION(EVP_PKEY_get_base_id),
	FUNCTION(EVP_PKEY_get_group_name),
	FUNCTION(EVP_PKEY_get_bn_param),
	FUNCTION(EVP_PKEY_free),
	FUNCTION(BN_bn2binpad),
	FUNCTION(BN_free),
	FUNCTION(ERR_clear_error),
};

#define COUNT (sizeof functions / sizeof functions[0])
_Static_assert(sizeof(struct libcrypto) == COUNT * sizeof(void *), "a function has no row");

enum status libcrypto_load(struct libcrypto *out, struct errbuf *err)
{
	void *library = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (library == NULL)
		return errbuf_set(err, ERR_FILE,
			"'%s' cannot be loaded: public keys take OpenSSL's libcrypto (Debian: "
			"libssl3)",
			SONAME);
	enum status status = OK;
	for (size_t i = 0; i < COUNT && status == OK; i++) {
		void *address = dlsym(library, functions[i].name);
		if (address == NULL)
			status = errbuf_set(err, ERR_FILE,
				"there is no '%s' in '%s': is OpenSSL whole?", functions[i].name,
				SONAME);
		/* Pointers to functions are of one size with it where there is dlsym() (POSIX). */
		memcpy((unsigned char *)out + functions[i].at, &address, sizeof address);
	}
	/* It stays loaded: this gives back no more than our count of it. */
	(void)dlclose(library);
	if (status == OK)
		(void)out->OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	return status;
}
