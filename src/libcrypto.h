/*
 * libcrypto, loaded when it is asked for. It takes longer to load than all else does at start, and
 * is needed for public keys alone.
 */
#ifndef OTPEDIT_SRC_LIBCRYPTO_H
#define OTPEDIT_SRC_LIBCRYPTO_H

#include "src/errbuf.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stddef.h>
#include <stdint.h>

/* The functions that are used, by their names and types in OpenSSL's headers. */
struct libcrypto {
	int (*OPENSSL_init_crypto)(uint64_t, const OPENSSL_INIT_SETTINGS *);
	BIO *(*BIO_new_mem_buf)(const void *, int);
	int (*BIO_free)(BIO *);
	EVP_PKEY *(*PEM_read_bio_PUBKEY)(BIO *, EVP_PKEY **, pem_password_cb *, void *);
	EVP_PKEY *(*d2i_PUBKEY)(EVP_PKEY **, const unsigned char **, long);
	int (*EVP_PKEY_get_base_id)(const EVP_PKEY *);
	int (*EVP_PKEY_get_group_name)(const EVP_PKEY *, char *, size_t, size_t *);
	int (*EVP_PKEY_get_bn_param)(const EVP_PKEY *, const char *, BIGNUM **);
	void (*EVP_PKEY_free)(EVP_PKEY *);
	int (*BN_bn2binpad)(const BIGNUM *, unsigned char *, int);
	void (*BN_free)(BIGNUM *);
	void (*ERR_clear_error)(void);
};

/*
 * Loads the libcrypto whose headers this was built with, for good, and notes where its functions
 * are; again at little cost. ERR_FILE: there is none, or one that lacks something. The computer's
 * configuration of OpenSSL has no say in what is loaded this way.
 */
enum status libcrypto_load(struct libcrypto *out, struct errbuf *err);

#endif
