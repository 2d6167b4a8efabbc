#include "src/import.h"

#include "src/store.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status import_file(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	uint8_t *bytes;
	enum status status = store_read(&bytes, length, path, 1024 * 1024, err);
	if (status != OK)
		return status;
	if (*length == 0)
		status = errbuf_set(err, ERR_USAGE, "'%s' is empty", path);
	else if (*length > IMPORT_MAX_BYTES)
		status = errbuf_set(err, ERR_USAGE,
			"'%s' has %zu bytes: at most %d are taken at once", path, *length,
			IMPORT_MAX_BYTES);
	else
		memcpy(out, bytes, *length);
	free(bytes);
	return status;
}

enum status import_text(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err)
{
	*length = strlen(text);
	if (*length == 0 || *length > IMPORT_MAX_BYTES)
		return errbuf_set(err, ERR_USAGE, "a text has 1 to %d bytes", IMPORT_MAX_BYTES);
	memcpy(out, text, *length);
	return OK;
}

enum status import_mac(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *text, struct errbuf *err)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned sum = 0;
	bool fits = strlen(text) == 17;
	for (size_t i = 0; i < 6; i++) {
		const char *pair = fits ? text + 3 * i : text;
		bool good = fits && strspn(pair, digits) == 2 &&
			    (i == 5 || (pair[2] == text[2] && (pair[2] == ':' || pair[2] == '-')));
		if (!good)
			return errbuf_set(err, ERR_USAGE,
				"'%s' is not an address like 00:80:e1:42:48:e4", text);
		out[i] = (uint8_t)strtoul(pair, NULL, 16);
		sum += out[i];
	}
	if (sum == 0 || (out[0] & 1))
		return errbuf_set(err, ERR_USAGE, "'%s' is not the address of one interface: %s",
			text, sum == 0 ? "it is all zero" : "it is a group address");
	*length = 6;
	return OK;
}

/* --- public keys --- */

static enum status check_curve(const EVP_PKEY *key, const char *path, struct errbuf *err)
{
	char curve[64] = "";
	bool is_ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
		     EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) == 1;
	if (is_ec && (strcmp(curve, "prime256v1") == 0 || strcmp(curve, "brainpoolP256t1") == 0))
		return OK;
	return errbuf_set(err, ERR_USAGE,
		"the key in '%s' is %s: the ROM code checks ECDSA keys on prime256v1 or "
		"brainpoolP256t1 only",
		path, is_ec ? curve : "not one on a named elliptic curve");
}

/* X and Y, 32 bytes each, however the point was encoded in the file. */
static bool raw_point(uint8_t point[64], const EVP_PKEY *key)
{
	BIGNUM *x = NULL, *y = NULL;
	bool good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
		    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 &&
		    BN_bn2binpad(x, point, 32) == 32 && BN_bn2binpad(y, point + 32, 32) == 32;
	BN_free(x);
	BN_free(y);
	return good;
}

/* The only public key in the text, the caller's; NULL: none, or more than one. */
static EVP_PKEY *only_key(const uint8_t *text, size_t size, const char *path, struct errbuf *err)
{
	char no_phrase[] = ""; /* without one, libcrypto would ask at the terminal */
	BIO *memory = BIO_new_mem_buf(text, (int)size);
	EVP_PKEY *key = memory ? PEM_read_bio_PUBKEY(memory, NULL, NULL, no_phrase) : NULL;
	EVP_PKEY *more = key ? PEM_read_bio_PUBKEY(memory, NULL, NULL, no_phrase) : NULL;
	if (!key)
		errbuf_set(err, ERR_FORMAT,
			"there is no PEM public key in '%s' (for a private key: openssl pkey -in F "
			"-pubout)",
			path);
	if (more) {
		errbuf_set(err, ERR_FORMAT,
			"there is more than one public key in '%s': leave the one to be hashed",
			path);
		EVP_PKEY_free(key);
		key = NULL;
	}
	EVP_PKEY_free(more);
	BIO_free(memory);
	ERR_clear_error();
	return key;
}

enum status import_pem(
	uint8_t out[IMPORT_MAX_BYTES], size_t *length, const char *path, struct errbuf *err)
{
	uint8_t *text, point[64];
	size_t size;
	enum status status = store_read(&text, &size, path, 64 * 1024, err);
	if (status != OK)
		return status;
	EVP_PKEY *key = only_key(text, size, path, err);
	free(text);
	if (!key)
		return ERR_FORMAT;
	unsigned digest = 0;
	status = check_curve(key, path, err);
	if (status == OK && !raw_point(point, key))
		status = errbuf_set(
			err, ERR_FORMAT, "the public point in '%s' cannot be taken apart", path);
	if (status == OK && EVP_Digest(point, sizeof point, out, &digest, EVP_sha256(), NULL) != 1)
		status = errbuf_set(err, ERR_MEMORY, "no SHA-256 in libcrypto");
	*length = digest;
	EVP_PKEY_free(key);
	return status;
}
